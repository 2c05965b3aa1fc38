/** Lookups for routes: an answer, or the problem that says why there is none. */
import type { Context } from 'hono';
import { isTemporary, lookup, type Miss, type PublishedStep } from '../lookup/ladder.ts';
import { sayMiss } from '../lookup/miss.ts';
import type { Domain } from '../name/domain.ts';
import { onBehalfOf, type Resolver } from '../net/dns/resolver.ts';
import type { Answer } from '../provider/model.ts';
import { HttpProblem } from './http/errors.ts';
import type { Deps, Served, Source } from './served/served.ts';

/**
 * Everything at once, for the routes that need it.
 * @throws {HttpProblem} while there is no atlas yet, and where it is too large for memory
 */
export function ready(deps: Deps): Served {
  const served = deps.served();
  if (served) return served;
  sourceOf(deps);
  throw new HttpProblem('not-at-once', 'The atlas of this server is too large to be looked through at once.');
}

/**
 * Where the answer for one domain or one record is looked for.
 * @throws {HttpProblem} while there is no atlas yet
 */
export function sourceOf(deps: Deps): Source {
  const source = deps.source ? deps.source() : deps.served();
  if (!source) throw new HttpProblem('not-ready', 'The atlas is being loaded; try again in a moment.');
  return source;
}

/**
 * The resolver for the MX step, charged to whoever sent the request. Undefined where an MX could lead nowhere: a server of
 * one's own domains asks DNS only if a record of its own names MX hosts.
 */
export function resolverFor(deps: Deps, c: Context): Resolver | undefined {
  if (deps.hosting?.only && !ready(deps).atlas.curated.providers.some(({ mx = [] }) => mx.length > 0)) return undefined;
  return onBehalfOf(deps.resolver, deps.asker(c));
}

/** The step that asks a domain itself, charged to whoever sent the request; a server of one's own domains asks nobody. */
export function publishedFor(deps: Deps, c: Context): PublishedStep | undefined {
  const { published } = deps;
  if (!published || deps.hosting?.only) return undefined;
  return (domain) => published(domain, deps.asker(c));
}

/** This server's own URL, for what cannot be said without it. @throws {HttpProblem} where nobody has given it */
export function ownUrl({ url }: Pick<Deps, 'url'>): string {
  if (url !== undefined) return url;
  throw new HttpProblem('no-own-url', 'This server does not know its own URL; its operator gives it with --url.');
}

/** Who asks: an address, or a domain alone. */
interface Asker {
  readonly local?: string | undefined;
  readonly domain: Domain;
}

/**
 * How an address signs in, where the operator keeps a list of logins and it is in it.
 * @throws {HttpProblem} where the list cannot be read: the record's own user name might be a wrong one
 */
export function loginOf({ hosting }: Deps, { local, domain }: Asker): string | undefined {
  if (local === undefined || !hosting?.login) return undefined;
  try {
    return hosting.login({ local, domain });
  } catch {
    throw new HttpProblem('not-ready', 'The list of logins cannot be read just now; try again in a moment.');
  }
}

/** An answer, and what is served around its record. */
export interface Found {
  readonly answer: Answer;
  readonly served: Served;
}

/**
 * What the ladder says of the first of the domains that has an answer, else why there is none for the first of all. What
 * is asked for in vain is noted.
 */
export async function seek(
  deps: Deps,
  c: Context,
  source: Source,
  domains: readonly [Domain, ...Domain[]],
  resolver?: Resolver,
  published?: PublishedStep,
): Promise<Found | { readonly miss: Miss }> {
  let miss: Miss | undefined;
  for (const domain of domains) {
    const result = await lookup(source.index, domain, resolver, published);
    if ('answer' in result) return { answer: result.answer, served: await source.around(result.answer.provider) };
    miss ??= result.miss;
  }
  if (!deps.hosting?.only) deps.missed(miss as Miss, deps.asker(c));
  return { miss: miss as Miss };
}

/**
 * The answer for the first of the domains that has one.
 * @throws {HttpProblem} with the reason for the first domain where none has
 */
export async function find(...asked: Parameters<typeof seek>): Promise<Found> {
  const result = await seek(...asked);
  if ('answer' in result) return result;
  const [deps] = asked;
  throw deps.hosting?.only ? notServedHere(result.miss) : missed(result.miss);
}

/** Why somebody else's domain is not here concerns nobody; that DNS did not answer does, because it may be one of ours. */
export function notServedHere(miss: Miss): HttpProblem {
  if (isTemporary(miss)) return missed(miss);
  const { domain } = miss;
  const detail = `This server answers for domains of its own, and ${domain} is none of them.`;
  return new HttpProblem('not-served-here', detail, { domain });
}

/** A miss as an error. */
export function missed(miss: Miss): HttpProblem {
  const { domain, leftOut, handler, mx } = miss;
  return new HttpProblem(miss.reason, sayMiss(miss, 'en'), {
    domain,
    ...(leftOut && { leftOut }),
    ...(handler && { handler: { name: handler.name, kind: handler.kind } }),
    ...(mx && { mx: mx.map(({ host }) => host) }),
  });
}
