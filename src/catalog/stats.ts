/** What the atlas holds, in numbers. */
import { isWildcard } from '../name/pattern.ts';
import type { Curated } from '../provider/model.ts';
import { backingOf } from './backing.ts';

export interface Stats {
  readonly providers: number;
  readonly domains: number;
  readonly wildcards: number;
  readonly mxPatterns: number;
  readonly leftOut: number;
  /** How many records, by value. */
  readonly access: Record<string, number>;
  readonly kinds: Record<string, number>;
  readonly countries: Record<string, number>;
  /** How many servers, by `imap 993 tls` and the like. */
  readonly servers: Record<string, number>;
  readonly auth: Record<string, number>;
  /** Server entries by what their best source is. */
  readonly backing: Record<string, number>;
  readonly decisions: number;
  /** The oldest day on which a page that a record names was seen. */
  readonly oldestSeen: string | null;
}

export function stats({ providers, leftOut }: Curated): Stats {
  const servers = providers.flatMap((provider) =>
    [...provider.incoming, ...provider.outgoing].map((server) => ({ provider, server })),
  );
  const domains = providers.flatMap((provider) => provider.domains);
  const seen = providers.flatMap(({ sources }) => Object.values(sources).flatMap((source) => source.seen ?? []));
  return {
    providers: providers.length,
    domains: domains.filter((domain) => !isWildcard(domain)).length,
    wildcards: domains.filter((domain) => isWildcard(domain)).length,
    mxPatterns: providers.flatMap(({ mx = [] }) => mx).length,
    leftOut: leftOut.length,
    access: count(providers, ({ access }) => access),
    kinds: count(providers, ({ kind }) => kind),
    countries: count(providers, ({ country }) => country),
    servers: count(servers, ({ server: { protocol, port, security } }) => `${protocol} ${port} ${security}`),
    auth: count(
      servers.flatMap(({ server }) => server.auth),
      (method) => method,
    ),
    backing: count(servers, ({ provider, server }) => backingOf(provider, server)),
    decisions: providers.flatMap(({ decisions = [] }) => decisions).length,
    oldestSeen: seen.sort()[0] ?? null,
  };
}

/** How often each value occurs, most often first. */
function count<T>(items: readonly T[], valueOf: (item: T) => string): Record<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(valueOf(item), (counts.get(valueOf(item)) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)));
}
