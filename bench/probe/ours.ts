/** A process that probes one server again and again, many at once, and tells what that took. */
import { once } from 'node:events';
import process from 'node:process';
import type { HostResolver } from '../../src/net/dns/resolver.ts';
import { nodeResolver } from '../../src/net/dns/resolver-node.ts';
import { noGuard } from '../../src/net/guard.ts';
import { nodeDialer } from '../../src/net/wire-node.ts';
import { judge } from '../../src/verify/judge.ts';
import { type ProbeOptions, probe } from '../../src/verify/probe/probe.ts';
import { peakMemory } from './memory.ts';

export interface Order {
  readonly host: string;
  readonly port: number;
  /** PEM of the authority to trust beside the usual ones. */
  readonly ca: string;
  readonly probes: number;
  readonly concurrency: number;
  /** A name server to ask, `HOST:PORT`; without it the address is known. */
  readonly names?: string;
}

export interface Took {
  readonly perSecond: number;
  /** Milliseconds of processor time for one. */
  readonly cpu: number;
  /** Of the process, MB at most. */
  readonly memory?: number;
}

/** The compiler of Node takes its time; a verifier runs for days. */
const warmUp = 500;

process.once('disconnect', () => process.exit());
const [{ host, port, ca, probes, concurrency, names }] = (await once(process, 'message')) as [Order];
const known: HostResolver = {
  addresses: () => Promise.resolve({ kind: 'addresses', addresses: ['127.0.0.1'] }),
  nameServers: () => Promise.resolve({ kind: 'none', exists: true }),
};
const options: ProbeOptions = {
  resolver: names === undefined ? known : nodeResolver(names),
  dialer: nodeDialer({ ca }),
  guard: noGuard,
  timeout: 60_000,
  name: 'prober.example.test',
  vantage: 'bench',
};

async function many(count: number): Promise<void> {
  let left = count;
  const one = async () => {
    while (left-- > 0) {
      const evidence = await probe({ protocol: 'imap', host, port, security: 'tls' }, options);
      const { code } = judge(evidence, new Date());
      if (code !== 'ok') throw new Error(`a probe of a good server says ${code}: ${JSON.stringify(evidence)}`);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, one));
}

await many(warmUp);
const cpu = process.cpuUsage();
const begun = performance.now();
await many(probes);
const seconds = (performance.now() - begun) / 1000;
const { user, system } = process.cpuUsage(cpu);
process.send?.({
  perSecond: probes / seconds,
  cpu: (user + system) / 1000 / probes,
  memory: peakMemory(),
} satisfies Took);
