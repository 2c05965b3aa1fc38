/** `mailatlas export`: from what reviewers have accepted to files that can be committed. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { after, describe, test } from 'node:test';
import { readDataDir } from '../../src/catalog/files.ts';
import { draftText } from '../../src/catalog/format.ts';
import { loadFiles } from '../../src/catalog/load.ts';
import { startServer } from '../../src/node.ts';
import type { Provider } from '../../src/provider/model.ts';
import { readOverlays } from '../../src/store/overlays.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import { countSubmissions } from '../../src/store/submissions.ts';
import { createToken } from '../../src/store/tokens.ts';
import { accept } from '../../src/submit/review.ts';
import { submit } from '../../src/submit/submissions.ts';
import { logTo } from '../log.ts';
import { program } from '../program.ts';
import { record } from '../records.ts';
import { draft, testDesk } from '../submit/desk.ts';

const main = await program();
const root = mkdtempSync(join(tmpdir(), 'mailatlas-export-'));
after(() => rmSync(root, { recursive: true }));

const help = (id: string) => ({
  help: { url: `https://${id}/help`, seen: '2026-11-20', says: `IMAP imap.${id}, SMTP smtp.${id}` },
});
const mail = record({ sources: help('mail.example') });
/** One reviewer alone can take away a small hoster. */
const other = record({ id: 'other.example', kind: 'hosting', sources: help('other.example') });

let folders = 0;
/** A folder of data and a database, with these published in front of them. */
async function published(...changes: (readonly ['change' | 'new' | 'remove', Provider])[]) {
  const folder = join(root, String(++folders));
  const data = join(folder, 'data');
  const db = join(folder, 'atlas.db');
  mkdirSync(join(data, 'providers'), { recursive: true });
  for (const one of [mail, other]) {
    const text = draftText({ record: one, remarks: [] });
    writeFileSync(join(data, 'providers', `${one.id}.yml`), text.replace('name:', '# as they write it\nname:'));
  }
  const store = openSqlite(db);
  const loaded = await loadFiles(store, readDataDir(data), '2026-11-21T10:00:00.000Z');
  assert.ok(!('problems' in loaded), JSON.stringify(loaded));
  const its = await testDesk({ store, data: 'loaded' });
  const { desk, queue } = its;
  const anna = await its.person('anna');
  for (const [kind, one] of changes) {
    const said = kind === 'remove' ? draft({ kind, id: one.id }) : draft({ kind, record: one });
    const { number } = await submit(desk, { draft: said });
    await queue.idle();
    assert.equal((await accept(desk, number, anna, { reason: '' })).state, 'published');
  }
  store.close();
  const run = (...args: string[]) =>
    new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
      const env = { ...process.env, LC_ALL: 'C', NO_COLOR: '1' };
      const isElsewhere = args[0] === 'lint' || args.includes('--from');
      const all = [main, ...args, '--data', data, ...(isElsewhere ? [] : ['--db', db])];
      execFile(process.execPath, all, { env }, (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
      );
    });
  const look = async () => {
    const opened = openSqlite(db);
    const found = { counts: await countSubmissions(opened.db), overlays: (await readOverlays(opened.db)).length };
    opened.close();
    return found;
  };
  return { db, data, run, look, read: (id: string) => readFileSync(join(data, 'providers', `${id}.yml`), 'utf8') };
}

describe('mailatlas export', () => {
  const renamed = { ...mail, name: 'Renamed Mail' };
  const fresh = record({ id: 'new.example', sources: help('new.example') });

  test('writes what was published, keeps the comments, and load retires it', async () => {
    const its = await published(['change', renamed], ['new', fresh], ['remove', other]);
    const before = its.read('mail.example');
    const dry = await its.run('export', '--dry-run');
    assert.deepEqual([dry.code, its.read('mail.example')], [0, before]);
    assert.match(
      dry.stdout,
      /^M providers\/mail\.example\.yml {2}\(submission 1\)\n {4}name was Example Mail, is Renamed Mail\n/,
    );
    assert.match(dry.stdout, /3 records to write\n$/);
    assert.deepEqual((await its.look()).counts, { published: 3 });

    const done = await its.run('export');
    assert.equal(done.code, 0, done.stderr);
    assert.match(done.stdout, /^A providers\/new\.example\.yml/m);
    assert.match(done.stdout, /^D providers\/other\.example\.yml/m);
    assert.match(done.stderr, /^mailatlas: commit it: git -C .* commit\n$/);
    assert.equal(its.read('mail.example'), before.replace('name: Example Mail', 'name: Renamed Mail'));
    assert.deepEqual(readdirSync(join(its.data, 'providers')).sort(), ['mail.example.yml', 'new.example.yml']);
    assert.deepEqual(await its.look(), { counts: { exported: 3 }, overlays: 3 });
    assert.equal((await its.run('lint')).code, 0);

    assert.equal((await its.run('load')).code, 0);
    assert.deepEqual(await its.look(), { counts: { exported: 3 }, overlays: 0 });
    const again = await its.run('export');
    assert.deepEqual([again.code, again.stdout, again.stderr], [0, '0 records written\n', '']);
  });

  test('asks a running server for what was published, and tells it what the data have', async () => {
    const its = await published(['change', renamed], ['remove', other]);
    const [store, tokenFile] = [openSqlite(its.db), join(its.data, '..', 'root.token')];
    writeFileSync(tokenFile, (await createToken(store, 'root', 'admin', '2026-11-22T10:00:00.000Z')) ?? '', {
      mode: 0o600,
    });
    store.close();
    // Its own data: whoever exports has a checkout of theirs.
    const own = join(its.data, '..', 'own');
    cpSync(its.data, own, { recursive: true });
    const server = await startServer({
      db: its.db,
      data: own,
      host: '127.0.0.1',
      port: 0,
      version: '0.1.0',
      submissions: { checker: {} },
      log: logTo(() => undefined),
    });
    try {
      const from = ['--from', server.url, '--token-file', tokenFile];
      const done = await its.run('export', ...from);
      assert.equal(done.code, 0, done.stderr);
      assert.match(done.stdout, /^D providers\/other\.example\.yml {2}\(submission 2\)$/m);
      assert.match(its.read('mail.example'), /^# as they write it\nname: Renamed Mail$/m);
      assert.deepEqual(await its.look(), { counts: { exported: 2 }, overlays: 2 });
      assert.deepEqual((await its.run('export', ...from)).stdout, '0 records written\n');
      rmSync(own, { recursive: true });
      cpSync(its.data, own, { recursive: true });
      await server.reload();
      assert.deepEqual(await its.look(), { counts: { exported: 2 }, overlays: 0 });
    } finally {
      await server.close();
    }
  });

  test('that was cut off before it could say so is finished by the next one', async () => {
    const its = await published(['change', renamed]);
    // As if it had been killed between the file and the database.
    writeFileSync(
      join(its.data, 'providers', 'mail.example.yml'),
      its.read('mail.example').replace('name: Example Mail', 'name: Renamed Mail'),
    );
    assert.equal((await its.run('load')).code, 0);
    assert.deepEqual(await its.look(), { counts: { published: 1 }, overlays: 0 });
    assert.equal((await its.run('export')).code, 0);
    assert.deepEqual((await its.look()).counts, { exported: 1 });
  });

  test('leaves a file alone that has moved on; --discard lets the file win', async () => {
    const its = await published(['change', renamed]);
    const moved = its.read('mail.example').replace('short: Example', 'short: Newer');
    writeFileSync(join(its.data, 'providers', 'mail.example.yml'), moved);
    const held = await its.run('export');
    assert.equal(held.code, 1);
    assert.equal(its.read('mail.example'), moved);
    assert.match(held.stderr, /mail\.example: the file has changed since this was published/);
    assert.match(held.stderr, /export --discard ID/);
    assert.deepEqual(await its.look(), { counts: { published: 1 }, overlays: 1 });

    const gone = await its.run('export', '--discard', 'mail.example');
    assert.deepEqual([gone.code, gone.stdout], [0, 'mail.example is served as its file says\n']);
    assert.deepEqual(await its.look(), { counts: { exported: 1 }, overlays: 0 });
    assert.equal((await its.run('export', '--discard', 'mail.example')).code, 1);
  });

  test('says it to programs', async () => {
    const its = await published(['change', renamed]);
    const { code, stdout } = await its.run('export', '--json', '--dry-run');
    const report = JSON.parse(stdout) as { outgoing: unknown[]; written: boolean; writes: { text: string }[] };
    assert.equal(code, 0);
    assert.deepEqual(report.outgoing, [
      {
        id: 'mail.example',
        path: 'providers/mail.example.yml',
        change: 'changed',
        says: ['name was Example Mail, is Renamed Mail'],
        submissions: [1],
      },
    ]);
    assert.equal(report.written, false);
  });

  test('writes nothing while the data have errors, and wants to be typed rightly', async () => {
    const its = await published(['change', renamed]);
    writeFileSync(join(its.data, 'providers', 'other.example.yml'), 'id: [\n');
    const { code, stderr } = await its.run('export');
    assert.equal(code, 1);
    assert.match(stderr, /the data have errors\n {2}hint: mend them first/);
    assert.equal((await its.run('export', '--discard', 'x', '--json')).code, 2);
  });
});
