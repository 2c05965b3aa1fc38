/** Bodies of requests: bounded, and UTF-8. */
import type { Context } from 'hono';
import { HttpProblem } from './errors.ts';

/** Sixty times what a mail client sends. */
const mostOctets = 64 * 1024;

/**
 * The body as text, without a byte order mark; undefined where it is no UTF-8. Not more than 64 KiB of it are ever held.
 * @throws {HttpProblem} where it is larger
 */
export async function bodyText(c: Context): Promise<string | undefined> {
  if (Number(c.req.header('Content-Length') ?? 0) > mostOctets) throw tooLarge(c);
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let octets = 0;
  for await (const chunk of c.req.raw.body ?? []) {
    octets += chunk.byteLength;
    if (octets > mostOctets) throw tooLarge(c);
    chunks.push(chunk);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await new Blob(chunks).arrayBuffer());
  } catch {
    return undefined;
  }
}

function tooLarge(c: Context): HttpProblem {
  // The rest is not read: what follows on this connection is no request.
  c.header('Connection', 'close');
  return new HttpProblem('too-large', 'The body is larger than 64 KiB.');
}
