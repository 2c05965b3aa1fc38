/** Runs: many checks by one verifier. A run is over when it was judged and every check of it has moved its status. */
import { and, asc, desc, eq, isNull, lte, sql } from 'drizzle-orm';
import type { Db, Statement, Store } from './db.ts';
import { run } from './schema.ts';

/** A run as it is kept. Instants are ISO 8601. */
export type Run = typeof run.$inferSelect;

/** The history is bounded: so many runs are kept. */
export const keptRuns = 1000;

/** Writes that a run has begun. @returns its number */
export async function startRun(
  store: Store,
  facts: Pick<Run, 'by' | 'vantage' | 'started' | 'aliveUntil' | 'planned'>,
): Promise<number> {
  const { db } = store;
  const oldest = sql`SELECT n FROM run ORDER BY n DESC LIMIT 1 OFFSET ${keptRuns}`;
  await store.atomically([
    db.insert(run).values({ ...facts, done: 0 }),
    db.delete(run).where(sql`n <= (${oldest}) AND ended IS NOT NULL`),
  ]);
  const [row] = await db.select({ n: run.n }).from(run).where(eq(run.by, facts.by));
  return row?.n ?? 0;
}

/** Says that a run is still at work, and how far it is. */
export function keepAlive(db: Db, n: number, facts: Pick<Run, 'aliveUntil' | 'planned' | 'done'>): Statement {
  return db.update(run).set(facts).where(eq(run.n, n));
}

/** Ends a run; one that has ended already stays as it is. */
export function endRun(
  db: Db,
  n: number,
  { ended, verdict, reason }: Pick<Run, 'ended' | 'verdict' | 'reason'>,
): Statement {
  const done = sql`(SELECT count(*) FROM "check" WHERE "check".run = ${n})`;
  return db
    .update(run)
    .set({ ended, verdict, reason, done })
    .where(and(eq(run.n, n), isNull(run.ended)));
}

/** The numbers of runs whose maker has fallen silent before they were over. */
export async function readAbandoned(db: Db, now: string): Promise<number[]> {
  const rows = await db
    .select({ n: run.n })
    .from(run)
    .where(and(isNull(run.ended), lte(run.aliveUntil, now)))
    .orderBy(asc(run.n));
  return rows.map(({ n }) => n);
}

/** The newest runs, newest first. */
export function readRuns(db: Db, limit: number): Promise<Run[]> {
  return Promise.resolve(db.select().from(run).orderBy(desc(run.n)).limit(limit));
}
