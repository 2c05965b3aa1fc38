/** What every store promises of the names that many ask for. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Domain } from '../../../src/name/domain.ts';
import type { Store } from '../../../src/store/db.ts';
import { addDemand, readDemand } from '../../../src/store/demand.ts';

const monday = '2026-11-23T10:00:00.000Z';
const tuesday = '2026-11-24T10:00:00.000Z';
const wanted = (kind: 'domain' | 'mx', name: string, times: number) => ({ kind, name: name as Domain, times });

export function demandContract(name: string, open: () => Store | Promise<Store>): void {
  describe(`${name}: what many ask for`, () => {
    test('is added up, with the first and the last time, the most wanted first', async () => {
      const store = await open();
      try {
        const { db } = store;
        await store.atomically(addDemand(db, [wanted('domain', 'a.example', 5), wanted('mx', 'b.example', 9)], monday));
        await store.atomically(
          addDemand(db, [wanted('domain', 'a.example', 3), wanted('mx', 'a.example', 2)], tuesday),
        );
        assert.deepEqual(await readDemand(db, 10), [
          { name: 'a.example', asDomain: 8, asMx: 2, since: monday, last: tuesday },
          { name: 'b.example', asDomain: 0, asMx: 9, since: monday, last: monday },
        ]);
        assert.equal((await readDemand(db, 1)).length, 1);
        assert.deepEqual(addDemand(db, [], tuesday), []);
      } finally {
        store.close();
      }
    });

    test('is of a bounded number of names: the least wanted go', async () => {
      const store = await open();
      try {
        const { db } = store;
        const many = Array.from({ length: 5010 }, (_, n) => wanted('domain', `d${n}.example`, n + 1));
        for (let start = 0; start < many.length; start += 500)
          await store.atomically(addDemand(db, many.slice(start, start + 500), monday));
        const kept = await readDemand(db, 10_000);
        assert.equal(kept.length, 5000);
        assert.equal(kept.at(-1)?.name, 'd10.example');
      } finally {
        store.close();
      }
    });
  });
}
