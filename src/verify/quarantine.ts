/**
 * Has a domain changed hands? Whoever registers an expired domain gets a good certificate at once, and every password that
 * programs send there: so a domain that is gone, or whose name servers all changed, leaves every format until a person has
 * looked. Pure; watch-names.ts asks and writes.
 */
import type { Domain } from '../name/domain.ts';
import type { AddressAnswer, NameServerAnswer } from '../net/dns/resolver.ts';
import type { Language } from '../provider/phrases.ts';
import type { KnownNameServers } from '../store/seen/quarantine.ts';

/** What today's answer says beside what was known. */
export type NameChange =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'first-seen'; readonly servers: readonly Domain[] }
  /** Some stayed: the owner is at work. The new ones are taken over. */
  | { readonly kind: 'some-changed'; readonly servers: readonly Domain[] }
  /** Quarantine. The new ones are taken over, so that a person can lift it for good. */
  | { readonly kind: 'all-changed'; readonly before: readonly Domain[]; readonly servers: readonly Domain[] }
  /** It does not exist: once is not enough. */
  | { readonly kind: 'missing'; readonly since: string }
  /** It did not exist before, and does not now. Quarantine. */
  | { readonly kind: 'gone'; readonly since: string }
  /** DNS did not say, or contradicts itself: nothing follows. */
  | { readonly kind: 'unclear' };

/** Milliseconds: from the first to the last look at a domain that is not there. A slip of a registry is mended by then. */
export const confirmAfter = 3_600_000;

/**
 * @param known what was seen before; undefined for a domain that was never asked for
 * @param addresses of the domain itself, asked only where it seems to be gone
 * @param now ISO 8601
 */
export function nameChange(
  known: KnownNameServers | undefined,
  answer: NameServerAnswer,
  addresses: AddressAnswer | undefined,
  now: string,
): NameChange {
  if (answer.kind === 'failed') return { kind: 'unclear' };
  if (answer.kind === 'none') {
    // A name that is no zone of its own (a hoster's customer) has no name servers and is there all the same.
    if (answer.exists || addresses?.kind !== 'none' || addresses.exists) return { kind: 'unclear' };
    const since = known?.missingSince;
    if (since === undefined) return { kind: 'missing', since: now };
    return { kind: Date.parse(now) - Date.parse(since) >= confirmAfter ? 'gone' : 'missing', since };
  }
  const { servers } = answer;
  const before = known?.servers ?? [];
  if (servers.length === 0) return { kind: 'unclear' };
  if (before.length === 0) return { kind: 'first-seen', servers };
  const stayed = servers.filter((server) => before.includes(server));
  if (stayed.length === 0) return { kind: 'all-changed', before, servers };
  const isSame = stayed.length === servers.length && servers.length === before.length;
  return isSame ? { kind: 'unchanged' } : { kind: 'some-changed', servers };
}

/** Changes that only a person can judge. */
export type Alarm = Extract<NameChange, { kind: 'all-changed' | 'gone' }>;

export function isAlarm(change: NameChange): change is Alarm {
  return change.kind === 'all-changed' || change.kind === 'gone';
}

/** What is to be remembered after this answer. */
export function remembered(before: KnownNameServers | undefined, change: NameChange, now: string): KnownNameServers {
  const servers = before?.servers ?? [];
  switch (change.kind) {
    case 'first-seen':
    case 'some-changed':
    case 'all-changed':
      return { servers: change.servers, at: now };
    case 'missing':
    case 'gone':
      return { servers, at: now, missingSince: change.since };
    case 'unchanged':
      return { servers, at: now };
    default:
      return { ...before, servers, at: now };
  }
}

/** Why a domain is under quarantine, as a sentence. */
export function sayAlarm(domain: Domain, alarm: Alarm, language: Language): string {
  if (alarm.kind === 'gone') {
    const since = alarm.since.slice(0, 10);
    return language === 'de'
      ? `Die Domain ${domain} gibt es seit ${since} nicht mehr.`
      : `The domain ${domain} has not existed since ${since}.`;
  }
  const [before, after] = [alarm.before.join(', '), alarm.servers.join(', ')];
  return language === 'de'
    ? `Alle Nameserver von ${domain} sind andere: vorher ${before}, jetzt ${after}.`
    : `All name servers of ${domain} are others: they were ${before}, they are ${after}.`;
}
