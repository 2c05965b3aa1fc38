/**
 * The steps of the ladder that need nothing but the indexes: by name, and by MX hosts that somebody has asked DNS for. The
 * server's ladder (lookup/) and the client library take the same ones.
 */
import type { Domain } from '../name/domain.ts';
import { patternsFor, wildcardsFor } from '../name/pattern.ts';
import type { MxHost } from '../net/dns/resolver.ts';
import type { Answer, LeftOut, MailHandler } from '../provider/model.ts';
import type { AtlasIndex, MxOwner, OwnerOfHost } from './tables.ts';

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
 * By the domain itself, by a wildcard, or as the name of a provider's MX hosts, which some clients ask for (autoconfig draft,
 * steps 3.3 and 3.4).
 */
export async function byName(index: AtlasIndex, domain: Domain): Promise<Lookup> {
  const own = await index.ownerOf([domain, ...wildcardsFor(domain)]);
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
  if (own) return { miss: { domain, reason: 'left-out', leftOut: own.leftOut } };
  return { miss: { domain, reason: 'unknown-domain' } };
}

/** A domain whose own settings are unsure may still be hosted by somebody we know; a dead one is not. */
export function isDead({ leftOut }: Miss): boolean {
  return leftOut?.reason === 'dead' || leftOut?.reason === 'no-access';
}

/**
 * By the domain's MX hosts: whose are the most preferred?
 * @param mx sorted, the most preferred first
 * @param registrable says which hosts are of one house
 */
export async function byMxHosts(
  index: AtlasIndex,
  domain: Domain,
  mx: readonly MxHost[],
  registrable: OwnerOfHost,
): Promise<Lookup> {
  const preferred = mx.filter(({ preference }) => preference === mx[0]?.preference).map(({ host }) => host);
  const owners = new Map<string, { owner: MxOwner; host: Domain }>();
  const strangers: Domain[] = [];
  for (const host of preferred) {
    const owner = await index.mxOwnerOf(patternsFor(host));
    const name = owner && ('record' in owner ? owner.record.id : `${owner.other.kind} ${owner.other.name}`);
    if (!owner || name === undefined) strangers.push(host);
    else if (!owners.has(name)) owners.set(name, { owner, host });
  }
  const [first] = owners.values();
  // Equally preferred hosts of two houses: the mailbox may be at either, and a guess would send a password astray.
  if (!first || owners.size > 1 || strangers.some((host) => !sameHouse(host, first.host, registrable))) {
    return { miss: { domain, reason: 'unknown-domain', mx } };
  }
  const { owner, host } = first;
  if ('other' in owner) return { miss: { domain, reason: owner.other.kind, handler: owner.other, mx } };
  return { answer: { domain, provider: owner.record, matchedBy: 'mx', trust: 'dns', mx: host } };
}

function sameHouse(a: Domain, b: Domain, registrable: OwnerOfHost): boolean {
  return registrable(a) !== undefined && registrable(a) === registrable(b);
}
