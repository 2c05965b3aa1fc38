/** Lookups for routes: an answer, or the problem that says why there is none. */
import type { Context } from 'hono';
import { lookup, type Miss, type PublishedStep } from '../lookup/ladder.ts';
import { sayMiss } from '../lookup/miss.ts';
import type { Domain } from '../name/domain.ts';
import { onBehalfOf, type Resolver } from '../net/resolver.ts';
import type { Answer } from '../provider/model.ts';
import { HttpProblem } from './errors.ts';
import type { Deps, Served } from './served.ts';

/** @throws {HttpProblem} while there is no atlas yet */
export function ready(deps: Deps): Served {
  const served = deps.served();
  if (!served) throw new HttpProblem('not-ready', 'The atlas is being loaded; try again in a moment.');
  return served;
}

/** The resolver for the MX step, charged to whoever sent the request. */
export function resolverFor(deps: Deps, c: Context): Resolver {
  return onBehalfOf(deps.resolver, deps.asker(c));
}

/** The step that asks a domain itself, charged to whoever sent the request. */
export function publishedFor(deps: Deps, c: Context): PublishedStep {
  return (domain) => deps.published(domain, deps.asker(c));
}

/**
 * The answer for the first of the domains that has one.
 * @throws {HttpProblem} with the reason for the first domain where none has
 */
export async function find(
  deps: Deps,
  c: Context,
  served: Served,
  domains: readonly [Domain, ...Domain[]],
  resolver?: Resolver,
  published?: PublishedStep,
): Promise<Answer> {
  let miss: Miss | undefined;
  for (const domain of domains) {
    const result = await lookup(served.atlas, domain, resolver, published);
    if ('answer' in result) return result.answer;
    miss ??= result.miss;
  }
  deps.missed(miss as Miss, deps.asker(c));
  throw missed(miss as Miss);
}

function missed(miss: Miss): HttpProblem {
  const { domain, leftOut, handler, mx } = miss;
  return new HttpProblem(miss.reason, sayMiss(miss, 'en'), {
    domain,
    ...(leftOut && { leftOut }),
    ...(handler && { handler: { name: handler.name, kind: handler.kind } }),
    ...(mx && { mx: mx.map(({ host }) => host) }),
  });
}
