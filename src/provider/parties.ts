/** Who may speak for a record: the provider itself, and whoever runs its machines. Everybody else is hearsay. */
import { type Domain, isAtOrBelow } from '../name/domain.ts';
import { stem } from '../name/pattern.ts';
import { ownerDomain, registrableDomain } from '../name/suffix.ts';
import { type Authentic, newestOwn } from './authentic.ts';
import type { AnsweredProvider, Provider, Server, Source } from './model.ts';

/** What says who speaks for a record. */
type Speaker = Pick<AnsweredProvider, 'id' | 'domains' | 'operator' | 'website'>;

/** True where a host has the registrable domain of one of the record's mail domains, of its operator or of its site. */
export function speaksFor(host: string, record: Speaker): boolean {
  const who = ownerDomain(host);
  if (who === undefined) return false;
  const { id, domains, operator, website } = record;
  const isTheirs = (name: string) =>
    name === who || (registrableDomain(who) === who && isAtOrBelow(name as Domain, who));
  return (
    isTheirs(id) ||
    (operator !== undefined && isTheirs(operator)) ||
    (website !== undefined && isTheirs(new URL(website).hostname)) ||
    domains.some((domain) => isTheirs(stem(domain)))
  );
}

/** True for a page, autoconfig file or DNS name under a domain of somebody who speaks for the record. */
export function isFirstParty({ url, autoconfig, dns }: Source, record: Speaker): boolean {
  const page = url ?? autoconfig;
  const host = dns ?? (page === undefined ? undefined : new URL(page).hostname);
  return host !== undefined && speaksFor(host, record);
}

/** The newest word of a first party for a server that somebody has read; undefined where only others speak of it. */
export function authenticOf(
  server: Pick<Server, 'sources'>,
  record: Speaker & Pick<Provider, 'sources'>,
): Authentic | undefined {
  return newestOwn(server, record, (source) => isFirstParty(source, record));
}

/** The keys of those sources of a record that are the provider's own word, and that somebody has read; sorted. */
export function ownSources(record: Provider): string[] {
  return Object.keys(record.sources)
    .filter((key) => authenticOf({ sources: [key] }, record) !== undefined)
    .sort();
}
