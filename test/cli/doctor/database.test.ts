/** What the doctor says of a database and its disk, each fault made for real. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, type TestContext, test } from 'node:test';
import Sqlite from 'better-sqlite3';
import { load } from '../../../src/catalog/load.ts';
import { examineDatabase } from '../../../src/cli/doctor/database.ts';
import { openSqlite } from '../../../src/store/sqlite.ts';
import { curated, record } from '../../records.ts';
import { makeOlder, migrations } from '../../store/older.ts';

const temporary = mkdtempSync(join(tmpdir(), 'mailatlas-doctor-'));
after(() => rmSync(temporary, { recursive: true }));
let folders = 0;

describe('the doctor looks at the database', () => {
  test('and finds a good one good, without changing it', async () => {
    const file = await good();
    const before = readFileSync(file);
    const { findings, health } = examineDatabase(file);
    assert.deepEqual(
      findings.map(({ check, state }) => [check, state]),
      [
        ['database', 'ok'],
        ['disk', 'ok'],
      ],
    );
    assert.equal(health?.newest, '2026-11-20T10:00:00.000Z');
    assert.ok(readFileSync(file).equals(before));
    assert.deepEqual([existsSync(`${file}-wal`), existsSync(`${file}-shm`)], [false, false]);
  });

  test('that is not there yet', () => {
    const file = join(newFolder(), 'mailatlas.db');
    has(file, 'database', 'warning', `there is no ${file} yet`);
    assert.equal(existsSync(file), false);
  });

  test('in a folder that is not there', () => {
    const file = join(newFolder(), 'nowhere', 'mailatlas.db');
    has(file, 'disk', 'fault', /^there is no folder .*nowhere$/);
  });

  test('that is empty, no database, or another program’s', () => {
    const file = join(newFolder(), 'mailatlas.db');
    writeFileSync(file, '');
    has(file, 'database', 'warning', `${file} is empty`);
    writeFileSync(file, 'Dear all, '.repeat(100));
    has(file, 'database', 'fault', `${file} is not a SQLite database`);
    rmSync(file);
    run(file, 'CREATE TABLE recipes (name TEXT)');
    has(file, 'database', 'fault', `${file} is a database of another program`);
  });

  test('with a damaged table', async () => {
    const file = await good();
    damage(file, 'provider');
    has(file, 'database', 'fault', /is damaged/);
  });

  test('with a damaged index, which most reading does not notice', async () => {
    const file = await good();
    run(file, `PRAGMA writable_schema = ON; DELETE FROM sqlite_schema WHERE name = 'domain_provider'`);
    has(file, 'database', 'fault', /is damaged: /);
  });

  test('of a newer version, and of an older one', async () => {
    const file = await good();
    run(file, `INSERT INTO d1_migrations (name) VALUES ('9999_from_the_future.sql')`);
    has(file, 'database', 'fault', /has the migration 9999_from_the_future\.sql, which this version/);
    const old = join(newFolder(), 'mailatlas.db');
    makeOlder(old, migrations.length - 1);
    has(old, 'migrations', 'warning', /is of an older version: \S+\.sql will be applied/);
  });

  test('that another process is writing to all the time', async () => {
    const file = await good();
    const writer = new Sqlite(file);
    writer.exec('BEGIN IMMEDIATE');
    has(file, 'writing', 'warning', /another process has been writing/);
    writer.close();
  });

  test('whose log grows because somebody reads without end', async () => {
    const file = await good();
    const [reader, writer] = [new Sqlite(file), new Sqlite(file)];
    reader.exec('BEGIN; SELECT * FROM meta');
    writer.exec('CREATE TABLE big (blob BLOB)');
    for (let n = 0; n < 70; n++) writer.exec('INSERT INTO big VALUES (zeroblob(1000000))');
    has(file, 'log', 'warning', /-wal has \d+\.\d MB: somebody has been reading/);
    reader.close();
    writer.close();
  });

  test('on a disk with little room, with none, and without room for another file', async (t) => {
    const { size } = statSync(await good());
    for (const [options, state, says] of [
      ['size=30m', 'warning', /has \d+\.\d MB left; with 50\.0 MB there is room for a backup/],
      [`size=${Math.ceil(size / 1024) + 200}k`, 'fault', /is full/],
      ['size=90m,nr_inodes=5', 'fault', /no room for another file/],
    ] as const) {
      const disk = smallDisk(t, options);
      if (disk === undefined) return t.skip('this user may not mount a small disk');
      const file = await good(disk);
      if (options.includes('nr_inodes')) {
        for (let n = 0; n < 3; n++) writeFileSync(join(disk, String(n)), '');
      }
      has(file, 'disk', state, says);
    }
  });

  test('that this user may not write', async (t) => {
    if (process.getuid?.() !== 0) return t.skip('only root can make a database of somebody else');
    const file = await good();
    for (const [path, mode] of [
      [temporary, '755'],
      [join(file, '..'), '755'],
      [file, '644'],
    ] as const)
      spawnSync('chmod', [mode, path]);
    const source = new URL('../../../src/cli/doctor/database.ts', import.meta.url).href;
    const program = `const { examineDatabase } = await import(${JSON.stringify(source)});
      console.log(JSON.stringify(examineDatabase(process.argv[1]).findings));`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program, file], {
      uid: 65534,
      gid: 65534,
      encoding: 'utf8',
    });
    if (stderr.includes('EACCES')) return t.skip('another user may not read the program');
    assert.match(stdout, /"check":"(writing|database)","state":"fault"/, stderr);
  });
});

function has(file: string, check: string, state: string, says: string | RegExp): void {
  const { findings } = examineDatabase(file);
  const found = findings.find((one) => one.check === check);
  assert.ok(found, JSON.stringify(findings));
  assert.equal(found.state, state, found.says);
  if (typeof says === 'string') assert.equal(found.says, says);
  else assert.match(found.says, says);
  assert.ok(state === 'ok' || (found.tip ?? '') !== '', 'it says what to do');
}

async function good(folder = newFolder()): Promise<string> {
  const file = join(folder, 'mailatlas.db');
  const store = openSqlite(file);
  await load(store, curated({ providers: [record({ id: 'a.example' })] }), 'digest', '2026-11-20T10:00:00.000Z');
  store.close();
  return file;
}

function newFolder(): string {
  const folder = join(temporary, String(++folders));
  mkdirSync(folder);
  return folder;
}

/** @returns undefined where this user may not mount one */
function smallDisk(t: TestContext, options: string): string | undefined {
  const folder = newFolder();
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]).status !== 0) return undefined;
  t.after(() => spawnSync('umount', [folder]));
  return folder;
}

function run(file: string, sql: string): void {
  const sqlite = new Sqlite(file);
  sqlite.unsafeMode();
  sqlite.exec(sql);
  sqlite.close();
}

/** Overwrites the root page of a table with nonsense. */
function damage(file: string, table: string): void {
  const sqlite = new Sqlite(file);
  const page = sqlite.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').pluck().get(table) as number;
  sqlite.close();
  const handle = openSync(file, 'r+');
  writeSync(handle, Buffer.alloc(4096, 0xff), 0, 4096, (page - 1) * 4096);
  closeSync(handle);
}
