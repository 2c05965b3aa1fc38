/** `GET /api/v1/statuses`: what this instance has seen of servers, for others who run the atlas. */
import type { Context } from 'hono';
import type { Knowledge } from '../provider/model.ts';
import { statusLines } from '../verify/exchange.ts';
import { ndjson, streamBudget } from './bulk/bulk.ts';
import { ready, sourceOf } from './find.ts';
import { type Document, documentOf, send, sendStream } from './http/respond.ts';
import type { Deps } from './served/served.ts';

export function statusesRoute(deps: Deps) {
  // Ten thousand lines are made once for each knowledge, not once a request.
  let made: { readonly of: Knowledge; readonly document: Document } | undefined;
  const allowed = streamBudget();
  return (c: Context): Response => {
    const { bulk } = sourceOf(deps);
    if (bulk) return sendStream(c, allowed(deps, c, bulk).statuses(), ndjson, 'public-brief');
    const { knowledge } = ready(deps);
    if (made?.of !== knowledge) made = { of: knowledge, document: documentOf(statusLines(knowledge.statuses), ndjson) };
    return send(c, made.document, 'public-brief');
  };
}
