/**
 * Numbered SQL files, applied in order, all that are missing as one transaction. The names that were applied are kept in
 * the table that wrangler uses for D1, so that a database can be handed from one to the other.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Sqlite, { type Database } from 'better-sqlite3';
import { StoreError } from './db.ts';
import { copyDatabase } from './file/copy-node.ts';

const directory = fileURLToPath(new URL('../../migrations', import.meta.url));

const list = 'd1_migrations';
const createList = `CREATE TABLE IF NOT EXISTS d1_migrations(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT UNIQUE,
  applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
)`;

/**
 * Refuses what must not be touched, before anything is written.
 * @throws {StoreError} where the database was made by another program or by a newer version of this one
 */
export function refuseForeign(sqlite: Database, file: string): void {
  const names = tables(sqlite);
  if (names.length > 0 && !names.includes(list)) {
    throw new StoreError(`${file} is a database of another program`, 'name another file with --db FILE');
  }
  const foreign = applied(sqlite).find((name, i) => name !== known()[i]);
  if (foreign !== undefined) {
    const backup = backupForUs(file);
    throw new StoreError(
      `${file} has the migration ${foreign}, which this version of mailatlas does not know`,
      backup === undefined
        ? 'run the newer version that made it, or name another file with --db FILE'
        : `run the newer version that made it, or go back to what was before it: mailatlas restore ${backup}`,
    );
  }
}

/**
 * Brings the database up to the newest migration: all that are missing, or none. Of what somebody has used already a backup
 * is made first: no migration can be undone, and an older version does not open a newer database. Another process that
 * starts meanwhile waits.
 * @param tell hears of it: lower case, no full stop
 */
export function migrate(sqlite: Database, file: string, tell: (message: string) => void): void {
  sqlite.exec(createList);
  refuseForeign(sqlite, file);
  if (pendingMigrations(sqlite).length === 0) return;
  const done = sqlite.transaction(() => {
    const pending = pendingMigrations(sqlite);
    const [first] = pending;
    const backup = first !== undefined && hasContent(sqlite) ? keepBefore(file, first) : undefined;
    for (const name of pending) {
      sqlite.exec(readFileSync(join(directory, name), 'utf8'));
      sqlite.prepare('INSERT INTO d1_migrations (name) VALUES (?)').run(name);
    }
    return backup;
  });
  const backup = done.immediate();
  if (backup !== undefined)
    tell(`the database was brought up to ${newestMigration()}; what it was before is ${backup}`);
}

/** Whether it is more than a new, empty database. */
export function hasContent(sqlite: Database): boolean {
  return applied(sqlite).length > 0;
}

/** The migrations that the database does not have yet, in their order. */
export function pendingMigrations(sqlite: Database): string[] {
  return known().slice(applied(sqlite).length);
}

/** The newest migration that this version knows: `0015_owners`. */
export function newestMigration(): string {
  return title(known().at(-1) ?? '');
}

/**
 * `mailatlas.db.before-0016_name`, and with a number where somebody has gone back and forth. Over a connection of its own,
 * which sees nothing of what the first one is about to do.
 */
function keepBefore(file: string, migration: string): string {
  const name = `${file}.before-${title(migration)}`;
  const reader = new Sqlite(file, { readonly: true });
  try {
    for (let n = 1; ; n++) {
      const backup = n === 1 ? name : `${name}-${n}`;
      if (existsSync(backup)) continue;
      copyDatabase(reader, backup);
      return backup;
    }
  } finally {
    reader.close();
  }
}

/** The newest of the backups beside a database that this version can open. */
function backupForUs(file: string): string | undefined {
  const [folder, prefix] = [dirname(file), `${basename(file)}.before-`];
  const backups = existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith(`${prefix}0`)) : [];
  const fit = backups.sort().filter((name) => isKnown(join(folder, name)));
  return fit.length === 0 ? undefined : join(folder, fit.at(-1) ?? '');
}

function isKnown(file: string): boolean {
  let sqlite: Database | undefined;
  try {
    sqlite = new Sqlite(file, { readonly: true });
    const names = applied(sqlite);
    return names.length > 0 && names.every((name, i) => name === known()[i]);
  } catch {
    return false;
  } finally {
    sqlite?.close();
  }
}

function title(migration: string): string {
  return migration.replace(/\.sql$/, '');
}

function tables(sqlite: Database): string[] {
  return sqlite.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table'`).pluck().all() as string[];
}

function known(): string[] {
  return readdirSync(directory)
    .filter((name) => /^\d{4}_.*\.sql$/.test(name))
    .sort();
}

export function applied(sqlite: Database): string[] {
  if (!tables(sqlite).includes(list)) return [];
  return sqlite.prepare('SELECT name FROM d1_migrations ORDER BY id').pluck().all() as string[];
}
