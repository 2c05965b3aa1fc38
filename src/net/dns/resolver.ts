/**
 * The port through which DNS is asked. Hands: resolver-node.ts (the system's or a named server), resolver-doh.ts (over HTTPS,
 * for Workers).
 */
import { type Domain, domainOrUndefined } from '../../name/domain.ts';

/** There is no such record; `exists` tells an existing name from NXDOMAIN. */
export type NoRecords = { readonly kind: 'none'; readonly exists: boolean };
/** Nobody knows now. */
export type NoAnswer = { readonly kind: 'failed'; readonly why: 'timeout' | 'server-failure' };

/** One MX record: the lower the preference, the sooner it is tried (RFC 5321 section 5.1). */
export interface MxHost {
  readonly preference: number;
  readonly host: Domain;
}

/** What DNS says about where a domain's mail goes. */
export type MxAnswer =
  | { readonly kind: 'hosts'; readonly hosts: readonly MxHost[] }
  /** A null MX: the domain receives no mail (RFC 7505). */
  | { readonly kind: 'null' }
  | NoRecords
  /** Nobody knows now: a time-out, a server failure, or our own budget. Never remembered as an answer. */
  | { readonly kind: 'failed'; readonly why: 'timeout' | 'server-failure' | 'budget' };

/** What DNS says about where a host is. */
export type AddressAnswer =
  | { readonly kind: 'addresses'; readonly addresses: readonly string[] }
  | NoRecords
  | NoAnswer;

/** Who answers for a domain: the host names of its NS records, sorted. */
export type NameServerAnswer = { readonly kind: 'servers'; readonly servers: readonly Domain[] } | NoRecords | NoAnswer;

/** What the verifier asks DNS. Nothing is remembered: evidence is of this moment. Never rejects. */
export interface HostResolver {
  /** All A records, then all AAAA records, each in DNS's order. */
  addresses(host: Domain): Promise<AddressAnswer>;
  nameServers(domain: Domain): Promise<NameServerAnswer>;
}

/** One SRV record (RFC 2782), as it stands in the zone. */
export interface SrvRecord {
  /** The lower, the sooner. */
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  /** In lower case, without the last dot; empty: the root, “decidedly not available”. Not yet checked to be a host name. */
  readonly target: string;
}

export type SrvAnswer = { readonly kind: 'records'; readonly records: readonly SrvRecord[] } | NoRecords | NoAnswer;

/** TXT records, each with its character-strings joined (RFC 7208 section 3.3 has the custom), in DNS's order. */
export type TextAnswer = { readonly kind: 'texts'; readonly texts: readonly string[] } | NoRecords | NoAnswer;

/**
 * What discovery asks DNS. Names have labels such as `_imaps` that no host name has, so they are texts here. Whether DNSSEC
 * protects an answer is not known: neither c-ares nor Node tells. Never rejects.
 */
export interface RecordResolver {
  /** Sorted by priority, then weight (the heavier first), then target: the same zone is always read the same way. */
  srv(name: string): Promise<SrvAnswer>;
  txt(name: string): Promise<TextAnswer>;
  /** Whether the name is an alias (CNAME), which no SRV record may lead to (RFC 2782); undefined: cannot be told. */
  isAlias(host: Domain): Promise<boolean | undefined>;
}

export interface Resolver {
  /**
   * Never rejects: a failure is an answer. Takes at most two seconds.
   * @param asker on whose behalf, as an address block: a resolver with a budget charges it
   */
  mx(domain: Domain, asker?: string): Promise<MxAnswer>;
}

/** Records that are looked at. Whoever receives mail has a few; a stranger's zone can have a thousand, and answers are remembered. */
const mostMx = 100;

/** Milliseconds that each question may take, whoever asks it. */
export const deadlines = {
  /** A lookup is part of somebody's account set-up: two seconds, then we say that we could not ask. */
  mx: 2000,
  /** Addresses and name servers. The verifier has time: a name behind slow servers is not a broken name. */
  host: 10_000,
  /** SRV, TXT and CNAME. Discovery asks many names at once, of which most do not exist. */
  record: 5000,
} as const;

/** What a domain's MX records mean, in whatever order they came. @param records one at least */
export function mxAnswerOf(records: readonly { readonly priority: number; readonly exchange: string }[]): MxAnswer {
  const named = records
    .filter(({ exchange }) => exchange !== '' && exchange !== '.')
    .sort((a, b) => a.priority - b.priority)
    .slice(0, mostMx);
  // RFC 7505: a single record with preference 0 and the root as its host.
  if (named.length === 0) return { kind: 'null' };
  const hosts = named.flatMap(({ exchange, priority }): MxHost[] => {
    const host = domainOrUndefined(exchange);
    return host === undefined ? [] : [{ preference: priority, host }];
  });
  hosts.sort((a, b) => a.preference - b.preference || (a.host < b.host ? -1 : 1));
  // Where the most preferred name is no host name, the next one must not pass for the most preferred.
  const best = Math.min(...named.map(({ priority }) => priority));
  return hosts[0]?.preference === best ? { kind: 'hosts', hosts } : { kind: 'none', exists: true };
}

/** In the order in which they are tried; what is equal by name, so that the same zone is always read the same way. */
export function srvAnswerOf(records: readonly SrvRecord[]): SrvAnswer {
  if (records.length === 0) return { kind: 'none', exists: true };
  const sorted = records.toSorted(
    (a, b) => a.priority - b.priority || b.weight - a.weight || (a.target < b.target ? -1 : 1),
  );
  return { kind: 'records', records: sorted };
}

/** Who answers for a domain, each once; what is no host name cannot. */
export function nameServerAnswerOf(names: readonly string[]): NameServerAnswer {
  const servers = names.flatMap((name) => domainOrUndefined(name) ?? []);
  return { kind: 'servers', servers: [...new Set(servers)].sort() };
}

/** The answers of both families as one. One that fails does not take the other's answer away, but is no proof of nothing. */
export function addressAnswerOf(answers: readonly AddressAnswer[]): AddressAnswer {
  const addresses = answers.flatMap((answer) => (answer.kind === 'addresses' ? answer.addresses : []));
  if (addresses.length > 0) return { kind: 'addresses', addresses };
  const failed = answers.find(({ kind }) => kind === 'failed');
  // A name that has one kind of record exists, whatever a broken server says of the other.
  return failed ?? { kind: 'none', exists: answers.some((answer) => answer.kind === 'none' && answer.exists) };
}

/** Asks all of these for the texts of a name: one answer from each. Never rejects. */
export function textsOfEach(
  resolvers: readonly Pick<RecordResolver, 'txt'>[],
): (name: string) => Promise<TextAnswer[]> {
  return (name) => Promise.all(resolvers.map((resolver) => resolver.txt(name)));
}

/** The same resolver on behalf of one asker. */
export function onBehalfOf(resolver: Resolver, asker: string | undefined): Resolver {
  return asker === undefined ? resolver : { mx: (domain) => resolver.mx(domain, asker) };
}
