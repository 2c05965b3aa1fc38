/** The JSON API: lookups, records, and how they changed. */

import type { Context } from 'hono';
import { answerJson, providerJson, summaryJson } from '../formats/json.ts';
import { parseAddress } from '../name/address.ts';
import { parseDomain } from '../name/domain.ts';
import { literalDomains } from '../provider/hosts.ts';
import { sendXml, versionOf } from './autoconfig.ts';
import { feedPath } from './bulk/feed.ts';
import { byId } from './by-id.ts';
import { ListQuery, LookupQuery } from './contract/contract.ts';
import { list } from './directory.ts';
import { find, loginOf, publishedFor, resolverFor, sourceOf } from './find.ts';
import { HttpProblem } from './http/errors.ts';
import { parseQuery } from './http/parse-query.ts';
import { send, sendJson, sendMoved } from './http/respond.ts';
import type { Deps } from './served/served.ts';

/** Records on a page of the list. */
export const pageSize = 100;
const revisionsShown = 100;

/** `GET /api/v1/lookup?domain=` or `?email=` */
export function lookupRoute(deps: Deps) {
  return async (c: Context): Promise<Response> => {
    const source = sourceOf(deps);
    const { domain, email, mx, published } = parseQuery(LookupQuery, c);
    if ((domain === undefined) === (email === undefined)) {
      throw new HttpProblem('no-domain-given', 'Give either ?domain=example.com or ?email=someone@example.com.');
    }
    const asked = email === undefined ? { domain: parseDomain(domain ?? '') } : parseAddress(email);
    const resolver = mx === '0' ? undefined : resolverFor(deps, c);
    const step = published === '1' ? publishedFor(deps, c) : undefined;
    const { answer, served } = await find(deps, c, source, [asked.domain], resolver, step);
    const local = 'local' in asked ? asked.local : undefined;
    const caching = answer.trust === 'curated' ? 'private' : 'private-dns';
    if (local === undefined) return send(c, served.lookup(answer), caching);
    return sendJson(c, answerJson(answer, served.knowledge, local, loginOf(deps, asked)), caching);
  };
}

/** `GET /api/v1/providers` */
export function listRoute(deps: Deps) {
  return async (c: Context): Promise<Response> => {
    const { shown, ...counts } = await list(deps, parseQuery(ListQuery, c), pageSize);
    const providers = shown.map(({ record, status }) => ({ ...summaryJson(record), status: status ?? null }));
    return sendJson(c, { ...counts, providers }, 'private');
  };
}

/** `GET /api/v1/providers/{id}`; an id of former times is redirected. */
export function providerRoute(deps: Deps) {
  return async (c: Context): Promise<Response> => {
    const found = await byId(deps, c);
    if ('renamed' in found) return sendMoved(c, `/api/v1/providers/${found.renamed}`);
    const { provider, served } = found;
    const feed = deps.url === undefined ? {} : { feed: `${deps.url}${feedPath(provider.id)}` };
    return sendJson(c, { ...providerJson(provider, served.knowledge), ...feed }, 'public');
  };
}

/** `GET /api/v1/providers/{id}/autoconfig.xml` */
export function providerXmlRoute(deps: Deps) {
  return async (c: Context): Promise<Response> => {
    sourceOf(deps);
    const wanted = versionOf(c);
    const found = await byId(deps, c);
    if ('renamed' in found) {
      const { search } = new URL(c.req.url);
      return sendMoved(c, `/api/v1/providers/${found.renamed}/autoconfig.xml${search}`);
    }
    const { provider, served } = found;
    const [domain] = literalDomains(provider);
    if (domain === undefined) {
      const detail = `${provider.name} has no mail domain of its own; ask /mx/v1.1/{domain} for a domain hosted there.`;
      throw new HttpProblem('no-own-domain', detail, { provider: provider.id });
    }
    return sendXml(c, served, { domain: parseDomain(domain), provider, matchedBy: 'domain', trust: 'curated' }, wanted);
  };
}

/** `GET /api/v1/providers/{id}/revisions` */
export function revisionsRoute(deps: Deps) {
  return async (c: Context): Promise<Response> => {
    const found = await byId(deps, c);
    if ('renamed' in found) return sendMoved(c, `/api/v1/providers/${found.renamed}/revisions`);
    const changes = await deps.revisions(found.provider.id, revisionsShown);
    const revisions = changes.map(({ n, at, oldDigest, newDigest, cause }) => ({ n, at, oldDigest, newDigest, cause }));
    return sendJson(c, { revisions }, 'public');
  };
}
