/** A prober for tests: every name leads to loopback, the test's own authority is trusted, times are short. */
import type { Domain } from '../../src/name/domain.ts';
import type { AddressAnswer, HostResolver } from '../../src/net/dns/resolver.ts';
import { noGuard } from '../../src/net/guard.ts';
import { nodeDialer } from '../../src/net/wire-node.ts';
import type { Endpoint } from '../../src/verify/endpoint.ts';
import type { Evidence } from '../../src/verify/evidence.ts';
import { judge } from '../../src/verify/judge.ts';
import { type ProbeOptions, probe } from '../../src/verify/probe/probe.ts';
import { pki } from '../pki.ts';

/** The host that the good certificates are for. */
export const host = 'mail.example.test' as Domain;

export function resolverTo(answer: AddressAnswer | readonly string[]): HostResolver {
  const said: AddressAnswer = 'kind' in answer ? answer : { kind: 'addresses', addresses: answer };
  return {
    addresses: () => Promise.resolve(said),
    nameServers: () => Promise.resolve({ kind: 'none', exists: true }),
  };
}

const dialer = nodeDialer({ ca: (await pki()).ca });

export const probeOptions: ProbeOptions = {
  resolver: resolverTo(['127.0.0.1']),
  dialer,
  guard: noGuard,
  timeout: 60_000,
  name: 'prober.example.test',
  vantage: 'test',
};

export async function probeAndJudge(
  endpoint: Pick<Endpoint, 'protocol' | 'port' | 'security'> & { host?: string },
  options: Partial<ProbeOptions> = {},
) {
  const evidence: Evidence = await probe({ host, ...endpoint }, { ...probeOptions, ...options });
  return { evidence, verdict: judge(evidence, new Date()) };
}
