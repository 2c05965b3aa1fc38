/** From where is looked: each vantage watches everything that is listed, for as long as it shows up. */
import { and, eq, gt, inArray, isNotNull, isNull, lt, sql } from 'drizzle-orm';
import { later } from '../../net/instant.ts';
import type { Db, Statement, Store } from '../db.ts';
import { status, vantage, watch } from '../schema.ts';

/** A vantage of which nobody has heard for so long is forgotten, with all that it knew. Milliseconds. */
const forgottenAfter = 30 * 86_400_000;

/** A vantage asks for work. One that is new has everything before it. */
export async function showUp(store: Store, name: string, now: string): Promise<void> {
  const { db } = store;
  const [known] = await db.select().from(vantage).where(eq(vantage.name, name));
  const seen = db
    .insert(vantage)
    .values({ name, seenAt: now })
    .onConflictDoUpdate({ target: vantage.name, set: { seenAt: now } });
  await store.atomically(known ? [seen, setRight(db, name, now)] : [seen, ...watchListed(db, now)]);
}

/** Milliseconds: whatever waits longer than that is dead, or waits for a day that a wrong clock had. */
const longWait = 1.5 * 86_400_000;

/**
 * A clock that ran ahead and was set back leaves endpoints due on a day that is far away. What waits longer than the state
 * machine wanted (its own interval and jitter) is due now.
 */
function setRight(db: Db, name: string, now: string): Statement {
  const seconds = sql`unixepoch(${watch.dueAt}) - unixepoch(${now})`;
  const longest = sql`coalesce(json_extract(${watch.state}, '$.wait'), 0) * 1.3 / 1000`;
  return db
    .update(watch)
    .set({ dueAt: now })
    .where(and(eq(watch.vantage, name), gt(watch.dueAt, later(now, longWait)), sql`${seconds} > ${longest}`));
}

/** When each vantage last asked for work. */
export async function readVantages(db: Db): Promise<ReadonlyMap<string, string>> {
  const rows = await db.select().from(vantage);
  return new Map(rows.map(({ name, seenAt }) => [name, seenAt]));
}

/** Every vantage watches what is listed, at once what it has not watched yet. */
export function watchListed(db: Db, now: string): Statement[] {
  const listed = db
    .select({
      endpoint: status.endpoint,
      vantage: vantage.name,
      state: sql<string | null>`NULL`.as('state'),
      applied: sql<number>`0`.as('applied'),
      dueAt: sql<string | null>`${now}`.as('due_at'),
      leaseUntil: sql<string | null>`NULL`.as('lease_until'),
      leaseBy: sql<string | null>`NULL`.as('lease_by'),
      owner: status.owner,
    })
    .from(status)
    .innerJoin(vantage, sql`true`)
    .where(isNotNull(status.listedAt));
  return [
    db
      .insert(watch)
      .select(listed)
      .onConflictDoUpdate({
        target: [watch.vantage, watch.endpoint],
        set: { dueAt: now },
        setWhere: isNull(watch.dueAt),
      }),
    db
      .update(watch)
      .set({ owner: sql`(SELECT owner FROM status WHERE status.endpoint = watch.endpoint)` })
      .where(isNull(watch.owner)),
  ];
}

/** Nobody looks any more at what is not listed. */
export function unwatchUnlisted(db: Db): Statement {
  const listed = db.select({ endpoint: status.endpoint }).from(status).where(isNotNull(status.listedAt));
  return db
    .update(watch)
    .set({ dueAt: null })
    .where(and(isNotNull(watch.dueAt), sql`${watch.endpoint} NOT IN ${listed}`));
}

/** Forgets vantages that are long gone. */
export function forgetVantages(db: Db, now: string): Statement[] {
  const gone = lt(vantage.seenAt, later(now, -forgottenAfter));
  const names = db.select({ name: vantage.name }).from(vantage).where(gone);
  const left = sql`(SELECT coalesce(sum(applied), 0) FROM watch WHERE endpoint = ${status.endpoint} AND vantage NOT IN ${names})`;
  const theirs = db.select({ endpoint: watch.endpoint }).from(watch).where(inArray(watch.vantage, names));
  return [
    db.update(status).set({ applied: left }).where(inArray(status.endpoint, theirs)),
    db.delete(watch).where(inArray(watch.vantage, names)),
    db.delete(vantage).where(gone),
  ];
}
