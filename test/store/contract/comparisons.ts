/** What every store promises of comparisons, and of who is asked when. */
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import type { Domain } from '../../../src/name/domain.ts';
import type { Store } from '../../../src/store/db.ts';
import {
  listPublishers,
  type NewComparison,
  type Publisher,
  putComparison,
  readComparisons,
  readNewestComparisons,
  readPublishersDue,
  releasePublishers,
  takeDuePublishers,
} from '../../../src/store/seen/comparisons.ts';
import { readVitals } from '../../../src/store/seen/vitals.ts';
import { promises } from './promises.ts';

const time = (minutes: number) => new Date(Date.parse('2026-11-20T10:00:00.000Z') + minutes * 60_000).toISOString();
const [a, b] = ['a.example', 'b.example'] as Domain[] as [Domain, Domain];
const publisher = (domain: Domain, digest = 'd1'): Publisher => ({ domain, record: 'a.example', digest });
const lease = (by: string, from: number) => ({ by, now: time(from), until: time(from + 5) });

function compared(facts: Partial<NewComparison> = {}): NewComparison {
  const sources = [{ mechanism: 'srv', where: 'a.example', trust: 'dns' }];
  return {
    domain: a,
    record: 'a.example',
    digest: 'd1',
    at: time(0),
    verdict: 'agrees',
    differences: [],
    sources,
    proposal: null,
    ...facts,
  };
}
const differences = [
  { mechanism: 'srv', service: 'imap tls', state: 'host-differs', level: 'differs', ours: 'x', theirs: 'y' },
];

export function comparisonsContract(name: string, open: () => Store | Promise<Store>): void {
  const promise = promises(open);
  const put = async (store: Store, ...results: readonly NewComparison[]) => {
    for (const result of results) await store.atomically(putComparison(store.db, result, time(100)));
  };

  describe(`comparisons in a store on ${name}`, () => {
    promise('read back as they were written, newest first, page by page', async (store) => {
      await put(
        store,
        compared(),
        compared({ domain: b, record: 'b.example' }),
        compared({ verdict: 'differs', differences }),
      );
      const all = await readComparisons(store.db, 'a.example', { limit: 10 });
      assert.deepEqual(all, [
        { ...compared({ verdict: 'differs', differences }), n: 3, changed: true },
        { ...compared(), n: 1, changed: true },
      ]);
      assert.deepEqual(
        (await readComparisons(store.db, 'a.example', { limit: 1, before: 3 })).map(({ n }) => n),
        [1],
      );
    });

    promise('change with what is conclusive: that nobody could tell is nothing new', async (store) => {
      const unknown = compared({ verdict: 'unknown', sources: [] });
      await put(store, unknown, compared(), unknown, compared(), compared({ verdict: 'nothing' }));
      const rows = await readComparisons(store.db, 'a.example', { limit: 10 });
      assert.deepEqual(
        rows.map(({ verdict, changed }) => `${verdict} ${changed}`),
        ['nothing true', 'agrees false', 'unknown false', 'agrees true', 'unknown false'],
      );
      await put(store, unknown);
      assert.deepEqual(
        (await readNewestComparisons(store.db, 'a.example')).map(({ verdict }) => verdict),
        ['nothing'],
      );
      assert.deepEqual(await readNewestComparisons(store.db, 'b.example'), []);
      assert.equal((await readNewestComparisons(store.db)).length, 1);
    });

    promise('are bounded for each domain: changes are kept longer than what stays the same', async (store) => {
      await put(store, compared({ domain: b }), compared());
      for (let i = 0; i < 15; i++) await put(store, compared());
      for (let i = 0; i < 30; i++) await put(store, compared({ verdict: i % 2 === 0 ? 'differs' : 'agrees' }));
      const rows = await readComparisons(store.db, 'a.example', { limit: 100 });
      const ofA = rows.filter(({ domain }) => domain === a);
      assert.deepEqual([ofA.filter(({ changed }) => changed).length, ofA.length], [20, 30]);
      assert.equal(rows.length, 31);
    });
  });

  describe(`domains that are asked, in a store on ${name}`, () => {
    const later = () => time(50);
    promise('are listed once, due as their list says, and dropped with it', async (store) => {
      await listPublishers(store, [publisher(a), publisher(b)], () => time(0));
      await listPublishers(store, [publisher(a)], later);
      assert.deepEqual(await readPublishersDue(store.db, [a, b]), new Map([[a, time(0)]]));
    });

    promise('are due again when their record has changed', async (store) => {
      const known: boolean[] = [];
      const dueAt = (_: Publisher, isKnown: boolean) => {
        known.push(isKnown);
        return time(7);
      };
      await listPublishers(store, [publisher(a), publisher(b)], later);
      await listPublishers(store, [publisher(a), publisher(b, 'd2')], dueAt);
      assert.deepEqual(known, [true]);
      assert.deepEqual(
        await readPublishersDue(store.db, [a, b]),
        new Map([
          [a, time(50)],
          [b, time(7)],
        ]),
      );
    });

    promise('go to one holder at a time, until the lease is over or given back', async (store) => {
      await listPublishers(store, [publisher(a), publisher(b)], ({ domain }) => time(domain === a ? 2 : 1));
      assert.deepEqual(await takeDuePublishers(store, lease('me', 0), 10), [], 'nothing is due yet');
      assert.deepEqual(await takeDuePublishers(store, lease('me', 3), 1), [publisher(b)]);
      assert.deepEqual(await takeDuePublishers(store, lease('you', 4), 10), [publisher(a)]);
      assert.deepEqual(await takeDuePublishers(store, lease('me', 5), 10), []);
      assert.deepEqual(await takeDuePublishers(store, lease('him', 8), 10), [publisher(b)], 'my lease is over');
      await store.atomically([releasePublishers(store.db, 'you')]);
      assert.deepEqual(await takeDuePublishers(store, lease('me', 8.5), 10), [publisher(a)]);
    });

    promise('are due although a clock that ran a year ahead has put them off, or holds them', async (store) => {
      const year = 365 * 24 * 60;
      await listPublishers(store, [publisher(a), publisher(b)], ({ domain }) => time(domain === a ? year : 0));
      await takeDuePublishers(store, lease('me', year - 1), 10);
      assert.deepEqual(await takeDuePublishers(store, lease('you', 1), 10), [publisher(b), publisher(a)]);
    });

    promise('are asked again when a result says so, and counted by it', async (store) => {
      await listPublishers(store, [publisher(a), publisher(b)], () => time(0));
      await takeDuePublishers(store, lease('me', 1), 1);
      await put(store, compared({ verdict: 'differs' }));
      assert.deepEqual(
        await readPublishersDue(store.db, [a, b]),
        new Map([
          [a, time(100)],
          [b, time(0)],
        ]),
      );
      assert.deepEqual((await readVitals(store.db, time(2))).compared, { differs: 1 });
    });

    promise('may be many', async (store) => {
      const many = Array.from({ length: 450 }, (_, i) => publisher(`x${i}.example` as Domain));
      await listPublishers(store, many, later);
      assert.equal(
        (
          await readPublishersDue(
            store.db,
            many.map(({ domain }) => domain),
          )
        ).size,
        450,
      );
      await listPublishers(store, [], later);
      assert.equal(
        (
          await readPublishersDue(
            store.db,
            many.map(({ domain }) => domain),
          )
        ).size,
        0,
      );
    });
  });
}
