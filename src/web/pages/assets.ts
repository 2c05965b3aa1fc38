/** What pages load beside themselves. The digest of each is part of its path: it never changes, and is kept for good. */
import type { Context } from 'hono';
import { HttpProblem } from '../http/errors.ts';
import { type Document, documentOf, send } from '../http/respond.ts';
import type { Deps } from '../served/served.ts';
import { packed } from './packed.ts';

const assets = new Map<string, Document>();

/** Offers a text under a path of its own, which is returned. */
export function asset(name: string, type: string, text: string): string {
  const document = documentOf(text, type);
  const file = name.replace('.', `.${document.etag.slice(1, 11)}.`);
  assets.set(file, document);
  return `/assets/${file}`;
}

/** `GET /assets/{file}` */
export function assetRoute(deps: Pick<Deps, 'gzip'>) {
  return (c: Context): Response => {
    const found = assets.get(c.req.param('file') ?? '');
    if (!found)
      throw new HttpProblem('unknown-route', 'There is nothing here; the page that led here is an older one.');
    const { document, headers } = packed(c, deps, found);
    return send(c, document, 'for-good', headers);
  };
}
