/**
 * `GET /dns/mx/{domain}`: who receives the domain's mail, for programs that cannot ask DNS for an MX themselves. The form is
 * that of the service at live.thunderbird.net/dns/mx/, which Thunderbird (`mailnews.mx_service_url`) and its add-ons were
 * made for: plain text, one host a line, the most preferred first. They take the first line as it is, or cut the text at
 * its line breaks and take every piece: so there are no preferences, no final dots, and no line break at the end.
 *
 * It asks as the MX step of a lookup does, with the same memory and the same budget.
 */
import type { Context } from 'hono';
import { missOf } from '../lookup/ladder.ts';
import { isSpecialUse } from '../lookup/special.ts';
import { parseDomain } from '../name/domain.ts';
import { missed } from './find.ts';
import { HttpProblem } from './http/errors.ts';
import { documentOf, send } from './http/respond.ts';
import type { Deps } from './served/served.ts';

const type = 'text/plain; charset=utf-8';

export function mxRoute(deps: Deps) {
  return async (c: Context): Promise<Response> => {
    if (!deps.mxService) {
      const detail =
        'This server does not ask for the MX of domains; its operator can have it do so (serve --mx-service).';
      throw new HttpProblem('unknown-route', detail);
    }
    const domain = parseDomain(c.req.param('domain') ?? '');
    if (isSpecialUse(domain)) throw missed({ domain, reason: 'no-mx', exists: true });
    const seen = await deps.resolver.mx(domain, deps.asker(c));
    if (seen.kind !== 'hosts') throw missed(missOf(domain, seen));
    return send(c, documentOf(seen.hosts.map(({ host }) => host).join('\n'), type), 'public-dns');
  };
}
