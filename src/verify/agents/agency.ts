/**
 * Work for agents: verifiers elsewhere, which ask a server for endpoints and report what they have seen. Each is one vantage.
 * An agent is trusted to look, not to judge: verdicts are made here, of evidence that has a shape and bounds (evidence-shape.ts).
 */
import type { EndpointKey } from '../../provider/model.ts';
import { countOpenRuns, readRun } from '../../store/seen/runs.ts';
import type { Transition } from '../../store/seen/transitions.ts';
import type { RunVerdict } from '../canary.ts';
import { type Clock, systemClock } from '../clock.ts';
import {
  type Asked,
  type Ending,
  mostOfRun,
  StoreDispatch,
  type StoreDispatchOptions,
  type Wish,
  type Work,
} from '../dispatch.ts';
import type { Evidence } from '../evidence.ts';
import { settleAbandoned } from '../settle.ts';

/** Which run of whom. */
export interface AgentRun {
  /** The name of the agent. */
  readonly vantage: string;
  /** The agent's own choice; whatever comes twice under it is one. */
  readonly id: string;
}

export interface Agency {
  /** @throws {RunOver}, {TooManyRuns} */
  take(run: AgentRun, wish: Wish): Promise<Work>;
  /**
   * @param unreadable endpoints of which there is evidence that cannot be read: they are not asked for again at once
   * @returns those that the run has seen, now or before
   * @throws {RunOver}
   */
  report(
    run: AgentRun,
    evidences: readonly Evidence[],
    unreadable: readonly EndpointKey[],
  ): Promise<ReadonlySet<EndpointKey>>;
  end(run: AgentRun, asked: Asked): Promise<Ending>;
}

export interface AgencyOptions extends Pick<StoreDispatchOptions, 'store' | 'judge' | 'lease' | 'pause'> {
  /** Brings the list of what is probed up to date. */
  readonly list: () => Promise<void>;
  /** A run is over that may have moved statuses. */
  readonly onRun?: (ended: RunVerdict & { readonly run?: number; readonly changes: readonly Transition[] }) => void;
  readonly clock?: Clock;
  readonly random?: () => number;
}

/** An agent has begun so many runs and ended none. */
export class TooManyRuns extends Error {
  override readonly name = 'TooManyRuns';
}

/** Runs of one vantage at a time: so many agents may share its name. */
const mostOpenRuns = 20;

export function agency(options: AgencyOptions): Agency {
  const { store, list, onRun, clock = systemClock, random = Math.random } = options;
  const holder = ({ vantage, id }: AgentRun) => `${vantage} ${id}`;
  const dispatch = (run: AgentRun) => {
    const { vantage } = run;
    return new StoreDispatch({ ...options, clock, random, vantage, by: holder(run), which: { most: mostOfRun } });
  };
  const begin = async ({ vantage }: AgentRun) => {
    await list();
    const changes = await settleAbandoned(store, { clock, random });
    if (changes.length > 0) onRun?.({ verdict: 'sound', reason: null, changes });
    if ((await countOpenRuns(store.db, vantage)) >= mostOpenRuns)
      throw new TooManyRuns(`${vantage} has ${mostOpenRuns} runs that are not over`);
  };
  return {
    async take(run, wish) {
      if (!(await readRun(store.db, holder(run)))) await begin(run);
      return dispatch(run).take(wish);
    },
    async report(run, evidences, unreadable) {
      if (unreadable.length > 0) await dispatch(run).putOff(unreadable);
      return dispatch(run).reportAll(evidences);
    },
    async end(run, asked) {
      const before = await readRun(store.db, holder(run));
      const ending = await dispatch(run).end(asked);
      if (before?.ended === null && 'verdict' in ending) onRun?.({ ...ending, run: before.n });
      return ending;
    },
  };
}
