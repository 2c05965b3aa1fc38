/**
 * The two lists that an operator may keep beside the records: domains with the record of each, and addresses whose login is
 * another one than the record's user name says. Both come as lines of a file or as rows of a query.
 */
import type { Atlas } from '../atlas/atlas.ts';
import type { HostedDomains } from '../atlas/hosted.ts';
import { parseAddress } from '../name/address.ts';
import { type Domain, NameError, parseDomain } from '../name/domain.ts';

/** What is wrong with a list, as a clause that names the place. Never holds an address: lists end in logs. */
export class ListError extends Error {
  override readonly name = 'ListError';
}

/** A line or a row: where it stands (`line 7`), and what it says. */
export interface ListRow {
  readonly where: string;
  readonly cells: readonly string[];
}

/** The lines of a list of domains: `domain`, `domain id` or `domain,id`; `#` begins a comment. */
export function domainLines(text: string): ListRow[] {
  return lines(text, (line) =>
    line
      .replace(/#.*/s, '')
      .trim()
      .split(/[\s,]+/),
  );
}

/** The lines of a list of logins: `address login`; a line that begins with `#` is a comment. */
export function loginLines(text: string): ListRow[] {
  return lines(text, (line) => {
    const [, address = '', login = ''] = /^(,.*|[^\s,]+)(?:[\s,]+(.*))?$/s.exec(line.startsWith('#') ? '' : line) ?? [];
    return [address, login];
  });
}

function lines(text: string, cellsOf: (line: string) => string[]): ListRow[] {
  return text
    .replace(/^\ufeff/, '')
    .split('\n')
    .map((line, i) => ({ where: `line ${i + 1}`, cells: cellsOf(line.trim()) }))
    .filter(({ cells }) => cells[0] !== '');
}

/**
 * Judges a list of domains. One bad line spoils it all: a domain that is silently not served is worse than an old list.
 * @throws {ListError} for what is no domain, a record that there is not, a domain of two records, and a list without any
 */
export function readDomains(rows: readonly ListRow[], { records, renamed }: Atlas): HostedDomains {
  const [first] = records.keys();
  const only = records.size === 1 ? first : undefined;
  const found = new Map<Domain, string>();
  for (const { where, cells } of rows) {
    const [name = '', given = '', more] = cells;
    const domain = attempt(where, () => parseDomain(name));
    const id = given === '' ? only : (renamed.get(given.toLowerCase()) ?? given.toLowerCase());
    if (id === undefined) throw new ListError(`${where}: ${domain} has no record behind it, and there are several`);
    if (more !== undefined) throw new ListError(`${where}: there is more than a domain and a record`);
    if (!records.has(id)) throw new ListError(`${where}: there is no record “${id}”`);
    const before = found.get(domain);
    if (before !== undefined && before !== id)
      throw new ListError(`${where}: ${domain} has ${before} as well as ${id}`);
    found.set(domain, id);
  }
  // More likely a file that is being written, or a query that went wrong, than an operator without customers.
  if (found.size === 0) throw new ListError('there is no domain in it');
  return found;
}

/** `local@domain` -> login. */
export type Logins = ReadonlyMap<string, string>;

/** @throws {ListError} for what is no address, and an address without login or with two; it is named by its place alone */
export function readLogins(rows: readonly ListRow[]): Logins {
  const logins = new Map<string, string>();
  for (const { where, cells } of rows) {
    const [text = '', login = ''] = cells;
    const { local, domain } = attempt(where, () => parseAddress(text), 'this is no address');
    if (local === undefined) throw new ListError(`${where}: this is a domain, not an address`);
    if (!isLogin(login)) throw new ListError(`${where}: the address has no login behind it`);
    const address = `${local}@${domain}`;
    if ((logins.get(address) ?? login) !== login) throw new ListError(`${where}: the address has another login before`);
    logins.set(address, login);
  }
  return logins;
}

/** Something a person can type into one field; an address may have 254 octets. */
export function isLogin(text: string): boolean {
  return text.trim() !== '' && text.length <= 254 && !/\p{Cc}/u.test(text);
}

/**
 * How an address may stand in a list: as it was typed, else in lower case. Mail servers may tell capital letters apart in
 * front of the “@” (RFC 5321 section 2.4), but hardly any does.
 */
export function spellings(local: string, domain: Domain): string[] {
  return [...new Set([`${local}@${domain}`, `${local.toLowerCase()}@${domain}`])];
}

function attempt<T>(where: string, parse: () => T, instead?: string): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof NameError)) throw error;
    throw new ListError(`${where}: ${instead ?? error.message.replace(/\.$/, '')}`);
  }
}
