/**
 * How answers leave: the headers that every answer carries, caching, and 304.
 *
 * Who may keep an answer: everybody where it depends on the path alone; the asker alone where it depends on the Host or the
 * query; nobody where the request carried an address.
 */
import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import { cacheSeconds, HttpProblem, mayPass, problemOf } from './errors.ts';
import { carriesAddress } from './query.ts';

export type Caching =
  | 'public'
  | 'public-dns'
  | 'private'
  | 'private-dns'
  | 'private-fresh'
  | 'public-brief'
  | 'brief'
  | 'for-good'
  | 'no-store';

const cacheControl: Record<Caching, string> = {
  public: 'public, max-age=3600',
  private: 'private, max-age=3600',
  // The answer rests on DNS, which is remembered for ten minutes.
  'public-dns': 'public, max-age=600',
  'private-dns': 'private, max-age=600',
  // Whoever asks what is new wants to know now.
  'private-fresh': 'private, no-cache',
  // What changes by the minute.
  'public-brief': 'public, max-age=60',
  brief: 'private, max-age=60',
  // Another content has another path.
  'for-good': 'public, max-age=31536000, immutable',
  'no-store': 'no-store',
};

/** An answer's bytes with what follows from them. */
export interface Document {
  readonly body: string | Uint8Array<ArrayBuffer>;
  readonly type: string;
  /** Strong: a digest of the bytes. */
  readonly etag: string;
}

export function documentOf(body: Document['body'], type: string): Document {
  return { body, type, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"` };
}

export const json = 'application/json; charset=utf-8';
export const xml = 'text/xml; charset=utf-8';
export const page = 'text/html; charset=utf-8';

/** Public data: any page in any browser may read it. */
const always = { 'Access-Control-Allow-Origin': '*', 'X-Content-Type-Options': 'nosniff' } as const;
const nosniff = { 'X-Content-Type-Options': 'nosniff' } as const;

/** What every answer to this request carries. */
function standing(c: Context): Readonly<Record<string, string>> {
  return c.get('needsSecret') === true ? nosniff : always;
}

const problemType = { 'Content-Type': 'application/problem+json; charset=utf-8' } as const;

/**
 * Sends a document, or 304 where the asker has it. A request that carries an address makes every answer `no-store`.
 * @param more headers that only this kind of document has
 */
export function send(
  c: Context,
  document: Document,
  caching: Caching,
  more: Readonly<Record<string, string>> = {},
): Response {
  const kept = neverKept(c) ? 'no-store' : caching;
  const headers = { ...standing(c), ...more, 'Cache-Control': cacheControl[kept] };
  if (kept === 'no-store') return c.body(document.body, 200, { ...headers, 'Content-Type': document.type });
  if (isKept(c.req.header('If-None-Match'), document.etag)) {
    return c.body(null, 304, { ...headers, ETag: document.etag });
  }
  return c.body(document.body, 200, { ...headers, ETag: document.etag, 'Content-Type': document.type });
}

/** The headers of a document, as {@link send} sends it, and of the 304 for who has it already. */
export function headersOf(
  { type, etag }: Document,
  caching: Exclude<Caching, 'no-store'>,
): Record<'whole' | 'kept', Readonly<Record<string, string>>> {
  const kept = { ...always, 'Cache-Control': cacheControl[caching], ETag: etag };
  return { kept, whole: { ...kept, 'Content-Type': type } };
}

export function sendJson(c: Context, value: unknown, caching: Caching): Response {
  return send(c, documentOf(JSON.stringify(value), json), caching);
}

/** Sends text as it is made. There is no ETag, because nobody knows the bytes beforehand. */
export function sendStream(
  c: Context,
  parts: Iterable<string> | AsyncIterable<string>,
  type: string,
  caching: Caching,
): Response {
  const encoder = new TextEncoder();
  const iterator = Symbol.asyncIterator in parts ? parts[Symbol.asyncIterator]() : parts[Symbol.iterator]();
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await iterator.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await iterator.return?.();
    },
  });
  const headers = { ...always, 'Cache-Control': cacheControl[caching], 'Content-Type': type };
  return c.body(stream, 200, headers);
}

/** Sends what comes part by part. Nobody may keep it. */
export function sendParts(
  c: Context,
  parts: ReadableStream<Uint8Array>,
  type: string,
  more: Readonly<Record<string, string>>,
): Response {
  return c.body(parts, 200, {
    ...standing(c),
    ...more,
    'Cache-Control': cacheControl['no-store'],
    'Content-Type': type,
  });
}

/** A 400 in the form of somebody else's protocol. */
export function sendForeignError(c: Context, value: unknown): Response {
  const headers = { ...always, 'Cache-Control': 'no-store', 'Content-Type': json };
  return c.body(JSON.stringify(value), 400, headers);
}

/** What was asked for is to be read elsewhere; nobody may keep that, because what was typed may be an address. */
export function sendAside(c: Context, location: string): Response {
  return c.body(null, 303, { ...standing(c), 'Cache-Control': cacheControl['no-store'], Location: location });
}

/** The same thing has another address for good. */
export function sendMoved(c: Context, location: string): Response {
  return c.body(null, 308, { ...always, 'Cache-Control': cacheControl.public, Location: location });
}

/** Whether the asker has it already. RFC 9110 section 13.1.2: weak comparison, a list, or `*`. */
export function isKept(header: string | null | undefined, etag: string): boolean {
  if (!header) return false;
  return header
    .split(',')
    .some((candidate) => candidate.trim().replace(/^W\//, '') === etag || candidate.trim() === '*');
}

/** To be called before anything that can fail where the answer depends on the Host or the query, refusals included. */
export function dependsOnAsker(c: Context): void {
  c.set('dependsOnAsker', true);
}

/** To be called first where the body of a request may carry an address: nobody may keep the answer. */
export function mayCarryAddress(c: Context): void {
  c.set('mayCarryAddress', true);
}

/** To be called first where only a secret opens the door: nobody keeps the answer, and no other page may read it. */
export function needsSecret(c: Context): void {
  c.set('needsSecret', true);
}

function neverKept(c: Context): boolean {
  return c.get('mayCarryAddress') === true || c.get('needsSecret') === true || carriesAddress(c.req.url);
}

/** The one place where an error becomes a response. */
export function sendProblem(c: Context, problem: HttpProblem): Response {
  const body = problemOf(problem);
  const seconds = neverKept(c) ? 0 : cacheSeconds(problem.code);
  const kept = `${c.get('dependsOnAsker') ? 'private' : 'public'}, max-age=${seconds}`;
  return c.body(JSON.stringify(body), body.status as 400, {
    ...standing(c),
    ...problemType,
    'Cache-Control': seconds === 0 ? 'no-store' : kept,
    ...(mayPass(body.status) && { 'Retry-After': '60' }),
    // RFC 6750 section 3.
    ...(body.status === 401 && { 'WWW-Authenticate': 'Bearer realm="mailatlas"' }),
  });
}

/** A 400 for a request that never reaches a route. */
export function refusal(detail: string): Response {
  const body = JSON.stringify(problemOf(new HttpProblem('malformed-request', detail)));
  return new Response(body, { status: 400, headers: { ...always, ...problemType, 'Cache-Control': 'no-store' } });
}

/** A 503 where there is no app yet that could answer. */
export function notReady(detail: string): Response {
  const body = JSON.stringify(problemOf(new HttpProblem('not-ready', detail)));
  const headers = { ...always, ...problemType, 'Cache-Control': 'no-store', 'Retry-After': '60' };
  return new Response(body, { status: 503, headers });
}

/** For a path that exists with another method, and for CORS preflights (RFC 9110 sections 9.3.7 and 15.5.6). */
export function otherMethod(allowed: string) {
  return (c: Context): Response => {
    if (c.req.method === 'OPTIONS') {
      const preflight = {
        'Access-Control-Allow-Methods': allowed,
        'Access-Control-Max-Age': '86400',
        ...(allowed.includes('POST') && { 'Access-Control-Allow-Headers': 'Content-Type' }),
      };
      // Where a secret is needed, no other page may ask.
      return c.body(null, 204, {
        ...(c.get('needsSecret') === true ? nosniff : { ...always, ...preflight }),
        Allow: allowed,
      });
    }
    const response = sendProblem(c, new HttpProblem('method-not-allowed', `Here one may ask with ${allowed}.`));
    response.headers.set('Allow', allowed);
    return response;
  };
}
