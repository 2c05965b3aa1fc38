/** Ending an HTTP server without cutting an answer short, and without waiting for clients that ask nothing. */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Watches a server's connections. The function it returns stops listening, closes every connection without a request
 * under way at once and the others after their answer, and resolves when all are closed.
 */
export function gracefulClose(server: Server): () => Promise<void> {
  const underWay = new Map<Socket, number>();
  let closing = false;
  server.on('connection', (socket: Socket) => {
    underWay.set(socket, 0);
    socket.once('close', () => underWay.delete(socket));
  });
  server.on('request', ({ socket }, response) => {
    underWay.set(socket, (underWay.get(socket) ?? 0) + 1);
    response.once('close', () => {
      const left = (underWay.get(socket) ?? 1) - 1;
      if (underWay.has(socket)) underWay.set(socket, left);
      if (closing && left === 0) socket.end();
    });
  });
  return () =>
    new Promise((resolve) => {
      closing = true;
      server.close(() => resolve());
      for (const [socket, requests] of underWay) {
        if (requests > 0) continue;
        // The lane's answers are no requests (lane-node.ts): one may be on its way.
        if (socket.writableLength > 0) socket.end();
        else socket.destroy();
      }
    });
}
