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
import type { AtlasIndex, MxOwner } from '../atlas/atlas.ts';
import type { Domain } from '../name/domain.ts';
import { patternsFor, wildcardsFor } from '../name/pattern.ts';
import { registrableDomain } from '../name/suffix.ts';
import type { MxHost, Resolver } from '../net/resolver.ts';
import type { Answer, AnsweredProvider, LeftOut, MailHandler, Publication } from '../provider/model.ts';
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

/** What rung 5 says: settings that the domain publishes itself. */
export type PublishedAnswer =
  | { readonly kind: 'found'; readonly provider: AnsweredProvider; readonly publication: Publication }
  | { readonly kind: 'nothing' }
  /** Nobody knows now; never remembered as an answer. */
  | { readonly kind: 'failed'; readonly why: 'unanswered' | 'budget' };

/** Asks a domain itself. Never rejects. @param asker on whose behalf, as an address block for budgets */
export type PublishedStep = (domain: Domain, asker?: string) => Promise<PublishedAnswer>;

export type Lookup = { readonly answer: Answer } | { readonly miss: Miss };

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
  if (!published || 'answer' in found || isFinal(found.miss) || isSpecialUse(domain)) return found;
  const seen = await published(domain);
  if (seen.kind === 'failed' && seen.why === 'budget') return { miss: { domain, reason: 'dns-budget' } };
  if (seen.kind !== 'found') return found;
  const { provider, publication } = seen;
  return { answer: { domain, provider, matchedBy: 'published', trust: 'self', publication } };
}

/** Whether what the domain publishes itself could change nothing, or nobody could ask for it. */
function isFinal(miss: Miss): boolean {
  const { reason, leftOut, exists } = miss;
  if (reason === 'left-out') return isDead(leftOut);
  return isTemporary(miss) || reason === 'null-mx' || (reason === 'no-mx' && exists === false);
}

/** A domain whose own settings are unsure may still be hosted by somebody we know; a dead one is not. */
function isDead(leftOut: LeftOut | undefined): boolean {
  return leftOut?.reason === 'dead' || leftOut?.reason === 'no-access';
}

/** Rungs 1 to 4. */
async function climb(index: AtlasIndex, domain: Domain, resolver: Resolver | undefined): Promise<Lookup> {
  const own = await index.ownerOf([domain, ...wildcardsFor(domain)]);
  const leftOut = own && 'leftOut' in own ? own.leftOut : undefined;
  if (own && 'record' in own) {
    const matchedBy = own.record.domains.includes(domain) ? 'domain' : 'wildcard';
    return { answer: { domain, provider: own.record, matchedBy, trust: 'curated' } };
  }

  const below = await index.mxOwnersBelow(domain);
  const [only] = below;
  // Several owners below one name (amazonaws.com) mean that the name decides nothing.
  if (only && below.length === 1 && 'record' in only) {
    return { answer: { domain, provider: only.record, matchedBy: 'mx-name', trust: 'curated' } };
  }

  const nothing: Miss = leftOut ? { domain, reason: 'left-out', leftOut } : { domain, reason: 'unknown-domain' };
  if (isDead(leftOut) || isSpecialUse(domain) || !resolver) return { miss: nothing };
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
