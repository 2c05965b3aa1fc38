/**
 * The checks, put together once for all submissions: what they ask through, one pace and one budget. Whoever has no sockets
 * (a Worker) gives fewer ports, and is told what could not be found out.
 */
import type { Atlas } from '../../atlas/tables.ts';
import { systemClock } from '../../verify/clock.ts';
import { Pace } from '../../verify/pace.ts';
import type { CheckResult, Draft } from '../model.ts';
import { ProbeBudget, type ProbeLimits } from './budget.ts';
import { type CheckContext, runChecks, type Tell } from './checks.ts';
import type { ProbePorts } from './probes.ts';
import type { Proved } from './proof.ts';

export interface CheckerPorts extends Pick<CheckContext, 'texts' | 'mx' | 'discover' | 'patience' | 'onDefect'> {
  readonly probe?: NonNullable<ProbePorts['probe']>;
  readonly budget?: Partial<ProbeLimits>;
}

/** What is checked, for whom. */
export interface Checked {
  readonly draft: Draft;
  readonly atlas: Atlas;
  /** Undefined for a dry run. */
  readonly proved?: Proved;
  /** The address block of whoever asks, for the budget; undefined where that is not known any more. */
  readonly block?: string;
}

export type RunChecks = (checked: Checked, told?: Tell, signal?: AbortSignal) => Promise<CheckResult[]>;

/** Milliseconds between two probes of one host for submissions: people wait, and a draft has two or three servers. */
const pause = 3000;

export function checkerOf({ probe, budget: limits, ...ports }: CheckerPorts): RunChecks {
  const pace = new Pace(pause);
  const budget = new ProbeBudget(limits);
  return ({ draft, atlas, proved, block }, told, signal) =>
    runChecks(
      draft,
      {
        ...ports,
        atlas,
        probes: {
          ...(probe && { probe }),
          pace,
          clock: systemClock,
          allow: (endpoint) => budget.take(endpoint, block),
          noProbe: atlas.curated.noProbe,
        },
        ...(proved && { proved }),
        ...(signal && { signal }),
      },
      told,
    );
}
