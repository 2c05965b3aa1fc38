/** Submissions and their review over HTTP. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { recordDigest } from '../../../src/atlas/digest.ts';
import { putOverlay, readOverlays } from '../../../src/store/overlays.ts';
import { readEvents, readFormerDrafts } from '../../../src/store/submissions.ts';
import { authenticate, createToken, type Role } from '../../../src/store/tokens.ts';
import type { CheckResult } from '../../../src/submit/model.ts';
import { imap, record, smtp } from '../../records.ts';
import { checksThat, item, mail, result, type TestDesk, type TestDeskOptions, testDesk } from '../../submit/desk.ts';
import { testApp } from '../app.ts';
import { answersAsDescribed } from '../contract/openapi.ts';

const path = '/api/v1/submissions';
const at0 = '2026-11-20T10:00:00.000Z';
const renamed = { ...mail, name: 'Renamed Mail' };
const change = { kind: 'change', id: 'mail.example', record: renamed, reason: 'It has another name.' };
const json = { 'Content-Type': 'application/json' };

/** Every answer in these tests is one that the document describes. */
const described = answersAsDescribed();

interface Made {
  readonly number: number;
  readonly receipt: string;
  readonly preview: string;
  readonly state: string;
  readonly checks: readonly { readonly name: string; readonly state: string; readonly says: string }[];
}

/** Nobody submits the same twice without meaning to. */
let times = 0;

interface Site {
  readonly its: TestDesk;
  /** With a body as JSON, and a secret as Bearer. */
  readonly ask: (method: string, path: string, secret?: string, body?: unknown) => Promise<Response>;
  readonly send: ReturnType<typeof testApp>['send'];
  readonly submit: (body?: unknown, headers?: Record<string, string>) => Promise<Made>;
  readonly token: (name: string, role?: Role) => Promise<string>;
  /** Accepts what is there now, or the version that the test says. */
  readonly accept: (number: number, secret: string, body?: object) => Promise<Response>;
}

function at(sentence: string, body: (site: Site) => Promise<void>, options: TestDeskOptions = {}): void {
  test(sentence, async () => {
    const its = await testDesk(options);
    const { store } = its;
    const app = testApp({
      setUp: {
        url: 'https://atlas.example',
        authenticate: (secret, role) => authenticate(store, secret, role, its.desk.now().toISOString()),
        submissions: {
          desk: its.desk,
          async dryRun() {
            const results: CheckResult[] = [];
            const run = options.run ?? checksThat();
            const atlas = await its.desk.atlas();
            const subject = {
              draft: { ...change, kind: 'change', language: 'en' },
              number: 0,
              receipt: '',
              atlas,
            } as const;
            await run(subject, async (one) => void results.push(one), new AbortController().signal);
            return results;
          },
        },
      },
    });
    const send: Site['send'] = async (method, where, headers, said) => {
      const response = await app.send(method, where, headers, said);
      if (!['OPTIONS', 'PATCH'].includes(method)) await described(method, where, response);
      return response;
    };
    const ask: Site['ask'] = (method, where, secret, said) =>
      send(
        method,
        where,
        { ...json, ...(secret !== undefined && { Authorization: `Bearer ${secret}` }) },
        said === undefined ? undefined : JSON.stringify(said),
      );
    const site: Site = {
      its,
      ask,
      send,
      async submit(said = { ...change, reason: `Said for the ${++times}th time.` }, headers = {}) {
        const response = await send('POST', path, { ...json, ...headers }, JSON.stringify(said));
        assert.ok([200, 201].includes(response.status), await response.clone().text());
        await its.queue.idle();
        return (await response.json()) as Made;
      },
      async accept(number, secret, said = {}) {
        const { version } = (await (await ask('GET', `${path}/${number}`, secret)).json()) as { version: number };
        return ask('POST', `${path}/${number}/accept`, secret, { version, ...said });
      },
      token: async (name, role = 'reviewer') =>
        (await createToken(store, name, role, its.desk.now().toISOString())) ?? assert.fail(),
    };
    try {
      await body(site);
      assert.deepEqual(app.defects, []);
    } finally {
      await its.close();
    }
  });
}

const codeOf = async (response: Response): Promise<[number, string]> => [
  response.status,
  ((await response.clone().json()) as { code: string }).code,
];

describe('POST /api/v1/submissions', () => {
  at(
    'takes a draft in and gives the receipt, once; nobody keeps the answer, and no other page may read it',
    async ({ send }) => {
      const response = await send('POST', path, json, JSON.stringify(change));
      assert.equal(response.status, 201);
      assert.equal(response.headers.get('location'), '/api/v1/submissions/1');
      assert.equal(response.headers.get('cache-control'), 'no-store');
      assert.equal(response.headers.get('access-control-allow-origin'), null);
      const { number, receipt, preview, state, checks } = (await response.json()) as Made;
      assert.deepEqual([number, state], [1, 'checking']);
      assert.match(receipt, /^mar_[\w-]{43}$/);
      assert.match(preview, /^https:\/\/atlas\.example\/preview\/[\w-]{43}$/);
      assert.ok(!preview.includes(receipt.slice(4, 20)), 'the preview says nothing of the receipt');
      assert.equal(checks.length, 7);
    },
  );

  at(
    'takes a file in autoconfig’s format, with the rest in the query and the address in a header',
    async ({ its, send }) => {
      const xml = `<clientConfig version="1.1"><emailProvider id="new.example"><domain>new.example</domain>
      <displayName>New Mail</displayName><displayShortName>New</displayShortName>
      <incomingServer type="imap"><hostname>imap.new.example</hostname><port>993</port><socketType>SSL</socketType>
        <username>%EMAILADDRESS%</username><authentication>password-cleartext</authentication></incomingServer>
      <outgoingServer type="smtp"><hostname>smtp.new.example</hostname><port>465</port><socketType>SSL</socketType>
        <username>%EMAILADDRESS%</username><authentication>password-cleartext</authentication></outgoingServer>
      </emailProvider></clientConfig>`;
      const query = '?country=DE&provider=hosting&website=https://new.example/&documentation=https://new.example/help';
      const response = await send(
        'POST',
        `${path}${query}`,
        { 'Content-Type': 'text/xml', From: 'me@new.example' },
        xml,
      );
      assert.equal(response.status, 201, await response.clone().text());
      const { kind, id } = (await response.json()) as { kind: string; id: string };
      assert.deepEqual([kind, id], ['new', 'new.example']);
      assert.equal(its.happened.length >= 0, true);
    },
  );

  at('says every mistake at its place, and stores nothing', async ({ its, send }) => {
    const wrong = {
      ...change,
      record: { ...renamed, incoming: [{ ...imap(), port: 'many' }] },
      reason: 'See <b>here</b>',
    };
    for (const language of ['en', 'de']) {
      const response = await send('POST', `${path}?lang=${language}`, json, JSON.stringify(wrong));
      assert.deepEqual(await codeOf(response), [422, 'malformed-draft']);
      const { mistakes } = (await response.json()) as { mistakes: { at: string; says: string }[] };
      assert.ok(
        mistakes.some(({ at: where }) => where === '/reason'),
        JSON.stringify(mistakes),
      );
    }
    assert.equal((await its.desk.atlas()).records.size, 1);
    assert.deepEqual(await readEvents(its.store.db, 1), []);
  });

  at('refuses what is no draft at all', async ({ send }) => {
    const refused = async (headers: Record<string, string>, body: string | Uint8Array<ArrayBuffer>) =>
      codeOf(await send('POST', path, headers, body));
    assert.deepEqual(await refused({ 'Content-Type': 'text/plain' }, 'hello'), [415, 'unsupported-type']);
    assert.deepEqual(await refused({}, ''), [415, 'unsupported-type']);
    assert.deepEqual(await refused(json, '{'), [422, 'malformed-draft']);
    assert.deepEqual(await refused(json, 'x'.repeat(70_000)), [413, 'too-large']);
    assert.deepEqual(await refused(json, Uint8Array.of(0xff, 0xfe)), [400, 'malformed-request']);
    assert.deepEqual(await refused({ ...json, 'Idempotency-Key': 'short' }, JSON.stringify(change)), [
      400,
      'malformed-request',
    ]);
  });

  at('is the same submission again where the request is repeated with its key', async ({ send, submit }) => {
    const key = { 'Idempotency-Key': '6f1c8b0e-8a3a-4e7e-9a51-2f1f5b7f7f10' };
    const [first, again] = [await submit(change, key), await submit(change, key)];
    assert.deepEqual([again.number, again.receipt], [first.number, first.receipt]);
    const without = await send('POST', path, json, JSON.stringify(change));
    assert.deepEqual(await codeOf(without), [409, 'submitted-already']);
    assert.ok(!(await without.text()).includes('mar_'), 'the receipt is shown to who has the key');
    assert.notEqual((await submit()).number, first.number);
  });

  at('may be made again once it has ended', async ({ ask, send, submit }) => {
    const { number, receipt } = await submit(change);
    assert.equal((await send('POST', path, json, JSON.stringify(change))).status, 409);
    assert.equal((await ask('DELETE', `${path}/${number}`, receipt)).status, 200);
    assert.equal((await submit(change)).number, number + 1);
  });

  at(
    'with dry_run runs every check and stores nothing',
    async ({ its, send }) => {
      const response = await send('POST', `${path}?dry_run=1&lang=de`, json, JSON.stringify(change));
      assert.equal(response.status, 200);
      const { dryRun, checks } = (await response.json()) as { dryRun: boolean; checks: Made['checks'] };
      assert.equal(dryRun, true);
      assert.deepEqual(checks.find(({ name }) => name === 'hosts')?.says, 'So ist es.');
      assert.deepEqual(await readEvents(its.store.db, 1), []);
    },
    { run: checksThat(result('hosts', 'attention', item('foreign-host', 'x.example'))) },
  );

  at('is for ten an hour from one network', async ({ send, submit }) => {
    for (let i = 0; i < 10; i++) await submit();
    const response = await send('POST', path, json, JSON.stringify(change));
    assert.deepEqual(await codeOf(response), [429, 'too-many-submissions']);
    assert.equal(response.headers.get('retry-after'), '60');
  });

  at(
    'is refused while too many are open',
    async ({ send, submit }) => {
      await submit();
      const response = await send('POST', path, json, JSON.stringify(change));
      assert.deepEqual(await codeOf(response), [503, 'too-many-open']);
    },
    { mostOpen: 1 },
  );

  test('is not there where the operator takes none, and says how it would be', async () => {
    for (const [setUp, says] of [
      [{}, /serve --submissions/],
      [{ hosting: { only: true } }, /domains of its operator’s own/],
    ] as const) {
      const { send } = testApp({ setUp });
      for (const [method, where] of [
        ['POST', path],
        ['GET', `${path}/1`],
        ['GET', '/preview/x/v1.1/mail.example'],
      ] as const) {
        const headers = { ...json, Authorization: 'Bearer mar_x' };
        const response = await send(method, where, headers, method === 'POST' ? '{}' : undefined);
        assert.deepEqual(await codeOf(response), [404, 'no-submissions'], where);
        assert.match(((await response.json()) as { detail: string }).detail, says);
      }
    }
  });
});

describe('who holds the receipt', () => {
  at(
    'follows a submission: its state, its checks, what was done and why, and how to prove that one may',
    async ({ its, ask, submit, token }) => {
      const { number, receipt } = await submit();
      await ask('POST', `${path}/${number}/ask`, await token('anna'), { reason: 'Which name is it?' });
      const response = await ask('GET', `${path}/${number}`, receipt);
      assert.equal(response.status, 200);
      assert.equal(response.headers.get('cache-control'), 'no-store');
      const text = await response.text();
      const seen = JSON.parse(text) as {
        state: string;
        events: { act: string; actor: string; why: string }[];
        proof: { line: string }[];
      };
      assert.equal(seen.state, 'asked');
      assert.deepEqual(seen.events.at(-1)?.why, 'Which name is it?');
      assert.ok(!text.includes('anna'), 'who decided is nobody’s business');
      assert.match(
        seen.proof[0]?.line ?? '',
        new RegExp(`^_mailatlas\\.mail\\.example\\. IN TXT "mailatlas=${number}\\.`),
      );
      assert.equal(its.notes.length, 0);
    },
    { run: checksThat(result('proof', 'attention', item('unproved', 'mail.example'))) },
  );

  at('answers with another draft, has it checked again, and withdraws', async ({ its, ask, submit }) => {
    const { number, receipt } = await submit();
    const better = { ...change, record: { ...renamed, short: 'Renamed' } };
    assert.equal((await ask('PUT', `${path}/${number}`, receipt, better)).status, 200);
    await its.queue.idle();
    assert.equal((await readFormerDrafts(its.store.db, number)).length, 1);
    assert.equal((await ask('POST', `${path}/${number}/recheck`, receipt)).status, 200);
    await its.queue.idle();
    const gone = await ask('DELETE', `${path}/${number}`, receipt);
    assert.equal(((await gone.json()) as Made).state, 'withdrawn');
    assert.deepEqual(await codeOf(await ask('DELETE', `${path}/${number}`, receipt)), [409, 'not-now']);
  });

  at(
    'is the only one: a wrong receipt, another’s and an unknown number are answered alike',
    async ({ ask, submit }) => {
      const [first, second] = [await submit(), await submit()];
      const attempts = [
        ask('GET', `${path}/${first.number}`, second.receipt),
        ask('GET', `${path}/${first.number}`, 'mar_x'),
        ask('GET', `${path}/99`, first.receipt),
        ask('GET', `${path}/0`, first.receipt),
        ask('GET', `${path}/1e0`, first.receipt),
        ask('DELETE', `${path}/99`, first.receipt),
        ask('PUT', `${path}/99`, first.receipt, change),
        ask('POST', `${path}/99/recheck`, first.receipt),
        ask('POST', `${path}/99/stop`, first.receipt, {}),
      ];
      const bodies = await Promise.all(attempts.map(async (one) => (await one).clone().text()));
      assert.equal(new Set(bodies).size, 1);
      assert.deepEqual(await codeOf(await attempts[0]!), [404, 'unknown-submission']);
    },
  );

  at('says so: without a secret there is nothing, whatever the number', async ({ ask, submit }) => {
    const { number } = await submit();
    for (const where of [number, 99])
      for (const method of ['GET', 'DELETE', 'PUT']) {
        const response = await ask(method, `${path}/${where}`, undefined, method === 'PUT' ? change : undefined);
        assert.deepEqual(await codeOf(response), [401, 'no-token']);
        assert.equal(response.headers.get('www-authenticate'), 'Bearer realm="mailatlas"');
      }
  });

  at('stops an acceptance while it is held', async ({ its, accept, ask, submit, token }) => {
    const elsewhere = { ...mail, incoming: [imap({ host: 'imap.other.example' })] };
    const { number, receipt } = await submit({ ...change, record: elsewhere });
    for (const name of ['anna', 'bert']) {
      const response = await accept(number, await token(name));
      assert.equal(response.status, 200, await response.clone().text());
    }
    assert.ok(((await (await ask('GET', `${path}/${number}`, receipt)).json()) as { holdUntil: string }).holdUntil);
    const stopped = await ask('POST', `${path}/${number}/stop`, receipt, { reason: 'That is not us.' });
    assert.equal(((await stopped.json()) as { holdUntil: null }).holdUntil, null);
    assert.equal((await its.served('mail.example'))?.incoming[0]?.host, 'imap.mail.example');
  });
});

describe('GET /preview/{token}/v1.1/{domain}', () => {
  at('gives the draft as it would be served, to nobody else, and not for long', async ({ its, ask, submit, send }) => {
    const { number, receipt, preview } = await submit();
    const where = preview.replace('https://atlas.example', '');
    const response = await send('GET', `${where}/v1.1/mail.example`);
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('content-type'), 'text/xml; charset=utf-8');
    assert.deepEqual(
      ['cache-control', 'x-robots-tag', 'access-control-allow-origin'].map((name) => response.headers.get(name)),
      ['no-store', 'noindex', null],
    );
    assert.match(await response.text(), /<displayName>Renamed Mail<\/displayName>/);
    assert.equal((await its.served('mail.example'))?.name, 'Example Mail');
    assert.deepEqual(await codeOf(await send('GET', `${where}/v1.1/other.example`)), [404, 'unknown-domain']);
    assert.deepEqual(await codeOf(await send('GET', '/preview/x/v1.1/mail.example')), [404, 'unknown-submission']);
    await ask('DELETE', `${path}/${number}`, receipt);
    assert.deepEqual(await codeOf(await send('GET', `${where}/v1.1/mail.example`)), [404, 'unknown-submission']);
  });
});

describe('a reviewer', () => {
  at('sees the queue, and everything about one', async ({ ask, submit, token }) => {
    const [first, second] = [
      await submit(),
      await submit({ kind: 'report', id: 'mail.example', reason: 'The port is wrong.' }),
    ];
    const anna = await token('anna');
    const list = (await (await ask('GET', path, anna)).json()) as { counts: object; submissions: { number: number }[] };
    assert.deepEqual(
      list.submissions.map(({ number }) => number),
      [second.number, first.number],
    );
    assert.deepEqual(list.counts, { waiting: 2 });
    const none = (await (await ask('GET', `${path}?state=asked,declined`, anna)).json()) as typeof list;
    assert.deepEqual(none.submissions, []);
    assert.deepEqual(await codeOf(await ask('GET', `${path}?state=odd`, anna)), [400, 'malformed-query']);
    const one = await ask('GET', `${path}/${first.number}`, anna);
    const seen = (await one.json()) as { draft: unknown; served: unknown; needs: object; events: { who: string }[] };
    assert.deepEqual(seen.draft, { ...change, reason: `Said for the ${times}th time.`, language: 'en' });
    assert.deepEqual(seen.served, mail);
    assert.deepEqual(seen.needs, {
      confirm: [],
      reviewers: 1,
      movesTo: [],
      takesAway: [],
      proofs: { needed: ['mail.example'], held: [] },
    });
  });

  at('accepts, and it is served at once', async ({ its, accept, submit, token }) => {
    const { number } = await submit();
    const response = await accept(number, await token('anna'), {
      reason: 'As on their page.',
    });
    assert.equal(((await response.json()) as Made).state, 'published');
    assert.equal((await its.served('mail.example'))?.name, 'Renamed Mail');
  });

  at(
    'is told what they have to confirm',
    async ({ accept, submit, token }) => {
      const { number } = await submit();
      const anna = await token('anna');
      const refused = await accept(number, anna);
      assert.deepEqual(await codeOf(refused), [409, 'unconfirmed']);
      const { missing } = (await refused.json()) as { missing: string[] };
      assert.deepEqual(missing, ['foreign-host:mail.hoster.example']);
      assert.equal((await accept(number, anna, { confirm: missing })).status, 200);
    },
    { run: checksThat(result('hosts', 'attention', item('foreign-host', 'mail.hoster.example'))) },
  );

  at(
    'accepts what they have looked at, and not what it became under their eyes',
    async ({ its, ask, submit, token }) => {
      const { number, receipt } = await submit();
      const anna = await token('anna');
      const { version } = (await (await ask('GET', `${path}/${number}`, anna)).json()) as { version: number };
      const worse = { ...change, record: { ...renamed, short: 'Worse' } };
      assert.equal((await ask('PUT', `${path}/${number}`, receipt, worse)).status, 200);
      await its.queue.idle();
      const late = await ask('POST', `${path}/${number}/accept`, anna, { version });
      assert.deepEqual(await codeOf(late), [409, 'decided-meanwhile']);
      assert.deepEqual(await codeOf(await ask('POST', `${path}/${number}/accept`, anna, {})), [
        400,
        'malformed-request',
      ]);
      assert.equal((await its.served('mail.example'))?.short, mail.short);
    },
  );

  at('who is a moment too late is told who was faster, and when', async ({ its, ask, submit, token }) => {
    const { number } = await submit();
    const [anna, bert] = [await token('anna'), await token('bert')];
    const answers = await Promise.all([
      ask('POST', `${path}/${number}/decline`, anna, { reason: 'No.' }),
      ask('POST', `${path}/${number}/decline`, bert, { reason: 'No!' }),
    ]);
    const lost = answers.find(({ status }) => status === 409) ?? assert.fail();
    const [, code] = await codeOf(lost);
    assert.ok(['decided-meanwhile', 'not-now'].includes(code), code);
    assert.equal((await readEvents(its.store.db, number)).filter(({ act }) => act === 'decline').length, 1);
  });

  at('needs a reason to decline or to ask, in plain text', async ({ ask, submit, token }) => {
    const { number } = await submit();
    const anna = await token('anna');
    for (const body of [
      {},
      { reason: ' ' },
      { reason: 'See <a href="x">' },
      { reason: 'x'.repeat(2001) },
      { reason: 'No', more: 1 },
    ])
      for (const act of ['decline', 'ask'])
        assert.deepEqual(
          await codeOf(await ask('POST', `${path}/${number}/${act}`, anna, body)),
          [400, 'malformed-request'],
          JSON.stringify(body),
        );
    assert.equal((await ask('POST', `${path}/${number}/decline`, anna, { reason: 'Not so.' })).status, 200);
  });

  at('who submits with their token does not decide about it', async ({ accept, ask, submit, token }) => {
    const [anna, bert] = [await token('anna'), await token('bert')];
    const { number, receipt } = await submit(change, { Authorization: `Bearer ${anna}` });
    assert.deepEqual(await codeOf(await accept(number, anna)), [403, 'not-yours']);
    assert.ok(!(await (await ask('GET', `${path}/${number}`, receipt)).text()).includes('anna'));
    assert.equal((await accept(number, bert)).status, 200);
  });

  at('that is no token opens nothing, and is not passed over', async ({ ask, token }) => {
    for (const secret of ['mat_x', 'mar_x'])
      assert.deepEqual(await codeOf(await ask('POST', path, secret, change)), [401, 'no-token']);
    assert.deepEqual(await codeOf(await ask('POST', path, await token('probe', 'agent'), change)), [403, 'wrong-role']);
  });

  at('is one by token: nobody without, no agent, no receipt', async ({ ask, submit, token }) => {
    const { number, receipt } = await submit();
    const agent = await token('probe', 'agent');
    for (const [method, where] of [
      ['GET', path],
      ['POST', `${path}/${number}/accept`],
      ['POST', `${path}/${number}/decline`],
      ['POST', `${path}/${number}/ask`],
      ['POST', '/api/v1/revisions/1/rollback'],
    ] as const) {
      const body = method === 'POST' ? { reason: 'x' } : undefined;
      assert.deepEqual(await codeOf(await ask(method, where, undefined, body)), [401, 'no-token'], where);
      assert.deepEqual(await codeOf(await ask(method, where, receipt, body)), [401, 'no-token'], where);
      assert.deepEqual(await codeOf(await ask(method, where, 'mat_x', body)), [401, 'no-token'], where);
      assert.deepEqual(await codeOf(await ask(method, where, agent, body)), [403, 'wrong-role'], where);
    }
    assert.deepEqual(await codeOf(await ask('GET', `${path}/99`, await token('anna'))), [404, 'unknown-submission']);
  });
});

describe('POST /api/v1/revisions/{n}/rollback', () => {
  at('takes back what was published, by an admin alone', async ({ accept, its, ask, submit, token }) => {
    const { number } = await submit();
    const anna = await token('anna');
    await accept(number, anna);
    const body = { reason: 'It was wrong.' };
    assert.deepEqual(await codeOf(await ask('POST', '/api/v1/revisions/2/rollback', anna, body)), [403, 'wrong-role']);
    const root = await token('root', 'admin');
    const back = await ask('POST', '/api/v1/revisions/2/rollback', root, body);
    assert.deepEqual([back.status, ((await back.json()) as Made).state], [200, 'published']);
    assert.deepEqual(await its.served('mail.example'), mail);
    for (const n of ['99', '0', 'x'])
      assert.deepEqual(await codeOf(await ask('POST', `/api/v1/revisions/${n}/rollback`, root, body)), [
        404,
        'unknown-revision',
      ]);
    assert.deepEqual(await codeOf(await ask('POST', '/api/v1/revisions/2/rollback', root, body)), [
      409,
      'no-going-back',
    ]);
  });
});

describe('/api/v1/overlays', () => {
  const overlays = '/api/v1/overlays';

  at('gives what was published, takes what the data have, and submissions are done', async (site) => {
    const { accept, ask, its, submit, token } = site;
    const [anna, root] = [await token('anna'), await token('root', 'admin')];
    const { number } = await submit();
    await accept(number, anna);
    const listed = (await (await ask('GET', overlays, anna)).json()) as {
      overlays: { number: number; id: string; baseDigest: string; record: unknown }[];
      next: unknown;
    };
    assert.deepEqual(listed, {
      overlays: [{ number: 1, id: 'mail.example', baseDigest: recordDigest(mail), record: renamed }],
      next: null,
    });
    assert.deepEqual(await (await ask('GET', `${overlays}?after=1`, anna)).json(), { overlays: [], next: null });

    const have = (digest: string | null, id = 'mail.example') =>
      ask('POST', `${overlays}/exported`, root, { records: [{ id, digest }] });
    for (const answer of [
      await have(recordDigest(mail)),
      await have(null),
      await have(recordDigest(renamed), 'x.example'),
    ])
      assert.deepEqual(await answer.json(), { submissions: [] });
    assert.deepEqual(await (await have(recordDigest(renamed))).json(), { submissions: [number] });
    assert.deepEqual(await (await have(recordDigest(renamed))).json(), { submissions: [] });
    const last = (await readEvents(its.store.db, number)).at(-1);
    assert.deepEqual([last?.act, last?.actor, last?.who, last?.toState], ['export', 'admin', 'root', 'exported']);
  });

  at('goes by hundreds', async ({ ask, its, token }) => {
    const { store } = its;
    for (let i = 0; i < 101; i++)
      await store.atomically(putOverlay(store.db, { id: `d${i}.example`, baseDigest: null, record: null }, at0));
    const anna = await token('anna');
    const first = (await (await ask('GET', overlays, anna)).json()) as { overlays: unknown[]; next: number };
    assert.deepEqual([first.overlays.length, first.next], [100, 100]);
    const rest = (await (await ask('GET', `${overlays}?after=100`, anna)).json()) as typeof first;
    assert.deepEqual([rest.overlays.length, rest.next], [1, null]);
  });

  at('lets the data win where an admin says so, and never over what was published since', async (site) => {
    const { accept, ask, its, submit, token } = site;
    const [anna, root] = [await token('anna'), await token('root', 'admin')];
    await accept((await submit()).number, anna);
    const again = { ...change, record: { ...renamed, short: 'Renamed' } };
    await accept((await submit(again)).number, anna);
    assert.deepEqual(await codeOf(await ask('DELETE', `${overlays}/2`, anna)), [403, 'wrong-role']);
    for (const gone of ['1', '3', '0', 'x'])
      assert.deepEqual(await codeOf(await ask('DELETE', `${overlays}/${gone}`, root)), [404, 'unknown-overlay'], gone);
    assert.deepEqual(await (await ask('DELETE', `${overlays}/2`, root)).json(), { number: 2, id: 'mail.example' });
    assert.deepEqual(await readOverlays(its.store.db), []);
  });

  at('is for those with a token', async ({ ask, token }) => {
    const agent = await token('probe', 'agent');
    for (const [method, where, body] of [
      ['GET', overlays],
      ['POST', `${overlays}/exported`, { records: [] }],
      ['DELETE', `${overlays}/1`],
    ] as const) {
      assert.deepEqual(await codeOf(await ask(method, where, undefined, body)), [401, 'no-token'], where);
      assert.deepEqual(await codeOf(await ask(method, where, agent, body)), [403, 'wrong-role'], where);
    }
  });
});

describe('these routes', () => {
  at('tell other methods and other pages that they are not meant', async ({ send }) => {
    const preflight = await send('OPTIONS', path, {
      Origin: 'https://evil.example',
      'Access-Control-Request-Method': 'POST',
    });
    assert.equal(preflight.status, 204);
    assert.deepEqual(
      [...preflight.headers.keys()].filter((name) => name.startsWith('access-control')),
      [],
    );
    const wrong = await send('PATCH', `${path}/1`);
    assert.deepEqual([wrong.status, wrong.headers.get('allow')], [405, 'GET, HEAD, PUT, DELETE']);
    assert.equal(wrong.headers.get('cache-control'), 'no-store');
  });

  at('take a record with everything that a record can have', async ({ submit }) => {
    const whole = record({
      id: 'whole.example',
      incoming: [imap({ host: 'imap.whole.example' })],
      outgoing: [smtp({ host: 'smtp.whole.example' })],
    });
    const { state } = await submit({ kind: 'new', record: whole });
    assert.equal(state, 'checking');
  });
});
