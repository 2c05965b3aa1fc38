/** Which requests were answered, for the log: the pattern of the route, and nothing that anybody typed. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Context } from 'hono';
import type { RequestFacts } from '../../net/log.ts';

export interface RequestLog {
  /** Says which route answers. */
  answered(c: Context, route: string): void;
  /** To be called when a request has come: it is written when its answer has gone. */
  watch(request: IncomingMessage, response: ServerResponse): void;
}

export function requestLog(write: (facts: RequestFacts) => void): RequestLog {
  const routes = new WeakMap<object, string>();
  return {
    answered: (c, route) => {
      const { outgoing } = c.env as { outgoing?: ServerResponse };
      if (outgoing) routes.set(outgoing, route);
    },
    watch: (request, response) => {
      const start = performance.now();
      const { socket } = request;
      const before = socket.bytesWritten;
      response.once('close', () =>
        write({
          // node:http takes no other methods than those it knows.
          method: request.method ?? '',
          route: routes.get(response) ?? 'none',
          status: response.statusCode,
          milliseconds: Math.round(10 * (performance.now() - start)) / 10,
          bytes: socket.bytesWritten - before,
        }),
      );
    },
  };
}
