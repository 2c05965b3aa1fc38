/** What every store promises of the days. Called by contract.ts for each driver. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { EndpointKey, StatusName } from '../../../src/provider/model.ts';
import type { Store } from '../../../src/store/db.ts';
import { countDay, readDays } from '../../../src/store/seen/days.ts';
import { listEndpoints, moveStatuses } from '../../../src/store/seen/statuses.ts';

const keys = ['a', 'b', 'c', 'd'].map((name) => `imap://${name}.example:993?security=tls` as EndpointKey);

export function daysContract(name: string, open: () => Store | Promise<Store>): void {
  describe(`days in a store on ${name}`, () => {
    test('count how the endpoints that records name stood when the last run of the day was over', async () => {
      const store = await open();
      const { db } = store;
      const at = (day: number, hour = 10) => `2026-11-${day}T${hour}:00:00.000Z`;
      const move = async (key: EndpointKey, status: StatusName, staleAt: string, applied: number) => {
        const facts = { endpoint: key, reason: 'ok', since: at(20), checkedAt: at(20) };
        await store.atomically(moveStatuses(db, [{ ...facts, status, staleAt, applied }]));
      };
      await listEndpoints(store, keys, at(20));
      await store.atomically(countDay(db, at(20)));
      await move(keys[0]!, 'verified', at(23), 1);
      await move(keys[1]!, 'failing', at(25), 2);
      await store.atomically(countDay(db, at(20, 12)));
      await listEndpoints(store, keys.slice(0, 3), at(21));
      await store.atomically(countDay(db, at(22)));
      await store.atomically(countDay(db, at(24)));
      assert.deepEqual(await readDays(db, '2026-11-20'), [
        { day: '2026-11-20', endpoints: { verified: 1, failing: 1, unverified: 2 } },
        // One is in no record any more.
        { day: '2026-11-22', endpoints: { verified: 1, failing: 1, unverified: 1 } },
        // Nobody has looked at the first for long.
        { day: '2026-11-24', endpoints: { failing: 1, unverified: 2 } },
      ]);
      assert.deepEqual(
        (await readDays(db, '2026-11-21')).map(({ day }) => day),
        ['2026-11-22', '2026-11-24'],
      );
      store.close();
    });

    test('are bounded', async () => {
      const store = await open();
      await listEndpoints(store, keys.slice(0, 1), '2020-01-01T00:00:00.000Z');
      const first = Date.parse('2024-01-01T00:00:00.000Z');
      for (let day = 0; day < 830; day++)
        await store.atomically(countDay(store.db, new Date(first + day * 86_400_000).toISOString()));
      const kept = await readDays(store.db, '2000-01-01');
      assert.deepEqual([kept.length, kept.at(-1)?.day], [800, '2026-04-09']);
      store.close();
    });
  });
}
