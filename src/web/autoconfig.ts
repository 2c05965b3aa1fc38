/**
 * Autoconfig XML over HTTP: by path as the ISPDB serves it, and by Host or address as a provider's own server does. Version
 * 1.1 unless `?version=1.2` asks for the draft's own.
 */
import type { Context } from 'hono';
import type { AutoconfigVersion } from '../formats/autoconfig/vocabulary.ts';
import { parseAddress } from '../name/address.ts';
import { type Domain, domainOrUndefined, parseDomain } from '../name/domain.ts';
import { currentOf } from '../provider/current.ts';
import { withHosts } from '../provider/hosts.ts';
import type { Answer } from '../provider/model.ts';
import { VersionQuery } from './contract/contract.ts';
import { find, loginOf, resolverFor, sourceOf } from './find.ts';
import { HttpProblem } from './http/errors.ts';
import { parseQuery } from './http/parse-query.ts';
import { queryParameter } from './http/query.ts';
import { type Caching, dependsOnAsker, send } from './http/respond.ts';
import type { Deps, Served } from './served/served.ts';

/** `GET /v1.1/{domain}`, and `GET /mx/v1.1/{domain}` with the MX step. */
export function autoconfigByPath(deps: Deps, step: 'curated' | 'mx') {
  return async (c: Context): Promise<Response> => {
    const source = sourceOf(deps);
    const wanted = versionOf(c);
    const domain = parseDomain(c.req.param('domain') ?? '');
    const resolver = step === 'mx' ? resolverFor(deps, c) : undefined;
    const { answer, served } = await find(deps, c, source, [domain], resolver);
    return sendXml(c, served, answer, { ...wanted, ...(answer.trust === 'dns' && { caching: wanted.cachingByDns }) });
  };
}

/**
 * `GET /mail/config-v1.1.xml` and `GET /.well-known/autoconfig/mail/config-v1.1.xml`: the domain is that of
 * `emailaddress`, else that of the Host (`autoconfig.<domain>` or `<domain>`). Where both are given and the address's
 * domain is unknown, the Host decides: the provider pointed its name here.
 */
export function autoconfigByAddress(deps: Deps) {
  return async (c: Context): Promise<Response> => {
    dependsOnAsker(c);
    const source = sourceOf(deps);
    const { version } = versionOf(c);
    const typed = queryParameter(c.req.url, 'emailaddress');
    const address = typed === undefined ? undefined : parseAddress(typed);
    const [first, ...rest] = [address?.domain, hostDomain(c)].filter((domain) => domain !== undefined);
    if (first === undefined) {
      throw new HttpProblem('no-domain-given', 'Say whose settings you want: ?emailaddress=someone@example.com.');
    }
    const { answer, served } = await find(deps, c, source, [first, ...rest]);
    const login = address && loginOf(deps, address);
    return sendXml(c, served, answer, { version, caching: 'private', login });
  };
}

/**
 * The mail domain that a Host stands for: without port, without a leading `autoconfig.`. Read off the URL, because an
 * absolute-form target beats the header (RFC 9112 section 3.2.2).
 */
function hostDomain(c: Context): Domain | undefined {
  return domainOrUndefined(new URL(c.req.url).hostname.replace(/^autoconfig\./, ''));
}

/** How the XML is wanted, and who may keep it. */
interface Wanted {
  readonly version: AutoconfigVersion;
  readonly caching: Caching;
  /** Of the address that asks, where it is known. */
  readonly login?: string | undefined;
}

/** The version that the query asks for. Only without a query does the answer depend on the path alone. */
export function versionOf(c: Context): Wanted & { readonly cachingByDns: Caching } {
  if (queryParameter(c.req.url, 'version') === undefined)
    return { version: '1.1', caching: 'public', cachingByDns: 'public-dns' };
  const { version = '1.1' } = parseQuery(VersionQuery, c);
  return { version, caching: 'private', cachingByDns: 'private-dns' };
}

/** @throws {HttpProblem} where the record cannot be said in this format */
export function sendXml(c: Context, served: Served, answer: Answer, { version, caching, login }: Wanted): Response {
  const document = served.autoconfig(answer, version, login);
  if (document) return send(c, document, caching);
  const { name, id, access } = answer.provider;
  const more = `GET /api/v1/providers/${id} says more.`;
  if (access !== 'open')
    throw new HttpProblem('no-access', `${name} offers no IMAP, POP3 or SMTP; ${more}`, { provider: id });
  const { withheld } = currentOf(withHosts(answer), served.knowledge);
  if (withheld.length > 0) {
    const hosts = withheld.map(({ host }) => host).join(', ');
    const detail = `Nothing can be given for ${name} now: ${hosts} may have changed hands; ${more}`;
    throw new HttpProblem('withheld', detail, { provider: id, withheld });
  }
  throw new HttpProblem('not-expressible', `${name} has no server that this format can express; ${more}`, {
    provider: id,
  });
}
