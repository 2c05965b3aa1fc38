/**
 * Discoveries that strangers cause: each domain is asked once at a time and remembered for minutes, everybody has a budget,
 * and whoever waits may hear of each mechanism as soon as it is through.
 */
import type { Domain } from '../name/domain.ts';
import { elapsed } from '../net/elapsed.ts';
import { type RememberLimits, remembering } from '../net/remember.ts';
import type { Tell } from './discover.ts';
import type { Discovery } from './model.ts';
import { publishedAnswer } from './published.ts';

/**
 * @param asker an address block
 * @param tell hears what comes in from now on; nothing of what is remembered
 * @returns undefined: the asker, or all together, are over their budget
 */
export type Discoveries = (domain: Domain, asker?: string, tell?: Tell) => Promise<Discovery | undefined>;

export interface DiscoveryLimits extends RememberLimits {
  /** Milliseconds. */
  readonly keepFound: number;
  readonly keepNothing: number;
}

/** One question costs a dozen of DNS and half a dozen of HTTP: the budget is a sixth of that of the MX step. */
const defaults: DiscoveryLimits = {
  names: 500,
  underWay: 20,
  perMinute: 10,
  totalPerMinute: 300,
  keepFound: 600_000,
  keepNothing: 300_000,
};

/** @param now a clock in milliseconds, for tests */
export function discoveries(
  discover: (domain: Domain, tell: Tell) => Promise<Discovery>,
  limits: Partial<DiscoveryLimits> = {},
  now = elapsed,
): Discoveries {
  const { keepFound, keepNothing, ...rest } = { ...defaults, ...limits };
  const listening = new Map<Domain, Set<Tell>>();
  const ask = remembering<Discovery | undefined>({
    ask: (domain) => discover(domain, (...told) => listening.get(domain)?.forEach((tell) => tell(...told))),
    refused: undefined,
    keep: (discovery) => {
      const { kind } = discovery ? publishedAnswer(discovery) : { kind: 'failed' };
      return kind === 'failed' ? 0 : kind === 'found' ? keepFound : keepNothing;
    },
    limits: rest,
    now,
  });
  return async (domain, asker, tell) => {
    if (!tell) return ask(domain, asker);
    const others = listening.get(domain) ?? new Set();
    listening.set(domain, others.add(tell));
    try {
      return await ask(domain, asker);
    } finally {
      others.delete(tell);
      if (others.size === 0 && listening.get(domain) === others) listening.delete(domain);
    }
  };
}
