/**
 * What a stranger may leave out, and how a name may be written. Filled in is only what follows from the rest, each with a
 * remark; what nobody but the provider can know (name, country …) is asked for.
 */
import { type Remark, Remarks } from '../../formats/draft.ts';
import { domainOrUndefined } from '../../name/domain.ts';
import { isWildcard, stem } from '../../name/pattern.ts';
import { hostOrWildcard, httpsUrl } from '../../provider/fields.ts';
import type { Provider } from '../../provider/model.ts';
import { parseEndpoint } from '../../verify/endpoint.ts';

type Map = Readonly<Record<string, unknown>>;

/**
 * The source of a submission's own word: the page of the provider that it names, which none of us has read. Without “seen”
 * and “says” it vouches for nothing; that comes with proof or with a reviewer (vouch.ts).
 */
export const ownSource = 'provider';

const servers = ['incoming', 'outgoing', 'services'] as const;
const sourced = [...servers, 'local', 'setup'] as const;

/** What the schema demands and a served record knows: a change may leave it out. */
const kept = ['name', 'short', 'kind', 'country', 'website', 'access'] as const;

/**
 * The record with what follows from it filled in. Whatever has the wrong type stays as it is: the schema says so.
 * @param base the record that is served, for a change
 */
export function fillRecord(given: Map, id: unknown, base?: Provider): { value: Map; remarks: readonly Remark[] } {
  const remarks = new Remarks();
  const value: Record<string, unknown> = { ...given };
  const fill = (field: string, what: unknown, says: string) => {
    if (value[field] !== undefined || what === undefined) return;
    value[field] = what;
    remarks.add(field, says);
  };
  fill('id', id, `was taken to be ${String(id)}`);
  for (const field of kept) fill(field, base?.[field], 'was left out; it stays as it is');
  const { name } = value;
  if (typeof name === 'string')
    fill('short', name.slice(0, 20).toWellFormed().trim(), 'was left out; made of the name');
  fill('access', 'open', 'was left out; taken to be open');
  if (value['access'] !== 'open')
    for (const list of ['incoming', 'outgoing']) fill(list, [], 'was left out; there is none');
  fill('domains', base?.domains ?? [value['id']], 'was left out');
  for (const list of servers) {
    if (isList(value[list]))
      value[list] = value[list].map((one, i) => (isMap(one) ? fillServer(one, `${list}[${i}]`, remarks) : one));
  }
  nameSources(value, remarks);
  return { value: canonicalNames(value) as Map, remarks: remarks.list };
}

/** Port and security say each other; a mailbox signs in with its address and a password. */
function fillServer(server: Map, where: string, remarks: Remarks): Map {
  const filled: Record<string, unknown> = { ...server };
  const add = (field: string, what: string | number | undefined) => {
    if (filled[field] !== undefined || what === undefined) return;
    filled[field] = what;
    remarks.add(`${where}.${field}`, `was left out; taken to be ${what}`);
  };
  const { protocol, port, security } = server;
  if (typeof protocol === 'string' && (port === undefined || security === undefined)) {
    const known = endpointOf(protocol, port, security);
    add('port', known?.port);
    add('security', known?.security);
  }
  add('username', '%EMAILADDRESS%');
  if (filled['auth'] === undefined) {
    filled['auth'] = ['password-cleartext'];
    remarks.add(`${where}.auth`, 'was left out; taken to be password-cleartext');
  }
  return filled;
}

function endpointOf(protocol: string, port: unknown, security: unknown) {
  const at = typeof port === 'number' ? `:${port}` : '';
  const mode = typeof security === 'string' ? `?security=${security}` : '';
  try {
    return parseEndpoint(`${protocol}://host.invalid${at}${mode}`);
  } catch {
    // Another protocol, or a port that says nothing: what is missing is told as missing.
    return undefined;
  }
}

/** Facts without a source get the submission's own: the first page about it that the record names, else the site. */
function nameSources(value: Record<string, unknown>, remarks: Remarks): void {
  const pages = isList(value['documentation']) ? value['documentation'] : [];
  const page = [...pages.map((one) => (isMap(one) ? one['url'] : undefined)), value['website']].find(isPage);
  const sources: Record<string, unknown> = isMap(value['sources']) ? { ...value['sources'] } : {};
  let used = false;
  const source = (one: unknown): unknown => {
    if (!isMap(one) || one['sources'] !== undefined) return one;
    used = true;
    return { ...one, sources: [ownSource] };
  };
  for (const list of sourced) if (isList(value[list])) value[list] = value[list].map(source);
  for (const block of ['oauth2', 'restriction']) if (value[block] !== undefined) value[block] = source(value[block]);
  // A record without a site is refused for that.
  if (used && page !== undefined && !Object.hasOwn(sources, ownSource)) {
    sources[ownSource] = { url: page };
    remarks.add('sources', `were left out where nobody is named; ${page} was taken, which nobody has read yet`);
  }
  if (value['sources'] === undefined || used) value['sources'] = sources;
}

const nameKeys: ReadonlySet<string> = new Set(['id', 'host', 'operator', 'domains', 'mx', 'successor', 'formerly']);

/** Names as records write them: lower case, A-labels, no trailing dot; sets of names sorted, each once. */
function canonicalNames(value: unknown, key = ''): unknown {
  if (isList(value)) {
    const items = value.map((item) => canonicalNames(item, key));
    // A name that is none is told at the place where it was sent.
    return (key === 'domains' || key === 'mx') && items.every(isName) ? [...new Set(items)].sort() : items;
  }
  if (isMap(value))
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, canonicalNames(inner, name)]));
  if (typeof value !== 'string' || !nameKeys.has(key) || value.includes('{')) return value;
  const typed = value.trim();
  const domain = domainOrUndefined(stem(typed));
  return domain === undefined ? value : isWildcard(typed) ? `*.${domain}` : domain;
}

export function isMap(value: unknown): value is Map {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function isName(value: unknown): value is string {
  return hostOrWildcard.safeParse(value).success;
}

function isPage(value: unknown): value is string {
  return httpsUrl.safeParse(value).success;
}
