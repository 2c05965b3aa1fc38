/**
 * A process that plays an Internet of mail servers: every name leads to an address of its own in 127.0.0.0/8, every
 * connection has a latency of its own for each answer, and one server in twenty is broken.
 */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import process from 'node:process';
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import type { Leaf } from '../../test/pki.ts';
import { addressOf, faultOf, latencyOf, numberIn, numberOf } from './hosts.ts';
import { answerTo, greeting } from './imap-answers.ts';
import { answerNames } from './names.ts';

export interface Internet {
  readonly port: number;
  /** Nobody listens here. */
  readonly closedPort: number;
  /** `127.0.0.1:PORT` */
  readonly names: string;
}

process.once('disconnect', () => process.exit());
const [{ good, expired }] = (await once(process, 'message')) as [{ good: Leaf; expired: Leaf }];
const contexts = { good: createSecureContext(good), expired: createSecureContext(expired) };

const names = await answerNames((name) => {
  const number = numberIn(name);
  return number === undefined || faultOf(number) === 'no-name' ? undefined : addressOf(number);
});
const server = createServer({ pauseOnConnect: true, noDelay: true }, (socket) => {
  socket.on('error', () => socket.destroy());
  const number = numberOf(socket.localAddress ?? '');
  const later = (act: () => void) => setTimeout(act, latencyOf(number));
  later(() => serve(socket, number, later));
});

function serve(socket: Socket, number: number, later: (act: () => void) => void): void {
  switch (faultOf(number)) {
    case 'silent':
      socket.resume();
      return;
    case 'reset':
      socket.resetAndDestroy();
      return;
    case 'closed':
      socket.end();
      return;
    case 'plaintext':
      socket.end('* BYE plain text only\r\n');
      return;
    case 'expired':
      talk(secure(socket, contexts.expired), later);
      return;
    case 'http':
      secure(socket, contexts.good).write('HTTP/1.1 400 Bad Request\r\n\r\n');
      return;
    case 'flood':
      flood(secure(socket, contexts.good));
      return;
    default:
      talk(secure(socket, contexts.good), later);
  }
}

function secure(socket: Socket, secureContext: SecureContext): TLSSocket {
  const secured = new TLSSocket(socket, { isServer: true, secureContext });
  secured.on('error', () => secured.destroy());
  return secured;
}

function talk(socket: TLSSocket, later: (act: () => void) => void): void {
  socket.write(greeting);
  socket.on('data', (chunk: Buffer) => {
    const { text, last } = answerTo(chunk.toString('latin1'));
    later(() => (last ? socket.end(text) : socket.write(text)));
  });
}

/** A line without an end. */
function flood(socket: TLSSocket): void {
  const more = () => {
    while (!socket.destroyed && socket.write('x'.repeat(16 * 1024)));
  };
  socket.on('drain', more);
  more();
}

/** Every address of 127.0.0.0/8 leads here. */
server.listen({ port: 0, host: '0.0.0.0', backlog: 1024 });
await once(server, 'listening');
const { port } = server.address() as AddressInfo;
const closed = createServer().listen(0, '127.0.0.1');
await once(closed, 'listening');
const { port: closedPort } = closed.address() as AddressInfo;
closed.close();
process.send?.({ port, closedPort, names } satisfies Internet);
