/** A store in which a month has happened, and the app over it. */
import type { TestContext } from 'node:test';
import { load } from '../../../src/catalog/load.ts';
import type { Domain } from '../../../src/name/domain.ts';
import { endpointKey, type Provider } from '../../../src/provider/model.ts';
import { traceRevisions } from '../../../src/store/revisions.ts';
import { liftQuarantine, putQuarantine, readQuarantineHistory } from '../../../src/store/seen/quarantine.ts';
import { listEndpoints, type Move, moveStatuses } from '../../../src/store/seen/statuses.ts';
import { readTransitions } from '../../../src/store/seen/transitions.ts';
import { openSqlite } from '../../../src/store/sqlite.ts';
import { curated, imap, record } from '../../records.ts';
import { type TestApp, testApp } from '../app.ts';

/** The day of November, at ten. */
export const time = (day: number) => `2026-11-${String(day).padStart(2, '0')}T10:00:00.000Z`;
const before = record({ id: 'mail.example', name: 'Müller & Söhne <b>', formerly: ['post.example'] });
const after: Provider = { ...before, incoming: [imap({ host: 'imap2.mail.example' })] };
const other = record({ id: 'other.example', name: 'Other', incoming: after.incoming });

/** Loaded on the 1st, changed on the 3rd, failing and back on the 5th and 6th, quarantine on the 8th. */
export async function world(t: TestContext, setUp: { url?: string } = {}): Promise<TestApp> {
  const store = openSqlite(':memory:');
  t.after(() => store.close());
  await load(store, curated({ providers: [before, other] }), 'a', time(1));
  await load(store, curated({ providers: [after, other] }), 'b', time(3));
  const endpoint = endpointKey(after.incoming[0]!);
  await listEndpoints(store, [endpoint], time(4));
  const facts = { endpoint, checkedAt: time(5), staleAt: null };
  const moves: Move[] = [
    { ...facts, from: 'unverified', status: 'verified', reason: 'ok', since: time(4), applied: 1 },
    { ...facts, from: 'verified', status: 'failing', reason: 'tls.expired', since: time(5), applied: 2 },
    { ...facts, from: 'failing', status: 'verified', reason: 'ok', since: time(6), applied: 3 },
  ];
  for (const move of moves) await store.atomically(moveStatuses(store.db, [move]));
  const name = 'mail.example' as Domain;
  await store.atomically(putQuarantine(store.db, { name, at: time(8), why: 'It is gone.', by: 'verify' }));
  await store.atomically(liftQuarantine(store.db, name, { at: time(9), by: 'Ada' }));
  return testApp({
    curated: curated({ providers: [after, other] }),
    setUp,
    news: {
      revisions: (limit, id) => traceRevisions(store.db, limit, id),
      transitions: (limit, keys) => readTransitions(store.db, limit, keys),
      quarantine: (limit, names) => readQuarantineHistory(store.db, limit, names),
    },
  });
}
