/**
 * A resolver that remembers, and that strangers cannot wear out (remember.ts).
 *
 * Node's DNS gives no TTL for MX records, so hosts are kept for ten minutes and refusals for five; failures are not kept.
 * Beyond the budget the answer is `failed`, “budget”.
 */
import { elapsed } from '../elapsed.ts';
import { type RememberLimits, remembering } from '../remember.ts';
import type { MxAnswer, Resolver } from './resolver.ts';

export interface ResolverLimits extends RememberLimits {
  /** Milliseconds. */
  readonly keepHosts: number;
  readonly keepNone: number;
}

const defaults: ResolverLimits = {
  names: 10_000,
  underWay: 100,
  perMinute: 60,
  totalPerMinute: 3000,
  keepHosts: 600_000,
  keepNone: 300_000,
};

/** @param now a clock in milliseconds, for tests */
export function cachedResolver(resolver: Resolver, limits: Partial<ResolverLimits> = {}, now = elapsed): Resolver {
  const { keepHosts, keepNone, ...rest } = { ...defaults, ...limits };
  const mx = remembering<MxAnswer>({
    ask: (domain) => resolver.mx(domain),
    refused: { kind: 'failed', why: 'budget' },
    keep: ({ kind }) => (kind === 'failed' ? 0 : kind === 'hosts' ? keepHosts : keepNone),
    limits: rest,
    now,
  });
  return { mx };
}
