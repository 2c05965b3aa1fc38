/**
 * `GET /ask?domain=`: what Caddy asks before it orders a certificate for a name that somebody has pointed here (on-demand
 * TLS). Without such a question whoever points names here spends the operator's certificates.
 *
 * Yes is said for names under which clients look for settings, of domains that the operator has named: each by itself,
 * because below a wildcard there are as many names as anybody likes. Strangers find nothing at this path.
 */
import type { Context } from 'hono';
import type { Atlas } from '../atlas/atlas.ts';
import { type Domain, domainOrUndefined } from '../name/domain.ts';
import { ready } from './find.ts';
import { HttpProblem } from './http/errors.ts';
import { queryParameter } from './http/query.ts';
import { dependsOnAsker, needsSecret, sendJson } from './http/respond.ts';
import type { Deps, Hosting } from './served/served.ts';

/** What clients put in front of a domain: autoconfig, Autodiscover, PACC. */
const prefix = /^(?:autoconfig|autodiscover|ua-auto-config)\./;

export function askRoute(deps: Deps) {
  return (c: Context): Response => {
    const { hosting, url } = deps;
    if (!hosting || !(hosting.only || hosting.lists) || !deps.isNear(c)) throw nothingHere();
    // Who may ask may not ask for a page that is open in their browser.
    needsSecret(c);
    const { atlas } = ready(deps);
    dependsOnAsker(c);
    const typed = queryParameter(c.req.url, 'domain');
    if (typed === undefined)
      throw new HttpProblem('no-domain-given', 'Say which name: ?domain=autoconfig.example.com.');
    const name = domainOrUndefined(typed);
    const isOwn = name !== undefined && url !== undefined && new URL(url).hostname === name;
    if (name === undefined || !(isOwn || isServed(name, atlas, hosting))) {
      throw new HttpProblem('not-served-here', 'This is no name of a domain that is served here.');
    }
    return sendJson(c, { domain: name }, 'no-store');
  };
}

/** The domain itself, too: some clients ask `https://<domain>/.well-known/autoconfig/…`. */
function isServed(name: Domain, atlas: Atlas, { only }: Hosting): boolean {
  const bare = name.replace(prefix, '') as Domain;
  return [name, bare].some((domain) => {
    const owner = atlas.ownerOf([domain]);
    return owner !== undefined && 'record' in owner && (only || owner.listed === true);
  });
}

/** As for every path that is none. */
export function nothingHere(): HttpProblem {
  return new HttpProblem('unknown-route', 'There is nothing here; GET /api lists the routes.');
}
