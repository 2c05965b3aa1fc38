/**
 * The lane and the app, side by side: whatever is sent, both servers answer with the same octets, are in the same state
 * afterwards, and have counted the same. `npm run fuzz:lane -- --minutes 10` does so for longer.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { after, before, describe, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import * as fc from 'fast-check';
import type { Curated } from '../../src/provider/model.ts';
import { openLane } from '../../src/web/lane-node.ts';
import { record } from '../records.ts';
import { testApp } from './app.ts';
import { agree, patient, startTwins, type Twins } from './lane/agree.ts';
import { oddHeaders, oddHosts, oddTargets, streams } from './lane/streams.ts';
import { startTwin } from './lane/twins.ts';
import { curated } from './records.ts';

let twins: Twins;
before(async () => {
  twins = await startTwins();
});
after(() => twins.close());

const request = (target: string, headers: readonly string[] = [], method = 'GET') =>
  Buffer.from([`${method} ${target} HTTP/1.1`, 'Host: a.example', ...headers, '', ''].join('\r\n'), 'latin1');

/** Sends the same to all, and wants the same. @returns how many answers came by the lane, and what was said */
async function sent(...pieces: readonly Buffer[]): Promise<{ byLane: number; text: string }> {
  const had = twins.on.taken();
  const { text } = await agree(twins, pieces, 1000, patient);
  return { byLane: twins.on.taken() - had, text };
}

/** Gives all of them other records. */
function swap(next: Curated): void {
  for (const twin of [twins.on, twins.off, twins.handed]) twin.swap(next);
}

describe('The lane', { timeout: 120_000 }, () => {
  test('answers for known domains with the octets of the app', async () => {
    for (const domain of ['post.example', 'briefe.example', 'village.example', 'xn--strae-oqa.example']) {
      const { byLane, text } = await sent(request(`/v1.1/${domain}`));
      assert.equal(byLane, 1);
      assert.match(text, /^HTTP\/1\.1 200 OK\r\n/);
    }
  });

  test('answers lookups in JSON, by domain and nothing else', async () => {
    for (const query of ['domain=post.example', 'domain=briefe.example&mx=0', 'domain=vault.example&mx=1']) {
      const { byLane, text } = await sent(request(`/api/v1/lookup?${query}`));
      assert.equal(byLane, 1);
      assert.match(text, /^HTTP\/1\.1 200 OK\r\n[^]*\{"domain":"/);
    }
    assert.equal((await sent(request('/api/v1/lookup?domain=post.example', [], 'HEAD'))).byLane, 1);
    assert.equal((await sent(request('/api/v1/lookup?domain=post.example', ['If-None-Match: *']))).byLane, 1);
    for (const query of ['email=max@post.example', 'domain=post.example&published=1', 'domain=nobody.example&mx=0'])
      assert.equal((await sent(request(`/api/v1/lookup?${query}`))).byLane, 0);
  });

  test('answers HEAD, and 304 to who has the document', async () => {
    assert.equal((await sent(request('/v1.1/post.example', [], 'HEAD'))).byLane, 1);
    const { etag } = twins;
    for (const said of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const { byLane, text } = await sent(request('/v1.1/post.example', [`If-None-Match: ${said}`]));
      assert.equal(byLane, 1);
      assert.match(text, /^HTTP\/1\.1 304 /);
    }
    const other = await sent(request('/v1.1/post.example', ['If-None-Match: "other"']));
    assert.equal(other.byLane, 1);
    assert.match(other.text, /^HTTP\/1\.1 200 /);
  });

  test('takes the headers that mail clients, browsers and proxies send', async () => {
    const { byLane } = await sent(
      request('/v1.1/post.example', [
        'User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Thunderbird/140.5.0',
        'Accept: text/xml;q=0.9,*/*;q=0.8',
        'Accept-Language: de,en-US;q=0.7',
        'Accept-Encoding: gzip, deflate, br, zstd',
        'Connection: keep-alive',
        'X-Forwarded-For: 192.0.2.1, 10.0.0.1',
        'X-Forwarded-Proto: https',
        'X-Real-IP: 192.0.2.1',
        'Sec-Fetch-Mode: no-cors',
        'Priority: u=4',
      ]),
    );
    assert.equal(byLane, 1);
  });

  test('answers requests that come together or one after the other in their order', async () => {
    const [first, second] = [request('/v1.1/post.example'), request('/v1.1/village.example', [], 'HEAD')];
    assert.equal((await sent(Buffer.concat([first, second, first]))).byLane, 3);
    assert.equal((await sent(first, second, first)).byLane, 3);
  });

  test('hands over what comes in pieces, together with what follows', async () => {
    const whole = request('/v1.1/post.example');
    for (let at = 1; at < whole.length; at++) {
      const pieces = [whole.subarray(0, at), Buffer.concat([whole.subarray(at), whole])];
      const { text } = await agree(twins, pieces, 5, patient);
      assert.equal(text.match(/^HTTP\/1\.1 200 OK/gm)?.length, 3, 'with the farewell');
    }
  });

  test('hands over many requests at once, and what is longer than one read', async () => {
    const one = request('/v1.1/post.example');
    for (const many of [17, 2000]) {
      const { text } = await sent(Buffer.concat(Array.from({ length: many }, () => one)));
      assert.equal(text.match(/^HTTP\/1\.1 200 OK/gm)?.length, many + 1);
    }
  });

  for (const [what, pieces] of [
    ['another method', [request('/v1.1/post.example', [], 'POST')]],
    ['a domain that nobody knows', [request('/v1.1/nobody.example')]],
    ['a wildcard’s domain', [request('/v1.1/a.village.example')]],
    ['a wildcard', [request('/v1.1/*.village.example')]],
    ['a domain of the operator’s list', [request('/v1.1/customer.example')]],
    ['a provider without servers', [request('/v1.1/vault.example')]],
    ['a query', [request('/v1.1/post.example?version=1.2')]],
    ['an end of the connection', [request('/v1.1/post.example', ['Connection: close'])]],
    ['a body', [request('/v1.1/post.example', ['Content-Length: 5']), Buffer.from('hello')]],
    ['two lengths', [request('/v1.1/post.example', ['Content-Length: 5', 'Transfer-Encoding: chunked'])]],
    ['an expectation', [request('/v1.1/post.example', ['Expect: 100-continue'])]],
    ['two Hosts', [request('/v1.1/post.example', ['Host: b.example'])]],
    ['a header twice', [request('/v1.1/post.example', ['Accept: a', 'Accept: b'])]],
    ['a header that it does not know', [request('/v1.1/post.example', ['X-Unknown: 1'])]],
    ['a folded header', [request('/v1.1/post.example', ['Accept: a', ' b'])]],
    ['a bare line feed', [request('/v1.1/post.example', ['Accept: a\nX: b'])]],
    ['white space before a colon', [request('/v1.1/post.example', ['Accept : a'])]],
    [
      'something wrong behind a clean request',
      [Buffer.concat([request('/v1.1/post.example'), Buffer.from('x\r\n\r\n')])],
    ],
    ['a long head', [request('/v1.1/post.example', [`Accept: ${'a'.repeat(9000)}`])]],
    ['a head that is too long', [request('/v1.1/post.example', [`Accept: ${'a'.repeat(17_000)}`])]],
    ['version 1.0', [Buffer.from('GET /v1.1/post.example HTTP/1.0\r\nHost: a.example\r\n\r\n')]],
    ['an absolute target', [request('http://b.example/v1.1/post.example')]],
    ['no Host', [Buffer.from('GET /v1.1/post.example HTTP/1.1\r\n\r\n')]],
  ] as const) {
    test(`leaves to the app: ${what}`, async () => {
      assert.equal((await sent(...pieces)).byLane, 0);
    });
  }

  test('makes of everything odd what the app makes of it, alone and behind a clean request', async () => {
    const line = 'GET /v1.1/post.example HTTP/1.1';
    const heads = [
      ...oddTargets.map((target) => [`GET ${target} HTTP/1.1`, 'Host: a.example']),
      ...oddHosts.map((host) => [line, host]),
      ...oddHeaders.map((header) => [line, 'Host: a.example', header]),
    ];
    for (const head of heads) {
      const octets = Buffer.from([...head, '', ''].join('\r\n'), 'latin1');
      await agree(twins, [octets], 20);
      await agree(twins, [request('/v1.1/post.example'), octets], 20);
    }
  });

  test('says nothing of what is not served any more', async () => {
    const first = await sent(request('/v1.1/post.example'));
    const providers = curated.providers.map((one) =>
      one.id === 'post.example' ? { ...one, name: 'Post of Another Name' } : one,
    );
    swap({ ...curated, providers });
    const second = await sent(request('/v1.1/post.example'));
    assert.equal(second.byLane, 1);
    assert.match(second.text, /Post of Another Name/);
    assert.notEqual(first.text, second.text);
    swap({ ...curated, providers: [record({ id: 'other.example' })] });
    assert.match((await sent(request('/v1.1/post.example'))).text, /^HTTP\/1\.1 404 /);
    swap(curated);
  });

  test('cuts nothing off when the server closes, and waits for nobody who is idle', async () => {
    const twin = await startTwin('lane');
    const socket = connect(Number(new URL(twin.url).port), '127.0.0.1');
    const ended = new Promise((resolve) => socket.once('close', resolve));
    let text = '';
    await new Promise<void>((resolve) => {
      socket.on('data', (chunk: Buffer) => {
        text += chunk.toString('latin1');
        resolve();
      });
      socket.write(request('/v1.1/post.example'));
    });
    await Promise.all([twin.close(), ended]);
    assert.match(text, /<\/clientConfig>\s*$/);
  });

  // `npm run fuzz:lane` has other seeds.
  test('agrees with the app about whatever is sent', async () => {
    const { on, etag } = twins;
    const had = on.taken();
    const seed = 8143;
    const property = fc.asyncProperty(streams(etag), async (pieces) => void (await agree(twins, pieces, 1)));
    await fc.assert(property, { numRuns: 300, seed, interruptAfterTimeLimit: 20_000, markInterruptAsFailure: false });
    assert.ok(on.taken() > had, 'the lane had something to answer');
  });
});

describe('A connection in the lane', { timeout: 60_000 }, () => {
  /** A server that answers `app` where the lane does not, and gives idle connections so many milliseconds. */
  async function start(
    t: TestContext,
    keepAliveTimeout = 60_000,
  ): Promise<{ open: () => Promise<Socket>; accepted: readonly Socket[] }> {
    const server = createServer((_, response) => response.end('app'));
    Object.assign(server, { keepAliveTimeout, keepAliveTimeoutBuffer: 0 });
    const { served } = testApp({ curated });
    openLane(server, { served, answered: () => undefined });
    const accepted: Socket[] = [];
    server.on('connection', (socket: Socket) => accepted.push(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.after(() => server.close().closeAllConnections());
    const { port } = server.address() as AddressInfo;
    const open = async () => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true });
      t.after(() => socket.destroy());
      await once(socket, 'connect');
      return socket;
    };
    return { open, accepted };
  }
  const heard = async (socket: Socket) => String((await once(socket, 'data'))[0]);

  test('ends when nothing more is asked in the time that the server gives', async (t) => {
    const socket = await (await start(t, 100)).open();
    socket.write(request('/v1.1/post.example'));
    assert.match(await heard(socket), /^HTTP\/1\.1 200 OK\r\n[^]*<\/clientConfig>/);
    await once(socket, 'close');
  });

  test('is node:http’s where nothing was said at all: it has more patience, and an end of its own', async (t) => {
    const socket = await (await start(t, 100)).open();
    await sleep(300);
    socket.write(request('/v1.1/post.example'));
    assert.match(await heard(socket), /app$/);
  });

  test('ends with its client, who may have said goodbye with the question', async (t) => {
    const socket = await (await start(t)).open();
    socket.end(request('/v1.1/post.example'));
    assert.match(await heard(socket), /<\/clientConfig>/);
    await once(socket, 'close');
  });

  test('holds little for who asks and does not read, and all of it comes when they do', {
    timeout: 60_000,
  }, async (t) => {
    const asked = 20_000;
    const { open, accepted } = await start(t);
    const socket = await open();
    socket.pause();
    let held = 0;
    for (let i = 0; i < asked; i += 10) {
      socket.write(Buffer.concat(Array.from({ length: 10 }, () => request('/v1.1/post.example'))));
      await sleep(0);
      held = Math.max(held, accepted[0]?.writableLength ?? 0);
    }
    // The kernel's buffers are far smaller than all the answers: in the end some wait in the server.
    for (; held === 0; await sleep(10)) held = accepted[0]?.writableLength ?? 0;
    assert.ok(held < 1_000_000, `${held} octets wait in the server`);
    // Octets that are on their way keep the date that they have, though another asker gets the same ones with a new one.
    await sleep(1000);
    const other = await open();
    other.end(request('/v1.1/post.example'));
    await once(other, 'data');
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
    socket.resume().end();
    await once(socket, 'close');
    const answered = text.match(/HTTP\/1\.1 200 OK/g)?.length ?? 0;
    assert.equal(answered, asked);
    const dates = [...text.matchAll(/^Date: (.*)\r$/gm)].map(([, date = '']) => Date.parse(date));
    assert.equal(dates.length, asked);
    assert.ok(dates.every((date, i) => date >= (dates[i - 1] ?? 0)));
  });
});
