/**
 * A database file that is damaged, cut off, exchanged or taken away, while nobody has it open and under a server that runs: who
 * starts says what is wrong, which file, and what to do; who runs answers what is in memory, and refuses the rest in a sentence.
 */
import assert from 'node:assert/strict';
import {
  closeSync,
  copyFileSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { after, before, describe, test } from 'node:test';
import Sqlite from 'better-sqlite3';
import { type DnsServer, startDns } from '../dns-server.ts';
import { dice, Site } from './site.ts';
import { sized } from './size.ts';
import { steadyAnswers, stored, submit } from './steady.ts';

let dns: DnsServer;
before(async () => {
  dns = await startDns({});
});
after(() => dns.stop());
const random = dice(64);
const server = () =>
  new Site({ serve: ['--submissions', '--resolver', dns.address, '--proof-resolver', dns.address] }).start();

/** Writes nonsense over a part of a file. */
function overwrite(file: string, from: number, octets: number): void {
  const handle = openSync(file, 'r+');
  writeSync(handle, Buffer.alloc(octets, 0xa5), 0, octets, from);
  closeSync(handle);
}

const damaged = (db: string) => `mailatlas: the database ${db} is damaged
  hint: put a backup back with mailatlas restore, or move it away with its -wal: the data are loaded anew
`;
const noDatabase = (db: string) => `mailatlas: ${db} is not a SQLite database
  hint: name another file with --db FILE or in MAILATLAS_DB
`;

describe('while nobody has it open', () => {
  const cases: readonly [what: string, spoil: (db: string) => void, says: (db: string) => string][] = [
    ['its middle overwritten', (db) => overwrite(db, 8192, statSync(db).size - 8192), damaged],
    ['cut off', (db) => truncateSync(db, 20_000), damaged],
    ['its head overwritten', (db) => overwrite(db, 0, 100), noDatabase],
    ['a text in its place', (db) => writeFileSync(db, 'Shopping list: bread, butter.\n'.repeat(500)), noDatabase],
  ];
  for (const [what, spoil, says] of cases)
    test(`${what}: a server does not start, and says so`, async () => {
      const site = await server();
      const answers = await steadyAnswers(site);
      await site.run('backup', `${site.folder}/backup.db`);
      await site.kill('SIGTERM');
      spoil(site.db);
      await assert.rejects(site.start(), { message: says(site.db) });
      assert.equal((await site.run('load')).code, 3);
      // What the hint says: either way leads on.
      const restored = await site.run('restore', `${site.folder}/backup.db`);
      assert.equal(restored.code, 0, restored.stderr);
      assert.deepEqual(await steadyAnswers(await site.start()), answers);
      await site.kill('SIGTERM');
      renameSync(site.db, `${site.db}.broken`);
      assert.deepEqual(await steadyAnswers(await site.start()), answers);
    });

  test('its log full of nonsense: what was in the file itself is served, and it is whole', async () => {
    const site = await server();
    await site.kill('SIGTERM');
    writeFileSync(`${site.db}-wal`, Buffer.alloc(40_000, 0xa5));
    await steadyAnswers(await site.start());
    assert.equal((await submit(site, 'After')).status, 201);
    await site.kill('SIGTERM');
    site.assertWhole();
    assert.deepEqual(stored(site.db), ['After']);
  });

  test('its log cut off or damaged in the middle: so much of it as is whole counts, in the order in which it was written', async (t) => {
    const kept: number[] = [];
    for (let i = 0; i < sized(2, 40); i++) {
      const site = await server();
      const all = ['One', 'Two', 'Three', 'Four', 'Five'];
      for (const short of all) assert.equal((await submit(site, short)).status, 201);
      await site.kill();
      const log = `${site.db}-wal`;
      const { size } = statSync(log);
      if (i % 2 === 0) truncateSync(log, Math.floor(random() * size));
      else overwrite(log, Math.floor(random() * (size - 4096)), 4096);
      rmSync(`${site.db}-shm`, { force: true });
      await site.start().catch((error: unknown) => assert.match(String(error), /there is nothing to serve|is damaged/));
      await site.kill('SIGTERM');
      site.assertWhole();
      const found = stored(site.db);
      assert.deepEqual(found, all.slice(0, found.length));
      kept.push(found.length);
    }
    t.diagnostic(`of five submissions ${kept.join(', ')} were left`);
  });

  test('its log lost: what had come into the file by then is served, and it is whole', async (t) => {
    const site = await server();
    await site.kill('SIGTERM');
    await site.start();
    for (const short of ['One', 'Two']) assert.equal((await submit(site, short)).status, 201);
    await site.kill();
    rmSync(`${site.db}-wal`);
    rmSync(`${site.db}-shm`, { force: true });
    await steadyAnswers(await site.start());
    await site.kill('SIGTERM');
    site.assertWhole();
    t.diagnostic(`of two submissions ${stored(site.db).length} were left`);
  });
});

describe('under a server that runs', () => {
  const cases: readonly [what: string, spoil: (db: string) => void][] = [
    ['its middle overwritten', (db) => overwrite(db, 4096, statSync(db).size - 4096)],
    ['cut off', (db) => truncateSync(db, 8192)],
    ['emptied', (db) => truncateSync(db, 0)],
    ['its log emptied', (db) => truncateSync(`${db}-wal`, 0)],
    ['its log overwritten', (db) => overwrite(`${db}-wal`, 0, statSync(`${db}-wal`).size)],
  ];
  for (const [what, spoil] of cases)
    test(`${what}: what is in memory is answered, and nothing is a defect`, async (t) => {
      const site = await server();
      const answers = await steadyAnswers(site);
      // Another process writes: pages come from the file from now on, and not from the server's memory.
      await site.token('anna', 'reviewer');
      spoil(site.db);
      const statuses: (number | string)[] = [];
      for (let i = 0; i < 3; i++) {
        const { status, json } = await submit(site, `After ${i}`);
        statuses.push(status === 201 ? status : `${status} ${String(json['code'])}`);
      }
      const reading = ['/provider/post.example', '/status', '/api/v1/providers/post.example/probes'];
      for (const path of reading) {
        const { status } = await site.ask(path);
        statuses.push(`${path} ${status}`);
      }
      t.diagnostic(`${what}: ${statuses.join(', ')}; ${site.said.trim()}`);
      // A database that was emptied cannot be read for sure; some others can, as far as it is asked for.
      const metrics = await site.ask('/metrics');
      assert.equal(metrics.status, 200);
      const [, readable] = /^mailatlas_database_readable ([01])$/m.exec(String(metrics.body)) ?? [];
      assert.match(String(metrics.body), /^mailatlas_requests_total/m);
      assert.equal(/^mailatlas_quarantined/m.test(String(metrics.body)), readable === '1');
      if (what === 'emptied') assert.equal(readable, '0');
      t.diagnostic(`readable: ${readable}`);
      assert.deepEqual(await steadyAnswers(site), answers);
      assert.doesNotMatch(site.said, /defect/);
      for (const status of statuses) assert.doesNotMatch(String(status), /500/);
      await site.kill();
    });

  test('held by another process: who writes waits five seconds at most, and nobody waits with them', async () => {
    const site = await server();
    const answers = await steadyAnswers(site);
    const holder = new Sqlite(site.db);
    holder.exec('BEGIN IMMEDIATE');
    const order: string[] = [];
    const writing = submit(site, 'Waits').then(({ status }) => order.push(`written ${status}`));
    assert.deepEqual(await steadyAnswers(site), answers);
    order.push('read');
    holder.exec('ROLLBACK');
    await writing;
    assert.deepEqual(order, ['read', 'written 201']);
    holder.exec('BEGIN IMMEDIATE');
    const { status, json } = await submit(site, 'In vain');
    assert.deepEqual([status, json['code']], [503, 'no-database']);
    assert.match(site.said, new RegExp(`the database ${site.db} is locked by another process`));
    holder.exec('ROLLBACK');
    holder.close();
    assert.equal((await submit(site, 'After')).status, 201);
    await site.kill();
    assert.deepEqual(stored(site.db), ['Waits', 'After']);
  });

  test('taken away, or another in its place: nothing is acknowledged that would not be there', async () => {
    const names = [(db: string) => db, (db: string) => `${db}-wal`];
    for (const [file, replace] of names.flatMap((name) => [[name, false] as const, [name, true] as const])) {
      const site = await server();
      const answers = await steadyAnswers(site);
      assert.equal((await submit(site, 'Before')).status, 201);
      renameSync(file(site.db), `${site.db}.away`);
      if (replace) copyFileSync(`${site.db}.away`, file(site.db));
      const { status, json } = await submit(site, 'After');
      assert.deepEqual([status, json['code']], [503, 'no-database']);
      assert.match(site.said, new RegExp(`${file(site.db)} was moved, deleted or replaced while it was in use`));
      assert.deepEqual(await steadyAnswers(site), answers);
      await site.kill();
    }
  });
});
