/** The road of a submission, over a real database. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sql } from 'drizzle-orm';
import { submission } from '../../src/store/schema.ts';
import { putResult, readEvents, readResults } from '../../src/store/submissions.ts';
import { draftOf, need, submitter } from '../../src/submit/desk.ts';
import { accept, ask, decline } from '../../src/submit/review.ts';
import { recheck, redraft, submit, withdraw } from '../../src/submit/submissions.ts';
import { record } from '../records.ts';
import { checksThat, draft, mail, refusal, result, type TestDesk, testDesk } from './desk.ts';

const renamed = { ...mail, name: 'Renamed Mail' };
const change = draft({ record: renamed });

/** A test with a desk of its own. */
function at(sentence: string, body: (its: TestDesk) => Promise<void>, options?: Parameters<typeof testDesk>[0]): void {
  test(sentence, async () => {
    const its = await testDesk(options);
    try {
      await body(its);
      assert.deepEqual(its.notes, []);
    } finally {
      await its.close();
    }
  });
}

const acts = async ({ store }: TestDesk, number: number) => (await readEvents(store.db, number)).map(({ act }) => act);

describe('a submission', () => {
  at('is checked, waits, is accepted and served', async (its) => {
    const { number, row } = await submit(its.desk, { draft: change, contact: 'me@mail.example' });
    assert.equal(row.state, 'checking');
    await its.queue.idle();
    const results = await readResults(its.store.db, number);
    assert.deepEqual([...new Set(results.map(({ state }) => state))], ['passed']);
    const anna = await its.person('anna');
    const done = await accept(its.desk, number, anna, { reason: 'Seen on their page.' });
    assert.deepEqual([done.state, done.contact], ['published', null]);
    assert.deepEqual(await its.served('mail.example'), renamed);
    const events = await readEvents(its.store.db, number);
    assert.deepEqual(
      events.map(({ act, actor, who, fromState, toState, why }) => [act, actor, who, fromState, toState, why]),
      [
        ['submit', 'submitter', '', null, 'checking', ''],
        ['checked', 'mailatlas', '', 'checking', 'waiting', ''],
        ['publish', 'reviewer', 'anna', 'waiting', 'published', 'Seen on their page.'],
      ],
    );
  });

  at('is the same one where the request is repeated with its key, and another without', async ({ desk, store }) => {
    const key = 'a key that nobody else has';
    const first = await submit(desk, { draft: change, key });
    const [again, atOnce] = await Promise.all([
      submit(desk, { draft: change, key }),
      submit(desk, { draft: change, key }),
    ]);
    for (const one of [again, atOnce])
      assert.deepEqual([one.number, one.receipt, one.repeated], [first.number, first.receipt, true]);
    const other = await submit(desk, { draft: { ...change, reason: 'Something else.' }, key });
    const without = await submit(desk, { draft: change });
    assert.deepEqual([other.number, without.number], [2, 3]);
    assert.ok(![other.receipt, without.receipt].includes(first.receipt));
    assert.ok(!JSON.stringify(await store.db.all(sql`SELECT * FROM submission`)).includes(first.receipt.slice(4)));
  });

  at('made twice at the same moment with one key is made once', async ({ desk, store }) => {
    const made = await Promise.all([1, 2, 3].map(() => submit(desk, { draft: change, key: 'k'.repeat(20) })));
    assert.deepEqual([...new Set(made.map(({ number }) => number))], [1]);
    assert.equal((await readEvents(store.db, 1)).filter(({ act }) => act === 'submit').length, 1);
  });

  at('can be asked about, and answered with another draft; what it said before is kept', async (its) => {
    const { desk, queue } = its;
    const { number } = await submit(desk, { draft: change });
    await queue.idle();
    const anna = await its.person('anna');
    const asked = await ask(desk, await need(desk, number), anna, { reason: 'Which port?' });
    assert.equal(asked.state, 'asked');
    const better = draft({ record: { ...renamed, short: 'Renamed' }, reason: 'Better.' });
    assert.equal((await redraft(desk, asked, { draft: better })).state, 'checking');
    await queue.idle();
    const now = await need(desk, number);
    assert.deepEqual([now.state, draftOf(now)], ['waiting', better]);
    assert.deepEqual(await acts(its, number), ['submit', 'checked', 'ask', 'redraft', 'checked']);
    const kept = await its.store.db.all<{ json: string }>(sql`SELECT json FROM former_draft`);
    assert.deepEqual(JSON.parse(kept[0]?.json ?? ''), change);
  });

  at('cannot become one about something else', async ({ desk, queue }) => {
    const { number } = await submit(desk, { draft: change });
    await queue.idle();
    const other = draft({ record: record({ id: 'other.example' }) });
    await refusal(redraft(desk, await need(desk, number), { draft: other }), 'not-now');
    await refusal(redraft(desk, await need(desk, number), { draft: draft({ kind: 'remove' }) }), 'not-now');
  });

  at('that is withdrawn is deleted, but for the fact that it was there', async (its) => {
    const { number } = await submit(its.desk, { draft: change, contact: 'me@mail.example' });
    await its.queue.idle();
    await redraft(its.desk, await need(its.desk, number), { draft: { ...change, reason: 'Second thoughts.' } });
    await its.queue.idle();
    await withdraw(its.desk, await need(its.desk, number));
    const tables = ['submission', 'submission_check', 'former_draft', 'event'];
    const all = await Promise.all(tables.map(async (table) => its.store.db.all(sql.raw(`SELECT * FROM ${table}`))));
    for (const secret of ['Renamed', 'me@', 'moved', 'Second'])
      assert.ok(!JSON.stringify(all).includes(secret), secret);
    assert.deepEqual(await acts(its, number), ['submit', 'checked', 'redraft', 'checked', 'withdraw']);
  });

  at(
    'is refused while too many are open',
    async (its) => {
      const first = await submit(its.desk, { draft: change });
      await refusal(submit(its.desk, { draft: draft({ kind: 'remove' }) }), 'full');
      await its.queue.idle();
      await withdraw(its.desk, await need(its.desk, first.number));
      assert.equal((await submit(its.desk, { draft: draft({ kind: 'remove' }) })).number, 2);
    },
    { mostOpen: 1 },
  );

  at(
    'is refused where three hundred came in within the hour, by whichever process',
    async (its) => {
      const { desk, store } = its;
      const first = (await submit(desk, { draft: draft() })).row;
      const more = Array.from({ length: 299 }, (_, i) =>
        store.db.insert(submission).values({
          state: 'withdrawn',
          version: 1,
          kind: 'report',
          id: 'mail.example',
          draft: '{}',
          receipt: `r${i}`,
          preview: `p${i}`,
          origin: 'stranger',
          at: first.at,
          changedAt: first.at,
        }),
      );
      await store.atomically(more);
      await refusal(submit(desk, { draft: draft({ reason: 'Another.' }) }), 'hurry');
      assert.equal((await submit(desk, { draft: draft({ reason: 'Found.' }), origin: 'follow' })).repeated, false);
      its.wait(1);
      assert.equal((await submit(desk, { draft: draft({ reason: 'Another.' }) })).repeated, false);
    },
    { mostOpen: 1000 },
  );

  at('keeps the address for notices as long as it is open', async (its) => {
    const { desk, queue } = its;
    const anna = await its.person('anna');
    const end = { published: accept, declined: null } as const;
    for (const [state, how] of Object.entries(end)) {
      const { number } = await submit(desk, {
        draft: draft({ record: { ...mail, name: state } }),
        contact: 'a@b.example',
      });
      await queue.idle();
      assert.equal((await need(desk, number)).contact, 'a@b.example');
      if (how) await how(desk, number, anna, { reason: '' });
      else await decline(desk, await need(desk, number), anna, { reason: 'Spam.' });
      const row = await need(desk, number);
      assert.deepEqual([row.state, row.contact], [state, null]);
      const last = its.happened.at(-1);
      assert.equal(last?.row.contact, 'a@b.example', 'who writes notices knows it once more');
    }
  });
});

describe('two who act at once', () => {
  at('one wins, and the other is told who and when', async (its) => {
    const { desk, queue } = its;
    const { number } = await submit(desk, { draft: change });
    await queue.idle();
    const [anna, bert] = [await its.person('anna'), await its.person('bert')];
    const seen = await need(desk, number);
    const both = await Promise.allSettled([
      decline(desk, seen, anna, { reason: 'No.' }),
      decline(desk, seen, bert, { reason: 'Never.' }),
    ]);
    assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    const lost = await refusal(
      both.flatMap((one) => (one.status === 'rejected' ? [Promise.reject(one.reason)] : []))[0]!,
      'too-late',
    );
    const won = (await readEvents(its.store.db, number)).at(-1);
    assert.deepEqual([lost.more['who'], lost.more['at'], lost.more['act']], [won?.who, won?.at, 'decline']);
    assert.match(lost.message, new RegExp(`^Meanwhile ${won?.who} has declined it \\(2026-11-20T`));
    assert.equal((await readEvents(its.store.db, number)).filter(({ act }) => act === 'decline').length, 1);
  });

  at('an acceptance and a withdrawal: nothing is served that was withdrawn', async (its) => {
    const { desk, queue } = its;
    for (let round = 0; round < 5; round++) {
      const { number } = await submit(desk, { draft: draft({ record: { ...mail, name: `Round ${round}` } }) });
      await queue.idle();
      const anna = { actor: 'reviewer', who: 'anna' } as const;
      const seen = await need(desk, number);
      await Promise.allSettled([withdraw(desk, seen), accept(desk, number, anna, { reason: '' })]);
      const { state } = await need(desk, number);
      const isServed = (await its.served('mail.example'))?.name === `Round ${round}`;
      assert.equal(isServed, state === 'published', state);
    }
  });
});

describe('the checks', () => {
  at('run again when somebody says so, and what was found is found anew', async (its) => {
    let rounds = 0;
    const { number } = await submit(its.desk, { draft: change });
    await its.queue.idle();
    for (const by of [submitter, await its.person('anna')]) {
      await recheck(its.desk, await need(its.desk, number), by);
      await its.queue.idle();
      rounds++;
    }
    assert.deepEqual((await acts(its, number)).filter((act) => act === 'recheck').length, rounds);
    assert.equal((await need(its.desk, number)).state, 'waiting');
  });

  at('that are cut off are taken up again', async (its) => {
    const { number } = await submit(its.desk, { draft: change });
    await its.queue.stop();
    const next = await testDesk({ store: its.store });
    await next.queue.resume();
    await next.queue.idle();
    assert.equal((await need(next.desk, number)).state, 'waiting');
    assert.deepEqual(await acts(next, number), ['submit', 'checked']);
    await next.queue.stop();
  });

  at('of a draft that was replaced meanwhile say nothing of the new one', async (its) => {
    const { number } = await submit(its.desk, { draft: change });
    await its.queue.idle();
    await redraft(its.desk, await need(its.desk, number), { draft: { ...change, reason: 'Again.' } });
    const row = await need(its.desk, number);
    // As if the result of the first round came now.
    const late = { name: 'rules', state: 'failed', says: '{}', items: '[]', at: '2026' } as const;
    await its.store.atomically([putResult(its.store.db, { ...row, version: row.version - 1 }, late)]);
    assert.ok((await readResults(its.store.db, number)).every(({ state }) => state !== 'failed'));
    await its.queue.idle();
  });

  test('that break leave a submission that waits, and say that nobody knows', async () => {
    const its = await testDesk({
      run: async (_, told) => {
        await told(result('rules'));
        throw new Error('a defect');
      },
    });
    const { number } = await submit(its.desk, { draft: change });
    await its.queue.idle();
    const results = await readResults(its.store.db, number);
    assert.deepEqual(
      results.map(({ state }) => state),
      ['passed', ...Array.from({ length: 6 }, () => 'unknown')],
    );
    assert.equal((await need(its.desk, number)).state, 'waiting');
    assert.match(its.notes.join(), /a defect in the checks of submission 1: Error: a defect/);
    await its.close();
  });

  test('run some at a time', async () => {
    const gate = Promise.withResolvers<void>();
    let running = 0;
    let most = 0;
    const its = await testDesk({
      run: async (subject, told, signal) => {
        most = Math.max(most, ++running);
        await gate.promise;
        await checksThat()(subject, told, signal);
        running--;
      },
    });
    for (let i = 0; i < 12; i++) await submit(its.desk, { draft: { ...change, reason: `No. ${i}` } });
    assert.equal(most, 4);
    gate.resolve();
    await its.queue.idle();
    assert.equal(most, 4);
    for (let number = 1; number <= 12; number++) assert.equal((await need(its.desk, number)).state, 'waiting');
    await its.close();
  });
});
