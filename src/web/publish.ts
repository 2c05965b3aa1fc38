/**
 * What a domain's owner publishes: the PACC document, and the lines for the zone. For whoever hosts other people's domains
 * it is the same with the customer's domain in it.
 */
import type { Context } from 'hono';
import { paccDigest } from '../formats/pacc/digest.ts';
import { renderPacc, sayReasons } from '../formats/pacc/render.ts';
import { renderZone } from '../formats/zone.ts';
import { type Domain, domainOrUndefined, parseDomain } from '../name/domain.ts';
import { hasTemplates, mainDomain } from '../provider/hosts.ts';
import type { Answer, Provider } from '../provider/model.ts';
import { byId } from './by-id.ts';
import { PublishQuery } from './contract/contract.ts';
import { find, sourceOf } from './find.ts';
import { HttpProblem } from './http/errors.ts';
import { parseQuery } from './http/parse-query.ts';
import { type Caching, dependsOnAsker, documentOf, send, sendMoved } from './http/respond.ts';
import type { Deps, Served } from './served/served.ts';

/** `GET /.well-known/user-agent-configuration.json`: the domain is that of the Host `ua-auto-config.<domain>`. */
export function paccByHost(deps: Deps) {
  return async (c: Context): Promise<Response> => {
    dependsOnAsker(c);
    const source = sourceOf(deps);
    const domain = domainOrUndefined(/^ua-auto-config\.(.+)$/.exec(new URL(c.req.url).hostname)?.[1] ?? '');
    if (domain === undefined)
      throw new HttpProblem('no-domain-given', 'Ask under the Host ua-auto-config.<domain> of the mail domain.');
    const { answer, served } = await find(deps, c, source, [domain]);
    return sendFormat(c, served, answer, { format: 'pacc', caching: 'private' });
  };
}

/** `GET /api/v1/providers/{id}/pacc.json` and `/zone.txt`, with `?domain=` for a customer's domain. */
export function publishRoute(deps: Deps, format: 'pacc' | 'zone', file: string) {
  return async (c: Context): Promise<Response> => {
    sourceOf(deps);
    const { search } = new URL(c.req.url);
    const query = search === '' ? {} : parseQuery(PublishQuery, c);
    const found = await byId(deps, c);
    if ('renamed' in found) return sendMoved(c, `/api/v1/providers/${found.renamed}/${file}${search}`);
    const { provider, served } = found;
    const domain = domainFor(provider, query.domain, format);
    const web = query.web === undefined ? {} : { web: parseDomain(query.web) };
    const matchedBy = provider.domains.includes(domain) ? 'domain' : 'mx';
    const answer: Answer = { domain, provider, matchedBy, trust: 'curated' };
    return sendFormat(c, served, answer, { format, ...web, caching: search === '' ? 'public' : 'private' });
  };
}

/**
 * The domain that is asked for, else the record's main one. PACC says nothing of it: where hosts are constant, the id of a
 * record without domains of its own will do.
 */
function domainFor(record: Provider, asked: string | undefined, format: 'pacc' | 'zone'): Domain {
  if (asked !== undefined) return parseDomain(asked);
  const { id, name } = record;
  const main = mainDomain(record) ?? (format === 'pacc' && !hasTemplates(record) ? id : undefined);
  if (main !== undefined) return parseDomain(main);
  const detail = `${name} has no mail domain of its own: say whose domain it is, ?domain=example.com.`;
  throw new HttpProblem('no-domain-given', detail);
}

interface Sending {
  readonly format: keyof typeof publishedTypes;
  readonly web?: Domain;
  readonly caching: Caching;
}

/** Media types. */
export const publishedTypes = { pacc: 'application/json', zone: 'text/plain; charset=utf-8' };

/** @throws {HttpProblem} with every reason where the format cannot say the answer */
function sendFormat(c: Context, { knowledge }: Served, answer: Answer, { format, web, caching }: Sending): Response {
  const rendered = format === 'pacc' ? renderPacc(answer, knowledge) : renderZone(answer, knowledge, web);
  if ('why' in rendered) {
    const detail = `This format cannot say these settings: ${sayReasons(rendered.why, 'en')}.`;
    throw new HttpProblem('not-expressible', detail, {
      provider: answer.provider.id,
      why: rendered.why.map(({ en }) => en),
    });
  }
  const response = send(c, documentOf(rendered.text, publishedTypes[format]), caching);
  // RFC 9530: of the bytes as they stand in the TXT record, whatever a proxy does to them on the way.
  if (format === 'pacc') response.headers.set('Repr-Digest', `sha-256=:${paccDigest(rendered.text)}:`);
  return response;
}
