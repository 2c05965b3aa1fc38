/**
 * A record as it may be given at this moment: what is under quarantine is taken out, what fails stands behind what answers.
 * The one place for both: every format renders what comes out of here, never the curated record itself.
 */
import { type Domain, withParents } from '../name/domain.ts';
import { oauth2Urls } from './hosts.ts';
import type { AnsweredProvider, Knowledge, Quarantine, Server, Service } from './model.ts';
import { byStatus } from './rank.ts';

/** A record whose site may be under quarantine, too. */
export type CurrentProvider = AnsweredProvider;

/** A host that is not given now. */
export interface Withheld {
  readonly host: string;
  /** ISO 8601. */
  readonly since: string;
  /** A sentence. */
  readonly why: string;
}

export interface Current {
  readonly provider: CurrentProvider;
  /** Each host once, in the order of the record. */
  readonly withheld: readonly Withheld[];
}

/**
 * @param provider with its host templates filled in: a customer's own server may be under quarantine, too
 * @returns the very same record where nothing is to change
 */
export function currentOf(provider: AnsweredProvider, { statuses, quarantine }: Knowledge): Current {
  const { provider: safe, withheld } =
    quarantine.size === 0 ? { provider, withheld: [] } : without(provider, quarantine);
  const incoming = byStatus(safe.incoming, statuses);
  const outgoing = byStatus(safe.outgoing, statuses);
  if (incoming === safe.incoming && outgoing === safe.outgoing) return { provider: safe, withheld };
  return { provider: { ...safe, incoming: [...incoming], outgoing: [...outgoing] }, withheld };
}

/** Why a host is under quarantine: itself, or a domain above it. */
export function quarantineOf(host: string, quarantine: Quarantine): { at: string; why: string } | undefined {
  for (const name of withParents(host as Domain)) {
    const found = quarantine.get(name);
    if (found) return found;
  }
  return undefined;
}

/** Takes out every host and every link that leads under quarantine: a stranger may answer there. Sources stay: they say
 * what was read, and where. */
function without(provider: AnsweredProvider, quarantine: Quarantine): Current {
  const withheld = new Map<string, Withheld>();
  const isFree = (host: string): boolean => {
    const found = quarantineOf(host, quarantine);
    if (found && !withheld.has(host)) withheld.set(host, { host, since: found.at, why: found.why });
    return found === undefined;
  };
  const isFreeUrl = (url: string | undefined): boolean => url === undefined || isFree(new URL(url).hostname);
  const free = <S extends Server>(servers: readonly S[]): S[] => servers.filter(({ host }) => isFree(host));

  const { website, webmail, oauth2, services, setup, documentation, ...rest } = provider;
  const { incoming, outgoing } = { incoming: free(rest.incoming), outgoing: free(rest.outgoing) };
  const safe: CurrentProvider = {
    ...rest,
    incoming,
    outgoing,
    ...(services && { services: services.filter(({ host, url }: Service) => isFree(host ?? '') && isFreeUrl(url)) }),
    // One endpoint under quarantine is enough: the others send people there.
    ...(oauth2 && oauth2Urls({ oauth2 }).filter((url) => !isFreeUrl(url)).length === 0 && { oauth2 }),
    ...(setup && {
      setup: setup.map(({ url, ...step }) => (url !== undefined && isFreeUrl(url) ? { ...step, url } : step)),
    }),
    ...(documentation && { documentation: documentation.filter(({ url }) => isFreeUrl(url)) }),
    ...(website !== undefined && isFreeUrl(website) && { website }),
    ...(webmail !== undefined && isFreeUrl(webmail) && { webmail }),
  };
  return { provider: withheld.size === 0 ? provider : safe, withheld: [...withheld.values()] };
}
