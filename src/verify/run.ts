/**
 * A run: takes endpoints in leases, probes them politely and many at once, reports each result as it comes, and at the end is
 * judged as a whole (canary.ts) before it moves any status (settle.ts). Where the work comes from is dispatch.ts.
 *
 * Whoever is killed loses what was under way: the results so far are written, the leases run out, and the next run settles
 * what this one left. Memory does not grow with the number of endpoints: a run holds at most so many.
 */
import { randomUUID } from 'node:crypto';
import { ownerOf } from '../name/suffix.ts';
import type { EndpointKey } from '../provider/model.ts';
import type { Store } from '../store/db.ts';
import type { Transition } from '../store/seen/transitions.ts';
import { failsInNetwork, type RunVerdict } from './canary.ts';
import { type Clock, systemClock } from './clock.ts';
import { type Dispatch, type Ending, RunOver, StoreDispatch, type StoreDispatchOptions } from './dispatch.ts';
import { type Endpoint, parseEndpoint } from './endpoint.ts';
import type { Evidence } from './evidence.ts';
import { type Leave, Pace } from './pace.ts';
import { settleAbandoned } from './settle.ts';
import type { Verdict } from './verdict.ts';

/** How a run is done, wherever its work comes from. */
export interface ProbingOptions {
  /** Never rejects, and ends by itself. */
  readonly probe: (endpoint: Endpoint) => Promise<Evidence>;
  readonly judge: (evidence: Evidence, now: Date) => Verdict;
  /** How many connections at once. */
  readonly concurrency?: number;
  readonly pace?: Pace;
  /** So many leased endpoints it may have at once. */
  readonly mostHeld?: number;
  /** Servers of others that always answer: when they do not either, it is us. */
  readonly controls?: readonly Endpoint[];
  readonly clock?: Clock;
  /** Ends the run early: what is under way is dropped, what was seen counts. */
  readonly signal?: AbortSignal;
  readonly onResult?: (result: Result, progress: Progress) => void;
}

export interface RunOptions extends ProbingOptions, Pick<StoreDispatchOptions, 'which' | 'lease'> {
  readonly store: Store;
  /** Who looks, from where. */
  readonly vantage?: string;
  /** From 0 to below 1. */
  readonly random?: () => number;
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
/** So many leased endpoints may wait for their turn. */
const mostHeld = 2000;
const takenAtOnce = 256;

/** This process, among all that verify; and how many runs it has begun. */
const verifier = randomUUID();
let runs = 0;

/** Verifies endpoints of a store. @throws what the store throws; what was written until then stays */
export async function verify(options: RunOptions): Promise<RunReport> {
  const { store, clock = systemClock, random = Math.random, vantage = 'local', which } = options;
  const left = await settleAbandoned(store, { clock, random });
  const dispatch = new StoreDispatch({ ...options, clock, random, vantage, by: `${vantage} ${verifier}.${++runs}` });
  try {
    const { taken, cutOff, ...report } = await new Run(dispatch, options).finish();
    const elsewhere = 'most' in which || cutOff ? 0 : which.length - taken;
    return { ...report, elsewhere, changes: [...left, ...report.changes] };
  } finally {
    await dispatch.leave();
  }
}

/** An endpoint that waits for its turn. */
interface Waiting {
  readonly key: EndpointKey;
  readonly endpoint: Endpoint;
  readonly owner: string;
}

type Ended = Omit<RunReport, 'elsewhere'> & {
  /** How many endpoints it was given. */
  readonly taken: number;
  readonly cutOff: boolean;
};

/** One run over whatever a dispatch gives out. */
export class Run {
  readonly #dispatch: Dispatch;
  readonly #options: ProbingOptions;
  readonly #clock: Clock;
  readonly #pace: Pace;
  readonly #concurrency: number;
  readonly #mostHeld: number;
  #run: number | undefined;
  #planned = 0;
  #done = 0;
  #taken = 0;
  #waiting: Waiting[] = [];
  /** What was given to us and is not reported yet. */
  readonly #held = new Set<EndpointKey>();
  #running = 0;
  /** There is nothing more to take. */
  #dry = false;
  /** What the dispatch threw, in a box. */
  #fault: { readonly error: unknown } | undefined;
  /** When leases were renewed last, and for how long until it must be done again. */
  #renewed = { at: 0, enough: Number.POSITIVE_INFINITY };
  #anybodyFails = false;
  #stir = Promise.withResolvers<void>();
  readonly #stopped = Promise.withResolvers<undefined>();

  constructor(dispatch: Dispatch, options: ProbingOptions) {
    this.#dispatch = dispatch;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#pace = options.pace ?? new Pace();
    this.#concurrency = options.concurrency ?? defaultConcurrency;
    this.#mostHeld = options.mostHeld ?? mostHeld;
  }

  async finish(): Promise<Ended> {
    const { signal } = this.#options;
    const stop = () => {
      this.#stir.resolve();
      this.#stopped.resolve(undefined);
    };
    signal?.addEventListener('abort', stop);
    if (signal?.aborted) stop();
    try {
      await this.#work().catch(unlessOver);
      const ending = await this.#end();
      const { done, planned, taken } = { done: this.#done, planned: this.#planned, taken: this.#taken };
      const numbered = this.#run === undefined ? {} : { run: this.#run };
      return { ...numbered, ...ending, done, planned, taken, cutOff: signal?.aborted ?? false };
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  }

  /** Until nothing waits and nothing runs. */
  async #work(): Promise<void> {
    while (!this.#options.signal?.aborted) {
      if (this.#fault) throw this.#fault.error;
      if (this.#mayRest() <= 0) await this.#take(this.#held.size);
      const wait = this.#startAll();
      // Asked for by the dozen, not one by one.
      if (this.#running < this.#concurrency && !this.#dry && this.#waiting.length <= this.#mostHeld / 2) {
        this.#dry = (await this.#take(Math.min(this.#held.size + takenAtOnce, this.#mostHeld))) === 0;
        continue;
      }
      if (this.#running === 0 && this.#waiting.length === 0) return;
      await this.#rest(Math.min(wait, this.#mayRest()));
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
      this.#held.delete(key);
      this.#running--;
      this.#stir.resolve();
    }
  }

  async #record(key: EndpointKey, evidence: Evidence): Promise<void> {
    const verdict = this.#options.judge(evidence, new Date(this.#clock.now()));
    if (!(await this.#dispatch.report(evidence))) return;
    this.#done++;
    this.#anybodyFails ||= failsInNetwork(verdict);
    this.#options.onResult?.({ endpoint: key, verdict }, { done: this.#done, planned: this.#planned });
  }

  /** Asks for work until we hold so much, and says that we live, well before our leases end. @returns how much is new */
  async #take(hold: number): Promise<number> {
    const { run, endpoints, planned, lease } = await this.#dispatch.take({ hold, done: this.#done });
    this.#run = run;
    this.#renewed = { at: this.#clock.now(), enough: lease / 3 };
    const fresh = endpoints.filter((key) => !this.#held.has(key));
    for (const key of fresh) {
      const endpoint = parseEndpoint(key);
      this.#held.add(key);
      this.#waiting.push({ key, endpoint, owner: ownerOf(endpoint.host) });
    }
    this.#taken += fresh.length;
    this.#planned = Math.max(planned, this.#planned, this.#taken);
    return fresh.length;
  }

  /** Milliseconds until leases must be renewed; 0 where the clock was set back since. */
  #mayRest(): number {
    const since = this.#clock.now() - this.#renewed.at;
    return since < 0 ? 0 : this.#renewed.enough - since;
  }

  async #rest(milliseconds: number): Promise<void> {
    const enough = new AbortController();
    await Promise.race([this.#stir.promise, this.#clock.sleep(Math.max(0, milliseconds), enough.signal)]);
    enough.abort();
    this.#stir = Promise.withResolvers();
  }

  /** Has the run judged; where it is in doubt, control hosts or witnesses are asked first. */
  async #end(): Promise<RunVerdict & { readonly changes: readonly Transition[] }> {
    const { signal } = this.#options;
    const mayAsk = this.#anybodyFails && !signal?.aborted;
    const controls = (mayAsk && (await this.#askControls().catch(unlessOver))) || [];
    const ending = await this.#dispatch.end({ controls, cutOff: signal?.aborted ?? false });
    if ('verdict' in ending) return ending;
    await this.#askWitnesses(ending.witnesses).catch(unlessOver);
    const last = await this.#dispatch.end({ cutOff: signal?.aborted ?? false });
    // Who was called twice and never heard is not waited for.
    return 'verdict' in last ? last : final(await this.#dispatch.end({ cutOff: true }));
  }

  async #askControls(): Promise<boolean[]> {
    const failed: boolean[] = [];
    for (const control of this.#options.controls ?? []) {
      const evidence = await this.#ask(control);
      if (!evidence) break;
      failed.push(failsInNetwork(this.#options.judge(evidence, new Date(this.#clock.now()))));
    }
    return failed;
  }

  async #askWitnesses(keys: readonly EndpointKey[]): Promise<void> {
    for (const key of keys) this.#held.add(key);
    this.#planned += keys.length;
    for (const key of keys) {
      const evidence = await this.#ask(parseEndpoint(key));
      if (!evidence) return;
      await this.#record(key, evidence);
      this.#held.delete(key);
    }
  }

  /** One probe outside the crowd, when everybody else is done; undefined where the run was stopped meanwhile. */
  async #ask(endpoint: Endpoint): Promise<Evidence | undefined> {
    await this.#dispatch.take({ hold: this.#held.size, done: this.#done });
    const leave = this.#pace.enter(endpoint.host, ownerOf(endpoint.host));
    const evidence = await Promise.race([this.#options.probe(endpoint), this.#stopped.promise]);
    leave(evidence ? addressesOf(evidence) : [], this.#clock.now());
    return evidence;
  }
}

/** A run that was judged without us is still to be settled. */
function unlessOver(error: unknown): void {
  if (!(error instanceof RunOver)) throw error;
}

function final(ending: Ending): RunVerdict & { readonly changes: readonly Transition[] } {
  if ('verdict' in ending) return ending;
  throw new Error('a run that was cut off is still in doubt');
}

function addressesOf({ attempts }: Evidence): string[] {
  return attempts.map(({ address }) => address);
}
