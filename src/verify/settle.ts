/**
 * From the checks of a run to the statuses. Checks are written as they come; statuses move only when the run was judged, page
 * by page, each check once: whoever is interrupted here, or does it a second time, does no harm.
 */
import { readRunChecks } from '../store/checks.ts';
import { countDay } from '../store/days.ts';
import type { Store } from '../store/db.ts';
import { endRun, readAbandoned } from '../store/runs.ts';
import { type Move, moveStatuses, readStates, statementsOfMove } from '../store/statuses.ts';
import type { Transition } from '../store/transitions.ts';
import { Jury, judgeAbandoned, type RunVerdict } from './canary.ts';
import { type Clock, instant } from './clock.ts';
import { parseEndpoint } from './endpoint.ts';
import { ownerOf } from './pace.ts';
import { isWell, next, type Observation, type State, staleAt } from './status.ts';

const page = 200;

/** Who was well before this run, and how they fare in it. */
export async function juryOf({ db }: Store, run: number): Promise<Jury> {
  const jury = new Jury();
  for await (const { checks, states } of pagesOf(db, run)) {
    for (const { endpoint, code, outcome } of checks) {
      const state = states.get(endpoint)?.state as State | undefined;
      jury.add({ owner: ownerOf(parseEndpoint(endpoint)), code, outcome, well: state === undefined || isWell(state) });
    }
  }
  return jury;
}

/** Moves the statuses by the checks of a run that was judged, and ends the run. @returns what moved, worth telling or not */
export async function settle(
  store: Store,
  run: number,
  { verdict, reason }: RunVerdict,
  { clock, random }: { readonly clock: Clock; readonly random: () => number },
): Promise<Transition[]> {
  const { db, batchSize } = store;
  const changes: Transition[] = [];
  for await (const { checks, states } of pagesOf(db, run)) {
    const moves: Move[] = [];
    for (const { n, endpoint, at, vantage, code, outcome, warnings } of checks) {
      const known = states.get(endpoint);
      if (!known || known.applied >= n) continue;
      const seen = {
        at,
        vantage,
        verdict: {
          code,
          outcome: verdict === 'sound' ? outcome : 'inconclusive',
          warnings: warnings.map((name) => ({ code: name })),
        },
      } as Observation;
      const before = known.state as State | undefined;
      const state = next(before, seen, random);
      const from = before?.status ?? 'unverified';
      if (from !== state.status) changes.push({ endpoint, from, to: state.status, reason: state.reason, at });
      states.set(endpoint, { endpoint, state, applied: n });
      moves.push({ ...moveOf(state, endpoint, n), ...(from !== state.status && { from }) });
    }
    const most = Math.max(1, Math.min(Math.floor((batchSize - 1) / statementsOfMove), page));
    for (let start = 0; start < moves.length; start += most) {
      await store.atomically(moveStatuses(db, moves.slice(start, start + most)));
    }
  }
  const ended = instant(clock.now());
  await store.atomically([endRun(db, run, { ended, verdict, reason }), ...countDay(db, ended)]);
  return changes;
}

/** Judges and settles what somebody began and did not finish, with what there is of it. */
export async function settleAbandoned(
  store: Store,
  options: { readonly clock: Clock; readonly random: () => number },
): Promise<Transition[]> {
  const runs = await readAbandoned(store.db, instant(options.clock.now()));
  const changes: Transition[] = [];
  for (const run of runs)
    changes.push(...(await settle(store, run, judgeAbandoned(await juryOf(store, run)), options)));
  return changes;
}

function moveOf(state: State, endpoint: Move['endpoint'], applied: number): Move {
  const { status, reason, since, decidedAt = null, dueAt } = state;
  return {
    endpoint,
    status,
    reason,
    since,
    checkedAt: decidedAt,
    staleAt: staleAt(state) ?? null,
    state,
    dueAt,
    applied,
  };
}

async function* pagesOf(db: Store['db'], run: number) {
  for (let after = 0; ; ) {
    const checks = await readRunChecks(db, run, after, page);
    const last = checks.at(-1);
    if (!last) return;
    yield {
      checks,
      states: await readStates(
        db,
        checks.map(({ endpoint }) => endpoint),
      ),
    };
    after = last.n;
  }
}
