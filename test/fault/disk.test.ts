/**
 * Disks that are full, read-only or limited: what is in memory is answered all the same, a write is refused in a sentence, and
 * nothing is lost or half done. The disks are small file systems in memory, mounted where nobody but this test sees them.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { type DnsServer, startDns } from '../dns-server.ts';
import { cannotEnter, isInside, type Place, runInside } from '../inside.ts';
import { Site } from './site.ts';
import { sized } from './size.ts';
import { steadyAnswers, stored, submit } from './steady.ts';

const mounts: Place = { name: 'mount namespace', enter: ['unshare', '--mount', '--map-root-user'] };
const submissions = '/api/v1/submissions';
let dns: DnsServer;
before(async () => {
  dns = await startDns({});
});
after(() => dns.stop());
const serve = () => ['--submissions', '--resolver', dns.address, '--proof-resolver', dns.address];

function mount(...args: string[]): void {
  const { status, stderr } = spawnSync('mount', args, { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
}

/** A file system of so many kilobytes for the length of a test. */
function smallDisk(t: TestContext, kilobytes: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'mailatlas-disk-'));
  mount('-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'none', folder);
  t.after(() => {
    spawnSync('umount', ['--lazy', folder]);
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** Fills a disk but for so many octets. @returns what empties it again */
function fill(folder: string, but = 0): () => void {
  const file = join(folder, 'filler');
  const handle = openSync(file, 'w');
  let written = 0;
  try {
    for (;;) written += writeSync(handle, Buffer.alloc(65_536));
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC');
  } finally {
    closeSync(handle);
  }
  truncateSync(file, Math.max(0, written - but));
  return () => rmSync(file);
}

if (isInside(mounts)) {
  describe('a disk that is full', () => {
    test('refuses what is submitted with a 507 and a sentence, and everything else goes on', async (t) => {
      const site = await new Site({ folder: smallDisk(t, 8192), serve: serve() }).start();
      const answers = await steadyAnswers(site);
      assert.equal((await submit(site, 'Before')).status, 201);
      const reviewer = await site.token('anna', 'reviewer');
      const empty = fill(site.folder);
      const { status, headers, json } = await submit(site, 'In vain');
      assert.deepEqual(
        [status, json['code'], json['detail'], headers['retry-after']],
        [507, 'disk-full', 'The disk of this server is full: nothing was kept of this. Try again later.', '60'],
      );
      assert.deepEqual(await steadyAnswers(site), answers);
      const list = await site.ask(submissions, { headers: { Authorization: `Bearer ${reviewer}` } });
      assert.equal(list.status, 200, 'a reviewer comes in all the same');
      assert.match(site.said, new RegExp(`the disk of ${site.db} is full; make room`));
      assert.match(site.said, /submissions are not checked for now/);
      assert.equal(site.said.trim().split('\n').length, 2, `each told once, and no defect: ${site.said}`);
      empty();
      assert.equal((await submit(site, 'After')).status, 201);
      await site.kill();
      site.assertWhole();
      assert.deepEqual(stored(site.db), ['Before', 'After']);
    });

    test('wherever in a write it becomes full, all of it is there or nothing', async (t) => {
      const site = await new Site({ folder: smallDisk(t, 12_288), serve: serve() }).start();
      const kept: string[] = [];
      const statuses = new Map<number, number>();
      const steps = sized(12, 280);
      for (let i = 0; i < steps; i++) {
        const empty = fill(site.folder, (i % 40) * 4096);
        const { status } = await submit(site, `No ${i}`);
        empty();
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        assert.ok(status === 201 || status === 507, String(status));
        if (status === 201) kept.push(`No ${i}`);
      }
      assert.equal((await submit(site, 'At the end')).status, 201);
      await site.kill();
      site.assertWhole();
      assert.deepEqual(stored(site.db), [...kept, 'At the end']);
      t.diagnostic(`${steps} writes: ${[...statuses].map(([status, count]) => `${status} ${count} times`).join(', ')}`);
      assert.ok(statuses.size === 2, 'both were seen');
    });

    test('is named by a server that cannot start there', async (t) => {
      const site = await new Site({ folder: smallDisk(t, 8192), serve: serve() }).start();
      const answers = await steadyAnswers(site);
      await site.kill('SIGTERM');
      const empty = fill(site.folder);
      await assert.rejects(site.start(), {
        message: `mailatlas: the disk of ${site.db} is full\n  hint: make room; what was there is whole, and what could not be written was refused\n`,
      });
      empty();
      assert.deepEqual(await steadyAnswers(await site.start()), answers);
    });

    test('stops `load` and `export` with a sentence, and nothing is half done', async (t) => {
      const site = new Site({ folder: smallDisk(t, 8192) });
      assert.equal((await site.run('load')).code, 0);
      const file = join(site.data, 'providers', 'post.example.yml');
      writeFileSync(file, readFileSync(file, 'utf8').replace('short: Post', 'short: Other'));
      const empty = fill(site.folder);
      const { code, stderr } = await site.run('load');
      assert.equal(code, 3);
      assert.match(stderr, new RegExp(`^mailatlas: the disk of ${site.db} is full\n  hint: make room`));
      empty();
      assert.equal((await site.run('load')).code, 0);
      site.assertWhole();
    });
  });

  test('a disk that is read-only is named by whoever cannot start there', async (t) => {
    const folder = smallDisk(t, 8192);
    const site = new Site({ folder, serve: serve() });
    assert.equal((await site.run('load')).code, 0);
    mount('-o', 'remount,ro', folder);
    const said = `mailatlas: the database ${site.db} cannot be opened
  hint: check that its folder exists and is writable, or name another file with --db FILE or in MAILATLAS_DB
`;
    assert.deepEqual(await site.run('load').then(({ code, stderr }) => [code, stderr]), [3, said]);
    await assert.rejects(site.start(), { message: said });
    mount('-o', 'remount,rw', folder);
    await steadyAnswers(await site.start());
  });
} else {
  test('a limit on the size of files (ulimit -f) refuses writes as a full disk does', async (t) => {
    const prlimit = cannotEnter({ name: 'prlimit', enter: ['prlimit', '--fsize=1048576'] });
    if (prlimit !== false) return t.skip(prlimit);
    const site = await new Site({ serve: serve(), under: ['prlimit', '--fsize=1000000'] }).start();
    const answers = await steadyAnswers(site);
    const kept: string[] = [];
    let refused: Awaited<ReturnType<typeof submit>> | undefined;
    for (let i = 0; !refused && i < 400; i++) {
      const answer = await submit(site, `No ${i}`);
      if (answer.status === 201) kept.push(`No ${i}`);
      else refused = answer;
    }
    assert.deepEqual([refused?.status, refused?.json['code']], [503, 'no-database']);
    assert.match(site.said, new RegExp(`the disk of ${site.db} failed .*ulimit -f`));
    assert.deepEqual(await steadyAnswers(site), answers);
    await site.kill();
    site.assertWhole();
    assert.deepEqual(stored(site.db), kept);
    t.diagnostic(`${kept.length} submissions fit into a megabyte, and are there`);
  });

  test('in a tree of mounts of its own', { skip: cannotEnter(mounts), timeout: 1_800_000 }, async (t) => {
    for (const line of await runInside(mounts, import.meta.filename, 1_800_000)) t.diagnostic(line.trim());
  });
}
