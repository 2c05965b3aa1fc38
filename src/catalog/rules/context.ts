/** What a rule may know of the other records: indexes that are built once a run. */
import type { Curated, Provider } from '../../provider/model.ts';

export interface RuleContext {
  readonly byId: ReadonlyMap<string, Provider>;
  /** Who claims a domain or domain pattern: ids of records, and `left-out.yml`. */
  readonly claims: ReadonlyMap<string, readonly string[]>;
  /** Who claims an MX pattern: ids of records, and names in `mx-others.yml`. */
  readonly mxClaims: ReadonlyMap<string, readonly string[]>;
  readonly namedAsAlternative: ReadonlySet<string>;
  /** The name of the file a record came from, without its folder. */
  readonly fileOf: ReadonlyMap<Provider, string>;
}

export function contextOf({ providers, others, leftOut }: Curated, fileOf: ReadonlyMap<Provider, string>): RuleContext {
  const claims = new Map<string, string[]>();
  const mxClaims = new Map<string, string[]>();
  const add = (map: Map<string, string[]>, key: string, who: string) => map.set(key, [...(map.get(key) ?? []), who]);
  for (const { id, domains, mx = [] } of providers) {
    for (const domain of domains) add(claims, domain, id);
    for (const pattern of mx) add(mxClaims, pattern, id);
  }
  for (const { name, mx } of others) for (const pattern of mx) add(mxClaims, pattern, `${name} in mx-others.yml`);
  for (const { domain } of leftOut) add(claims, domain, 'left-out.yml');
  return {
    byId: new Map(providers.map((record) => [record.id, record])),
    claims,
    mxClaims,
    namedAsAlternative: new Set(
      providers.flatMap(({ alternatives = [] }) => alternatives.map(({ provider }) => provider)),
    ),
    fileOf,
  };
}
