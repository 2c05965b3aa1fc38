/** How the servers of the records stood, day by day: five rows a day, written when a run is over. */
import { asc, eq, gte, sql } from 'drizzle-orm';
import type { StatusName } from '../../provider/model.ts';
import type { Db, Statement } from '../db.ts';
import { day } from '../schema.ts';

/** How many endpoints had which status; what is not there is none. */
export interface Day {
  /** YYYY-MM-DD, UTC */
  readonly day: string;
  readonly endpoints: Readonly<Partial<Record<StatusName, number>>>;
}

const keptDays = 800;

/**
 * Counts how the endpoints that records name stand now, as the count of this day. What was not looked at for long is
 * unverified, as everywhere.
 * @param now ISO 8601
 */
export function countDay(db: Db, now: string): Statement[] {
  const today = now.slice(0, 10);
  const oldest = sql`SELECT day FROM (SELECT DISTINCT day FROM day) ORDER BY day DESC LIMIT 1 OFFSET ${keptDays}`;
  return [
    db.delete(day).where(eq(day.day, today)),
    db.insert(day).select(
      sql`SELECT ${today}, CASE WHEN stale_at <= ${now} THEN 'unverified' ELSE status END AS told, count(*)
        FROM status WHERE listed_at IS NOT NULL GROUP BY told`,
    ),
    db.delete(day).where(sql`day <= (${oldest})`),
  ];
}

/** The days since one, the oldest first. @param since YYYY-MM-DD */
export async function readDays(db: Db, since: string): Promise<Day[]> {
  const rows = await db.select().from(day).where(gte(day.day, since)).orderBy(asc(day.day));
  return [...Map.groupBy(rows, (row) => row.day)].map(([name, some]) => ({
    day: name,
    endpoints: Object.fromEntries(some.map(({ status, endpoints }) => [status, endpoints])),
  }));
}
