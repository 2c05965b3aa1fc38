/**
 * From the checks of a run to the statuses. Checks are written as they come; what a vantage makes of them moves only when the
 * run was judged, page by page, each check once, and then what all vantages say together. Whoever is interrupted here, or
 * does it a second time, does no harm.
 */

import { ownerOf } from '../name/suffix.ts';
import { instant } from '../net/instant.ts';
import type { EndpointKey } from '../provider/model.ts';
import { inParts, type Statement, type Store } from '../store/db.ts';
import { ipv6Answered, type RunCheck, readRunChecks } from '../store/seen/checks.ts';
import { countDay } from '../store/seen/days.ts';
import { closeRun, endRun, type Run, readAbandoned } from '../store/seen/runs.ts';
import { type Move, moveStatuses, readTold, statementsOfMove } from '../store/seen/statuses.ts';
import type { Transition } from '../store/seen/transitions.ts';
import { readVantages } from '../store/seen/vantages.ts';
import { callOthers, moveWatch, readWatches } from '../store/seen/watches.ts';
import { failsInNetwork, Jury, judgeAbandoned, type RunVerdict } from './canary.ts';
import type { Clock } from './clock.ts';
import { parseEndpoint } from './endpoint.ts';
import { interval, isWell, next, type Observation, type State } from './status.ts';
import { type Telling, together } from './together.ts';
import type { WarningCode } from './verdict.ts';

const page = 200;
/** So often it is told anew what somebody else has moved meanwhile. */
const mostTurns = 10;
/** Who has asked for work within it (milliseconds) is there, and will look at what is due: at everything once, with jitter. */
const presence = 1.5 * interval;

export interface SettleOptions {
  readonly clock: Clock;
  /** From 0 to below 1. */
  readonly random: () => number;
}

/** Who was well before this run, and how they fare in it; and how its witnesses did: true for one that could not be reached. */
export async function juryOf({ db }: Store, run: Run): Promise<{ jury: Jury; witnesses: boolean[] }> {
  const jury = new Jury();
  const called = new Set(run.witnesses?.split(' '));
  const witnesses: boolean[] = [];
  for await (const { checks, states } of pagesOf(db, run)) {
    for (const { endpoint, code, outcome } of checks) {
      const state = states.get(endpoint)?.state;
      if (called.has(endpoint)) witnesses.push(failsInNetwork({ code, outcome }));
      else
        jury.add({
          owner: ownerOf(parseEndpoint(endpoint).host),
          code,
          outcome,
          well: state === undefined || isWell(state),
        });
    }
  }
  return { jury, witnesses };
}

/**
 * Judges a run, if nobody has yet, moves the statuses by its checks, and ends it.
 * @returns what moved, worth telling or not
 */
export async function settle(
  store: Store,
  run: Run,
  verdict: RunVerdict,
  { clock, random }: SettleOptions,
): Promise<Transition[]> {
  const { db } = store;
  await store.atomically([closeRun(db, run.n, verdict)]);
  const isSound = (run.verdict ?? verdict.verdict) === 'sound';
  const hasIpv6 = await ipv6Answered(db, run.n);
  const changes: Transition[] = [];
  for await (const { checks, states } of pagesOf(db, run)) {
    const now = instant(clock.now());
    const statements: Statement[] = [];
    for (const check of checks) {
      const { n, endpoint, at } = check;
      const known = states.get(endpoint);
      if (!known || known.applied >= n) continue;
      const { code, outcome, warnings } = hasIpv6 ? check : withoutIpv6(check);
      const seen = {
        at,
        verdict: {
          code,
          outcome: isSound ? outcome : 'inconclusive',
          warnings: warnings.map((name) => ({ code: name })),
        },
      } as Observation;
      const state = next(known.state, seen, random);
      states.set(endpoint, { state, applied: n });
      statements.push(moveWatch(db, { endpoint, vantage: run.vantage, state, dueAt: state.dueAt, applied: n }));
      // A suspect is not only one's own: the others look soon, too.
      if (!isWell(state) && (known.state === undefined || isWell(known.state)))
        statements.push(callOthers(db, endpoint, { vantage: run.vantage, now }));
    }
    await inBatches(store, statements, 1, (some) => some);
    changes.push(...(await tell(store, [...states.keys()], now)));
  }
  const ended = instant(clock.now());
  await store.atomically([endRun(db, run.n, ended), ...countDay(db, ended)]);
  return changes;
}

/**
 * What a check says where nobody's IPv6 address answered: it is the verifier who has no way there, though packets leave (a
 * black hole; where none leaves, judge.ts knows).
 */
function withoutIpv6(check: RunCheck): Pick<RunCheck, 'code' | 'outcome' | 'warnings'> {
  const { code, outcome, warnings, ipv6 } = check;
  if (ipv6 === 'alone' && outcome === 'fails') return { code, outcome: 'inconclusive', warnings };
  if (ipv6 === 'silent')
    return { code, outcome, warnings: warnings.filter((name) => name !== ('address.some-fail' satisfies WarningCode)) };
  return check;
}

/** Judges and settles what somebody began and did not finish, with what there is of it. */
export async function settleAbandoned(store: Store, options: SettleOptions): Promise<Transition[]> {
  const runs = await readAbandoned(store.db, instant(options.clock.now()));
  const changes: Transition[] = [];
  for (const run of runs) {
    changes.push(...(await settle(store, run, judgeAbandoned((await juryOf(store, run)).jury), options)));
  }
  return changes;
}

/**
 * Tells what all vantages say of these endpoints together, as often as it takes: who settles another run at the same time
 * may have moved a watch meanwhile.
 */
async function tell(store: Store, keys: readonly EndpointKey[], now: string): Promise<Transition[]> {
  const { db } = store;
  const seen = await readVantages(db);
  // Who was last seen tomorrow had another clock, or we had.
  const isPresent = (vantage: string) => Math.abs(Date.parse(seen.get(vantage) ?? '') - Date.parse(now)) < presence;
  const changes: Transition[] = [];
  let tried = new Map<EndpointKey, Telling['status']>();
  for (let untold = keys, turn = 0; untold.length > 0 && turn < mostTurns; untold = [...tried.keys()], turn++) {
    const [watches, told] = [await readWatches(db, untold), await readTold(db, untold)];
    const moves: Move[] = [];
    const trying: typeof tried = new Map();
    for (const [endpoint, before] of told) {
      const voices = watches.get(endpoint) ?? [];
      const applied = voices.reduce((sum, watch) => sum + watch.applied, 0);
      if (applied !== before.applied) {
        const heard = voices.map(({ vantage, state }) => ({
          state: state as State | undefined,
          present: isPresent(vantage),
        }));
        const telling = together(before as Telling, heard, now);
        const from = before.status === telling.status ? {} : { from: before.status };
        moves.push({ ...telling, ...from, endpoint, applied });
        trying.set(endpoint, before.status);
      } else {
        const from = tried.get(endpoint);
        const { status: to, reason, since: at } = before;
        if (from !== undefined && from !== to) changes.push({ endpoint, from, to, reason, at });
      }
    }
    await inBatches(store, moves, statementsOfMove, (some) => moveStatuses(db, some));
    tried = trying;
  }
  return changes;
}

/** One statement more may say that there are new statuses. */
async function inBatches<T>(
  store: Store,
  all: readonly T[],
  statementsOfOne: number,
  make: (some: readonly T[]) => readonly Statement[],
): Promise<void> {
  const most = Math.max(1, Math.min(Math.floor((store.batchSize - 1) / statementsOfOne), page));
  for (const some of inParts(all, most)) await store.atomically(make(some));
}

/** The checks of a run, and what its vantage makes of their endpoints so far. */
async function* pagesOf(db: Store['db'], run: Run) {
  for (let after = 0; ; ) {
    const checks = await readRunChecks(db, run.n, after, page);
    const last = checks.at(-1);
    if (!last) return;
    const states = new Map<EndpointKey, { readonly state: State | undefined; readonly applied: number }>();
    const watches = await readWatches(
      db,
      checks.map(({ endpoint }) => endpoint),
    );
    for (const [endpoint, all] of watches) {
      const own = all.find(({ vantage }) => vantage === run.vantage);
      if (own) states.set(endpoint, { state: own.state as State | undefined, applied: own.applied });
    }
    yield { checks, states };
    after = last.n;
  }
}
