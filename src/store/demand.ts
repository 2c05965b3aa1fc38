/** What many ask for and do not get, added up over time. */
import { desc, lte, sql } from 'drizzle-orm';
import type { Domain } from '../name/domain.ts';
import type { Db, Statement } from './db.ts';
import { demand } from './schema.ts';

/** A name with how often it was asked for as a mail domain, and how often as who receives an unknown domain's mail. */
export interface Demanded {
  readonly name: string;
  readonly asDomain: number;
  readonly asMx: number;
  /** ISO 8601. */
  readonly since: string;
  readonly last: string;
}

/** More names than any curator works through; the least wanted go. */
const keptNames = 5000;

/** Adds what was asked for since the last time. */
export function addDemand(
  db: Db,
  wanted: readonly { readonly kind: 'domain' | 'mx'; readonly name: Domain; readonly times: number }[],
  at: string,
): Statement[] {
  const adding = wanted.map(({ kind, name, times }) => {
    const asDomain = kind === 'domain' ? times : 0;
    const asMx = kind === 'mx' ? times : 0;
    return db
      .insert(demand)
      .values({ name, asDomain, asMx, since: at, last: at })
      .onConflictDoUpdate({
        target: demand.name,
        set: { asDomain: sql`${demand.asDomain} + ${asDomain}`, asMx: sql`${demand.asMx} + ${asMx}`, last: at },
      });
  });
  if (adding.length === 0) return [];
  const total = sql`as_domain + as_mx`;
  const beyond = sql`(SELECT as_domain + as_mx FROM demand ORDER BY as_domain + as_mx DESC LIMIT 1 OFFSET ${keptNames})`;
  return [...adding, db.delete(demand).where(lte(total, beyond))];
}

/** The most wanted names first. */
export function readDemand(db: Db, limit: number): Promise<Demanded[]> {
  const total = sql`${demand.asDomain} + ${demand.asMx}`;
  return Promise.resolve(db.select().from(demand).orderBy(desc(total), demand.name).limit(limit));
}
