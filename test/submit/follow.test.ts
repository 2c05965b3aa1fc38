/** What a followed file says otherwise, as a submission: opened once, taken back with its reason, published by people only. */
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { readEvents, readFollowed, readSubmission } from '../../src/store/submissions.ts';
import { propose } from '../../src/submit/follow.ts';
import { decline } from '../../src/submit/review.ts';
import { submit } from '../../src/submit/submissions.ts';
import { imap, record, smtp } from '../records.ts';
import { checksThat, item, mail, result, type TestDeskOptions, testDesk } from './desk.ts';

const where = 'https://autoconfig.mail.example/mail/config-v1.1.xml';
const moved = (host: string) => ({ proposal: { ...mail, incoming: [imap({ host })] }, where });

async function world(t: TestContext, options: TestDeskOptions = {}) {
  const made = await testDesk(options);
  t.after(() => made.close());
  const stand = async () => {
    await made.queue.idle();
    const rows = await readFollowed(made.store.db, mail.id);
    return rows.map(({ number, state, origin }) => `${number} ${state} ${origin}`);
  };
  return { ...made, stand };
}

describe('A proposal of a followed file', () => {
  test('is a change by mailatlas, checked like any other, that waits for a reviewer', async (t) => {
    const { desk, store, stand } = await world(t);
    assert.equal(await propose(desk, mail.id, moved('imap2.mail.example')), 1);
    assert.deepEqual(await stand(), ['1 waiting follow']);
    const row = await readSubmission(store.db, 1);
    const draft = JSON.parse(row?.draft ?? '');
    assert.deepEqual([draft.kind, draft.id, draft.record.incoming[0].host], ['change', mail.id, 'imap2.mail.example']);
    assert.match(draft.reason, /https:\/\/autoconfig\.mail\.example\//);
    assert.equal(row?.contact, null);
    assert.deepEqual(
      (await readEvents(store.db, 1)).map(({ actor, act }) => `${actor} ${act}`),
      ['mailatlas submit', 'mailatlas checked'],
    );
  });

  test('is opened once, however often the file is read', async (t) => {
    const { desk, stand } = await world(t);
    await propose(desk, mail.id, moved('imap2.mail.example'));
    assert.equal(await propose(desk, mail.id, moved('imap2.mail.example')), undefined);
    assert.deepEqual(await stand(), ['1 waiting follow']);
  });

  test('takes the place of an older one that nobody has decided', async (t) => {
    const { desk, store, stand } = await world(t);
    await propose(desk, mail.id, moved('imap2.mail.example'));
    assert.equal(await propose(desk, mail.id, moved('imap3.mail.example')), 2);
    assert.deepEqual(await stand(), ['2 waiting follow', '1 withdrawn follow']);
    assert.match((await readEvents(store.db, 1)).at(-1)?.why ?? '', /says something else now/);
    assert.equal(await propose(desk, mail.id, moved('imap2.mail.example')), 3, 'what was taken back may come again');
    assert.deepEqual(await stand(), ['3 waiting follow', '2 withdrawn follow', '1 withdrawn follow']);
  });

  test('goes when the file agrees again', async (t) => {
    const { desk, stand } = await world(t);
    await propose(desk, mail.id, moved('imap2.mail.example'));
    assert.equal(await propose(desk, mail.id), undefined);
    assert.deepEqual(await stand(), ['1 withdrawn follow']);
  });

  test('is not made again after a reviewer has declined it', async (t) => {
    const its = await world(t);
    const { desk, store, queue, stand } = its;
    await propose(desk, mail.id, moved('imap2.mail.example'));
    await queue.idle();
    const row = await readSubmission(store.db, 1);
    assert.ok(row);
    await decline(desk, row, await its.person('Ada'), { reason: 'They say on the phone that it is a test.' });
    assert.equal(await propose(desk, mail.id, moved('imap2.mail.example')), undefined);
    assert.deepEqual(await stand(), ['1 declined follow']);
  });

  test('is never published by itself, whatever the operator’s policy and the checks', async (t) => {
    const proof = result('proof', 'passed', item('proved', 'mail.example', 'passed'));
    const its = await world(t, { policy: { publishes: 'proved' }, run: checksThat(proof) });
    await propose(its.desk, mail.id, moved('imap2.mail.example'));
    assert.deepEqual(await its.stand(), ['1 waiting follow']);
    assert.equal((await its.served(mail.id))?.incoming[0]?.host, 'imap.mail.example');
    // The same, sent by somebody who has proved it, is.
    const draft = JSON.parse((await readSubmission(its.store.db, 1))?.draft ?? '');
    await submit(its.desk, { draft });
    await its.queue.idle();
    assert.equal((await its.served(mail.id))?.incoming[0]?.host, 'imap2.mail.example');
  });

  test('leaves those of strangers and of other records alone', async (t) => {
    const other = record({ id: 'other.example', outgoing: [smtp()] });
    const { desk, store, queue } = await world(t, { data: { providers: [mail, other] } });
    await propose(desk, other.id, { proposal: { ...other, incoming: [imap({ host: 'x.other.example' })] }, where });
    await propose(desk, mail.id);
    await queue.idle();
    assert.deepEqual((await readSubmission(store.db, 1))?.state, 'waiting');
  });
});
