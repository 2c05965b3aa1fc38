/**
 * What each vantage makes of each endpoint, when it looks again, and who is looking there now.
 *
 * A lease is taken by one UPDATE that asks for a free one, so two verifiers of one vantage never get the same endpoint; an
 * expired lease is free. Nobody is given an endpoint whose owner somebody else is calling, be it from another place: the
 * manners of one process (verify/pace.ts) are those of all. What a vantage remembers is moved by compare-and-set on the newest
 * check that is in it: what is reported twice moves it once.
 */
import { and, asc, eq, gt, inArray, isNotNull, isNull, like, lt, lte, ne, or, type SQL, sql } from 'drizzle-orm';
import type { EndpointKey } from '../../provider/model.ts';
import type { Db, Statement, Store } from '../db.ts';
import { status, vantage, watch } from '../schema.ts';

/** An endpoint as one vantage sees it. */
export interface Watch {
  readonly endpoint: EndpointKey;
  readonly vantage: string;
  /** JSON of the machine; undefined before the first check. */
  readonly state: unknown;
  /** The newest check that is in it; 0 for none. */
  readonly applied: number;
}

/** A watch after one more check. */
export interface WatchMove extends Watch {
  /** ISO 8601. */
  readonly dueAt: string;
}

/** Whose leases: a holder at a vantage. */
export interface Holder {
  /** A verifier, and behind a full stop perhaps the number of its run: from one to the next it knows itself whom it called. */
  readonly by: string;
  readonly vantage: string;
}

/** A wish for leases: until when from now. Instants are ISO 8601. */
export interface Lease extends Holder {
  readonly now: string;
  readonly until: string;
}

/** Keys of one statement. D1 binds at most 100 parameters, and a lease has a dozen of its own. */
const boundAtOnce = 80;
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

/** Leases up to `limit` endpoints that are due, the longest due first. @returns all that the holder has */
export async function takeDue(store: Store, lease: Lease, limit: number): Promise<EndpointKey[]> {
  const due = dueEndpoints(store.db, lease, limit);
  await store.atomically([leased(store.db, lease, inArray(watch.endpoint, due))]);
  return readHeld(store.db, lease);
}

/** The query behind {@link takeDue}. */
export function dueEndpoints(db: Db, { by, vantage: name, now }: Omit<Lease, 'until'>, limit: number) {
  return db
    .select({ endpoint: watch.endpoint })
    .from(watch)
    .where(and(eq(watch.vantage, name), lte(watch.dueAt, now), free(now), unbothered(by, now)))
    .orderBy(asc(watch.dueAt))
    .limit(limit);
}

/**
 * Leases these endpoints, due or not, unless somebody else is calling their owners. Who has just been called need not rest:
 * somebody asks for these very endpoints.
 * @returns all that the holder has
 */
export async function takeThese(store: Store, lease: Lease, keys: readonly EndpointKey[]): Promise<EndpointKey[]> {
  const statements: Statement[] = [];
  for (let start = 0; start < keys.length; start += boundAtOnce) {
    const some = keys.slice(start, start + boundAtOnce);
    statements.push(
      leased(
        store.db,
        lease,
        and(inArray(watch.endpoint, some), or(free(lease.now), rests), uncalled(lease.by, lease.now)),
      ),
    );
  }
  for (let start = 0; start < statements.length; start += boundAtOnce) {
    await store.atomically(statements.slice(start, start + boundAtOnce));
  }
  return readHeld(store.db, lease);
}

/** Makes all leases of one holder longer. */
export function renewLeases(db: Db, { by, until }: Pick<Lease, 'by' | 'until'>): Statement {
  return db.update(watch).set({ leaseUntil: until }).where(eq(watch.leaseBy, by));
}

/** Gives all leases of one holder back. */
export function releaseLeases(db: Db, by: string): Statement {
  return db.update(watch).set({ leaseUntil: null, leaseBy: null }).where(eq(watch.leaseBy, by));
}

/**
 * An endpoint was checked, and what follows waits for the run to be judged: it is not due again before `until`.
 * @param rest until when no other holder is to call the owner
 */
export function holdBack(
  db: Db,
  endpoint: EndpointKey,
  { by, until, rest }: Pick<Lease, 'by' | 'until'> & { readonly rest?: string },
): Statement {
  const lease = rest === undefined ? { leaseUntil: null, leaseBy: null } : { leaseUntil: rest, leaseBy: resting(by) };
  return db
    .update(watch)
    .set({ dueAt: dueAt(until), ...lease })
    .where(and(eq(watch.endpoint, endpoint), eq(watch.leaseBy, by)));
}

/** How many endpoints are due at a vantage, and when the next one is. */
export async function readDue(db: Db, name: string, now: string): Promise<{ due: number; next?: string }> {
  const here = eq(watch.vantage, name);
  const [count] = await db
    .select({ due: sql<number>`count(*)` })
    .from(watch)
    .where(and(here, lte(watch.dueAt, now), free(now), unbothered('', now)));
  const [first] = await db
    .select({ dueAt: watch.dueAt })
    .from(watch)
    .where(and(here, isNotNull(watch.dueAt)))
    .orderBy(asc(watch.dueAt))
    .limit(1);
  return { due: count?.due ?? 0, ...(first?.dueAt && { next: first.dueAt }) };
}

/** What every vantage makes of these endpoints. */
export async function readWatches(db: Db, keys: readonly EndpointKey[]): Promise<Map<EndpointKey, Watch[]>> {
  const found: Watch[] = [];
  for (let start = 0; start < keys.length; start += boundAtOnce) {
    const some = keys.slice(start, start + boundAtOnce);
    const rows = await db.select(watchColumns).from(watch).where(inArray(watch.endpoint, some));
    found.push(...rows.map(watchOf));
  }
  return Map.groupBy(found, ({ endpoint }) => endpoint);
}

/** Endpoints that are verified, looked at from this vantage before, and free; those that are due soonest first. */
export async function readVerified(
  db: Db,
  { by, vantage: name, now }: Omit<Lease, 'until'>,
  limit: number,
): Promise<EndpointKey[]> {
  const rows = await db
    .select({ endpoint: watch.endpoint })
    .from(watch)
    .innerJoin(status, eq(status.endpoint, watch.endpoint))
    .where(
      and(
        eq(watch.vantage, name),
        isNotNull(watch.dueAt),
        isNotNull(watch.state),
        eq(status.status, 'verified'),
        free(now),
        unbothered(by, now),
      ),
    )
    .orderBy(asc(watch.dueAt))
    .limit(limit);
  return rows.map(({ endpoint }) => endpoint as EndpointKey);
}

/** Moves a watch; one that holds a newer check already stays. */
export function moveWatch(db: Db, { endpoint, vantage: name, state, applied, dueAt: next }: WatchMove): Statement {
  return db
    .update(watch)
    .set({ state: JSON.stringify(state), applied, dueAt: dueAt(next) })
    .where(and(eq(watch.vantage, name), eq(watch.endpoint, endpoint), lt(watch.applied, applied)));
}

/** Every other vantage is to look at an endpoint now. */
export function callOthers(db: Db, endpoint: EndpointKey, { vantage: name, now }: Pick<Lease, 'vantage' | 'now'>) {
  return db
    .update(watch)
    .set({ dueAt: now })
    .where(and(eq(watch.endpoint, endpoint), ne(watch.vantage, name), gt(watch.dueAt, now)));
}

const watchColumns = {
  endpoint: watch.endpoint,
  vantage: watch.vantage,
  state: watch.state,
  applied: watch.applied,
};

function watchOf({ endpoint, state, ...row }: Pick<typeof watch.$inferSelect, keyof typeof watchColumns>): Watch {
  return { ...row, endpoint: endpoint as EndpointKey, state: state === null ? undefined : JSON.parse(state) };
}

/** What no record names stays due no more, whatever happens to it. */
function dueAt(next: string): SQL {
  return sql`CASE WHEN due_at IS NULL THEN NULL ELSE ${next} END`;
}

/** Nobody leases for an hour: who seems to had another clock. */
export const longestLease = 3_600_000;

function free(now: string): SQL | undefined {
  return or(isNull(watch.leaseUntil), lte(watch.leaseUntil, now), gt(watch.leaseUntil, later(now, longestLease)));
}

/** Whose lease it is that only lets an owner rest: the verifier's, whatever the number of its run. */
function resting(by: string): string {
  return `rest ${by.replace(/\.\d+$/, '')}`;
}

const rests = like(watch.leaseBy, resting('%'));

/** No other holder is calling any server of the same owner, from wherever. */
function uncalled(by: string, now: string): SQL {
  return sql`NOT EXISTS (${leasesOfOwner(by, now)} AND other.lease_by NOT LIKE ${resting('%')})`;
}

/** The same, and nobody has done so just before. */
function unbothered(by: string, now: string): SQL {
  return sql`NOT EXISTS (${leasesOfOwner(by, now)})`;
}

function leasesOfOwner(by: string, now: string): SQL {
  return sql`SELECT 1 FROM watch AS other WHERE other.owner = watch.owner AND other.lease_by IS NOT NULL
    AND other.lease_by NOT IN (${by}, ${resting(by)})
    AND other.lease_until > ${now} AND other.lease_until <= ${later(now, longestLease)}`;
}

/** An instant so many milliseconds later, ISO 8601. */
export function later(instant: string, milliseconds: number): string {
  return new Date(Date.parse(instant) + milliseconds).toISOString();
}

function leased(db: Db, { by, vantage: name, until }: Lease, which: SQL | undefined): Statement {
  return db
    .update(watch)
    .set({ leaseUntil: until, leaseBy: by })
    .where(and(eq(watch.vantage, name), which));
}

/** What a holder has. */
export async function readHeld(db: Db, { by, now }: Pick<Lease, 'by' | 'now'>): Promise<EndpointKey[]> {
  const rows = await db
    .select({ endpoint: watch.endpoint })
    .from(watch)
    .where(and(eq(watch.leaseBy, by), gt(watch.leaseUntil, now)))
    .orderBy(asc(watch.dueAt), asc(watch.endpoint));
  return rows.map(({ endpoint }) => endpoint as EndpointKey);
}
