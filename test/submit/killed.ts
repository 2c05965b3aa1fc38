/**
 * A process that takes a submission all its way, and asks after every batch that it writes whether it may go on: kill.test.ts
 * kills it there. (Before the next one, the database is the same.) Started anew, it goes on from whatever it finds.
 */
import process from 'node:process';
import type { Store } from '../../src/store/db.ts';
import { newestRevision } from '../../src/store/revisions.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import { listSubmissions } from '../../src/store/submissions.ts';
import { need } from '../../src/submit/desk.ts';
import { states } from '../../src/submit/model.ts';
import { accept, acceptedBy, publishDue } from '../../src/submit/review.ts';
import { rollback } from '../../src/submit/rollback.ts';
import { submit } from '../../src/submit/submissions.ts';
import { imap } from '../records.ts';
import { checksThat, draft, mail, result, testDesk } from './desk.ts';

const [file = ''] = process.argv.slice(2);

/** Asks its parent, who answers or kills. */
function mayGoOn(): Promise<void> {
  return new Promise((resolve) => {
    process.once('message', () => resolve());
    process.send?.('May I go on?');
  });
}

function watched(store: Store): Store {
  return {
    ...store,
    async atomically(statements) {
      await store.atomically(statements);
      await mayGoOn();
    },
  };
}

const store = openSqlite(file);
// The data are there before the first submission.
const plain = await testDesk({ store });
for (const name of ['anna', 'bert']) await plain.person(name);
const its = await testDesk({
  store: watched(store),
  data: 'loaded',
  checks: ['rules', 'proof'],
  run: checksThat(result('rules'), result('proof')),
});
const { desk, queue } = its;

const elsewhere = { ...mail, incoming: [imap({ host: 'imap.other.example' })] };
const { number } = await submit(desk, { draft: draft({ record: elsewhere }), key: 'the key of this submission' });
await queue.resume();
await queue.idle();
for (const who of ['anna', 'bert']) {
  const row = await need(desk, number);
  if (row.state !== 'waiting' || row.holdUntil !== null || (await acceptedBy(desk, row)).includes(who)) continue;
  await accept(desk, number, { actor: 'reviewer', who }, { reason: '' });
}
its.wait(100);
await publishDue(desk);
if ((await need(desk, number)).state === 'published') {
  const all = await listSubmissions(store.db, states, { limit: 10 });
  const back = all.find(({ origin }) => origin === 'rollback');
  const root = { actor: 'admin', who: 'root' } as const;
  if (!back) await rollback(desk, await newestRevision(store.db), root, 'It was wrong.');
  else if (back.state === 'waiting') await accept(desk, back.number, root, { reason: 'It was wrong.' });
}
await queue.stop();
store.close();
process.disconnect();
