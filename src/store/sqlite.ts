/** The store on Node: one SQLite file. */
import Sqlite from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { type Statement, type Store, StoreError } from './db.ts';
import { migrate, refuseForeign } from './migrate-node.ts';
import * as schema from './schema.ts';

/** How long a writer waits for another process's writer. */
const busyTimeout = 5000;

/**
 * Opens (and, where it does not exist, makes) a database and brings it up to date.
 * @param file a path, or `:memory:`
 * @param tell hears of a migration and of the backup that was made before it: lower case, no full stop
 * @throws {StoreError} where the file cannot be opened, is no database, or is another program's or version's
 */
export function openSqlite(file: string, tell: (message: string) => void = () => undefined): Store {
  const sqlite = open(file, tell);
  rememberWrites(sqlite);
  const db = drizzle(sqlite, { schema });
  const runAll = sqlite.transaction((statements: Iterable<Statement>) => {
    for (const statement of statements) statement.run();
  });
  const version = sqlite.prepare('PRAGMA data_version').pluck();
  const explained = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw explainSqlite(error, file);
    }
  };
  return {
    db,
    batchSize: Number.POSITIVE_INFINITY,
    atomically: async (statements) => explained(() => runAll.immediate(statements)),
    dataVersion: () => explained(() => version.get() as number),
    scrub: () => explained(() => scrub(sqlite)),
    close: () => sqlite.close(),
  };
}

function open(file: string, tell: (message: string) => void): Sqlite.Database {
  let sqlite: Sqlite.Database | undefined;
  try {
    sqlite = new Sqlite(file, { timeout: busyTimeout });
    refuseForeign(sqlite, file);
    useWal(sqlite);
    sqlite.pragma('synchronous = FULL');
    // What is deleted is overwritten: addresses of people are (sqlite.org/pragma.html#pragma_secure_delete).
    sqlite.pragma('secure_delete = ON');
    migrate(sqlite, file, tell);
    return sqlite;
  } catch (error) {
    sqlite?.close();
    throw explainSqlite(error, file);
  }
}

/** Empties the log of writes, in which every former state of a page stands (sqlite.org/pragma.html#pragma_wal_checkpoint). */
function scrub(sqlite: Sqlite.Database): boolean {
  const [result] = sqlite.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[];
  return result?.busy === 0;
}

/** Texts of statements: those of ours are some dozens, and lists of different lengths make more of them. */
const mostRemembered = 200;

/**
 * Has each writing statement prepared once. Drizzle prepares it for each row anew, which takes its time, and kilobytes that
 * Node's garbage collector does not see: ten thousand checks took 500 MB. Reading ones are left alone: they have modes.
 */
function rememberWrites(sqlite: Sqlite.Database): void {
  const prepare = sqlite.prepare.bind(sqlite) as (text: string) => Sqlite.Statement;
  const known = new Map<string, Sqlite.Statement>();
  const once = (text: string): Sqlite.Statement => {
    const found = known.get(text);
    if (found) return found;
    const statement = prepare(text);
    if (known.size >= mostRemembered) known.clear();
    if (!statement.reader) known.set(text, statement);
    return statement;
  };
  sqlite.prepare = once as typeof sqlite.prepare;
}

/** WAL: readers go on while somebody writes. SQLite does not wait for others in the switch itself, so we do. */
function useWal(sqlite: Sqlite.Database): void {
  for (const end = Date.now() + busyTimeout; ; ) {
    try {
      sqlite.pragma('journal_mode = WAL');
      return;
    } catch (error) {
      if ((error as { code?: string }).code !== 'SQLITE_BUSY' || Date.now() > end) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}

/** SQLite's own codes (sqlite.org/rescode.html) in words that say what to do. */
export function explainSqlite(error: unknown, file: string): unknown {
  if (!(error instanceof Error) || error instanceof StoreError) return error;
  const { code = '' } = error as { code?: string };
  const where = 'name another file with --db FILE or in MAILATLAS_DB';
  if (code === 'SQLITE_NOTADB') return new StoreError(`${file} is not a SQLite database`, where);
  if (code.startsWith('SQLITE_CORRUPT')) {
    return new StoreError(
      `the database ${file} is damaged`,
      'restore a backup, or move it away: the data are loaded anew',
    );
  }
  if (code.startsWith('SQLITE_CANTOPEN') || error.message.startsWith('Cannot open database')) {
    return new StoreError(
      `the database ${file} cannot be opened`,
      `check that its folder exists and is writable, or ${where}`,
    );
  }
  if (code.startsWith('SQLITE_READONLY'))
    return new StoreError(`the database ${file} is read-only`, `make it writable, or ${where}`);
  if (code.startsWith('SQLITE_FULL')) return new StoreError(`the disk of ${file} is full`, 'make room');
  if (code.startsWith('SQLITE_BUSY')) {
    return new StoreError(
      `the database ${file} is locked by another process`,
      'wait until it has finished, then try again',
    );
  }
  if (code.startsWith('SQLITE_IOERR')) return new StoreError(`the disk of ${file} failed (${code})`, 'check the disk');
  return error;
}
