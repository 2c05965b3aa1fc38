/** One request over real sockets: what comes back, and every way in which nothing does. */
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { HttpFault, type HttpSender } from '../../../src/net/http/http.ts';
import { nodeSender } from '../../../src/net/http/http-node.ts';
import { pki } from '../../pki.ts';
import { startWeb, type WebServer } from '../../web-server.ts';

let web: WebServer;
let sender: HttpSender;

before(async () => {
  web = await startWeb(
    {
      'https://good.zz/': { body: 'hello', type: 'text/plain', headers: { 'X-Twice': 'one' } },
      'https://good.zz/packed': { body: gzipSync('hello'), headers: { 'Content-Encoding': 'gzip' } },
      'https://good.zz/packed-br': { body: brotliCompressSync('hello'), headers: { 'Content-Encoding': 'br' } },
      'https://good.zz/badly-packed': { body: 'hello', headers: { 'Content-Encoding': 'gzip' } },
      'https://good.zz/strangely-packed': { body: 'hello', headers: { 'Content-Encoding': 'zstd-2' } },
      'https://good.zz/inherited': { body: 'hello', headers: { 'Content-Encoding': 'constructor' } },
      'https://good.zz/bomb': { body: gzipSync(Buffer.alloc(50_000_000)), headers: { 'Content-Encoding': 'gzip' } },
      'https://good.zz/echo': ({ method, body, headers }) => `${method} ${body} ${String(headers['x-own'])}`,
      'https://good.zz/moved': { status: 302, headers: { Location: 'https://elsewhere.zz/' } },
      'https://good.zz/head': { headers: { 'X-Long': 'x'.repeat(20_000) } },
      'http://good.zz/': { body: 'plain' },
      'https://good.zz/silent': { trouble: 'silent' },
      'https://good.zz/drip': { trouble: 'drip' },
      'https://good.zz/endless': { trouble: 'endless' },
      'https://good.zz/reset': { trouble: 'reset' },
      'https://good.zz/garbage': { trouble: 'garbage' },
    },
    {
      certificates: {
        'expired.zz': 'expired',
        'self-signed.zz': 'self-signed',
        'untrusted.zz': 'untrusted',
        'wrong-host.zz': 'wrong-host',
      },
    },
  );
  sender = nodeSender({ ca: (await pki()).ca, ports: web.ports });
});
after(() => web.stop());

function send(url: string, more: Partial<Parameters<HttpSender['send']>[0]> = {}) {
  return sender.send({
    method: 'GET',
    url: new URL(url),
    address: '127.0.0.1',
    headers: {},
    deadline: performance.now() + 60_000,
    ...more,
  });
}

/** The fault's kind and detail, for a request that must fail. */
async function fault(url: string, more?: Parameters<typeof send>[1]): Promise<string> {
  try {
    await send(url, more);
  } catch (error) {
    assert.ok(error instanceof HttpFault, String(error));
    return error.message;
  }
  return 'none';
}

describe('a reply', () => {
  test('has its status, its header lines in lower case, its octets, and who certified the host', async () => {
    const { status, headers, body, certificate } = await send('https://good.zz/');
    assert.equal(status, 200);
    assert.equal(headers['content-type'], 'text/plain');
    assert.equal(headers['x-twice'], 'one');
    assert.equal(Buffer.from(body).toString(), 'hello');
    assert.equal(certificate?.issuer, 'Test Root');
    assert.match(certificate?.notAfter ?? '', /^\d{4}-/);
  });

  test('over plain HTTP is certified by nobody', async () => {
    const { body, certificate } = await send('http://good.zz/');
    assert.equal(Buffer.from(body).toString(), 'plain');
    assert.equal(certificate, undefined);
  });

  test('is unpacked, although nothing packed was asked for', async () => {
    assert.equal(Buffer.from((await send('https://good.zz/packed')).body).toString(), 'hello');
    assert.equal(Buffer.from((await send('https://good.zz/packed-br')).body).toString(), 'hello');
  });

  test('may be a redirect, which is not followed', async () => {
    const { status, headers } = await send('https://good.zz/moved');
    assert.deepEqual([status, headers['location']], [302, 'https://elsewhere.zz/']);
  });

  test('belongs to a request with a method, header lines and a body', async () => {
    const reply = await send('https://good.zz/echo', { method: 'POST', body: 'question', headers: { 'X-Own': 'x' } });
    assert.equal(Buffer.from(reply.body).toString(), 'POST question x');
    assert.equal(web.asked.at(-1)?.headers['host'], 'good.zz');
  });
});

describe('a request fails', { concurrency: true }, () => {
  test('where the certificate is not good for the host', async () => {
    assert.equal(await fault('https://expired.zz/'), 'tls: CERT_HAS_EXPIRED');
    assert.equal(await fault('https://self-signed.zz/'), 'tls: DEPTH_ZERO_SELF_SIGNED_CERT');
    assert.equal(await fault('https://untrusted.zz/'), 'tls: SELF_SIGNED_CERT_IN_CHAIN');
    assert.equal(await fault('https://wrong-host.zz/'), 'tls: ERR_TLS_CERT_ALTNAME_INVALID');
    assert.equal(await fault('https://127.0.0.1/'), 'tls: ERR_TLS_CERT_ALTNAME_INVALID');
  });

  test('where nobody trusts our test authority', async () => {
    const strict = nodeSender({ ports: web.ports });
    const request = { method: 'GET' as const, url: new URL('https://good.zz/'), address: '127.0.0.1', headers: {} };
    await assert.rejects(strict.send({ ...request, deadline: performance.now() + 60_000 }), { kind: 'tls' });
  });

  test('where the server is silent, or so slow that the time is over', async () => {
    const soon = () => ({ deadline: performance.now() + 300 });
    assert.equal(await fault('https://good.zz/silent', soon()), 'timeout');
    assert.equal(await fault('https://good.zz/drip', soon()), 'timeout');
  });

  test('where the reply, its head or what is packed in it is larger than anybody needs', async () => {
    assert.equal(await fault('https://good.zz/endless'), 'too-large');
    assert.equal(await fault('https://good.zz/head'), 'too-large');
    assert.equal(await fault('https://good.zz/bomb'), 'too-large');
  });

  test('where the reply is no HTTP, or cannot be unpacked', async () => {
    assert.match(await fault('https://good.zz/garbage'), /^malformed: HPE_/);
    assert.equal(await fault('https://good.zz/badly-packed'), 'malformed: content coding gzip');
    assert.equal(await fault('https://good.zz/strangely-packed'), 'malformed: content coding zstd-2');
    assert.equal(await fault('https://good.zz/inherited'), 'malformed: content coding constructor');
  });

  test('where the connection ends, or there is none', async () => {
    assert.equal(await fault('https://good.zz/reset'), 'closed');
    const other = nodeSender({ ports: new Map([[443, 1]]) });
    const request = { method: 'GET' as const, url: new URL('https://good.zz/'), address: '127.0.0.1', headers: {} };
    await assert.rejects(other.send({ ...request, deadline: performance.now() + 60_000 }), { kind: 'refused' });
  });

  test('where the other side speaks something else on the port of HTTPS', async () => {
    const mail = createServer((socket) => socket.end('220 mail.example ESMTP\r\n'));
    await new Promise<void>((resolve) => mail.listen(0, '127.0.0.1', resolve));
    const { port } = mail.address() as { port: number };
    const other = nodeSender({ ports: new Map([[443, port]]) });
    const request = { method: 'GET' as const, url: new URL('https://good.zz/'), address: '127.0.0.1', headers: {} };
    await assert.rejects(other.send({ ...request, deadline: performance.now() + 60_000 }), { kind: 'tls' });
    mail.close();
  });
});
