/** The whole atlas at once: signed, as lines, and what changed. */
import type { Context } from 'hono';
import { bundleLines } from '../../atlas/bundle-write.ts';
import { Budget } from '../../net/budget.ts';
import { ChangesQuery } from '../contract/contract.ts';
import { ready, sourceOf } from '../find.ts';
import { HttpProblem } from '../http/errors.ts';
import { parseQuery } from '../http/parse-query.ts';
import { type Document, documentOf, send, sendJson, sendStream } from '../http/respond.ts';
import type { Bulk, Deps, Served } from '../served/served.ts';

export const bundleType = 'application/vnd.mailatlas.bundle';
export const ndjson = 'application/x-ndjson; charset=utf-8';
const changesShown = 1000;

/** `GET /api/v1/bundle`: there where the operator gave a key. */
export function bundleRoute(deps: Deps) {
  let kept: Document | undefined;
  return (c: Context): Response => {
    if (sourceOf(deps).bulk)
      throw new HttpProblem(
        'not-at-once',
        'The atlas of this server is too large to be signed here; GET /api/v1/atlas.ndjson has the same unsigned.',
      );
    const served = ready(deps);
    if (!deps.bundle)
      throw new HttpProblem(
        'no-bundle',
        'This server signs no bundles; GET /api/v1/atlas.ndjson has the same unsigned.',
      );
    const text = deps.bundle(served);
    // Its digest takes a millisecond.
    if (kept?.body !== text) kept = documentOf(text, bundleType);
    return send(c, kept, 'public');
  };
}

/** `GET /api/v1/atlas.ndjson`: the lines of a bundle, without its signature and dates. */
export function linesRoute(deps: Deps) {
  // They take 30 ms to make, for which anybody could ask all day.
  const kept = new WeakMap<Served, readonly string[]>();
  const allowed = streamBudget();
  return (c: Context): Response => {
    const { bulk } = sourceOf(deps);
    if (bulk) return sendStream(c, allowed(deps, c, bulk).lines(), ndjson, 'public');
    const served = ready(deps);
    const { atlas, knowledge, revision } = served;
    const lines = kept.get(served) ?? [...bundleLines(atlas.curated, knowledge, { changes: revision })];
    kept.set(served, lines);
    return sendStream(c, lines, ndjson, 'public');
  };
}

/**
 * Whoever has everything read from the database costs as much as a hundred thousand others: twice in ten minutes may do.
 * @throws {HttpProblem} where somebody's share is spent
 */
export function streamBudget() {
  const budget = new Budget({ perBlock: 2, total: 20, window: 600_000 });
  return (deps: Deps, c: Context, bulk: Bulk): Bulk => {
    if (budget.take(deps.asker(c))) return bulk;
    throw new HttpProblem('too-many-questions', 'All of the atlas was asked for too often just now; try again later.');
  };
}

/** `GET /api/v1/changes?since=` */
export function changesRoute(deps: Deps) {
  return async (c: Context): Promise<Response> => {
    const { revision } = sourceOf(deps);
    const { since } = parseQuery(ChangesQuery, c);
    const found = await deps.changes(Number(since), changesShown + 1);
    const changes = found.slice(0, changesShown);
    const more = found.length > changes.length;
    return sendJson(c, { since: Number(since), revision, more, changes }, 'private-fresh');
  };
}
