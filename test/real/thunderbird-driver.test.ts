/** Tests the driver of the real Thunderbird itself, against a small server with hand-written files. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Config, type Result, startThunderbird, type Thunderbird, thunderbirdPath } from './thunderbird.ts';

const installed = thunderbirdPath();

function server(kind: 'incoming' | 'outgoing', type: string, hostname: string, port: number, rest: string): string {
  return `<${kind}Server type="${type}">
    <hostname>${hostname}</hostname><port>${port}</port>${rest}<username>%EMAILADDRESS%</username>
  </${kind}Server>`;
}

function file(domain: string, servers: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<clientConfig version="1.1"><emailProvider id="${domain}">
  <domain>${domain}</domain><displayName>Mail of ${domain}</displayName>
  ${servers}
</emailProvider></clientConfig>`;
}

const TLS = '<socketType>SSL</socketType><authentication>password-cleartext</authentication>';
const STARTTLS = '<socketType>STARTTLS</socketType><authentication>password-encrypted</authentication>';
const PLAIN = '<socketType>plain</socketType><authentication>password-cleartext</authentication>';

const files = new Map([
  [
    'good.example',
    file(
      'good.example',
      // Thunderbird cannot use the first one and must go on to the next.
      `<incomingServer type="jmap"><url>https://good.example/jmap</url><authentication>OAuth2</authentication></incomingServer>
      ${server('incoming', 'imap', 'imap.good.example', 993, TLS)}
      ${server('incoming', 'pop3', 'pop.good.example', 110, STARTTLS)}
      ${server('outgoing', 'smtp', 'smtp.good.example', 465, TLS)}
      ${server('outgoing', 'smtp', 'smtp.good.example', 587, STARTTLS)}`,
    ),
  ],
  [
    'plain.example',
    file(
      'plain.example',
      server('incoming', 'pop3', 'mail.plain.example', 110, PLAIN) +
        server('outgoing', 'smtp', 'mail.plain.example', 25, PLAIN),
    ),
  ],
  ['no-outgoing.example', file('no-outgoing.example', server('incoming', 'imap', 'imap.example.net', 993, TLS))],
  [
    // JXON.sys.mjs turns an element with an attribute into an object without a text: the only domain is lost.
    'attribute.example',
    file(
      'attribute.example',
      server('incoming', 'imap', 'imap.example.net', 993, TLS) +
        server('outgoing', 'smtp', 'smtp.example.net', 465, TLS),
    ).replace('<domain>', '<domain purpose="mx">'),
  ],
]);

function found(result: Result | undefined): Config {
  assert.ok(result && !('error' in result), `a configuration is expected, not ${JSON.stringify(result)}`);
  return result;
}

function refused(result: Result | undefined): string {
  assert.ok(result && 'error' in result, `an error is expected, not ${JSON.stringify(result)}`);
  return result.error;
}

describe('the driver of the real Thunderbird', {
  skip: installed ? false : 'Thunderbird is not installed; run test/real/install.sh',
  timeout: 120_000,
}, () => {
  let thunderbird: Thunderbird;
  const requests: string[] = [];
  const http = createServer((request, response) => {
    requests.push(request.url ?? '');
    const body = files.get((request.url ?? '').replace('/v1.1/', ''));
    if (body === undefined) response.writeHead(404).end();
    else
      response
        .writeHead(200, { 'content-type': 'text/xml; charset=utf-8', 'cache-control': 'public, max-age=3600' })
        .end(body);
  });

  before(async () => {
    await new Promise<void>((resolve) => {
      http.listen(0, '127.0.0.1', resolve);
    });
    const { port } = http.address() as AddressInfo;
    thunderbird = await startThunderbird({ autoconfigBase: `http://127.0.0.1:${port}/v1.1/` });
  });

  after(async () => {
    await thunderbird?.stop();
    http.closeAllConnections();
    http.close();
  });

  test('says its version', () => {
    assert.match(thunderbird.version, /^\d+\.\d+/);
  });

  test('reads the servers of a good file, in its order', async () => {
    const results = await thunderbird.fetchFromServer(['good.example']);
    const username = '%EMAILADDRESS%';
    assert.deepEqual(found(results.get('good.example')), {
      id: 'good.example',
      displayName: 'Mail of good.example',
      domains: ['good.example'],
      source: 'xml-from-db',
      incoming: {
        type: 'imap',
        hostname: 'imap.good.example',
        port: 993,
        socketType: 'SSL',
        auth: 'password-cleartext',
        username,
      },
      incomingAlternatives: [
        {
          type: 'pop3',
          hostname: 'pop.good.example',
          port: 110,
          socketType: 'STARTTLS',
          auth: 'password-encrypted',
          username,
        },
      ],
      outgoing: {
        type: 'smtp',
        hostname: 'smtp.good.example',
        port: 465,
        socketType: 'SSL',
        auth: 'password-cleartext',
        username,
      },
      outgoingAlternatives: [
        {
          type: 'smtp',
          hostname: 'smtp.good.example',
          port: 587,
          socketType: 'STARTTLS',
          auth: 'password-encrypted',
          username,
        },
      ],
    });
  });

  test('reads a file with plaintext servers only', async () => {
    const results = await thunderbird.fetchFromServer(['plain.example']);
    const { incoming, outgoing } = found(results.get('plain.example'));
    assert.deepEqual([incoming.type, incoming.port, incoming.socketType], ['pop3', 110, 'plain']);
    assert.deepEqual([outgoing.type, outgoing.port, outgoing.socketType], ['smtp', 25, 'plain']);
  });

  test('says why a file is refused', async () => {
    const results = await thunderbird.fetchFromServer([
      'no-outgoing.example',
      'attribute.example',
      'unknown.example',
      'not_a_name',
    ]);
    assert.match(refused(results.get('no-outgoing.example')), /outgoingServer/);
    assert.match(refused(results.get('attribute.example')), /bad value: \[object Object\]/);
    assert.match(refused(results.get('unknown.example')), /^HTTP 404/);
    assert.match(refused(results.get('not_a_name')), /bad value: not_a_name/);
  });

  test('the whole discovery ends with our server and fills in the placeholders', async () => {
    const config = found(await thunderbird.findConfig('test.user@good.example'));
    assert.equal(config.source, 'xml-from-db');
    assert.equal(config.incoming.hostname, 'imap.good.example');
    assert.equal(config.incoming.username, 'test.user@good.example');
    assert.equal(config.outgoing.username, 'test.user@good.example');
  });

  test('the whole discovery finds an unknown domain through its mail exchanger', async () => {
    assert.match(refused(await thunderbird.findConfig('me@unknown.example')), /found no configuration/);
    const config = found(await thunderbird.findConfig('me@unknown.example', { mx: 'mx1.good.example' }));
    assert.deepEqual([config.id, config.incoming.username], ['good.example', 'me@unknown.example']);
    assert.match(refused(await thunderbird.findConfig('me@unknown.example')), /found no configuration/);
  });

  test('asks the server every time, for hundreds of domains in one call', async () => {
    const domains = Array.from({ length: 300 }, (_, index) => `unknown${index}.example`);
    requests.length = 0;
    const results = await thunderbird.fetchFromServer([...domains, 'good.example']);
    assert.equal(results.size, 301);
    assert.equal(requests.length, 301);
    found(results.get('good.example'));
    for (const domain of domains) assert.match(refused(results.get(domain)), /^HTTP 404/);
  });

  test('leaves neither a process nor a profile behind', async (t) => {
    // A folder for temporary files of its own: another test file may run Thunderbird at the same time.
    const folder = mkdtempSync(join(tmpdir(), 'mailatlas-driver-test-'));
    const outer = process.env.TMPDIR;
    process.env.TMPDIR = folder;
    t.after(() => {
      if (outer === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = outer;
      rmSync(folder, { recursive: true, force: true });
    });
    // Port 9 is one that Gecko refuses to talk to: the same error as for a server that cannot be reached.
    const second = await startThunderbird({ autoconfigBase: 'http://127.0.0.1:9/v1.1/' });
    assert.equal(readdirSync(folder).length, 1);
    assert.match(refused((await second.fetchFromServer(['good.example'])).get('good.example')), /server/i);
    await second.stop();
    assert.deepEqual(readdirSync(folder), []);
    assert.throws(() => process.kill(second.pid, 0), { code: 'ESRCH' });
    await assert.rejects(second.findConfig('me@good.example'), /connection/);
  });

  test('says what went wrong when Thunderbird does not start', async (t) => {
    const outer = process.env.THUNDERBIRD;
    process.env.THUNDERBIRD = '/bin/false';
    t.after(() => {
      if (outer === undefined) delete process.env.THUNDERBIRD;
      else process.env.THUNDERBIRD = outer;
    });
    await assert.rejects(
      startThunderbird({ autoconfigBase: 'http://127.0.0.1:9/v1.1/' }),
      /Thunderbird ended with 1 while starting\nThunderbird printed:/,
    );
  });
});
