/** What is to be done when a run is over: look who answers for the names, and tell the operator what has changed. */

import { stem } from '../name/pattern.ts';
import type { HostResolver } from '../net/dns/resolver.ts';
import type { Notifier } from '../net/notify.ts';
import { hostsOf, isTemplate } from '../provider/hosts.ts';
import type { Curated, EndpointKey, Provider } from '../provider/model.ts';
import type { Language } from '../provider/phrases.ts';
import type { Store } from '../store/db.ts';
import type { Clock } from './clock.ts';
import { endpoints } from './endpoint.ts';
import { newsOf } from './news.ts';
import { sayAlarm } from './quarantine.ts';
import type { RunReport } from './run.ts';
import { watchNames } from './watch-names.ts';

export interface AfterRunOptions {
  readonly store: Store;
  readonly resolver: HostResolver;
  /** Whose domains are watched. */
  readonly curated: Pick<Curated, 'providers' | 'noProbe'>;
  /** None: nobody is told. */
  readonly notifiers?: readonly Notifier[];
  readonly language?: Language;
  readonly clock?: Clock;
  readonly signal?: AbortSignal;
  /** What the operator must hear: lower case, no full stop. */
  readonly note: (message: string) => void;
}

/** @throws what the store throws; a message that does not arrive is noted */
export async function afterRun(
  report: Pick<RunReport, 'run' | 'verdict' | 'changes'>,
  options: AfterRunOptions,
): Promise<void> {
  const { curated, notifiers = [], language = 'en', note } = options;
  // In a network that is not sound, DNS is not either.
  const isSound = report.run !== undefined && report.verdict === 'sound';
  const { alarms, disbelieved } = isSound
    ? await watchNames({ ...options, hosts: watchedHosts(curated.providers) })
    : { alarms: [], disbelieved: 0 };
  if (disbelieved > 0) {
    note(`${disbelieved} domains seem to have changed hands at once: that is more likely this machine’s DNS`);
  }
  for (const { domain, alarm } of alarms) note(`under quarantine: ${sayAlarm(domain, alarm, language)}`);
  if (notifiers.length === 0) return;
  const users = new Map<EndpointKey, readonly string[]>(endpoints(curated).map(({ key, records: ids }) => [key, ids]));
  const message = newsOf({ changes: report.changes, alarms }, (endpoint) => users.get(endpoint) ?? [], language);
  if (!message) return;
  await Promise.all(
    notifiers.map((notifier) =>
      notifier.send(message).catch((error: unknown) => {
        const why = error instanceof Error ? error.message : String(error);
        note(`${notifier.name} could not be told what has changed: ${why}`);
      }),
    ),
  );
}

/** Where records send people, and passwords. Of hosts that differ from customer to customer, the hoster's domain. */
export function watchedHosts(records: readonly Provider[]): Set<string> {
  const hosts = new Set<string>();
  for (const record of records) {
    for (const { host } of hostsOf(record)) if (!isTemplate(host)) hosts.add(host);
    for (const pattern of record.mx ?? []) hosts.add(stem(pattern));
    const { authorization, token } = record.oauth2 ?? {};
    for (const url of [authorization, token]) if (url !== undefined) hosts.add(new URL(url).hostname);
  }
  return hosts;
}
