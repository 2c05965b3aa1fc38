/** How all listed endpoints stand at this moment, counted by the database: for an atlas that is not in memory. */
import { sql } from 'drizzle-orm';
import type { EndpointKey, Statuses, StatusName } from '../provider/model.ts';
import type { Db } from './db.ts';
import { readStatuses } from './seen/statuses.ts';

export interface Standing {
  readonly counts: ReadonlyMap<StatusName, number>;
  /** Some of those that fail or are dead, the newest first. */
  readonly bad: Statuses;
}

const mostBad = 300;

/** @param now ISO 8601 */
export async function readStanding(db: Db, now: string): Promise<Standing> {
  // As readStatuses tells them: what is stale is unverified, and then another instance may say something newer.
  const own = sql`SELECT endpoint, since, checked_at, CASE WHEN stale_at <= ${now} THEN 'unverified' ELSE status END AS name
    FROM status WHERE listed_at IS NOT NULL`;
  const isTheirs = sql`own.name = 'unverified' AND heard.checked_at > coalesce(own.checked_at, '')`;
  const told = sql`SELECT own.endpoint, CASE WHEN ${isTheirs} THEN heard.status ELSE own.name END AS name,
      CASE WHEN ${isTheirs} THEN heard.since ELSE own.since END AS since
    FROM (${own}) AS own LEFT JOIN heard ON heard.endpoint = own.endpoint AND heard.stale_at > ${now}`;
  const counted = await db.all<{ name: StatusName; endpoints: number }>(
    sql`SELECT name, count(*) AS endpoints FROM (${told}) GROUP BY name`,
  );
  const bad = await db.all<{ endpoint: EndpointKey }>(
    sql`SELECT endpoint FROM (${told}) WHERE name IN ('failing', 'dead') ORDER BY since DESC LIMIT ${mostBad}`,
  );
  return {
    counts: new Map(counted.map(({ name, endpoints }) => [name, endpoints])),
    bad: await readStatuses(
      db,
      now,
      bad.map(({ endpoint }) => endpoint),
    ),
  };
}
