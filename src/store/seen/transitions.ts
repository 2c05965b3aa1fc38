/** How statuses moved. Bounded: the newest {@link keptTransitions} of each endpoint. */
import { and, desc, eq, inArray, type SQL, sql } from 'drizzle-orm';
import type { EndpointKey, StatusName } from '../../provider/model.ts';
import { type Db, inParts, type Statement } from '../db.ts';
import { transition } from '../schema.ts';

/** A status that moved. */
export interface Transition {
  readonly endpoint: EndpointKey;
  readonly from: StatusName;
  readonly to: StatusName;
  /** A verdict's code, or one of the state machine's own reasons. */
  readonly reason: string;
  /** ISO 8601. */
  readonly at: string;
}

/** As it is kept. */
export interface PastTransition extends Transition {
  readonly n: number;
}

const keptTransitions = 20;

/** To stand before the move itself. @param only a condition on the row of the status; else nothing is written */
export function addTransition(
  db: Db,
  { endpoint, from, to, reason, at }: Transition,
  only: SQL | undefined,
): Statement[] {
  const oldest = sql`SELECT n FROM transition WHERE endpoint = ${endpoint} ORDER BY n DESC LIMIT 1 OFFSET ${keptTransitions}`;
  return [
    db
      .insert(transition)
      .select(sql`SELECT NULL, endpoint, ${at}, ${from}, ${to}, ${reason} FROM status WHERE ${only}`),
    db.delete(transition).where(and(eq(transition.endpoint, endpoint), sql`n <= (${oldest})`)),
  ];
}

/** The newest first: of these endpoints, or of all. */
export async function readTransitions(
  db: Db,
  limit: number,
  endpoints?: readonly EndpointKey[],
): Promise<PastTransition[]> {
  if (!endpoints)
    return (await db.select().from(transition).orderBy(desc(transition.n)).limit(limit)).map(transitionOf);
  const found: PastTransition[] = [];
  for (const some of inParts(endpoints)) {
    const rows = await db
      .select()
      .from(transition)
      .where(inArray(transition.endpoint, some))
      .orderBy(desc(transition.n))
      .limit(limit);
    found.push(...rows.map(transitionOf));
  }
  return found.sort((a, b) => b.n - a.n).slice(0, limit);
}

function transitionOf({
  n,
  endpoint,
  at,
  fromStatus,
  toStatus,
  reason,
}: typeof transition.$inferSelect): PastTransition {
  return { n, endpoint: endpoint as EndpointKey, at, from: fromStatus, to: toStatus, reason };
}
