/** Backups while others write, and the way back: what is refused leaves everything as it was. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import process from 'node:process';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import Sqlite from 'better-sqlite3';
import { load } from '../../../src/catalog/load.ts';
import { backUp, restore } from '../../../src/store/file/backup-node.ts';
import { readCurated } from '../../../src/store/providers.ts';
import { newestRevision } from '../../../src/store/revisions.ts';
import { openSqlite } from '../../../src/store/sqlite.ts';
import { curated, record } from '../../records.ts';

const temporary = mkdtempSync(join(tmpdir(), 'mailatlas-backup-'));
after(() => rmSync(temporary, { recursive: true }));
let folders = 0;
const now = new Date('2026-11-30T10:31:00.500Z');
const another = 'name another backup, of this version of mailatlas or an older one';

describe('a backup', () => {
  test('is a database of its own that holds the same', async () => {
    const { file, folder } = await loaded();
    const copy = backUp(file, join(folder, 'copy.db'), now);
    assert.deepEqual(
      { ...copy, bytes: 0 },
      { file: join(folder, 'copy.db'), revision: 2, checks: 0, submissions: 0, pending: [], bytes: 0 },
    );
    assert.equal(copy.bytes, statSync(copy.file).size);
    assert.deepEqual(await contents(copy.file), await contents(file));
    assert.equal(statSync(copy.file).mode & 0o777, 0o600, 'digests of tokens are in it');
  });

  test('in a folder is named by the time', async () => {
    const { file, folder } = await loaded();
    assert.equal(basename(backUp(file, folder, now).file), 'mailatlas-20261130T103100Z.db');
  });

  test('holds one moment, however others write meanwhile', async () => {
    const { file, folder } = await loaded();
    const writer = await writing(file);
    const seen: number[] = [];
    try {
      for (let n = 0; n < 8; n++) {
        const copy = new Sqlite(backUp(file, join(folder, `${n}.db`), now).file, { readonly: true });
        // Each transaction of the writer moves both numbers; the row between them makes the file grow.
        const read = copy.prepare(`SELECT value FROM meta WHERE key = ?`).pluck();
        const [first, last] = [read.get('first'), read.get('last')];
        assert.equal(first, last);
        assert.equal(copy.prepare('SELECT count(*) FROM meta WHERE key LIKE ?').pluck().get('row-%'), Number(first));
        assert.equal(copy.pragma('integrity_check', { simple: true }), 'ok');
        copy.close();
        seen.push(Number(first));
      }
    } finally {
      await ended(writer);
    }
    assert.ok(new Set(seen).size > 4, `the writer wrote all the time: ${seen.join()}`);
  });

  test('replaces no file, and not the database itself', async () => {
    const { file, folder } = await loaded();
    const mine = join(folder, 'letter.txt');
    writeFileSync(mine, 'Dear all');
    for (const target of [mine, file])
      assert.throws(() => backUp(file, target, now), {
        message: `there is a ${target} already`,
        tip: 'name a file that is not there yet, or a folder',
      });
    assert.equal(readFileSync(mine, 'utf8'), 'Dear all');
  });

  test('leaves nothing behind where it cannot be made', async () => {
    const { file, folder } = await loaded();
    assert.throws(() => backUp(file, join(folder, 'nowhere', 'copy.db'), now), {
      message: /cannot be written \(ENOENT\)/,
    });
    damage(file, 'provider');
    assert.throws(() => backUp(file, join(folder, 'copy.db'), now), { message: `the database ${file} is damaged` });
    assert.deepEqual(
      readdirSync(folder).filter((name) => !name.startsWith('mailatlas.db')),
      [],
    );
  });

  test('takes the place of what a killed one left', async () => {
    const { file, folder } = await loaded();
    const target = join(folder, 'copy.db');
    writeFileSync(`${target}.unfinished`, 'SQLite format 3');
    backUp(file, target, now);
    assert.deepEqual(await contents(target), await contents(file));
    assert.equal(existsSync(`${target}.unfinished`), false);
  });
});

describe('restoring', () => {
  test('puts the backup in the place of the database, and keeps what was there beside it', async () => {
    const { file, folder } = await loaded();
    const { file: copy } = backUp(file, join(folder, 'copy.db'), now);
    await change(file);
    const changed = await contents(file);
    const done = restore(copy, file, now);
    assert.deepEqual(done.before, `${file}.before-restore-20261130T103100Z`);
    assert.equal(done.revision, 2);
    assert.deepEqual(await contents(file), await contents(copy));
    assert.deepEqual(await contents(done.before), changed);
  });

  test('goes where a link to the database leads, and gives it the mode of the former one', async () => {
    const { file, folder } = await loaded();
    const { file: copy } = backUp(file, join(folder, 'copy.db'), now);
    const link = join(folder, 'link.db');
    symlinkSync(file, link);
    const { mode } = statSync(file);
    assert.equal(restore(copy, link, now).file, file);
    assert.equal(statSync(file).mode, mode);
    assert.deepEqual(await contents(link), await contents(copy));
  });

  test('needs no former database', async () => {
    const { file, folder } = await loaded();
    const place = join(folder, 'new.db');
    assert.equal(restore(file, place, now).before, undefined);
    assert.deepEqual(await contents(place), await contents(file));
  });

  test('waits for nobody: where a process has the database open, nothing is changed', async () => {
    const { file, folder } = await loaded();
    const { file: copy } = backUp(file, join(folder, 'copy.db'), now);
    const writer = await writing(file);
    const before = readdirSync(folder).sort();
    try {
      assert.throws(() => restore(copy, file, now), {
        message: `another process has ${file} open`,
        tip: 'stop the server first (systemctl stop mailatlas); nothing was changed',
      });
      assert.deepEqual(readdirSync(folder).sort(), before);
    } finally {
      await ended(writer);
    }
    restore(copy, file, now);
    assert.equal((await contents(file)).providers.length, 2);
  });

  test('refuses what is no good backup, and leaves everything as it was', async () => {
    const { file, folder } = await loaded();
    const bad = join(folder, 'bad.db');
    const was = await contents(file);
    const refuses = (message: string): void => {
      const names = readdirSync(folder).sort();
      assert.throws(() => restore(bad, file, now), { name: 'StoreError', message, tip: another });
      assert.deepEqual(readdirSync(folder).sort(), names);
    };
    refuses(`there is no ${bad}`);
    writeFileSync(bad, 'Dear all, '.repeat(1000));
    refuses(`${bad} is not a SQLite database`);
    writeFileSync(bad, '');
    refuses(`there is nothing in ${bad}`);

    rmSync(bad);
    const foreign = new Sqlite(bad);
    foreign.exec('CREATE TABLE recipes (name TEXT)');
    foreign.close();
    refuses(`${bad} is a database of another program`);

    rmSync(bad);
    backUp(file, bad, now);
    damage(bad, 'provider');
    refuses(`the database ${bad} is damaged`);

    rmSync(bad);
    backUp(file, bad, now);
    const newer = new Sqlite(bad);
    newer.exec(`INSERT INTO d1_migrations (name) VALUES ('9999_from_the_future.sql')`);
    newer.close();
    refuses(`${bad} has the migration 9999_from_the_future.sql, which this version of mailatlas does not know`);
    assert.deepEqual(await contents(file), was);
  });

  test('refuses the database itself', async () => {
    const { file } = await loaded();
    assert.throws(() => restore(file, file, now), { message: `${file} is the database itself` });
  });

  test('takes the place of a database that nobody can read any more, and of its log', async () => {
    const { file, folder } = await loaded();
    const { file: copy } = backUp(file, join(folder, 'copy.db'), now);
    writeFileSync(file, 'x'.repeat(8192));
    writeFileSync(`${file}-wal`, 'the last words');
    const { before = '' } = restore(copy, file, now);
    assert.equal(readFileSync(before, 'utf8'), 'x'.repeat(8192));
    assert.equal(existsSync(`${file}-wal`), false);
    assert.deepEqual(await contents(file), await contents(copy));
  });
});

async function loaded(): Promise<{ readonly file: string; readonly folder: string }> {
  const folder = join(temporary, String(++folders));
  mkdirSync(folder);
  const file = join(folder, 'mailatlas.db');
  const store = openSqlite(file);
  const providers = [record({ id: 'a.example' }), record({ id: 'b.example' })];
  await load(store, curated({ providers }), 'digest', '2026-11-20T10:00:00.000Z');
  store.close();
  return { file, folder };
}

async function change(file: string): Promise<void> {
  const store = openSqlite(file);
  await load(store, curated({ providers: [record({ id: 'a.example' })] }), 'other', '2026-11-21T10:00:00.000Z');
  store.close();
}

async function contents(file: string) {
  const store = openSqlite(file);
  try {
    return { ...(await readCurated(store.db)), revision: await newestRevision(store.db) };
  } finally {
    store.close();
  }
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

/** Another process that writes as fast as it can: 4 kB and two numbers in each transaction. */
async function writing(file: string): Promise<ChildProcess> {
  const program = `
    const sqlite = new (require('better-sqlite3'))(process.argv[1], { timeout: 5000 });
    const put = sqlite.prepare('INSERT INTO meta VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value');
    const step = sqlite.transaction((n) => {
      put.run('first', String(n));
      put.run('row-' + n, 'x'.repeat(4000));
      put.run('last', String(n));
    });
    let n = 0;
    const go = () => { for (let i = 0; i < 20; i++) step.immediate(++n); setImmediate(go); };
    go();
    console.log('writes');`;
  const child = spawn(process.execPath, ['-e', program, file], {
    cwd: fileURLToPath(new URL('../../..', import.meta.url)),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

async function ended(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}
