import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Domain } from '../../../src/name/domain.ts';
import type { EndpointKey } from '../../../src/provider/model.ts';
import { type NewCheck, putCheck } from '../../../src/store/seen/checks.ts';
import { putQuarantine } from '../../../src/store/seen/quarantine.ts';
import { closeRun, endRun, startRun } from '../../../src/store/seen/runs.ts';
import { listEndpoints } from '../../../src/store/seen/statuses.ts';
import { readVitals } from '../../../src/store/seen/vitals.ts';
import { openSqlite } from '../../../src/store/sqlite.ts';

const noon = '2026-11-20T12:00:00.000Z';
const keyOf = (name: string) => `imap://${name}.example:993?security=tls` as EndpointKey;

test('A new store has no vitals to speak of', async () => {
  const store = openSqlite(':memory:');
  assert.deepEqual(await readVitals(store.db, noon), {
    quarantined: 0,
    certificates: [],
    compared: {},
    submissions: {},
  });
  store.close();
});

test('Certificates age while nobody looks; what no record names any more does not count', async () => {
  const store = openSqlite(':memory:');
  const { db } = store;
  await listEndpoints(store, [keyOf('a'), keyOf('b'), keyOf('never')], noon);
  const seen = (endpoint: EndpointKey, at: string, certDays: number | null): NewCheck => ({
    endpoint,
    at,
    vantage: 'local',
    run: 1,
    code: 'ok',
    outcome: 'works',
    warnings: [],
    says: 'It works.',
    ms: 1,
    certDays,
    evidence: {},
  });
  for (const check of [
    seen(keyOf('a'), '2026-11-10T12:00:00.000Z', 40),
    seen(keyOf('b'), '2026-11-20T11:00:00.000Z', 5),
    // No connection, no certificate: the one before is still the newest that was seen.
    seen(keyOf('b'), '2026-11-20T11:30:00.000Z', null),
    seen(keyOf('gone'), noon, 1),
  ]) {
    await store.atomically(putCheck(db, check));
  }
  await store.atomically(putQuarantine(db, { name: 'x.example' as Domain, at: noon, why: 'Sold.', by: 'Ada' }));
  const facts = { by: 'me', vantage: 'local', started: noon, aliveUntil: noon, planned: 3 };
  const n = await startRun(store, facts);
  await startRun(store, { ...facts, by: 'still running' });
  await store.atomically([
    closeRun(db, n, { verdict: 'sound', reason: null }),
    endRun(db, n, '2026-11-20T12:01:00.000Z'),
  ]);
  const { certificates, quarantined, lastRun } = await readVitals(db, noon);
  assert.deepEqual(
    certificates.toSorted((a, b) => a.days - b.days),
    [
      { endpoint: keyOf('b'), days: 5 },
      { endpoint: keyOf('a'), days: 30 },
    ],
  );
  assert.equal(quarantined, 1);
  assert.deepEqual(lastRun, { started: noon, ended: '2026-11-20T12:01:00.000Z', planned: 3, done: 4, sound: true });
  store.close();
});
