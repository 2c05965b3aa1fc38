/**
 * Loading curated data into a store. The last suite kills processes in the middle of a load; they run this file with the
 * argument `load`.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import Sqlite from 'better-sqlite3';
import { recordDigest, sha256 } from '../../src/atlas/digest.ts';
import { type LoadReport, load } from '../../src/catalog/load.ts';
import type { Curated, Provider } from '../../src/provider/model.ts';
import type { Store } from '../../src/store/db.ts';
import { dropOverlay, putOverlay, readOverlays } from '../../src/store/overlays.ts';
import { readCurated, readMessages } from '../../src/store/providers.ts';
import { newestRevision, readRevisions } from '../../src/store/revisions.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import { curated, handler, leftOut, record } from '../records.ts';

const at = '2026-11-20T10:00:00.000Z';
const later = '2026-11-21T10:00:00.000Z';
/** How many records the catalog has that is killed while it is loaded. */
const size = 1200;

if (process.argv[2] === 'load') await loadAndWaitForDeath(process.argv.slice(3));
else {
  const folder = mkdtempSync(join(tmpdir(), 'mailatlas-load-'));
  after(() => rmSync(folder, { recursive: true }));
  let files = 0;
  const newFile = (): string => join(folder, `${++files}.db`);

  describe('a load', () => {
    const data = curated({
      providers: [record({ id: 'a.example', mx: ['*.mx.a.example'] }), record({ id: 'b.example' })],
      leftOut: [leftOut('gone.example')],
      others: [handler('gateway', '*.filter.example')],
    });
    const changed = record({ id: 'b.example', name: 'Changed' });

    test('of data that are in the store already writes nothing: no other connection sees a change', async () => {
      const file = newFile();
      const store = openSqlite(file);
      await load(store, data, 'digest', at);
      const observer = new Sqlite(file);
      const before = observer.pragma('data_version', { simple: true });
      const report = await load(store, data, 'digest', later);
      assert.equal(observer.pragma('data_version', { simple: true }), before);
      assert.deepEqual(brief(report), { unchanged: 2 });
      observer.close();
      store.close();
    });

    test('of the same facts from other files remembers the files and writes no record', async () => {
      const { store, writes } = observed(newFile());
      await load(store, data, 'digest', at);
      writes.forget();
      const sameFacts = data.providers.map((one) => Object.fromEntries(Object.entries(one).toReversed()) as Provider);
      const report = await load(store, { ...data, providers: sameFacts.toReversed() }, 'digest of other files', later);
      assert.deepEqual(brief(report), { unchanged: 2 });
      assert.deepEqual(writes.made(), ['meta generation', 'meta loaded']);
      store.close();
    });

    test('writes only the records that differ', async () => {
      const { store, writes } = observed(newFile());
      await load(store, data, 'digest', at);
      writes.forget();
      const report = await load(store, { ...data, providers: [data.providers[0]!, changed] }, 'other', later);
      assert.deepEqual(brief(report), { changed: ['b.example'], unchanged: 1 });
      assert.deepEqual(writes.made(), ['meta generation', 'meta loaded', 'provider b.example', 'revision b.example']);
      store.close();
    });

    test('writes the lists only where they differ', async () => {
      const { store, writes } = observed(newFile());
      await load(store, data, 'digest', at);
      writes.forget();
      const newer = { ...data, leftOut: [leftOut('gone.example'), leftOut('lost.example')] };
      assert.deepEqual(brief(await load(store, newer, 'other', later)), { unchanged: 2 });
      assert.deepEqual(writes.made(), [
        'meta generation',
        'meta lists-digest',
        'meta loaded',
        'meta messages',
        'meta names',
        'meta no-probe',
      ]);
      assert.deepEqual(await readCurated(store.db), newer);
      store.close();
    });

    test('brings what servers say when something fails, however long the list is', async () => {
      const { store } = observed(newFile());
      const messages = Array.from({ length: 400 }, (_, i) => ({ id: `m${i}`, pattern: '“x” '.repeat(50) }) as never);
      await load(store, data, 'digest', at, messages);
      assert.deepEqual(await readMessages(store.db), messages);
      await load(store, data, 'other', at, messages.slice(1));
      assert.deepEqual(await readMessages(store.db), messages.slice(1));
      store.close();
    });

    test('names what it added, changed, removed and left alone', async () => {
      const store = openSqlite(':memory:');
      await load(store, data, 'digest', at);
      const newer = curated({ providers: [changed, record({ id: 'c.example' })] });
      assert.deepEqual(brief(await load(store, newer, 'other', later)), {
        added: ['c.example'],
        changed: ['b.example'],
        removed: ['a.example'],
        unchanged: 0,
      });
      assert.deepEqual(await readCurated(store.db), newer);
      store.close();
    });

    test('writes a numbered revision for each change, with the digests of before and after', async () => {
      const store = openSqlite(':memory:');
      const first = record({ id: 'b.example' });
      await load(store, curated({ providers: [first] }), 'one', at);
      await load(store, curated({ providers: [changed] }), 'two', later);
      await load(store, curated({ providers: [record({ id: 'z.example' })] }), 'three', later);
      const [one, two] = [recordDigest(first), recordDigest(changed)];
      const cause = 'load';
      assert.deepEqual(await readRevisions(store.db, 'b.example', 10), [
        { n: 3, at: later, id: 'b.example', oldDigest: two, newDigest: null, cause },
        { n: 2, at: later, id: 'b.example', oldDigest: one, newDigest: two, cause },
        { n: 1, at, id: 'b.example', oldDigest: null, newDigest: one, cause },
      ]);
      assert.equal(await newestRevision(store.db), 4);
      store.close();
    });

    test('brings a record back that was gone, and its history goes on', async () => {
      const store = openSqlite(':memory:');
      for (const [i, providers] of [[changed], [], [changed]].entries()) {
        await load(store, curated({ providers }), String(i), at);
      }
      const digest = recordDigest(changed);
      const revisions = await readRevisions(store.db, 'b.example', 10);
      assert.deepEqual(
        revisions.map(({ oldDigest, newDigest }) => [oldDigest, newDigest]),
        [
          [null, digest],
          [digest, null],
          [null, digest],
        ],
      );
      assert.deepEqual(await readCurated(store.db), curated({ providers: [changed] }));
      store.close();
    });

    test('of nothing at all empties the store, and its history stays', async () => {
      const store = openSqlite(':memory:');
      await load(store, data, 'digest', at);
      assert.deepEqual(brief(await load(store, curated(), 'nothing', later)), {
        removed: ['a.example', 'b.example'],
        unchanged: 0,
      });
      assert.deepEqual(await readCurated(store.db), curated());
      assert.equal(await newestRevision(store.db), 4);
      store.close();
    });
  });

  describe('after a load, a name has the owner that the data give it', () => {
    const one = (more: Partial<Provider> = {}) => record({ id: 'one.example', domains: ['one.example'], ...more });
    const two = (more: Partial<Provider> = {}) => record({ id: 'two.example', domains: ['two.example'], ...more });
    const [domains, mx] = [['moves.example', 'one.example'], ['*.mx.moves.example']];
    const [otherDomains, otherMx] = [['moves.example', 'two.example'], mx];
    const lists = { leftOut: [leftOut('moves.example')], others: [handler('forwarder', '*.mx.moves.example')] };

    const states: Record<string, Curated> = {
      'the first record': curated({ providers: [one({ domains, mx }), two()] }),
      'the second record': curated({ providers: [one(), two({ domains: otherDomains, mx: otherMx })] }),
      'the first record, the second being gone': curated({ providers: [one({ domains, mx })] }),
      'the second record, the first being gone': curated({ providers: [two({ domains: otherDomains, mx: otherMx })] }),
      'the lists': curated({ providers: [one(), two()], ...lists }),
      'the lists, no record being left': curated(lists),
      nobody: curated({ providers: [one(), two()] }),
    };
    for (const [from, before] of Object.entries(states)) {
      for (const [to, wanted] of Object.entries(states)) {
        if (from === to) continue;
        test(`from ${from} to ${to}`, async () => {
          const store = openSqlite(':memory:');
          await load(store, before, from, at);
          await load(store, wanted, to, later);
          assert.deepEqual(await readCurated(store.db), wanted);
          assert.deepEqual(await names(store), namesOf(wanted));
          store.close();
        });
      }
    }
  });

  describe('a load puts overlays in front of the data', () => {
    const file = record({ id: 'mail.example', name: 'As in the file' });
    const published = record({ id: 'mail.example', name: 'As published here' });
    const other = record({ id: 'other.example' });
    const publish = (store: Store, over: Provider, base?: Provider) =>
      store.atomically(
        putOverlay(store.db, { id: over.id, baseDigest: base ? recordDigest(base) : null, record: over }, at),
      );
    /** A store that has the data, and then an overlay. */
    const withOverlay = async (over: Provider, base?: Provider): Promise<Store> => {
      const store = openSqlite(':memory:');
      await load(store, curated({ providers: [file, other] }), 'digest', at);
      await publish(store, over, base);
      return store;
    };
    const served = async (store: Store) => (await readCurated(store.db)).providers;

    test('and serves what was published, with a revision, though the data are the same', async () => {
      const store = await withOverlay(published, file);
      const report = await load(store, curated({ providers: [file, other] }), 'digest', later);
      assert.deepEqual(brief(report), { changed: ['mail.example'], unchanged: 1 });
      assert.deepEqual(await served(store), [published, other]);
      const [newest] = await readRevisions(store.db, 'mail.example', 1);
      assert.deepEqual([newest?.oldDigest, newest?.newDigest], [recordDigest(file), recordDigest(published)]);
      store.close();
    });

    test('and takes them away once the data have the same facts', async () => {
      const store = await withOverlay(published, file);
      await load(store, curated({ providers: [file, other] }), 'digest', later);
      const report = await load(store, curated({ providers: [published, other] }), 'exported', later);
      assert.deepEqual(brief(report), { unchanged: 2, retired: ['mail.example'] });
      assert.deepEqual(await readOverlays(store.db), []);
      assert.deepEqual(await served(store), [published, other]);
      store.close();
    });

    test('and keeps serving them where the file has moved on, which it reports', async () => {
      const store = await withOverlay(published, file);
      const movedOn = record({ id: 'mail.example', name: 'As in the file of today' });
      const report = await load(store, curated({ providers: [movedOn, other] }), 'moved on', later);
      assert.deepEqual(brief(report), { changed: ['mail.example'], unchanged: 1, conflicts: ['mail.example'] });
      assert.deepEqual(await served(store), [published, other]);
      assert.equal((await readOverlays(store.db)).length, 1);
      store.close();
    });

    test('but not those that claim another record’s domain, which it reports', async () => {
      const greedy = { ...published, domains: ['mail.example', 'other.example'] };
      const store = await withOverlay(greedy, file);
      const report = await load(store, curated({ providers: [file, other] }), 'digest', later);
      assert.deepEqual(brief(report), { unchanged: 2, refused: ['mail.example'] });
      assert.deepEqual(await served(store), [file, other]);
      assert.equal((await readOverlays(store.db)).length, 1);
      store.close();
    });

    test('and removes a record for a tombstone, until it is withdrawn', async () => {
      const store = openSqlite(':memory:');
      const data = curated({ providers: [file, other] });
      await load(store, data, 'digest', at);
      await store.atomically(putOverlay(store.db, { id: file.id, baseDigest: recordDigest(file), record: null }, at));
      assert.deepEqual(brief(await load(store, data, 'digest', later)), { removed: ['mail.example'], unchanged: 1 });
      assert.deepEqual(await served(store), [other]);
      await store.atomically([dropOverlay(store.db, 1)]);
      assert.deepEqual(brief(await load(store, data, 'digest', later)), { added: ['mail.example'], unchanged: 1 });
      assert.deepEqual(await served(store), [file, other]);
      store.close();
    });

    const listed = curated({
      providers: [file],
      leftOut: [leftOut('gone.example'), leftOut('lost.example')],
      others: [handler('gateway', '*.filter.example')],
    });

    test('nor those that claim an MX pattern of somebody who handles mail for others', async () => {
      const store = openSqlite(':memory:');
      await load(store, listed, 'digest', at);
      await publish(store, { ...published, mx: ['*.filter.example'] }, file);
      assert.deepEqual(brief(await load(store, listed, 'digest', later)), { unchanged: 1, refused: ['mail.example'] });
      assert.deepEqual(await readCurated(store.db), listed);
      store.close();
    });

    test('and a domain that was left out is left out no more, until what was published is withdrawn', async () => {
      const store = openSqlite(':memory:');
      await load(store, listed, 'digest', at);
      const found = { ...published, domains: ['gone.example', 'mail.example'] };
      await publish(store, found, file);
      await load(store, listed, 'digest', later);
      assert.deepEqual(await readCurated(store.db), {
        ...listed,
        providers: [found],
        leftOut: [leftOut('lost.example')],
      });
      await store.atomically([dropOverlay(store.db, 1)]);
      await load(store, listed, 'digest', later);
      assert.deepEqual(await readCurated(store.db), listed);
      assert.deepEqual(await names(store), namesOf(listed));
      store.close();
    });
  });

  describe('two loads that overlap', () => {
    const before = curated({ providers: [record({ id: 'a.example' }), record({ id: 'b.example' })] });
    const changed = (id: string) =>
      curated({ providers: before.providers.map((one) => (one.id === id ? { ...one, name: 'Changed' } : one)) });
    /** The first has seen what differs, and the second is through before the first writes. */
    const overlap = async (first: Curated, second: Curated): Promise<Store> => {
      const file = newFile();
      const [store, other] = [openSqlite(file), openSqlite(file)];
      await load(store, before, 'before', at);
      const overtaken: Store = {
        ...store,
        async atomically(statements) {
          await load(other, second, 'second', later);
          await store.atomically(statements);
        },
      };
      await load(overtaken, first, 'first', later);
      other.close();
      return store;
    };

    test('of different data leave the state of one of them, whole', async () => {
      const [first, second] = [changed('a.example'), changed('b.example')];
      const store = await overlap(first, second);
      const found = await readCurated(store.db);
      store.close();
      assert.ok(isDeepStrictEqual(found, first) || isDeepStrictEqual(found, second), 'neither the one nor the other');
    });

    test('of the same data tell each change once', async () => {
      const store = await overlap(changed('a.example'), changed('a.example'));
      const revisions = await readRevisions(store.db, 'a.example', 10);
      store.close();
      assert.deepEqual(
        revisions.map(({ n }) => n),
        [3, 1],
      );
    });
  });

  describe('where a driver takes only a few statements at once', () => {
    const before = curated({
      providers: [
        record({ id: 'a.example', domains: ['a.example', 'moves.example'], mx: ['*.mx.moves.example'] }),
        record({ id: 'b.example' }),
        record({ id: 'goes.example', domains: ['goes.example', 'inherited.example'] }),
        record({ id: 'stays.example' }),
      ],
      leftOut: [leftOut('found.example')],
      others: [handler('gateway', '*.filter.example')],
    });
    const wanted = curated({
      providers: [
        record({ id: 'a.example', name: 'Changed', domains: ['a.example', 'found.example'] }),
        record({ id: 'b.example', domains: ['b.example', 'moves.example'], mx: ['*.mx.moves.example'] }),
        record({ id: 'comes.example', domains: ['comes.example', 'inherited.example'] }),
        record({ id: 'stays.example' }),
      ],
      leftOut: [leftOut('lost.example')],
      others: [handler('gateway', '*.filter.example'), handler('sender', '*.news.example')],
    });
    const batchSize = 6;

    test('a load gives it no more than that at once', async () => {
      const store = openSqlite(':memory:');
      const sizes: number[] = [];
      const many = Array.from({ length: 20 }, (_, i) => record({ id: `p${i}.example` }));
      const few = limited(store, 12, (statements) => void sizes.push(statements));
      await load(few, curated({ providers: many }), 'many', at);
      assert.ok(sizes.length > 5, sizes.join(', '));
      assert.ok(Math.max(...sizes) <= 12, sizes.join(', '));
      assert.deepEqual(new Set((await readCurated(store.db)).providers), new Set(many));
      store.close();
    });

    test('the next load finishes what an interrupted one began, wherever that was', async () => {
      let finished = false;
      for (let interruptedAt = 1; !finished; interruptedAt++) {
        const store = openSqlite(':memory:');
        await load(store, before, 'before', at);
        let batch = 0;
        const breaking = limited(store, batchSize, () => {
          if (++batch === interruptedAt) throw new Error('the power is gone');
        });
        finished = await load(breaking, wanted, 'wanted', later).then(
          () => true,
          () => false,
        );
        await load(store, wanted, 'wanted', later);
        assert.deepEqual(await readCurated(store.db), wanted, `interrupted at batch ${interruptedAt}`);
        assert.deepEqual(await names(store), namesOf(wanted), `interrupted at batch ${interruptedAt}`);
        // Each change is told once: a.example, b.example, comes.example, goes.example.
        assert.equal(await newestRevision(store.db), before.providers.length + 4);
        store.close();
      }
    });

    test('a name that moves has an owner at every moment', async () => {
      const store = openSqlite(':memory:');
      await load(store, before, 'before', at);
      const watched = ['*.mx.moves.example', 'inherited.example', 'moves.example'];
      const lost: string[] = [];
      const look = async () => {
        const owned = await names(store);
        lost.push(...watched.filter((name) => !owned.some((row) => row.startsWith(`${name} `))));
      };
      await load(limited(store, batchSize, undefined, look), wanted, 'wanted', later);
      assert.deepEqual(lost, []);
      store.close();
    });
  });

  describe('a load that is killed (SIGKILL, a thousand records, a file)', { timeout: 600_000 }, () => {
    const file = newFile();
    const [even, odd] = [generated(0), generated(1)];
    const contents = { none: contentOf(undefined), even: contentOf(even), odd: contentOf(odd) };
    const loadIt = async (data: Curated): Promise<void> => {
      const store = openSqlite(file);
      await load(store, data, data === even ? 'even' : 'odd', at);
      store.close();
    };

    const moments: Moment[] = [
      // The first load of all, from nothing.
      { fraction: 0.5 },
      ...Array.from({ length: 13 }, (_, i) => ({ fraction: i / 12 })),
      // Around the commit, which the process goes on to: the log is written and synced by then, or not.
      ...Array.from({ length: 12 }, (_, i) => ({ fraction: 0.9, delay: i * 2 })),
    ];

    test(`leaves the old state or the new one, ${moments.length} times`, async (t) => {
      openSqlite(file).close();
      let loader = startLoader(file, 'even', moments[0]!);
      t.after(() => loader.kill());
      const seen = { old: 0, new: 0, log: 0 };
      for (const [round, moment] of moments.entries()) {
        const [before, wanted] = round % 2 === 0 ? (['odd', 'even'] as const) : (['even', 'odd'] as const);
        await loader.begin();
        if (moment.delay === undefined) seen.log = Math.max(seen.log, statSync(`${file}-wal`).size);
        else await new Promise((resolve) => setTimeout(resolve, moment.delay));
        await loader.kill();
        // The next one starts while this one's file is looked at.
        const next = moments[round + 1];
        if (next) loader = startLoader(file, before, next);

        const found = contentOfFile(file);
        const old = contents[round === 0 ? 'none' : before];
        const where = `killed at ${JSON.stringify(moment)}`;
        assert.ok(found === old || found === contents[wanted], `${where}: neither the old state nor the new`);
        if (moment.delay === undefined) assert.equal(found, old, `${where}: not committed, yet there`);
        seen[found === old ? 'old' : 'new']++;
        await loadIt(wanted === 'even' ? even : odd);
        assert.equal(contentOfFile(file), contents[wanted], 'the next load succeeds');
      }
      t.diagnostic(`old: ${seen.old}, new: ${seen.new}; largest log at a kill: ${Math.round(seen.log / 1024)} kB`);
      assert.ok(seen.log > 1024 * 1024, 'the kills must find a log with uncommitted pages');
    });
  });
}

// What the tests above are made of.

/** The lists of a report that are not empty, by id. */
function brief(report: LoadReport): Record<string, unknown> {
  const ids = (list: readonly (string | { id: string })[]) =>
    list.map((entry) => (typeof entry === 'string' ? entry : entry.id));
  return Object.fromEntries(
    Object.entries(report)
      .map(([key, value]): [string, unknown] => [key, Array.isArray(value) ? ids(value) : value])
      .filter(([, value]) => !Array.isArray(value) || value.length > 0),
  );
}

/** A store whose file keeps a diary of every row that is written to provider, revision and meta. */
function observed(file: string): { store: Store; writes: { made(): string[]; forget(): void } } {
  const store = openSqlite(file);
  const sqlite = new Sqlite(file);
  sqlite.exec('CREATE TABLE diary (entry TEXT)');
  for (const [table, key] of Object.entries({ provider: 'id', revision: 'id', meta: 'key' })) {
    for (const [act, row] of Object.entries({ INSERT: 'new', UPDATE: 'new', DELETE: 'old' })) {
      sqlite.exec(`CREATE TRIGGER diary_${table}_${act} AFTER ${act} ON ${table} BEGIN
        INSERT INTO diary VALUES ('${table} ' || ${row}.${key}); END`);
    }
  }
  const made = sqlite.prepare('SELECT DISTINCT entry FROM diary ORDER BY entry').pluck();
  return { store, writes: { made: () => made.all() as string[], forget: () => sqlite.exec('DELETE FROM diary') } };
}

/** The same store as a driver with small batches sees it. */
function limited(
  store: Store,
  batchSize: number,
  beforeEach?: (statements: number) => void,
  afterEach?: () => Promise<void>,
): Store {
  return {
    ...store,
    batchSize,
    async atomically(statements) {
      const all = [...statements];
      beforeEach?.(all.length);
      await store.atomically(all);
      await afterEach?.();
    },
  };
}

/** `name owner` of every row of the tables domain and mx, sorted. */
async function names(store: Store): Promise<string[]> {
  const { domain, mx } = await import('../../src/store/schema.ts');
  const domains = await store.db.select().from(domain);
  const patterns = await store.db.select().from(mx);
  return [
    ...domains.map((row) => `${row.name} ${row.provider ?? '(left out)'}`),
    ...patterns.map((row) => `${row.pattern} ${row.provider ?? '(others)'}`),
  ].sort();
}

function namesOf({ providers, leftOut: left, others }: Curated): string[] {
  return [
    ...providers.flatMap(({ id, domains, mx = [] }) => [...domains, ...mx].map((name) => `${name} ${id}`)),
    ...left.map(({ domain }) => `${domain} (left out)`),
    ...others.flatMap(({ mx }) => mx.map((pattern) => `${pattern} (others)`)),
  ].sort();
}

// The catalog that is large, and its two states.

/**
 * A few thousand records. Between the even state and the odd one every sixteenth changes, names move from a record to its
 * neighbour, some records come and others go, and so do entries of the lists.
 */
function generated(parity: 0 | 1): Curated {
  const example = record();
  const providers = Array.from({ length: size }, (_, i): Provider => {
    const id = `p${i}.example`;
    const changes = i % 8 === 0;
    const moving = `moves${Math.floor(i / 2)}.example`;
    const mine = Math.floor(i / 2) % 32 === 5 && i % 2 === parity;
    return {
      ...example,
      id,
      domains: mine ? [moving, id, `other.${id}`] : [id, `other.${id}`],
      ...(mine && { mx: [`*.mx.${moving}`] }),
      sources: { help: { url: `https://${id}/help`, says: changes ? String(parity).repeat(8000) : 'imap, smtp' } },
    };
  });
  return {
    // Twenty come and twenty others go.
    providers: providers.filter((_, i) => i < size - 40 || i % 2 === parity),
    leftOut: [leftOut('always.example'), leftOut(`left-out-${parity}.example`)],
    others: [handler('gateway', `*.filter-${parity}.example`)],
    noProbe: [],
  };
}

/** A digest of everything that a load leaves: records, names, lists and the digest of the data. */
function contentOf(data: Curated | undefined): string {
  if (!data) return digestOf([], [], []);
  const parity = data.leftOut[1]?.domain === 'left-out-0.example' ? 'even' : 'odd';
  const records = data.providers.map((one) => `${one.id} ${recordDigest(one)} ${JSON.stringify(one)}`);
  return digestOf([parity], records, namesOf(data));
}

/** The same of a file, whose pages and history must be sound. */
function contentOfFile(file: string): string {
  const sqlite = new Sqlite(file);
  const column = (query: string) => sqlite.prepare(query).pluck().all() as string[];
  try {
    assert.deepEqual(column('PRAGMA integrity_check'), ['ok']);
    const digests = column('SELECT digest FROM provider ORDER BY id');
    const newest = column(`SELECT new_digest FROM revision r
      WHERE n = (SELECT max(n) FROM revision WHERE id = r.id) AND new_digest IS NOT NULL ORDER BY id`);
    assert.deepEqual(newest, digests, 'the newest revision of each record says what the record is');
    return digestOf(
      column(`SELECT value FROM meta WHERE key = 'loaded'`),
      column(`SELECT id || ' ' || digest || ' ' || json FROM provider`),
      column(`SELECT name || ' ' || coalesce(provider, '(left out)') FROM domain
        UNION ALL SELECT pattern || ' ' || coalesce(provider, '(others)') FROM mx`),
    );
  } finally {
    sqlite.close();
  }
}

function digestOf(...lists: string[][]): string {
  return sha256(JSON.stringify(lists.map((list) => list.sort())));
}

// The process that is killed.

/** Where it dies: standing still behind a part of its statements, or going on, so many milliseconds later. */
interface Moment {
  readonly fraction: number;
  readonly delay?: number;
}

interface Loader {
  /** Lets it load, and waits until it has come to its moment: it stands still there, or (with a delay) goes on. */
  begin(): Promise<void>;
  kill(): Promise<void>;
}

const quickStart = new URL('../quick-start.ts', import.meta.url).href;

/** Starts a process that gets everything ready and waits. */
function startLoader(file: string, state: 'even' | 'odd', { fraction, delay }: Moment): Loader {
  const args = ['load', file, state, String(fraction), delay === undefined ? 'stand-still' : 'go-on'];
  const child = spawn(process.execPath, ['--import', quickStart, fileURLToPath(import.meta.url), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const said = (word: string) =>
    new Promise<void>((resolve, reject) => {
      child.stdout.on('data', (chunk: Buffer) => {
        if (chunk.toString().includes(word)) resolve();
      });
      child.once('exit', (code) => reject(new Error(`the loader ended by itself, with ${code}`)));
    });
  const [ready, reached] = [said('ready'), said('reached')];
  for (const promise of [ready, reached]) promise.catch(() => undefined);
  return {
    async begin() {
      await ready;
      child.stdin.write('go\n');
      await reached;
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

async function loadAndWaitForDeath([file = '', state, fraction, then]: readonly string[]): Promise<void> {
  const say = (word: string) => writeSync(1, `${word}\n`);
  const data = generated(state === 'even' ? 0 : 1);
  say('ready');
  await once(process.stdin, 'data');
  const store = openSqlite(file);
  // A small cache, so that SQLite writes pages to its log long before the commit, as it does where memory is short.
  await store.db.run('PRAGMA cache_size = 20');
  const standStill = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300_000);
  const reporting: Store = {
    ...store,
    atomically(statements) {
      const all = [...statements];
      const moment = Math.floor(Number(fraction) * (all.length - 1));
      const last = all[moment]!;
      const telling = Object.assign(Object.create(last) as typeof last, {
        run() {
          last.run();
          say('reached');
          if (then === 'stand-still') standStill();
        },
      });
      return store.atomically(all.with(moment, telling));
    },
  };
  await load(reporting, data, state ?? '', at);
  // Killed by now, or soon: nobody may outlive the test by much.
  setTimeout(() => process.exit(1), 300_000);
}
