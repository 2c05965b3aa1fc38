/** Notices: what is written to whom, by a real mail server, and what is left of an address when a submission has ended. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { mailer } from '../../src/net/notify-node.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import { readEvents, readSubmission } from '../../src/store/submissions.ts';
import { need } from '../../src/submit/desk.ts';
import { readDraft } from '../../src/submit/draft/draft.ts';
import { lookAfter } from '../../src/submit/due.ts';
import { letterTo, letterToReviewers, type News, type Notice } from '../../src/submit/notices.ts';
import { defaultPolicy } from '../../src/submit/policy.ts';
import { Postman, type PostmanPorts } from '../../src/submit/postman.ts';
import { accept, ask, decline } from '../../src/submit/review.ts';
import { redraft, stop, submit, withdraw } from '../../src/submit/submissions.ts';
import { imap } from '../records.ts';
import { type Client, startMailServer } from '../verify/mail-server.ts';
import { smtp } from '../verify/well-behaved.ts';
import { draft, mail, type TestDesk, testDesk } from './desk.ts';

const renamed = { ...mail, name: 'Renamed Mail' };
const change = draft({ record: renamed });
const url = 'https://atlas.example';
const me = 'me@mail.example';

interface Sent {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly ends: string;
}

interface Post {
  readonly its: TestDesk;
  readonly sent: Sent[];
  readonly reviewers: { subject: string; text: string }[];
  readonly notes: string[];
  /** When everything is sent. */
  done(): Promise<void>;
}

function at(sentence: string, body: (post: Post) => Promise<void>, more: Partial<PostmanPorts> = {}): void {
  test(sentence, async () => {
    const its = await testDesk();
    const [sent, reviewers, notes]: [Sent[], Post['reviewers'], string[]] = [[], [], []];
    const postman = new Postman({
      mail: async (to, letter, ends) => void sent.push({ to, ...letter, ends }),
      reviewers: [{ name: 'the reviewers', send: async ({ subject, text }) => void reviewers.push({ subject, text }) }],
      url,
      policy: defaultPolicy,
      language: 'en',
      note: (message) => void notes.push(message),
      pauses: { again: 1 },
      ...more,
    });
    its.desk.happened = (row, done) => postman.tell(row, done);
    const done = async () => {
      await its.queue.idle();
      await postman.stop();
    };
    try {
      await body({ its, sent, reviewers, notes, done });
    } finally {
      await its.close();
    }
  });
}

describe('who submits and gives an address', () => {
  at('hears of each decision, in their language, and nothing of what they did themselves', async (post) => {
    const { its, sent } = post;
    const { desk, queue } = its;
    const { number } = await submit(desk, { draft: { ...change, language: 'de' }, contact: me });
    await queue.idle();
    const anna = await its.person('anna');
    const asked = await ask(desk, (await readSubmission(desk.store.db, number))!, anna, {
      reason: 'Woher?\nSeit wann?',
    });
    await redraft(desk, asked, { draft: { ...change, language: 'de', reason: 'Von der Hilfeseite.' } });
    await queue.idle();
    await accept(desk, number, anna, { reason: 'Gut.' });
    await post.done();
    assert.deepEqual(
      sent.map(({ to, subject }) => [to, subject]),
      [
        [me, `Einsendung ${number} ist eingegangen`],
        [me, `Einsendung ${number}: eine Rückfrage`],
        [me, `Einsendung ${number} ist angenommen`],
      ],
    );
    assert.match(sent[1]?.text ?? '', /\n\n> Woher\?\n> Seit wann\?\n\n/);
    assert.match(
      sent[1]?.text ?? '',
      /\n\nEs gibt eine Rückfrage; die Antwort muss bis 2026-12-20 \d\d:\d\d UTC da sein\. /,
    );
    assert.match(sent[2]?.text ?? '', /Die Angaben werden ausgeliefert\.\n\n> Gut\.\n/);
    assert.ok(!sent.some(({ text }) => text.includes('anna')), 'who decided is nobody’s business');
  });

  at('has thirty days for an answer; then it ends, with a last notice and without the address', async (post) => {
    const { its, sent } = post;
    const { desk, queue, store } = its;
    const { number } = await submit(desk, { draft: change, contact: me });
    await queue.idle();
    await ask(desk, await need(desk, number), await its.person('anna'), { reason: 'Since when?' });
    its.wait(24 * 30 - 1);
    await lookAfter(desk);
    assert.equal((await need(desk, number)).state, 'asked');
    its.wait(2);
    await lookAfter(desk);
    const { state, contact } = await need(desk, number);
    assert.deepEqual([state, contact], ['declined', null]);
    const last = (await readEvents(store.db, number)).at(-1);
    assert.deepEqual(
      [last?.act, last?.actor, last?.why],
      ['expire', 'mailatlas', 'Nobody has answered for 30 days; submit it anew.'],
    );
    await post.done();
    assert.match(sent.at(-1)?.text ?? '', /was declined:\n\n> Nobody has answered for 30 days/);
  });

  at('whose answer came in time waits for a reviewer again, and for as long as that takes', async ({ its }) => {
    const { desk, queue } = its;
    const { number } = await submit(desk, { draft: change });
    await queue.idle();
    const asked = await ask(desk, await need(desk, number), await its.person('anna'), { reason: 'Since when?' });
    await redraft(desk, asked, { draft: { ...change, reason: 'Since May.' } });
    await queue.idle();
    its.wait(24 * 300);
    await lookAfter(desk);
    assert.equal((await need(desk, number)).state, 'waiting');
  });

  at('hears nothing any more when the address was withdrawn with the submission', async (post) => {
    const { desk } = post.its;
    const { row } = await submit(desk, { draft: change, contact: me });
    await withdraw(desk, row);
    await post.done();
    assert.equal(post.sent.length, 1);
  });

  at('is told of a hold and how to end it, and when somebody has stopped it', async (post) => {
    const { its, sent, reviewers } = post;
    const record = { ...mail, incoming: [imap({ host: 'imap.other.example' })] };
    const { number } = await submit(its.desk, { draft: draft({ record }), contact: me });
    await its.queue.idle();
    for (const name of ['anna', 'bert']) await accept(its.desk, number, await its.person(name), { reason: '' });
    const held = (await readSubmission(its.store.db, number))!;
    await stop(its.desk, held, await its.person('carla'), 'We know nothing of it.');
    await post.done();
    assert.match(
      sent[1]?.text ?? '',
      new RegExp(`will be served from [0-9: -]{16} UTC .*--stop ${number} --receipt`, 's'),
    );
    assert.match(sent[2]?.text ?? '', /has been stopped before it was served\..*> We know nothing of it\./s);
    // Whoever lost a token learns of it here.
    assert.equal(reviewers.length, 1);
    assert.match(
      reviewers[0]?.text ?? '',
      /waits for a reviewer\n.*somebody else has to, too by anna\n.*held by bert\n/,
    );
    assert.match(reviewers[0]?.text ?? '', new RegExp(`token may be stolen: mailatlas review stop ${number}\n`));
    assert.match(reviewers[0]?.text ?? '', /stopped by carla\n {4}> We know nothing of it\.\n/);
  });
});

describe('an address that is somebody else’s', () => {
  at('gets one mail a day that no reviewer has caused, under however many names', async (post) => {
    const { desk } = post.its;
    for (const contact of [me, 'ME@mail.example', 'me+1@mail.example', 'me+2@mail.example'])
      await submit(desk, { draft: change, contact });
    await submit(desk, { draft: change, contact: 'other@mail.example' });
    await post.done();
    assert.deepEqual(
      post.sent.map(({ to }) => to),
      [me, 'other@mail.example'],
    );
  });

  at('is not reached by changing one that was given before, either', async (post) => {
    const { desk, queue } = post.its;
    const { row } = await submit(desk, { draft: change, contact: me });
    await queue.idle();
    let now = (await readSubmission(desk.store.db, row.number))!;
    for (const contact of ['victim@mail.example', me, 'victim@mail.example', 'victim+2@mail.example']) {
      await redraft(desk, now, { draft: change, contact });
      await queue.idle();
      now = (await readSubmission(desk.store.db, row.number))!;
    }
    await post.done();
    assert.deepEqual(
      post.sent.map(({ to, subject }) => [to, subject]),
      [me, 'victim@mail.example'].map((to) => [to, 'Submission 1 was received']),
    );
  });

  test('reads nothing that a stranger wrote before a reviewer has looked', () => {
    const told = {
      number: 7,
      draft: { kind: 'new', id: 'win-a-prize.example', language: 'en' },
      why: '',
      holdUntil: null,
      url,
      policy: defaultPolicy,
      ends: `${url}/notices/7/x`,
    } as const;
    for (const language of ['en', 'de'] as const) {
      const { subject, text } = letterTo('received', { ...told, draft: { ...told.draft, language } });
      assert.ok(!`${subject}${text}`.includes('win-a-prize'));
      assert.ok(text.includes(told.ends));
    }
  });
});

test('every notice says what it is about, quotes what people wrote, and has nothing left to fill in', () => {
  const why = 'Bcc: all@mail.example\n.\n\u001b[31m{url} {why} \u202eleft\n\nSee https://mail.example/help';
  for (const notice of ['received', 'asked', 'declined', 'held', 'stopped', 'published'] satisfies Notice[])
    for (const language of ['en', 'de'] as const)
      for (const kind of ['new', 'change', 'report', 'remove'] as const) {
        const { subject, text } = letterTo(notice, {
          number: 7,
          draft: { kind, id: 'mail.example', language },
          why,
          holdUntil: notice === 'held' ? '2026-11-23T10:00:00.000Z' : null,
          url,
          ends: `${url}/notices/7/x`,
        });
        assert.match(subject, /^[^\p{C}{}]+ 7[^\p{C}{}]*$/u);
        // What stands in the reviewer's words is theirs, a place to fill in as well.
        const own = text.replaceAll(/^> .*$/gm, '');
        assert.doesNotMatch(own, /[{}]|undefined|all@/);
        assert.doesNotMatch(text.replaceAll('\n', ''), /\p{C}/u);
        assert.ok(text.split('\n').every((line) => line !== '.'));
      }
});

test('reviewers get one message of many, bounded', () => {
  const news: News[] = Array.from({ length: 60 }, (_, i) => ({
    at: '2026-11-20T10:00:00.000Z',
    number: i + 1,
    kind: 'new',
    id: `d${i}.example`,
    act: 'checked',
    who: '',
    why: '',
    holdUntil: null,
  }));
  const { subject, text } = letterToReviewers(news, url, 'de');
  assert.equal(subject, 'Einsendungen: 60 anzusehen');
  assert.match(text, /^1 {2}ein neuer Eintrag, d0\.example: wartet auf Durchsicht$/m);
  assert.match(text, /^… und 10 weitere$/m);
});

describe('a mail server', () => {
  const takesMail = {
    MAIL: ['250 2.1.0 Ok'],
    RCPT: ['250 2.1.5 Ok'],
    DATA: async (client: Client) => {
      await client.say('354 Go on');
      while ((await client.line()) !== '.');
      await client.say('250 2.0.0 Queued');
    },
  };
  const start = (answers: object, t: TestContext) =>
    startMailServer(smtp({ security: 'none', capabilities: ['8BITMIME'], answers: { ...takesMail, ...answers } })).then(
      (server) => {
        t.after(() => server.stop());
        return server;
      },
    );

  test('gets one receiver, one header each, and how the mails end', async (t) => {
    const server = await start({}, t);
    const hands = mailer({ smtp: `smtp://127.0.0.1:${server.port}`, from: 'atlas@atlas.example' });
    await hands.send(
      { address: me },
      { subject: 'One\r\nBcc: all@mail.example', text: 'Two.\r\n.\r\nMAIL FROM:<x>' },
      {
        'List-Unsubscribe': '<https://atlas.example/notices/1/x>',
      },
    );
    const said = server.received;
    assert.deepEqual(
      said.filter((line) => /^(RCPT|MAIL) /.test(line)),
      ['MAIL FROM:<atlas@atlas.example>', `RCPT TO:<${me}>`, 'MAIL FROM:<x>'],
      'the last line is a line of the message',
    );
    assert.ok(!said.some((line) => /^bcc:/i.test(line)));
    assert.ok(said.includes('List-Unsubscribe: <https://atlas.example/notices/1/x>'));
  });

  at(
    'that refuses an address is tried again, and the log does not name the address',
    async (post) => {
      await submit(post.its.desk, { draft: change, contact: me });
      await new Promise((go) => setTimeout(go, 50));
      await post.done();
      assert.deepEqual(post.notes, ['a notice of submission 1 could not be sent: 550 <the address> is nobody']);
    },
    { mail: () => Promise.reject(new Error('550 <ME@mail.example> is nobody')) },
  );

  test('is never given what is no single address', () => {
    for (const contact of [
      'a@b@mail.example',
      '"a b"@mail.example',
      'a@mail.example,b@mail.example',
      'a@mail.example\r\nRCPT TO:<b@mail.example>',
      'group:a@mail.example;',
      '.a@mail.example',
      'a@[127.0.0.1]',
      '@mail.example',
    ]) {
      const read = readDraft(JSON.stringify({ kind: 'report', id: 'mail.example', reason: 'x', contact }), () => mail);
      assert.ok('mistakes' in read, contact);
    }
    for (const [contact, single] of [
      ["o'neil+x@bücher.example", "o'neil+x@xn--bcher-kva.example"],
      ['Anna <anna@mail.example>', 'anna@mail.example'],
    ]) {
      const fine = readDraft(JSON.stringify({ kind: 'report', id: 'mail.example', reason: 'x', contact }), () => mail);
      assert.ok('draft' in fine);
      assert.equal(fine.contact, single);
    }
  });
});

test('when a submission ends, its address is nowhere in the database file or beside it', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'mailatlas-notices-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const store = openSqlite(join(folder, 'atlas.db'));
  const its = await testDesk({ store });
  its.desk.erased = () => void store.scrub?.();
  const bytes = () => Buffer.concat(readdirSync(folder).map((name) => readFileSync(join(folder, name))));
  // Long enough to fill pages of their own.
  const secret = (name: string) => `${name}-${'long'.repeat(10)}@mail.example`;
  const reason = `It is our own secret. ${'Really. '.repeat(200)}`;
  const numbers: Record<string, number> = {};
  for (const name of ['declined', 'withdrawn', 'published', 'open']) {
    const { number } = await submit(its.desk, {
      draft: { ...change, reason: `${name}: ${reason}` },
      contact: secret(name),
    });
    await its.queue.idle();
    numbers[name] = number;
    assert.ok(bytes().includes(secret(name)));
  }
  const anna = await its.person('anna');
  const row = async (name: string) => (await readSubmission(store.db, numbers[name] ?? 0))!;
  await decline(its.desk, await row('declined'), anna, { reason: 'No.' });
  await withdraw(its.desk, await row('withdrawn'));
  await accept(its.desk, numbers['published'] ?? 0, anna, { reason: '' });
  const left = bytes();
  for (const name of ['declined', 'withdrawn', 'published']) assert.ok(!left.includes(secret(name)), name);
  assert.ok(!left.includes('withdrawn: It is our own secret.'), 'nor is what was withdrawn');
  assert.ok(left.includes(secret('open')));
  await its.close();
});
