/**
 * Whom a record sends people to, name by name, and whose these are. Whoever owns a host gets the passwords; whoever owns an
 * MX pattern decides for domains that nobody has listed. Pure: what is proved is for proof.ts, what follows is for hosts.ts.
 */

import { canonicalJson } from '../atlas/digest.ts';
import type { Atlas, DomainOwner, MxOwner } from '../atlas/tables.ts';
import { fieldName, type Path } from '../catalog/problem.ts';
import { type Domain, domainOrUndefined } from '../name/domain.ts';
import { isWildcard, patternsFor, stem, wildcardsFor } from '../name/pattern.ts';
import { isPublicSuffix, ownerDomain } from '../name/suffix.ts';
import { hostsOf, isTemplate, oauth2Fields } from '../provider/hosts.ts';
import type { Provider } from '../provider/model.ts';
import type { Draft } from './model.ts';

/**
 * What a name is for. `link`: where people read; `sign-in`: where they type a password into a page; `record`: another one, to
 * which they are sent.
 */
export type Role = 'domain' | 'wildcard' | 'mx' | 'host' | 'oauth2' | 'sign-in' | 'record' | 'link';

export interface Party {
  readonly role: Role;
  /** `incoming[0].host` */
  readonly field: string;
  /** The host, domain or pattern. */
  readonly name: string;
  /** Whose it is: the registrable domain. Undefined: nobody's, because it is no name or a public suffix. */
  readonly owner?: Domain;
  /** Of a URL, whatever is in it that a link for everybody has not: credentials, a port. */
  readonly odd?: 'credentials' | 'port';
}

/** Every name of the record that leads somewhere, in the order of the record. Host templates are the customer's own. */
export function partiesOf(record: Provider): Party[] {
  const names = (list: 'domains' | 'mx', role: Role): Party[] =>
    (record[list] ?? []).map((name, i) =>
      party(list === 'domains' && isWildcard(name) ? 'wildcard' : role, [list, i], name, stem(name)),
    );
  return [
    ...names('domains', 'domain'),
    ...names('mx', 'mx'),
    ...hostsOf(record).flatMap(({ host, path }) => {
      if (isTemplate(host)) return [];
      if (path.at(-1) !== 'url') return [party('host', path, host, host)];
      const service = record.services?.[Number(path[1])];
      return [link('host', path, service?.url ?? '')];
    }),
    ...oauth2Fields.flatMap((field) => {
      const url = record.oauth2?.[field];
      return url === undefined ? [] : [link('oauth2', ['oauth2', field], url)];
    }),
    ...(record.webmail === undefined ? [] : [link('sign-in', ['webmail'], record.webmail)]),
    ...(record.setup ?? []).flatMap(({ url }, i) =>
      url === undefined ? [] : [link('sign-in', ['setup', i, 'url'], url)],
    ),
    ...(record.alternatives ?? []).map(({ provider }, i) =>
      party('record', ['alternatives', i, 'provider'], provider, provider),
    ),
    ...[record.restriction?.successor ?? []].flat().map((id) => party('record', ['restriction', 'successor'], id, id)),
    link('link', ['website'], record.website),
    ...(record.documentation ?? []).map(({ url }, i) => link('link', ['documentation', i, 'url'], url)),
    ...Object.entries(record.sources).flatMap(([name, { url }]) =>
      url === undefined ? [] : [link('link', ['sources', name, 'url'], url)],
    ),
    ...linksInTexts(record, []),
  ];
}

/** Links that stand in what people read. (Fields that are links are judged as what they are for.) */
function linksInTexts(value: unknown, path: Path): Party[] {
  if (typeof value === 'string') {
    if (path.at(-1) === 'url' || URL.canParse(value)) return [];
    return [...value.matchAll(/https:\/\/[^\s<>"“”„]+/gi)].map(([url]) =>
      URL.canParse(url) ? link('link', path, url) : party('link', path, url.slice(0, 80), ''),
    );
  }
  if (typeof value !== 'object' || value === null) return [];
  const steps = Array.isArray(value) ? value.entries() : Object.entries(value);
  return [...steps].flatMap(([step, one]) => linksInTexts(one, [...path, step]));
}

/** The registrable domains of the record's mail domains and of its id: a hoster's record may have no other of its own. */
export function ownDomains(record: Pick<Provider, 'id' | 'domains'>): ReadonlySet<Domain> {
  return new Set([record.id, ...record.domains.map(stem)].flatMap((name) => nameOwner(name) ?? []));
}

/** The records whose answers a draft changes: its own, and those that answer so far for names that it takes or gives up. */
export function affected({ id, record }: Pick<Draft, 'id' | 'record'>, atlas: Atlas): Provider[] {
  const base = atlas.records.get(id);
  const taken = (record?.domains ?? []).filter((name) => !base?.domains.includes(name));
  const patterns = (record?.mx ?? []).filter((name) => !base?.mx?.includes(name));
  const holders = [
    base,
    ...taken.map((name) => recordOf(atlas.ownerOf(isWildcard(name) ? wider(name) : patternsFor(stem(name) as Domain)))),
    // Clients ask for the name of an MX host, too: a mail domain of that name would come before it.
    ...taken.flatMap((name) => (isWildcard(name) ? [] : atlas.mxOwnersBelow(name as Domain).map(recordOf))),
    ...patterns.map((name) => recordOf(atlas.mxOwnerOf(isWildcard(name) ? wider(name) : patternsFor(name as Domain)))),
  ];
  return [...new Set(holders)].filter((one) => one !== undefined);
}

/**
 * Registrable domains to which people of domains that are served would be sent by the draft, and are not today: hosts,
 * OAuth2, MX patterns, other records, and pages where a password is typed. Also where a name that is given up falls to another record.
 */
export function movesTo(draft: Pick<Draft, 'kind' | 'id' | 'record'>, atlas: Atlas): Domain[] {
  if (draft.kind === 'report') return [];
  const { record } = draft;
  const after = record ? leadsTo(record) : [];
  const moved = record ? affected(draft, atlas).flatMap((one) => beyond(leadsTo(one), after)) : [];
  const base = atlas.records.get(draft.id);
  const fallen = base ? heirs(base, record, atlas).flatMap((one) => beyond(leadsTo(base), leadsTo(one))) : [];
  return [...new Set([...moved, ...fallen])].sort();
}

/** True where MX patterns come or go: they decide for domains of third parties. */
export function changesMx({ kind, id, record }: Pick<Draft, 'kind' | 'id' | 'record'>, atlas: Atlas): boolean {
  if (kind === 'report') return false;
  const patterns = (one: Provider | undefined) => canonicalJson((one?.mx ?? []).toSorted());
  return patterns(atlas.records.get(id)) !== patterns(record);
}

/**
 * The registrable domains whose control shows that the draft comes from them: those of every name that it brings or gives
 * up; and where it changes how people sign in, those of all its mail domains. Sorted.
 */
export function toProve({ kind, id, record }: Pick<Draft, 'kind' | 'id' | 'record'>, atlas: Atlas): Domain[] {
  if (kind === 'report') return [];
  const base = atlas.records.get(id);
  const [before, after] = [base, record].map((one) => (one ? partiesOf(one) : []));
  const key = ({ role, name }: Party) => `${role} ${name}`;
  const known = new Set(before?.map(key));
  const kept = new Set(after?.map(key));
  const given = (before ?? []).filter((one) => isName(one) && !kept.has(key(one)));
  const brought = (after ?? []).filter((one) => !known.has(key(one)));
  const signIn = (one: Provider | undefined) =>
    canonicalJson([
      one?.access,
      one?.incoming,
      one?.outgoing,
      one?.services ?? [],
      one?.oauth2 ?? {},
      one?.setup ?? [],
    ]);
  const all = signIn(base) === signIn(record) ? [] : (after ?? []).filter(isName);
  const named = [...given, ...brought, ...all].flatMap(({ owner }) => owner ?? []);
  return [...new Set([...named, ...[nameOwner(id) ?? []].flat()])].sort();
}

const isName = ({ role }: Party) => role === 'domain' || role === 'wildcard' || role === 'mx';

/** Where the record sends people and their passwords. */
function leadsTo(record: Provider): Domain[] {
  return partiesOf(record).flatMap(({ role, owner }) =>
    role === 'link' || role === 'domain' || role === 'wildcard' ? [] : (owner ?? []),
  );
}

function beyond(before: readonly Domain[], after: readonly Domain[]): Domain[] {
  return after.filter((owner) => !before.includes(owner));
}

/** The records that answer for names which a record gives up: wider wildcards and MX patterns of others. */
function heirs(base: Provider, record: Provider | undefined, atlas: Atlas): Provider[] {
  const given = base.domains.filter((name) => !record?.domains.includes(name));
  const patterns = (base.mx ?? []).filter((name) => !record?.mx?.includes(name));
  const found = [
    ...given.map((name) => recordOf(atlas.ownerOf(wider(name)))),
    ...patterns.map((name) => recordOf(atlas.mxOwnerOf(wider(name)))),
  ];
  return found.filter((one) => one !== undefined && one.id !== base.id) as Provider[];
}

/** The wildcards that cover a name or a wildcard, and are wider. */
function wider(name: string) {
  return wildcardsFor(stem(name) as Domain);
}

function recordOf(owner: DomainOwner | MxOwner | undefined): Provider | undefined {
  return owner && 'record' in owner ? owner.record : undefined;
}

function party(role: Role, path: Path, name: string, host: string, odd?: Party['odd']): Party {
  const owner = nameOwner(host);
  return { role, field: fieldName(path), name, ...(owner && { owner }), ...(odd && { odd }) };
}

function link(role: Role, path: Path, text: string): Party {
  const { hostname, username, password, port } = new URL(text);
  const odd = username !== '' || password !== '' ? 'credentials' : port === '' ? undefined : 'port';
  return party(role, path, hostname, hostname, odd);
}

/** Nobody in particular owns a public suffix. A private one (github.io) belongs to the company that hands names out below it. */
export function nameOwner(host: string): Domain | undefined {
  const domain = domainOrUndefined(host);
  return domain === undefined || isPublicSuffix(domain) ? undefined : ownerDomain(domain);
}

/** Everybody can have a mailbox there. */
export function isForEverybody({ kind }: Pick<Provider, 'kind'>): boolean {
  return kind === 'freemail' || kind === 'isp' || kind === 'privacy';
}
