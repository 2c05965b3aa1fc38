/** Upgrades: from every schema there was, with rows in it; a backup is left, and the way back to it works. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import Sqlite from 'better-sqlite3';
import { readCurated } from '../../src/store/providers.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import { makeOlder, migrations } from './older.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const newest = migrations.at(-1)?.replace('.sql', '') ?? '';
const temporary = mkdtempSync(join(tmpdir(), 'mailatlas-migrate-'));
after(() => rmSync(temporary, { recursive: true }));
let files = 0;

describe('an upgrade', () => {
  for (const count of migrations.keys()) {
    if (count === 0) continue;
    test(`from ${migrations[count - 1]} keeps every row, and leaves a backup beside it`, async () => {
      const { file, rows } = older(count);
      const told: string[] = [];
      openSqlite(file, (message) => told.push(message)).close();
      const backup = `${file}.before-${migrations[count]?.replace('.sql', '')}`;
      assert.deepEqual(told, [`the database was brought up to ${newest}; what it was before is ${backup}`]);
      assert.deepEqual(applied(backup), migrations.slice(0, count));
      assert.deepEqual(rowsOf(backup), rows);
      assert.deepEqual(applied(file), migrations);
      assert.deepEqual(await domains(file), ['post.example']);
      const kept = rowsOf(file);
      for (const [table, n] of Object.entries(rows)) assert.equal(kept[table], n, table);
      openSqlite(file, (message) => told.push(message)).close();
      assert.equal(told.length, 1, 'the second time nothing is to do');
    });
  }

  test('of a new database leaves no backup and is no news', () => {
    const file = join(temporary, `${++files}.db`);
    const told: string[] = [];
    openSqlite(file, (message) => told.push(message)).close();
    assert.deepEqual(told, []);
    assert.deepEqual(
      readdirSync(temporary).filter((name) => name.startsWith(`${files}.db.before`)),
      [],
    );
  });

  test('that cannot be finished changes nothing, and the backup stays', () => {
    const count = migrations.indexOf('0014_ipv6.sql');
    const { file, rows } = older(count);
    // The first that is missing can be done, the second finds its table gone.
    const sqlite = new Sqlite(file);
    sqlite.exec('ALTER TABLE watch RENAME TO elsewhere');
    sqlite.close();
    assert.throws(() => openSqlite(file));
    assert.deepEqual(applied(file), migrations.slice(0, count));
    assert.equal(Object.keys(rowsOf(file)).length, Object.keys(rows).length);
  });

  test('without room for a backup does not happen', (t) => {
    const { file } = older(migrations.length - 1);
    const size = Math.ceil(statSync(file).size / 4096 + 16);
    const full = mkdtempSync(join(temporary, 'disk-'));
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size * 4}k`, 'tmpfs', full]).status !== 0)
      return t.skip('this user may not mount a small disk');
    try {
      const there = join(full, 'mailatlas.db');
      cpSync(file, there);
      assert.throws(() => openSqlite(there), {
        name: 'StoreError',
        message: `there is no room for ${there}.before-${newest}`,
        tip: 'make room, or choose another disk',
      });
      assert.deepEqual(readdirSync(full), ['mailatlas.db']);
      assert.deepEqual(applied(there), migrations.slice(0, -1));
    } finally {
      spawnSync('umount', [full]);
    }
  });
});

describe('an older version', () => {
  test('refuses the upgraded database, names the backup that it can open, and restores it', () => {
    const program = olderProgram();
    const { file, rows } = older(migrations.length - 1);
    openSqlite(file).close();
    const backup = `${file}.before-${newest}`;

    const refused = mailatlas(program, 'token', 'list', '--db', file);
    assert.equal(refused.status, 3);
    assert.equal(
      refused.stderr,
      `mailatlas: ${file} has the migration ${newest}.sql, which this version of mailatlas does not know\n` +
        `  hint: run the newer version that made it, or go back to what was before it: mailatlas restore ${backup}\n`,
    );

    const restored = mailatlas(program, 'restore', backup, '--db', file);
    assert.equal(restored.status, 0, restored.stderr);
    assert.deepEqual(rowsOf(file), rows);
    assert.equal(mailatlas(program, 'token', 'list', '--db', file).status, 0);

    const again = mailatlas(join(root, 'src/cli/main.ts'), 'token', 'list', '--db', file);
    assert.equal(
      again.stderr,
      `mailatlas: the database was brought up to ${newest}; what it was before is ${backup}-2\n`,
      'the next upgrade has a backup of its own',
    );
    assert.ok(existsSync(backup));
  });
});

/** A database as the version with so many migrations left it, with a row in each of the tables that matter. */
function older(count: number): { readonly file: string; readonly rows: Record<string, number> } {
  const file = join(temporary, `${++files}.db`);
  makeOlder(file, count);
  return { file, rows: rowsOf(file) };
}

/** Every table with its number of rows. */
function rowsOf(file: string): Record<string, number> {
  const sqlite = new Sqlite(file, { readonly: true });
  const tables = sqlite
    .prepare(
      `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'd1_migrations'`,
    )
    .pluck()
    .all() as string[];
  const rows = tables.map((name): [string, number] => [
    name,
    sqlite.prepare(`SELECT count(*) FROM "${name}"`).pluck().get() as number,
  ]);
  sqlite.close();
  return Object.fromEntries(rows);
}

function applied(file: string): unknown[] {
  const sqlite = new Sqlite(file, { readonly: true });
  const names = sqlite.prepare('SELECT name FROM d1_migrations ORDER BY id').pluck().all();
  sqlite.close();
  return names;
}

async function domains(file: string): Promise<string[]> {
  const store = openSqlite(file);
  const { providers } = await readCurated(store.db);
  store.close();
  return providers.flatMap((one) => one.domains);
}

/** The program as it was before the last migration. */
function olderProgram(): string {
  const folder = join(temporary, 'older');
  for (const name of ['src', 'migrations', 'package.json'])
    cpSync(join(root, name), join(folder, name), { recursive: true });
  rmSync(join(folder, 'migrations', `${newest}.sql`));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return join(folder, 'src/cli/main.ts');
}

function mailatlas(program: string, ...args: string[]) {
  return spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' });
}
