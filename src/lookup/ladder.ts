/**
 * The ladder: from a domain to the record that applies, each rung tried only when the one before gave nothing.
 *
 *  1. the domain itself is in the atlas
 *  2. a wildcard of the atlas covers it
 *  3. it is the name of a provider's MX hosts, which some clients ask for (autoconfig draft, steps 3.3 and 3.4)
 *  4. its MX hosts are a provider's: only where the caller gives a resolver, and trusted no more than DNS is
 *  5. (published=1) what the domain publishes itself: stands above this room, in discover/
 *  6. nothing, with the reason
 */
import { byMxHosts, byName, isFinal, type Lookup, type Miss } from '../atlas/steps.ts';
import type { AtlasIndex } from '../atlas/tables.ts';
import type { Domain } from '../name/domain.ts';
import { registrableDomain } from '../name/suffix.ts';
import type { Resolver } from '../net/resolver.ts';
import { isSpecialUse } from './special.ts';

export type { Lookup, Miss, MissReason } from '../atlas/steps.ts';

/**
 * Looks a domain up.
 * @param resolver for rung 4; without it the ladder ends after rung 3 and asks nobody
 */
export async function lookup(index: AtlasIndex, domain: Domain, resolver?: Resolver): Promise<Lookup> {
  const named = await byName(index, domain);
  if ('answer' in named || isFinal(named.miss) || isSpecialUse(domain) || !resolver) return named;
  const found = await byMx(index, domain, resolver);
  // A domain whose own settings are unsure may still be hosted by somebody we know; a dead one is not.
  return named.miss.leftOut && 'miss' in found && !isTemporary(found.miss) ? named : found;
}

async function byMx(index: AtlasIndex, domain: Domain, resolver: Resolver): Promise<Lookup> {
  const seen = await resolver.mx(domain);
  if (seen.kind === 'failed') return { miss: { domain, reason: seen.why === 'budget' ? 'dns-budget' : 'dns-timeout' } };
  if (seen.kind === 'null') return { miss: { domain, reason: 'null-mx' } };
  if (seen.kind === 'none') return { miss: { domain, reason: 'no-mx', exists: seen.exists } };
  return byMxHosts(index, domain, seen.hosts, registrableDomain);
}

function isTemporary({ reason }: Miss): boolean {
  return reason === 'dns-timeout' || reason === 'dns-budget';
}
