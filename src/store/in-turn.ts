/** Everything, a part at a time: for answers of all of an atlas that no memory holds at once. */
import { gt, sql } from 'drizzle-orm';
import type { Curated, EndpointKey, Provider } from '../provider/model.ts';
import type { Db } from './db.ts';
import { readLists } from './providers.ts';
import { mx, provider } from './schema.ts';

/** Large records have 60 kB, and D1 may be asked a thousand times for one request (developers.cloudflare.com/d1/platform/limits). */
const recordsAtOnce = 200;
const endpointsAtOnce = 2000;

/** All records, by id. */
export async function* recordsInTurn(db: Db): AsyncGenerator<readonly Provider[]> {
  for (let last = ''; ; ) {
    const rows = await db
      .select({ id: provider.id, json: provider.json })
      .from(provider)
      .where(gt(provider.id, last))
      .orderBy(provider.id)
      .limit(recordsAtOnce);
    if (rows.length > 0) yield rows.map(({ json }) => JSON.parse(json) as Provider);
    if (rows.length < recordsAtOnce) return;
    last = rows.at(-1)?.id ?? '';
  }
}

/** All endpoints of which something is known, sorted. */
export async function* endpointsInTurn(db: Db): AsyncGenerator<readonly EndpointKey[]> {
  for (let last = ''; ; ) {
    const part = (table: string) => sql`SELECT endpoint FROM ${sql.identifier(table)} WHERE endpoint > ${last}`;
    const all = sql`${part('status')} UNION ${part('heard')} UNION ${part('sign_in')}`;
    const rows = await db.all<{ endpoint: EndpointKey }>(sql`${all} ORDER BY endpoint LIMIT ${endpointsAtOnce}`);
    if (rows.length > 0) yield rows.map(({ endpoint }) => endpoint);
    if (rows.length < endpointsAtOnce) return;
    last = rows.at(-1)?.endpoint ?? '';
  }
}

/** What stands beside the records, and the registrable domains of all MX hosts. */
export async function readBeside(
  db: Db,
): Promise<Pick<Curated, 'others' | 'leftOut'> & { readonly registrable: string[] }> {
  const rows = await db.selectDistinct({ owner: mx.owner }).from(mx).orderBy(mx.owner);
  return { registrable: rows.flatMap(({ owner }) => owner ?? []), ...(await readLists(db)) };
}
