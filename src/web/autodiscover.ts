/**
 * Microsoft's Autodiscover over HTTP. A mail client comes here because the owner of a domain points
 * `autodiscover.<domain>` or the SRV record `_autodiscover._tcp.<domain>` to this server.
 *
 * Only the curated rungs of the ladder are asked, never the MX: the format cannot say that an answer rests on DNS, and
 * clients sign in with what they get without showing it to anybody.
 *
 * What comes back for bad input (test/web/autodiscover.test.ts has each): with HTTP 200 and an `Error` body, 600 for what is
 * no request (no XML, a document type, not UTF-8, no address and no autodiscover.<domain> as Host, an address that is none),
 * 601 for another kind of configuration, 500 for a domain that nobody knows (or that is not served here), 501 where there is
 * nothing to give, 602 for what is withheld. With its own status: a body of more than 64 KiB 413, another method 405, no atlas
 * yet 503. Authorization headers, which may hold passwords, are never looked at.
 */
import type { Context } from 'hono';
import { renderAutodiscover, renderError } from '../formats/autodiscover/render.ts';
import { type AutodiscoverRequest, parseRequest } from '../formats/autodiscover/request.ts';
import { pointToXml, refuseProtocol } from '../formats/autodiscover/v2.ts';
import type { ErrorCode as AutodiscoverCode } from '../formats/autodiscover/vocabulary.ts';
import { XmlError } from '../formats/xml.ts';
import { type Address, parseAddress } from '../name/address.ts';
import { NameError, parseDomain } from '../name/domain.ts';
import { currentOf } from '../provider/current.ts';
import { withHosts } from '../provider/hosts.ts';
import type { Answer } from '../provider/model.ts';
import { find, loginOf, ownUrl, sourceOf } from './find.ts';
import { bodyText } from './http/body.ts';
import { type ErrorCode, HttpProblem } from './http/errors.ts';
import { queryParameter } from './http/query.ts';
import { documentOf, mayCarryAddress, send, sendForeignError, sendJson, xml } from './http/respond.ts';
import type { Deps, Served } from './served/served.ts';

/** An `Error` body instead of settings, with the sentence for its `DebugData`. */
class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: AutodiscoverCode;
  constructor(code: AutodiscoverCode, why: string) {
    super(why);
    this.code = code;
  }
}

/** `POST` and `GET /autodiscover/autodiscover.xml`: the domain is that of the address, else that of the Host. */
export function autodiscoverRoute(deps: Deps) {
  return async (c: Context): Promise<Response> => {
    mayCarryAddress(c);
    const source = sourceOf(deps);
    let accepts: AutodiscoverRequest['accepts'] = 'outlook';
    const body = c.req.method === 'POST' ? await bodyText(c) : '';
    try {
      const request = body === '' ? undefined : readRequest(body);
      accepts = request?.accepts ?? accepts;
      const { local, domain } = request?.address === undefined ? addressOfHost(c) : readAddress(request.address);
      if (accepts !== 'outlook') throw new Refusal(601, 'Here are settings of IMAP, POP3 and SMTP only.');
      const { answer, served } = await find(deps, c, source, [domain]);
      const text = renderAutodiscover(answer, served.knowledge, local, loginOf(deps, { local, domain }));
      if (text === undefined) throw nothingToGive(answer, served);
      return send(c, documentOf(text, xml), 'no-store');
    } catch (error) {
      const refusal = refusalFor(error);
      if (!refusal) throw error;
      return send(c, documentOf(renderError(refusal.code, refusal.message, accepts, new Date()), xml), 'no-store');
    }
  };
}

/** @param body undefined: bytes that are not UTF-8, which requests must be in */
function readRequest(body: string | undefined): AutodiscoverRequest {
  if (body === undefined) throw new Refusal(600, 'The request is not in UTF-8.');
  try {
    return parseRequest(body);
  } catch (error) {
    // Not the parser's own words: they quote what was sent, which may be an address.
    if (error instanceof XmlError) throw new Refusal(600, 'The request is not an Autodiscover request in XML.');
    throw error;
  }
}

function readAddress(text: string): Address {
  if (!text.includes('@')) throw new Refusal(600, 'The e-mail address has no “@”.');
  try {
    return parseAddress(text);
  } catch (error) {
    if (error instanceof NameError) throw new Refusal(600, 'The e-mail address is none.');
    throw error;
  }
}

/** `autodiscover.<domain>`: whoever owns the domain has pointed that name here. Any other Host says nothing. */
function addressOfHost(c: Context): Address {
  const [, domain] = /^autodiscover\.([^.]+\..+)$/.exec(new URL(c.req.url).hostname) ?? [];
  if (domain === undefined) throw new Refusal(600, 'The request has no EMailAddress.');
  return { domain: parseDomain(domain) };
}

function nothingToGive({ provider, ...rest }: Answer, { knowledge }: Served): Refusal {
  const { withheld } = currentOf(withHosts({ provider, ...rest }), knowledge);
  if (withheld.length > 0) return new Refusal(602, `The settings of ${provider.name} are withheld for now.`);
  const why =
    provider.access === 'open'
      ? `${provider.name} has no servers that Autodiscover can express.`
      : `${provider.name} offers no IMAP, POP3 or SMTP.`;
  return new Refusal(501, why);
}

/** Problems that say “nobody knows this domain”; all others keep their own status. */
const unknown: ReadonlySet<ErrorCode> = new Set(['unknown-domain', 'left-out', 'not-served-here']);

function refusalFor(error: unknown): Refusal | undefined {
  if (error instanceof Refusal) return error;
  if (error instanceof HttpProblem && unknown.has(error.code)) return new Refusal(500, error.message);
  return error instanceof NameError ? new Refusal(600, 'The Host is no domain.') : undefined;
}

/**
 * `GET /autodiscover/autodiscover.json?Protocol=AutodiscoverV1`, and with the address in the path. The address is not even
 * read: the answer says where to ask with it.
 */
export function autodiscoverJsonRoute(deps: Deps) {
  return (c: Context): Response => {
    mayCarryAddress(c);
    const refused = refuseProtocol(queryParameter(c.req.url, 'protocol'));
    if (refused) return sendForeignError(c, refused);
    return sendJson(c, pointToXml(ownUrl(deps)), 'no-store');
  };
}
