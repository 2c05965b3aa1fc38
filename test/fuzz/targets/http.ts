/** Replies of web servers that strangers run, where we read HTTP ourselves (Workers). */
import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { HttpFault, maxReply } from '../../../src/net/http/http.ts';
import { readReply } from '../../../src/net/http/http-message.ts';
import type { Target } from '../target.ts';

const reply = (head: readonly string[], body = '') => `${['HTTP/1.1 200 OK', ...head].join('\r\n')}\r\n\r\n${body}`;

export const http: Target = {
  name: 'http',
  holds:
    'a reply is read the same in one piece and in many, within its bounds, or refused by a fault of the closed list',
  form: 'octets',
  most: maxReply + 2048,
  seeds: () => [
    reply(['Content-Type: text/xml', 'Content-Length: 4'], '<a/>'),
    reply(['Transfer-Encoding: chunked'], '4;a=b\r\n<a/>\r\n10\r\n0123456789abcdef\r\n0\r\n\r\n'),
    reply(['Content-Encoding: gzip'], gzipSync('hello '.repeat(50)).toString('latin1')),
    `HTTP/1.1 100 Continue\r\n\r\n${reply(['Location: https://a.example/'], 'x')}`,
    'HTTP/1.0 301 Moved\nLocation: /\n\n',
  ],
  words: [
    '\r\n',
    'HTTP/1.1 ',
    'Content-Length: ',
    'Transfer-Encoding: chunked',
    'Content-Encoding: ',
    'constructor',
    'ffffffff',
    '0\r\n',
    ': ',
  ],
  async run(input) {
    const octets = Buffer.from(input, 'latin1');
    const whole = await readOrFault([octets]);
    const pieces: Buffer[] = [];
    // Small at the beginning, where the head is.
    for (let at = 0, size = 1; at < octets.length; at += size, size += 1 + (at >> 6))
      pieces.push(octets.subarray(at, at + size));
    assert.deepEqual(await readOrFault(pieces), whole, 'in pieces it is the same');
    return whole;
  },
};

async function readOrFault(pieces: readonly Uint8Array[]): Promise<unknown> {
  try {
    const { status, headers, body } = await readReply(comingIn(pieces));
    assert.ok(status >= 200 && status < 600 && body.length <= maxReply);
    for (const [name, value] of Object.entries(headers)) assert.doesNotMatch(`${name}${value}`, /[\r\n]/);
    return { status, headers, octets: body.length };
  } catch (error) {
    assert.ok(error instanceof HttpFault, String(error instanceof Error ? error.stack : error));
    return error.kind;
  }
}

async function* comingIn(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield await Promise.resolve(piece);
}
