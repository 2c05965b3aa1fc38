/** Servers over the same records, with the lane and without, and octets that are sent to them. */
import { subscribe } from 'node:diagnostics_channel';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Domain } from '../../../src/name/domain.ts';
import type { Curated } from '../../../src/provider/model.ts';
import { listen } from '../../../src/web/http/listen-node.ts';
import { Requests } from '../../../src/web/http/metrics.ts';
import type { LaneAnswer } from '../../../src/web/lane-node.ts';
import { testApp } from '../app.ts';
import { curated } from '../records.ts';

/** Listed by the operator: its answers name it alone, so the app makes them. */
export const hosted = new Map([['customer.example' as Domain, 'office.example']]);

export interface Twin {
  readonly url: string;
  readonly requests: Requests;
  /** How many answers the lane gave. */
  readonly taken: () => number;
  readonly swap: (next: Curated) => void;
  close(): Promise<void>;
}

/** @param kind `app, handed`: without the lane, but octets come to node:http by way of JavaScript */
export async function startTwin(kind: 'lane' | 'app' | 'app, handed'): Promise<Twin> {
  const requests = new Requests();
  const { app, served, swap } = testApp({ curated, hosted, setUp: { requests } });
  let taken = 0;
  const lane = {
    served,
    answered: ({ route, status }: LaneAnswer) => {
      taken += 1;
      requests.count(route, status);
    },
  };
  const server = await listen(app, { host: '127.0.0.1', port: 0 }, kind === 'lane' ? { lane } : {});
  if (kind === 'app, handed') handOver(Number(new URL(server.url).port));
  return { url: server.url, close: () => server.close(), requests, swap, taken: () => taken };
}

/** A listener for data takes a connection's octets off their short way into node:http's parser. */
function handOver(port: number): void {
  subscribe('net.server.socket', (message) => {
    const { socket } = message as { socket: Socket };
    if (socket.localPort === port) socket.on('data', () => undefined);
  });
}

/** What a server said to a stream of octets, and how the connection was afterwards. */
export interface Heard {
  /** Without dates. */
  readonly text: string;
  /** Whether it still took requests (`open`), had ended (`closed`), or waited for more of a request (`waiting`). */
  readonly left: 'open' | 'closed' | 'waiting';
  /** Which requests the server counted meanwhile, by route and status: how many of each, in one order. */
  readonly counted: readonly [string, number][];
}

/** The last request on a connection; whoever reads it as such answers it, and ends. */
const farewell = 'GET /healthz HTTP/1.1\r\nHost: a.example\r\nX-Last: yes\r\nConnection: close\r\n\r\n';
const last = /"status":"ok"[^]*$/;

/** In milliseconds. */
export interface Patience {
  /** Between two pieces. */
  readonly pause: number;
  /** Whether a piece follows at once where something is heard; else all that is answered is answered before it. */
  readonly isHasty: boolean;
  /** After it, whoever still says nothing waits for more. */
  readonly quiet: number;
}

/** Sends pieces one after the other, then a last request. */
export async function say(
  server: Twin,
  pieces: readonly Buffer[],
  { pause, isHasty, quiet }: Patience,
): Promise<Heard> {
  const before = new Map(server.requests.counts);
  const socket = connect({ port: Number(new URL(server.url).port), host: '127.0.0.1', noDelay: true });
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
  // Who refuses a request closes before all of it is read.
  socket.on('error', () => undefined);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  for (const piece of pieces) {
    if (piece.length === 0) continue;
    const answered = new Promise((resolve) => socket.once('data', resolve));
    await send(socket, piece);
    await Promise.race([...(isHasty ? [answered] : []), closed, sleep(pause)]);
  }
  await send(socket, Buffer.from(farewell));
  let heard = -1;
  while (!socket.closed && heard !== text.length) {
    heard = text.length;
    await Promise.race([closed, sleep(quiet)]);
  }
  const wasOpen = !socket.closed;
  socket.destroy();
  await closed;
  const left = wasOpen ? 'waiting' : last.test(text) ? 'open' : 'closed';
  return { text: text.replaceAll(/^Date: .*$/gm, 'Date: …'), left, counted: countedSince(before, server) };
}

function send(socket: Socket, octets: Buffer): Promise<void> {
  return new Promise((resolve) => {
    if (!socket.writable) resolve();
    else socket.write(octets, () => resolve());
  });
}

function countedSince(before: ReadonlyMap<string, number>, { requests }: Twin): [string, number][] {
  return [...requests.counts]
    .map(([what, count]): [string, number] => [what, count - (before.get(what) ?? 0)])
    .filter(([, count]) => count > 0)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}
