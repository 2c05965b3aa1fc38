import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip, gzipSync } from 'node:zlib';
import type { Document } from './respond.ts';

/** For pages: 30 kB take half a millisecond. */
export function gzip(body: Document['body']): Uint8Array<ArrayBuffer> {
  return gzipSync(body);
}

/** For pages that come part by part: each part can be read as soon as it is there. */
export function gzipParts(parts: AsyncIterable<string>): ReadableStream<Uint8Array> {
  const packer = createGzip({ flush: constants.Z_SYNC_FLUSH });
  // Who reads hears of what fails; there is nobody else to be told.
  pipeline(Readable.from(parts), packer).catch(() => undefined);
  return Readable.toWeb(packer) as ReadableStream<Uint8Array>;
}
