/** What a rule may know of the other records: indexes that are built once a run. */
import type { Curated, Provider } from '../../provider/model.ts';

export interface RuleContext {
  readonly byId: ReadonlyMap<string, Provider>;
  /** Who claims a domain or domain pattern: ids of records, and `left-out.yml`. */
  readonly claims: ReadonlyMap<string, readonly string[]>;
  /** Who claims an MX pattern: ids of records, and names in `mx-others.yml`. */
  readonly mxClaims: ReadonlyMap<string, readonly string[]>;
  readonly namedAsAlternative: ReadonlySet<string>;
  /** Whether there is a record of this id, be it in a file that cannot be read just now. */
  readonly exists: (id: string) => boolean;
  /** The name of the file a record came from, without its folder. */
  readonly fileOf: ReadonlyMap<Provider, string>;
  /** ISO date. */
  readonly today: string;
}

/** What the records themselves do not say. */
export interface Circumstances {
  readonly fileOf: ReadonlyMap<Provider, string>;
  /** Ids of records whose files cannot be read. */
  readonly unread: readonly string[];
  readonly today: string;
}

export function contextOf(
  { providers, others, leftOut }: Curated,
  { fileOf, unread, today }: Circumstances,
): RuleContext {
  const claims = new Map<string, string[]>();
  const mxClaims = new Map<string, string[]>();
  const add = (map: Map<string, string[]>, key: string, who: string) => map.set(key, [...(map.get(key) ?? []), who]);
  for (const { id, domains, mx = [] } of providers) {
    for (const domain of domains) add(claims, domain, id);
    for (const pattern of mx) add(mxClaims, pattern, id);
  }
  for (const { name, mx } of others) for (const pattern of mx) add(mxClaims, pattern, `${name} in mx-others.yml`);
  for (const { domain } of leftOut) add(claims, domain, 'left-out.yml');
  const byId = new Map(providers.map((record) => [record.id, record]));
  return {
    byId,
    exists: (id) => byId.has(id) || unread.includes(id),
    today,
    claims,
    mxClaims,
    namedAsAlternative: new Set(
      providers.flatMap(({ alternatives = [] }) => alternatives.map(({ provider }) => provider)),
    ),
    fileOf,
  };
}
