/**
 * HTTP on Workers: one connection a request, to exactly the address that was checked, with TLS that must be good for the name.
 *
 * A Worker's own fetch() is of no use here: it resolves names by itself, and whether it looks at certificates depends on the
 * SSL mode of the operator's zone. Its sockets take an address, and a name for TLS. They tell nothing of the certificate and
 * little of what went wrong, and they do not lead to addresses of Cloudflare (developers.cloudflare.com/workers/runtime-apis/
 * tcp-sockets): a host behind it cannot be reached.
 */
import type { Socket, SocketAddress, SocketOptions } from '@cloudflare/workers-types';
import { HttpFault, type HttpReply, type HttpRequest, type HttpSender, placeOf } from './http.ts';
import { readReply, writeRequest } from './http-message.ts';

/** `connect` of cloudflare:sockets. */
export type Connect = (address: SocketAddress, options: SocketOptions) => Socket;

/** Milliseconds for TCP and TLS to come up: a host with another address deserves a second try within the deadline. */
const connectTime = 4000;

/** @param ports port of a URL -> port that is dialled instead: for web servers under test */
export function workersSender(connect: Connect, ports?: ReadonlyMap<number, number>): HttpSender {
  return {
    async send(request) {
      const { url, address, deadline } = request;
      const { host, port, isSecure } = placeOf(url);
      const hostname = address.includes(':') ? `[${address}]` : address;
      const options = { secureTransport: isSecure ? 'starttls' : 'off', allowHalfOpen: true } as const;
      const until = performance.now() + connectTime;
      const plain = open(connect({ hostname, port: ports?.get(port) ?? port }, options));
      let socket = plain;
      try {
        await within(Math.min(deadline, until), 'connect', plain.opened, 'unreachable');
        if (isSecure) {
          socket = open(plain.startTls({ expectedServerHostname: host }));
          await within(Math.min(deadline, until), 'connect', socket.opened, 'tls');
        }
        return await within(deadline, undefined, converse(socket, request), 'reset');
      } finally {
        for (const one of new Set([socket, plain])) one.close().catch(() => undefined);
      }
    },
  };
}

/** Whatever ends it is told where it is awaited. */
function open(socket: Socket): Socket {
  socket.closed.catch(() => undefined);
  return socket;
}

async function converse(socket: Socket, request: HttpRequest): Promise<HttpReply> {
  const writer = socket.writable.getWriter();
  await writer.write(writeRequest(request));
  return readReply(socket.readable as AsyncIterable<Uint8Array>);
}

/** @throws {HttpFault} */
async function within<A>(
  deadline: number,
  where: string | undefined,
  work: Promise<A>,
  otherwise: 'unreachable' | 'tls' | 'reset',
): Promise<A> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new HttpFault('timeout', where)), Math.max(0, deadline - performance.now()));
  });
  try {
    return await Promise.race([work, late]);
  } catch (error) {
    // The runtime's own words are a number to ask Cloudflare about, or nothing.
    throw error instanceof HttpFault ? error : new HttpFault(otherwise);
  } finally {
    clearTimeout(timer);
  }
}
