/**
 * The ladder: from a domain to the record that applies, each rung tried only when the one before gave nothing.
 *
 *  1. the domain itself is in the atlas, or in the operator's list of hosted domains
 *  2. a wildcard of the atlas covers it
 *  3. it is the name of a provider's MX hosts, which some clients ask for (autoconfig draft, steps 3.3 and 3.4)
 *  4. its MX hosts are a provider's: only where the caller gives a resolver, and trusted no more than DNS is
 *  5. (published=1) what the domain publishes itself: stands above this room, in discover/
 *  6. nothing, with the reason
 */
import type { AtlasIndex, MxOwner } from '../atlas/atlas.ts';
import type { Domain } from '../name/domain.ts';
import { patternsFor, wildcardsFor } from '../name/pattern.ts';
import { registrableDomain } from '../name/suffix.ts';
import type { MxHost, Resolver } from '../net/resolver.ts';
import type { Answer, LeftOut, MailHandler } from '../provider/model.ts';
import { isSpecialUse } from './special.ts';

/**
 * Why there is no answer. `dns-timeout` (DNS does not answer) and `dns-budget` (too many questions from one network) mean
 * that nobody knows now; all others are final until the data change.
 */
export type MissReason =
  | 'unknown-domain'
  | 'left-out'
  | 'no-mx'
  | 'null-mx'
  | 'dns-timeout'
  | 'dns-budget'
  | 'gateway'
  | 'forwarder'
  | 'sender';

export interface Miss {
  readonly domain: Domain;
  readonly reason: MissReason;
  /** For `left-out`: the entry that says why. */
  readonly leftOut?: LeftOut;
  /** For `gateway`, `forwarder` and `sender`: who receives the mail. */
  readonly handler?: MailHandler;
  /** For `no-mx`: whether DNS knows the name at all. */
  readonly exists?: boolean;
  /** The MX hosts that were seen, most preferred first, where DNS was asked. */
  readonly mx?: readonly MxHost[];
}

export type Lookup = { readonly answer: Answer } | { readonly miss: Miss };

/**
 * Looks a domain up.
 * @param resolver for rung 4; without it the ladder ends after rung 3 and asks nobody
 */
export async function lookup(index: AtlasIndex, domain: Domain, resolver?: Resolver): Promise<Lookup> {
  const own = await index.ownerOf([domain, ...wildcardsFor(domain)]);
  const leftOut = own && 'leftOut' in own ? own.leftOut : undefined;
  if (own && 'record' in own) {
    const literal = own.record.domains.includes(domain) ? 'domain' : 'wildcard';
    const matchedBy = own.listed ? 'list' : literal;
    return { answer: { domain, provider: own.record, matchedBy, trust: 'curated' } };
  }

  const below = await index.mxOwnersBelow(domain);
  const [only] = below;
  // Several owners below one name (amazonaws.com) mean that the name decides nothing.
  if (only && below.length === 1 && 'record' in only) {
    return { answer: { domain, provider: only.record, matchedBy: 'mx-name', trust: 'curated' } };
  }

  const nothing: Miss = leftOut ? { domain, reason: 'left-out', leftOut } : { domain, reason: 'unknown-domain' };
  // A domain whose own settings are unsure may still be hosted by somebody we know; a dead one is not.
  const final = leftOut?.reason === 'dead' || leftOut?.reason === 'no-access';
  if (final || isSpecialUse(domain) || !resolver) return { miss: nothing };
  const found = await byMx(index, domain, resolver);
  return leftOut && 'miss' in found && !isTemporary(found.miss) ? { miss: nothing } : found;
}

async function byMx(index: AtlasIndex, domain: Domain, resolver: Resolver): Promise<Lookup> {
  const seen = await resolver.mx(domain);
  if (seen.kind === 'failed') return { miss: { domain, reason: seen.why === 'budget' ? 'dns-budget' : 'dns-timeout' } };
  if (seen.kind === 'null') return { miss: { domain, reason: 'null-mx' } };
  if (seen.kind === 'none') return { miss: { domain, reason: 'no-mx', exists: seen.exists } };

  const mx = seen.hosts;
  const preferred = mx.filter(({ preference }) => preference === mx[0]?.preference).map(({ host }) => host);
  const owners = new Map<string, { owner: MxOwner; host: Domain }>();
  const strangers: Domain[] = [];
  for (const host of preferred) {
    const owner = await index.mxOwnerOf(patternsFor(host));
    if (owner)
      keepFirst(owners, 'record' in owner ? owner.record.id : `${owner.other.kind} ${owner.other.name}`, {
        owner,
        host,
      });
    else strangers.push(host);
  }
  const [first] = owners.values();
  // Equally preferred hosts of two houses: the mailbox may be at either, and a guess would send a password astray.
  if (!first || owners.size > 1 || strangers.some((host) => !sameHouse(host, first.host))) {
    return { miss: { domain, reason: 'unknown-domain', mx } };
  }
  const { owner, host } = first;
  if ('other' in owner) return { miss: { domain, reason: owner.other.kind, handler: owner.other, mx } };
  return { answer: { domain, provider: owner.record, matchedBy: 'mx', trust: 'dns', mx: host } };
}

function isTemporary({ reason }: Miss): boolean {
  return reason === 'dns-timeout' || reason === 'dns-budget';
}

function sameHouse(a: Domain, b: Domain): boolean {
  return registrableDomain(a) !== undefined && registrableDomain(a) === registrableDomain(b);
}

function keepFirst<V>(map: Map<string, V>, key: string, value: V): void {
  if (!map.has(key)) map.set(key, value);
}
