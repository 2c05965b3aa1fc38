/** `GET /api/v1/providers/{id}/comparisons`: what a record's domains publish themselves, held against the record. */
import type { Context } from 'hono';
import { recordDigest } from '../atlas/digest.ts';
import type { State } from '../discover/compare.ts';
import { stateSentences, verdictSentences } from '../discover/compare-sentences.ts';
import { literalDomains } from '../provider/hosts.ts';
import type { PastComparison } from '../store/seen/comparisons.ts';
import { byId } from './by-id.ts';
import { PageQuery } from './contract/contract.ts';
import { sourceOf } from './find.ts';
import { parseQuery } from './http/parse-query.ts';
import { sendJson, sendMoved } from './http/respond.ts';
import type { Deps } from './served/served.ts';

const shown = 50;

export function comparisonsRoute(deps: Deps) {
  return async (c: Context): Promise<Response> => {
    sourceOf(deps);
    const { limit, before } = parseQuery(PageQuery, c);
    const found = await byId(deps, c);
    if ('renamed' in found) return sendMoved(c, `/api/v1/providers/${found.renamed}/comparisons`);
    const { provider } = found;
    const count = Number(limit ?? shown);
    const names = literalDomains(provider);
    const [newest, due, page] = await Promise.all([
      deps.history.compared(provider.id),
      deps.history.asked(names),
      deps.history.comparisons(provider.id, {
        limit: count,
        ...(before !== undefined && { before: Number(before) }),
      }),
    ]);
    const digest = recordDigest(provider);
    const known = new Map<string, PastComparison>(newest.map((one) => [one.domain, one]));
    const domains = names.map((domain) => {
      const one = known.get(domain);
      return { domain, due: due.get(domain) ?? null, newest: one ? comparisonJson(one, digest) : null };
    });
    const comparisons = page.map((one) => comparisonJson(one, digest));
    const next = page.length === count ? (page.at(-1)?.n ?? null) : null;
    return sendJson(c, { provider: provider.id, domains, comparisons, next }, 'brief');
  };
}

/** @param digest of the record as it is served */
function comparisonJson(
  { digest: held, record: _record, proposal: _proposal, differences, ...one }: PastComparison,
  digest: string,
) {
  return {
    ...one,
    current: held === digest,
    says: verdictSentences[one.verdict],
    differences: differences.map((row) => ({
      ...row,
      // A state of another version has no sentence here.
      says: Object.hasOwn(stateSentences, row.state)
        ? stateSentences[row.state as State]
        : { en: row.state, de: row.state },
    })),
  };
}
