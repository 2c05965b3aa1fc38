/** A process that verifies the simulated Internet in one run, as `mailatlas verify` would, and tells what that took. */
import { once } from 'node:events';
import process from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { loadDrizzleQuickly } from '../../src/cli/quick-drizzle.ts';
import { judge } from '../../src/verify/judge.ts';
import { nodeProber } from '../../src/verify/probe/prober-node.ts';
import { endpointOf } from './hosts.ts';
import type { Internet } from './internet.ts';
import { peakMemory } from './memory.ts';

export interface RunOrder {
  readonly internet: Internet;
  readonly ca: string;
  readonly endpoints: number;
  readonly concurrency: number;
  /** Of the database. */
  readonly file: string;
}

export interface RunTook {
  /** Until the last endpoint was probed. */
  readonly seconds: number;
  /** Until the run was judged and every status moved. */
  readonly allSeconds: number;
  /** Seconds that one probe took, on average: the servers' latency, mostly. */
  readonly mean: number;
  /** Milliseconds of processor time for one endpoint, with its row in the database. */
  readonly cpu: number;
  /** Peak memory in MB, at the start and after each quarter of the endpoints. */
  readonly memory: readonly number[];
  /** Verdict code -> how many. */
  readonly codes: Readonly<Record<string, number>>;
}

process.once('disconnect', () => process.exit());
// As the command line does, both.
setFlagsFromString('--semi-space-growth-factor=1');
// Node takes 300 MB to load drizzle-orm's 131 ES modules.
loadDrizzleQuickly();
const { openSqlite } = await import('../../src/store/sqlite.ts');
const { listEndpoints } = await import('../../src/store/seen/statuses.ts');
const { verify } = await import('../../src/verify/run.ts');
const [{ internet, ca, endpoints, concurrency, file }] = (await once(process, 'message')) as [RunOrder];
const store = openSqlite(file);
const keys = Array.from({ length: endpoints }, (_, number) => endpointOf(number, internet));
await listEndpoints(store, keys, new Date().toISOString());

const prober = nodeProber({ resolver: internet.names, ca, allowPrivate: true, anyPort: true, vantage: 'bench' });
const peak = () => Math.round(peakMemory());
const memory = [peak()];
const codes: Record<string, number> = {};
let busy = 0;
let last = 0;
const cpu = process.cpuUsage();
const begun = performance.now();
const report = await verify({
  store,
  judge,
  concurrency,
  which: { most: Number.POSITIVE_INFINITY },
  probe: async (endpoint) => {
    const start = performance.now();
    const evidence = await prober.probe(endpoint);
    busy += performance.now() - start;
    return evidence;
  },
  onResult: ({ verdict: { code } }, { done }) => {
    codes[code] = (codes[code] ?? 0) + 1;
    last = performance.now();
    if (done % Math.ceil(endpoints / 4) === 0 || done === endpoints) memory.push(peak());
  },
});
const { user, system } = process.cpuUsage(cpu);
store.close();
if (report.done !== endpoints) throw new Error(`${report.done} of ${endpoints} endpoints were probed`);
process.send?.({
  seconds: (last - begun) / 1000,
  allSeconds: (performance.now() - begun) / 1000,
  mean: busy / 1000 / endpoints,
  cpu: (user + system) / 1000 / endpoints,
  memory,
  codes,
} satisfies RunTook);
