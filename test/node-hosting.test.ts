/** A server for one's own domains, whole: behind a proxy, with its own records and lists that change while it runs. */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, type TestContext, test } from 'node:test';
import { networksOf } from '../src/net/networks.ts';
import { type RunningServer, type ServerOptions, startServer } from '../src/node.ts';
import { startDns } from './dns-server.ts';

const temporary = mkdtempSync(join(tmpdir(), 'mailatlas-hosting-'));
after(() => rmSync(temporary, { recursive: true }));
let folders = 0;

describe('behind a reverse proxy', () => {
  /** A minute's share of one network, and one more. */
  const share = 60;

  test('that the operator named, each network has its own share of DNS questions', async (t) => {
    const { server, exhaust, asks } = await behindProxy(t, ['127.0.0.1']);
    await exhaust('203.0.113.9');
    assert.equal(await asks(server, { 'X-Forwarded-For': '203.0.113.200' }), 429, 'the same network');
    assert.equal(await asks(server, { 'X-Forwarded-For': '203.0.113.9, 203.0.112.9' }), 404, 'another one');
    assert.equal(await asks(server, { 'X-Forwarded-For': '1.2.3.4, 203.0.113.9' }), 429, 'a pretext');
    assert.equal(await asks(server, { Forwarded: 'for=203.0.113.9' }), 429);
    assert.equal(await asks(server, { Forwarded: 'for=203.0.111.9' }), 404);
  });

  test('that nobody named, what it says counts for nothing', async (t) => {
    const { server, exhaust, asks } = await behindProxy(t, []);
    await exhaust('203.0.113.9');
    assert.equal(await asks(server, { 'X-Forwarded-For': '203.0.113.9' }), 404, 'this machine has no share');
  });

  async function behindProxy(t: TestContext, trusted: readonly string[]) {
    const dns = await startDns({});
    t.after(() => dns.stop());
    const { server } = await start(t, { resolver: dns.address, trustedProxies: networksOf(trusted) });
    let names = 0;
    const asks = async (of: RunningServer, headers: Record<string, string>): Promise<number> =>
      (await ask(of, `/mx/v1.1/stranger-${++names}.de`, headers)).status;
    const exhaust = async (address: string) => {
      for (let i = 0; i < share; i++) assert.equal(await asks(server, { 'X-Forwarded-For': address }), 404);
    };
    return { server, exhaust, asks };
  }
});

describe('with records of its own alone', () => {
  test('answers for them and for nobody else, and asks no DNS', async (t) => {
    const dns = await startDns({ 'customer.de': ['10 a.mx.hosting.example'] });
    t.after(() => dns.stop());
    const only = exampleData();
    rmSync(join(only, 'providers/hosting.example.yml'));
    const { server, notes } = await start(t, { only: true, data: only, resolver: dns.address });
    assert.equal((await ask(server, '/v1.1/post.example')).status, 200);
    for (const path of ['/v1.1/gmail.com', '/mx/v1.1/customer.de', '/api/v1/lookup?email=fred@customer.de']) {
      const { status, body } = await ask(server, path);
      assert.deepEqual([status, JSON.parse(body).code], [404, 'not-served-here'], path);
    }
    assert.deepEqual(dns.questions, []);
    assert.deepEqual(notes, []);
  });

  test('that name MX hosts asks DNS whose customer a domain is', async (t) => {
    const dns = await startDns({ 'customer.de': ['10 a.mx.hosting.example'], 'stranger.de': ['10 mx.stranger.de'] });
    t.after(() => dns.stop());
    const { server } = await start(t, { only: true, resolver: dns.address });
    assert.equal((await ask(server, '/mx/v1.1/customer.de')).status, 200);
    assert.equal(JSON.parse((await ask(server, '/mx/v1.1/stranger.de')).body).code, 'not-served-here');
  });

  test('takes a record that nobody else would believe, because it is the operator’s own word', async (t) => {
    const data = exampleData();
    const file = join(data, 'providers/kabel.example.yml');
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('mail.kabel.example', 'mx1.elsewhere-entirely.de'));
    await assert.rejects(start(t, { data }), { name: 'StoreError' });
    const { server } = await start(t, { data, only: true });
    assert.match((await ask(server, '/v1.1/kabel.example')).body, /mx1\.elsewhere-entirely\.de/);
  });
});

/** A server over a copy of the example data, which the test closes. */
async function start(t: TestContext, options: Partial<ServerOptions> = {}) {
  const notes: string[] = [];
  const server = await startServer({
    db: ':memory:',
    data: options.data ?? exampleData(),
    host: '127.0.0.1',
    port: 0,
    version: '0.0.0-test',
    note: (message) => notes.push(message),
    ...options,
  });
  t.after(() => server.close().catch(() => undefined));
  return { server, notes };
}

function newPath(ending: string): string {
  return join(temporary, `${++folders}.${ending}`);
}

function exampleData(): string {
  const path = newPath('data');
  cpSync(new URL('cli/data', import.meta.url), path, { recursive: true });
  return path;
}

async function ask(server: RunningServer, path: string, headers: Record<string, string> = {}) {
  const response = await fetch(new URL(path, server.url), { headers });
  return { status: response.status, headers: response.headers, body: await response.text() };
}
