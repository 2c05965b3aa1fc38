/** HTTP written by hand, octet by octet, to see what a server makes of what no client would send. */
import { connect } from 'node:net';

/** Longer than any answer takes, also on a slow machine, in milliseconds; a test that waits so long has found a hang. */
export const patience = 60_000;

export interface Answer {
  /** Of each response on the connection. */
  readonly statuses: readonly number[];
  readonly text: string;
}

/** Writes bytes to a server as they are and reads until it closes the connection. */
export function talkTo(url: string, bytes: string | Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    const late = setTimeout(() => {
      socket.destroy();
      reject(new Error(`no end of an answer to ${JSON.stringify(String(bytes).slice(0, 200))}, after “${text}”`));
    }, patience);
    let text = '';
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => (text += chunk));
    // A server that refuses a request may close before it has read all of it.
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(late);
      resolve({ statuses: [...text.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map(([, status]) => Number(status)), text });
    });
    socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  });
}

/** A request as text; the caller says how the first line goes on, and which headers there are. */
export function raw(
  target: string,
  { method = 'GET', headers = ['Host: post.example'], version = 'HTTP/1.1' } = {},
): string {
  return [`${method} ${target} ${version}`, ...headers, 'Connection: close', '', ''].join('\r\n');
}
