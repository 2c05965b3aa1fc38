/** Bodies of requests: bounded, and UTF-8. */
import type { Context } from 'hono';
import type * as z from 'zod';
import { HttpProblem } from './errors.ts';

/** Sixty times what a mail client sends. */
const mostOctets = 64 * 1024;

/**
 * The body as text, without a byte order mark; undefined where it is no UTF-8.
 * @param most octets; not more of it are ever held
 * @throws {HttpProblem} where it is larger
 */
export async function bodyText(c: Context, most: number = mostOctets): Promise<string | undefined> {
  if (Number(c.req.header('Content-Length') ?? 0) > most) throw tooLarge(c, most);
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let octets = 0;
  try {
    for await (const chunk of c.req.raw.body ?? []) {
      octets += chunk.byteLength;
      if (octets > most) throw tooLarge(c, most);
      chunks.push(chunk);
    }
  } catch (error) {
    // Whoever goes away in the middle of it is no defect of ours; nobody reads the answer.
    throw error instanceof HttpProblem ? error : new HttpProblem('malformed-request', 'The body broke off.');
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await new Blob(chunks).arrayBuffer());
  } catch {
    return undefined;
  }
}

/** The media type that the body is said to have, in lower case; empty where nothing is said. */
export function mediaTypeOf(c: Context): string {
  return (c.req.header('Content-Type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

/** What a schema has against a value, field by field; nothing of the value itself. */
export function sayIssues({ issues }: z.ZodError, most = issues.length): string {
  return issues
    .slice(0, most)
    .map(({ path, message }) => `“${path.join('.')}”: ${message}`)
    .join('; ');
}

/**
 * The body as JSON of this shape.
 * @throws {HttpProblem} that names everything that is wrong
 */
export async function bodyJson<T extends z.ZodType>(schema: T, c: Context, most?: number): Promise<z.infer<T>> {
  const text = await bodyText(c, most);
  let value: unknown;
  try {
    value = JSON.parse(text ?? '');
  } catch {
    throw new HttpProblem('malformed-request', 'The body is no JSON in UTF-8.');
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new HttpProblem('malformed-request', `The body is wrong: ${sayIssues(result.error, 5)}.`);
}

function tooLarge(c: Context, most: number): HttpProblem {
  // The rest is not read: what follows on this connection is no request.
  c.header('Connection', 'close');
  return new HttpProblem('too-large', `The body is larger than ${most / 1024} KiB.`);
}
