/**
 * Clients that are slow, silent, too large or gone, by the thousand: each is let go within a bounded time, and somebody who asks
 * for a known domain meanwhile gets the same octets as ever.
 */
import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { after, before, describe, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { cannotEnter } from '../inside.ts';
import { pause, Site } from './site.ts';
import { isFull, sized } from './size.ts';

/** Milliseconds within which whoever says nothing is let go: 15 s for a head (web/http/listen-node.ts), and what the look takes. */
const headTime = 15_000;
const bodyTime = 60_000;
const stallTime = 30_000;
const look = 5000;
const data = fileURLToPath(new URL('../../data', import.meta.url));
const known = '/v1.1/gmx.de';
let site: Site;

/** Asks for a known domain all the time, and says how it was answered. */
async function witness(t: TestContext, what: string, work: () => Promise<void>): Promise<void> {
  const wanted = (await site.ask(known)).body;
  const resident = site.resident;
  const times: number[] = [];
  const over = new AbortController();
  const asking = (async () => {
    while (!over.signal.aborted) {
      const began = performance.now();
      const { status, body } = await site.ask(known);
      times.push(performance.now() - began);
      assert.equal(status, 200);
      assert.ok(body.equals(wanted), 'other octets');
      await pause(10);
    }
  })();
  try {
    await work();
  } finally {
    over.abort();
    await asking;
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => Math.round(times[Math.floor(share * (times.length - 1))] ?? 0);
  const grown = Math.round((site.resident - resident) / 2 ** 20);
  t.diagnostic(
    `${what}; others: ${times.length} answers, median ${at(0.5)} ms, 99 % within ${at(0.99)} ms; ${grown} MiB more`,
  );
  assert.ok(times.length > 0);
}

interface Open {
  readonly socket: Socket;
  /** What came until it was closed. */
  readonly end: Promise<{ text: string; after: number }>;
}

/** Opens connections, a hundred at a time. */
async function open(count: number, begin: (socket: Socket, i: number) => void = () => undefined): Promise<Open[]> {
  const port = Number(new URL(site.url).port);
  const opened: Open[] = [];
  for (let i = 0; i < count; i++) {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const began = performance.now();
    let text = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => (text += text.length < 4096 ? chunk : ''));
    socket.on('error', () => undefined);
    socket.on('end', () => socket.end());
    const end = new Promise<{ text: string; after: number }>((resolve) => {
      socket.once('close', () => resolve({ text, after: performance.now() - began }));
    });
    socket.once('connect', () => begin(socket, i));
    opened.push({ socket, end });
    if (i % 100 === 99) await new Promise((resolve) => socket.once('connect', resolve));
  }
  return opened;
}

async function allEnd(opened: readonly Open[], within: number, says: RegExp): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not let go within ${within} ms`)), within);
  });
  const ends = await Promise.race([Promise.all(opened.map(({ end }) => end)), late]);
  clearTimeout(timer);
  for (const { text } of ends) assert.match(text, says);
  const slowest = Math.max(...ends.map(({ after: time }) => time));
  return `the last was let go after ${(slowest / 1000).toFixed(1)} s`;
}

/** One octet now and then, until nobody listens. */
function drip(socket: Socket, text: string, every: number): void {
  let next = 0;
  const timer = setInterval(() => {
    if (!socket.writable) return clearInterval(timer);
    socket.write(text[next++ % text.length] ?? '');
  }, every);
  socket.once('close', () => clearInterval(timer));
}

/** What stands before the app has its own way with connections (web/lane-node.ts). */
for (const lane of isFull ? ['with', 'without'] : ['with']) {
  describe(`clients that, ${lane} the lane,`, { timeout: 600_000 }, () => {
    before(async () => {
      // The real records: their answers are as large as they will be.
      site = await new Site({ data, serve: lane === 'with' ? [] : ['--no-lane'] }).start();
    });
    after(async () => {
      await site.kill('SIGTERM');
      assert.equal(site.said, '', 'nothing of it is a defect');
    });
    attacks();
  });
}

function attacks(): void {
  const [idle, slow] = [sized(1000, 9000), sized(50, 900)];
  test(`say nothing (${idle}), or too slowly (${slow}), are let go`, async (t) => {
    await witness(t, `${idle} idle connections and ${slow} slow heads`, async () => {
      const silent = await open(idle);
      const dripping = await open(slow, (socket) => {
        socket.write(`GET ${known} HTTP/1.1\r\nHost: localhost\r\n`);
        drip(socket, 'X-Slow: very\r\n', 1000);
      });
      t.diagnostic(`with all of them there: ${site.descriptors} descriptors`);
      const most = headTime + look + 20_000;
      t.diagnostic(await allEnd(silent, most, /^(HTTP\/1\.1 408 |$)/));
      t.diagnostic(await allEnd(dripping, most, /^HTTP\/1\.1 408 /));
    });
  });

  // Takes a minute.
  if (isFull)
    test('send their bodies slowly are let go', async (t) => {
      const count = 500;
      await witness(t, `${count} slow bodies`, async () => {
        const opened = await open(count, (socket) => {
          socket.write(
            'POST /autodiscover/autodiscover.xml HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml\r\nContent-Length: 60000\r\n\r\n{',
          );
          drip(socket, ' ', 2000);
        });
        t.diagnostic(await allEnd(opened, bodyTime + look + 20_000, /^HTTP\/1\.1 408 /));
      });
    });

  test('ask for much and read nothing cost little, and are let go', async (t) => {
    const count = sized(20, 300);
    const asked = `GET /api/v1/atlas.ndjson HTTP/1.1\r\nHost: localhost\r\n\r\n`;
    await witness(t, `${count} slow readers of the whole atlas, ten times over`, async () => {
      const opened = await open(count, (socket) => {
        socket.pause();
        socket.write(asked.repeat(10));
      });
      for (let i = 0; i < 300 && site.descriptors < count; i++) await pause(20);
      await pause(2000);
      const { resident } = site;
      t.diagnostic(`while they wait: ${site.descriptors} descriptors, ${Math.round(resident / 2 ** 20)} MiB`);
      assert.ok(resident < 600 * 2 ** 20, `${resident} octets`);
      if (isFull) {
        // Nobody reads a socket that is paused: only the server can end it.
        const began = performance.now();
        for (; site.descriptors > 60 && performance.now() - began < stallTime + 60_000; ) await pause(500);
        t.diagnostic(`all let go after ${Math.round((performance.now() - began) / 1000)} s more`);
        assert.ok(site.descriptors <= 60, `${site.descriptors} descriptors`);
      }
      for (const { socket } of opened) socket.destroy();
    });
  });

  test('send too much are refused, and do not keep others', async (t) => {
    const count = sized(50, 1000);
    await witness(t, `${count} oversize heads and as many bodies`, async () => {
      const heads = await open(count, (socket) => {
        socket.write(`GET ${known} HTTP/1.1\r\nHost: localhost\r\nX-Large: ${'x'.repeat(64 * 1024)}\r\n\r\n`);
      });
      await allEnd(heads, 60_000, /^(HTTP\/1\.1 431 |$)/);
      const bodies = await open(count, (socket) => {
        socket.write(
          'POST /autodiscover/autodiscover.xml HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml\r\nTransfer-Encoding: chunked\r\n\r\n',
        );
        const chunk = `4000\r\n${' '.repeat(0x4000)}\r\n`;
        for (let i = 0; i < 64 && socket.writable; i++) socket.write(chunk);
      });
      await allEnd(bodies, 60_000, /^(HTTP\/1\.1 413 |$)/);
    });
  });

  test('go away in the middle of what they send leave nothing behind', async (t) => {
    const count = sized(100, 5000);
    await witness(t, `${count} aborted uploads`, async () => {
      const { descriptors } = site;
      const opened = await open(count, (socket) => {
        socket.write(
          'POST /autodiscover/autodiscover.xml HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml\r\nContent-Length: 60000\r\n\r\n{"kind":',
          () => socket.resetAndDestroy(),
        );
      });
      await Promise.all(opened.map(({ end }) => end));
      for (let i = 0; i < 100 && site.descriptors > descriptors + 5; i++) await pause(50);
      assert.ok(site.descriptors <= descriptors + 5, `${site.descriptors} descriptors, ${descriptors} before`);
    });
  });

  test('close their half get their answer', async () => {
    const asked = `GET ${known} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
    const opened = await open(sized(20, 500), (socket) => socket.end(asked));
    await allEnd(opened, 60_000, /^HTTP\/1\.1 200 OK\r\n/);
  });

  test('ask for a thousand things in one breath get a thousand answers, in order', async (t) => {
    const many = sized(300, 3000);
    await witness(t, `ten floods of ${many} pipelined requests`, async () => {
      const paths = [known, '/v1.1/t-online.de', '/v1.1/nobody.invalid', '/healthz'];
      const flood = Array.from({ length: many }, (_, i) => `GET ${paths[i % 4]} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
      await Promise.all(
        Array.from({ length: 10 }, async () => {
          const port = Number(new URL(site.url).port);
          const socket = connect(port, '127.0.0.1').setEncoding('latin1');
          let rest = '';
          const statuses: string[] = [];
          await new Promise<void>((resolve, reject) => {
            socket.on('data', (chunk: string) => {
              const text = rest + chunk;
              statuses.push(...[...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status = '']) => status));
              // What may be the first part of a status line is looked at again.
              rest = /(?:H|HT|HTT|HTTP|HTTP\/[\d.]*|HTTP\/1\.1 \d{0,3})$/.exec(text)?.[0] ?? '';
              if (statuses.length === many) resolve();
            });
            socket.once('error', reject);
            socket.once('close', () => reject(new Error(`closed after ${statuses.length} answers`)));
            socket.write(flood.join(''));
          });
          socket.destroy();
          assert.deepEqual(
            statuses,
            Array.from({ length: many }, (_, i) => ['200', '200', '404', '200'][i % 4]),
          );
        }),
      );
    });
  });
}

test('a server that has no descriptors left comes back by itself', { timeout: 120_000 }, async (t) => {
  const none = cannotEnter({ name: 'prlimit', enter: ['prlimit', '--nofile=128'] });
  if (none !== false) return t.skip(none);
  const small = await new Site({ under: ['prlimit', '--nofile=128'] }).start();
  const { body } = await small.ask('/v1.1/post.example');
  const port = Number(new URL(small.url).port);
  const sockets = Array.from({ length: 300 }, () => connect(port, '127.0.0.1').on('error', () => undefined));
  await pause(500);
  const began = performance.now();
  for (;;) {
    const answer = await fetch(`${small.url}/v1.1/post.example`).then(
      (response) => response.text(),
      () => undefined,
    );
    if (answer !== undefined) {
      assert.equal(answer, String(body));
      break;
    }
    assert.ok(performance.now() - began < headTime + look + 20_000, 'it does not answer again');
    await pause(200);
  }
  t.diagnostic(`it answered again after ${((performance.now() - began) / 1000).toFixed(1)} s; ${small.said}`);
  for (const socket of sockets) socket.destroy();
  await small.kill('SIGTERM');
});
