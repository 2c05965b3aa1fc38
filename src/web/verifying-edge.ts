/** What a Worker knows of servers although it cannot verify any: each hour it prepares for agents and hears of others. */
import { dohResolver } from '../net/dns/resolver-doh.ts';
import type { EndpointKey } from '../provider/model.ts';
import type { Store } from '../store/db.ts';
import { readRecords } from '../store/index-by-key.ts';
import { readNoProbe } from '../store/providers.ts';
import { listEndpoints } from '../store/seen/statuses.ts';
import { endpoints } from '../verify/endpoint.ts';
import { hear, statusesPath } from '../verify/hear.ts';
import { watchNames } from '../verify/watch-names.ts';

/** Domains that are asked for their name servers in an hour: a Worker may send 1,000 requests each time it runs. */
const mostWatched = 200;

interface HourlyOptions {
  /** The URL of an instance that verifies. */
  readonly evidence: string | undefined;
  /** The URL of a DoH server. */
  readonly doh: string;
}

/**
 * What a Worker does by itself: it lists the endpoints for agents, hears what another instance has seen, and watches who
 * answers for our hosts' domains. What fails keeps nothing else from being done, and makes the run of the cron a failed one.
 */
export async function hourly(store: Store, { evidence, doh }: HourlyOptions): Promise<void> {
  const { keys, hosts } = await listed(store);
  const now = new Date().toISOString();
  await listEndpoints(store, [...keys], now);
  const hearing = async () => {
    if (!evidence) return;
    const report = await hear(store, new URL(statusesPath, evidence), { own: keys, now });
    console.log(`${report.heard} statuses were heard from ${report.from}`);
  };
  const watching = async () => {
    const { alarms } = await watchNames({ store, resolver: dohResolver(doh), hosts, most: mostWatched, pause: 0 });
    for (const { domain } of alarms) console.warn(`${domain} came under quarantine`);
  };
  const done = await Promise.allSettled([hearing(), watching()]);
  const failed = done.filter(({ status }) => status === 'rejected');
  if (failed.length > 0) throw new AggregateError(failed.map((one) => (one as PromiseRejectedResult).reason));
}

/** The endpoints of all records, read a hundred records at a time. */
async function listed({ db }: Store): Promise<{ keys: Set<EndpointKey>; hosts: Set<string> }> {
  const [keys, hosts] = [new Set<EndpointKey>(), new Set<string>()];
  const noProbe = await readNoProbe(db);
  for (let offset = 0; ; offset += 100) {
    const providers = await readRecords(db, offset, 100);
    for (const { key, endpoint } of endpoints({ providers, noProbe })) {
      keys.add(key);
      hosts.add(endpoint.host);
    }
    if (providers.length < 100) return { keys, hosts };
  }
}
