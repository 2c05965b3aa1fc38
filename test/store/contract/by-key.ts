/** What every store promises of an atlas that is asked by key: the answers of the one in memory. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sql } from 'drizzle-orm';
import { type Atlas, compileAtlas } from '../../../src/atlas/atlas.ts';
import type { DomainOwner, MxOwner } from '../../../src/atlas/tables.ts';
import { load } from '../../../src/catalog/load.ts';
import type { Domain } from '../../../src/name/domain.ts';
import { patternsFor, wildcardsFor } from '../../../src/name/pattern.ts';
import { type EndpointKey, endpointKey } from '../../../src/provider/model.ts';
import type { Store } from '../../../src/store/db.ts';
import { countRecords, indexByKey, readRecords, readRenamed, recordById } from '../../../src/store/index-by-key.ts';
import { readKnowledge, readKnowledgeOf } from '../../../src/store/seen/knowledge.ts';
import { putQuarantine } from '../../../src/store/seen/quarantine.ts';
import { listEndpoints, moveStatuses } from '../../../src/store/seen/statuses.ts';
import { putSignIns } from '../../../src/store/sign-ins.ts';
import { curated, handler, leftOut, record } from '../../records.ts';

const at = '2026-11-20T10:00:00.000Z';

const world = curated({
  providers: [
    record({
      id: 'mail.example',
      formerly: ['old.example', 'older.example'],
      domains: ['mail.example', '*.mail.example'],
    }),
    record({ id: 'co.example', domains: ['co.example', 'x.mail.example'], mx: ['*.mx.co.example', 'mx.co.example'] }),
    record({ id: 'hoster.com', domains: [], mx: ['*.eu.hoster.com', 'in.hoster.com'] }),
    record({ id: 'rented.com', mx: ['*.mx.shared.com'] }),
    record({ id: 'second.com', mx: ['mail.shared.com'] }),
    // A bucket is a registrable domain of its own, by the private part of the list.
    record({ id: 'bucket.com', mx: ['mx.bucket.s3.amazonaws.com'] }),
    record({ id: 'suffix.com', mx: ['*.co.uk', '*.github.io'] }),
  ],
  others: [handler('gateway', '*.filter.com', 'mx.shared.com'), handler('sender', '*.bulk.com')],
  leftOut: [leftOut('gone.example'), leftOut('*.nobody.example')],
});

/** Everything that is named, with what stands above and below it. */
const asked = [
  ...new Set(
    [
      ...world.providers.flatMap(({ domains, mx = [] }) => [...domains, ...mx]),
      ...world.others.flatMap(({ mx }) => mx),
      ...world.leftOut.map(({ domain }) => domain),
      'unknown.example',
      `${Array.from({ length: 120 }, () => 'a').join('.')}.mail.example`,
    ].flatMap((name) => {
      const labels = name.replace('*.', '').split('.');
      const above = labels.map((_, i) => labels.slice(i).join('.')).filter((one) => one.includes('.'));
      return [...above, `below.${above[0] ?? name}`, `far.below.${above[0] ?? name}`];
    }),
  ),
] as Domain[];

export function byKeyContract(name: string, open: () => Store | Promise<Store>): void {
  describe(`an atlas that is asked by key, in a store on ${name}`, () => {
    const promise = (sentence: string, body: (store: Store, atlas: Atlas) => Promise<void>): void => {
      test(sentence, async () => {
        const store = await open();
        try {
          await load(store, world, 'digest', at);
          await body(store, compileAtlas(world));
        } finally {
          store.close();
        }
      });
    };

    promise('answers for every name as the one in memory', async ({ db }, atlas) => {
      const index = indexByKey(db);
      assert.ok(asked.length > 60);
      for (const domain of asked) {
        const names = [domain, ...wildcardsFor(domain)];
        assert.equal(domainOwner(await index.ownerOf(names)), domainOwner(atlas.ownerOf(names)), domain);
        const patterns = patternsFor(domain);
        assert.equal(mxOwner(await index.mxOwnerOf(patterns)), mxOwner(atlas.mxOwnerOf(patterns)), domain);
        const [found, meant] = [await index.mxOwnersBelow(domain), atlas.mxOwnersBelow(domain)];
        if (meant.length < 2) assert.deepEqual(found.map(mxOwner), meant.map(mxOwner), domain);
        else assert.ok(found.length >= 2, `${domain}: several owners`);
      }
    });

    promise('gives whole records by id, of today and of former times, and page by page', async ({ db }, atlas) => {
      assert.deepEqual(await recordById(db, 'co.example'), atlas.records.get('co.example'));
      assert.equal(await recordById(db, 'old.example'), undefined);
      assert.deepEqual(await readRenamed(db), atlas.renamed);
      assert.equal(await countRecords(db), world.providers.length);
      const ids = async (offset: number, limit: number) => (await readRecords(db, offset, limit)).map(({ id }) => id);
      assert.deepEqual(await ids(0, 2), ['bucket.com', 'co.example']);
      assert.deepEqual(await ids(6, 2), ['suffix.com']);
      assert.deepEqual(await ids(7, 2), []);
    });

    promise('finds former ids by their own index, never by reading all records', async ({ db }) => {
      const plan = await db.all<{ detail: string }>(
        sql`EXPLAIN QUERY PLAN SELECT id FROM provider WHERE instr(json, '"formerly":') > 0 ORDER BY id`,
      );
      assert.deepEqual(
        plan.map(({ detail }) => detail),
        ['SCAN provider USING INDEX provider_renamed'],
      );
    });

    promise('knows of some endpoints what is known of all', async (store) => {
      const { db } = store;
      const keys = world.providers.flatMap(({ incoming, outgoing }) => [...incoming, ...outgoing].map(endpointKey));
      const many = Array.from({ length: 95 }, (_, i) => `imap://h${i}.example:993?security=tls` as EndpointKey);
      const [a, b] = keys as [EndpointKey, EndpointKey];
      await listEndpoints(store, [...keys, ...many], at);
      const state = {
        status: 'failing',
        reason: 'tcp.refused',
        since: at,
        checkedAt: at,
        staleAt: null,

        dueAt: at,
      };
      await store.atomically([
        ...moveStatuses(db, [{ ...state, status: 'failing', endpoint: a, applied: 1 }]),
        ...putSignIns(db, new Map([[b, { at, level: 'L3' }]])),
        ...putQuarantine(db, { name: 'mail.example' as Domain, at, why: 'A test.', by: 'a test' }),
      ]);
      const [all, some] = [await readKnowledge(db, at), await readKnowledgeOf(db, [a, b, ...many], at)];
      assert.deepEqual(some.statuses.get(a), all.statuses.get(a));
      assert.equal(some.statuses.get(a)?.status, 'failing');
      assert.equal(some.statuses.size, 97);
      assert.deepEqual(some.signIns, new Map([[b, all.signIns.get(b)]]));
    });

    promise(
      'of a form of former times is written anew by the next load, and nothing is said to have changed',
      async (store) => {
        const { db } = store;
        await db.run(sql`UPDATE mx SET owner = NULL`);
        await db.run(sql`DELETE FROM meta WHERE key = 'projection'`);
        const report = await load(store, world, 'digest', at);
        assert.deepEqual([report.added, report.changed, report.unchanged], [[], [], world.providers.length]);
        const index = indexByKey(db);
        assert.equal((await index.mxOwnersBelow('eu.hoster.com' as Domain)).map(mxOwner).join(), 'hoster.com');
      },
    );
  });
}

function domainOwner(owner: DomainOwner | undefined): string {
  if (!owner) return 'nobody';
  return 'record' in owner ? owner.record.id : `left out: ${owner.leftOut.domain}`;
}

function mxOwner(owner: MxOwner | undefined): string {
  if (!owner) return 'nobody';
  return 'record' in owner ? owner.record.id : `${owner.other.kind} ${owner.other.name}`;
}
