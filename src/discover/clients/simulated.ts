/** Simulations that strangers cause, remembered for a minute and budgeted: one costs some twenty questions of HTTP. */
import type { Domain } from '../../name/domain.ts';
import { elapsed } from '../../net/elapsed.ts';
import { type RememberLimits, remembering } from '../../net/remember.ts';
import type { Simulation } from './simulate.ts';

const keep = 60_000;

const defaults: RememberLimits = { names: 200, underWay: 10, perMinute: 5, totalPerMinute: 60 };

/**
 * @param now a clock in milliseconds, for tests
 * @returns a function that simulates on behalf of an address block; undefined: it is over its budget
 */
export function simulatedStep(
  simulate: (domain: Domain) => Promise<Simulation>,
  limits: Partial<RememberLimits> = {},
  now = elapsed,
): (domain: Domain, asker?: string) => Promise<Simulation | undefined> {
  return remembering<Simulation | undefined>({
    ask: simulate,
    refused: undefined,
    keep: () => keep,
    limits: { ...defaults, ...limits },
    now,
  });
}
