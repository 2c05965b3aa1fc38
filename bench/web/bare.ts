/** `bare.ts node|hono`: a server of as little as there can be, which says the same short text to everybody. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import process from 'node:process';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';

const text = 'hello';
const app = new Hono().get('/*', (c) => c.text(text));
const listener = getRequestListener(app.fetch);
const server =
  process.argv[2] === 'hono'
    ? createServer((request, response) => void listener(request, response))
    : createServer((_, response) => response.writeHead(200, { 'Content-Type': 'text/plain' }).end(text));
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
