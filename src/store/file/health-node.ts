/** How a database file is, looked at without changing anything in it. */
import { statSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { applied, hasContent, pendingMigrations, refuseForeign } from '../migrate-node.ts';
import { explainSqlite } from '../sqlite.ts';
import { integrityFaults } from './copy-node.ts';

export interface Health {
  /** The newest migration it has: `0015_owners.sql`; undefined: it is empty. */
  readonly migration: string | undefined;
  /** Those that the next start will apply. */
  readonly pending: readonly string[];
  /** What SQLite's own check finds; none: it is whole. */
  readonly faults: readonly string[];
  /** Whether it could be written now. */
  readonly writable: 'yes' | 'locked' | 'no';
  readonly bytes: DatabaseBytes;
  /** The digest of the data it was loaded from. */
  readonly loaded: string | undefined;
  /** The newest revision; 0: nothing was loaded yet. */
  readonly revision: number;
  /** When anything in it was written last, ISO 8601; undefined: nothing was. */
  readonly newest: string | undefined;
}

export interface DatabaseBytes {
  readonly file: number;
  /** Of the log beside it, which is not there while nobody writes. */
  readonly log: number;
}

export function databaseBytes(file: string): DatabaseBytes {
  const size = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  return { file: size(file), log: size(`${file}-wal`) };
}

/** Milliseconds for another process's writer to end. */
const patience = 2000;

/** @throws {StoreError} where it cannot be opened, or is another program's or a newer version's */
export function readHealth(file: string): Health {
  let sqlite: Sqlite.Database | undefined;
  try {
    // Not for reading alone: whether it can be written is a question, and no log is left behind.
    sqlite = new Sqlite(file, { fileMustExist: true, timeout: patience });
    refuseForeign(sqlite, file);
    const faults = integrityFaults(sqlite);
    const isSound = hasContent(sqlite) && faults.length === 0;
    const one = (sql: string): unknown => (isSound ? sqlite?.prepare(sql).pluck().get() : undefined);
    const instants = newestOf
      .filter(([table]) => one(`SELECT 1 FROM sqlite_schema WHERE name = '${table}'`) !== undefined)
      .flatMap(([table, column]) => (one(`SELECT max(${column}) FROM "${table}"`) as string | null) ?? []);
    return {
      migration: applied(sqlite).at(-1),
      pending: pendingMigrations(sqlite),
      faults,
      writable: tryToWrite(sqlite),
      bytes: databaseBytes(file),
      loaded: (one(`SELECT value FROM meta WHERE key = 'loaded'`) as string | undefined)?.split(' ')[0],
      revision: (one('SELECT max(n) FROM revision') as number | null | undefined) ?? 0,
      newest: instants.sort().at(-1),
    };
  } catch (error) {
    throw explainSqlite(error, file);
  } finally {
    sqlite?.close();
  }
}

/** Where instants are that only this machine's clock has made. */
const newestOf = [
  ['revision', 'at'],
  ['check', 'at'],
  ['run', 'started'],
  ['event', 'at'],
] as const;

/** Takes the writer's place for an instant, and writes nothing. */
function tryToWrite(sqlite: Sqlite.Database): Health['writable'] {
  try {
    sqlite.exec('BEGIN IMMEDIATE; ROLLBACK');
    return 'yes';
  } catch (error) {
    const { code = '' } = error as { code?: string };
    if (code.startsWith('SQLITE_BUSY')) return 'locked';
    if (code.startsWith('SQLITE_READONLY')) return 'no';
    throw error;
  }
}
