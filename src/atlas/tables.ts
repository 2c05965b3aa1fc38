/**
 * The indexes that answer "whose is this name". The ladder (lookup/) asks them through {@link AtlasIndex}, which a database
 * that is too large for memory can answer as well. Who owns a name is handed in: a server asks the public suffix list, the
 * client library what its bundle says.
 */
import { type Domain, isAtOrBelow, withParents } from '../name/domain.ts';
import { type Pattern, patternsFor, stem } from '../name/pattern.ts';
import type { Curated, LeftOut, MailHandler, Provider } from '../provider/model.ts';

/** Who has a mail domain: a record (by its own word, or because an operator lists the domain), or nobody, on purpose. */
export type DomainOwner = { readonly record: Provider; readonly listed?: true } | { readonly leftOut: LeftOut };
/** Who has an MX pattern: a record, or somebody who handles mail for others. */
export type MxOwner = { readonly record: Provider } | { readonly other: MailHandler };
type Awaitable<T> = T | Promise<T>;

/** What the ladder asks. Each question takes names in the order of preference and answers for the first that is known. */
export interface AtlasIndex {
  /** Who has the first of these mail domains or wildcards that anybody has. */
  ownerOf(names: readonly (Domain | Pattern)[]): Awaitable<DomainOwner | undefined>;
  /** Who has the first of these MX patterns that anybody has. */
  mxOwnerOf(patterns: readonly Pattern[]): Awaitable<MxOwner | undefined>;
  /** Everybody whose MX hosts are at or below this name; where they are many, two of them at least. */
  mxOwnersBelow(name: Domain): Awaitable<readonly MxOwner[]>;
}

export interface Atlas extends AtlasIndex {
  readonly records: ReadonlyMap<string, Provider>;
  /** Old id -> the id of today. */
  readonly renamed: ReadonlyMap<string, string>;
  readonly curated: Curated;
  ownerOf(names: readonly (Domain | Pattern)[]): DomainOwner | undefined;
  mxOwnerOf(patterns: readonly Pattern[]): MxOwner | undefined;
  mxOwnersBelow(name: Domain): readonly MxOwner[];
}

/** The registrable domain of a host; undefined for a public suffix. */
export type OwnerOfHost = (host: Domain) => Domain | undefined;

/** Builds the indexes. Where two records claim one name (a lint error) the first one keeps it. */
export function compileTables(curated: Curated, registrable: OwnerOfHost): Atlas {
  const domains = new Map<string, DomainOwner>();
  const patterns = new Map<string, MxOwner>();
  const below = new Map<string, MxOwner[]>();
  const addPattern = (pattern: string, owner: MxOwner) => {
    keep(patterns, pattern, owner);
    for (const name of namesUpTo(pattern, registrable)) {
      const owners = below.get(name);
      if (!owners) below.set(name, [owner]);
      else if (!owners.includes(owner)) owners.push(owner);
    }
  };
  for (const record of curated.providers) {
    const owner = { record };
    for (const domain of record.domains) keep(domains, domain, owner);
    for (const pattern of record.mx ?? []) addPattern(pattern, owner);
  }
  for (const other of curated.others) {
    const owner = { other };
    for (const pattern of other.mx) addPattern(pattern, owner);
  }
  for (const leftOut of curated.leftOut) keep(domains, leftOut.domain, { leftOut });

  return {
    curated,
    records: new Map(curated.providers.map((record) => [record.id, record])),
    renamed: new Map(curated.providers.flatMap(({ id, formerly = [] }) => formerly.map((old) => [old, id] as const))),
    ownerOf: (names) => firstKnown(domains, names),
    mxOwnerOf: (candidates) => firstKnown(patterns, candidates),
    mxOwnersBelow: (name) => {
      const own = firstKnown(patterns, patternsFor(name));
      const lower = below.get(name) ?? [];
      return own && !lower.includes(own) ? [own, ...lower] : lower;
    },
  };
}

/** The names a client may ask for instead of an MX host: its parents, down to the registrable domain and no further. */
export function namesUpTo(pattern: string, registrable: OwnerOfHost): Domain[] {
  const host = stem(pattern) as Domain;
  const owner = registrable(host) ?? host;
  return withParents(host).filter((name) => isAtOrBelow(name, owner));
}

function keep<V>(map: Map<string, V>, key: string, value: V): void {
  if (!map.has(key)) map.set(key, value);
}

function firstKnown<V>(map: ReadonlyMap<string, V>, keys: readonly string[]): V | undefined {
  for (const key of keys) {
    const value = map.get(key);
    if (value !== undefined) return value;
  }
  return undefined;
}
