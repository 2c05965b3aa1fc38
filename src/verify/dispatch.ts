/**
 * Where a verifier gets its work, and whom it tells what it saw: the store of its own process (here), or a server's far away
 * (agent.ts), which does the same with the same store.
 *
 * Everything that a run is stands in the store: whoever asks can be another process each time, any question may be asked
 * twice, and whoever is killed is missed when the leases run out.
 */

import { ownerOf } from '../name/suffix.ts';
import { instant } from '../net/instant.ts';
import type { EndpointKey } from '../provider/model.ts';
import { inParts, type Store } from '../store/db.ts';
import { countChecked, putCheck, readChecked } from '../store/seen/checks.ts';
import { callWitnesses, keepAlive, type Run, readRun, startRun } from '../store/seen/runs.ts';
import type { Transition } from '../store/seen/transitions.ts';
import { showUp } from '../store/seen/vantages.ts';
import {
  type Holder,
  holdBack,
  readDue,
  readHeld,
  readVerified,
  releaseLeases,
  renewLeases,
  takeDue,
  takeThese,
} from '../store/seen/watches.ts';
import { judgeAbandoned, judgeRun, type RunVerdict, witnessCount } from './canary.ts';
import { checkOf } from './check.ts';
import type { Clock } from './clock.ts';
import { parseEndpoint } from './endpoint.ts';
import type { Evidence } from './evidence.ts';
import { politePause } from './pace.ts';
import { juryOf, settle } from './settle.ts';
import { interval } from './status.ts';
import type { Verdict } from './verdict.ts';

/** What a verifier asks for. */
export interface Wish {
  /** So many endpoints it wants to have altogether; those that it has are leased for longer. */
  readonly hold: number;
  /** How far it is. */
  readonly done: number;
}

export interface Work {
  /** The number of the run in the store; undefined: there is nothing to do, and no run. */
  readonly run?: number;
  /** All that it has. */
  readonly endpoints: readonly EndpointKey[];
  /** How many there were to do when the run began. */
  readonly planned: number;
  /** Milliseconds for which they are leased from now on. */
  readonly lease: number;
}

export interface Asked {
  /** Of each control host of the operator, whether it could not be reached. */
  readonly controls?: readonly boolean[];
  /** The run was cut off: nobody else is asked. */
  readonly cutOff?: boolean;
}

/** A run that is over; or first, others are to be looked at, because it is in doubt. */
export type Ending =
  | (RunVerdict & { readonly changes: readonly Transition[] })
  | { readonly witnesses: readonly EndpointKey[] };

/** One run, as its verifier sees it. */
export interface Dispatch {
  /** @throws {RunOver} */
  take(wish: Wish): Promise<Work>;
  /** @returns false where it is not wanted any more: somebody else has the lease, or the run was judged @throws {RunOver} */
  report(evidence: Evidence): Promise<boolean>;
  end(asked: Asked): Promise<Ending>;
}

/** The run was judged without us: we were silent for too long. */
export class RunOver extends Error {
  override readonly name = 'RunOver';
}

export interface StoreDispatchOptions extends Holder {
  readonly store: Store;
  readonly judge: (evidence: Evidence, now: Date) => Verdict;
  /** Those that are due, at most so many; or these, due or not. They must be listed (store/seen/statuses.ts). */
  readonly which: { readonly most: number } | readonly EndpointKey[];
  /** Milliseconds. */
  readonly lease?: number;
  /** Milliseconds for which others let an owner rest. */
  readonly pause?: number;
  readonly clock: Clock;
  readonly random: () => number;
}

/** Endpoints of one run of a habit: few enough that their statuses move soon, enough for the canary. */
export const mostOfRun = 500;
const defaultLease = 3 * 60_000;

/** The hand that has the store. */
export class StoreDispatch implements Dispatch {
  readonly #options: StoreDispatchOptions;
  readonly #store: Store;
  readonly #lease: number;
  /** Of named endpoints, how many were asked for. */
  #named = 0;

  constructor(options: StoreDispatchOptions) {
    this.#options = options;
    this.#store = options.store;
    this.#lease = options.lease ?? defaultLease;
  }

  async take({ hold, done }: Wish): Promise<Work> {
    const { by, vantage, which } = this.#options;
    const { db } = this.#store;
    const now = this.#now();
    await showUp(this.#store, vantage, now);
    const run = (await readRun(db, by)) ?? (await this.#begin(now));
    if (!run) return { endpoints: [], planned: 0, lease: this.#lease };
    if (run.verdict !== null) throw new RunOver('the run was judged');
    const until = this.#until();
    await this.#store.atomically([renewLeases(db, { by, until }), keepAlive(db, run.n, { aliveUntil: until, done })]);
    let endpoints = await readHeld(db, { by, now });
    const room = hold - endpoints.length;
    if ('most' in which) {
      // What is on its way is not done for the one who asks.
      const seen = which.most === Number.POSITIVE_INFINITY ? 0 : await countChecked(db, run.n);
      const more = Math.min(room, which.most - seen - endpoints.length);
      if (more > 0) endpoints = await takeDue(this.#store, { by, vantage, now, until }, more);
    } else if (room > 0 && this.#named < which.length) {
      const some = which.slice(this.#named, this.#named + room);
      endpoints = await takeThese(this.#store, { by, vantage, now, until }, some);
      this.#named += some.length;
    }
    return { run: run.n, endpoints, planned: run.planned, lease: this.#lease };
  }

  async report(evidence: Evidence): Promise<boolean> {
    return (await this.reportAll([evidence])).has(evidence.endpoint);
  }

  /** @returns those that this run has seen, now or before: a report that comes twice is one */
  async reportAll(evidences: readonly Evidence[]): Promise<ReadonlySet<EndpointKey>> {
    const { by, vantage } = this.#options;
    const { db, batchSize } = this.#store;
    const run = await readRun(db, by);
    if (!run || run.verdict !== null) throw new RunOver('the run was judged');
    if (evidences.length === 0) return new Set();
    const { pause = politePause, clock } = this.#options;
    const now = clock.now();
    const until = instant(now + interval);
    const rest = instant(now + pause);
    const statements = evidences.flatMap((seen) => {
      // Whoever looked may have another clock, but looked in the time of this run.
      const at = instant(Math.min(Math.max(Date.parse(seen.at), Date.parse(run.started)), now));
      const evidence = { ...seen, at, vantage };
      return [
        ...putCheck(db, checkOf(evidence, this.#options.judge(evidence, new Date(now)), run.n), by),
        // Where nothing was dialled, nobody was bothered.
        holdBack(db, evidence.endpoint, { by, until, ...(evidence.attempts.length > 0 && { rest }) }),
      ];
    });
    // Of one endpoint all or nothing.
    const each = statements.length / evidences.length;
    const most = Math.max(1, Math.floor(Math.min(batchSize, 100) / each)) * each;
    for (const some of inParts(statements, most)) await this.#store.atomically(some);
    return readChecked(
      db,
      run.n,
      evidences.map(({ endpoint }) => endpoint),
    );
  }

  /** These were looked at in vain; another day may be better. */
  async putOff(keys: readonly EndpointKey[]): Promise<void> {
    const { by, clock } = this.#options;
    const until = instant(clock.now() + interval);
    await this.#store.atomically(keys.map((key) => holdBack(this.#store.db, key, { by, until })));
  }

  async end(asked: Asked): Promise<Ending> {
    const { by } = this.#options;
    const run = await readRun(this.#store.db, by);
    if (!run) return { verdict: 'sound', reason: null, changes: [] };
    const verdict = run.verdict === null ? await this.#judge(run, asked) : { verdict: run.verdict, reason: run.reason };
    if ('witnesses' in verdict) return verdict;
    const changes = await settle(this.#store, run, verdict, this.#options);
    await this.leave();
    return { ...verdict, changes };
  }

  /** Gives back what was not looked at. */
  async leave(): Promise<void> {
    await this.#store.atomically([releaseLeases(this.#store.db, this.#options.by)]);
  }

  async #begin(now: string): Promise<Run | undefined> {
    const { by, vantage, which } = this.#options;
    const { db } = this.#store;
    const planned = 'most' in which ? Math.min(which.most, (await readDue(db, vantage, now)).due) : which.length;
    if (planned === 0) return undefined;
    await startRun(this.#store, { by, vantage, started: now, planned, aliveUntil: this.#until() });
    return readRun(db, by);
  }

  /** Calls witnesses, where it is not clear whose fault it is. */
  async #judge(run: Run, { controls = [], cutOff = false }: Asked): Promise<RunVerdict | { witnesses: EndpointKey[] }> {
    const { jury, witnesses } = await juryOf(this.#store, run);
    if (!jury.anybodyFails) return judgeRun(jury);
    if (cutOff) return judgeAbandoned(jury);
    if (controls.length > 0) return judgeRun(jury, { controls });
    if (!jury.isInDoubt) return judgeRun(jury);
    const waited = await this.#witnesses(run, (owner) => jury.has(owner));
    return waited.length > 0 ? { witnesses: waited } : judgeRun(jury, { witnesses });
  }

  /** Verified servers of others are looked at before their time, and belong to the run from then on. */
  async #witnesses(run: Run, isInRun: (owner: string) => boolean): Promise<EndpointKey[]> {
    const { by, vantage } = this.#options;
    const { db } = this.#store;
    const [now, until] = [this.#now(), this.#until()];
    if (run.witnesses !== null) {
      // Those that it has still to look at.
      const called = new Set(run.witnesses.split(' '));
      return (await readHeld(db, { by, now })).filter((key) => called.has(key));
    }
    const chosen = new Map<string, EndpointKey>();
    for (const key of await readVerified(db, { by, vantage, now }, 50)) {
      const owner = ownerOf(parseEndpoint(key).host);
      if (chosen.size < witnessCount && !isInRun(owner) && !chosen.has(owner)) chosen.set(owner, key);
    }
    const keys = [...chosen.values()];
    const held = new Set(keys.length > 0 ? await takeThese(this.#store, { by, vantage, now, until }, keys) : []);
    const called = keys.filter((key) => held.has(key));
    await this.#store.atomically([
      callWitnesses(db, run.n, called),
      keepAlive(db, run.n, { aliveUntil: until, planned: run.planned + called.length }),
    ]);
    return called;
  }

  #now(): string {
    return instant(this.#options.clock.now());
  }

  #until(): string {
    return instant(this.#options.clock.now() + this.#lease);
  }
}
