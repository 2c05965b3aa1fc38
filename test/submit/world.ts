/** What the checks ask, for tests: real servers on loopback, a DNS that leads to them, and a context with all of it. */

import { compileAtlas } from '../../src/atlas/atlas.ts';
import type { Atlas } from '../../src/atlas/tables.ts';
import { nodeResolver } from '../../src/net/dns/resolver-node.ts';
import { addressGuard } from '../../src/net/guard-node.ts';
import type { Curated } from '../../src/provider/model.ts';
import type { CheckContext } from '../../src/submit/checks/checks.ts';
import { systemClock } from '../../src/verify/clock.ts';
import type { Endpoint } from '../../src/verify/endpoint.ts';
import { Pace } from '../../src/verify/pace.ts';
import { type ProbeOptions, probe } from '../../src/verify/probe/probe.ts';
import { curated } from '../records.ts';
import { probeOptions } from '../verify/prober.ts';

/** Everything that a check asks is answered by nobody, unless the test says otherwise. */
export function context(served: Partial<Curated> | Atlas = {}, more: Partial<CheckContext> = {}): CheckContext {
  return {
    atlas: 'records' in served ? served : compileAtlas(curated(served)),
    probes: { pace: new Pace(0), clock: systemClock, allow: () => true, noProbe: [] },
    onDefect: (error) => {
      throw error;
    },
    ...more,
  };
}

/** The prober of a server: ports for mail only, no private address. @param dns HOST:PORT */
export function careful(dns: string): (endpoint: Endpoint) => ReturnType<typeof probe> {
  return prober({
    resolver: nodeResolver(dns),
    guard: addressGuard,
    ports: new Set([110, 143, 465, 587, 993, 995]),
  });
}

export function prober(options: Partial<ProbeOptions> = {}): (endpoint: Endpoint) => ReturnType<typeof probe> {
  return (endpoint) => probe(endpoint, { ...probeOptions, ...options });
}
