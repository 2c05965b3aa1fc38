/**
 * Watches who answers for the domains of the hosts that are probed, each once a day: bounded, a few at a time, with a pause.
 * Where very many seem to change hands at once, it is our own DNS that lies (a portal, a filter), and nothing follows.
 */
import { type Domain, domainOrUndefined } from '../name/domain.ts';
import { registrableDomain } from '../name/suffix.ts';
import type { HostResolver } from '../net/dns/resolver.ts';
import { instant } from '../net/instant.ts';
import { inParts, type Store } from '../store/db.ts';
import {
  type KnownNameServers,
  putNameServers,
  putQuarantine,
  readNameServers,
  readQuarantine,
} from '../store/seen/quarantine.ts';
import { type Clock, systemClock, unlessStopped } from './clock.ts';
import { type Alarm, confirmAfter, isAlarm, type NameChange, nameChange, remembered, sayAlarm } from './quarantine.ts';

export interface WatchOptions {
  readonly store: Store;
  readonly resolver: HostResolver;
  /** Hosts that people are sent to; their registrable domains are watched. */
  readonly hosts: Iterable<string>;
  /** Domains of one call; the others wait for the next. */
  readonly most?: number;
  readonly concurrency?: number;
  /** Milliseconds between two questions of one hand. */
  readonly pause?: number;
  readonly clock?: Clock;
  readonly signal?: AbortSignal;
}

export interface WatchReport {
  /** How many domains were asked for. */
  readonly asked: number;
  /** What came under quarantine now. */
  readonly alarms: readonly { readonly domain: Domain; readonly at: string; readonly alarm: Alarm }[];
  /** So many seemed to change hands that none was believed; 0 otherwise. */
  readonly disbelieved: number;
}

/** From one look to the next; a little less than a day, or the hour would wander. */
const interval = 20 * 3_600_000;
const defaults = { most: 500, concurrency: 4, pause: 50 };
/** Statements at once. Alarms stand first: whoever is interrupted forgets who was asked, never who is under quarantine. */
const batch = 40;
/** So many may change hands in one call, or this share of those asked, whichever is more. */
const believable = { count: 3, share: 0.05 };

/** Asks and writes. @throws what the store throws */
export async function watchNames(options: WatchOptions): Promise<WatchReport> {
  const { store, resolver, clock = systemClock, signal } = options;
  const { most, concurrency, pause } = { ...defaults, ...options };
  const domains = domainsOf(options.hosts);
  const before = await readNameServers(store.db, domains);
  const due = domains.filter((domain) => isDue(before.get(domain), clock.now())).slice(0, most);
  const seen: { domain: Domain; at: string; change: NameChange }[] = [];
  const waiting = due.values();
  const work = async () => {
    for (const domain of waiting) {
      if (signal?.aborted) return;
      const servers = await resolver.nameServers(domain);
      const isMissing = servers.kind === 'none' && !servers.exists;
      const addresses = isMissing ? await resolver.addresses(domain) : undefined;
      const at = instant(clock.now());
      seen.push({ domain, at, change: nameChange(before.get(domain), servers, addresses, at) });
      await clock.sleep(pause, signal);
    }
  };
  // Questions under way are not waited for: DNS may take its time, a server that stops has none.
  await unlessStopped(Promise.all(Array.from({ length: concurrency }, work)), signal);
  if (signal?.aborted) return { asked: seen.length, alarms: [], disbelieved: 0 };

  const quarantined = new Set((await readQuarantine(store.db)).map(({ name }) => name));
  // What is under quarantine already is asked for each hour, and says nothing of our DNS today.
  const bad = seen.filter(
    ({ domain, change }) => (isAlarm(change) || change.kind === 'missing') && !quarantined.has(domain),
  );
  const isBelieved = bad.length <= Math.max(believable.count, believable.share * seen.length);
  const kept = isBelieved
    ? seen
    : seen.map((one) => (bad.includes(one) ? { ...one, change: { kind: 'unclear' } as const } : one));
  const alarms = kept.flatMap(({ domain, at, change }) =>
    isAlarm(change) && !quarantined.has(domain) ? [{ domain, at, alarm: change }] : [],
  );
  const statements = [
    ...alarms.flatMap(({ domain: name, at, alarm }) =>
      putQuarantine(store.db, { name, at, why: sayAlarm(name, alarm, 'en'), by: 'verify' }),
    ),
    ...kept.map(({ domain, at, change }) =>
      putNameServers(store.db, domain, remembered(before.get(domain), change, at)),
    ),
  ];
  for (const some of inParts(statements, batch)) await store.atomically(some);
  return { asked: seen.length, alarms, disbelieved: isBelieved ? 0 : bad.length };
}

/** Of names that nobody in particular owns, the host itself. Addresses have none. */
function domainsOf(hosts: Iterable<string>): Domain[] {
  const found = new Set<Domain>();
  for (const host of hosts) {
    const domain = domainOrUndefined(host);
    if (domain) found.add(registrableDomain(domain) ?? domain);
  }
  return [...found].sort();
}

function isDue(seen: KnownNameServers | undefined, now: number): boolean {
  if (!seen) return true;
  const wait = seen.missingSince === undefined ? interval : confirmAfter;
  // Who was asked tomorrow was asked by a clock that ran ahead.
  return Math.abs(now - Date.parse(seen.at)) >= wait;
}
