/**
 * A process that answers IMAP over TLS with as little work as Node can do it: no line splitting, no states. One port for
 * each certificate that it is sent, and a name server that leads every name to it.
 */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import process from 'node:process';
import { createServer } from 'node:tls';
import type { Leaf } from '../../test/pki.ts';
import { answerTo, greeting } from './imap-answers.ts';
import { answerNames } from './names.ts';

export interface Bare {
  /** In the order of the certificates. */
  readonly ports: readonly number[];
  /** `127.0.0.1:PORT` */
  readonly names: string;
}

process.once('disconnect', () => process.exit());
const [leaves] = (await once(process, 'message')) as [Leaf[]];
const ports: number[] = [];
for (const leaf of leaves) {
  const server = createServer({ ...leaf, noDelay: true }, (socket) => {
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk: Buffer) => {
      const { text, last } = answerTo(chunk.toString('latin1'));
      if (last) socket.end(text);
      else socket.write(text);
    });
    socket.write(greeting);
  });
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1024 });
  await once(server, 'listening');
  ports.push((server.address() as AddressInfo).port);
}
process.send?.({ ports, names: await answerNames(() => '127.0.0.1') } satisfies Bare);
