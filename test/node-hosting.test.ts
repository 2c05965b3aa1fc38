/** A server for one's own domains, whole: behind a proxy, with its own records and lists that change while it runs. */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
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
