/** What every store promises of what happened: how statuses moved, what a revision replaced, what was under quarantine. */
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { recordDigest } from '../../../src/atlas/digest.ts';
import type { Domain } from '../../../src/name/domain.ts';
import type { EndpointKey, Provider } from '../../../src/provider/model.ts';
import type { Store } from '../../../src/store/db.ts';
import { dropRecord, putRecord } from '../../../src/store/providers.ts';
import { addRevision, traceRevisions } from '../../../src/store/revisions.ts';
import { liftQuarantine, putQuarantine, readQuarantineHistory } from '../../../src/store/seen/quarantine.ts';
import { listEndpoints, type Move, moveStatuses } from '../../../src/store/seen/statuses.ts';
import { readTransitions } from '../../../src/store/seen/transitions.ts';
import { record } from '../../records.ts';
import { promises } from './promises.ts';

const at = '2026-11-20T10:00:00.000Z';
const [a, b] = ['a', 'b'].map((name) => `imap://${name}.example:993?security=tls` as EndpointKey) as [
  EndpointKey,
  EndpointKey,
];

export function newsContract(name: string, open: () => Store | Promise<Store>): void {
  const promise = promises(open);

  describe(`statuses that moved in a store on ${name}`, () => {
    promise('are kept, the newest first, each once however often it is reported', async (store) => {
      await listEndpoints(store, [a, b], at);
      const fails = move(a, 1, { from: 'unverified', status: 'failing', reason: 'tls.expired' });
      await store.atomically(moveStatuses(store.db, [fails, move(b, 2)]));
      await store.atomically(moveStatuses(store.db, [fails]));
      await store.atomically(moveStatuses(store.db, [move(a, 3, { from: 'failing' })]));
      const back = { n: 2, endpoint: a, at, from: 'failing', to: 'verified', reason: 'ok' };
      assert.deepEqual(await readTransitions(store.db, 10), [
        back,
        { n: 1, endpoint: a, at, from: 'unverified', to: 'failing', reason: 'tls.expired' },
      ]);
      assert.deepEqual(await readTransitions(store.db, 1, [b, a]), [back]);
      assert.deepEqual(await readTransitions(store.db, 10, [b]), []);
    });

    promise('are bounded for each endpoint', async (store) => {
      await listEndpoints(store, [a, b], at);
      await store.atomically(moveStatuses(store.db, [move(b, 1, { from: 'unverified' })]));
      for (let n = 2; n < 30; n++) await store.atomically(moveStatuses(store.db, [move(a, n, { from: 'degraded' })]));
      const kept = await readTransitions(store.db, 100, [a]);
      assert.deepEqual([kept.length, kept[0]?.n], [20, 29]);
      assert.equal((await readTransitions(store.db, 100)).length, 21);
    });
  });

  describe(`revisions traced in a store on ${name}`, () => {
    const revise = async (store: Store, id: string, from: Provider | null, to: Provider | null) => {
      const [oldDigest, newDigest] = [from && recordDigest(from), to && recordDigest(to)];
      const write = to ? putRecord(store.db, to, newDigest ?? '') : dropRecord(store.db, id);
      await store.atomically([addRevision(store.db, { at, id, oldDigest, newDigest, cause: 'load' }), ...write]);
    };

    promise('have the record before and after them, where it was replaced again', async (store) => {
      const [first, second] = ['One', 'Two'].map((title) => record({ id: 'a.example', name: title })) as [
        Provider,
        Provider,
      ];
      await revise(store, 'a.example', null, first);
      await revise(store, 'b.example', null, record({ id: 'b.example' }));
      await revise(store, 'a.example', first, second);
      await revise(store, 'a.example', second, null);
      const traced = await traceRevisions(store.db, 10, 'a.example');
      assert.deepEqual(
        traced.map(({ n, before, after }) => [n, before, after]),
        [
          [4, second, null],
          [3, first, second],
          [1, null, first],
        ],
      );
      assert.deepEqual(
        (await traceRevisions(store.db, 2)).map(({ n }) => n),
        [4, 3],
      );
    });
  });

  describe(`the history of quarantine in a store on ${name}`, () => {
    promise('is read by name, or whole', async (store) => {
      const names = ['a.example', 'b.example', 'c.example'] as Domain[];
      for (const one of names)
        await store.atomically(putQuarantine(store.db, { name: one, at, why: 'It is gone.', by: 'verify' }));
      await store.atomically(liftQuarantine(store.db, names[0]!, { at, by: 'Ada' }));
      const read = async (limit: number, some?: readonly Domain[]) =>
        (await readQuarantineHistory(store.db, limit, some)).map((entry) => [entry.name, entry.liftedBy]);
      assert.deepEqual(await read(2), [
        ['c.example', null],
        ['b.example', null],
      ]);
      const many = Array.from({ length: 200 }, (_, i) => `x${i}.example` as Domain);
      assert.deepEqual(await read(10, [names[1]!, ...many, names[0]!]), [
        ['b.example', null],
        ['a.example', 'Ada'],
      ]);
      assert.deepEqual(await read(10, []), []);
    });
  });
}

function move(endpoint: EndpointKey, applied: number, facts: Partial<Move> = {}): Move {
  const times = { since: at, checkedAt: at, staleAt: null };
  return { endpoint, status: 'verified', reason: 'ok', ...times, applied, ...facts };
}
