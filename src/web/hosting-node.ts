/** An operator's own domains and logins: reads the lists, keeps them, and hands them to what is served. */
import {
  domainLines,
  isLogin,
  ListError,
  type Logins,
  loginLines,
  readDomains,
  readLogins,
  spellings,
} from '../lookup/lists.ts';
import { type KeptList, keepList, type ListSource } from '../lookup/lists-node.ts';
import { Lasting } from '../net/lasting.ts';
import { type Log, sayError } from '../net/log.ts';
import { StoreError } from '../store/db.ts';
import { queryForeign } from '../store/file/foreign-node.ts';
import type { Keeper } from './served/keeper.ts';
import type { Hosting } from './served/served.ts';

export interface HostingOptions {
  /** The data are the operator's own, and nothing else is served. */
  readonly only?: boolean;
  /** Domains that are served beside those of the records. */
  readonly domains?: ListSource;
  /** Addresses that sign in by another name than the record says. A query has `:address` in it. */
  readonly logins?: ListSource;
}

export interface RunningHosting {
  readonly hosting: Hosting;
  /** Reads the lists now; what is wrong is noted, and the old list stays. */
  again(): void;
  stop(): void;
}

/**
 * @param keeper that has an atlas already
 * @throws {StoreError} where a list is no good
 */
export function startHosting(
  { only = false, domains, logins }: HostingOptions,
  keeper: Keeper,
  log: Log,
): RunningHosting {
  const note = (message: string) => log.warn(message);
  const lists: KeptList[] = [];
  let login: Hosting['login'];
  if (logins && 'sql' in logins) login = told('logins', () => askLogins(logins, note));
  else if (logins) {
    let known: Logins = new Map();
    const take = (next: Logins) => (known = next);
    lists.push(
      told('logins', () => keepList(logins, { lines: loginLines, take: (rows) => take(readLogins(rows)), note })),
    );
    login = ({ local, domain }) =>
      spellings(local, domain)
        .map((address) => known.get(address))
        .find(isKnown);
  }
  // Last, because it changes what is served.
  if (domains) lists.push(told('domains', () => keepDomains(domains, keeper, log)));
  return {
    hosting: { only, lists: domains !== undefined, ...(login && { login }) },
    again: () => {
      for (const list of lists) list.again();
    },
    stop: () => {
      for (const list of lists) list.stop();
    },
  };
}

function keepDomains(source: ListSource, keeper: Keeper, log: Log): KeptList {
  let before: ReadonlyMap<string, string> | undefined;
  return keepList(source, {
    lines: domainLines,
    note: (message) => log.warn(message),
    take(rows) {
      const { atlas } = keeper.served ?? {};
      if (!atlas) return;
      const hosted = readDomains(rows, atlas);
      if (before && isSame(before, hosted)) return;
      if (before) log.info(`the list of domains was read again: it has ${hosted.size}, it had ${before.size}`);
      before = hosted;
      keeper.host(hosted);
    },
  });
}

/** A query a sign-in: a mail server's users are many, and change by the minute. */
function askLogins(
  { db, sql }: { db: string; sql: string },
  note: (text: string) => void,
): NonNullable<Hosting['login']> {
  const ask = (address: string) => queryForeign(db, sql, { parameters: { address }, most: 100 })[0]?.[0];
  // A mistake in it is told at the start, not to the first who comes.
  ask('nobody@localhost.invalid');
  const trouble = new Lasting(note);
  return ({ local, domain }) => {
    try {
      const login = spellings(local, domain).map(ask).find(isKnown);
      trouble.over();
      return login !== undefined && isLogin(login) ? login : undefined;
    } catch (error) {
      trouble.tell(`${sayError(error)}; whoever asks with an address is told to come again`);
      throw error;
    }
  };
}

const isKnown = (login: string | undefined): login is string => login !== undefined && login !== '';

function isSame(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  return a.size === b.size && [...a].every(([key, value]) => b.get(key) === value);
}

/** What is wrong with a list at the start, with what to do. */
function told<T>(what: 'domains' | 'logins', start: () => T): T {
  try {
    return start();
  } catch (error) {
    if (!(error instanceof ListError)) throw error;
    const form = what === 'domains' ? '“example.com” or “example.com record-id”' : '“someone@example.com login”';
    throw new StoreError(`the list of ${what} is no good: ${error.message}`, `a line of it is ${form}`);
  }
}
