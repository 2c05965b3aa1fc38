/**
 * The file of an operator's own test accounts: `[{"address": …, "password": …, "username"?: …}]`.
 *
 * What is wrong with it is told by place and field and never by content: the messages of JSON.parse quote the text around a
 * mistake, which here is a password. So it is read by a small parser of our own (RFC 8259) that knows where it is.
 */
import { type Address, parseAddress } from '../../name/address.ts';
import { type Domain, NameError } from '../../name/domain.ts';

export interface Account {
  readonly local: string;
  readonly domain: Domain;
  readonly password: string;
  /** Where the user name does not follow from the address. */
  readonly username?: string;
}

export interface Place {
  readonly line: number;
  readonly column: number;
}

/** One thing that is wrong: `accounts.json:3:5 [1].password: is missing`. */
export class AccountsError extends Error {
  override readonly name = 'AccountsError';
  readonly place: Place;
  /** `[1].password`; empty for the file as a whole. */
  readonly field: string;
  constructor(says: string, place: Place, field = '') {
    super(says);
    this.place = place;
    this.field = field;
  }
}

const example = '[{"address": "someone@example.com", "password": "…"}]';
const fields: readonly string[] = ['address', 'password', 'username'];
/** More test accounts than this nobody has. */
const mostAccounts = 1000;

/** @throws {AccountsError} */
export function parseAccounts(text: string): Account[] {
  const json = new Json(text.startsWith('\uFEFF') ? text.slice(1) : text);
  const accounts: Account[] = [];
  json.list((at) => {
    const field = `[${accounts.length}]`;
    const account = readAccount(json, field, at);
    const twice = accounts.some(({ local, domain }) => local === account.local && domain === account.domain);
    // A second try with another password is what locks accounts.
    if (twice) throw new AccountsError('the same address stands here twice', at, `${field}.address`);
    accounts.push(account);
    if (accounts.length > mostAccounts) throw new AccountsError(`there are more than ${mostAccounts} accounts`, at);
  });
  if (accounts.length === 0)
    throw new AccountsError(`there is no account; the file looks like this: ${example}`, start);
  return accounts;
}

function readAccount(json: Json, field: string, at: Place): Account {
  const values = new Map<string, { text: string; at: Place }>();
  json.map((key, keyAt) => {
    // The name of a stranger's field may be a password in the wrong place.
    if (!fields.includes(key))
      throw new AccountsError(`has a field that is none of ${fields.join(', ')}`, keyAt, field);
    if (values.has(key)) throw new AccountsError('stands here twice', keyAt, `${field}.${key}`);
    const valueAt = json.place();
    values.set(key, { text: json.text(`${field}.${key}`), at: valueAt });
  }, field);
  const need = (key: string) => {
    const found = values.get(key);
    if (!found) throw new AccountsError('is missing', at, `${field}.${key}`);
    return { ...found, field: `${field}.${key}` };
  };
  const address = addressOf(need('address'));
  const password = checked(need('password'));
  return {
    ...address,
    password,
    ...(values.has('username') && { username: checked(need('username')) }),
  };
}

type Field = { readonly text: string; readonly at: Place; readonly field: string };

function addressOf({ text, at, field }: Field): { local: string; domain: Domain } {
  let parsed: Address;
  try {
    parsed = parseAddress(text);
  } catch (error) {
    if (error instanceof NameError) throw new AccountsError('is no e-mail address', at, field);
    throw error;
  }
  if (parsed.local === undefined) throw new AccountsError('is a domain, but must be an address', at, field);
  return { local: parsed.local, domain: parsed.domain };
}

/** A line end or NUL would end the command, or the field, in which it is sent (RFC 4616 section 2, RFC 1939 section 3). */
function checked({ text, at, field }: Field): string {
  if (text === '') throw new AccountsError('is empty', at, field);
  if (/[\0\r\n]/.test(text)) throw new AccountsError('has a line end or a NUL, which no server takes', at, field);
  return text;
}

const start: Place = { line: 1, column: 1 };

/** Just enough of JSON: a list of maps of texts. */
class Json {
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  place(): Place {
    const before = this.#source.slice(0, this.#skip());
    const line = before.split('\n');
    return { line: line.length, column: (line.at(-1)?.length ?? 0) + 1 };
  }

  list(item: (at: Place) => void): void {
    this.#expect('[', `must begin with “[”: the file looks like this: ${example}`);
    this.#items(']', () => item(this.place()));
    if (this.#skip() < this.#source.length)
      throw new AccountsError('there is text behind the end of the list', this.place());
  }

  map(entry: (key: string, at: Place) => void, field: string): void {
    this.#expect('{', 'must be a map in braces', field);
    this.#items(
      '}',
      () => {
        const at = this.place();
        const key = this.text(field);
        this.#expect(':', 'has a field without “:” and a value', field);
        entry(key, at);
      },
      field,
    );
  }

  text(field: string): string {
    this.#skip();
    const at = this.place();
    const found = /^"(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[0-9a-f]{4}))*"/iu.exec(this.#source.slice(this.#at));
    if (!found) {
      const quoted = this.#source[this.#at] === '"';
      const says = quoted
        ? 'is a text that does not end, or has a “\\” before a wrong letter'
        : 'must be a text in double quotes';
      throw new AccountsError(says, at, field);
    }
    this.#at += found[0].length;
    return JSON.parse(found[0]) as string;
  }

  #items(end: string, item: () => void, field = ''): void {
    if (this.#take(end)) return;
    do item();
    while (this.#take(','));
    this.#expect(end, `needs a “,” or “${end}” here`, field);
  }

  #take(sign: string): boolean {
    if (this.#source[this.#skip()] !== sign) return false;
    this.#at++;
    return true;
  }

  #expect(sign: string, says: string, field = ''): void {
    if (!this.#take(sign)) throw new AccountsError(says, this.place(), field);
  }

  #skip(): number {
    while (/[ \t\r\n]/.test(this.#source[this.#at] ?? '')) this.#at++;
    return this.#at;
  }
}
