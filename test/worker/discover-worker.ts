/** Discovery in workerd, put together as src/worker.ts does it, in the world of the test (discover.test.ts). */
import { connect } from 'cloudflare:sockets';
import { discover } from '../../src/discover/discover.ts';
import { parseDomain } from '../../src/name/domain.ts';
import { dohResolver } from '../../src/net/dns/resolver-doh.ts';
import { specialGuard } from '../../src/net/guard.ts';
import { guardedFetch } from '../../src/net/http/fetch.ts';
import { HttpFault } from '../../src/net/http/http.ts';
import { workersSender } from '../../src/net/http/http-workers.ts';

/** What the test asks for. */
export interface Wish {
  readonly doh: string;
  /** Usual port -> port of the test's web server. */
  readonly ports: readonly (readonly [number, number])[];
  /** Ask this domain what it publishes; or else send one request, with no guard before it. */
  readonly domain?: string;
  readonly url?: string;
  readonly address?: string;
  /** Milliseconds. */
  readonly timeout: number;
}

export default {
  async fetch(request: Request): Promise<Response> {
    const { doh, ports, domain, url = '', address = '127.0.0.1', timeout } = (await request.json()) as Wish;
    const sender = workersSender(connect, new Map(ports));
    if (domain === undefined) {
      try {
        const deadline = performance.now() + timeout;
        const reply = await sender.send({ method: 'GET', url: new URL(url), address, headers: {}, deadline });
        return Response.json({ status: reply.status, text: new TextDecoder().decode(reply.body) });
      } catch (error) {
        return Response.json({ fault: error instanceof HttpFault ? error.message : String(error) });
      }
    }
    const resolver = dohResolver(doh);
    const guard = (one: string) => (one === '127.0.0.1' ? undefined : specialGuard(one));
    const fetch = guardedFetch({ resolver, guard, sender, userAgent: 'mailatlas' });
    const told: string[] = [];
    const discovery = await discover(
      parseDomain(domain),
      { fetch, resolver },
      { timeout, tell: (mechanism) => told.push(mechanism) },
    );
    return Response.json({ discovery, told });
  },
};
