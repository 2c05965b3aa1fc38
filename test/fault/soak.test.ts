/**
 * Mixed traffic for minutes over the real data: every route, hosted domains, misses, MX, submissions with their checks and
 * decisions, and one hostile request in twenty. Every answer is held against what another, calm server of the same data said: no
 * 5xx, no other octets. Memory is measured after a garbage collection at the end of each quarter, open files as well.
 */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type DnsServer, startDns } from '../dns-server.ts';
import { raw, talkTo } from '../raw-http.ts';
import { type Answer, type Asking, dice, jsonOf, pause, Site } from './site.ts';
import { sized } from './size.ts';

const seconds = sized(8, 480);
const clients = 8;
const folder = mkdtempSync(join(tmpdir(), 'mailatlas-soak-'));
const memoryFile = join(folder, 'memory.json');
const random = dice(99);
let dns: DnsServer;
let site: Site;
let calm: Site;

before(async () => {
  const customers = Array.from({ length: 100 }, (_, i) => [`customer${i}.de`, ['10 aspmx.l.google.com']] as const);
  dns = await startDns(Object.fromEntries(customers));
  writeFileSync(join(folder, 'domains'), Array.from({ length: 50 }, (_, i) => `hosted${i}.de gmx.net\n`).join(''));
  // Collects garbage when it is told to, and writes down what is left.
  const hook = join(folder, 'hook.cjs');
  writeFileSync(
    hook,
    `process.on('SIGUSR2', () => { globalThis.gc(); globalThis.gc();
       const { renameSync, writeFileSync } = require('node:fs');
       writeFileSync(${JSON.stringify(`${memoryFile}.part`)}, JSON.stringify(process.memoryUsage()));
       renameSync(${JSON.stringify(`${memoryFile}.part`)}, ${JSON.stringify(memoryFile)}); });`,
  );
  const resolver = ['--resolver', dns.address, '--proof-resolver', dns.address];
  const options = {
    data: fileURLToPath(new URL('../../data', import.meta.url)),
    serve: ['--submissions', '--mx-service', '--domains', join(folder, 'domains'), ...resolver],
    node: ['--expose-gc', '--require', hook],
  };
  site = new Site(options);
  calm = new Site(options);
  await site.start();
  await calm.start();
});
after(async () => {
  await Promise.all([site.kill('SIGTERM'), calm.kill('SIGTERM')]);
  await dns.stop();
  rmSync(folder, { recursive: true });
});

interface Question extends Asking {
  readonly path: string;
  /** What is written there changes with time or with what is submitted: only its status is known. */
  readonly changes?: boolean;
}

const ids = ['gmx.net', 'web.de', 't-online.de', 'gmail.com', 'outlook.com', 'yahoo.com', 'icloud.com', 'mailbox.org'];

function questions(): Question[] {
  const autodiscover = (address: string) => ({
    path: '/autodiscover/autodiscover.xml',
    method: 'POST',
    headers: { 'Content-Type': 'text/xml' },
    body: `<Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006"><Request><EMailAddress>${address}</EMailAddress><AcceptableResponseSchema>http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a</AcceptableResponseSchema></Request></Autodiscover>`,
  });
  const ofId = (id: string): Question[] => [
    { path: `/v1.1/${id}` },
    { path: `/v1.1/${id}?version=1.2` },
    { path: `/mx/v1.1/${id}` },
    { path: `/mail/config-v1.1.xml?emailaddress=max+1@${id}` },
    { path: '/mail/config-v1.1.xml', headers: { Host: `autoconfig.${id}` } },
    { path: '/.well-known/autoconfig/mail/config-v1.1.xml', headers: { Host: id } },
    { path: '/.well-known/user-agent-configuration.json', headers: { Host: `ua-auto-config.${id}` } },
    autodiscover(`max@${id}`),
    { path: `/api/v1/lookup?domain=${id}&mx=0` },
    { path: `/api/v1/lookup?email=max@${id}` },
    { path: `/api/v1/providers/${id}` },
    { path: `/api/v1/providers/${id}/autoconfig.xml` },
    { path: `/api/v1/providers/${id}/mail.mobileconfig` },
    { path: `/api/v1/providers/${id}/zone.txt?domain=huber.de` },
    { path: `/api/v1/providers/${id}/pacc.json` },
    { path: `/api/v1/providers/${id}/revisions`, changes: true },
    { path: `/api/v1/providers/${id}/probes` },
    { path: `/api/v1/providers/${id}/comparisons` },
    { path: `/api/v1/providers/${id}/feed.atom`, changes: true },
    { path: `/?domain=${id}` },
    { path: `/?domain=${id}&lang=de` },
    { path: `/provider/${id}`, changes: true },
    { path: `/providers?q=${id.slice(0, 3)}` },
  ];
  const pages = [
    '/',
    '/providers',
    '/how-mail-works',
    '/about',
    '/about/probing',
    '/policy',
    '/api',
    '/submit',
    '/check',
  ];
  const lists = ['messages', 'statuses', 'providers', 'openapi.json', 'atlas.ndjson'];
  return [
    ...ids.flatMap(ofId),
    ...pages.map((path) => ({ path })),
    ...pages.map((path) => ({ path, headers: { 'Accept-Language': 'de' } })),
    ...lists.map((name) => ({ path: `/api/v1/${name}` })),
    ...['/status', '/metrics', '/api/v1/feed.atom', '/api/v1/changes?since=0'].map((path) => ({ path, changes: true })),
    ...['/healthz', '/readyz', '/review', '/submission'].map((path) => ({ path })),
    ...Array.from({ length: 20 }, (_, i) => ({ path: `/v1.1/hosted${i}.de` })),
    ...Array.from({ length: 20 }, (_, i) => ({ path: `/mx/v1.1/customer${i}.de` })),
    ...Array.from({ length: 20 }, (_, i) => ({ path: `/api/v1/lookup?domain=customer${i}.de` })),
    ...Array.from({ length: 10 }, (_, i) => ({ path: `/dns/mx/customer${i}.de` })),
    ...Array.from({ length: 30 }, (_, i) => ({ path: `/v1.1/nobody${i}.de` })),
    ...Array.from({ length: 30 }, (_, i) => ({ path: `/mx/v1.1/nobody${i}.de` })),
    // Two of the dearest, which are remembered: nobody of theirs can be reached here.
    { path: '/api/v1/simulate?domain=customer1.de', changes: true },
    { path: '/check/customer1.de', changes: true },
  ];
}

/** What no client should send, and the status that it gets; null: nobody waits for an answer. */
const hostile: readonly [bytes: string, status: number | null][] = [
  [raw('/v1.1/a..b'), 400],
  [raw(`/v1.1/${'x'.repeat(300)}.de`), 400],
  [raw(`/${'x'.repeat(20_000)}`), 431],
  [raw('/v1.1/gmx.de', { method: 'DELETE' }), 405],
  [raw('/v1.1/gmx.de', { headers: ['Host: a.de', 'Host: b.de'] }), 400],
  [raw('/mail/config-v1.1.xml?emailaddress=%ff%fe'), 400],
  [raw('/../../etc/passwd'), 404],
  ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
  ['GET /v1.1/gmx.de HTTP/9.9\r\n\r\n', 400],
  [raw('/autodiscover/autodiscover.xml', { method: 'POST', headers: ['Host: a.de', 'Content-Length: 99999999'] }), 413],
  [
    `${raw('/mail.mobileconfig', { method: 'POST', headers: ['Host: a.de', 'Content-Length: 5', 'Content-Type: text/x'] })}abcde`,
    415,
  ],
  ['POST /autodiscover/autodiscover.xml HTTP/1.1\r\nHost: a.de\r\nContent-Length: 500\r\n\r\n<a', null],
];

const answered = { right: 0, hostile: 0, submitted: 0, decided: 0 };
const statuses = new Map<number, number>();

async function one(known: ReadonlyMap<Question, Answer>, asked: readonly Question[]): Promise<void> {
  if (random() < 0.05) {
    const [bytes, expected] = hostile[Math.floor(random() * hostile.length)] ?? assert.fail();
    answered.hostile += 1;
    if (expected === null) {
      await abandon(bytes);
      return;
    }
    assert.deepEqual((await talkTo(site.url, bytes)).statuses, [expected], bytes.slice(0, 80));
    return;
  }
  const question = asked[Math.floor(random() * asked.length)] ?? assert.fail();
  const wanted = known.get(question) ?? assert.fail();
  const { status, headers, body } = await site.ask(question.path, question);
  statuses.set(status, (statuses.get(status) ?? 0) + 1);
  assert.equal(status, wanted.status, `${question.path}: ${String(body).slice(0, 300)}`);
  if (question.changes) return;
  const what = `${JSON.stringify(question).slice(0, 200)}\n${String(body).slice(0, 2000)}`;
  assert.ok(timeless(body) === timeless(wanted.body), `other octets: ${what}`);
  for (const name of ['content-type', 'cache-control', 'etag']) assert.equal(headers[name], wanted.headers[name], what);
  answered.right += 1;
}

/** Autodiscover's errors have the time of day in them. */
function timeless(body: Buffer): string {
  return body.toString('latin1').replace(/<Error Time="[\d:.]+"/, '');
}

/** Sends the beginning of something, and goes. */
async function abandon(bytes: string): Promise<void> {
  const { connect } = await import('node:net');
  const socket = connect(Number(new URL(site.url).port), '127.0.0.1', () =>
    socket.write(bytes, () => socket.destroy()),
  );
  await new Promise((resolve) => socket.once('close', resolve));
}

/** A report, its checks, and what a reviewer makes of it: it changes nothing that is served. */
async function submitOne(reviewer: Readonly<Record<string, string>>): Promise<void> {
  const id = ids[answered.submitted % ids.length];
  const body = { kind: 'report', id, reason: `Something is wrong (${answered.submitted}).` };
  const made = await site.ask('/api/v1/submissions', { method: 'POST', body });
  assert.equal(made.status, 201, String(made.body));
  answered.submitted += 1;
  const { number, receipt } = jsonOf(made) as { number: number; receipt: string };
  const path = `/api/v1/submissions/${number}`;
  for (;;) {
    const seen = await site.ask(path, { headers: { Authorization: `Bearer ${receipt}` } });
    assert.equal(seen.status, 200, String(seen.body));
    if (jsonOf(seen)['state'] !== 'checking') break;
    await pause(50);
  }
  const decided = await site.ask(`${path}/decline`, {
    method: 'POST',
    headers: reviewer,
    body: { reason: 'It is not.' },
  });
  assert.equal(decided.status, 200, String(decided.body));
  answered.decided += 1;
}

interface Used {
  readonly heap: number;
  readonly outside: number;
  readonly resident: number;
  readonly descriptors: number;
}

async function used(): Promise<Used> {
  await pause(sized(1000, 7000)); // Connections that are kept alive go first.
  rmSync(memoryFile, { force: true });
  process.kill(site.pid, 'SIGUSR2');
  while (!existsSync(memoryFile)) await pause(20);
  const { heapUsed, external, rss } = JSON.parse(readFileSync(memoryFile, 'utf8')) as NodeJS.MemoryUsage;
  const inMiB = (octets: number) => Math.round((octets / 2 ** 20) * 10) / 10;
  return { heap: inMiB(heapUsed), outside: inMiB(external), resident: inMiB(rss), descriptors: site.descriptors };
}

test('traffic of all kinds', { timeout: (seconds + 300) * 1000 }, async (t) => {
  const asked = questions();
  const known = new Map<Question, Answer>();
  for (const question of asked) known.set(question, await calm.ask(question.path, question));
  await calm.kill('SIGTERM');
  for (const [{ path }, { status, body }] of known) assert.ok(status < 500, `${path}: ${status} ${String(body)}`);
  const reviewer = { Authorization: `Bearer ${await site.token('anna', 'reviewer')}` };
  const quarters: Used[] = [];
  const began = performance.now();
  for (let quarter = 1; quarter <= 4; quarter++) {
    const end = performance.now() + (seconds * 1000) / 4;
    const person = async () => {
      // Three hundred an hour come in from everywhere together.
      while (performance.now() < end && answered.submitted < 250) {
        await submitOne(reviewer);
        await pause(sized(200, 1500));
      }
    };
    const client = async () => {
      while (performance.now() < end) await one(known, asked);
    };
    await Promise.all([person(), ...Array.from({ length: clients }, client)]);
    quarters.push(await used());
  }
  const [first, , , last] = quarters as [Used, Used, Used, Used];
  t.diagnostic(
    `${Math.round((performance.now() - began) / 1000)} s: ${answered.right} answers with the right octets, ${answered.hostile} hostile requests, ${answered.submitted} submissions`,
  );
  t.diagnostic(
    `by status: ${[...statuses]
      .sort(([a], [b]) => a - b)
      .map(([status, n]) => `${status} ${n}`)
      .join(', ')}`,
  );
  for (const [i, { heap, outside, resident, descriptors }] of quarters.entries())
    t.diagnostic(
      `quarter ${i + 1}: heap ${heap} MiB, outside ${outside} MiB, resident ${resident} MiB, ${descriptors} descriptors`,
    );
  assert.equal(site.said, '', 'nothing was a defect');
  assert.ok(last.heap < first.heap * 1.2 + 10, 'the heap grows');
  assert.ok(last.resident < first.resident * 1.3 + 30, 'the process grows');
  assert.ok(Math.abs(last.descriptors - first.descriptors) <= clients + 4, 'descriptors are left open');
  await site.kill('SIGTERM');
  site.assertWhole();
});
