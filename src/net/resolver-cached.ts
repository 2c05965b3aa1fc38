/**
 * A resolver that remembers, and that strangers cannot wear out: they choose the names.
 *
 * Node's DNS gives no TTL for MX records, so hosts are kept for ten minutes and refusals for five; failures are not kept.
 * One name is asked once at a time. The names kept, the questions under way, and the questions in a minute, of one address
 * block and of all together, are bounded; beyond that the answer is `failed`, “budget”.
 */
import type { Domain } from '../name/domain.ts';
import type { MxAnswer, Resolver } from './resolver.ts';

export interface ResolverLimits {
  /** How many names are kept; the oldest go first. */
  readonly names: number;
  /** How many questions may be under way. */
  readonly underWay: number;
  /** How many questions one address block may cause in a minute; remembered names cost nothing. */
  readonly perMinute: number;
  /** How many all together may, so that many networks cannot do what one may not. */
  readonly totalPerMinute: number;
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
const minute = 60_000;

/** @param now a clock in milliseconds, for tests */
export function cachedResolver(resolver: Resolver, limits: Partial<ResolverLimits> = {}, now = Date.now): Resolver {
  const { names, underWay, perMinute, totalPerMinute, keepHosts, keepNone } = { ...defaults, ...limits };
  const known = new Map<Domain, { answer: MxAnswer; until: number }>();
  const asking = new Map<Domain, Promise<MxAnswer>>();
  let spent = new Map<string, number>();
  let total = 0;
  let spentSince = now();

  const remember = (domain: Domain, answer: MxAnswer) => {
    if (answer.kind === 'failed') return;
    known.delete(domain);
    known.set(domain, { answer, until: now() + (answer.kind === 'hosts' ? keepHosts : keepNone) });
    const [oldest] = known.keys();
    if (known.size > names && oldest !== undefined) known.delete(oldest);
  };

  /** Counts the question; false where the asker, or all together, have had their share. Begins anew every minute. */
  const charge = (asker: string | undefined): boolean => {
    if (now() - spentSince >= minute) {
      spent = new Map();
      total = 0;
      spentSince = now();
    }
    if (asker !== undefined) {
      const count = (spent.get(asker) ?? 0) + 1;
      spent.set(asker, count);
      if (count > perMinute) return false;
    }
    return ++total <= totalPerMinute;
  };

  return {
    mx(domain, asker) {
      const cached = known.get(domain);
      if (cached && cached.until > now()) return Promise.resolve(cached.answer);
      const same = asking.get(domain);
      if (same) return same;
      if (asking.size >= underWay || !charge(asker)) return Promise.resolve({ kind: 'failed', why: 'budget' });
      const question = resolver
        .mx(domain)
        .then((answer) => {
          remember(domain, answer);
          return answer;
        })
        .finally(() => asking.delete(domain));
      asking.set(domain, question);
      return question;
    },
  };
}
