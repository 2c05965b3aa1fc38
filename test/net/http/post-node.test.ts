/** Posting to a server of one's own: certificates, proxies, bounds, and what is said where there is no answer. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttp, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import { PostError } from '../../../src/net/http/post.ts';
import { nodePoster } from '../../../src/net/http/post-node.ts';
import { type CertificateKind, pki } from '../../pki.ts';

const patient = { timeout: 60_000 };

describe('a post', () => {
  test('brings the body and the headers, and reads the answer with what it asks one to wait', async (t) => {
    const { url, seen } = await plain(t, (_, response) => response.writeHead(503, { 'Retry-After': '7' }).end('later'));
    const reply = await nodePoster({ headers: { Authorization: 'Bearer x' } }).post(url, '{"ü":1}', patient);
    assert.deepEqual(reply, { status: 503, retryAfter: 7000, body: 'later' });
    assert.deepEqual(
      seen.map(({ method, headers, body }) => [method, headers.authorization, headers['content-type'], body]),
      [['POST', 'Bearer x', 'application/json', '{"ü":1}']],
    );
  });

  test('keeps its connection for the next one', async (t) => {
    const { url, sockets } = await plain(t, (_, response) => response.end('{}'));
    const poster = nodePoster({ headers: {} });
    for (const _ of [1, 2, 3]) await poster.post(url, '{}', patient);
    assert.equal(sockets.size, 1);
  });

  test('follows no redirect: the token is for one server', async (t) => {
    const { url } = await plain(t, (_, response) => response.writeHead(307, { Location: 'http://127.0.0.1:1/' }).end());
    assert.equal((await nodePoster({ headers: {} }).post(url, '{}', patient)).status, 307);
  });

  const failing: Record<string, [(response: ServerResponse) => void, RegExp]> = {
    'a silent server': [() => undefined, /^it did not answer in 0\.3 seconds$/],
    'one that hangs up': [(response) => response.destroy(), /^it cannot be reached \(ECONNRESET\)$/],
    'one without an end': [(response) => endless(response), /^its answer is longer than 1 MiB$/],
  };
  for (const [sentence, [answer, said]] of Object.entries(failing)) {
    test(`to ${sentence} ends, and says why`, async (t) => {
      const { url } = await plain(t, (_, response) => answer(response));
      const timeout = sentence === 'a silent server' ? 300 : 60_000;
      await assert.rejects(nodePoster({ headers: {} }).post(url, '{}', { timeout }), {
        name: PostError.name,
        message: said,
      });
    });
  }

  test('to nobody says so', async (t) => {
    const { url, stop } = await plain(t, () => undefined);
    await stop();
    await assert.rejects(nodePoster({ headers: {} }).post(url, '{}', patient), {
      message: 'it cannot be reached (ECONNREFUSED)',
    });
  });
});

describe('over TLS, a post', () => {
  test('trusts an authority of the operator’s own', async (t) => {
    const url = await secure(t, 'good');
    const { ca } = await pki();
    assert.equal((await nodePoster({ headers: {}, ca }).post(url, '{}', patient)).body, '{}');
  });

  for (const kind of ['good', 'expired', 'wrong-host', 'self-signed'] as const) {
    test(`tells nothing to a server with a certificate that is ${kind === 'good' ? 'not known' : kind}`, async (t) => {
      const url = await secure(t, kind);
      const { ca } = await pki();
      const poster = nodePoster({ headers: {}, ...(kind !== 'good' && { ca }) });
      await assert.rejects(poster.post(url, '{}', patient), { message: /^it cannot be reached \([A-Z_]+\)$/ });
    });
  }

  test('goes through the proxy of the environment, which sees no more than a name', async (t) => {
    const url = await secure(t, 'good');
    const { ca } = await pki();
    const proxy = createHttp();
    const asked: string[] = [];
    proxy.on('connect', (request: IncomingMessage, socket: Socket, head: Buffer) => {
      asked.push(request.url ?? '');
      const upstream = connect(Number(url.port), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        upstream.write(head);
        upstream.pipe(socket).pipe(upstream);
      });
      for (const end of [socket, upstream]) end.on('error', () => undefined);
      t.after(() => [socket, upstream].forEach((end) => void end.destroy()));
    });
    const port = await listening(t, proxy);
    const environment = { HTTPS_PROXY: `http://127.0.0.1:${port}` };
    const named = new URL(`https://mail.example.test:${url.port}/`);
    assert.equal((await nodePoster({ headers: {}, ca, environment }).post(named, '{}', patient)).status, 200);
    assert.deepEqual(asked, [`mail.example.test:${url.port}`]);
  });
});

type Answer = (request: IncomingMessage, response: ServerResponse) => unknown;

async function plain(t: TestContext, answer: Answer) {
  const seen: { method: string; headers: IncomingMessage['headers']; body: string }[] = [];
  const sockets = new Set<Socket>();
  const server = createHttp((request, response) => {
    sockets.add(request.socket);
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      seen.push({ method: request.method ?? '', headers: request.headers, body });
      answer(request, response);
    });
  });
  const port = await listening(t, server);
  const stop = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: new URL(`http://127.0.0.1:${port}/`), seen, sockets, stop };
}

async function secure(t: TestContext, kind: CertificateKind): Promise<URL> {
  const { leaf } = await pki();
  const server = createHttps(await leaf(kind), (request, response) => {
    request.resume();
    response.end('{}');
  });
  return new URL(`https://localhost:${await listening(t, server)}/`);
}

async function listening(t: TestContext, server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

function endless(response: ServerResponse): void {
  const more = () => {
    while (!response.destroyed && response.write('x'.repeat(64 * 1024)));
  };
  response.on('drain', more);
  more();
}
