/** Who asks for much in one breath gets it, in order, and keeps nobody waiting. */
import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { Hono } from 'hono';
import { listen } from '../../../src/web/http/listen-node.ts';

test('five hundred requests in one breath are answered in order, and another client has its turn between them', async (t) => {
  const begun: string[] = [];
  const app = new Hono();
  app.get('/:name', (c) => {
    begun.push(c.req.param('name'));
    return c.text(c.req.param('name'));
  });
  const server = await listen(app, { host: '127.0.0.1', port: 0 });
  t.after(() => server.close());
  const port = Number(new URL(server.url).port);
  const request = (name: string) => `GET /${name} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
  const names = Array.from({ length: 500 }, (_, i) => `flood${i}`);
  const [flood, other] = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')];
  await Promise.all([once(flood, 'connect'), once(other, 'connect')]);
  let text = '';
  const done = new Promise<void>((resolve) => {
    flood.on('data', (chunk: Buffer) => {
      text += String(chunk);
      if (text.endsWith('\r\n\r\nflood499')) resolve();
    });
  });
  flood.write(names.map(request).join(''));
  other.write(request('other'));
  await Promise.all([done, once(other, 'data')]);
  assert.deepEqual(text.match(/flood\d+/g), names);
  assert.ok(begun.indexOf('other') < 400, `after ${begun.indexOf('other')} of the flood`);
  for (const socket of [flood, other]) socket.destroy();
});

test('what waited for its turn when the client left never begins', async (t) => {
  const begun: string[] = [];
  const app = new Hono();
  let answer = () => {};
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  app.get('/:name', async (c) => {
    begun.push(c.req.param('name'));
    if (c.req.param('name') === 'first') await answered;
    return c.text('ok');
  });
  const server = await listen(app, { host: '127.0.0.1', port: 0 });
  t.after(() => server.close());
  const port = Number(new URL(server.url).port);
  const request = (name: string) => `GET /${name} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
  let accepted: Socket | undefined;
  const accept = (message: unknown) => {
    const { socket } = message as { socket: Socket };
    if (socket.localPort === port) accepted ??= socket;
  };
  subscribe('net.server.socket', accept);
  t.after(() => unsubscribe('net.server.socket', accept));
  const client = connect(port, '127.0.0.1');
  client.write(['first', 'second', 'third'].map(request).join(''));
  while (begun.length === 0) await setImmediate();
  const gone = new Promise((resolve) => accepted?.once('close', resolve));
  client.resetAndDestroy();
  await gone;
  answer();
  for (let i = 0; i < 3; i++) await fetch(`${server.url}/other`);
  assert.deepEqual(new Set(begun), new Set(['first', 'other']));
});
