/** Hostile submissions that end at the API, and a real server process that is killed: nothing is lost, nothing done twice. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { after, before, describe, test } from 'node:test';
import { readRecord } from '../src/store/providers.ts';
import { readRevisions } from '../src/store/revisions.ts';
import { openSqlite } from '../src/store/sqlite.ts';
import { readEvents, readSubmission } from '../src/store/submissions.ts';
import { createToken, type Role, revokeToken } from '../src/store/tokens.ts';
import { type DnsServer, startDns } from './dns-server.ts';
import { program } from './program.ts';
import { tableInDocs } from './submit/hostile-table.ts';

const main = await program();
const temporary = mkdtempSync(join(tmpdir(), 'mailatlas-hostile-'));
const path = '/api/v1/submissions';
let dns: DnsServer;
before(async () => {
  dns = await startDns({});
});
after(async () => {
  await dns.stop();
  rmSync(temporary, { recursive: true });
});

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly json: Record<string, unknown>;
}

/** A server process over a file of its own, which can be killed and started again. */
class Site {
  readonly db: string;
  readonly #data: string;
  #child: ChildProcess | undefined;
  #url = '';

  constructor(name: string) {
    const folder = join(temporary, name);
    this.#data = join(folder, 'data');
    this.db = join(folder, 'atlas.db');
    cpSync(new URL('cli/data', import.meta.url), this.#data, { recursive: true });
  }

  async start(...more: string[]): Promise<void> {
    const place = ['--db', this.db, '--data', this.#data, '--port', '0'];
    const ask = ['--resolver', dns.address, '--proof-resolver', dns.address, '--submissions', ...more];
    const env = { ...process.env, NODE_COMPILE_CACHE: join(temporary, 'compiled') };
    const child = spawn(process.execPath, [main, 'serve', ...place, ...ask], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env,
    });
    this.#child = child;
    let said = '';
    child.stderr.on('data', (chunk) => (said += String(chunk)));
    this.#url = await new Promise((resolve, reject) => {
      child.stdout.on('data', (chunk) => {
        const url = /http:\/\/\S+/.exec(String(chunk))?.[0];
        if (url) resolve(url);
      });
      child.once('exit', () => reject(new Error(said)));
    });
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  async token(name: string, role: Role = 'reviewer'): Promise<string> {
    const store = openSqlite(this.db);
    const secret = await createToken(store, name, role, new Date().toISOString());
    store.close();
    return secret ?? assert.fail();
  }

  async ask(method: string, where: string, secret?: string, body?: unknown, headers = {}): Promise<Answer> {
    const response = await fetch(new URL(where, this.#url), {
      method,
      headers: {
        'Content-Type': 'application/json',
        ...(secret !== undefined && { Authorization: secret.includes(' ') ? secret : `Bearer ${secret}` }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    return { status: response.status, headers: response.headers, json: isJson ? JSON.parse(text) : {} };
  }

  /** A change of the record without servers: nobody is called for it. */
  async draft(short: string, webmail?: string): Promise<object> {
    const { json } = await this.ask('GET', '/api/v1/providers/webonly.example');
    const { provider, domains, sources, incoming, outgoing } = json as { provider: object } & Record<string, unknown>;
    const record = { ...provider, domains, sources, incoming, outgoing, short, ...(webmail && { webmail }) };
    return { kind: 'change', id: 'webonly.example', record, reason: 'As on their page.' };
  }

  async submit(short: string, webmail?: string): Promise<{ number: number; receipt: string }> {
    const { status, json } = await this.ask('POST', path, undefined, await this.draft(short, webmail));
    assert.equal(status, 201, JSON.stringify(json));
    return json as { number: number; receipt: string };
  }

  async until(number: number, receipt: string, state: string): Promise<Answer> {
    for (;;) {
      const found = await this.ask('GET', `${path}/${number}`, receipt);
      if (found.json['state'] === state) return found;
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  }

  /** Accepts what is there, with all that has to be confirmed. */
  async accept(number: number, secret: string): Promise<Answer> {
    const { json } = await this.ask('GET', `${path}/${number}`, secret);
    const { version, needs } = json as { version: number; needs: { confirm: string[] } };
    return this.ask('POST', `${path}/${number}/accept`, secret, { version, confirm: needs.confirm });
  }

  /** What the file says while nobody has it open. */
  async stored(number: number) {
    const store = openSqlite(this.db);
    try {
      const { db } = store;
      const row = await readSubmission(db, number);
      return {
        state: row?.state,
        held: row?.holdUntil !== null,
        acts: (await readEvents(db, number)).map(({ act }) => act),
        short: (await readRecord(db, 'webonly.example'))?.record.short,
        published: (await readRevisions(db, 'webonly.example', 99)).filter(
          ({ cause }) => cause === `submission ${number}`,
        ).length,
      };
    } finally {
      store.close();
    }
  }
}

describe('at the API', () => {
  const site = new Site('api');
  const rows: string[][] = [];
  let secrets: Record<'anna' | 'revoked' | 'agent' | 'receipt' | 'other', string>;
  let number = 0;
  before(async () => {
    await site.start();
    const { receipt, ...made } = await site.submit('Web');
    ({ number } = made);
    await site.until(number, receipt, 'waiting');
    const { receipt: other } = await site.submit('Else');
    const revoked = await site.token('mallory');
    const store = openSqlite(site.db);
    await store.atomically([revokeToken(store.db, 'mallory', new Date().toISOString())]);
    store.close();
    secrets = { anna: await site.token('anna'), revoked, agent: await site.token('probe', 'agent'), receipt, other };
  });
  after(() => site.kill());

  const one = `${path}/{number}`;
  const json = (text: string) => JSON.stringify({ kind: 'report', id: 'kabel.example', reason: text });
  /** what | method, path, secret, body, headers | status and code */
  const attempts: [
    string,
    [string, string, (keyof typeof secrets | (() => string) | undefined)?, unknown?, object?],
    string,
  ][] = [
    ['accept without a token', ['POST', `${one}/accept`, undefined, {}], '401 no-token'],
    ['accept with the receipt of the submission', ['POST', `${one}/accept`, 'receipt', {}], '401 no-token'],
    ['accept with a made-up token', ['POST', `${one}/accept`, () => `mat_${'A'.repeat(43)}`, {}], '401 no-token'],
    ['accept with a token that was revoked', ['POST', `${one}/accept`, 'revoked', {}], '401 no-token'],
    [
      'accept with a token in capitals',
      ['POST', `${one}/accept`, () => secrets.anna.toUpperCase(), {}],
      '401 no-token',
    ],
    [
      'accept with a token that lacks its end',
      ['POST', `${one}/accept`, () => secrets.anna.slice(0, -1), {}],
      '401 no-token',
    ],
    [
      'accept with a token as a password',
      ['POST', `${one}/accept`, () => `Basic ${Buffer.from(`anna:${secrets.anna}`).toString('base64')}`, {}],
      '401 no-token',
    ],
    ['accept with the token of an agent', ['POST', `${one}/accept`, 'agent', {}], '403 wrong-role'],
    [
      'accept in the name of another reviewer',
      ['POST', `${one}/accept`, 'anna', { version: 2, who: 'bert', confirm: ['unproved:webonly.example'] }],
      '400 malformed-request',
    ],
    [
      'accept without having looked',
      ['POST', `${one}/accept`, 'anna', { confirm: ['unproved:webonly.example'] }],
      '400 malformed-request',
    ],
    [
      'accept another version than there is',
      ['POST', `${one}/accept`, 'anna', { version: 1 }],
      '409 decided-meanwhile',
    ],
    ['accept without confirming', ['POST', `${one}/accept`, 'anna', { version: 2 }], '409 unconfirmed'],
    [
      'accept and confirm “all”',
      ['POST', `${one}/accept`, 'anna', { version: 2, confirm: ['*', 'all', 'unproved:*'] }],
      '409 unconfirmed',
    ],
    ['roll back as a reviewer', ['POST', '/api/v1/revisions/1/rollback', 'anna', { reason: 'x' }], '403 wrong-role'],
    ['take what was published away as a reviewer', ['DELETE', '/api/v1/overlays/1', 'anna'], '403 wrong-role'],
    [
      'say as a reviewer that the data have it',
      ['POST', '/api/v1/overlays/exported', 'anna', { records: [] }],
      '403 wrong-role',
    ],
    ['submit with a made-up token', ['POST', path, () => `mat_${'A'.repeat(43)}`, json('x')], '401 no-token'],
    ['read with the receipt of another submission', ['GET', one, 'other'], '404 unknown-submission'],
    ['withdraw with the receipt of another submission', ['DELETE', one, 'other'], '404 unknown-submission'],
    ['withdraw with a token', ['DELETE', one, 'anna'], '404 unknown-submission'],
    ['put another draft there with another’s receipt', ['PUT', one, 'other', json('x')], '404 unknown-submission'],
    ['learn which numbers there are', ['GET', `${path}/99`, 'other'], '404 unknown-submission'],
    ['walk through numbers', ['GET', `${path}/..%2f1`, 'receipt'], '404 unknown-submission'],
    ['guess a preview', ['GET', `/preview/${'A'.repeat(43)}/v1.1/webonly.example`], '404 unknown-submission'],
    ['end somebody’s notices', ['POST', `/notices/{number}/${'A'.repeat(43)}`], '404 unknown-submission'],
    ['send more than 64 KiB', ['POST', path, undefined, json('x'.repeat(70 * 1024))], '413 too-large'],
    [
      'send a form from another site',
      ['POST', path, undefined, json('x'), { 'Content-Type': 'text/plain' }],
      '415 unsupported-type',
    ],
    ['send what is no JSON', ['POST', path, undefined, '{"kind": report'], '422 malformed-draft'],
    [
      'send an XML bomb',
      [
        'POST',
        path,
        undefined,
        '<!DOCTYPE a [<!ENTITY b "bbbb">]><clientConfig>&b;</clientConfig>',
        { 'Content-Type': 'text/xml' },
      ],
      '422 malformed-draft',
    ],
    [
      'repeat a request under a key that others can guess',
      ['POST', path, undefined, json('x'), { 'Idempotency-Key': '1' }],
      '400 malformed-request',
    ],
  ];
  for (const [what, [method, where, secret, body, headers], expected] of attempts)
    test(`${what}: ${expected}`, async () => {
      const given = secret === undefined ? undefined : typeof secret === 'function' ? secret() : secrets[secret];
      const filled = where.replace('{number}', String(number));
      const { status, json: problem } = await site.ask(method, filled, given, body, headers);
      assert.equal(`${status} ${String(problem['code'])}`, expected);
      rows.push([what, expected]);
    });

  test('nothing has come of it', async () => {
    const { json: seen } = await site.ask('GET', `${path}/${number}`, secrets.receipt);
    const events = seen['events'] as { act: string }[];
    assert.deepEqual([seen['state'], events.map(({ act }) => act)], ['waiting', ['submit', 'checked']]);
  });

  test('who submits with a token does not accept with it', async () => {
    const made = await site.ask('POST', path, secrets.anna, json('Mine.'));
    const own = Number(made.json['number']);
    await site.until(own, String(made.json['receipt']), 'waiting');
    const { status, json: problem } = await site.accept(own, secrets.anna);
    assert.deepEqual([status, problem['code']], [403, 'not-yours']);
    rows.push(['accept what was submitted with the same token', '403 not-yours']);
  });

  test('another page cannot read or send anything', async () => {
    const origin = { Origin: 'https://evil.example', 'Access-Control-Request-Method': 'POST' };
    const preflight = await site.ask('OPTIONS', path, undefined, undefined, origin);
    const read = await site.ask('GET', `${path}/${number}`, secrets.receipt, undefined, origin);
    for (const { headers } of [preflight, read]) assert.equal(headers.get('access-control-allow-origin'), null);
    assert.equal(read.headers.get('cache-control'), 'no-store');
    rows.push(['ask from a page of another site', 'no CORS: the browser sends no token, and hands nothing out']);
  });

  test('the same request twice is one submission, and another draft under its key another one', async () => {
    const key = { 'Idempotency-Key': 'a-key-that-nobody-else-has' };
    const first = await site.ask('POST', path, undefined, json('one'), key);
    const again = await site.ask('POST', path, undefined, json('one'), key);
    const other = await site.ask('POST', path, undefined, json('two'), key);
    assert.deepEqual([first.status, again.status, other.status], [201, 200, 201]);
    assert.equal(again.json['receipt'], first.json['receipt']);
    assert.notEqual(other.json['number'], first.json['number']);
    rows.push(['replay a request', 'the same submission and the same receipt, for whoever knows its key']);
  });

  test('the eleventh in an hour waits', async () => {
    for (let i = 0; ; i++) {
      const { status, json: problem } = await site.ask('POST', path, undefined, json(`flood ${i}`));
      if (status === 201) continue;
      assert.deepEqual([status, problem['code']], [429, 'too-many-submissions']);
      break;
    }
    rows.push(['flood the queue', '429 too-many-submissions: ten an hour from one network']);
  });

  test('docs/hostile.md says so', () => {
    tableInDocs('api', ['an attempt to', 'what becomes of it'], rows);
  });
});

test('two reviewers at once, eight times over: one decides, the other is told who and when', async () => {
  const site = new Site('two');
  await site.start();
  try {
    const [anna, bert] = [await site.token('anna'), await site.token('bert')];
    for (let round = 0; round < 8; round++) {
      const { number, receipt } = await site.submit(`Web ${round}`);
      await site.until(number, receipt, 'waiting');
      const answers = await Promise.all([
        site.accept(number, anna),
        site.ask('POST', `${path}/${number}/decline`, bert, { reason: 'Not so.' }),
      ]);
      const lost = answers.filter(({ status }) => status !== 200);
      assert.equal(lost.length, 1, JSON.stringify(answers));
      const { status, json } = lost[0] ?? assert.fail();
      assert.equal(status, 409);
      assert.ok(['decided-meanwhile', 'not-now'].includes(String(json['code'])), JSON.stringify(json));
      const { state, acts, short } = await site.stored(number);
      assert.deepEqual(acts, ['submit', 'checked', state === 'published' ? 'publish' : 'decline']);
      assert.equal(short === `Web ${round}`, state === 'published');
    }
  } finally {
    await site.kill();
  }
});

describe('a server process that is killed (SIGKILL)', () => {
  test('in every state finds the submission as it was, and goes on', async () => {
    const site = new Site('killed');
    const restart = async () => {
      await site.kill();
      await site.start('--hold-hours', '1');
    };
    await site.start('--hold-hours', '1');
    try {
      const [anna, bert, root] = [
        await site.token('anna'),
        await site.token('bert'),
        await site.token('root', 'admin'),
      ];
      // checking: the receipt is out, and the checks may not have begun.
      const { number, receipt } = await site.submit('Web', 'https://webmail.other.example/');
      await restart();
      await site.until(number, receipt, 'waiting');
      // waiting
      await restart();
      assert.deepEqual((await site.stored(number)).acts, ['submit', 'checked']);
      // asked
      await site.ask('POST', `${path}/${number}/ask`, anna, { reason: 'Since when?' });
      await restart();
      assert.equal((await site.ask('GET', `${path}/${number}`, receipt)).json['state'], 'asked');
      assert.equal((await site.ask('POST', `${path}/${number}/recheck`, receipt)).status, 200);
      await restart();
      await site.until(number, receipt, 'waiting');
      // accepted by one, then held
      assert.equal((await site.accept(number, anna)).status, 200);
      await restart();
      assert.equal((await site.accept(number, anna)).json['code'], 'accepted-already');
      assert.equal((await site.accept(number, bert)).status, 200);
      await restart();
      const held = await site.stored(number);
      assert.deepEqual([held.state, held.held, held.published], ['waiting', true, 0]);
      assert.equal((await site.ask('POST', `${path}/${number}/stop`, receipt, {})).status, 200);
      assert.equal((await site.ask('DELETE', `${path}/${number}`, receipt)).status, 200);
      await restart();
      assert.equal((await site.stored(number)).state, 'withdrawn');
      // published, and taken back
      const other = await site.submit('Web');
      await site.until(other.number, other.receipt, 'waiting');
      assert.equal((await site.accept(other.number, anna)).json['state'], 'published');
      await restart();
      const { json } = await site.ask('GET', '/api/v1/providers/webonly.example');
      assert.equal((json['provider'] as { short: string }).short, 'Web');
      const store = openSqlite(site.db);
      const [revision] = await readRevisions(store.db, 'webonly.example', 1);
      store.close();
      await site.ask('POST', `/api/v1/revisions/${revision?.n}/rollback`, root, { reason: 'No.' });
      await restart();
      assert.equal((await site.stored(other.number)).state, 'declined');
      assert.equal((await site.stored(other.number)).short, 'Web Only');
    } finally {
      await site.kill();
    }
  });

  test('while it publishes has published once, or not at all', async () => {
    const site = new Site('publishing');
    await site.start();
    try {
      const anna = await site.token('anna');
      for (const delay of [0, 1, 2, 4, 8, 16, 32, 64]) {
        const short = `After ${delay}`;
        const { number, receipt } = await site.submit(short);
        await site.until(number, receipt, 'waiting');
        const { json } = await site.ask('GET', `${path}/${number}`, anna);
        const { version, needs } = json as { version: number; needs: { confirm: string[] } };
        const answer = site.ask('POST', `${path}/${number}/accept`, anna, { version, confirm: needs.confirm }).then(
          ({ status }) => status,
          () => 'no answer' as const,
        );
        await new Promise((resolve) => setTimeout(resolve, delay));
        await site.kill();
        const said = await answer;
        const { state, acts, short: served, published } = await site.stored(number);
        const isOut = state === 'published';
        assert.ok(isOut || state === 'waiting', state);
        assert.deepEqual(
          [served === short, published, acts.at(-1)],
          [isOut, isOut ? 1 : 0, isOut ? 'publish' : 'checked'],
        );
        if (said === 200) assert.ok(isOut, 'what was answered is done');
        await site.start();
        if (!isOut) assert.equal((await site.accept(number, anna)).json['state'], 'published');
      }
    } finally {
      await site.kill();
    }
  });
});
