/** Pages and what they load leave compressed where both sides can. Where this server cannot, whoever stands before it may. */
import type { Context } from 'hono';
import { type Document, documentOf } from '../respond.ts';
import type { Deps } from '../served.ts';

/** The document in the encoding that the asker takes, with what the answer must say of it (RFC 9110 section 12.5.3). */
export function packed(
  c: Context,
  { gzip }: Pick<Deps, 'gzip'>,
  { body, type, etag }: Document,
): { document: Document; headers: Readonly<Record<string, string>> } {
  if (!gzip) return { document: { body, type, etag }, headers: {} };
  const takesGzip = /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/i.test(c.req.header('Accept-Encoding') ?? '');
  const Vary = 'Accept-Encoding';
  if (!takesGzip) return { document: { body, type, etag }, headers: { Vary } };
  return { document: documentOf(gzip(body), type), headers: { Vary, 'Content-Encoding': 'gzip' } };
}
