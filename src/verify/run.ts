/**
 * A run: takes endpoints in leases, probes them politely and many at once, writes each result as it comes, and at the end is
 * judged as a whole (canary.ts) before it moves any status (settle.ts).
 *
 * Whoever is killed loses what was under way: the results so far are written, the leases run out, and the next run settles
 * what this one left. Memory does not grow with the number of endpoints: those that wait are at most {@link mostWaiting}.
 */
import { randomUUID } from 'node:crypto';
import type { EndpointKey } from '../provider/model.ts';
import { putCheck } from '../store/checks.ts';
import type { Store } from '../store/db.ts';
import { keepAlive, startRun } from '../store/runs.ts';
import {
  holdBack,
  type Lease,
  readDue,
  readVerified,
  releaseLeases,
  renewLeases,
  type StatusRow,
  takeDue,
  takeThese,
} from '../store/statuses.ts';
import type { Transition } from '../store/transitions.ts';
import { failsInNetwork, judgeAbandoned, judgeRun, type RunVerdict, witnessCount } from './canary.ts';
import { checkOf } from './check.ts';
import { type Clock, instant, systemClock } from './clock.ts';
import { type Endpoint, parseEndpoint } from './endpoint.ts';
import type { Evidence } from './evidence.ts';
import { type Leave, ownerOf, Pace } from './pace.ts';
import { juryOf, settle, settleAbandoned } from './settle.ts';
import { interval } from './status.ts';
import type { Verdict } from './verdict.ts';

export interface RunOptions {
  readonly store: Store;
  /** Never rejects, and ends by itself. */
  readonly probe: (endpoint: Endpoint) => Promise<Evidence>;
  readonly judge: (evidence: Evidence, now: Date) => Verdict;
  /** Those that are due, at most so many; or these, due or not. They must be listed (store/statuses.ts). */
  readonly which: { readonly most: number } | readonly EndpointKey[];
  /** Who looks, from where. */
  readonly vantage?: string;
  /** How many connections at once. */
  readonly concurrency?: number;
  readonly pace?: Pace;
  /** Servers of others that always answer: when they do not either, it is us. */
  readonly controls?: readonly Endpoint[];
  /** Milliseconds for which endpoints are taken at a time; renewed while the run lives. */
  readonly lease?: number;
  readonly clock?: Clock;
  /** From 0 to below 1. */
  readonly random?: () => number;
  /** Ends the run early: what is under way is dropped, what was seen counts. */
  readonly signal?: AbortSignal;
  readonly onResult?: (result: Result, progress: Progress) => void;
}

export interface Result {
  readonly endpoint: EndpointKey;
  readonly verdict: Verdict;
}

export interface Progress {
  readonly done: number;
  /** May grow: endpoints become due while others are probed. */
  readonly planned: number;
}

export interface RunReport extends RunVerdict, Progress {
  /** Its number in the store; undefined where there was nothing to do. */
  readonly run?: number;
  /** Endpoints that somebody else is looking at, so that we did not. */
  readonly elsewhere: number;
  /** Statuses that moved: by this run, and by what others had left behind. */
  readonly changes: readonly Transition[];
}

export const defaultConcurrency = 64;
const defaultLease = 3 * 60_000;
/** So many leased endpoints may wait for their turn. */
const mostWaiting = 2000;
const takenAtOnce = 256;

/** An endpoint that waits for its turn. */
interface Waiting {
  readonly key: EndpointKey;
  readonly endpoint: Endpoint;
  readonly owner: string;
}

/** Verifies endpoints. @throws what the store throws; what was written until then stays */
export async function verify(options: RunOptions): Promise<RunReport> {
  const { clock = systemClock, random = Math.random } = options;
  const left = await settleAbandoned(options.store, { clock, random });
  const report = await new Run({ ...options, clock, random }).finish();
  return { ...report, changes: [...left, ...report.changes] };
}

class Run {
  readonly #options: RunOptions & Required<Pick<RunOptions, 'clock' | 'random'>>;
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #pace: Pace;
  readonly #lease: number;
  readonly #by: string;
  #number = 0;
  #planned = 0;
  #done = 0;
  #taken = 0;
  #elsewhere = 0;
  #waiting: Waiting[] = [];
  #running = 0;
  /** The source of endpoints is dry. */
  #dry = false;
  /** What the store threw, in a box. */
  #fault: { readonly error: unknown } | undefined;
  #lastUntil = 0;
  #renewAt = 0;
  #stir = Promise.withResolvers<void>();
  readonly #stopped = Promise.withResolvers<undefined>();

  constructor(options: RunOptions & Required<Pick<RunOptions, 'clock' | 'random'>>) {
    this.#options = options;
    this.#store = options.store;
    this.#clock = options.clock;
    this.#pace = options.pace ?? new Pace();
    this.#lease = options.lease ?? defaultLease;
    this.#by = `${options.vantage ?? 'local'} ${randomUUID()}`;
  }

  async finish(): Promise<RunReport> {
    const { which, signal } = this.#options;
    const now = instant(this.#clock.now());
    this.#planned = 'most' in which ? Math.min(which.most, (await readDue(this.#store.db, now)).due) : which.length;
    if (this.#planned === 0) return { verdict: 'sound', reason: null, done: 0, planned: 0, elsewhere: 0, changes: [] };
    const facts = { by: this.#by, vantage: this.#options.vantage ?? 'local', started: now, planned: this.#planned };
    this.#number = await startRun(this.#store, { ...facts, aliveUntil: this.#until() });
    const stop = () => {
      this.#stir.resolve();
      this.#stopped.resolve(undefined);
    };
    signal?.addEventListener('abort', stop);
    try {
      await this.#work();
      const verdict = await this.#judge();
      const changes = await settle(this.#store, this.#number, verdict, this.#options);
      const { done, planned, elsewhere } = { done: this.#done, planned: this.#planned, elsewhere: this.#elsewhere };
      return { run: this.#number, ...verdict, done, planned, elsewhere, changes };
    } finally {
      signal?.removeEventListener('abort', stop);
      await this.#store.atomically([releaseLeases(this.#store.db, this.#by)]);
    }
  }

  /** Until nothing waits and nothing runs. */
  async #work(): Promise<void> {
    while (!this.#options.signal?.aborted) {
      if (this.#fault) throw this.#fault.error;
      await this.#renew();
      const wait = this.#startAll();
      if (this.#running < this.#concurrency && !this.#dry && this.#waiting.length < mostWaiting) {
        await this.#take();
        continue;
      }
      if (this.#running === 0 && this.#waiting.length === 0) return;
      await this.#rest(Math.min(wait, this.#renewAt - this.#clock.now()));
    }
  }

  /** Starts whatever may be started. @returns milliseconds until more may be, for all that is known now */
  #startAll(): number {
    const now = this.#clock.now();
    let soonest = Number.POSITIVE_INFINITY;
    const still: Waiting[] = [];
    for (const one of this.#waiting) {
      const wait = this.#running < this.#concurrency ? this.#pace.wait(one.endpoint.host, one.owner, now) : Infinity;
      if (wait > 0) {
        still.push(one);
        soonest = Math.min(soonest, wait);
      } else {
        this.#running++;
        void this.#visit(one, this.#pace.enter(one.endpoint.host, one.owner));
      }
    }
    this.#waiting = still;
    return soonest;
  }

  async #visit({ key, endpoint }: Waiting, leave: Leave): Promise<void> {
    let addresses: readonly string[] = [];
    try {
      const evidence = await this.#options.probe(endpoint);
      addresses = addressesOf(evidence);
      // Whoever ends the run cuts connections, too: that would not be evidence of anything.
      if (!this.#options.signal?.aborted && !this.#fault) await this.#record(key, evidence);
    } catch (error) {
      this.#fault ??= { error };
    } finally {
      leave(addresses, this.#clock.now());
      this.#running--;
      this.#stir.resolve();
    }
  }

  async #record(key: EndpointKey, evidence: Evidence): Promise<void> {
    const { db } = this.#store;
    const now = this.#clock.now();
    const verdict = this.#options.judge(evidence, new Date(now));
    await this.#store.atomically([
      ...putCheck(db, checkOf(evidence, verdict, this.#number)),
      holdBack(db, key, { by: this.#by, until: instant(now + interval) }),
    ]);
    this.#done++;
    this.#options.onResult?.({ endpoint: key, verdict }, { done: this.#done, planned: this.#planned });
  }

  /** Takes more endpoints, as many as may wait. */
  async #take(): Promise<void> {
    const { which } = this.#options;
    const room = Math.min(takenAtOnce, mostWaiting - this.#waiting.length);
    if ('most' in which) {
      const wanted = Math.min(room, which.most - this.#taken);
      const rows = wanted > 0 ? await takeDue(this.#store, this.#newLease(), wanted) : [];
      this.#taken += rows.length;
      this.#planned = Math.max(this.#planned, this.#taken);
      this.#dry = rows.length === 0;
      this.#enqueue(rows);
    } else {
      const some = which.slice(this.#taken, this.#taken + room);
      const rows = some.length > 0 ? await takeThese(this.#store, this.#newLease(), some) : [];
      this.#taken += some.length;
      this.#elsewhere += some.length - rows.length;
      this.#dry = this.#taken >= which.length;
      this.#enqueue(rows);
    }
  }

  #enqueue(rows: readonly StatusRow[]): void {
    for (const { endpoint: key } of rows) {
      const endpoint = parseEndpoint(key);
      this.#waiting.push({ key, endpoint, owner: ownerOf(endpoint) });
    }
  }

  /** Says that the run lives, well before its leases end. */
  async #renew(): Promise<void> {
    if (this.#clock.now() < this.#renewAt) return;
    const { db } = this.#store;
    const until = this.#until();
    await this.#store.atomically([
      renewLeases(db, { by: this.#by, until }),
      keepAlive(db, this.#number, { aliveUntil: until, planned: this.#planned, done: this.#done }),
    ]);
    this.#renewAt = this.#clock.now() + this.#lease / 3;
  }

  async #rest(milliseconds: number): Promise<void> {
    const enough = new AbortController();
    await Promise.race([this.#stir.promise, this.#clock.sleep(Math.max(0, milliseconds), enough.signal)]);
    enough.abort();
    this.#stir = Promise.withResolvers();
  }

  /** Asks controls or witnesses, where it is not clear whose fault it is. */
  async #judge(): Promise<RunVerdict> {
    const jury = await juryOf(this.#store, this.#number);
    const { controls = [], signal } = this.#options;
    if (!jury.anybodyFails) return judgeRun(jury);
    if (signal?.aborted) return judgeAbandoned(jury);
    if (controls.length > 0) {
      const failed: boolean[] = [];
      for (const control of controls) {
        const evidence = await this.#ask(control);
        if (!evidence) return judgeAbandoned(jury);
        failed.push(this.#failsInNetwork(evidence));
      }
      return judgeRun(jury, { controls: failed });
    }
    if (!jury.isInDoubt) return judgeRun(jury);
    const witnesses = await this.#askWitnesses((owner) => jury.has(owner));
    return signal?.aborted ? judgeAbandoned(jury) : judgeRun(jury, { witnesses });
  }

  /** Verified servers of others are looked at before their time, and belong to the run from then on. */
  async #askWitnesses(isInRun: (owner: string) => boolean): Promise<boolean[]> {
    const keys = await readVerified(this.#store.db, instant(this.#clock.now()), 50);
    const chosen = new Map<string, EndpointKey>();
    for (const key of keys) {
      const owner = ownerOf(parseEndpoint(key));
      if (chosen.size < witnessCount && !isInRun(owner) && !chosen.has(owner)) chosen.set(owner, key);
    }
    const rows = await takeThese(this.#store, this.#newLease(), [...chosen.values()]);
    this.#planned += rows.length;
    const failed: boolean[] = [];
    for (const { endpoint: key } of rows) {
      const evidence = await this.#ask(parseEndpoint(key));
      if (!evidence) break;
      failed.push(this.#failsInNetwork(evidence));
      await this.#record(key, evidence);
    }
    return failed;
  }

  /** One probe outside the crowd, when everybody else is done; undefined where the run was stopped meanwhile. */
  async #ask(endpoint: Endpoint): Promise<Evidence | undefined> {
    this.#renewAt = 0;
    await this.#renew();
    const leave = this.#pace.enter(endpoint.host, ownerOf(endpoint));
    const evidence = await Promise.race([this.#options.probe(endpoint), this.#stopped.promise]);
    leave(evidence ? addressesOf(evidence) : [], this.#clock.now());
    return evidence;
  }

  #failsInNetwork(evidence: Evidence): boolean {
    return failsInNetwork(this.#options.judge(evidence, new Date(this.#clock.now())));
  }

  get #concurrency(): number {
    return this.#options.concurrency ?? defaultConcurrency;
  }

  #newLease(): Lease {
    return { by: this.#by, now: instant(this.#clock.now()), until: this.#until() };
  }

  /** The end of a lease that begins now, each another millisecond. */
  #until(): string {
    this.#lastUntil = Math.max(this.#clock.now() + this.#lease, this.#lastUntil + 1);
    return instant(this.#lastUntil);
  }
}

function addressesOf({ attempts }: Evidence): string[] {
  return attempts.map(({ address }) => address);
}
