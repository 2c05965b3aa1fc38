/**
 * The ladder: from a domain to the record that applies, each rung tried only when the one before gave nothing.
 *
 *  1. the domain itself is in the atlas
 *  2. a wildcard of the atlas covers it
 *  3. it is the name of a provider's MX hosts, which some clients ask for (autoconfig draft, steps 3.3 and 3.4)
 *  4. its MX hosts are a provider's: only where the caller gives a resolver, and trusted no more than DNS is
 *  5. the domain publishes its settings itself: only where the caller hands this step in, which stands above this room, in
 *     discover/; trusted no more than the way to them
 *  6. nothing, with the reason
 */
import { byMxHosts, byName, isDead, type Lookup, type Miss } from '../atlas/steps.ts';
import type { AtlasIndex } from '../atlas/tables.ts';
import type { Domain } from '../name/domain.ts';
import { registrableDomain } from '../name/suffix.ts';
import type { MxAnswer, Resolver } from '../net/dns/resolver.ts';
import type { AnsweredProvider, Publication } from '../provider/model.ts';
import { isSpecialUse } from './special.ts';

export type { Lookup, Miss, MissReason } from '../atlas/steps.ts';

/** What rung 5 says: settings that the domain publishes itself. */
export type PublishedAnswer =
  | { readonly kind: 'found'; readonly provider: AnsweredProvider; readonly publication: Publication }
  | { readonly kind: 'nothing' }
  /** Nobody knows now; never remembered as an answer. */
  | { readonly kind: 'failed'; readonly why: 'unanswered' | 'budget' };

/** Asks a domain itself. Never rejects. @param asker on whose behalf, as an address block for budgets */
export type PublishedStep = (domain: Domain, asker?: string) => Promise<PublishedAnswer>;

/**
 * Looks a domain up.
 * @param resolver for rung 4; without it nobody is asked for the MX
 * @param published for rung 5; without it the domain itself is not asked
 */
export async function lookup(
  index: AtlasIndex,
  domain: Domain,
  resolver?: Resolver,
  published?: PublishedStep,
): Promise<Lookup> {
  const found = await climb(index, domain, resolver);
  if (!published || 'answer' in found || !couldPublish(found.miss)) return found;
  const seen = await published(domain);
  if (seen.kind === 'failed' && seen.why === 'budget') return { miss: { domain, reason: 'dns-budget' } };
  if (seen.kind !== 'found') return found;
  const { provider, publication } = seen;
  return { answer: { domain, provider, matchedBy: 'published', trust: 'self', publication } };
}

/** Whether what the domain publishes itself could still be an answer, and somebody could ask for it. */
export function couldPublish(miss: Miss): boolean {
  const { domain, reason, exists } = miss;
  if (isSpecialUse(domain) || isTemporary(miss) || isDead(miss)) return false;
  return reason !== 'null-mx' && !(reason === 'no-mx' && exists === false);
}

/** Rungs 1 to 4. */
async function climb(index: AtlasIndex, domain: Domain, resolver: Resolver | undefined): Promise<Lookup> {
  const named = await byName(index, domain);
  if ('answer' in named || isDead(named.miss) || isSpecialUse(domain) || !resolver) return named;
  const found = await byMx(index, domain, resolver);
  return named.miss.leftOut && 'miss' in found && !isTemporary(found.miss) ? named : found;
}

async function byMx(index: AtlasIndex, domain: Domain, resolver: Resolver): Promise<Lookup> {
  const seen = await resolver.mx(domain);
  if (seen.kind !== 'hosts') return { miss: missOf(domain, seen) };
  return byMxHosts(index, domain, seen.hosts, registrableDomain);
}

/** Why DNS names no MX host. */
export function missOf(domain: Domain, seen: Exclude<MxAnswer, { readonly kind: 'hosts' }>): Miss {
  if (seen.kind === 'failed') return { domain, reason: seen.why === 'budget' ? 'dns-budget' : 'dns-timeout' };
  if (seen.kind === 'null') return { domain, reason: 'null-mx' };
  return { domain, reason: 'no-mx', exists: seen.exists };
}

/** Nobody knows now: another time may tell. */
export function isTemporary({ reason }: Pick<Miss, 'reason'>): boolean {
  return reason === 'dns-timeout' || reason === 'dns-budget';
}
