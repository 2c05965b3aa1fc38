/** The store on Node: one SQLite file. */
import { statSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { elapsed } from '../net/elapsed.ts';
import { type Statement, type Store, StoreError } from './db.ts';
import { migrate, refuseForeign } from './migrate-node.ts';
import * as schema from './schema.ts';

/** How long a writer waits for another process's writer, and how often it looks. Milliseconds. */
const busyTimeout = 5000;
const busyPause = 20;

/**
 * Opens (and, where it does not exist, makes) a database and brings it up to date.
 * @param file a path, or `:memory:`
 * @param tell hears of a migration and of the backup that was made before it: lower case, no full stop
 * @throws {StoreError} where the file cannot be opened, is no database, or is another program's or version's
 */
export function openSqlite(file: string, tell: (message: string) => void = () => undefined): Store {
  const sqlite = open(file, tell);
  const explained = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw explainSqlite(error, file);
    }
  };
  prepareWell(sqlite, explained);
  const db = drizzle(sqlite, { schema });
  const runAll = sqlite.transaction((statements: Iterable<Statement>) => {
    for (const statement of statements) statement.run();
  });
  const [impatient, patient] = [0, busyTimeout].map((milliseconds) => {
    const statement = sqlite.prepare(`PRAGMA busy_timeout = ${milliseconds}`);
    // SQLite does what it says while it compiles it: now, and anew before each run but the first.
    statement.get();
    return () => statement.get();
  }) as [() => void, () => void];
  const version = sqlite.prepare('PRAGMA data_version').pluck();
  const assertThere = file === ':memory:' ? () => undefined : thereAt(file);
  return {
    db,
    batchSize: Number.POSITIVE_INFINITY,
    async atomically(statements) {
      // SQLite's own waiting would stop the whole process: whoever only reads is answered meanwhile.
      for (const end = elapsed() + busyTimeout; ; await new Promise((resolve) => setTimeout(resolve, busyPause))) {
        assertThere();
        impatient();
        try {
          return runAll.immediate(statements);
        } catch (error) {
          if (!isBusy(error) || elapsed() > end) throw explainSqlite(error, file);
        } finally {
          patient();
        }
      }
    },
    dataVersion() {
      assertThere();
      return version.get() as number;
    },
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

/**
 * A file that was moved, deleted or replaced under us stays open, and SQLite goes on with it: what was acknowledged would be
 * gone at the next start. So too its log.
 */
function thereAt(file: string): () => void {
  const names = [file, `${file}-wal`].map((name) => ({ name, inode: inodeOf(name) }));
  return () => {
    const gone = names.find(({ name, inode }) => inode !== undefined && inodeOf(name) !== inode);
    if (!gone) return;
    const tip = 'stop whoever uses it, put the right file in its place with mailatlas restore, and start again';
    throw new StoreError(`${gone.name} was moved, deleted or replaced while it was in use`, tip);
  };
}

function inodeOf(name: string): number | undefined {
  return statSync(name, { throwIfNoEntry: false })?.ino;
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
 * And has what goes wrong, in reading too, said in our words.
 */
function prepareWell(sqlite: Sqlite.Database, explained: <T>(work: () => T) => T): void {
  const prepare = sqlite.prepare.bind(sqlite) as (text: string) => Sqlite.Statement;
  const known = new Map<string, Sqlite.Statement>();
  const once = (text: string): Sqlite.Statement => {
    const found = known.get(text);
    if (found) return found;
    const statement = explained(() => prepare(text));
    for (const way of ['run', 'get', 'all'] as const) {
      const run = statement[way].bind(statement) as (...values: unknown[]) => never;
      statement[way] = (...values: unknown[]) => explained(() => run(...values));
    }
    if (known.size >= mostRemembered) known.clear();
    if (!statement.reader) known.set(text, statement);
    return statement;
  };
  sqlite.prepare = once as typeof sqlite.prepare;
}

function isBusy(error: unknown): boolean {
  return String((error as { code?: unknown } | undefined)?.code).startsWith('SQLITE_BUSY');
}

/** WAL: readers go on while somebody writes. SQLite does not wait for others in the switch itself, so we do. */
function useWal(sqlite: Sqlite.Database): void {
  for (const end = elapsed() + busyTimeout; ; ) {
    try {
      sqlite.pragma('journal_mode = WAL');
      return;
    } catch (error) {
      if (!isBusy(error) || elapsed() > end) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, busyPause);
    }
  }
}

/** SQLite's own codes (sqlite.org/rescode.html) in words that say what to do. */
export function explainSqlite(error: unknown, file: string): unknown {
  if (!(error instanceof Error) || error instanceof StoreError) return error;
  const { code = '' } = error as { code?: string };
  const where = 'name another file with --db FILE or in MAILATLAS_DB';
  if (code === 'SQLITE_NOTADB') return new StoreError(`${file} is not a SQLite database`, where);
  // SHORT_READ: the file or its log ends too early.
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_IOERR_SHORT_READ') {
    return new StoreError(
      `the database ${file} is damaged`,
      'put a backup back with mailatlas restore, or move it away with its -wal: the data are loaded anew',
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
  // SHMSIZE: no room for the index of the log.
  if (code.startsWith('SQLITE_FULL') || code === 'SQLITE_IOERR_SHMSIZE') {
    const kept = 'make room; what was there is whole, and what could not be written was refused';
    return new StoreError(`the disk of ${file} is full`, kept, { isFull: true });
  }
  if (isBusy(error)) {
    return new StoreError(
      `the database ${file} is locked by another process`,
      'wait until it has finished, then try again',
    );
  }
  if (code.startsWith('SQLITE_IOERR')) {
    const limit = code === 'SQLITE_IOERR_WRITE' ? ', and how large a file may be there (ulimit -f)' : '';
    const check = `check the disk${limit}`;
    return new StoreError(`the disk of ${file} failed (${code})`, check);
  }
  return error;
}
