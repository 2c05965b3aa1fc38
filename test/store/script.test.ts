/** A load as SQL: told to a real D1, statement by statement, it leaves what a load leaves. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import type { D1Database } from '@cloudflare/workers-types';
import { load } from '../../src/catalog/load.ts';
import type { Curated } from '../../src/provider/model.ts';
import { openD1 } from '../../src/store/d1.ts';
import { StoreError } from '../../src/store/db.ts';
import { putOverlay, readOverlays } from '../../src/store/overlays.ts';
import { readCurated } from '../../src/store/providers.ts';
import { newestRevision, readRevisions } from '../../src/store/revisions.ts';
import { putState, stateQuery, toldAsSql } from '../../src/store/script.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import { curated, handler, leftOut, record } from '../records.ts';
import { startD1 } from '../worker/d1-database.ts';

const at = '2026-11-20T10:00:00.000Z';
const server = await startD1();
after(() => server.close());

const names = Array.from({ length: 4000 }, (_, i) => `d${String(i).padStart(4, '0')}.long-provider.example`);
const data = curated({
  providers: [
    record({ id: 'a.example', name: "O'Neil’s “Mail”; -- ? \\ ''", mx: ['*.mx.a.example'] }),
    record({ id: 'b.example' }),
    record({ id: 'long.example', domains: names }),
  ],
  leftOut: [leftOut('gone.example')],
  others: [handler('gateway', '*.filter.example')],
});

/** What `wrangler d1 execute --json` prints. */
async function stateOf(d1: D1Database): Promise<string> {
  return JSON.stringify([{ results: (await d1.prepare(stateQuery).bind().all()).results, success: true }]);
}

async function scriptFor(facts: Curated, digest: string, state?: string): Promise<string[]> {
  const store = openSqlite(':memory:');
  const script: string[] = [];
  if (state !== undefined) await putState(store, state);
  await load(
    toldAsSql(store, (sql) => script.push(sql)),
    facts,
    digest,
    at,
  );
  store.close();
  return script;
}

/** As D1 takes a file: all of it or nothing. */
async function run(d1: D1Database, script: readonly string[]): Promise<void> {
  await d1.batch(script.map((sql) => d1.prepare(sql).bind()));
}

async function loaded(): Promise<D1Database> {
  const d1 = await server.fresh();
  await run(d1, await scriptFor(data, 'one'));
  return d1;
}

describe('a load as SQL', () => {
  test('leaves in a new database what a load leaves, whatever is in the texts', async () => {
    const { db } = openD1(await loaded());
    assert.deepEqual(await readCurated(db), data);
    assert.equal(await newestRevision(db), 3);
  });

  test('has no statement that is longer than D1 takes, however long a record is', async () => {
    const script = await scriptFor(data, 'one');
    assert.ok(JSON.stringify(data.providers[2]).length > 100_000);
    assert.ok(script.every((sql) => Buffer.byteLength(sql) < 100_000 && !sql.includes('\n')));
  });

  test('is of nothing where the database has it all', async () => {
    assert.deepEqual(await scriptFor(data, 'one', await stateOf(await loaded())), []);
  });

  test('touches only what differs', async () => {
    const d1 = await loaded();
    const newer = { ...data, providers: [data.providers[0]!, record({ id: 'b.example', name: 'Newer' })] };
    const script = await scriptFor(newer, 'two', await stateOf(d1));
    assert.ok(script.length < 20, `${script.length} statements`);
    assert.ok(!script.some((sql) => sql.includes("O''Neil")));
    await run(d1, script);
    const { db } = openD1(d1);
    assert.deepEqual(await readCurated(db), newer);
    assert.deepEqual(
      (await readRevisions(db, 'long.example', 5)).map(({ newDigest }) => newDigest),
      [null, (await readRevisions(db, 'long.example', 5))[1]?.newDigest],
    );
  });

  test('does nothing where somebody has written since the database was asked', async () => {
    const d1 = await loaded();
    const state = await stateOf(d1);
    await run(d1, await scriptFor({ ...data, leftOut: [] }, 'theirs', state));
    const late = await scriptFor({ ...data, providers: [] }, 'ours', state);
    await assert.rejects(run(d1, late), /NOT NULL constraint failed: meta\.value/);
    assert.deepEqual(await readCurated(openD1(d1).db), { ...data, leftOut: [] });
  });

  test('knows what was published there: it stays in front, and goes when the data have it', async () => {
    const d1 = await loaded();
    const store = openD1(d1);
    const published = record({ id: 'b.example', name: 'Published there' });
    await store.atomically(putOverlay(store.db, { id: 'b.example', baseDigest: null, record: published }, at));
    await run(d1, await scriptFor({ ...data, leftOut: [] }, 'two', await stateOf(d1)));
    assert.equal((await readCurated(store.db)).providers[1]?.name, 'Published there');
    const now = { ...data, providers: data.providers.with(1, published) };
    await run(d1, await scriptFor(now, 'three', await stateOf(d1)));
    assert.deepEqual(await readOverlays(store.db), []);
  });

  test('of a state that no database has answered is refused', async () => {
    for (const text of ['', '{}', '[{"results":[{"kind":"other","key":"","value":""}]}]']) {
      const store = openSqlite(':memory:');
      await assert.rejects(putState(store, text), StoreError);
      store.close();
    }
  });
});
