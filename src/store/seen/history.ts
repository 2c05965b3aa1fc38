/** What was seen of endpoints, for those who want to know more than the status. */
import { and, desc, eq, isNotNull, lt, max, min } from 'drizzle-orm';
import type { EndpointKey } from '../../provider/model.ts';
import { among, type Db } from '../db.ts';
import { check, watch } from '../schema.ts';
import { type Check, wordsOf } from './checks.ts';

/** A check without its evidence. */
export type PastCheck = Omit<Check, 'evidence' | 'run'>;

/** Checks of these endpoints together, newest first, those before number `before`. */
export async function readHistory(
  db: Db,
  endpoints: readonly EndpointKey[],
  { before, limit }: { readonly before?: number | undefined; readonly limit: number },
): Promise<PastCheck[]> {
  if (endpoints.length === 0) return [];
  const { n, endpoint, at, vantage, code, outcome, warnings, says, ms, certDays, changed } = check;
  const rows = await db
    .select({ n, endpoint, at, vantage, code, outcome, warnings, says, ms, certDays, changed })
    .from(check)
    .where(and(among(endpoint, endpoints), before === undefined ? undefined : lt(n, before)))
    .orderBy(desc(n))
    .limit(limit);
  return rows.map((row) => ({
    ...row,
    endpoint: row.endpoint as EndpointKey,
    warnings: wordsOf(row.warnings),
    changed: row.changed === 1,
  }));
}

/** The evidence of the newest check of each of these endpoints of which there is any. */
export async function readLastEvidence(db: Db, endpoints: readonly EndpointKey[]): Promise<Map<EndpointKey, unknown>> {
  if (endpoints.length === 0) return new Map();
  const newest = db
    .select({ n: max(check.n).as('newest') })
    .from(check)
    .where(and(among(check.endpoint, endpoints), isNotNull(check.evidence)))
    .groupBy(check.endpoint)
    .as('newest');
  const rows = await db
    .select({ endpoint: check.endpoint, evidence: check.evidence })
    .from(check)
    .innerJoin(newest, eq(check.n, newest.n));
  return new Map(rows.map(({ endpoint, evidence }) => [endpoint as EndpointKey, JSON.parse(evidence ?? 'null')]));
}

/** When each of these endpoints is looked at next, from wherever; null or missing: never. */
export async function readDueAt(db: Db, endpoints: readonly EndpointKey[]): Promise<Map<EndpointKey, string | null>> {
  if (endpoints.length === 0) return new Map();
  const rows = await db
    .select({ endpoint: watch.endpoint, dueAt: min(watch.dueAt) })
    .from(watch)
    .where(among(watch.endpoint, endpoints))
    .groupBy(watch.endpoint);
  return new Map(rows.map((row) => [row.endpoint as EndpointKey, row.dueAt]));
}
