/** A server of DNS over HTTPS for tests (over plain HTTP: it is on loopback), with a zone as in dns-server.ts. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answer, readQuery, type Zone } from './dns-server.ts';

export interface DohServer {
  readonly url: string;
  /** The names that were asked, lower case, in order. */
  readonly questions: string[];
  stop(): Promise<void>;
}

/** What a broken server does with a question in the place of answering it. */
export type Broken = (response: ServerResponse, answer: Buffer) => void;

/** @param broken what goes wrong for some names */
export async function startDoh(zone: Zone, broken: Readonly<Record<string, Broken>> = {}): Promise<DohServer> {
  const questions: string[] = [];
  const server = createServer((request, response) => {
    const message = new URL(request.url ?? '', 'http://localhost').searchParams.get('dns') ?? '';
    const { query, name, said, delay = 0 } = readQuery(Buffer.from(message, 'base64url'), zone);
    questions.push(name);
    if (said === 'silent') return;
    const octets = answer(query, said);
    const breaks = broken[name];
    if (breaks) return breaks(response, octets);
    setTimeout(() => response.setHeader('Content-Type', 'application/dns-message').end(octets), delay);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/dns-query`,
    questions,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
