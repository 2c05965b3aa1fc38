/** What other instances say of endpoints. One row an endpoint, the newest check wins; our own state machine never sees it. */
import { and, gt, sql } from 'drizzle-orm';
import type { EndpointKey, Status } from '../../provider/model.ts';
import { among, type Db, type Statement } from '../db.ts';
import { knowledgeMoved } from '../generation.ts';
import { heard } from '../schema.ts';

/** Instants are ISO 8601. */
export type Heard = Omit<typeof heard.$inferSelect, 'endpoint'> & { readonly endpoint: EndpointKey };

/** Writes what was heard; an endpoint of which something newer was heard stays as it is. */
export function putHeard(db: Db, rows: readonly Heard[]): Statement[] {
  if (rows.length === 0) return [];
  return [
    ...rows.map((row) =>
      db
        .insert(heard)
        .values(row)
        .onConflictDoUpdate({
          target: heard.endpoint,
          set: row,
          setWhere: sql`excluded.checked_at > ${heard.checkedAt}`,
        }),
    ),
    knowledgeMoved(db),
  ];
}

/** What is still worth telling. @param only of these endpoints */
export async function readHeard(db: Db, now: string, only?: readonly EndpointKey[]): Promise<Map<EndpointKey, Status>> {
  const rows = await db
    .select()
    .from(heard)
    .where(and(only && among(heard.endpoint, only), gt(heard.staleAt, now)));
  return new Map(
    rows.map(({ endpoint, status, reason, since, checkedAt, vantage }) => [
      endpoint as EndpointKey,
      { status, reason, since, checkedAt, vantage },
    ]),
  );
}
