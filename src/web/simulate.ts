/** `GET /api/v1/simulate?domain=`: what mail clients would do with a domain (discover/clients/). */
import type { Context } from 'hono';
import { lookup } from '../lookup/ladder.ts';
import { parseAddress } from '../name/address.ts';
import { nothingHere } from './ask.ts';
import { SimulateQuery } from './contract/simulation.ts';
import { notServedHere, sourceOf } from './find.ts';
import { HttpProblem } from './http/errors.ts';
import { parseQuery } from './http/parse-query.ts';
import { mayCarryAddress, sendJson } from './http/respond.ts';
import type { Deps } from './served/served.ts';

/** Nobody may keep an answer: it is of this moment, and people type addresses where a domain is asked for. */
export function simulateRoute(deps: Deps) {
  return async (c: Context): Promise<Response> => {
    mayCarryAddress(c);
    const source = sourceOf(deps);
    const query = parseQuery(SimulateQuery, c);
    if (query.domain === undefined) throw new HttpProblem('no-domain-given', 'Give a domain: ?domain=example.com.');
    const { domain } = parseAddress(query.domain);
    if (!deps.simulated) throw nothingHere();
    // A server of one's own domains asks no others.
    const own = deps.hosting?.only ? await lookup(source.index, domain) : undefined;
    if (own && 'miss' in own) throw notServedHere(own.miss);
    const simulation = await deps.simulated(domain, deps.asker(c));
    if (!simulation) {
      const detail = 'Too many domains were asked for from this network just now; try again in a minute.';
      throw new HttpProblem('too-many-questions', detail, { domain });
    }
    const clients = simulation.clients.filter(({ client }) => client === (query.client ?? client));
    return sendJson(c, { ...simulation, clients }, 'no-store');
  };
}
