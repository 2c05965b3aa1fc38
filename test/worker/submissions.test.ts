/**
 * Submissions on the Worker as it is deployed, the whole road: in workerd with D1, DNS over HTTPS from two servers of the
 * test's own, and the commands with which the data are kept.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type * as z from 'zod';
import { draftText } from '../../src/catalog/format.ts';
import { openD1 } from '../../src/store/d1.ts';
import { readOverlays } from '../../src/store/overlays.ts';
import { stateQuery } from '../../src/store/script.ts';
import { createToken, type Role } from '../../src/store/tokens.ts';
import type { SubmissionMade, SubmissionReviewed } from '../../src/web/contract/submissions.ts';
import type { Env } from '../../src/worker.ts';
import type { ZoneEntry } from '../dns-server.ts';
import { type DohServer, startDoh } from '../doh-server.ts';
import { imap, record } from '../records.ts';
import { createTestHarness } from './harness.ts';

type Made = z.infer<typeof SubmissionMade>;
type Reviewed = z.infer<typeof SubmissionReviewed>;

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'mailatlas-desk-'));
const data = join(folder, 'data');
const file = join(data, 'providers', 'mail.example.yml');

const help = (id: string) => ({
  help: { url: `https://${id}/help`, seen: '2026-11-20', says: `IMAP imap.${id}, SMTP smtp.${id}, imap.other.example` },
});
const mail = record({ sources: help('mail.example') });
const other = record({
  id: 'other.example',
  name: 'Other',
  short: 'Other',
  kind: 'hosting',
  sources: help('other.example'),
});
const moved = { ...mail, incoming: [imap({ host: 'imap.other.example' })] };
const change = (facts: object, reason: string) => ({ kind: 'change', id: 'mail.example', record: facts, reason });

/** What the two servers say. */
const zones: [Record<string, ZoneEntry>, Record<string, ZoneEntry>] = [{}, {}];
/** What reviewers heard. */
const heard: { submissions: { number: number; act: string; who: string }[] }[] = [];
const reviewers = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => (body += chunk.toString()));
  request.on('end', () => {
    heard.push(JSON.parse(body) as (typeof heard)[number]);
    response.end();
  });
});
let servers: DohServer[];
let server: ReturnType<typeof createTestHarness>;
let url: string;
let DB: Env['DB'];
let worker: ReturnType<typeof server.getWorker<Env>>;
const tokens = new Map<string, string>();

const store = () => openD1(DB);
const run = async (sql: string, ...values: unknown[]) =>
  void (await DB.prepare(sql)
    .bind(...values)
    .run());
/** As the cron calls. */
const fiveMinutes = async () => assert.equal((await worker.scheduled({ cron: '*/5 * * * *' })).outcome, 'ok');

/** A command, with an admin's token. */
const command = (...args: string[]) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const env = { ...process.env, LC_ALL: 'C', NO_COLOR: '1', MAILATLAS_TOKEN: tokens.get('root') };
    const all = [join(root, 'src/cli/main.ts'), ...args, '--data', data];
    execFile(process.execPath, all, { env }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });

/** What the data say, as D1 is told. */
async function load(): Promise<void> {
  const [state, script] = [join(folder, 'state.json'), join(folder, 'changes.sql')];
  writeFileSync(state, JSON.stringify([{ results: (await DB.prepare(stateQuery).all()).results }]));
  const { code, stderr } = await command('load', '--d1', script, '--state', state);
  assert.equal(code, 0, stderr);
  await DB.exec(readFileSync(script, 'utf8').trim());
}

async function ask(method: string, path: string, secret?: string, body?: unknown): Promise<Response> {
  const response = await server.fetch(`https://atlas.example${path}`, {
    method,
    redirect: 'manual',
    headers: {
      ...(secret !== undefined && { Authorization: `Bearer ${secret}` }),
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return response;
}

async function told<T>(answer: Promise<Response>, status = 200): Promise<T> {
  const response = await answer;
  const text = await response.text();
  assert.equal(response.status, status, text);
  return JSON.parse(text) as T;
}

const path = '/api/v1/submissions';
const tokenOf = (name: string) => tokens.get(name) ?? assert.fail(name);
const submit = (said: object, secret?: string) => told<Made>(ask('POST', path, secret, said), 201);
const seen = (number: number) => told<Reviewed>(ask('GET', `${path}/${number}`, tokenOf('anna')));
/** Checks run behind the answer. */
async function checked({ number, receipt }: Pick<Made, 'number' | 'receipt'>): Promise<Made> {
  for (;;) {
    const now = await told<Made>(ask('GET', `${path}/${number}`, receipt));
    if (now.state !== 'checking') return now;
    await sleep(50);
  }
}
const stateOf = (made: Made, name: string) => made.checks.find((check) => check.name === name)?.state;
async function accept(number: number, name: string): Promise<Response> {
  const { version, needs } = await seen(number);
  return ask('POST', `${path}/${number}/accept`, tokenOf(name), { version, confirm: needs.confirm });
}
const served = async () => {
  const answer = await told<{ provider: { name: string }; incoming: { host: string }[] }>(
    ask('GET', '/api/v1/lookup?domain=mail.example'),
  );
  return [answer.provider.name, answer.incoming[0]?.host];
};
/** Isolates look every ten seconds whether somebody has written. */
async function servedSoon(wanted: readonly string[]): Promise<void> {
  for (let i = 0; i < 200 && String(await served()) !== String(wanted); i++) await sleep(100);
  assert.deepEqual(await served(), wanted);
}

before(async () => {
  mkdirSync(join(data, 'providers'), { recursive: true });
  for (const one of [mail, other])
    writeFileSync(join(data, 'providers', `${one.id}.yml`), draftText({ record: one, remarks: [] }));
  servers = await Promise.all(zones.map((zone) => startDoh(zone)));
  const [first = '', second = ''] = servers.map((one) => one.url);
  await new Promise<void>((resolve) => {
    reviewers.listen(0, '127.0.0.1', resolve);
  });
  server = createTestHarness({
    workers: [
      {
        configPath: `${root}/wrangler.toml`,
        vars: {
          DOH: first,
          PROOF_DOH: `${first} ${second}`,
          URL: 'https://atlas.example',
          CONTACT: 'us@atlas.example',
          WEBHOOK: `http://127.0.0.1:${(reviewers.address() as AddressInfo).port}/hook`,
        },
      },
    ],
  });
  url = (await server.listen()).url.href;
  worker = server.getWorker<Env>();
  await worker.applyD1Migrations('DB');
  ({ DB } = await worker.getEnv());
  await load();
  await fiveMinutes();
  const people: [string, Role][] = [
    ['anna', 'reviewer'],
    ['bert', 'reviewer'],
    ['carla', 'reviewer'],
    ['root', 'admin'],
  ];
  for (const [name, role] of people)
    tokens.set(name, (await createToken(store(), name, role, '2026-11-01T10:00:00.000Z')) ?? assert.fail());
});
after(async () => {
  reviewers.close();
  await Promise.all([server.close(), ...servers.map((one) => one.stop())]);
  rmSync(folder, { recursive: true });
});

describe('on a Worker', () => {
  let made: Made;

  test('a submission is checked behind the answer; what a Worker cannot find out is unknown, and says why', async () => {
    made = await submit({ ...change(moved, 'We moved.'), contact: 'me@mail.example' });
    assert.equal(made.state, 'checking');
    const now = await checked(made);
    assert.deepEqual(
      now.checks.map(({ name, state }) => [name, state]),
      [
        ['rules', 'passed'],
        ['changes', 'attention'],
        ['hosts', 'attention'],
        ['imitation', 'passed'],
        ['probes', 'unknown'],
        ['published', 'passed'],
        ['proof', 'attention'],
      ],
    );
    assert.match(now.checks[4]?.says ?? '', /cannot probe mail servers/);
    assert.deepEqual(
      now.checks[5]?.items.map(({ about, code }) => [about, code]),
      [['mail.example', 'publishes-nothing']],
    );
  });

  test('nobody is written to, and so no address is kept', async () => {
    const { results } = await DB.prepare('SELECT contact FROM submission').all();
    assert.deepEqual(results, [{ contact: null }]);
    assert.match(JSON.stringify(made.remarks), /the address was not kept/);
    const form = await server.fetch('https://atlas.example/submit?kind=report&id=mail.example');
    assert.doesNotMatch(await form.text(), /name="\/contact"/);
  });

  test('a proof is one that every server of DNS over HTTPS shows', async () => {
    const recheck = async () => {
      await told(ask('POST', `${path}/${made.number}/recheck`, made.receipt));
      return checked(made);
    };
    const say = (zone: Record<string, ZoneEntry>) => {
      for (const { name, value } of now.proof) zone[name] = { TXT: ['v=spf1 -all', value] };
    };
    let now = await checked(made);
    assert.deepEqual(
      now.proof.map(({ domain }) => domain),
      ['mail.example', 'other.example'],
    );
    say(zones[0]);
    now = await recheck();
    assert.equal(stateOf(now, 'proof'), 'unknown');
    say(zones[1]);
    now = await recheck();
    assert.equal(stateOf(now, 'proof'), 'passed');
    assert.equal(stateOf(now, 'hosts'), 'passed');
  });

  test('mail clients find the draft before anybody has reviewed it', async () => {
    const preview = await ask('GET', `${new URL(made.preview).pathname}/v1.1/mail.example`);
    assert.match(await preview.text(), /<hostname>imap\.other\.example<\/hostname>/);
    assert.deepEqual(await served(), ['Example Mail', 'imap.mail.example']);
  });

  test('of two reviewers at once one is faster, and the other is told', async () => {
    const { version, needs } = await seen(made.number);
    const body = { version, confirm: needs.confirm };
    assert.equal(needs.reviewers, 2);
    assert.ok(needs.confirm.includes('probes'), String(needs.confirm));
    const both = await Promise.all(
      ['anna', 'carla'].map((name) => ask('POST', `${path}/${made.number}/accept`, tokenOf(name), body)),
    );
    assert.deepEqual(
      both.map(({ status }) => status).toSorted((a, b) => a - b),
      [200, 409],
    );
    const now = await seen(made.number);
    assert.deepEqual([now.state, now.acceptedBy.length], ['waiting', 1]);
  });

  test('a reviewer signs in at /review, accepts as the second one, and it is held', async () => {
    const form = async (where: string, fields: readonly (readonly [string, string])[], cookie = '') =>
      (await server.fetch(`https://atlas.example${where}`, {
        method: 'POST',
        redirect: 'manual',
        headers: { Origin: 'https://atlas.example', Cookie: cookie },
        body: new URLSearchParams(fields.map(([name, value]): [string, string] => [name, value])),
      })) as unknown as Response;
    const signedIn = await form('/review', [['token', tokenOf('bert')]]);
    assert.equal(signedIn.status, 303);
    const cookie = signedIn.headers.get('Set-Cookie')?.split(';')[0] ?? '';
    const page = await server.fetch(`https://atlas.example/review/${made.number}`, { headers: { Cookie: cookie } });
    const text = await page.text();
    assert.match(text, /imap\.other\.example/);
    const field = (name: string) => new RegExp(`name="${name}" value="([^"]+)"`).exec(text)?.[1] ?? assert.fail(name);
    const ticks = [...text.matchAll(/name="confirm" value="([^"]+)"/g)].map(
      (tick) => ['confirm', tick[1] ?? ''] as const,
    );
    const fields = [['key', field('key')], ['version', field('version')], ...ticks, ['act', 'accept']] as const;
    assert.equal((await form(`/review/${made.number}`, fields, cookie)).status, 303);
    const now = await seen(made.number);
    assert.equal(now.state, 'waiting');
    assert.ok(Date.parse(now.holdUntil ?? '') > Date.now() + 71 * 3_600_000, String(now.holdUntil));
  });

  test('the cron publishes when the hold is over, and not before', async () => {
    await fiveMinutes();
    assert.equal((await seen(made.number)).state, 'waiting');
    // Nobody accepts, holds or publishes unheard.
    const acts = heard.splice(0).flatMap(({ submissions }) => submissions.map(({ act, who }) => `${act} ${who}`));
    assert.match(String(acts), /^checked ,checked ,checked ,accept (anna|carla),hold bert$/);
    await fiveMinutes();
    assert.deepEqual(heard, []);
    await run('UPDATE submission SET hold_until = ? WHERE number = ?', new Date().toISOString(), made.number);
    await fiveMinutes();
    assert.equal((await seen(made.number)).state, 'published');
    await servedSoon(['Example Mail', 'imap.other.example']);
  });

  test('what one reviewer may decide is served at once, and a reviewer’s own is not theirs to accept', async () => {
    const renamed = await submit(change({ ...moved, name: 'Renamed Mail' }, 'We have a new name.'), tokenOf('anna'));
    await checked(renamed);
    assert.equal((await accept(renamed.number, 'anna')).status, 403);
    assert.equal((await told<Reviewed>(accept(renamed.number, 'bert'))).state, 'published');
    assert.deepEqual(await served(), ['Renamed Mail', 'imap.other.example']);
  });

  test('the overlay becomes a file by export --from, and goes when load --d1 finds it there', async () => {
    const dry = await command('export', '--from', url, '--dry-run');
    assert.equal(dry.code, 0, dry.stderr);
    assert.match(dry.stdout, /^M providers\/mail\.example\.yml {2}\(submission 2, 1\)\n/);
    assert.doesNotMatch(readFileSync(file, 'utf8'), /Renamed/);
    const done = await command('export', '--from', url);
    assert.equal(done.code, 0, done.stderr);
    assert.match(readFileSync(file, 'utf8'), /^name: Renamed Mail$/m);
    assert.deepEqual([(await seen(1)).state, (await seen(2)).state], ['exported', 'exported']);
    assert.equal((await readOverlays(store().db)).length, 1);
    await load();
    assert.deepEqual(await readOverlays(store().db), []);
    await servedSoon(['Renamed Mail', 'imap.other.example']);
    const again = await command('export', '--from', url);
    assert.deepEqual([again.code, again.stdout], [0, '0 records written\n']);
  });

  test('a file that has moved on is left alone; --discard lets it win with the next load', async () => {
    const made3 = await submit(change({ ...moved, name: 'Third Mail' }, 'Again a new name.'));
    await checked(made3);
    await told(accept(made3.number, 'bert'));
    const ours = readFileSync(file, 'utf8').replace('name: Renamed Mail', 'name: Our Mail');
    writeFileSync(file, ours);
    const held = await command('export', '--from', url);
    assert.equal(held.code, 1);
    assert.match(held.stderr, /mail\.example: the file has changed since this was published/);
    assert.equal(readFileSync(file, 'utf8'), ours);
    await load();
    await servedSoon(['Third Mail', 'imap.other.example']);
    const discarded = await command('export', '--from', url, '--discard', 'mail.example');
    assert.deepEqual([discarded.code, discarded.stderr], [0, '']);
    await load();
    await servedSoon(['Our Mail', 'imap.other.example']);
    assert.equal((await command('export', '--from', url)).code, 0);
    assert.equal((await seen(made3.number)).state, 'exported');
  });

  test('what an isolate left behind is taken up by the cron', async () => {
    const left = await submit({ kind: 'report', id: 'mail.example', reason: 'The port is another one.' });
    await checked(left);
    // As if it had ended in the middle.
    await run(
      "UPDATE submission SET state = 'checking', version = 9, changed_at = ? WHERE number = ?",
      '2026-11-01T10:00:00.000Z',
      left.number,
    );
    await run("UPDATE submission_check SET state = 'running', says = '{}' WHERE submission = ?", left.number);
    await fiveMinutes();
    const now = await checked(left);
    assert.deepEqual([now.state, stateOf(now, 'rules')], ['waiting', 'passed']);
  });

  test('a question that nobody answers ends the submission by the cron', async () => {
    const asked = await submit({ kind: 'report', id: 'mail.example', reason: 'It does not work.' });
    await checked(asked);
    const now = await told<Reviewed>(ask('POST', `${path}/${asked.number}/ask`, tokenOf('bert'), { reason: 'What?' }));
    assert.ok(Date.parse(now.answerUntil ?? '') > Date.now() + 29 * 86_400_000);
    await run('UPDATE submission SET changed_at = ? WHERE number = ?', '2026-01-01T10:00:00.000Z', asked.number);
    await fiveMinutes();
    assert.equal((await seen(asked.number)).state, 'declined');
  });

  test('a draft is tried, changed and withdrawn', async () => {
    const tried = await told<{ dryRun: boolean; checks: Made['checks'] }>(
      ask('POST', `${path}?dry_run=1`, undefined, change({ ...moved, name: 'Tried Mail' }, 'Only a try.')),
    );
    assert.deepEqual([tried.dryRun, tried.checks.length], [true, 7]);
    const mine = await submit(change({ ...moved, name: 'My Mail' }, 'My name.'));
    await checked(mine);
    await told(
      ask('PUT', `${path}/${mine.number}`, mine.receipt, change({ ...moved, name: 'Your Mail' }, 'Your name.')),
    );
    assert.equal((await checked(mine)).state, 'waiting');
    assert.equal((await told<Made>(ask('DELETE', `${path}/${mine.number}`, mine.receipt))).state, 'withdrawn');
  });

  test('a page grows while the checks run', async () => {
    const response = await server.fetch('https://atlas.example/submit', {
      method: 'POST',
      headers: { Origin: 'https://atlas.example' },
      body: new URLSearchParams({ '/kind': 'report', '/id': 'mail.example', '/reason': 'Look at it.', act: 'submit' }),
    });
    const text = await response.text();
    assert.equal(response.status, 200, text.slice(-500));
    assert.equal(text.match(/<li class="check">/g)?.length, 7);
    assert.match(text, /It is waiting for a reviewer\./);
  });

  test('nothing of all this was a defect', () => {
    assert.deepEqual(
      server.getLogs().filter(({ level }) => level === 'error' || level === 'warn'),
      [],
    );
  });
});

test('a Worker whose atlas is asked by key takes no submissions, and says why', async () => {
  const large = createTestHarness({
    workers: [
      {
        configPath: `${root}/wrangler.toml`,
        vars: { DOH: servers[0]?.url ?? '', URL: 'https://atlas.example', CONTACT: 'us@atlas.example', IN_MEMORY: '0' },
      },
    ],
  });
  await large.listen();
  try {
    const it = large.getWorker<Env>();
    await it.applyD1Migrations('DB');
    await (await it.getEnv()).DB.exec("INSERT INTO meta (key, value) VALUES ('names', '1')");
    const response = await large.fetch('https://atlas.example/api/v1/submissions', { method: 'POST', body: '{}' });
    assert.equal(response.status, 404);
    assert.match(await response.text(), /too large to hold a draft against all of it/);
  } finally {
    await large.close();
  }
});
