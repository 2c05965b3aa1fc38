/**
 * Host templates: a hoster whose customers each have their own server name. `{mx}` is the customer's MX host, `{domain}`
 * the customer's domain. They are filled in for one answer only and never reach static output or a probe.
 */
import type { Answer, Provider, Server, Service } from './model.ts';

/** True where the name still holds a template. */
export function isTemplate(host: string): boolean {
  return host.includes('{');
}

/** The answer's record with every host filled in; a server whose template cannot be filled is left out. */
export function withHosts(answer: Pick<Answer, 'domain' | 'mx' | 'provider'>): Provider {
  const { provider } = answer;
  const fill = (host: string): string | undefined => {
    if (host === '{mx}') return answer.mx;
    return host.replace('{domain}', answer.domain);
  };
  const fillAll = <S extends Server>(servers: readonly S[]): S[] =>
    servers.flatMap((server) => {
      const host = fill(server.host);
      return host === undefined ? [] : [{ ...server, host }];
    });
  if (!hasTemplates(provider)) return provider;
  return { ...provider, incoming: fillAll(provider.incoming), outgoing: fillAll(provider.outgoing) };
}

/** True where the record's servers differ from customer to customer. */
export function hasTemplates(provider: Provider): boolean {
  return [...provider.incoming, ...provider.outgoing].some((server) => isTemplate(server.host));
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
