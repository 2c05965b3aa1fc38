/** Pages and what they load leave compressed where both sides can. Where this server cannot, whoever stands before it may. */
import type { Context } from 'hono';
import { type Document, documentOf } from '../http/respond.ts';
import type { Deps } from '../served/served.ts';

/** The document in the encoding that the asker takes, with what the answer must say of it (RFC 9110 section 12.5.3). */
export function packed(
  c: Context,
  { gzip }: Pick<Deps, 'gzip'>,
  { body, type, etag }: Document,
): { document: Document; headers: Readonly<Record<string, string>> } {
  if (!gzip) return { document: { body, type, etag }, headers: {} };
  if (!takesGzip(c)) return { document: { body, type, etag }, headers: { Vary } };
  return { document: documentOf(gzip(body), type), headers: { Vary, 'Content-Encoding': 'gzip' } };
}

/** The same for text that comes part by part. */
export function packedParts(
  c: Context,
  { gzipParts }: Pick<Deps, 'gzipParts'>,
  parts: AsyncGenerator<string>,
): { body: ReadableStream<Uint8Array>; headers: Readonly<Record<string, string>> } {
  if (!gzipParts) return { body: streamOf(parts), headers: {} };
  if (!takesGzip(c)) return { body: streamOf(parts), headers: { Vary } };
  return { body: gzipParts(parts), headers: { Vary, 'Content-Encoding': 'gzip' } };
}

const Vary = 'Accept-Encoding';

function takesGzip(c: Context): boolean {
  return /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/i.test(c.req.header('Accept-Encoding') ?? '');
}

function streamOf(parts: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await parts.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await parts.return(undefined);
    },
  });
}
