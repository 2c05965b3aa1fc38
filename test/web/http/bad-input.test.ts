/**
 * What strangers send, over real sockets to a real server: it never answers 5xx, never hangs, still answers afterwards, and
 * says nothing of anybody's address to the operator's log.
 */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, afterEach, before, describe, mock, test } from 'node:test';
import * as fc from 'fast-check';
import { type RunningServer, startServer } from '../../../src/node.ts';
import { type DnsServer, startDns } from '../../dns-server.ts';
import { logTo } from '../../log.ts';
import { patience, raw, talkTo } from '../../raw-http.ts';

const data = `# yaml-language-server: $schema=../provider.schema.json

id: post.example
name: Example Post
short: Post
kind: freemail
country: DE
website: https://post.example/
access: open
domains:
  - post.example
incoming:
  - protocol: imap
    host: imap.post.example
    port: 993
    security: tls
    username: "%EMAILADDRESS%"
    auth:
      - password-cleartext
    sources:
      - help
outgoing:
  - protocol: smtp
    host: smtp.post.example
    port: 465
    security: tls
    username: "%EMAILADDRESS%"
    auth:
      - password-cleartext
    sources:
      - help
sources:
  help:
    url: https://post.example/help
    seen: 2026-11-20
    says: "IMAP imap.post.example 993 SSL, SMTP smtp.post.example 465 SSL"
`;

const folder = mkdtempSync(join(tmpdir(), 'mailatlas-bad-input-'));
const db = join(folder, 'test.db');
const notes: string[] = [];
/** Everything that a library might print behind our back. */
const printed = (['log', 'info', 'warn', 'error'] as const).map((level) => mock.method(console, level, () => {}));
let server: RunningServer;
let dns: DnsServer;

before(async () => {
  mkdirSync(join(folder, 'providers'));
  writeFileSync(join(folder, 'providers', 'post.example.yml'), data);
  dns = await startDns({});
  server = await startServer({
    db,
    data: folder,
    host: '127.0.0.1',
    port: 0,
    resolver: dns.address,
    version: 'test',
    log: logTo((message) => notes.push(message)),
  });
});

after(async () => {
  await server?.close();
  await dns?.stop();
  rmSync(folder, { recursive: true, force: true });
  mock.restoreAll();
});

const talk = (bytes: string | Buffer) => talkTo(server.url, bytes);

async function statusOf(bytes: string | Buffer): Promise<number | undefined> {
  const { statuses } = await talk(bytes);
  assert.ok(statuses.length <= 1, 'one answer to one request');
  return statuses[0];
}

/** The status of an ordinary request by Node's client, and its body. */
function ask(path: string, method = 'GET'): Promise<{ status: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(`${server.url}${path}`, { method, timeout: patience }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (body += chunk));
      response.on('end', () => resolve({ status: response.statusCode, body }));
    });
    sent.on('timeout', () => sent.destroy(new Error(`no answer to ${method} ${path}`)));
    sent.on('error', reject);
    sent.end();
  });
}

/** For each group by itself: at the top of the file, the tests of other files would be asked, too, where all run as one. */
function stillAnswers(): void {
  afterEach(async () => {
    const { status, body } = await ask('/v1.1/post.example');
    assert.equal(status, 200, 'the server still answers');
    assert.match(body, /<emailProvider id="post\.example">/);
  });
}

describe('A request target', () => {
  stillAnswers();

  for (const [what, target, status] of [
    ['that is longer than Node takes', `/v1.1/${'a'.repeat(20_000)}`, 431],
    ['whose query is longer than Node takes', `/mail/config-v1.1.xml?emailaddress=${'a'.repeat(20_000)}@x.zz`, 431],
    ['that is long', `/v1.1/${'a'.repeat(8000)}`, 400],
    ['of very many labels', `/v1.1/${'a.'.repeat(4000)}example`, 400],
    ['of very many path segments', '/a'.repeat(4000), 404],
    ['with very many parameters', `/api/v1/lookup?${'&x=1'.repeat(2000)}`, 400],
    ['of “%” alone', `/v1.1/${'%'.repeat(2000)}`, 400],
    ['in absolute form', 'http://post.example/v1.1/post.example', 200],
    ['in absolute form, of somebody else', 'http://evil.example/v1.1/post.example', 200],
    ['in absolute form, with a password', 'http://user:secret@post.example/v1.1/post.example', 200],
    ['in absolute form, broken', 'http://[/v1.1/post.example', 400],
    ['in absolute form, of another scheme', 'ftp://post.example/v1.1/post.example', 400],
    ['that is “*”', '*', 400],
    ['without a slash', 'v1.1/post.example', 400],
    ['of a query alone', '?emailaddress=fred@post.example', 400],
    ['with two slashes', '//evil.example/v1.1/post.example', 404],
    ['with a backslash', '/v1.1\\post.example', 400],
    ['with a fragment', '/v1.1/post.example#fragment', 200],
    ['with encoded dots for folders', '/v1.1/%2e%2e/%2e%2e/etc/passwd', 404],
    ['with dots for folders', '/../../etc/passwd', 404],
    ['with dots that lead back to a route', '/nothing/../v1.1/post.example', 200],
    ['with encoded dots that lead back to a route', '/nothing/%2E%2e/v1.1/post.example', 200],
    ['with encoded slashes and dots', '/api/v1/providers/..%2f..%2f..%2fetc%2fpasswd', 404],
    ['with dots as an id', '/api/v1/providers/%2e%2e%2fpost.example', 404],
    ['with an encoded NUL', '/v1.1/post%00.example', 400],
    ['with an encoded line end', '/v1.1/post.example%0d%0aSet-Cookie:%20a=b', 400],
    ['with an encoded line end as an id', '/api/v1/providers/x%0d%0aSet-Cookie:%20a=b', 404],
    ['with encoded bytes that are no UTF-8', '/v1.1/%FF%FE.example', 400],
    ['with an encoded surrogate', '/v1.1/%ED%A0%80.example', 400],
    ['with a NUL', '/v1.1/post\0.example', 400],
    ['with a control character', '/v1.1/post\x01.example', 400],
    ['with a DEL', '/v1.1/post\x7f.example', 400],
    ['with a tab', '/v1.1/post\t.example', 400],
    ['with a space', '/v1.1/post .example', 400],
    ['with bytes that are not ASCII, which Node’s parser takes for nothing', '/v1.1/stra\xc3\x9fe.example', 400],
    ['that is a script', '/v1.1/<script>alert(1)</script>', 404],
    ['that is SQL', "/api/v1/providers/x'%20OR%201=1--", 404],
    ['that is a template', '/v1.1/${7*7}.{{7*7}}', 400],
  ] as const) {
    test(`${what}: ${status}`, async () => assert.equal(await statusOf(raw(target)), status));
  }

  test('in absolute form decides about the domain, not the Host beside it (RFC 9112 section 3.2.2)', async () => {
    const target = 'http://autoconfig.post.example/mail/config-v1.1.xml';
    assert.equal(await statusOf(raw(target, { headers: ['Host: other.example'] })), 200);
  });
});

describe('A Host', () => {
  stillAnswers();

  const path = '/mail/config-v1.1.xml';

  test('that is missing: 400 (RFC 9112 section 3.2)', async () => {
    assert.equal(await statusOf(raw('/v1.1/post.example', { headers: [] })), 400);
  });

  test('that is missing is fine in HTTP/1.0, as load balancers ask for /healthz', async () => {
    assert.equal(await statusOf(raw('/healthz', { headers: [], version: 'HTTP/1.0' })), 200);
  });

  test('that stands there twice: 400 (RFC 9112 section 3.2)', async () => {
    const headers = ['Host: post.example', 'Host: other.example'];
    assert.equal(await statusOf(raw('/v1.1/post.example', { headers })), 400);
  });

  for (const [what, host] of [
    ['of two words', 'post example'],
    ['with a line in it', 'post.example\x0bx'],
    ['with a path', 'post.example/v1.1'],
    ['with a query', 'post.example?x'],
    ['with a password', 'user:secret@post.example'],
    ['with a port that is none', 'post.example:port'],
    ['with a port that is too high', 'post.example:99999'],
    ['that is a script', '<script>'],
    ['that is “%”', '%'],
    ['with a NUL, encoded', 'post%00.example'],
    ['of an open bracket', '[::1'],
    ['of dots', '..'],
    ['of one label', 'localhost'],
    ['that is an IPv6 address', '[::1]:8143'],
    ['with bytes that are not ASCII', 'autoconfig.stra\xc3\x9fe.example'],
    ['that is very long', `${'a.'.repeat(3000)}example`],
    ['that is empty', ''],
  ] as const) {
    test(`${what} names no domain: 400`, async () => {
      assert.equal(await statusOf(raw(path, { headers: [`Host: ${host}`] })), 400);
    });
  }
});

describe('Headers', () => {
  stillAnswers();

  for (const [what, headers, status] of [
    ['that are longer than Node takes', [`X-Long: ${'a'.repeat(20_000)}`], 431],
    ['that are more than Node takes', Array.from({ length: 3000 }, (_, i) => `X-${i}: a`), 431],
    ['with a NUL', ['X-Nul: a\0b'], 400],
    ['with a space in the name', ['X Space: a'], 400],
    ['without a colon', ['nonsense'], 400],
    ['with bytes that are not ASCII', ['X-Bytes: \xff\xfe'], 200],
    ['with a long list of tags', [`If-None-Match: ${'"a",'.repeat(3000)}"b"`], 200],
    ['with nonsense for a tag', ['If-None-Match: W/W/"",,,"'], 200],
    ['with two lengths', ['Content-Length: 1', 'Content-Length: 2'], 400],
    ['with a length and a transfer coding', ['Content-Length: 1', 'Transfer-Encoding: chunked'], 400],
    ['with a length below zero', ['Content-Length: -1'], 400],
    ['that want another protocol', ['Upgrade: websocket', 'Connection: Upgrade'], 200],
    ['that expect something impossible', ['Expect: tea'], 417],
    ['with ranges', ['Range: bytes=0-0,5-,-1'], 200],
    ['with a forwarded Host', ['X-Forwarded-Host: evil.example', 'Forwarded: host=evil.example'], 200],
  ] as const) {
    test(`${what}: ${status}`, async () => {
      assert.equal(await statusOf(raw('/v1.1/post.example', { headers: ['Host: post.example', ...headers] })), status);
    });
  }
});

describe('A method', () => {
  stillAnswers();

  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND', 'M-SEARCH', 'PURGE', 'QUERY']) {
    test(`${method} on a path for GET: 405`, async () => {
      const { statuses, text } = await talk(raw('/v1.1/post.example', { method }));
      assert.deepEqual(statuses, [405]);
      assert.match(text, /^allow: GET, HEAD\r$/im);
    });
  }

  for (const method of ['BREW', 'get', 'GETGET', '\x16\x03\x01', '']) {
    test(`${JSON.stringify(method)} that HTTP does not know: 400`, async () => {
      assert.equal(await statusOf(raw('/v1.1/post.example', { method })), 400);
    });
  }

  test('CONNECT: the connection is closed, nobody is let through', async () => {
    assert.deepEqual((await talk(raw('mail.example:25', { method: 'CONNECT' }))).statuses, []);
  });

  test('HEAD by Node’s client: 200 without a body', async () => {
    assert.deepEqual(await ask('/v1.1/post.example', 'HEAD'), { status: 200, body: '' });
  });
});

describe('A body on GET', () => {
  stillAnswers();

  for (const [what, headers, body] of [
    ['with its length', ['Content-Length: 5'], 'hello'],
    ['shorter than its length', ['Content-Length: 500'], 'hello'],
    ['in chunks', ['Transfer-Encoding: chunked'], '5\r\nhello\r\n0\r\n\r\n'],
    ['that waits to be asked for', ['Content-Length: 5', 'Expect: 100-continue'], 'hello'],
  ] as const) {
    test(`${what} is ignored: 200`, async () => {
      const { statuses } = await talk(
        raw('/v1.1/post.example', { headers: ['Host: post.example', ...headers] }) + body,
      );
      assert.equal(statuses.at(-1), 200);
    });
  }

  test('is not taken for the next request', async () => {
    const inner = raw('/inner');
    const first = `GET /v1.1/post.example HTTP/1.1\r\nHost: post.example\r\nContent-Length: ${inner.length}\r\n\r\n`;
    assert.deepEqual((await talk(`${first}${inner}${raw('/nothing')}`)).statuses, [200, 404]);
  });
});

describe('A body on POST', () => {
  stillAnswers();

  const xml = (address: string) =>
    `<Autodiscover><Request><EMailAddress>${address}</EMailAddress></Request></Autodiscover>`;
  const post = (target: string, body: string, headers: readonly string[] = [`Content-Length: ${body.length}`]) =>
    talk(raw(target, { method: 'POST', headers: ['Host: post.example', ...headers] }) + body);
  const pox = '/Autodiscover/Autodiscover.xml';
  const json = ['Content-Type: application/json'];

  test('is read', async () => {
    const { statuses, text } = await post(pox, xml('fred@post.example'));
    assert.deepEqual(statuses, [200]);
    assert.match(text, /<LoginName>fred@post\.example<\/LoginName>/);
  });

  test('is read in chunks', async () => {
    const body = xml('fred@post.example');
    const chunks = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
    const { text } = await post(pox, chunks, ['Transfer-Encoding: chunked']);
    assert.match(text, /<LoginName>fred@post\.example<\/LoginName>/);
  });

  for (const target of [pox, '/mail.mobileconfig']) {
    test(`of ten megabytes is refused, and the connection ends: ${target}`, async () => {
      const body = 'x'.repeat(10 * 1024 * 1024);
      const length = `Content-Length: ${body.length}`;
      const { statuses } = await post(target, body, [length, ...json]);
      assert.ok(statuses.length === 0 || statuses[0] === 413, String(statuses));
      const { statuses: early, text } = await post(target, 'x', [length, ...json]);
      assert.deepEqual(early, [413], 'its length alone is enough');
      assert.match(text, /^connection: close/im);
    });

    test(`of ten megabytes in chunks is refused: ${target}`, async () => {
      const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
      const { statuses } = await post(target, `${chunk.repeat(160)}0\r\n\r\n`, ['Transfer-Encoding: chunked', ...json]);
      assert.ok(statuses.length === 0 || statuses[0] === 413, String(statuses));
    });
  }

  test('that is larger than its length is no second request', async () => {
    const body = xml('fred@post.example');
    const { statuses } = await post(pox, `${body}${raw('/v1.1/post.example')}`, [`Content-Length: ${body.length}`]);
    assert.equal(statuses.length, 1, 'the first one asked to close the connection');
  });

  test('is not waited for where the target is not there', async () => {
    assert.deepEqual((await post('/nothing', 'x'.repeat(100))).statuses, [404]);
  });
});

describe('Something that is not HTTP', () => {
  stillAnswers();

  for (const [what, bytes] of [
    ['a TLS handshake', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n'],
    ['SMTP', 'EHLO mail.example\r\n\r\n'],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['HTTP/0.9', 'GET /v1.1/post.example\r\n\r\n'],
    ['HTTP/9.9', raw('/v1.1/post.example', { version: 'HTTP/9.9' })],
    ['zeros', `${'\0'.repeat(100)}\r\n\r\n`],
  ] as const) {
    test(`(${what}) does no harm`, async () => {
      const status = (await statusOf(bytes)) ?? 400;
      assert.ok(status < 500 || status === 505, String(status));
    });
  }
});

describe('Five hundred random requests', () => {
  stillAnswers();

  const character = fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...Array.from('abcdefghijklmnopqrstuvwxyz0123456789-.@+=&?/%#~_')) },
    { weight: 2, arbitrary: fc.integer({ min: 0, max: 255 }).map((byte) => `%${byte.toString(16).padStart(2, '0')}`) },
    { weight: 1, arbitrary: fc.integer({ min: 33, max: 255 }).map((byte) => String.fromCharCode(byte)) },
  );
  const text = fc.array(character, { maxLength: 40 }).map((characters) => characters.join(''));
  const domain = fc.oneof(text, fc.constantFrom('post.example', 'unknown.zz', 'stra%c3%9fe.example', 'localhost', ''));
  const target = fc.oneof(
    text.map((rest) => `/${rest}`),
    text,
    domain.map((name) => `/v1.1/${name}`),
    domain.map((name) => `/mx/v1.1/${name}`),
    domain.map((name) => `/api/v1/lookup?domain=${name}`),
    fc.tuple(text, domain).map(([local, name]) => `/api/v1/lookup?email=${local}@${name}`),
    fc.tuple(text, domain).map(([local, name]) => `/mail/config-v1.1.xml?emailaddress=${local}@${name}`),
    fc.tuple(text, text).map(([key, value]) => `/api/v1/providers?${key}=${value}`),
    fc.tuple(text, text).map(([id, rest]) => `/api/v1/providers/${id}/${rest}`),
    text.map((rest) => `/autodiscover/autodiscover.xml${rest}`),
    text.map((rest) => `/autodiscover/autodiscover.json?Protocol=${rest}`),
  );
  const method = fc.oneof(
    { weight: 6, arbitrary: fc.constant('GET') },
    { weight: 1, arbitrary: fc.constantFrom('HEAD', 'POST', 'OPTIONS', 'DELETE', 'TRACE', 'LOCK') },
    { weight: 1, arbitrary: text },
  );
  const host = fc.oneof(text, domain, fc.constantFrom('autoconfig.post.example', '127.0.0.1:8143', '[::1]'));
  const tag = fc.oneof(text, fc.constantFrom('*', '"x"', 'W/"x"'));

  test('never get a 5xx, and always an end', async () => {
    await fc.assert(
      fc.asyncProperty(method, target, host, tag, async (how, what, where, known) => {
        const headers = [`Host: ${where}`, `If-None-Match: ${known}`];
        const { statuses } = await talk(raw(what, { method: how, headers }));
        assert.deepEqual(
          statuses.filter((status) => status >= 500),
          [],
        );
      }),
      { numRuns: 500, seed: 8143 },
    );
  });
});

describe('The operator’s log', () => {
  stillAnswers();

  const paths = [
    '/mail/config-v1.1.xml?emailaddress=geheim@post.example',
    '/.well-known/autoconfig/mail/config-v1.1.xml?emailaddress=geheim@unknown.zz',
    '/mail/config-v1.1.xml?emailaddress=geheim%FF@post.example',
    '/api/v1/lookup?email=geheim@post.example',
    '/api/v1/lookup?email=geheim@unknown.zz',
    '/api/v1/lookup?email=ge heim@unknown.zz'.replace(' ', '%20'),
    '/api/v1/lookup?domain=geheim@unknown.zz',
    '/api/v1/providers?email=geheim@post.example&page=0',
    '/v1.1/geheim@post.example',
    '/mx/v1.1/geheim@unknown.zz',
    '/autodiscover/autodiscover.json/v1.0/geheim@post.example?Protocol=Ews&Email=geheim@post.example',
    '/nothing/geheim@post.example?email=geheim@post.example',
  ];

  test('says nothing of all that was asked in this file, nor does a library print it', async () => {
    for (const path of paths) await ask(path);
    for (const body of ['<Autodiscover><Request><EMailAddress>geheim@', '{"email":"geheim@post.example', 'geheim'])
      for (const target of ['/autodiscover/autodiscover.xml', '/mail.mobileconfig'])
        await fetch(`${server.url}${target}`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body,
        });
    assert.deepEqual(notes, []);
    assert.deepEqual(
      printed.flatMap(({ mock: { calls } }) => calls.map((call) => call.arguments)),
      [],
    );
  });

  test('and DNS hears nothing but domains', () => {
    assert.deepEqual(
      dns.questions.filter((name) => name.includes('geheim') || name.includes('@')),
      [],
    );
  });

  test('says of a defect where it happened, and nothing of who asked', async () => {
    const stranger = new DatabaseSync(db);
    try {
      stranger.exec('ALTER TABLE revision RENAME TO elsewhere');
      const { status } = await ask('/api/v1/providers/post.example/revisions?email=geheim@post.example');
      assert.equal(status, 500);
    } finally {
      stranger.exec('ALTER TABLE elsewhere RENAME TO revision');
      stranger.close();
    }
    assert.match(notes.join('\n'), /^a defect at \/api\/v1\/providers\/:id\/revisions: /m);
    assert.doesNotMatch(notes.join('\n'), /geheim/);
  });
});
