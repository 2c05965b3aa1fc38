/**
 * The cache in front of the app on Workers: answers that depend on the path alone, kept for a minute where they were given.
 * Nobody can take an answer back from all data centres at once (a delete reaches one of them), so none is kept longer here,
 * whatever its own Cache-Control allows its reader.
 */
import { isKept } from './respond.ts';

/** As much of the Cache API as is needed. */
export interface EdgeCache {
  match(key: Request): Promise<Response | undefined>;
  put(key: Request, response: Response): Promise<void>;
}

/** Seconds. */
const keptFor = 60;
/** Carries the reader's Cache-Control through the cache, which obeys the one that it sees. */
const original = 'X-Mailatlas-Cache-Control';

/** What mail clients and programs ask by path. Pages depend on languages and cookies. */
const machinePath = /^\/(v1\.1|mx\/v1\.1|api\/v1)\//;

/**
 * @param cache asked first, and given what may be kept
 * @param later does work behind the answer
 */
export async function cachedAtEdge(
  request: Request,
  answer: (request: Request) => Promise<Response>,
  { cache, later }: { readonly cache: EdgeCache; readonly later: (work: Promise<unknown>) => void },
): Promise<Response> {
  if (request.method !== 'GET' || !mayBeKept(request.url)) return answer(request);
  // Without the asker's headers, which an answer by path does not depend on.
  const key = new Request(request.url);
  const found = await cache.match(key);
  if (found) return fromCache(request, found);
  const response = await answer(request);
  const caching = response.headers.get('Cache-Control') ?? '';
  const isWhole = response.status === 200 || response.status === 404;
  if (
    isWhole &&
    // What is as long as an atlas would be held twice while it goes out.
    !response.headers.get('Content-Type')?.startsWith('application/x-ndjson') &&
    caching.startsWith('public,') &&
    !response.headers.has('Vary') &&
    !response.headers.has('Set-Cookie')
  ) {
    const headers = new Headers(response.headers);
    headers.set(original, caching);
    headers.set('Cache-Control', `public, max-age=${keptFor}`);
    const { status } = response;
    later(cache.put(key, new Response(response.clone().body, { status, headers })));
  }
  return response;
}

function mayBeKept(url: string): boolean {
  return !url.includes('?') && machinePath.test(new URL(url).pathname);
}

function fromCache(request: Request, found: Response): Response {
  const headers = new Headers(found.headers);
  headers.set('Cache-Control', headers.get(original) ?? '');
  headers.delete(original);
  const etag = headers.get('ETag');
  if (etag !== null && isKept(request.headers.get('If-None-Match'), etag)) {
    for (const name of ['Content-Type', 'Content-Length']) headers.delete(name);
    return new Response(null, { status: 304, headers });
  }
  return new Response(found.body, { status: found.status, headers });
}
