/**
 * Checks: one row a probe. How much is kept of an endpoint is bounded, however often it is probed:
 *
 *  - the newest {@link keptRows} rows in which nothing changed, and the newest {@link keptChanges} in which something did
 *  - the full evidence of the last probe and of each change that is kept; the other rows are short
 */
import { and, asc, count, desc, eq, gt, inArray, isNotNull, lt, type SQL, sql } from 'drizzle-orm';
import type { EndpointKey } from '../../provider/model.ts';
import { type Db, inParts, type Statement } from '../db.ts';
import { check } from '../schema.ts';

export type Ipv6 = NonNullable<(typeof check.$inferSelect)['ipv6']>;
export type Outcome = (typeof check.$inferSelect)['outcome'];

/** A probe, judged. Instants are ISO 8601. */
export interface NewCheck {
  readonly endpoint: EndpointKey;
  readonly at: string;
  readonly vantage: string;
  /** The run it belongs to. */
  readonly run: number | null;
  readonly code: string;
  readonly outcome: Outcome;
  readonly warnings: readonly string[];
  readonly says: string;
  /** Milliseconds. */
  readonly ms: number;
  /** Whole days until the certificate ends; null where none was seen. */
  readonly certDays: number | null;
  /** Everything that was seen; kept as JSON. Null where it is not kept any more. */
  readonly evidence: unknown;
  /** How its IPv6 addresses fared: see `verify/check.ts`. */
  readonly ipv6?: Ipv6;
}

/** A check as it is kept. */
export interface Check extends NewCheck {
  readonly n: number;
  /** It has another code than the one before from the same vantage. */
  readonly changed: boolean;
}

export const keptRows = 90;
export const keptChanges = 20;

/**
 * Writes a check; what need not be kept any longer goes.
 * @param holder only while this holder of leases has one on the endpoint, and its run was not judged
 */
export function putCheck(db: Db, row: NewCheck, holder?: string): Statement[] {
  const { endpoint, at, vantage, run: n, code, outcome, warnings, says, ms, certDays, evidence, ipv6 = null } = row;
  const ofEndpoint = eq(check.endpoint, endpoint);
  const before = sql`(SELECT code FROM "check" WHERE endpoint = ${endpoint} AND vantage = ${vantage} ORDER BY n DESC LIMIT 1)`;
  const may =
    holder === undefined
      ? sql`true`
      : sql`EXISTS (SELECT 1 FROM watch WHERE endpoint = ${endpoint} AND lease_by = ${holder})
          AND EXISTS (SELECT 1 FROM run WHERE n = ${n} AND verdict IS NULL)`;
  return [
    db.insert(check).select(
      sql`SELECT NULL, ${endpoint}, ${at}, ${vantage}, ${n}, ${code}, ${outcome}, ${warnings.join(' ')}, ${says}, ${ms},
          ${certDays}, ${before} IS NOT ${code}, ${JSON.stringify(evidence)}, ${ipv6} WHERE ${may}`,
    ),
    db
      .update(check)
      .set({ evidence: null })
      .where(and(ofEndpoint, eq(check.changed, 0), isNotNull(check.evidence), lt(check.n, newest(endpoint)))),
    db.delete(check).where(and(ofEndpoint, beyond(endpoint, 0, keptRows))),
    db.delete(check).where(and(ofEndpoint, beyond(endpoint, 1, keptChanges))),
  ];
}

function newest(endpoint: EndpointKey): SQL {
  return sql`(SELECT max(n) FROM "check" WHERE endpoint = ${endpoint})`;
}

/** The rows of one kind that are older than the newest `kept`. */
function beyond(endpoint: EndpointKey, changed: 0 | 1, kept: number): SQL {
  const oldest = sql`SELECT n FROM "check" WHERE endpoint = ${endpoint} AND changed = ${changed} ORDER BY n DESC LIMIT 1 OFFSET ${kept}`;
  return sql`changed = ${changed} AND n <= (${oldest})`;
}

/** The newest checks of these endpoints together, newest first. */
export async function readChecks(db: Db, endpoints: readonly EndpointKey[], limit: number): Promise<Check[]> {
  const found: Check[] = [];
  for (const some of inParts(endpoints)) {
    const rows = await db.select().from(check).where(inArray(check.endpoint, some)).orderBy(desc(check.n)).limit(limit);
    found.push(...rows.map(checkOf));
  }
  return found.sort((a, b) => b.n - a.n).slice(0, limit);
}

/** How many checks a run has. */
export async function countChecked(db: Db, run: number): Promise<number> {
  const [row] = await db.select({ n: count() }).from(check).where(eq(check.run, run));
  return row?.n ?? 0;
}

/** Which of these endpoints have a check in a run. */
export async function readChecked(db: Db, run: number, endpoints: readonly EndpointKey[]): Promise<Set<EndpointKey>> {
  const found = new Set<EndpointKey>();
  for (const some of inParts(endpoints)) {
    const rows = await db
      .selectDistinct({ endpoint: check.endpoint })
      .from(check)
      .where(and(eq(check.run, run), inArray(check.endpoint, some)));
    for (const { endpoint } of rows) found.add(endpoint as EndpointKey);
  }
  return found;
}

/** A check of a run, as far as it moves something. */
export type RunCheck = Pick<Check, 'n' | 'endpoint' | 'at' | 'vantage' | 'code' | 'outcome' | 'warnings' | 'ipv6'>;

/** What a run has seen, without the evidence: the checks after number `after`, oldest first. For reading page by page. */
export async function readRunChecks(db: Db, run: number, after: number, limit: number): Promise<RunCheck[]> {
  const { n, endpoint, at, vantage, code, outcome, warnings, ipv6 } = check;
  const rows = await db
    .select({ n, endpoint, at, vantage, code, outcome, warnings, ipv6 })
    .from(check)
    .where(and(eq(check.run, run), gt(check.n, after)))
    .orderBy(asc(check.n))
    .limit(limit);
  return rows.map(({ ipv6: six, ...row }) => ({
    ...row,
    endpoint: row.endpoint as EndpointKey,
    warnings: wordsOf(row.warnings),
    ...(six !== null && { ipv6: six }),
  }));
}

/** Whether anybody's IPv6 address answered in a run. */
export async function ipv6Answered(db: Db, run: number): Promise<boolean> {
  const rows = await db
    .select({ n: check.n })
    .from(check)
    .where(and(eq(check.run, run), eq(check.ipv6, 'answers')))
    .limit(1);
  return rows.length > 0;
}

function checkOf({ ipv6, ...row }: typeof check.$inferSelect): Check {
  return {
    ...row,
    ...(ipv6 !== null && { ipv6 }),
    endpoint: row.endpoint as EndpointKey,
    warnings: wordsOf(row.warnings),
    changed: row.changed === 1,
    evidence: row.evidence === null ? null : JSON.parse(row.evidence),
  };
}

/** Codes, as they stand in one column. */
export function wordsOf(text: string): string[] {
  return text === '' ? [] : text.split(' ');
}
