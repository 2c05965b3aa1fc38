/**
 * What domains publish, held against our records: the results, and which domain is asked when. How much is kept of a domain
 * is bounded: the newest {@link keptRows} results in which nothing changed, and the newest {@link keptChanges} in which
 * something did. Leases are taken as in watches.ts.
 */
import { and, asc, desc, eq, gt, inArray, isNull, lt, lte, or, type SQL, sql } from 'drizzle-orm';
import type { Domain } from '../../name/domain.ts';
import { later } from '../../net/instant.ts';
import { type Db, inParts, type Statement, type Store } from '../db.ts';
import { comparison, publication } from '../schema.ts';
import { type Lease, longestLease } from './watches.ts';

export type ComparisonVerdict = (typeof comparison.$inferSelect)['verdict'];

/** What is not the same on both sides; `discover/compare.ts` has the states. */
export interface Difference {
  readonly mechanism: string;
  /** `imap tls`, `caldav` */
  readonly service: string;
  readonly state: string;
  readonly level: string;
  readonly ours?: string;
  readonly theirs?: string;
}

/** Where it was published. */
export interface PublicationSource {
  readonly mechanism: string;
  readonly where: string;
  readonly trust: string;
}

export interface NewComparison {
  readonly domain: Domain;
  /** The id of our record. */
  readonly record: string;
  /** Of its facts. */
  readonly digest: string;
  /** ISO 8601. */
  readonly at: string;
  readonly verdict: ComparisonVerdict;
  readonly differences: readonly Difference[];
  readonly sources: readonly PublicationSource[];
  /** Digest of the record as the provider's own file would have it, where it is followed and says otherwise. */
  readonly proposal: string | null;
}

/** As it is kept. */
export interface PastComparison extends NewComparison {
  readonly n: number;
  /** Another result than the one before. */
  readonly changed: boolean;
}

const keptRows = 10;
const keptChanges = 20;

/**
 * Writes a result; what need not be kept any longer goes. That nobody could tell is no change.
 * @param dueAt when the domain is asked next, where it is one of those that are
 */
export function putComparison(db: Db, { domain, ...row }: NewComparison, dueAt: string): Statement[] {
  const [differences, sources] = [JSON.stringify(row.differences), JSON.stringify(row.sources)];
  const ofDomain = eq(comparison.domain, domain);
  const before = sql`(SELECT verdict || differences FROM comparison
    WHERE domain = ${domain} AND verdict <> 'unknown' ORDER BY n DESC LIMIT 1)`;
  const changed = row.verdict === 'unknown' ? 0 : sql<number>`${before} IS NOT ${row.verdict + differences}`;
  return [
    db.insert(comparison).values({ ...row, domain, differences, sources, changed }),
    db.delete(comparison).where(and(ofDomain, beyond(domain, 0, keptRows))),
    db.delete(comparison).where(and(ofDomain, beyond(domain, 1, keptChanges))),
    db.update(publication).set({ dueAt, leaseUntil: null, leaseBy: null }).where(eq(publication.domain, domain)),
  ];
}

/** The rows of one kind that are older than the newest `kept`. */
function beyond(domain: Domain, changed: 0 | 1, kept: number): SQL {
  const oldest = sql`SELECT n FROM comparison WHERE domain = ${domain} AND changed = ${changed} ORDER BY n DESC LIMIT 1 OFFSET ${kept}`;
  return sql`changed = ${changed} AND n <= (${oldest})`;
}

/** Of one record: the newest results first, those before number `before`. */
export async function readComparisons(
  db: Db,
  record: string,
  { before, limit }: { readonly before?: number | undefined; readonly limit: number },
): Promise<PastComparison[]> {
  const rows = await db
    .select()
    .from(comparison)
    .where(and(eq(comparison.record, record), before === undefined ? undefined : lt(comparison.n, before)))
    .orderBy(desc(comparison.n))
    .limit(limit);
  return rows.map(comparisonOf);
}

/** The newest conclusive result of each domain: of one record, or of all. */
export async function readNewestComparisons(db: Db, record?: string): Promise<PastComparison[]> {
  const newest = sql`(SELECT max(later.n) FROM comparison AS later
    WHERE later.domain = comparison.domain AND later.verdict <> 'unknown')`;
  const rows = await db
    .select()
    .from(comparison)
    .where(and(eq(comparison.n, newest), record === undefined ? undefined : eq(comparison.record, record)))
    .orderBy(asc(comparison.domain));
  return rows.map(comparisonOf);
}

/** A domain that is asked, and the record that it is held against. */
export interface Publisher {
  readonly domain: Domain;
  readonly record: string;
  /** Of the record's facts. */
  readonly digest: string;
}

/**
 * Brings the list of those who are asked up to date; whoever is on it no more is asked no more.
 * @param dueAt when a domain that is new, or whose record has changed, is asked first
 */
export async function listPublishers(
  store: Store,
  publishers: readonly Publisher[],
  dueAt: (publisher: Publisher, known: boolean) => string,
): Promise<void> {
  const { db } = store;
  const { domain, digest } = publication;
  const known = new Map((await db.select({ domain, digest }).from(publication)).map((row) => [row.domain, row.digest]));
  const wanted = new Map(publishers.map((one) => [one.domain, one]));
  const written = [...wanted.values()].filter((one) => known.get(one.domain) !== one.digest);
  const gone = [...known.keys()].filter((name) => !wanted.has(name as Domain));
  const statements: Statement[] = written.map((one) => {
    const set = { record: one.record, digest: one.digest, dueAt: dueAt(one, known.has(one.domain)) };
    return db
      .insert(publication)
      .values({ domain: one.domain, ...set })
      .onConflictDoUpdate({ target: publication.domain, set });
  });
  for (const some of inParts(gone)) statements.push(db.delete(publication).where(inArray(publication.domain, some)));
  for (const some of inParts(statements, Math.min(store.batchSize, 200))) await store.atomically(some);
}

/** Milliseconds: nobody waits longer for a weekly question; who seems to, waits for a day that a wrong clock had. */
const longestWait = 9 * 86_400_000;

/** Leases up to `limit` domains that are due, the longest due first. */
export async function takeDuePublishers(
  store: Store,
  lease: Omit<Lease, 'vantage'>,
  limit: number,
): Promise<Publisher[]> {
  const { db } = store;
  const { domain, record, digest, dueAt, leaseUntil, leaseBy } = publication;
  const due = db
    .select({ domain })
    .from(publication)
    .where(
      and(
        or(lte(dueAt, lease.now), gt(dueAt, later(lease.now, longestWait))),
        or(isNull(leaseUntil), lte(leaseUntil, lease.now), gt(leaseUntil, later(lease.now, longestLease))),
      ),
    )
    .orderBy(asc(dueAt))
    .limit(limit);
  await store.atomically([
    db.update(publication).set({ leaseUntil: lease.until, leaseBy: lease.by }).where(inArray(domain, due)),
  ]);
  const rows = await db
    .select({ domain, record, digest })
    .from(publication)
    .where(and(eq(leaseBy, lease.by), eq(leaseUntil, lease.until)))
    .orderBy(asc(dueAt), asc(domain));
  return rows.map((row) => ({ ...row, domain: row.domain as Domain }));
}

/** Gives all leases of one holder back. */
export function releasePublishers(db: Db, by: string): Statement {
  return db.update(publication).set({ leaseUntil: null, leaseBy: null }).where(eq(publication.leaseBy, by));
}

/** When each of these domains is asked next; missing: never. */
export async function readPublishersDue(db: Db, domains: readonly string[]): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const { domain, dueAt } = publication;
  for (const some of inParts(domains)) {
    for (const row of await db.select({ domain, dueAt }).from(publication).where(inArray(domain, some)))
      found.set(row.domain, row.dueAt);
  }
  return found;
}

function comparisonOf({
  domain,
  differences,
  sources,
  changed,
  ...row
}: typeof comparison.$inferSelect): PastComparison {
  return {
    ...row,
    domain: domain as Domain,
    differences: JSON.parse(differences) as Difference[],
    sources: JSON.parse(sources) as PublicationSource[],
    changed: changed === 1,
  };
}
