/** HTTP on Node: a port, requests for the app, and an end that cuts nothing short. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener, type Http2Bindings, type HttpBindings } from '@hono/node-server';
import type { Hono } from 'hono';
import { gracefulClose } from './closing-node.ts';
import { type LaneOptions, openLane } from './lane-node.ts';
import type { RequestLog } from './request-log-node.ts';
import { refusal } from './respond.ts';

export interface Listening {
  /** Where it listens. */
  readonly url: string;
  /** Stops listening, lets requests under way finish. */
  close(): Promise<void>;
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
  const server = createServer((request, response) => {
    log?.watch(request, response);
    void listener(request, response);
  });
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
