/** Databases of earlier versions, made as those made them. */
import { readdirSync, readFileSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { recordDigest } from '../../src/atlas/digest.ts';
import { record } from '../records.ts';

const folder = new URL('../../migrations/', import.meta.url);
/** All that there are, in their order. */
export const migrations = readdirSync(folder)
  .filter((name) => name.endsWith('.sql'))
  .sort();

/** A database as the version with so many migrations left it, with a row in each of the tables that matter. */
export function makeOlder(file: string, count: number): void {
  const sqlite = new Sqlite(file);
  sqlite.pragma('journal_mode = WAL');
  sqlite.exec(`CREATE TABLE d1_migrations(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE,
    applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)`);
  for (const name of migrations.slice(0, count)) {
    sqlite.exec(readFileSync(new URL(name, folder), 'utf8'));
    sqlite.prepare('INSERT INTO d1_migrations (name) VALUES (?)').run(name);
    if (name === '0001_atlas.sql') fillAtlas(sqlite);
    if (name === '0002_checks.sql') fillChecks(sqlite);
    if (name === '0006_tokens.sql') fillTokens(sqlite);
  }
  sqlite.close();
}

function fillAtlas(sqlite: Sqlite.Database): void {
  const facts = record({ id: 'post.example' });
  sqlite.prepare('INSERT INTO provider VALUES (?, ?, ?)').run(facts.id, recordDigest(facts), JSON.stringify(facts));
  sqlite.exec(`INSERT INTO domain VALUES ('post.example', 'post.example', NULL);
    INSERT INTO meta VALUES ('loaded', 'digest');
    INSERT INTO revision (at, id, new_digest, cause) VALUES ('2026-11-20T10:00:00.000Z', 'post.example', 'digest', 'load')`);
}

function fillChecks(sqlite: Sqlite.Database): void {
  const [endpoint, at] = ['imap://imap.post.example:993?security=tls', '2026-11-20T10:00:00.000Z'];
  sqlite.exec(`INSERT INTO run (by, vantage, started, alive_until, ended, planned, done, verdict)
      VALUES ('x', 'local', '${at}', '${at}', '${at}', 1, 1, 'sound');
    INSERT INTO "check" (endpoint, at, vantage, run, code, outcome, warnings, says, ms, changed)
      VALUES ('${endpoint}', '${at}', 'local', 1, 'ok', 'works', '', 'It works.', 12, 1);
    INSERT INTO status (endpoint, status, reason, since, applied, due_at)
      VALUES ('${endpoint}', 'unverified', 'new', '${at}', 1, '${at}');
    INSERT INTO quarantine (name, at, why, by) VALUES ('sold.example', '${at}', 'It was sold.', 'anna')`);
}

function fillTokens(sqlite: Sqlite.Database): void {
  sqlite.exec(`INSERT INTO token (name, role, hash, created)
    VALUES ('anna', 'admin', 'x', '2026-11-20T10:00:00.000Z')`);
}
