/** HTTP on Node: a port, requests for the app, and an end that cuts nothing short. */
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener, type Http2Bindings, type HttpBindings } from '@hono/node-server';
import type { Hono } from 'hono';
import { type LaneOptions, openLane } from '../lane-node.ts';
import { gracefulClose } from './closing-node.ts';
import type { RequestLog } from './request-log-node.ts';
import { refusal } from './respond.ts';
import { inTurn } from './turn-node.ts';

export interface Listening {
  /** Where it listens. */
  readonly url: string;
  /** Stops listening, lets requests under way finish. */
  close(): Promise<void>;
}

/**
 * Milliseconds that a client has: for a head, also for the first one, which a phone on a bad line sends in one packet; for a
 * whole request; and how often somebody looks. Node's own (1 min, 5 min, 30 s) let a thousand silent connections live for long.
 */
const patience = { headersTimeout: 15_000, requestTimeout: 60_000, connectionsCheckingInterval: 5000 } as const;
/** Milliseconds in which an answer must move on; Node looks twice. Nobody keeps one by not reading it. */
const stalled = 15_000;

/** An answer that waits for us and not for its reader has all the time that it needs: a dry run takes minutes. */
function letGoIfStalled({ socket }: ServerResponse): void {
  if (socket && socket.writableLength > 0) socket.destroy();
  else socket?.setTimeout(stalled);
}

/**
 * @param port 0: any free one
 * @param watched `lane`: what is answered before the app is asked (lane-node.ts); without it nothing is. `log`: hears of
 *  every request that the lane does not answer
 * @throws Node's own error where the port cannot be had
 */
export async function listen(
  app: Hono,
  { host, port }: { host: string; port: number },
  { lane, log }: { lane?: LaneOptions; log?: Pick<RequestLog, 'watch'> } = {},
): Promise<Listening> {
  const answer = (request: Request, env: HttpBindings | Http2Bindings) =>
    manyHosts(env) ? refusal('There is more than one Host header.') : app.fetch(request, env);
  const listener = getRequestListener(answer, {
    // A request without a Host (HTTP/1.0, a load balancer's check) is answered as one for this machine.
    hostname: 'localhost',
    errorHandler: (error) =>
      error instanceof Error && error.name === 'RequestError'
        ? refusal('The Host or the target is malformed.')
        : undefined,
  });
  const handle = inTurn((request, response) => {
    response.on('timeout', () => letGoIfStalled(response));
    log?.watch(request, response);
    void listener(request, response);
  });
  const server = createServer(patience, handle);
  server.timeout = stalled;
  if (lane) openLane(server, lane);
  const close = gracefulClose(server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return { url: urlOf(server, host), close };
}

/** RFC 9112 section 3.2: more than one Host is a 400; Node takes the first one, a proxy before us perhaps the last. */
function manyHosts({ incoming }: HttpBindings | Http2Bindings): boolean {
  return incoming.rawHeaders.filter((text, i) => i % 2 === 0 && text.toLowerCase() === 'host').length > 1;
}

function urlOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
