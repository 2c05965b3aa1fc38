/** Two pairs of eyes, holds, and what is published. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eq } from 'drizzle-orm';
import { recordDigest } from '../../src/atlas/digest.ts';
import type { Provider } from '../../src/provider/model.ts';
import { readOverlays } from '../../src/store/overlays.ts';
import { readCurated } from '../../src/store/providers.ts';
import { newestRevision, readRevisions } from '../../src/store/revisions.ts';
import { submission } from '../../src/store/schema.ts';
import { readEvents } from '../../src/store/submissions.ts';
import { revokeToken } from '../../src/store/tokens.ts';
import { need, submitter } from '../../src/submit/desk.ts';
import type { Draft } from '../../src/submit/model.ts';
import { accept, publishDue } from '../../src/submit/review.ts';
import { rollback } from '../../src/submit/rollback.ts';
import { redraft, stop, submit } from '../../src/submit/submissions.ts';
import { curated, handler, imap, leftOut, record, smtp } from '../records.ts';
import { checksThat, draft, item, mail, refusal, result, type TestDesk, testDesk } from './desk.ts';

const elsewhere: Provider = { ...mail, incoming: [imap({ host: 'imap.other.example' })] };
const renamed: Provider = { ...mail, name: 'Renamed Mail' };
const word = { reason: 'Seen.' };

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

/** A submission whose checks are done. */
async function checked({ desk, queue }: TestDesk, what: Draft): Promise<number> {
  const { number } = await submit(desk, { draft: what });
  await queue.idle();
  return number;
}

const stateOf = async ({ desk }: TestDesk, number: number) => (await need(desk, number)).state;
const nameNow = async (its: TestDesk, id = 'mail.example') => (await its.served(id))?.name;
const hostNow = async (its: TestDesk, id = 'mail.example') => (await its.served(id))?.incoming[0]?.host;

/** A provider that one reviewer can take away. */
const small = { ...mail, kind: 'hosting' } as const;
const ofSmall = { data: { providers: [small] } };

describe('people of a domain that is served', () => {
  at('are sent elsewhere only after two reviewers and a hold', async (its) => {
    const number = await checked(its, draft({ record: elsewhere }));
    const [anna, bert] = [await its.person('anna'), await its.person('bert')];
    assert.equal((await accept(its.desk, number, anna, word)).state, 'waiting');
    await refusal(accept(its.desk, number, anna, word), 'again');
    const held = await accept(its.desk, number, bert, word);
    assert.equal(held.state, 'waiting');
    assert.ok(held.holdUntil);
    its.wait(71);
    await publishDue(its.desk);
    assert.equal(await hostNow(its), 'imap.mail.example');
    its.wait(1.1);
    await publishDue(its.desk);
    assert.equal(await hostNow(its), 'imap.other.example');
    const events = await readEvents(its.store.db, number);
    assert.deepEqual(
      events.map(({ act, who }) => `${act} ${who}`.trim()),
      ['submit', 'checked', 'accept anna', 'hold bert', 'publish'],
    );
  });

  for (const who of ['the submitter', 'another reviewer', 'the first reviewer'] as const) {
    at(`stay where they are when ${who} stops it during the hold; both have to accept anew`, async (its) => {
      const number = await checked(its, draft({ record: elsewhere }));
      const [anna, bert] = [await its.person('anna'), await its.person('bert')];
      for (const by of [anna, bert]) await accept(its.desk, number, by, word);
      const by = who === 'the submitter' ? submitter : who === 'the first reviewer' ? anna : await its.person('carla');
      await stop(its.desk, await need(its.desk, number), by, 'This is not ours.');
      its.wait(100);
      await publishDue(its.desk);
      assert.equal(await hostNow(its), 'imap.mail.example');
      assert.equal((await accept(its.desk, number, bert, word)).holdUntil, null);
    });
  }

  at('are not sent elsewhere by a token that was revoked during the hold', async (its) => {
    const number = await checked(its, draft({ record: elsewhere }));
    for (const name of ['anna', 'bert']) await accept(its.desk, number, await its.person(name), word);
    await its.store.atomically([revokeToken(its.store.db, 'bert', its.desk.now().toISOString())]);
    await its.person('bert');
    its.wait(100);
    await publishDue(its.desk);
    await its.queue.idle();
    assert.equal(await hostNow(its), 'imap.mail.example');
    const events = await readEvents(its.store.db, number);
    assert.deepEqual(
      events.slice(-2).map(({ act }) => act),
      ['overtaken', 'checked'],
    );
    assert.equal(events.at(-2)?.why, 'A token that had accepted it was revoked.');
  });

  at(
    'are not sent elsewhere in two steps: out of one record, into another',
    async (its) => {
      const anna = await its.person('anna');
      const gone = await checked(its, draft({ kind: 'remove' }));
      assert.equal((await accept(its.desk, gone, anna, word)).state, 'published');
      assert.equal(await its.served('mail.example'), undefined);
      const thief = { ...elsewhere, id: 'thief.example', domains: ['mail.example', 'thief.example'] };
      for (const one of [elsewhere, thief]) {
        const number = await checked(its, draft({ kind: 'new', record: one }));
        assert.equal((await accept(its.desk, number, anna, word)).state, 'waiting', one.id);
      }
      // What was there may come back; and a month later nobody remembers.
      its.wait(24 * 31);
      const late = await checked(its, draft({ kind: 'new', record: { ...elsewhere, name: 'Late' } }));
      assert.equal((await accept(its.desk, late, anna, word)).state, 'published');
    },
    ofSmall,
  );

  at(
    'come back to what was there by one reviewer, if it was removed lately',
    async (its) => {
      const anna = await its.person('anna');
      const gone = await checked(its, draft({ kind: 'remove' }));
      assert.equal((await accept(its.desk, gone, anna, word)).state, 'published');
      const back = await checked(its, draft({ kind: 'new', record: { ...small, name: 'Renamed Mail' } }));
      assert.equal((await accept(its.desk, back, anna, word)).state, 'published');
    },
    ofSmall,
  );
});

describe('the answer for many', () => {
  const many = { ...small, domains: ['mail.example', ...Array.from({ length: 9 }, (_, i) => `m${i}.example`)].sort() };
  const ofMany = { data: { providers: [many] } };

  at('of a provider for everybody is not taken away by one reviewer', async (its) => {
    const anna = await its.person('anna');
    const { sources } = mail;
    const closed = { ...mail, access: 'none', incoming: [], outgoing: [], restriction: { sources: ['help'] }, sources };
    for (const one of [draft({ kind: 'remove' }), draft({ record: closed as Provider })]) {
      const number = await checked(its, one);
      assert.equal((await accept(its.desk, number, anna, word)).state, 'waiting');
      assert.equal(
        (await accept(its.desk, number, await its.person('bert'), word)).holdUntil?.slice(0, 10),
        '2026-11-23',
      );
    }
  });

  at(
    'is taken away by one where its owner asks for it, by proof',
    async (its) => {
      const number = await checked(its, draft({ kind: 'remove' }));
      assert.equal((await accept(its.desk, number, await its.person('anna'), word)).state, 'published');
    },
    { run: checksThat(result('proof', 'passed', item('proved', 'mail.example', 'passed'))) },
  );

  at(
    'is not taken away piece by piece, either',
    async (its) => {
      const anna = await its.person('anna');
      const states: string[] = [];
      for (const left of [8, 6, 4, 2, 1]) {
        const fewer = { ...many, domains: ['mail.example', ...many.domains.slice(0, left - 1)].sort() };
        const number = await checked(its, draft({ record: fewer }));
        states.push((await accept(its.desk, number, anna, word)).state);
      }
      assert.deepEqual(states, ['published', 'published', 'waiting', 'waiting', 'waiting']);
      assert.equal((await its.served('mail.example'))?.domains.length, 6);
    },
    ofMany,
  );

  at('that came lately by a submission is taken back by one admin', async (its) => {
    const [anna, root] = [await its.person('anna'), await its.person('root', 'admin')];
    const fresh = record({ id: 'fresh.example', domains: ['fresh.example'] });
    await accept(its.desk, await checked(its, draft({ kind: 'new', record: fresh })), anna, word);
    assert.ok(await its.served('fresh.example'));
    assert.equal((await rollback(its.desk, await newestRevision(its.store.db), root, 'It lies.')).state, 'published');
    assert.equal(await its.served('fresh.example'), undefined);
  });

  at('that was always there is not taken back by one admin', async (its) => {
    const [first] = await readRevisions(its.store.db, 'mail.example', 1);
    const row = await rollback(its.desk, first?.n ?? 0, await its.person('root', 'admin'), 'It lies.');
    assert.equal(row.state, 'waiting');
    assert.ok(await its.served('mail.example'));
  });
});

describe('a reviewer', () => {
  at(
    'must confirm what no machine can judge, and what they confirmed is kept',
    async (its) => {
      const number = await checked(its, draft({ record: renamed }));
      const anna = await its.person('anna');
      const { more } = await refusal(accept(its.desk, number, anna, word), 'confirm');
      assert.deepEqual(more['missing'], ['foreign-host:mail.hoster.example', 'probes']);
      const confirm = ['foreign-host:mail.hoster.example', 'probes'];
      await accept(its.desk, number, anna, { ...word, confirm });
      const last = (await readEvents(its.store.db, number)).at(-1);
      assert.deepEqual(JSON.parse(last?.confirmed ?? ''), confirm);
    },
    {
      run: checksThat(
        result('hosts', 'attention', item('foreign-host', 'mail.hoster.example')),
        result('probes', 'unknown'),
      ),
    },
  );

  at(
    'cannot accept what failed',
    async (its) => {
      const number = await checked(its, draft({ record: renamed }));
      const { more } = await refusal(accept(its.desk, number, await its.person('anna'), word), 'failed');
      assert.deepEqual(more['checks'], ['rules']);
      assert.equal(await nameNow(its), 'Example Mail');
    },
    { run: checksThat(result('rules', 'failed')) },
  );

  at('does not accept what was submitted with their own token; what nobody has signed they may', async (its) => {
    const { desk, queue } = its;
    const [anna, bert] = [await its.person('anna'), await its.person('bert')];
    const { number } = await submit(desk, { draft: draft({ record: renamed }), who: 'anna' });
    await queue.idle();
    const { message } = await refusal(accept(desk, number, anna, word), 'own');
    assert.match(message, /somebody else has to judge it/);
    assert.equal((await accept(desk, number, bert, word)).state, 'published');
    const other = await checked(its, draft({ record: { ...renamed, short: 'Renamed' } }));
    assert.equal((await accept(desk, other, anna, word)).state, 'published');
  });

  at('cannot accept what is still being checked', async (its) => {
    const { number } = await submit(its.desk, { draft: draft({ record: renamed }) });
    await refusal(accept(its.desk, number, await its.person('anna'), word), 'not-now');
    await its.queue.idle();
  });

  at('cannot publish over what has changed since the checks; it is checked again first', async (its) => {
    const anna = await its.person('anna');
    const number = await checked(its, draft({ record: renamed }));
    await its.load({ providers: [{ ...mail, short: 'Newer' }] });
    await refusal(accept(its.desk, number, anna, word), 'moved-on');
    assert.equal((await its.served('mail.example'))?.short, 'Newer');
    await its.queue.idle();
    assert.equal((await accept(its.desk, number, anna, word)).state, 'published');
  });

  at(
    'cannot give a record a name that is another’s',
    async (its) => {
      const anna = await its.person('anna');
      for (const facts of [
        { domains: ['mail.example', 'other.example'] },
        { mx: ['*.mx.other.example'] },
        { mx: ['*.filter.example'] },
      ]) {
        const number = await checked(its, draft({ record: { ...mail, ...facts } }));
        await refusal(accept(its.desk, number, anna, word), 'claimed');
      }
      assert.deepEqual(await its.served('mail.example'), mail);
      assert.deepEqual(await readOverlays(its.store.db), []);
    },
    {
      data: {
        providers: [mail, record({ id: 'other.example', mx: ['*.mx.other.example'] })],
        others: [handler('gateway', '*.filter.example')],
      },
    },
  );

  at('settles a report with a word; nothing else is served', async (its) => {
    const number = await checked(its, draft({ kind: 'report', reason: 'The port is wrong.' }));
    const before = await newestRevision(its.store.db);
    assert.equal((await accept(its.desk, number, await its.person('anna'), word)).state, 'published');
    assert.equal(await newestRevision(its.store.db), before);
  });
});

describe('what is published', () => {
  at('is one revision that says which submission, and one overlay that says what it replaces', async (its) => {
    const number = await checked(its, draft({ record: renamed }));
    await accept(its.desk, number, await its.person('anna'), word);
    const [newest] = await readRevisions(its.store.db, 'mail.example', 1);
    assert.deepEqual(
      [newest?.cause, newest?.oldDigest, newest?.newDigest],
      [`submission ${number}`, recordDigest(mail), recordDigest(renamed)],
    );
    assert.deepEqual(
      (await readOverlays(its.store.db)).map(({ id, baseDigest, record: what }) => [id, baseDigest, what?.name]),
      [['mail.example', recordDigest(mail), 'Renamed Mail']],
    );
  });

  at('is what a load of the same data leaves as it is', async (its) => {
    const data = { providers: [mail, record({ id: 'gone.example' })], leftOut: [leftOut('left.example')] };
    await its.load(data);
    const anna = await its.person('anna');
    const named = { ...mail, domains: ['left.example', 'mail.example'] };
    for (const what of [
      draft({ record: named }),
      draft({ kind: 'remove', id: 'gone.example' }),
      draft({ kind: 'new', record: record({ id: 'new.example' }) }),
    ])
      await accept(its.desk, await checked(its, what), anna, word);
    const before = await newestRevision(its.store.db);
    await its.load(data);
    assert.equal(await newestRevision(its.store.db), before);
    assert.deepEqual(await its.served('mail.example'), named);
    // The domain is left out again on the day on which the record gives it up.
    await accept(its.desk, await checked(its, draft({ record: renamed })), anna, word);
    assert.deepEqual((await readCurated(its.store.db)).leftOut, [leftOut('left.example')]);
    assert.deepEqual(curated(data).leftOut, [leftOut('left.example')]);
  });

  at('goes from the overlays when the data have it', async (its) => {
    await accept(its.desk, await checked(its, draft({ record: renamed })), await its.person('anna'), word);
    await its.load({ providers: [renamed] });
    assert.deepEqual(await readOverlays(its.store.db), []);
    assert.equal(await nameNow(its), 'Renamed Mail');
  });

  at('twice in a row keeps what the data have as its base', async (its) => {
    const anna = await its.person('anna');
    for (const name of ['First', 'Second'])
      await accept(its.desk, await checked(its, draft({ record: { ...mail, name } })), anna, word);
    const [overlay, ...more] = await readOverlays(its.store.db);
    assert.deepEqual([overlay?.baseDigest, overlay?.record?.name, more.length], [recordDigest(mail), 'Second', 0]);
  });

  at('is whole or not at all: whoever is faster, the batch is written once', async (its) => {
    const anna = await its.person('anna');
    const numbers = [];
    for (const name of ['First', 'Second', 'Third'])
      numbers.push(await checked(its, draft({ record: { ...mail, name } })));
    const done = await Promise.allSettled(numbers.map((number) => accept(its.desk, number, anna, word)));
    await its.queue.idle();
    const states = await Promise.all(numbers.map((number) => stateOf(its, number)));
    assert.equal(states.filter((state) => state === 'published').length, 1, states.join());
    assert.equal(done.filter(({ status }) => status === 'fulfilled').length, 1);
    const revisions = await readRevisions(its.store.db, 'mail.example', 10);
    assert.equal(revisions.length, 2);
  });
});

describe('the policy “proved”', () => {
  const policy = { publishes: 'proved' } as const;
  const proof = result('proof', 'passed', item('proved', 'mail.example', 'passed'));

  at(
    'publishes what is proved and passes, without a reviewer',
    async (its) => {
      const number = await checked(its, draft({ record: renamed }));
      assert.equal(await stateOf(its, number), 'published');
      assert.equal(await nameNow(its), 'Renamed Mail');
      assert.equal((await readEvents(its.store.db, number)).at(-1)?.actor, 'mailatlas');
    },
    { policy, run: checksThat(proof) },
  );

  at(
    'publishes nothing that sends people elsewhere',
    async (its) => {
      assert.equal(await stateOf(its, await checked(its, draft({ record: elsewhere }))), 'waiting');
    },
    { policy, run: checksThat(proof) },
  );

  at(
    'publishes nothing whose proof is another domain’s',
    async (its) => {
      assert.equal(await stateOf(its, await checked(its, draft({ record: renamed }))), 'waiting');
    },
    { policy, run: checksThat(result('proof', 'passed', item('proved', 'other.example', 'passed'))) },
  );

  at(
    'is off unless the operator wants it',
    async (its) => {
      assert.equal(await stateOf(its, await checked(its, draft({ record: renamed }))), 'waiting');
    },
    { run: checksThat(proof) },
  );
});

describe('taking back', () => {
  at('makes the record what it was before, as one more revision; the submission is published no more', async (its) => {
    const anna = await its.person('anna');
    const root = await its.person('root', 'admin');
    const number = await checked(its, draft({ record: renamed }));
    await accept(its.desk, number, anna, word);
    const n = await newestRevision(its.store.db);
    const back = await rollback(its.desk, n, root, 'It was wrong.');
    assert.equal(back.state, 'published');
    assert.deepEqual(await its.served('mail.example'), mail);
    assert.equal(await stateOf(its, number), 'declined');
    assert.deepEqual(await readOverlays(its.store.db), [], 'the data have it');
    assert.deepEqual(
      (await readRevisions(its.store.db, 'mail.example', 9)).map(({ cause }) => cause),
      [`submission ${back.number}`, `submission ${number}`, 'load'],
    );
    // And that can be taken back, too.
    await rollback(its.desk, n + 1, root, 'It was right.');
    assert.equal(await nameNow(its), 'Renamed Mail');
  });

  at('brings back what was removed, and removes what was new', async (its) => {
    const [anna, root] = [await its.person('anna'), await its.person('root', 'admin')];
    await accept(its.desk, await checked(its, draft({ kind: 'remove' })), anna, word);
    await rollback(its.desk, await newestRevision(its.store.db), root, 'They are still there.');
    assert.deepEqual(await its.served('mail.example'), mail);
    const fresh = record({ id: 'new.example' });
    await accept(its.desk, await checked(its, draft({ kind: 'new', record: fresh })), anna, word);
    await rollback(its.desk, await newestRevision(its.store.db), root, 'Nobody is there.');
    assert.equal(await its.served('new.example'), undefined);
  });

  at('also takes back what a load did', async (its) => {
    await its.load({ providers: [renamed] });
    await rollback(its.desk, await newestRevision(its.store.db), await its.person('root', 'admin'), 'No.');
    assert.deepEqual(await its.served('mail.example'), mail);
  });

  at('needs a second reviewer and a hold where people would be sent elsewhere', async (its) => {
    await its.load({ providers: [{ ...elsewhere, outgoing: [smtp({ host: 'smtp.other.example' })] }] });
    const back = await rollback(its.desk, await newestRevision(its.store.db), await its.person('root', 'admin'), 'No.');
    assert.equal(back.state, 'waiting');
    assert.equal(await hostNow(its), 'imap.other.example');
    const held = await accept(its.desk, back.number, await its.person('anna'), word);
    assert.ok(held.holdUntil);
    its.wait(73);
    await publishDue(its.desk);
    assert.equal(await hostNow(its), 'imap.mail.example');
  });

  at('is refused where nothing would change, and where there is no such revision', async (its) => {
    const root = await its.person('root', 'admin');
    await accept(its.desk, await checked(its, draft({ record: renamed })), await its.person('anna'), word);
    const n = await newestRevision(its.store.db);
    await rollback(its.desk, n, root, 'No.');
    await refusal(rollback(its.desk, n, root, 'No.'), 'no-going-back');
    await refusal(rollback(its.desk, 99, root, 'No.'), 'unknown');
  });

  at('is refused where what was replaced is a name of another record now', async (its) => {
    const [anna, root] = [await its.person('anna'), await its.person('root', 'admin')];
    const both = { ...small, domains: ['mail.example', 'second.example'] };
    await its.load({ providers: [both] });
    await accept(its.desk, await checked(its, draft({ record: small })), anna, word);
    const n = await newestRevision(its.store.db);
    const heir = record({ id: 'second.example', incoming: [imap()], outgoing: [smtp()] });
    const number = await checked(its, draft({ kind: 'new', record: heir }));
    assert.equal((await accept(its.desk, number, anna, word)).state, 'published');
    await refusal(rollback(its.desk, n, root, 'No.'), 'claimed');
  });
});

describe('a hold', () => {
  at('that another process published, or that was moved on, is not published twice', async (its) => {
    const number = await checked(its, draft({ record: elsewhere }));
    for (const name of ['anna', 'bert']) await accept(its.desk, number, await its.person(name), word);
    its.wait(80);
    await Promise.all([publishDue(its.desk), publishDue(its.desk)]);
    const events = await readEvents(its.store.db, number);
    assert.equal(events.filter(({ act }) => act === 'publish').length, 1);
    assert.equal((await readRevisions(its.store.db, 'mail.example', 9)).length, 2);
  });

  at('over a record that has changed meanwhile ends in another check', async (its) => {
    const number = await checked(its, draft({ record: elsewhere }));
    for (const name of ['anna', 'bert']) await accept(its.desk, number, await its.person(name), word);
    await its.load({ providers: [{ ...mail, short: 'Newer' }] });
    its.wait(80);
    await publishDue(its.desk);
    await its.queue.idle();
    assert.equal(await hostNow(its), 'imap.mail.example');
    const row = await need(its.desk, number);
    assert.deepEqual([row.state, row.holdUntil], ['waiting', null]);
  });

  at('keeps the draft as it is: it has to be stopped first', async (its) => {
    const number = await checked(its, draft({ record: elsewhere }));
    for (const name of ['anna', 'bert']) await accept(its.desk, number, await its.person(name), word);
    const row = await need(its.desk, number);
    const { message } = await refusal(redraft(its.desk, row, { draft: draft({ record: renamed }) }), 'not-now');
    assert.match(message, /will be published at 2026-11-23T/);
    const [kept] = await its.store.db.select().from(submission).where(eq(submission.number, number));
    assert.deepEqual(kept, row);
  });
});
