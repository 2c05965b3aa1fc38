/** HTTP as text: what servers say, in whatever pieces it arrives, and what no server should. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { deflateSync, gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { HttpFault, maxReply } from '../../../src/net/http/http.ts';
import { readReply, writeRequest } from '../../../src/net/http/http-message.ts';

type Piece = string | Uint8Array;

async function* arriving(pieces: readonly Piece[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield await Promise.resolve(Buffer.from(piece as string, 'latin1'));
}

async function read(...pieces: Piece[]): Promise<string> {
  const { status, body } = await readReply(arriving(pieces));
  return `${status} ${Buffer.from(body).toString()}`;
}

/** The fault's kind and detail. */
async function fault(...pieces: Piece[]): Promise<string> {
  try {
    return `read: ${await read(...pieces)}`;
  } catch (error) {
    assert.ok(error instanceof HttpFault, String(error));
    return error.message;
  }
}

const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n';

test('A request names its host, ends its connection, and has its body behind it', () => {
  const url = new URL('https://a.example/x?y=z#f');
  const octets = writeRequest({ method: 'POST', url, headers: { 'Content-Length': '2' }, body: 'ü' });
  assert.equal(
    Buffer.from(octets).toString(),
    'POST /x?y=z HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\nContent-Length: 2\r\n\r\nü',
  );
});

describe('A reply', () => {
  test('ends where its length says, its chunks, or the connection', async () => {
    assert.equal(await read('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello and more'), '200 hello');
    assert.equal(
      await read(chunked, '5;x=y\r\nhello\r\nA\r\n, everyone\r\n0\r\nTrailer: x\r\n\r\n'),
      '200 hello, everyone',
    );
    assert.equal(await read('HTTP/1.0 404 Not here\r\n\r\nnot ', 'here'), '404 not here');
    assert.equal(await read('HTTP/1.1 204\r\n\r\n'), '204 ');
  });

  test('is the same in whatever pieces it arrives', async () => {
    const text = `${chunked}5\r\nhello\r\n0\r\n\r\n`;
    const cuts = fc.uniqueArray(fc.integer({ min: 1, max: text.length - 1 }));
    await fc.assert(
      fc.asyncProperty(cuts, async (places) => {
        const at = [0, ...places.toSorted((a, b) => a - b), text.length];
        assert.equal(await read(...at.slice(1).map((end, i) => text.slice(at[i], end))), '200 hello');
      }),
    );
  });

  test('has the first line of each name, in lower case, and interim replies before it do not count', async () => {
    const { status, headers } = await readReply(
      arriving([
        'HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 302\r\nLOCATION:\thttps://a.example/ \r\nlocation: b\r\n\r\n',
      ]),
    );
    assert.deepEqual([status, headers], [302, { location: 'https://a.example/' }]);
  });

  test('is unpacked, although nothing packed was asked for', async () => {
    for (const [name, packed] of [
      ['gzip', gzipSync('hello')],
      ['X-GZIP', gzipSync('hello')],
      ['deflate', deflateSync('hello')],
    ] as const)
      assert.equal(await read(`HTTP/1.1 200 OK\r\nContent-Encoding: ${name}\r\n\r\n`, packed), '200 hello');
  });
});

describe('What is no reply', () => {
  test('ends too early', async () => {
    for (const text of [
      '',
      'HTTP/1.1 200 OK\r\n',
      'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell',
      `${chunked}5\r\nhel`,
    ])
      assert.equal(await fault(text), 'closed', text);
  });

  test('is something else', async () => {
    assert.equal(await fault('220 mail.example ESMTP\r\n\r\n'), 'malformed: no status line');
    assert.equal(await fault('HTTP/1.1 101 Switching\r\n\r\n'), 'malformed: no status line');
    assert.equal(await fault('HTTP/1.1 200 OK\r\nno colon\r\n\r\n'), 'malformed: a header line');
    assert.equal(await fault('HTTP/1.1 200 OK\r\nA: b\r\n folded\r\n\r\n'), 'malformed: a header line');
    assert.equal(await fault('HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n'), 'malformed: Content-Length');
    assert.equal(await fault('HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n'), 'malformed: transfer coding gzip');
    assert.equal(await fault(chunked, 'x\r\n'), 'malformed: a chunk');
    assert.equal(await fault(chunked, '1\r\nab\r\n'), 'malformed: a chunk');
    assert.equal(await fault('HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\nx'), 'malformed: content coding br');
    assert.equal(await fault('HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nx'), 'malformed: content coding gzip');
  });

  test('is larger than anybody needs, in every way', async () => {
    const much = 'x'.repeat(maxReply + 1);
    const packed = gzipSync(Buffer.alloc(5_000_000));
    assert.equal(await fault(`HTTP/1.1 200 OK\r\n\r\n`, much), 'too-large');
    assert.equal(await fault(`HTTP/1.1 200 OK\r\nContent-Length: ${much.length}\r\n\r\n`), 'too-large');
    assert.equal(await fault(chunked, 'fffffff\r\n'), 'too-large');
    assert.equal(await fault(`HTTP/1.1 200 OK\r\nX: ${much}`), 'too-large');
    assert.equal(await fault('HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n', packed), 'too-large');
    assert.equal(await fault('HTTP/1.1 200 OK\r\n', 'X: y\r\n'.repeat(5000)), 'too-large');
    assert.equal(await fault('HTTP/1.1 100 On\r\n\r\n'.repeat(5000)), 'too-large');
  });

  test('never keeps the reader or breaks it', async () => {
    const words = fc.constantFrom(
      'HTTP/1.1 200 OK\r\n',
      '\r\n',
      'Content-Length: 3\r\n',
      'Transfer-Encoding: chunked\r\n',
      '3\r\n',
      'abc',
      '0\r\n',
      ':',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(words, fc.string())), async (pieces) => {
        await fault(...pieces);
      }),
      { numRuns: 500 },
    );
  });
});
