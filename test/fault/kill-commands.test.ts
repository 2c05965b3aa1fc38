/**
 * `load` and `export`, killed (SIGKILL) at random moments of their work: what they work on is as it was or as it is to be, and
 * the next run ends it. That nothing is lost when the power fails is SQLite's promise (synchronous = FULL), and not seen here.
 */
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { describe, type TestContext, test } from 'node:test';
import { recordDigest } from '../../src/atlas/digest.ts';
import type { Provider } from '../../src/provider/model.ts';
import { readMeta } from '../../src/store/meta.ts';
import { putOverlay, readOverlays } from '../../src/store/overlays.ts';
import { readCurated } from '../../src/store/providers.ts';
import { newestRevision } from '../../src/store/revisions.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import { dice, ended, Site } from './site.ts';
import { sized } from './size.ts';

const times = sized(6, 250);
const records = 8;
const patience = sized(120_000, 3_600_000);

/** Four dozen octets of one file differ between the two states of the data. */
function write(folder: string, state: 'A' | 'B'): void {
  mkdirSync(join(folder, 'providers'), { recursive: true });
  const model = readFileSync(new URL('../cli/data/providers/post.example.yml', import.meta.url), 'utf8');
  for (let i = 0; i < records; i++) {
    const text = model.replaceAll('post.example', `post${i}.example`).replace('short: Post', `short: Post ${state}`);
    writeFileSync(join(folder, 'providers', `post${i}.example.yml`), text);
  }
}

async function load(site: Site): Promise<void> {
  const { code, stderr } = await site.run('load');
  assert.equal(code, 0, stderr);
}

/** When to kill: so many milliseconds after its word, or after it has first written to this file or folder. */
interface Moment {
  readonly after: number;
  readonly written?: string;
}

/** A command that is ready; `go` lets it work, and kills it unless it has ended by then. */
async function ready(site: Site, command: string) {
  const child: ChildProcess = await site.spawn(command, [], 'waiting-command');
  const end = ended(child);
  await new Promise<void>((resolve, reject) => {
    child.stderr?.on('data', (chunk: Buffer) => String(chunk).includes('ready') && resolve());
    child.once('exit', () => reject(new Error('it ended before it was ready')));
  });
  return {
    async go({ after, written }: Moment) {
      const began = performance.now();
      const kill = () => child.kill('SIGKILL');
      let timer = written === undefined ? setTimeout(kill, after) : undefined;
      const watcher = written === undefined ? undefined : watch(written);
      watcher?.once('change', () => (timer = setTimeout(kill, after)));
      child.stdin?.on('error', () => undefined);
      child.stdin?.write('go\n');
      const { code, signal, stderr } = await end;
      clearTimeout(timer);
      watcher?.close();
      if (signal !== 'SIGKILL') assert.equal(code, 0, stderr);
      return { killed: signal === 'SIGKILL', took: performance.now() - began };
    },
  };
}

const never = { after: 600_000 };

/** Kills a command so often: half of them at any moment of its work, half while it writes. */
async function killOften(
  t: TestContext,
  written: string,
  prepare: () => Promise<Awaited<ReturnType<typeof ready>>>,
  look: (killed: boolean) => Promise<string>,
): Promise<void> {
  const random = dice(20261130);
  let usual = 0;
  for (let i = 0; i < 3; i++) {
    const { took } = await (await prepare()).go(never);
    usual = Math.max(usual, took);
    await look(false);
  }
  const seen = new Map<string, number>();
  let next = prepare();
  for (let kills = 0; kills < times; ) {
    const doomed = await next;
    const moment = kills % 2 === 0 ? { after: random() * usual } : { after: random() * 5, written };
    const { killed } = await doomed.go(moment);
    const what = await look(killed);
    next = prepare();
    if (!killed) continue;
    kills += 1;
    seen.set(what, (seen.get(what) ?? 0) + 1);
  }
  await (await next).go(never);
  const told = [...seen].map(([what, count]) => `${what} ${count}`).join(', ');
  t.diagnostic(`killed ${times} times within ${Math.round(usual)} ms: ${told}`);
}

describe('killed at random', { timeout: patience }, () => {
  test('`load` has loaded everything or nothing, each change once, and the file is whole', async (t) => {
    const site = new Site();
    rmSync(site.data, { recursive: true });
    write(site.data, 'A');
    await load(site);
    const state = async () => {
      const store = openSqlite(site.db);
      try {
        const shorts = new Set((await readCurated(store.db)).providers.map(({ short }) => short));
        const revision = await newestRevision(store.db);
        return { shorts: [...shorts], revision, digest: await readMeta(store.db, 'loaded') };
      } finally {
        store.close();
      }
    };
    let before = await state();
    assert.deepEqual([before.shorts, before.revision], [['Post A'], records]);
    const digests = new Map([['Post A', before.digest]]);
    await killOften(
      t,
      site.folder,
      () => {
        write(site.data, before.shorts[0] === 'Post A' ? 'B' : 'A');
        return ready(site, 'load');
      },
      async (killed) => {
        site.assertWhole();
        const now = await state();
        const [short = ''] = now.shorts;
        assert.equal(now.shorts.length, 1, `half of it is there: ${now.shorts.join(', ')}`);
        const isNew = short !== before.shorts[0];
        if (!killed) assert.ok(isNew, 'what ended well is done');
        assert.equal(now.revision, before.revision + (isNew ? records : 0), 'each change is told once');
        if (!digests.has(short)) digests.set(short, now.digest);
        assert.equal(now.digest, digests.get(short), 'the store says what it was loaded from');
        before = now;
        return isNew ? 'the new data' : 'the old data';
      },
    );
  });

  test('`export` has written each file wholly or not at all, and what it has not written is still served', async (t) => {
    const site = new Site();
    rmSync(site.data, { recursive: true });
    write(site.data, 'A');
    await load(site);
    let round = 0;
    const files = () => readdirSync(join(site.data, 'providers')).filter((name) => name.endsWith('.yml'));
    const shortIn = (name: string) => {
      const text = readFileSync(join(site.data, 'providers', name), 'utf8');
      assert.match(text, /^sources:\n(?: .*\n)+$/m, `${name} has no end`);
      return /^short: "?(.*?)"?$/m.exec(text)?.[1];
    };
    const overlaysOf = async () => {
      const store = openSqlite(site.db);
      try {
        return new Map((await readOverlays(store.db)).map((row) => [row.id, row.record?.short]));
      } finally {
        store.close();
      }
    };
    let allDone = true;
    await killOften(
      t,
      join(site.data, 'providers'),
      async () => {
        if (allDone) {
          // The data come back by `load`, which ends overlays that are in them; then everybody has another short name.
          await load(site);
          assert.equal((await overlaysOf()).size, 0, 'what is in the data needs no overlay');
          round += 1;
          const store = openSqlite(site.db);
          for (const record of (await readCurated(store.db)).providers) {
            const changed: Provider = { ...record, short: `Round ${round}` };
            const overlay = { id: record.id, baseDigest: recordDigest(record), record: changed };
            await store.atomically(putOverlay(store.db, overlay, new Date().toISOString()));
          }
          store.close();
        }
        return ready(site, 'export');
      },
      async (killed) => {
        site.assertWhole();
        const written = files().filter((name) => shortIn(name) === `Round ${round}`);
        const olds = files().filter((name) => shortIn(name) === (round === 1 ? 'Post A' : `Round ${round - 1}`));
        assert.equal(written.length + olds.length, records, 'old or new, and nothing else');
        if (!killed) assert.equal(written.length, records, 'what ended well is done');
        const overlays = await overlaysOf();
        for (const name of olds) assert.equal(overlays.get(name.slice(0, -4)), `Round ${round}`, `${name} is lost`);
        allDone = written.length === records;
        return allDone ? 'all files' : written.length === 0 ? 'no file' : 'some files';
      },
    );
    const left = readdirSync(join(site.data, 'providers')).filter((name) => !name.endsWith('.yml'));
    assert.deepEqual(left, [], 'what the dead have left is swept away');
  });
});
