/** A whole server that takes submissions: over HTTP, with real checks, over a file that other processes share. */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { type RunningServer, startServer } from '../src/node.ts';
import { openSqlite } from '../src/store/sqlite.ts';
import { createToken, type Role } from '../src/store/tokens.ts';
import type { DeskOptions } from '../src/web/submissions/desk-node.ts';
import { type DnsServer, startDns } from './dns-server.ts';
import { logTo } from './log.ts';

const temporary = mkdtempSync(join(tmpdir(), 'mailatlas-submissions-'));
let dns: DnsServer;
before(async () => {
  dns = await startDns({});
});
after(async () => {
  await dns.stop();
  rmSync(temporary, { recursive: true });
});

let folders = 0;
function newFolder() {
  const folder = join(temporary, String(++folders));
  cpSync(new URL('cli/data', import.meta.url), join(folder, 'data'), { recursive: true });
  return { db: join(folder, 'atlas.db'), data: join(folder, 'data') };
}

/** A server on these files; with submissions unless the test wants none. */
async function start(
  t: TestContext,
  place: ReturnType<typeof newFolder>,
  policy: DeskOptions['policy'] | 'none' = {},
): Promise<RunningServer & { readonly notes: readonly string[] }> {
  const notes: string[] = [];
  const checker = {
    prober: { resolver: dns.address },
    discoverer: { resolver: dns.address, timeout: 2 },
    resolvers: [dns.address],
    askNameServers: false,
  };
  const server = await startServer({
    ...place,
    host: '127.0.0.1',
    port: 0,
    resolver: dns.address,
    version: '0.0.0-test',
    log: logTo((message) => void notes.push(message)),
    ...(policy !== 'none' && { submissions: { policy, checker } }),
  });
  t.after(() => server.close().catch(() => undefined));
  return { ...server, notes };
}

async function token(db: string, name: string, role: Role = 'reviewer'): Promise<string> {
  const store = openSqlite(db);
  const secret = await createToken(store, name, role, new Date().toISOString());
  store.close();
  return secret ?? assert.fail();
}

async function ask(server: RunningServer, method: string, path: string, secret?: string, body?: unknown) {
  const response = await fetch(new URL(path, server.url), {
    method,
    headers: { 'Content-Type': 'application/json', ...(secret !== undefined && { Authorization: `Bearer ${secret}` }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = /^application\/(problem\+)?json\b/.test(response.headers.get('content-type') ?? '');
  return { status: response.status, text, json: (isJson ? JSON.parse(text) : {}) as Record<string, unknown> };
}

/** Looks again and again until it is so; how long that takes depends on the machine. */
async function until<T>(look: () => Promise<T>, isSo: (found: T) => boolean): Promise<T> {
  for (;;) {
    const found = await look();
    if (isSo(found)) return found;
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

/** The record without access, with something else in it. */
async function webOnly(server: RunningServer, facts: object) {
  const { json } = await ask(server, 'GET', '/api/v1/providers/webonly.example');
  const { provider, domains, sources, incoming, outgoing } = json as { provider: object } & Record<string, unknown>;
  const record = { ...provider, domains, sources, incoming, outgoing, ...facts };
  return { kind: 'change', id: 'webonly.example', record, reason: 'As on their page.' };
}

/** Submits, and waits for the checks. */
async function submitted(server: RunningServer, draft: unknown) {
  const made = await ask(server, 'POST', '/api/v1/submissions', undefined, draft);
  assert.equal(made.status, 201, made.text);
  const { number, receipt } = made.json as { number: number; receipt: string };
  const path = `/api/v1/submissions/${number}`;
  const waiting = await until(
    () => ask(server, 'GET', path, receipt),
    ({ json }) => json['state'] !== 'checking',
  );
  assert.equal(waiting.json['state'], 'waiting', waiting.text);
  return { path, receipt, waiting };
}

/** Accepts with everything confirmed that has to be. */
async function accepted(server: RunningServer, path: string, secret: string) {
  const { json } = await ask(server, 'GET', path, secret);
  const { confirm } = json['needs'] as { confirm: string[] };
  const answer = await ask(server, 'POST', `${path}/accept`, secret, { confirm, version: json['version'] });
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
}

describe('a server that takes submissions', () => {
  test('serves what was accepted at once, in every form; another process on the same file does so, too', async (t) => {
    const place = newFolder();
    // One reviewer can take a small provider away, and none where everybody may have a mailbox.
    const file = join(place.data, 'providers/kabel.example.yml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('kind: isp', 'kind: hosting'));
    const [own, other] = [await start(t, place), await start(t, place, 'none')];
    const { path } = await submitted(own, { kind: 'remove', id: 'kabel.example', reason: 'They are gone.' });
    assert.equal((await ask(own, 'GET', '/v1.1/kabel.example')).status, 200);
    const done = await accepted(own, path, await token(place.db, 'anna'));
    assert.equal(done['state'], 'published');
    const forms = [
      '/v1.1/kabel.example',
      '/api/v1/lookup?domain=kabel.example&mx=0',
      '/api/v1/providers/kabel.example',
      '/api/v1/providers/kabel.example/autoconfig.xml',
      '/api/v1/providers/kabel.example/mail.mobileconfig',
    ];
    for (const form of forms) assert.equal((await ask(own, 'GET', form)).status, 404, form);
    for (const form of forms)
      await until(
        () => ask(other, 'GET', form),
        ({ status }) => status === 404,
      );
    assert.ok(!(await ask(other, 'GET', '/api/v1/atlas.ndjson')).text.includes('kabel.example'));
    assert.deepEqual([...own.notes, ...other.notes], []);

    const root = await token(place.db, 'root', 'admin');
    const changes = (await ask(own, 'GET', '/api/v1/changes?since=0')).json['changes'] as {
      n: number;
      cause: string;
    }[];
    const n = changes.find(({ cause }) => cause === 'submission 1')?.n;
    const back = await ask(own, 'POST', `/api/v1/revisions/${n}/rollback`, root, { reason: 'They are there.' });
    assert.equal(back.json['state'], 'published', back.text);
    assert.equal((await ask(own, 'GET', '/v1.1/kabel.example')).status, 200);
    await until(
      () => ask(other, 'GET', '/v1.1/kabel.example'),
      ({ status }) => status === 200,
    );
  });

  test('runs real checks, and says of each how it stands', async (t) => {
    const server = await start(t, newFolder());
    const { waiting } = await submitted(server, await webOnly(server, { name: 'Web Mail' }));
    const checks = waiting.json['checks'] as { name: string; state: string; says: string }[];
    assert.deepEqual(
      checks.map(({ name }) => name),
      ['rules', 'changes', 'hosts', 'imitation', 'probes', 'published', 'proof'],
    );
    assert.ok(
      checks.every(({ state, says }) => says !== '' && !['pending', 'running'].includes(state)),
      waiting.text,
    );
    assert.ok(dns.questions.includes('_mailatlas.webonly.example'));
    const [proof] = waiting.json['proof'] as { line: string; held: boolean }[];
    assert.match(proof?.line ?? '', /^_mailatlas\.webonly\.example\. IN TXT "mailatlas=1\.[\w-]{43}"$/);
    assert.equal(proof?.held, false);
  });

  test('tries a draft without storing it', async (t) => {
    const server = await start(t, newFolder());
    const draft = await webOnly(server, { name: 'Web Mail' });
    const dry = await ask(server, 'POST', '/api/v1/submissions?dry_run=1&lang=de', undefined, draft);
    assert.equal(dry.status, 200, dry.text);
    assert.equal((dry.json['checks'] as unknown[]).length, 7);
    assert.equal((await submitted(server, draft)).path, '/api/v1/submissions/1');
  });

  test('that was stopped in the middle of the checks goes on with them at its next start', async (t) => {
    const place = newFolder();
    const first = await start(t, place);
    const draft = await webOnly(first, { name: 'Web Mail' });
    const { json } = await ask(first, 'POST', '/api/v1/submissions', undefined, draft);
    await first.close();
    const next = await start(t, place);
    const path = `/api/v1/submissions/${String(json['number'])}`;
    const seen = await until(
      () => ask(next, 'GET', path, String(json['receipt'])),
      (found) => found.json['state'] !== 'checking',
    );
    assert.equal(seen.json['state'], 'waiting');
    const events = seen.json['events'] as { act: string }[];
    assert.deepEqual(
      events.map(({ act }) => act),
      ['submit', 'checked'],
    );
  });

  test('that was off when a hold was over publishes at its next start', async (t) => {
    const place = newFolder();
    const second = 1 / 3600;
    const first = await start(t, place, { holdHours: second });
    const webmail = 'https://webmail.other.example/';
    const { path, receipt } = await submitted(first, await webOnly(first, { webmail }));
    assert.equal((await accepted(first, path, await token(place.db, 'anna')))['state'], 'waiting');
    const held = await accepted(first, path, await token(place.db, 'bert'));
    assert.ok(typeof held['holdUntil'] === 'string', JSON.stringify(held));
    await first.close();
    await until(
      async () => Date.now(),
      (now) => now > Date.parse(String(held['holdUntil'])),
    );
    const next = await start(t, place, { holdHours: second });
    await until(
      () => ask(next, 'GET', path, receipt),
      ({ json }) => json['state'] === 'published',
    );
    const { json } = await ask(next, 'GET', '/api/v1/providers/webonly.example');
    assert.equal((json['provider'] as { webmail: string }).webmail, webmail);
  });
});
