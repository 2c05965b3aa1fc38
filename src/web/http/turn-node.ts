/**
 * Requests that a client sends before it has the answers to those before (RFC 9112 section 9.3.2): each begins when the one before
 * it is answered, and all others have their turn in between. Three thousand in one breath stopped everybody for seconds.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

type Handle = (request: IncomingMessage, response: ServerResponse) => void;

/** Requests of one connection that wait; then no more are read. */
const mostWaiting = 100;

export function inTurn(handle: Handle): Handle {
  /** Of connections with a request under way, those behind it. */
  const waiting = new WeakMap<Socket, (() => void)[]>();
  const next = (socket: Socket) => {
    // Where the connection is gone nobody hears the answers to those that waited: they never begin, and are counted nowhere.
    const begin = socket.destroyed ? undefined : waiting.get(socket)?.shift();
    if (begin) return begin();
    waiting.delete(socket);
    if (socket.isPaused()) socket.resume();
  };
  return (request, response) => {
    const { socket } = request;
    const begin = () => {
      response.once('close', () => setImmediate(next, socket));
      handle(request, response);
    };
    const queue = waiting.get(socket);
    if (!queue) {
      waiting.set(socket, []);
      begin();
    } else if (queue.push(begin) > mostWaiting) socket.pause();
  };
}
