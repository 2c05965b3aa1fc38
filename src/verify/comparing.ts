/**
 * Comparison as a habit: each domain that a record lists by name is asked once a week what it publishes about its mail, and
 * the answer is held against the record. Politely: few at a time, so many an hour, spread over the week; hosts whose owners
 * asked not to be probed are not asked either. A lease keeps two processes from asking the same domain.
 */
import { randomUUID } from 'node:crypto';
import { recordDigest } from '../atlas/digest.ts';
import { type Comparison, compare } from '../discover/compare.ts';
import { type Followed, followed } from '../discover/follow.ts';
import type { Discovery } from '../discover/model.ts';
import { isSpecialUse } from '../lookup/special.ts';
import { type Domain, domainOrUndefined } from '../name/domain.ts';
import { instant } from '../net/instant.ts';
import { Lasting } from '../net/lasting.ts';
import { sayError } from '../net/log.ts';
import { literalDomains, withHosts } from '../provider/hosts.ts';
import type { Curated, Provider } from '../provider/model.ts';
import type { Store } from '../store/db.ts';
import {
  listPublishers,
  type NewComparison,
  type Publisher,
  putComparison,
  readNewestComparisons,
  releasePublishers,
  takeDuePublishers,
} from '../store/seen/comparisons.ts';
import { type Clock, systemClock, unlessStopped } from './clock.ts';
import { mayProbe } from './may-probe.ts';
import type { Schedule } from './schedule.ts';

export interface ComparingOptions {
  readonly store: Store;
  /** Never rejects, and ends by itself. */
  readonly discover: (domain: Domain) => Promise<Discovery>;
  /** What is served now; another object where it has changed. Undefined: nothing yet. */
  readonly curated: () => Curated | undefined;
  /**
   * A file that a record follows was read: it says the same, or the same otherwise for a day. What is proposed is told
   * at every look, for as long as nothing has come of it.
   */
  readonly onFollowed?: (record: Provider, seen: Exclude<Followed, { kind: 'silent' }>) => Promise<void>;
  /** What the operator must hear: lower case, no full stop. */
  readonly note: (message: string) => void;
  readonly clock?: Clock;
  /** From 0 to below 1. */
  readonly random?: () => number;
}

const hour = 3_600_000;
const day = 24 * hour;
/** Milliseconds from one look at what is due to the next: while there is more to do, and while there is not. */
const [busy, idle] = [60_000, 600_000];
/** Domains of one look, all at once: 240 an hour. A dozen questions of DNS and half a dozen of HTTP each. */
const mostAtOnce = 4;
/** For which a domain is taken: longer than any discovery. */
const lease = 5 * 60_000;

/** From one look at a domain to the next; where nobody could tell, or a proposal has to stay, a day. */
const interval = 7 * day;
const jitter = 0.2;
/** For which a followed file must have said the same: a day, whatever the jitter. A slip is mended by then. */
const stay = (1 - jitter) * day;

export function startComparing(options: ComparingOptions): Schedule {
  const stop = new AbortController();
  const done = loop(options, stop.signal);
  return {
    stop: () => {
      stop.abort();
      return done;
    },
  };
}

async function loop(options: ComparingOptions, signal: AbortSignal): Promise<void> {
  const { store, curated, note, clock = systemClock } = options;
  const by = `compare ${randomUUID()}`;
  let listed: Curated | undefined;
  const trouble = new Lasting((message) => note(`comparison rests for ten minutes: ${message}`));
  while (!signal.aborted) {
    let asked = 0;
    try {
      const now = curated();
      if (now && now !== listed) {
        await listPublishers(store, publishers(now), firstDue(options));
        listed = now;
      }
      if (now) asked = await compareDue(now, by, options, signal);
      trouble.over();
    } catch (error) {
      trouble.tell(sayError(error));
    }
    await clock.sleep(asked < mostAtOnce ? idle : busy, signal);
  }
}

/** @returns how many domains it took */
async function compareDue(
  curated: Curated,
  by: string,
  options: ComparingOptions,
  signal: AbortSignal,
): Promise<number> {
  const { store, discover, onFollowed, clock = systemClock, random = Math.random } = options;
  const now = clock.now();
  const taken = await takeDuePublishers(store, { by, now: instant(now), until: instant(now + lease) }, mostAtOnce);
  const records = new Map(curated.providers.map((record) => [record.id, record]));
  const visit = async ({ domain, record: id, digest }: Publisher) => {
    const record = records.get(id);
    const discovery = await discover(domain);
    // Whoever stops closes the store: what was seen in the meantime is seen another time.
    if (signal.aborted || !record) return;
    const seen = followed(record, discovery);
    const result = comparisonOf(record, discovery, digest);
    const isSettled = await hasStayed(store, result, clock.now());
    const again = isSettled ? { ...result, proposal: null } : result;
    await store.atomically(putComparison(store.db, result, nextDue(again, clock.now(), random)));
    if (seen.kind === 'same' || (seen.kind === 'differs' && isSettled)) await onFollowed?.(record, seen);
  };
  try {
    // Questions under way are not waited for: a domain may take its time, a server that stops has none.
    await unlessStopped(Promise.all(taken.map(visit)), signal);
  } finally {
    if (taken.length > 0) await store.atomically([releasePublishers(store.db, by)]);
  }
  return taken.length;
}

/** True where the newest look but this one, some time ago, found the same proposal. */
async function hasStayed({ db }: Store, { domain, record, proposal }: NewComparison, now: number): Promise<boolean> {
  if (proposal === null) return false;
  const before = (await readNewestComparisons(db, record)).find((one) => one.domain === domain);
  return before?.proposal === proposal && now - Date.parse(before.at) >= stay;
}

/** When a domain is asked again, ISO 8601. @param now milliseconds since 1970 */
export function nextDue(
  { verdict, proposal }: Pick<NewComparison, 'verdict' | 'proposal'>,
  now: number,
  random: () => number,
): string {
  const wait = verdict === 'unknown' || proposal !== null ? day : interval;
  return instant(now + wait * (1 - jitter + 2 * jitter * random()));
}

/** What was published, held against the record, as it is kept: without what is the same. */
export function comparisonOf(record: Provider, discovery: Discovery, digest = recordDigest(record)): NewComparison {
  const { domain, at } = discovery;
  const { rows, verdict, sources }: Comparison = compare(
    withHosts({ domain, provider: record, matchedBy: 'domain' }),
    discovery,
  );
  const seen = followed(record, discovery);
  return {
    domain,
    record: record.id,
    digest,
    at,
    verdict,
    differences: rows.filter(({ level }) => level !== 'same'),
    sources,
    proposal: seen.kind === 'differs' ? recordDigest(seen.proposal) : null,
  };
}

/** The domains that records list by name, without those that nobody can or may ask. */
export function publishers({ providers, noProbe }: Pick<Curated, 'providers' | 'noProbe'>): Publisher[] {
  const optOuts = new Set(noProbe.map(({ name }) => name));
  return providers.flatMap((record) => {
    const digest = recordDigest(record);
    return literalDomains(record).flatMap((name) => {
      const domain = domainOrUndefined(name);
      if (domain === undefined || isSpecialUse(domain) || !mayProbe(domain, optOuts)) return [];
      return [{ domain, record: record.id, digest }];
    });
  });
}

/** A record that has changed is looked at within the hour; what is new is spread, the main domains over the first day. */
function firstDue({ clock = systemClock, random = Math.random }: ComparingOptions) {
  return ({ domain, record }: Publisher, known: boolean): string =>
    instant(clock.now() + random() * (known ? hour : domain === record ? day : interval));
}
