/** Backups of the database, and the way back to one. */
import { chmodSync, chownSync, existsSync, lstatSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import Sqlite from 'better-sqlite3';
import { StoreError } from '../db.ts';
import { hasContent, pendingMigrations, refuseForeign } from '../migrate-node.ts';
import { explainSqlite } from '../sqlite.ts';
import { copyDatabase, syncToDisk } from './copy-node.ts';

/** What a copy holds. */
export interface Contents {
  /** The newest revision of the atlas. */
  readonly revision: number;
  readonly checks: number;
  readonly submissions: number;
  /** Migrations that the next start will apply. */
  readonly pending: readonly string[];
  readonly bytes: number;
}

/** A name for a file that is made now and sorts by time: `20261130T103100Z`. */
export function stamp(now: Date): string {
  return now.toISOString().replace(/[-:]|\.\d+/g, '');
}

/**
 * Copies the database into a file of its own, while servers go on with it.
 * @param target a file that is not there yet, or a folder, where the file is named by the time
 * @throws {StoreError}
 */
export function backUp(file: string, target: string, now: Date): Contents & { readonly file: string } {
  const isFolder = existsSync(target) && statSync(target).isDirectory();
  const to = isFolder ? join(target, `mailatlas-${stamp(now)}.db`) : target;
  return { file: to, ...copied(file, to) };
}

/**
 * Puts a backup in the place of the database. What was there stays beside it.
 * @returns what is there now, and where the former database is, if there was one
 * @throws {StoreError} where the backup is broken, of another program or of a newer version, and where anybody has the
 * database open; then everything is as it was
 */
export function restore(
  backup: string,
  file: string,
  now: Date,
): Contents & { readonly file: string; readonly before: string | undefined } {
  const place = existsSync(file) ? realpathSync(file) : file;
  if (existsSync(place) && existsSync(backup) && realpathSync(backup) === place)
    throw new StoreError(`${backup} is the database itself`, 'name a backup of it');
  const [incoming, before] = [`${place}.restored`, `${place}.before-restore-${stamp(now)}`];
  rmSync(incoming, { force: true });
  const contents = copied(backup, incoming, 'name another backup, of this version of mailatlas or an older one');
  try {
    giveTo(incoming, ownerOf(place));
    const isThere = existsSync(place);
    if (isThere) {
      release(place);
      // Of a database that SQLite could not read a log may be left, which belongs to no other one.
      for (const end of ['', '-wal', '-shm'])
        if (existsSync(`${place}${end}`)) renameSync(`${place}${end}`, `${before}${end}`);
    }
    renameSync(incoming, place);
    syncToDisk(dirname(place));
    return { file: place, before: isThere ? before : undefined, ...contents };
  } finally {
    rmSync(incoming, { force: true });
  }
}

/**
 * Brings the log home into the file, if this is the only process that has it: SQLite leaves WAL only then
 * (sqlite.org/wal.html#activating_and_configuring_wal_mode). A file that cannot be read has no such owner that we could ask.
 */
function release(file: string): void {
  let sqlite: Sqlite.Database | undefined;
  try {
    sqlite = new Sqlite(file, { timeout: 0, fileMustExist: true });
    sqlite.pragma('journal_mode = DELETE');
  } catch (error) {
    const { code = '' } = error as { code?: string };
    if (code.startsWith('SQLITE_BUSY'))
      throw new StoreError(
        `another process has ${file} open`,
        'stop the server first (systemctl stop mailatlas); nothing was changed',
      );
    if (code !== 'SQLITE_NOTADB' && !code.startsWith('SQLITE_CORRUPT')) throw explainSqlite(error, file);
  } finally {
    sqlite?.close();
  }
}

/** @param tip what to do where the source is no good, if that is not what the store says everywhere */
function copied(from: string, to: string, tip?: string): Contents {
  if (!existsSync(from)) throw new StoreError(`there is no ${from}`, tip ?? 'name another file with --db FILE');
  let sqlite: Sqlite.Database | undefined;
  try {
    // Not for reading alone: then SQLite would leave an empty log beside a database that nobody else has open.
    sqlite = new Sqlite(from, { fileMustExist: true, timeout: 5000 });
    refuseForeign(sqlite, from);
    if (!hasContent(sqlite)) throw new StoreError(`there is nothing in ${from}`, 'name a database of mailatlas');
    copyDatabase(sqlite, to);
    return contentsOf(to);
  } catch (error) {
    const explained = explainSqlite(error, from);
    throw tip !== undefined && explained instanceof StoreError ? new StoreError(explained.message, tip) : explained;
  } finally {
    sqlite?.close();
  }
}

function contentsOf(file: string): Contents {
  const sqlite = new Sqlite(file, { readonly: true });
  try {
    const tables = sqlite.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table'`).pluck().all();
    // An old database may not have the table yet.
    const number = (sql: string, table: string): number =>
      tables.includes(table) ? (sqlite.prepare(sql).pluck().get() as number) : 0;
    return {
      revision: number('SELECT coalesce(max(n), 0) FROM revision', 'revision'),
      checks: number('SELECT count(*) FROM "check"', 'check'),
      submissions: number('SELECT count(*) FROM submission', 'submission'),
      pending: pendingMigrations(sqlite),
      bytes: statSync(file).size,
    };
  } finally {
    sqlite.close();
  }
}

/** Whose the database is: of the one that is there, else of whoever owns the folder. */
function ownerOf(file: string): { readonly uid: number; readonly gid: number; readonly mode: number } {
  const { uid, gid, mode } = lstatSync(existsSync(file) ? file : dirname(file));
  return { uid, gid, mode: existsSync(file) ? mode & 0o777 : 0o600 };
}

/** Root restores for the service, which has to be able to write. */
function giveTo(file: string, { uid, gid, mode }: ReturnType<typeof ownerOf>): void {
  chmodSync(file, mode);
  if (process.getuid?.() === 0) chownSync(file, uid, gid);
}
