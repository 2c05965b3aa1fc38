/** The port through which DNS is asked. Hands: resolver-node.ts (the system's or a named server). */
import type { Domain } from '../name/domain.ts';

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
  /** No MX record; `exists` tells an existing name from NXDOMAIN. */
  | { readonly kind: 'none'; readonly exists: boolean }
  /** Nobody knows now: a time-out, a server failure, or our own budget. Never remembered as an answer. */
  | { readonly kind: 'failed'; readonly why: 'timeout' | 'server-failure' | 'budget' };

/** What DNS says about where a host is. */
export type AddressAnswer =
  | { readonly kind: 'addresses'; readonly addresses: readonly string[] }
  /** Neither A nor AAAA; `exists` tells an existing name from NXDOMAIN. */
  | { readonly kind: 'none'; readonly exists: boolean }
  | { readonly kind: 'failed'; readonly why: 'timeout' | 'server-failure' };

/** Who answers for a domain: the host names of its NS records, sorted. */
export type NameServerAnswer =
  | { readonly kind: 'servers'; readonly servers: readonly Domain[] }
  | { readonly kind: 'none'; readonly exists: boolean }
  | { readonly kind: 'failed'; readonly why: 'timeout' | 'server-failure' };

/** What the verifier asks DNS. Nothing is remembered: evidence is of this moment. Never rejects. */
export interface HostResolver {
  /** All A records, then all AAAA records, each in DNS's order. */
  addresses(host: Domain): Promise<AddressAnswer>;
  nameServers(domain: Domain): Promise<NameServerAnswer>;
}

export interface Resolver {
  /**
   * Never rejects: a failure is an answer. Takes at most two seconds.
   * @param asker on whose behalf, as an address block: a resolver with a budget charges it
   */
  mx(domain: Domain, asker?: string): Promise<MxAnswer>;
}

/** The same resolver on behalf of one asker. */
export function onBehalfOf(resolver: Resolver, asker: string | undefined): Resolver {
  return asker === undefined ? resolver : { mx: (domain) => resolver.mx(domain, asker) };
}
