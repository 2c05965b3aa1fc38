/** `GET /api/v1/statuses`: what this instance has seen of servers, for others who run the atlas. */
import type { Context } from 'hono';
import type { Knowledge } from '../provider/model.ts';
import { statusLines } from '../verify/exchange.ts';
import { ready } from './find.ts';
import { type Document, documentOf, send } from './respond.ts';
import type { Deps } from './served.ts';

const ndjson = 'application/x-ndjson; charset=utf-8';

export function statusesRoute(deps: Deps) {
  // Ten thousand lines are made once for each knowledge, not once a request.
  let made: { readonly of: Knowledge; readonly document: Document } | undefined;
  return (c: Context): Response => {
    const { knowledge } = ready(deps);
    if (made?.of !== knowledge) made = { of: knowledge, document: documentOf(statusLines(knowledge.statuses), ndjson) };
    return send(c, made.document, 'public-brief');
  };
}
