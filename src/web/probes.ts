/** `GET /api/v1/providers/{id}/probes`: what was seen of a record's servers, check by check. */
import type { Context } from 'hono';
import { isTemplate } from '../provider/hosts.ts';
import { endpointKey, type Server, unverified } from '../provider/model.ts';
import { judgeAuth } from '../verify/auth.ts';
import { parseEndpoint } from '../verify/endpoint.ts';
import type { Evidence } from '../verify/evidence.ts';
import { byId } from './by-id.ts';
import { ProbesQuery } from './contract/probes.ts';
import { sourceOf } from './find.ts';
import { parseQuery } from './http/parse-query.ts';
import { sendJson, sendMoved } from './http/respond.ts';
import type { Deps } from './served/served.ts';

const checksShown = 50;

export function probesRoute(deps: Deps) {
  return async (c: Context): Promise<Response> => {
    sourceOf(deps);
    const { limit, before, evidence: wanted } = parseQuery(ProbesQuery, c);
    const found = await byId(deps, c);
    if ('renamed' in found) return sendMoved(c, `/api/v1/providers/${found.renamed}/probes`);
    const { provider, served } = found;
    const { incoming, outgoing } = provider;
    // A host that differs from customer to customer is never probed.
    const servers = [...incoming, ...outgoing].filter(({ host }) => !isTemplate(host));
    const keys = [...new Set(servers.map(endpointKey))];
    const count = Number(limit ?? checksShown);
    const [due, evidences, checks] = await Promise.all([
      deps.history.due(keys),
      deps.history.evidence(keys),
      deps.history.checks(keys, { limit: count, ...(before !== undefined && { before: Number(before) }) }),
    ]);
    const endpoints = servers.map((server: Server) => {
      const key = endpointKey(server);
      const { status, reason, since, checkedAt, vantage } = served.knowledge.statuses.get(key) ?? unverified;
      const evidence = evidences.get(key) as Evidence | undefined;
      return {
        endpoint: key,
        status,
        reason: reason ?? 'new',
        since: since ?? null,
        checkedAt: checkedAt ?? null,
        ...(vantage !== undefined && { vantage }),
        due: due.get(key) ?? null,
        auth: judgeAuth(server.auth, parseEndpoint(key), evidence),
        ...(wanted === '1' && { evidence: evidence ?? null }),
      };
    });
    const next = checks.length === count ? (checks.at(-1)?.n ?? null) : null;
    return sendJson(c, { provider: provider.id, endpoints, checks, next }, 'brief');
  };
}
