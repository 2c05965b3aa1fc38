/** A whole database as one file of its own, while others go on writing to it. */
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import Sqlite, { type Database } from 'better-sqlite3';
import { StoreError } from '../db.ts';

/**
 * Writes what the database holds at this moment into `target`, which is there whole or not at all. `VACUUM INTO` reads one
 * snapshot, so that no writer makes it begin anew, as the online backup would (sqlite.org/lang_vacuum.html#vacuuminto).
 * The copy is read back and judged before it gets its name. Nobody else may read it: digests of tokens are in it.
 * @param target a path where nothing is yet
 * @throws {StoreError} where something is there, it cannot be written, or is not whole; SQLite's own errors about the source
 */
export function copyDatabase(sqlite: Database, target: string): void {
  const unfinished = `${target}.unfinished`;
  if (existsSync(target))
    throw new StoreError(`there is a ${target} already`, 'name a file that is not there yet, or a folder');
  // What an earlier one left that was killed.
  rmSync(unfinished, { force: true });
  try {
    closeSync(openSync(unfinished, 'wx', 0o600));
    sqlite.prepare('VACUUM INTO ?').run(unfinished);
    const faults = faultsOf(unfinished);
    if (faults.length > 0)
      throw new StoreError(`the copy is not whole: ${faults[0]}`, 'mailatlas doctor says what is wrong');
    syncToDisk(unfinished);
    renameSync(unfinished, target);
    syncToDisk(dirname(target));
  } catch (error) {
    throw explained(error, target);
  } finally {
    rmSync(unfinished, { force: true });
  }
}

/** What SQLite's own check finds, at most ten sentences; none: the database is whole. */
export function integrityFaults(sqlite: Database): string[] {
  const lines = sqlite.prepare('PRAGMA integrity_check(10)').pluck().all() as string[];
  return lines.length === 1 && lines[0] === 'ok' ? [] : lines;
}

/** What was written to the file, or into the folder, is on the disk when this returns. */
export function syncToDisk(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** What the disk has against it; whatever else is SQLite's word about the source. */
function explained(error: unknown, target: string): unknown {
  const { code } = error as { code?: unknown };
  if (typeof code !== 'string') return error;
  if (code === 'ENOSPC' || code === 'SQLITE_FULL')
    return new StoreError(`there is no room for ${target}`, 'make room, or choose another disk');
  if (/^E[A-Z]+$/.test(code) || code.startsWith('SQLITE_CANTOPEN'))
    return new StoreError(`${target} cannot be written (${code})`, 'check that its folder exists and is writable');
  return error;
}

function faultsOf(file: string): string[] {
  const copy = new Sqlite(file, { readonly: true });
  try {
    return integrityFaults(copy);
  } finally {
    copy.close();
  }
}
