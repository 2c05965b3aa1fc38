/**
 * docs/hosting.md as it is written: the server with the example's records and the unit's own command line, behind a real
 * nginx and a real Caddy with the example's own configuration, asked by the names that three kinds of mail clients ask by.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import process from 'node:process';
import { after, before, describe, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { pki } from '../pki.ts';
import { ask, no, type Proxy, type Reply, startCaddy, startNginx } from './nginx.ts';

const examples = fileURLToPath(new URL('../../docs/examples', import.meta.url));
const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const address = 'fred.bloggs@example.com';

/** Starts what ExecStart of the unit says, with the example's folder and a free port. */
async function startUnit(): Promise<{ port: number; stop: () => Promise<void> }> {
  const unit = readFileSync(`${examples}/mailatlas.service`, 'utf8');
  const [, options = ''] = /^ExecStart=\S+ \S+ serve (.*)$/m.exec(unit) ?? assert.fail('no ExecStart');
  const args = options.replaceAll('/etc/mailatlas', examples).split(' ');
  const { MAILATLAS_DB: _, ...env } = process.env;
  const child = spawn(process.execPath, [main, 'serve', '--port', '0', ...args], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  let said = '';
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    said += chunk.toString();
    const port = /serves 1 providers on http:\/\/127\.0\.0\.1:(\d+)/.exec(said)?.[1];
    if (port === undefined) continue;
    return {
      port: Number(port),
      stop: async () => {
        child.kill();
        await closed;
      },
    };
  }
  throw new Error(`it ended: ${said}`);
}

/** What the three kinds of clients send, and what must come back. */
async function threeClients(
  asks: (host: string, path: string, body?: string, type?: string) => Promise<Reply>,
  domain: string,
): Promise<void> {
  const email = `fred.bloggs@${domain}`;
  const thunderbird = await asks(
    `autoconfig.${domain}`,
    `/mail/config-v1.1.xml?emailaddress=${encodeURIComponent(email)}`,
  );
  assert.equal(thunderbird.status, 200, thunderbird.body);
  assert.equal(thunderbird.headers['content-type'], 'text/xml; charset=utf-8');
  assert.equal(thunderbird.headers['cache-control'], 'no-store');
  assert.match(thunderbird.body, new RegExp(`<domain>${domain}</domain>`));
  assert.match(thunderbird.body, /<hostname>mail\.example\.com<\/hostname>/);

  const byHost = await asks(`autoconfig.${domain}`, '/mail/config-v1.1.xml');
  assert.match(byHost.body, new RegExp(`<domain>${domain}</domain>`));

  const request = `<?xml version="1.0" encoding="utf-8"?>
<Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006">
  <Request>
    <EMailAddress>${email}</EMailAddress>
    <AcceptableResponseSchema>http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a</AcceptableResponseSchema>
  </Request>
</Autodiscover>`;
  for (const path of [
    '/autodiscover/autodiscover.xml',
    '/Autodiscover/Autodiscover.xml',
    '/AutoDiscover/AutoDiscover.xml',
  ]) {
    const outlook = await asks(`autodiscover.${domain}`, path, request, 'text/xml; charset=utf-8');
    assert.equal(outlook.status, 200, outlook.body);
    assert.match(outlook.body, new RegExp(`<LoginName>${email}</LoginName>`));
  }
  const json = await asks(
    `autodiscover.${domain}`,
    `/autodiscover/autodiscover.json/v1.0/${email}?Protocol=AutodiscoverV1`,
  );
  assert.match(json.body, /https:\/\/autodiscover\.example\.com\/autodiscover\/autodiscover\.xml/);

  const pacc = await asks(`ua-auto-config.${domain}`, '/.well-known/user-agent-configuration.json');
  assert.equal(pacc.status, 200, pacc.body);
  assert.match(pacc.body, /"mail\.example\.com"/);

  const form = `email=${encodeURIComponent(email)}`;
  const apple = await asks(`autoconfig.${domain}`, '/mail.mobileconfig', form, 'application/x-www-form-urlencoded');
  assert.equal(apple.status, 200, apple.body);
  assert.match(String(apple.headers['content-type']), /^application\/x-apple-aspen-config/);
  assert.match(apple.body, new RegExp(`<string>${email}</string>`));
}

describe('nginx with docs/examples/nginx.conf', { skip: no('nginx') }, () => {
  let unit: Awaited<ReturnType<typeof startUnit>>;
  let proxy: Proxy;
  let ca: string;

  before(async () => {
    const names = ['example.com', 'example.net'].flatMap((domain) =>
      ['autoconfig', 'autodiscover', 'ua-auto-config'].map((name) => `${name}.${domain}`),
    );
    const authority = await pki();
    ca = authority.ca;
    unit = await startUnit();
    proxy = await startNginx(unit.port, await authority.leafFor(names, 1));
  });
  after(async () => {
    await unit.stop();
    await proxy[Symbol.asyncDispose]();
  });

  const asks = (host: string, path: string, body?: string, type = ''): Promise<Reply> =>
    ask({ host, path, port: proxy.https, ca, ...(body !== undefined && { body, headers: { 'Content-Type': type } }) });

  for (const domain of ['example.com', 'example.net']) {
    test(`serves the three kinds of clients for ${domain}`, () => threeClients(asks, domain));
  }

  test('serves nothing but what they ask for: neither /ask nor /metrics nor the JSON', async () => {
    for (const path of ['/ask?domain=autoconfig.example.com', '/metrics', '/api/v1/providers', '/']) {
      assert.equal((await asks('autoconfig.example.com', path)).status, 404, path);
    }
  });

  test('sends plain HTTP to HTTPS, with the address still there', async () => {
    const path = `/mail/config-v1.1.xml?emailaddress=${address}`;
    const { status, headers } = await ask({ host: 'autoconfig.example.com', path, port: proxy.http });
    assert.deepEqual([status, headers['location']], [308, `https://autoconfig.example.com${path}`]);
  });

  test('tells the server who asks and by which name, behind whatever the asker says', async () => {
    await using upstream = await startEcho();
    const names = ['autoconfig.example.com'];
    await using other = await startNginx(upstream.port, await (await pki()).leafFor(names, 1));
    const headers = { 'X-Forwarded-For': '192.0.2.7', Forwarded: 'for=192.0.2.7' };
    await ask({ host: 'autoconfig.example.com', path: '/mail/config-v1.1.xml', port: other.https, ca, headers });
    const { host, 'x-forwarded-for': forwardedFor } = upstream.seen();
    assert.deepEqual([host, forwardedFor], ['autoconfig.example.com', '192.0.2.7, 127.0.0.1']);
  });

  test('writes paths into its logs, and no query, no address, nobody’s IP address', async () => {
    await asks('autoconfig.example.com', `/mail/config-v1.1.xml?emailaddress=${address}`);
    await asks('autodiscover.example.com', `/autodiscover/autodiscover.json/v1.0/${address}?Protocol=AutodiscoverV1`);
    await noAddressIn(proxy, ['mailatlas.log', 'mailatlas.error.log', 'main.error.log']);
    const log = await proxy.read('mailatlas.log');
    assert.match(log, /autoconfig\.example\.com "GET \/mail\/config-v1\.1\.xml" 200 \d+\n/);
    assert.doesNotMatch(log, /127\.0\.0\.1|\?/);
  });

  test('writes no address into them either where the server does not answer', async () => {
    await unit.stop();
    for (const path of [
      `/mail/config-v1.1.xml?emailaddress=${address}`,
      `/autodiscover/autodiscover.json/v1.0/${address}`,
    ]) {
      assert.equal((await asks('autoconfig.example.com', path)).status, 502);
    }
    await noAddressIn(proxy, ['mailatlas.log', 'mailatlas.error.log', 'main.error.log']);
  });
});

describe('Caddy with docs/examples/Caddyfile', { skip: no('caddy') }, () => {
  test('orders certificates for served names alone, and serves the three kinds of clients', async (t: TestContext) => {
    const unit = await startUnit();
    t.after(() => unit.stop());
    await using proxy = await startCaddy(unit.port);
    const host = 'autoconfig.example.com';
    // Its own authority is made at the first question.
    await assert.rejects(ask({ host, path: '/', port: proxy.https, ca: (await pki()).ca }), /certificate/);
    const ca = await proxy.read('storage/pki/authorities/local/root.crt');
    const asks = (name: string, path: string, body?: string, type = ''): Promise<Reply> =>
      ask({
        host: name,
        path,
        port: proxy.https,
        ca,
        ...(body !== undefined && { body, headers: { 'Content-Type': type } }),
      });
    for (const domain of ['example.com', 'example.org']) await threeClients(asks, domain);
    await assert.rejects(asks('autoconfig.stranger.example', '/mail/config-v1.1.xml'), /tls|ssl|alert/i);
    for (const path of ['/ask?domain=autoconfig.example.com', '/metrics', '/api/v1/providers', '/']) {
      assert.equal((await asks(host, path)).status, 404, path);
    }
    await unit.stop();
    assert.equal((await asks(host, `/mail/config-v1.1.xml?emailaddress=${address}`)).status, 502);
    await noAddressIn(proxy, ['caddy.log']);
  });
});

/** A server that remembers the headers of the last question. */
async function startEcho() {
  let last: IncomingHttpHeaders = {};
  const server = createServer(({ headers }, response) => {
    last = headers;
    response.end();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    seen: () => last,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

async function noAddressIn(proxy: Proxy, files: readonly string[]): Promise<void> {
  for (const file of files) {
    const text = await proxy.read(file);
    assert.doesNotMatch(text, /fred|bloggs|emailaddress/i, `${file}:\n${text}`);
  }
}
