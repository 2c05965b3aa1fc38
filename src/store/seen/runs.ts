/**
 * Runs: many checks by one verifier. A run is judged once, and from then on nothing is added to it; it is over when every
 * check of it has moved its status.
 */
import { and, asc, count, desc, eq, gt, isNull, lte, or, sql } from 'drizzle-orm';
import { later } from '../../net/instant.ts';
import type { EndpointKey } from '../../provider/model.ts';
import type { Db, Statement, Store } from '../db.ts';
import { run } from '../schema.ts';

/** A run as it is kept. Instants are ISO 8601. */
export type Run = typeof run.$inferSelect;

/** The history is bounded: so many runs are kept. */
export const keptRuns = 1000;

/** Writes that a run has begun; one that has begun already goes on. @returns its number */
export async function startRun(
  store: Store,
  facts: Pick<Run, 'by' | 'vantage' | 'started' | 'aliveUntil' | 'planned'>,
): Promise<number> {
  const { db } = store;
  const oldest = sql`SELECT n FROM run ORDER BY n DESC LIMIT 1 OFFSET ${keptRuns}`;
  await store.atomically([
    db
      .insert(run)
      .values({ ...facts, done: 0 })
      .onConflictDoNothing({ target: run.by }),
    db.delete(run).where(sql`n <= (${oldest}) AND ended IS NOT NULL`),
  ]);
  return (await readRun(db, facts.by))?.n ?? 0;
}

/** The run of a holder of leases. */
export async function readRun(db: Db, by: string): Promise<Run | undefined> {
  const [row] = await db.select().from(run).where(eq(run.by, by));
  return row;
}

/** How many runs of a vantage are not over. */
export async function countOpenRuns(db: Db, vantage: string): Promise<number> {
  const [row] = await db
    .select({ open: count() })
    .from(run)
    .where(and(isNull(run.ended), eq(run.vantage, vantage)));
  return row?.open ?? 0;
}

/** Says that a run is still at work, and how far it is. */
export function keepAlive(db: Db, n: number, facts: Partial<Pick<Run, 'aliveUntil' | 'planned' | 'done'>>): Statement {
  return db
    .update(run)
    .set(facts)
    .where(and(eq(run.n, n), isNull(run.verdict)));
}

/** Which verified servers of others a run asks, where it is in doubt; once. */
export function callWitnesses(db: Db, n: number, endpoints: readonly EndpointKey[]): Statement {
  return db
    .update(run)
    .set({ witnesses: endpoints.join(' ') })
    .where(and(eq(run.n, n), isNull(run.witnesses), isNull(run.verdict)));
}

/** Judges a run: from now on nothing is added to it. One that was judged already stays as it is. */
export function closeRun(db: Db, n: number, facts: Pick<Run, 'verdict' | 'reason'>): Statement {
  return db
    .update(run)
    .set(facts)
    .where(and(eq(run.n, n), isNull(run.verdict)));
}

/** Ends a run that was judged; one that has ended already stays as it is. @param ended ISO 8601 */
export function endRun(db: Db, n: number, ended: string): Statement {
  const done = sql`(SELECT count(*) FROM "check" WHERE "check".run = ${n})`;
  return db
    .update(run)
    .set({ ended, done })
    .where(and(eq(run.n, n), isNull(run.ended)));
}

/** Milliseconds. */
const hour = 3_600_000;

/** Runs whose maker has fallen silent before they were over, or began on a day that has not come: its clock was wrong. */
export async function readAbandoned(db: Db, now: string): Promise<Run[]> {
  return await db
    .select()
    .from(run)
    .where(and(isNull(run.ended), or(lte(run.aliveUntil, now), gt(run.started, later(now, hour)))))
    .orderBy(asc(run.n));
}

/** The newest runs, newest first. */
export function readRuns(db: Db, limit: number): Promise<Run[]> {
  return Promise.resolve(db.select().from(run).orderBy(desc(run.n)).limit(limit));
}
