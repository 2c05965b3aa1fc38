/**
 * Host templates: a hoster whose customers each have their own server name. `{mx}` is the customer's MX host, `{domain}`
 * the customer's domain. They are filled in for one answer only and never reach static output or a probe.
 */
import { isWildcard } from '../name/pattern.ts';
import type { Answer, AnsweredProvider, Provider, Server, Service } from './model.ts';

/** True where the name still holds a template. */
export function isTemplate(host: string): boolean {
  return host.includes('{');
}

/**
 * The answer's record with every host filled in. A server whose template cannot be filled is left out: where the name of
 * a hoster's MX hosts was asked for, nobody knows the customer.
 */
export function withHosts<P extends AnsweredProvider>(
  answer: Pick<Answer, 'domain' | 'mx'> & { provider: P; matchedBy?: Answer['matchedBy'] },
): P {
  const { provider, domain, mx } = answer;
  if (!hasTemplates(provider)) return provider;
  const fill = (host: string): string | undefined => {
    if (!isTemplate(host)) return host;
    if (answer.matchedBy === 'mx-name') return undefined;
    return host === '{mx}' ? mx : host.replace('{domain}', domain);
  };
  const fillAll = <S extends Server | Service>(servers: readonly S[]): S[] =>
    servers.flatMap((server) => {
      if (server.host === undefined) return [server];
      const host = fill(server.host);
      return host === undefined ? [] : [{ ...server, host }];
    });
  const { incoming, outgoing, services } = provider;
  return {
    ...provider,
    incoming: fillAll(incoming),
    outgoing: fillAll(outgoing),
    ...(services && { services: fillAll(services) }),
  };
}

/** True where the record's servers differ from customer to customer. */
export function hasTemplates(provider: Pick<Provider, 'incoming' | 'outgoing' | 'services'>): boolean {
  return [...provider.incoming, ...provider.outgoing, ...(provider.services ?? [])].some(({ host }) =>
    isTemplate(host ?? ''),
  );
}

/** The fields of a record's OAuth2 block that lead somewhere. */
export const oauth2Fields = ['issuer', 'authorization', 'token', 'device'] as const;

/** Where OAuth2 clients of the record are sent. */
export function oauth2Urls({ oauth2 }: Pick<Provider, 'oauth2'>): string[] {
  return oauth2Fields.flatMap((field) => oauth2?.[field] ?? []);
}

/** Every host name a record sends people to, with where it stands: for rules and for probes. */
export function hostsOf(provider: Provider): { host: string; path: (string | number)[]; sources: readonly string[] }[] {
  const lists: [string, readonly (Server | Service)[]][] = [
    ['incoming', provider.incoming],
    ['outgoing', provider.outgoing],
    ['services', provider.services ?? []],
  ];
  return lists.flatMap(([list, servers]) =>
    servers.flatMap((server, i) => {
      if (server.host !== undefined) return [{ host: server.host, path: [list, i, 'host'], sources: server.sources }];
      const url = 'url' in server ? server.url : undefined;
      return url === undefined
        ? []
        : [{ host: new URL(url).hostname, path: [list, i, 'url'], sources: server.sources }];
    }),
  );
}

/** The mail domain that people know a record by: its id, or else the first; undefined where it has none of its own. */
export function mainDomain(provider: Pick<Provider, 'id' | 'domains'>): string | undefined {
  const own = literalDomains(provider);
  return own.includes(provider.id) ? provider.id : own[0];
}

/** The domains a record lists by name, without its wildcards. */
export function literalDomains(provider: Pick<Provider, 'domains'>): string[] {
  return provider.domains.filter((domain) => !isWildcard(domain));
}
