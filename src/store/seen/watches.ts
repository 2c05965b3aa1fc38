/**
 * What each vantage makes of each endpoint, when it looks again, and who is looking there now.
 *
 * A lease is taken by one UPDATE that asks for a free one, so two verifiers of one vantage never get the same endpoint; an
 * expired lease is free. Nobody is given an endpoint whose owner somebody else is calling, be it from another place: the
 * manners of one process (verify/pace.ts) are those of all. What a vantage remembers is moved by compare-and-set on the newest
 * check that is in it: what is reported twice moves it once.
 */
import { and, asc, eq, gt, inArray, isNotNull, isNull, like, lt, lte, ne, or, type SQL, sql } from 'drizzle-orm';
import { later } from '../../net/instant.ts';
import type { EndpointKey } from '../../provider/model.ts';
import { type Db, inParts, type Statement, type Store } from '../db.ts';
import { status, watch } from '../schema.ts';

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
  const may = and(or(free(lease.now), rests), uncalled(lease.by, lease.now));
  const statements = Array.from(inParts(keys), (some) =>
    leased(store.db, lease, and(inArray(watch.endpoint, some), may)),
  );
  for (const some of inParts(statements)) await store.atomically(some);
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
  for (const some of inParts(keys)) {
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
