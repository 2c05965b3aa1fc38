/**
 * Numbered SQL files, applied in order, each as one transaction. The names that were applied are kept in the table that
 * wrangler uses for D1, so that a database can be handed from one to the other.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Database } from 'better-sqlite3';
import { StoreError } from './db.ts';

const directory = fileURLToPath(new URL('../../migrations', import.meta.url));

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
  const tables = sqlite.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table'`).pluck().all() as string[];
  if (tables.length > 0 && !tables.includes('d1_migrations')) {
    throw new StoreError(`${file} is a database of another program`, 'name another file with --db FILE');
  }
  const foreign = tables.length === 0 ? undefined : applied(sqlite).find((name, i) => name !== known()[i]);
  if (foreign !== undefined) {
    throw new StoreError(
      `${file} has the migration ${foreign}, which this version of mailatlas does not know`,
      'run the newer version that made it, or name another file with --db FILE',
    );
  }
}

/** Brings the database up to the newest migration. */
export function migrate(sqlite: Database, file: string): void {
  sqlite.exec(createList);
  refuseForeign(sqlite, file);
  for (const name of known().slice(applied(sqlite).length)) apply(sqlite, name);
}

function known(): string[] {
  return readdirSync(directory)
    .filter((name) => /^\d{4}_.*\.sql$/.test(name))
    .sort();
}

function applied(sqlite: Database): string[] {
  return sqlite.prepare('SELECT name FROM d1_migrations ORDER BY id').pluck().all() as string[];
}

function apply(sqlite: Database, name: string): void {
  const text = readFileSync(join(directory, name), 'utf8');
  sqlite
    .transaction(() => {
      // Another process may have been faster: two servers that start on one new file at once.
      const done = sqlite.prepare('SELECT 1 FROM d1_migrations WHERE name = ?').get(name);
      if (done) return;
      sqlite.exec(text);
      sqlite.prepare('INSERT INTO d1_migrations (name) VALUES (?)').run(name);
    })
    .immediate();
}
