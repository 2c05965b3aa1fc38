/**
 * What every store promises, whatever driver is below it. Each driver's own test calls {@link storeContract} with a way to
 * open a new, empty store.
 */
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { eq } from 'drizzle-orm';
import { recordDigest } from '../../../src/atlas/digest.ts';
import { load } from '../../../src/catalog/load.ts';
import type { Provider } from '../../../src/provider/model.ts';
import type { Db, Statement, Store } from '../../../src/store/db.ts';
import { advance, isOvertaken, readGeneration } from '../../../src/store/generation.ts';
import { putMeta, readMeta } from '../../../src/store/meta.ts';
import { dropOverlay, putOverlay, readOverlays } from '../../../src/store/overlays.ts';
import {
  dropRecord,
  putLists,
  putNoProbe,
  putRecord,
  readCurated,
  readDigests,
  readOwners,
} from '../../../src/store/providers.ts';
import { addRevision, newestRevision, readChanges, readRevisions } from '../../../src/store/revisions.ts';
import * as tables from '../../../src/store/schema.ts';
import { curated, handler, leftOut, record } from '../../records.ts';
import { byKeyContract } from './by-key.ts';
import { checksContract } from './checks.ts';
import { comparisonsContract } from './comparisons.ts';
import { daysContract } from './days.ts';
import { demandContract } from './demand.ts';
import { newsContract } from './news.ts';
import { promises } from './promises.ts';
import { submissionsContract } from './submissions.ts';
import { tokensContract } from './tokens.ts';

const at = '2026-11-20T10:00:00.000Z';

/**
 * Runs the suite.
 * @param open a store that is empty and migrated; the suite closes it
 */
export function storeContract(name: string, open: () => Store | Promise<Store>): void {
  /** A test with a store of its own. */
  const promise = promises(open);

  byKeyContract(name, open);
  checksContract(name, open);
  comparisonsContract(name, open);
  demandContract(name, open);
  daysContract(name, open);
  newsContract(name, open);
  tokensContract(name, open);
  submissionsContract(name, open);

  describe(`a store on ${name}`, () => {
    describe('when it is new', () => {
      promise('holds nothing', async ({ db }) => {
        assert.deepEqual(await readCurated(db), curated());
        assert.deepEqual(await readDigests(db), new Map());
        assert.deepEqual(await readOverlays(db), []);
        assert.equal(await newestRevision(db), 0);
        assert.equal(await readMeta(db, 'loaded'), undefined);
      });
    });

    describe('atomically', () => {
      promise('runs statements in the order in which they are given', async (store) => {
        const { db } = store;
        const causes = ['first', 'second', 'third'];
        await store.atomically([
          ...causes.map((cause) => addRevision(db, { at, id: 'a.example', oldDigest: null, newDigest: 'x', cause })),
          putMeta(db, 'loaded', 'old'),
          putMeta(db, 'loaded', 'new'),
        ]);
        const revisions = await readRevisions(db, 'a.example', 10);
        assert.deepEqual(revisions.map(({ n, cause }) => [n, cause]).toReversed(), [
          [1, 'first'],
          [2, 'second'],
          [3, 'third'],
        ]);
        assert.equal(await readMeta(db, 'loaded'), 'new');
        const changes = async (since: number, limit: number) => (await readChanges(db, since, limit)).map(({ n }) => n);
        assert.deepEqual(await changes(0, 10), [1, 2, 3]);
        assert.deepEqual(await changes(1, 1), [2]);
        assert.deepEqual(await changes(3, 10), []);
      });

      for (const place of ['first', 'middle', 'last'] as const) {
        promise(`runs none of them where the ${place} one fails`, async (store) => {
          const { db } = store;
          const before = record({ id: 'before.example' });
          await put(store, before);
          const good = [putMeta(db, 'loaded', 'new'), ...dropRecord(db, before.id)];
          const where = { first: 0, middle: 1, last: good.length }[place];
          await assert.rejects(store.atomically(good.toSpliced(where, 0, failing(db))));
          assert.equal(await readMeta(db, 'loaded'), undefined);
          assert.deepEqual((await readCurated(db)).providers, [before]);
          assert.deepEqual(await domainRows(db), ['before.example -> before.example']);
        });
      }

      promise('works again after a failure', async (store) => {
        await assert.rejects(store.atomically([failing(store.db)]));
        await store.atomically([putMeta(store.db, 'loaded', 'new')]);
        assert.equal(await readMeta(store.db, 'loaded'), 'new');
      });

      promise('takes as many statements at once as the store says', async (store) => {
        const { db } = store;
        const many = Math.min(store.batchSize, 2000);
        const revision = addRevision(db, { at, id: 'a.example', oldDigest: null, newDigest: 'x', cause: 'load' });
        await store.atomically(Array.from({ length: many }, () => revision));
        assert.equal(await newestRevision(db), many);
      });

      promise('lets two that are started together both happen', async (store) => {
        const { db } = store;
        await Promise.all([
          store.atomically([putMeta(db, 'loaded', 'data')]),
          store.atomically([putMeta(db, 'lists-digest', 'lists')]),
        ]);
        assert.deepEqual([await readMeta(db, 'loaded'), await readMeta(db, 'lists-digest')], ['data', 'lists']);
      });
    });

    describe('records', () => {
      promise('read back as they were written', async (store) => {
        const written = record({
          id: 'xn--bcher-kva.example',
          name: 'Bücher & “Söhne” <Post>',
          short: 'O\'Neil \\ "x" 😀',
          domains: ['*.xn--bcher-kva.example', 'xn--bcher-kva.example'],
          mx: ['*.mx.xn--bcher-kva.example'],
          documentation: [{ url: 'https://xn--bcher-kva.example/%3Fq', lang: 'de', about: 'imap' }],
        });
        await put(store, written);
        assert.deepEqual((await readCurated(store.db)).providers, [written]);
      });

      promise('of any length read back as they were written', async (store) => {
        const domains = Array.from({ length: 8000 }, (_, i) => `d${String(i).padStart(5, '0')}.long-provider.example`);
        const written = record({ id: 'long.example', name: `${'𝒫'.repeat(20)} “formerly”`, domains });
        assert.ok(JSON.stringify(written).length > 200_000);
        await put(store, written, record({ id: 'before.example' }));
        assert.deepEqual((await readCurated(store.db)).providers[1], written);
        assert.equal((await domainRows(store.db)).length, 8001);
      });

      promise('come in the order of their ids, whatever order they were written in', async (store) => {
        for (const id of ['c.example', 'a.example', 'b.example']) await put(store, record({ id }));
        const { providers } = await readCurated(store.db);
        assert.deepEqual(
          providers.map(({ id }) => id),
          ['a.example', 'b.example', 'c.example'],
        );
      });

      promise('have their digests beside them', async (store) => {
        const [a, b] = [record({ id: 'a.example' }), record({ id: 'b.example' })];
        await put(store, a, b);
        assert.deepEqual(
          await readDigests(store.db),
          new Map([
            ['a.example', recordDigest(a)],
            ['b.example', recordDigest(b)],
          ]),
        );
      });

      promise('are replaced when written again, with the names they no longer have', async (store) => {
        const { db } = store;
        await put(store, record({ domains: ['mail.example', 'old.example'], mx: ['*.mx.example', 'old.mx.example'] }));
        const newer = record({ name: 'Newer Mail', domains: ['mail.example', 'new.example'], mx: ['*.mx.example'] });
        await put(store, newer);
        assert.deepEqual((await readCurated(db)).providers, [newer]);
        assert.deepEqual(await readDigests(db), new Map([['mail.example', recordDigest(newer)]]));
        assert.deepEqual(await domainRows(db), ['mail.example -> mail.example', 'new.example -> mail.example']);
        assert.deepEqual(await mxRows(db), ['*.mx.example -> mail.example']);
      });

      promise('take their names with them when they go, and no others', async (store) => {
        const stays = record({ id: 'stays.example', mx: ['*.mx.stays.example'] });
        await put(store, record({ id: 'goes.example', mx: ['*.mx.goes.example'] }), stays);
        await store.atomically(dropRecord(store.db, 'goes.example'));
        assert.deepEqual((await readCurated(store.db)).providers, [stays]);
        assert.deepEqual(await domainRows(store.db), ['stays.example -> stays.example']);
        assert.deepEqual(await mxRows(store.db), ['*.mx.stays.example -> stays.example']);
      });

      promise('that are not there can be dropped without harm', async (store) => {
        const stays = record();
        await put(store, stays);
        await store.atomically(dropRecord(store.db, 'never.example'));
        assert.deepEqual((await readCurated(store.db)).providers, [stays]);
      });
    });

    describe('owners of names', () => {
      promise('are told for domains and MX patterns, any number at once, and for nobody else’s', async (store) => {
        const domains = Array.from({ length: 250 }, (_, i) => `d${i}.example`).sort();
        for (const half of [domains.slice(0, 125), domains.slice(125)]) {
          await put(store, record({ id: half[0]!, domains: half, mx: [`*.mx.${half[0]}`] }));
        }
        await store.atomically(putLists(store.db, { leftOut: [leftOut('gone.example')], others: [] }));
        const asked = [...domains, `*.mx.${domains[0]}`, 'gone.example', 'unknown.example'];
        const owners = await readOwners(store.db, asked);
        assert.equal(owners.size, 251);
        assert.equal(owners.get(domains[124]!), domains[0]);
        assert.equal(owners.get(domains[125]!), domains[125]);
        assert.equal(owners.get(`*.mx.${domains[0]}`), domains[0]);
        assert.deepEqual([owners.get('gone.example'), owners.get('unknown.example')], [undefined, undefined]);
      });
    });

    describe('a name that moves', () => {
      const names = { domains: ['moves.example'], mx: ['*.mx.moves.example'] };
      const moved = async (store: Store, steps: Statement[][]) => {
        await store.atomically(steps.flat());
        return { domains: await domainRows(store.db), mx: await mxRows(store.db) };
      };
      const giver = (more: Partial<Provider> = {}) => record({ id: 'giver.example', domains: [], ...more });
      const taker = (more: Partial<Provider> = {}) => record({ id: 'taker.example', domains: [], ...more });
      const lists = { leftOut: [leftOut('moves.example')], others: [handler('gateway', '*.mx.moves.example')] };
      const noLists = { leftOut: [], others: [] };

      for (const first of ['giver', 'taker'] as const) {
        const inOrder = (give: Statement[], take: Statement[]) => (first === 'giver' ? [give, take] : [take, give]);

        promise(`belongs to the new record, the ${first} written first`, async (store) => {
          await put(store, giver(names), taker());
          const steps = inOrder(putOne(store.db, giver()), putOne(store.db, taker(names)));
          assert.deepEqual(await moved(store, steps), {
            domains: ['moves.example -> taker.example'],
            mx: ['*.mx.moves.example -> taker.example'],
          });
        });

        promise(`belongs to the new record where the old one goes, the ${first} written first`, async (store) => {
          await put(store, giver(names));
          const steps = inOrder(dropRecord(store.db, 'giver.example'), putOne(store.db, taker(names)));
          assert.deepEqual(await moved(store, steps), {
            domains: ['moves.example -> taker.example'],
            mx: ['*.mx.moves.example -> taker.example'],
          });
        });

        promise(`goes from a record to the lists, the ${first} written first`, async (store) => {
          await put(store, giver(names));
          const steps = inOrder(putOne(store.db, giver()), putLists(store.db, lists));
          assert.deepEqual(await moved(store, steps), {
            domains: ['moves.example -> left out'],
            mx: ['*.mx.moves.example -> gateway'],
          });
        });

        promise(`goes from the lists to a record, the ${first} written first`, async (store) => {
          await store.atomically(putLists(store.db, lists));
          const steps = inOrder(putLists(store.db, noLists), putOne(store.db, taker(names)));
          assert.deepEqual(await moved(store, steps), {
            domains: ['moves.example -> taker.example'],
            mx: ['*.mx.moves.example -> taker.example'],
          });
        });
      }

      promise('can change places with another', async (store) => {
        await put(store, giver({ domains: ['one.example'] }), taker({ domains: ['two.example'] }));
        await put(store, giver({ domains: ['two.example'] }), taker({ domains: ['one.example'] }));
        assert.deepEqual(await domainRows(store.db), ['one.example -> taker.example', 'two.example -> giver.example']);
      });
    });

    describe('the two lists', () => {
      const lists = {
        leftOut: [leftOut('*.b.example'), leftOut('a.example')],
        others: [handler('forwarder', '*.two.example'), handler('gateway', '*.one.example')],
      };

      promise('read back as they were written', async (store) => {
        await store.atomically(putLists(store.db, lists));
        assert.deepEqual(await readCurated(store.db), curated(lists));
      });

      promise('read back with all the patterns of one handler together', async (store) => {
        const others = [handler('gateway', '*.one.example', '*.three.example', '*.two.example')];
        await store.atomically(putLists(store.db, { leftOut: [], others }));
        assert.deepEqual((await readCurated(store.db)).others, others);
      });

      promise('take the place of the lists before them, and leave records alone', async (store) => {
        const stays = record({ mx: ['*.mx.mail.example'] });
        await put(store, stays);
        await store.atomically(putLists(store.db, lists));
        const newer = { leftOut: [leftOut('c.example')], others: [handler('sender', '*.three.example')] };
        await store.atomically(putLists(store.db, newer));
        assert.deepEqual(await readCurated(store.db), curated({ providers: [stays], ...newer }));
        assert.deepEqual(await domainRows(store.db), ['c.example -> left out', 'mail.example -> mail.example']);
        assert.deepEqual(await mxRows(store.db), ['*.mx.mail.example -> mail.example', '*.three.example -> sender']);
      });
    });

    describe('who does not want to be probed', () => {
      promise('is read back, the newest list', async (store) => {
        const asked = (host: string) => ({ name: host, since: '2026-11-20', note: 'By mail.' });
        await store.atomically([putNoProbe(store.db, [asked('a.example'), asked('b.example')])]);
        await store.atomically([putNoProbe(store.db, [asked('b.example')])]);
        assert.deepEqual(await readCurated(store.db), curated({ noProbe: [asked('b.example')] }));
      });
    });

    describe('meta', () => {
      promise('remembers a value by its key, the newest one', async (store) => {
        await store.atomically([putMeta(store.db, 'loaded', 'one'), putMeta(store.db, 'lists-digest', 'other')]);
        await store.atomically([putMeta(store.db, 'loaded', 'two')]);
        assert.equal(await readMeta(store.db, 'loaded'), 'two');
        assert.equal(await readMeta(store.db, 'lists-digest'), 'other');
      });
    });

    describe('the generation', () => {
      promise('is 0 in a new store, and moves on with a batch that has read the newest one', async (store) => {
        assert.equal(await readGeneration(store.db), 0);
        await store.atomically([...advance(store.db, 0), putMeta(store.db, 'loaded', 'one')]);
        await store.atomically([...advance(store.db, 1), putMeta(store.db, 'loaded', 'two')]);
        assert.equal(await readGeneration(store.db), 2);
        assert.equal(await readMeta(store.db, 'loaded'), 'two');
      });

      promise('holds a batch back that has read an older one, the whole of it', async (store) => {
        await store.atomically([...advance(store.db, 0), putMeta(store.db, 'loaded', 'by the faster one')]);
        const late = store.atomically([...advance(store.db, 0), putMeta(store.db, 'loaded', 'by the slower one')]);
        await assert.rejects(late, (error) => isOvertaken(error));
        assert.equal(await readGeneration(store.db), 1);
        assert.equal(await readMeta(store.db, 'loaded'), 'by the faster one');
      });

      promise('has nothing to do with other errors', async (store) => {
        await assert.rejects(store.atomically([store.db.insert(tables.provider).values(nobody)]), (error) => {
          return !isOvertaken(error);
        });
      });
    });

    describe('revisions', () => {
      const revise = (db: Db, id: string, cause: string) =>
        addRevision(db, { at, id, oldDigest: null, newDigest: 'd', cause });

      promise('are numbered from 1 and read newest first, one record’s at a time', async (store) => {
        const { db } = store;
        await store.atomically([revise(db, 'a.example', 'load'), revise(db, 'b.example', 'load')]);
        await store.atomically([revise(db, 'a.example', 'overlay')]);
        assert.equal(await newestRevision(db), 3);
        assert.deepEqual(await readRevisions(db, 'a.example', 10), [
          { n: 3, at, id: 'a.example', oldDigest: null, newDigest: 'd', cause: 'overlay' },
          { n: 1, at, id: 'a.example', oldDigest: null, newDigest: 'd', cause: 'load' },
        ]);
        assert.deepEqual(await readRevisions(db, 'nobody.example', 10), []);
      });

      promise('are read up to a limit', async (store) => {
        const { db } = store;
        await store.atomically(['1', '2', '3'].map((cause) => revise(db, 'a.example', cause)));
        const newest = await readRevisions(db, 'a.example', 2);
        assert.deepEqual(
          newest.map(({ cause }) => cause),
          ['3', '2'],
        );
      });

      promise('cannot be changed or deleted, and a batch that tries does nothing', async (store) => {
        const { db } = store;
        await store.atomically([revise(db, 'a.example', 'load')]);
        const update = db.update(tables.revision).set({ cause: 'rewritten' }).where(eq(tables.revision.n, 1));
        const remove = db.delete(tables.revision).where(eq(tables.revision.n, 1));
        for (const statement of [update, remove]) {
          await assert.rejects(store.atomically([putMeta(db, 'loaded', 'x'), statement]), /append-only/);
        }
        const revisions = await readRevisions(db, 'a.example', 10);
        assert.deepEqual(
          revisions.map(({ cause }) => cause),
          ['load'],
        );
        assert.equal(await readMeta(db, 'loaded'), undefined);
      });
    });

    describe('overlays', () => {
      const facts = record();

      promise('read back with a number, in the order in which they were put', async (store) => {
        const { db } = store;
        const gone = { id: 'gone.example', baseDigest: 'base', record: null };
        await store.atomically(putOverlay(db, { id: facts.id, baseDigest: null, record: facts }, at));
        await store.atomically(putOverlay(db, gone, at));
        assert.deepEqual(await readOverlays(db), [
          { number: 1, id: facts.id, baseDigest: null, record: facts },
          { number: 2, ...gone },
        ]);
      });

      promise('take the place of an older one of the same record', async (store) => {
        const { db } = store;
        const newer = record({ name: 'Newer Mail' });
        await store.atomically(putOverlay(db, { id: facts.id, baseDigest: null, record: facts }, at));
        await store.atomically(putOverlay(db, { id: facts.id, baseDigest: 'base', record: newer }, at));
        assert.deepEqual(await readOverlays(db), [{ number: 2, id: facts.id, baseDigest: 'base', record: newer }]);
      });

      promise('go when they are dropped, and their number is never given again', async (store) => {
        const { db } = store;
        await store.atomically(putOverlay(db, { id: facts.id, baseDigest: null, record: facts }, at));
        await store.atomically([dropOverlay(db, 1)]);
        assert.deepEqual(await readOverlays(db), []);
        await store.atomically(putOverlay(db, { id: facts.id, baseDigest: null, record: facts }, at));
        assert.deepEqual(
          (await readOverlays(db)).map(({ number }) => number),
          [2],
        );
      });
    });

    describe('a load', () => {
      const data = curated({
        providers: [record({ id: 'a.example', mx: ['*.mx.a.example'] }), record({ id: 'b.example' })],
        leftOut: [leftOut('gone.example')],
        others: [handler('gateway', '*.filter.example')],
      });

      promise('leaves what the data say', async (store) => {
        const { added, unchanged } = await load(store, data, 'digest', at);
        assert.deepEqual({ added, unchanged }, { added: ['a.example', 'b.example'], unchanged: 0 });
        assert.deepEqual(await readCurated(store.db), data);
        assert.equal(await readMeta(store.db, 'loaded'), 'digest');
      });

      promise('of the same data changes nothing', async (store) => {
        await load(store, data, 'digest', at);
        const report = await load(store, data, 'digest', '2027-01-01T00:00:00.000Z');
        assert.deepEqual(report, {
          added: [],
          changed: [],
          removed: [],
          unchanged: 2,
          retired: [],
          conflicts: [],
          refused: [],
        });
        assert.equal(await newestRevision(store.db), 2);
        assert.deepEqual(await readCurated(store.db), data);
      });
    });

    describe('its data version', () => {
      promise('stays the same while only the store itself writes', async (store) => {
        const before = store.dataVersion();
        await store.atomically([putMeta(store.db, 'loaded', 'x')]);
        assert.equal(store.dataVersion(), before);
      });
    });
  });
}

/** Writes records as `load` does. */
async function put(store: Store, ...records: readonly Provider[]): Promise<void> {
  await store.atomically(records.flatMap((one) => putOne(store.db, one)));
}

function putOne(db: Db, one: Provider): Statement[] {
  return putRecord(db, one, recordDigest(one));
}

/** NULL where a value must be. */
const nobody = { id: 'nobody.example', digest: null as unknown as string, json: '{}' };

/** A statement that every database refuses. */
function failing(db: Db): Statement {
  return db.insert(tables.provider).values(nobody);
}

/** `name -> owner`, sorted. */
async function domainRows(db: Db): Promise<string[]> {
  const rows = await db.select().from(tables.domain).orderBy(tables.domain.name);
  return rows.map((row) => `${row.name} -> ${row.provider ?? (row.leftOut === null ? 'nobody' : 'left out')}`);
}

async function mxRows(db: Db): Promise<string[]> {
  const rows = await db.select().from(tables.mx).orderBy(tables.mx.pattern);
  return rows.map(({ pattern, provider, other }) => {
    const owner = provider ?? (JSON.parse(other ?? '{}') as { kind?: string }).kind;
    return `${pattern} -> ${owner ?? 'nobody'}`;
  });
}
