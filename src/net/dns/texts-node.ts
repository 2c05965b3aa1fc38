/**
 * TXT records asked of several at once, for what must not rest on one answer: the resolvers that are configured, and the
 * name servers of the domain themselves, each directly.
 */
import { type Domain, domainOrUndefined, withParents } from '../../name/domain.ts';
import type { AddressGuard } from '../guard.ts';
import type { HostResolver, RecordResolver, TextAnswer } from './resolver.ts';
import { nodeResolver } from './resolver-node.ts';

export interface TextsOptions {
  /** The first one finds the name servers. */
  readonly resolvers: readonly (RecordResolver & HostResolver)[];
  readonly guard: AddressGuard;
  /** Of the name servers; for tests. */
  readonly port?: number;
}

/** Of a domain's name servers, so many are asked. */
const mostServers = 4;

/**
 * @returns a function that asks for a name below a domain (`_mailatlas.mail.example`) and never rejects: one answer from each
 * resolver, and one from each name server that can be asked. Of those that do not answer none counts as long as another one
 * does: many a zone has a lame server. An alias is followed by the resolvers alone.
 */
export function textsOfAll({ resolvers, guard, port = 53 }: TextsOptions): (name: string) => Promise<TextAnswer[]> {
  return async (name) => {
    const [first] = resolvers;
    const [own, direct] = await Promise.all([
      Promise.all(resolvers.map((resolver) => resolver.txt(name))),
      first ? directly(name, first) : [],
    ]);
    const answered = direct.filter(({ kind }) => kind !== 'failed');
    return [...own, ...(answered.length > 0 ? answered : direct.slice(0, 1))];
  };

  async function directly(name: string, resolver: RecordResolver & HostResolver): Promise<TextAnswer[]> {
    const zone = domainOrUndefined(name.slice(name.indexOf('.') + 1));
    // A name server has no answer for where an alias leads.
    if (zone === undefined || (await resolver.isAlias(name as Domain)) !== false) return [];
    const addresses = await serversOf(zone, resolver);
    return Promise.all(addresses.map((address) => nodeResolver(at(address)).txt(name)));
  }

  /** One address of each name server. A name below a private suffix is no zone of its own: its parent's servers answer. */
  async function serversOf(zone: Domain, resolver: HostResolver): Promise<string[]> {
    for (const candidate of withParents(zone)) {
      const found = await resolver.nameServers(candidate);
      if (found.kind === 'failed') return [];
      if (found.kind !== 'servers' || found.servers.length === 0) continue;
      const all = await Promise.all(found.servers.slice(0, mostServers).map((host) => resolver.addresses(host)));
      const one = all.flatMap((answer) => (answer.kind === 'addresses' ? firstAllowed(answer.addresses) : []));
      return [...new Set(one)];
    }
    return [];
  }

  function firstAllowed(addresses: readonly string[]): string[] {
    return addresses.filter((address) => guard(address) === undefined).slice(0, 1);
  }

  function at(address: string): string {
    return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
  }
}
