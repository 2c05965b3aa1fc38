/** The store on better-sqlite3: what every store promises, and what is SQLite's own. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import Sqlite from 'better-sqlite3';
import { sql } from 'drizzle-orm';
import { load } from '../../src/catalog/load.ts';
import { type Store, StoreError } from '../../src/store/db.ts';
import { putMeta, readMeta } from '../../src/store/meta.ts';
import { readCurated } from '../../src/store/providers.ts';
import { newestRevision } from '../../src/store/revisions.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import { curated, record } from '../records.ts';
import { storeContract } from './contract/contract.ts';

const folder = mkdtempSync(join(tmpdir(), 'mailatlas-sqlite-'));
after(() => rmSync(folder, { recursive: true }));
let files = 0;
const newFile = (): string => join(folder, `${++files}.db`);
const hint = 'name another file with --db FILE or in MAILATLAS_DB';
const privileges = ordinaryUser();
const data = curated({ providers: [record({ id: 'a.example' }), record({ id: 'b.example' })] });

storeContract('better-sqlite3, in a file', () => openSqlite(newFile()));
storeContract('better-sqlite3, in memory', () => openSqlite(':memory:'));

describe('a SQLite file', () => {
  test('is in WAL mode: readers go on while somebody writes', async () => {
    const file = newFile();
    const store = await loaded(file);
    assert.equal(await pragma(store, 'journal_mode'), 'wal');
    const writer = new Sqlite(file);
    writer.exec(`BEGIN IMMEDIATE; DELETE FROM provider; INSERT INTO meta VALUES ('loaded', 'x')
      ON CONFLICT DO UPDATE SET value = 'x'`);
    assert.equal((await readCurated(store.db)).providers.length, 2, 'what is not committed is not seen');
    writer.exec('COMMIT');
    assert.equal((await readCurated(store.db)).providers.length, 0);
    writer.close();
    store.close();
  });

  test('is written with synchronous = FULL: what was acknowledged survives a power cut', async () => {
    const store = openSqlite(newFile());
    assert.equal(await pragma(store, 'synchronous'), 2);
    store.close();
  });

  test('is waited for: a writer gives another one five seconds', async () => {
    const file = newFile();
    const store = openSqlite(file);
    assert.equal(await pragma(store, 'busy_timeout', 'timeout'), 5000);
    const holder = await hold(file, 'BEGIN IMMEDIATE', forEver);
    const writing = store.atomically([putMeta(store.db, 'loaded', 'mine')]);
    holder.kill('SIGKILL');
    await writing;
    assert.equal(await readMeta(store.db, 'loaded'), 'mine');
    await ended(holder);
    store.close();
  });

  test('is waited for without stopping the process: others have their turn meanwhile', async () => {
    const file = newFile();
    // The first write of a process as well as all others.
    const store = openSqlite(file);
    const holder = await hold(file, 'BEGIN IMMEDIATE', forEver);
    let isWritten = false;
    const writing = store.atomically([putMeta(store.db, 'loaded', 'mine')]).then(() => (isWritten = true));
    for (let turns = 0; turns < 5; turns++) await new Promise((resolve) => setTimeout(resolve, 1));
    assert.equal(isWritten, false, 'it waits, and we had five turns');
    holder.kill('SIGKILL');
    await writing;
    await ended(holder);
    store.close();
  });

  test('keeps what was written when it is closed and opened again', async () => {
    const file = newFile();
    (await loaded(file)).close();
    const again = openSqlite(file);
    assert.deepEqual(await readCurated(again.db), data);
    assert.equal(await newestRevision(again.db), 2);
    again.close();
  });

  test('is left without a log beside it when it is closed', async () => {
    const file = newFile();
    (await loaded(file)).close();
    assert.deepEqual([existsSync(`${file}-wal`), existsSync(`${file}-shm`)], [false, false]);
  });

  test('is not written to once it was moved, deleted or replaced: that would be gone at the next start', async () => {
    for (const name of ['', '-wal']) {
      const file = newFile();
      const store = await loaded(file);
      renameSync(`${file}${name}`, `${file}.away`);
      await assert.rejects(store.atomically([putMeta(store.db, 'loaded', 'x')]), {
        name: 'StoreError',
        message: `${file}${name} was moved, deleted or replaced while it was in use`,
        tip: 'stop whoever uses it, put the right file in its place with mailatlas restore, and start again',
      });
      store.close();
    }
  });

  test('lists its migrations where wrangler looks for them', () => {
    const file = newFile();
    openSqlite(file).close();
    openSqlite(file).close();
    const sqlite = new Sqlite(file, { readonly: true });
    const applied = sqlite.prepare('SELECT name FROM d1_migrations ORDER BY id').pluck().all();
    sqlite.close();
    const known = readdirSync(new URL('../../migrations', import.meta.url)).filter((name) => name.endsWith('.sql'));
    assert.deepEqual(applied, known.sort());
  });

  test('may be empty: a file of no bytes is a new database', async () => {
    const file = newFile();
    writeFileSync(file, '');
    const store = await loaded(file);
    assert.deepEqual(await readCurated(store.db), data);
    store.close();
  });
});

describe('the data version of a SQLite file', () => {
  test('changes when another connection writes', async () => {
    const file = newFile();
    const [store, other] = [openSqlite(file), openSqlite(file)];
    const before = store.dataVersion();
    await other.atomically([putMeta(other.db, 'loaded', 'x')]);
    assert.notEqual(store.dataVersion(), before);
    assert.equal(store.dataVersion(), store.dataVersion(), 'asking changes nothing');
    store.close();
    other.close();
  });

  test('stays when another connection only reads, or takes back what it wrote', async () => {
    const file = newFile();
    const [store, other] = [openSqlite(file), new Sqlite(file)];
    const before = store.dataVersion();
    other.prepare('SELECT * FROM meta').all();
    other.exec(`BEGIN; INSERT INTO meta VALUES ('loaded', 'x'); ROLLBACK`);
    assert.equal(store.dataVersion(), before);
    store.close();
    other.close();
  });
});

describe('a database that cannot be opened is refused in one sentence, with a tip', () => {
  const textFile = newFile();
  writeFileSync(textFile, 'Shopping list: bread, butter, a database.\n'.repeat(100));
  test('a file that is no database', () => {
    refuses(() => openSqlite(textFile), `${textFile} is not a SQLite database`, hint);
  });

  test('a file that is too short to be one', () => {
    const file = newFile();
    writeFileSync(file, 'hello');
    refuses(() => openSqlite(file), `${file} is not a SQLite database`, hint);
  });

  test('a database of another program', () => {
    const file = foreignDatabase();
    const tip = 'name another file with --db FILE';
    refuses(() => openSqlite(file), `${file} is a database of another program`, tip);
  });

  test('a database that a newer version has migrated', () => {
    const file = newFile();
    openSqlite(file).close();
    const sqlite = new Sqlite(file);
    sqlite.exec(`INSERT INTO d1_migrations (name) VALUES ('9999_from_the_future.sql')`);
    sqlite.close();
    refuses(
      () => openSqlite(file),
      `${file} has the migration 9999_from_the_future.sql, which this version of mailatlas does not know`,
      'run the newer version that made it, or name another file with --db FILE',
    );
  });

  const cannotOpen = (file: string): [string, string] => [
    `the database ${file} cannot be opened`,
    `check that its folder exists and is writable, or ${hint}`,
  ];
  test('a file in a folder that does not exist', () => {
    const file = join(folder, 'nowhere', 'mailatlas.db');
    refuses(() => openSqlite(file), ...cannotOpen(file));
  });

  test('a folder', () => {
    refuses(() => openSqlite(folder), ...cannotOpen(folder));
  });

  test('a database whose first pages are damaged', async () => {
    const file = newFile();
    (await loaded(file)).close();
    // The second page is the root of d1_migrations, which is read first.
    damage(file, 2);
    refuses(
      () => openSqlite(file),
      `the database ${file} is damaged`,
      'put a backup back with mailatlas restore, or move it away with its -wal: the data are loaded anew',
    );
  });

  test('a database that was cut off', async () => {
    const file = newFile();
    (await loaded(file)).close();
    writeFileSync(file, readFileSync(file).subarray(0, 4096 * 3));
    refuses(() => openSqlite(file), `the database ${file} is damaged`, /^put a backup back/);
  });

  test('a database that another process keeps locked', async () => {
    const file = newFile();
    const holder = await hold(file, 'BEGIN IMMEDIATE', forEver);
    try {
      refuses(
        () => openSqlite(file),
        `the database ${file} is locked by another process`,
        'wait until it has finished, then try again',
      );
    } finally {
      holder.kill('SIGKILL');
      await ended(holder);
    }
  });

  const options = typeof privileges === 'string' ? { skip: privileges } : {};
  test('a file in a folder that may not be written', options, () => {
    const dir = ownFolder();
    const file = join(dir, 'mailatlas.db');
    chmodSync(dir, 0o555);
    assert.deepEqual(openedByOrdinaryUser(file), cannotOpen(file));
  });

  test('an empty file that may not be written', options, () => {
    const file = join(ownFolder(), 'mailatlas.db');
    writeFileSync(file, '');
    chmodSync(file, 0o444);
    assert.deepEqual(openedByOrdinaryUser(file), [`the database ${file} is read-only`, `make it writable, or ${hint}`]);
  });

  test('a file that may not be read', options, () => {
    const file = join(ownFolder(), 'mailatlas.db');
    openSqlite(file).close();
    chmodSync(file, 0o000);
    assert.deepEqual(openedByOrdinaryUser(file), cannotOpen(file));
  });

  test('a database that may be read but not written: at the first write', options, () => {
    const file = join(ownFolder(), 'mailatlas.db');
    openSqlite(file).close();
    chmodSync(file, 0o444);
    assert.deepEqual(openedByOrdinaryUser(file, 'write'), [
      `the database ${file} is read-only`,
      `make it writable, or ${hint}`,
    ]);
  });
});

describe('damage that shows only later', () => {
  const damaged = async (table: string): Promise<{ store: Store; file: string }> => {
    const file = newFile();
    (await loaded(file)).close();
    const sqlite = new Sqlite(file);
    const page = sqlite.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').pluck().get(table) as number;
    sqlite.close();
    damage(file, page);
    return { store: openSqlite(file), file };
  };

  test('in a read is told in one sentence, with a tip', async () => {
    const { store, file } = await damaged('provider');
    await assert.rejects(readCurated(store.db), {
      name: 'StoreError',
      message: `the database ${file} is damaged`,
      tip: 'put a backup back with mailatlas restore, or move it away with its -wal: the data are loaded anew',
    });
    store.close();
  });

  test('in a write is told in one sentence, with a tip', async () => {
    const { store, file } = await damaged('domain_provider');
    try {
      const changed = curated({ providers: [record({ id: 'a.example', name: 'Changed' })] });
      await assert.rejects(load(store, changed, 'changed', '2026-11-21'), {
        name: 'StoreError',
        message: `the database ${file} is damaged`,
        tip: 'put a backup back with mailatlas restore, or move it away with its -wal: the data are loaded anew',
      });
    } finally {
      store.close();
    }
  });
});

describe('a database that is refused', () => {
  test('is left as it was, to the byte', () => {
    const file = foreignDatabase();
    const before = readFileSync(file);
    assert.throws(() => openSqlite(file), StoreError);
    assert.ok(readFileSync(file).equals(before));
  });

  const noProc = existsSync('/proc/self/fd') ? {} : { skip: 'there is no /proc here' };
  test('is closed again', noProc, () => {
    const file = foreignDatabase();
    assert.throws(() => openSqlite(file), StoreError);
    assert.deepEqual(
      openFiles().filter((name) => name.startsWith(file)),
      [],
    );
  });
});

describe('two processes that open one new database at once', () => {
  test('both get it: the second waits while the first switches WAL on', async () => {
    const file = newFile();
    // The lock that the first one holds for an instant while it switches.
    const holder = await hold(file, 'BEGIN IMMEDIATE', 200);
    try {
      openSqlite(file).close();
    } finally {
      await ended(holder);
    }
  });

  test('both get it: the second waits while the first migrates', async () => {
    const file = newFile();
    const holder = await hold(file, 'PRAGMA journal_mode = WAL; BEGIN EXCLUSIVE', 200);
    openSqlite(file).close();
    await ended(holder);
  });
});

async function loaded(file: string): Promise<Store> {
  const store = openSqlite(file);
  await load(store, data, 'digest', '2026-11-20T10:00:00.000Z');
  return store;
}

async function pragma(store: Store, name: string, column = name): Promise<unknown> {
  const [row] = await store.db.all<Record<string, unknown>>(sql.raw(`PRAGMA ${name}`));
  return row?.[column];
}

function refuses(open: () => Store, message: string, tip: string | RegExp): void {
  assert.throws(open, (error) => {
    assert.ok(error instanceof StoreError, String(error));
    assert.equal(error.message, message);
    if (typeof tip === 'string') assert.equal(error.tip, tip);
    else assert.match(error.tip, tip);
    return true;
  });
}

function foreignDatabase(): string {
  const file = newFile();
  const sqlite = new Sqlite(file);
  sqlite.exec('CREATE TABLE recipes (name TEXT); INSERT INTO recipes VALUES (1)');
  sqlite.close();
  return file;
}

/** Overwrites a page (from 1) with nonsense. */
function damage(file: string, page: number): void {
  const handle = openSync(file, 'r+');
  writeSync(handle, Buffer.alloc(4096, 0xff), 0, 4096, (page - 1) * 4096);
  closeSync(handle);
}

/** Milliseconds: it is killed before. */
const forEver = 600_000;

/** Another process that runs `statements`, keeps what it has locked for so many milliseconds, and ends. */
async function hold(file: string, statements: string, milliseconds: number): Promise<ChildProcess> {
  const program = `
    const sqlite = new (require('better-sqlite3'))(process.argv[1]);
    sqlite.exec(process.argv[2]);
    console.log('held');
    setTimeout(() => sqlite.close(), Number(process.argv[3]));`;
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const child = spawn(process.execPath, ['-e', program, file, statements, String(milliseconds)], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

function openFiles(): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)];
    } catch {
      return [];
    }
  });
}

/** Permissions mean nothing to root: then these tests run as “nobody”. A text says why they cannot. */
function ordinaryUser(): { uid?: number; gid?: number } | string {
  if (process.getuid?.() !== 0) return {};
  const nobody = { uid: 65534, gid: 65534 };
  const source = fileURLToPath(new URL('../../src/store/sqlite.ts', import.meta.url));
  const { status } = spawnSync(process.execPath, ['-e', 'fs.readFileSync(process.argv[1])', source], nobody);
  return status === 0 ? nobody : 'this is root, and another user may not read the program';
}

/** A folder that belongs to the ordinary user. */
function ownFolder(): string {
  chmodSync(folder, 0o755);
  const dir = join(folder, `own-${++files}`);
  mkdirSync(dir);
  if (typeof privileges === 'object' && privileges.uid !== undefined) chownSync(dir, privileges.uid, privileges.uid);
  return dir;
}

/** What an ordinary user is told who opens (and writes) the file: message and tip, or what else happened. */
function openedByOrdinaryUser(file: string, act: 'open' | 'write' = 'open'): unknown {
  const program = `
    import { openSqlite } from ${JSON.stringify(new URL('../../src/store/sqlite.ts', import.meta.url))};
    import { putMeta } from ${JSON.stringify(new URL('../../src/store/meta.ts', import.meta.url))};
    const [file, act] = process.argv.slice(1);
    const tell = (what) => console.log(JSON.stringify(what));
    try {
      const store = openSqlite(file);
      if (act === 'write') await store.atomically([putMeta(store.db, 'loaded', 'x')]);
      tell('nothing was wrong');
    } catch (error) {
      tell(error.name === 'StoreError' ? [error.message, error.tip] : String(error));
    }`;
  for (const path of [file, `${file}-wal`, `${file}-shm`]) {
    if (existsSync(path) && typeof privileges === 'object' && privileges.uid !== undefined) {
      chownSync(path, privileges.uid, privileges.uid);
    }
  }
  const user = typeof privileges === 'object' ? privileges : {};
  const result = spawnSync(process.execPath, ['--input-type=module', '-e', program, file, act], {
    ...user,
    encoding: 'utf8',
  });
  assert.equal(result.stderr, '');
  return JSON.parse(result.stdout);
}
