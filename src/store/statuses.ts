/**
 * Where each endpoint stands, when it is due, and who is looking at it now.
 *
 * A lease is taken by one UPDATE that asks for a free one, so two verifiers never get the same endpoint; an expired lease is
 * free. A status is moved by compare-and-set on the newest check that is in it: what is reported twice moves it once.
 */
import { and, asc, eq, inArray, isNotNull, isNull, lt, lte, or, type SQL, sql } from 'drizzle-orm';
import type { EndpointKey, Status, Statuses, StatusName } from '../provider/model.ts';
import type { Db, Statement, Store } from './db.ts';
import { knowledgeMoved } from './generation.ts';
import { readHeard } from './heard.ts';
import { status } from './schema.ts';
import { addTransition } from './transitions.ts';

/** What the state machine left of an endpoint. */
export interface StatusRow {
  readonly endpoint: EndpointKey;
  /** JSON of the machine; undefined before the first check. */
  readonly state: unknown;
  /** The newest check that is in it; 0 for none. */
  readonly applied: number;
}

/** A status after one more check. Instants are ISO 8601. */
export interface Move {
  readonly endpoint: EndpointKey;
  readonly status: StatusName;
  /** What it was before, where this check moves it. */
  readonly from?: StatusName;
  readonly reason: string;
  readonly since: string;
  readonly checkedAt: string | null;
  readonly staleAt: string | null;
  readonly state: unknown;
  readonly dueAt: string;
  /** The number of this check. */
  readonly applied: number;
}

/** A wish for leases: for whom, and until when from now. */
export interface Lease {
  readonly by: string;
  readonly now: string;
  /** Tells these leases from others of the same holder: take another instant each time. */
  readonly until: string;
}

/** D1 binds at most 100 parameters a statement. */
const boundAtOnce = 90;

/**
 * The statuses as they are to be told at this moment: who was not looked at for long is unverified. Where our own verifier
 * has nothing to say, another instance may (heard.ts), with its name.
 */
export async function readStatuses(db: Db, now: string): Promise<Statuses> {
  const told = await readHeard(db, now);
  const { endpoint, status: name, reason, since, staleAt, checkedAt } = status;
  for (const row of await db.select({ endpoint, name, reason, since, staleAt, checkedAt }).from(status)) {
    const key = row.endpoint as EndpointKey;
    const checked = row.checkedAt === null ? {} : { checkedAt: row.checkedAt };
    const own: Status =
      row.staleAt !== null && row.staleAt <= now
        ? { status: 'unverified', since: row.staleAt, reason: 'stale', ...checked }
        : { status: row.name, since: row.since, reason: row.reason, ...checked };
    const theirs = told.get(key);
    const isNewer = theirs !== undefined && (theirs.checkedAt ?? '') > (row.checkedAt ?? '');
    if (own.status !== 'unverified' || !isNewer) told.set(key, own);
  }
  return told;
}

/** Endpoints that are listed at a time. */
const mostListed = 200;

/** Brings the list of what is probed up to date: new endpoints are due at once, what no record names is due no more. */
export async function listEndpoints(store: Store, keys: readonly EndpointKey[], now: string): Promise<void> {
  const { db } = store;
  const rows = await db.select({ endpoint: status.endpoint, dueAt: status.dueAt }).from(status);
  const listed = new Set(rows.filter(({ dueAt }) => dueAt !== null).map(({ endpoint }) => endpoint));
  const wanted = new Set<string>(keys);
  const add = (endpoint: string) =>
    db
      .insert(status)
      .values({ endpoint, status: 'unverified', reason: 'new', since: now, applied: 0, dueAt: now })
      .onConflictDoUpdate({ target: status.endpoint, set: { dueAt: now } });
  const drop = (endpoint: string) => db.update(status).set({ dueAt: null }).where(eq(status.endpoint, endpoint));
  // Each batch is made when its turn comes: ten thousand statements at once take 200 MB. Half a list does no harm.
  const most = Math.min(store.batchSize, mostListed);
  for (const some of batchesOf([...wanted.difference(listed)], most)) await store.atomically(some.map(add));
  for (const some of batchesOf([...listed.difference(wanted)], most)) await store.atomically(some.map(drop));
}

/** Leases up to `limit` endpoints that are due, the longest due first. */
export async function takeDue(store: Store, lease: Lease, limit: number): Promise<StatusRow[]> {
  const due = dueEndpoints(store.db, lease.now, limit);
  await store.atomically([leased(store.db, lease, inArray(status.endpoint, due))]);
  return held(store.db, lease);
}

/** The query behind {@link takeDue}. */
export function dueEndpoints(db: Db, now: string, limit: number) {
  return db
    .select({ endpoint: status.endpoint })
    .from(status)
    .where(and(lte(status.dueAt, now), free(now)))
    .orderBy(asc(status.dueAt))
    .limit(limit);
}

/** Leases these endpoints, due or not; those that somebody else is looking at are not among the answer. */
export async function takeThese(store: Store, lease: Lease, keys: readonly EndpointKey[]): Promise<StatusRow[]> {
  const statements: Statement[] = [];
  for (let start = 0; start < keys.length; start += boundAtOnce) {
    const some = keys.slice(start, start + boundAtOnce);
    statements.push(leased(store.db, lease, and(inArray(status.endpoint, some), free(lease.now))));
  }
  for (const batch of batchesOf(statements, store.batchSize)) await store.atomically(batch);
  return held(store.db, lease);
}

/** Makes all leases of one holder longer. */
export function renewLeases(db: Db, { by, until }: Pick<Lease, 'by' | 'until'>): Statement {
  return db.update(status).set({ leaseUntil: until }).where(eq(status.leaseBy, by));
}

/** Gives all leases of one holder back. */
export function releaseLeases(db: Db, by: string): Statement {
  return db.update(status).set({ leaseUntil: null, leaseBy: null }).where(eq(status.leaseBy, by));
}

/** An endpoint was checked, and its status waits for the run to be judged: it is not due again before `until`. */
export function holdBack(db: Db, endpoint: EndpointKey, { by, until }: Pick<Lease, 'by' | 'until'>): Statement {
  return db
    .update(status)
    .set({ dueAt: sql`CASE WHEN due_at IS NULL THEN NULL ELSE ${until} END`, leaseUntil: null, leaseBy: null })
    .where(and(eq(status.endpoint, endpoint), eq(status.leaseBy, by)));
}

/** How many endpoints are due, and when the next one is. */
export async function readDue(db: Db, now: string): Promise<{ due: number; next?: string }> {
  const listed = isNotNull(status.dueAt);
  const [count] = await db
    .select({ due: sql<number>`count(*)` })
    .from(status)
    .where(and(lte(status.dueAt, now), free(now)));
  const [first] = await db
    .select({ dueAt: status.dueAt })
    .from(status)
    .where(listed)
    .orderBy(asc(status.dueAt))
    .limit(1);
  return { due: count?.due ?? 0, ...(first?.dueAt && { next: first.dueAt }) };
}

/** What the machine remembers of these endpoints. */
export async function readStates(db: Db, keys: readonly EndpointKey[]): Promise<Map<EndpointKey, StatusRow>> {
  const found = new Map<EndpointKey, StatusRow>();
  for (let start = 0; start < keys.length; start += boundAtOnce) {
    const some = keys.slice(start, start + boundAtOnce);
    const rows = await db.select(rowColumns).from(status).where(inArray(status.endpoint, some));
    for (const row of rows) found.set(row.endpoint as EndpointKey, rowOf(row));
  }
  return found;
}

/** Endpoints that are verified and that nobody is looking at, the longest unchecked first. */
export async function readVerified(db: Db, now: string, limit: number): Promise<EndpointKey[]> {
  const rows = await db
    .select({ endpoint: status.endpoint })
    .from(status)
    .where(and(eq(status.status, 'verified'), isNotNull(status.dueAt), free(now)))
    .orderBy(asc(status.checkedAt))
    .limit(limit);
  return rows.map(({ endpoint }) => endpoint as EndpointKey);
}

/** At most so many statements are needed for one move. */
export const statementsOfMove = 3;

/** Moves statuses; one that holds a newer check already stays. One statement more says that there are new statuses. */
export function moveStatuses(db: Db, moves: readonly Move[]): Statement[] {
  if (moves.length === 0) return [];
  return [
    ...moves.flatMap(({ endpoint, from, state, dueAt, ...row }) => [
      ...(from === undefined
        ? []
        : addTransition(db, { endpoint, from, to: row.status, reason: row.reason, at: row.since }, row.applied)),
      db
        .update(status)
        .set({
          ...row,
          state: JSON.stringify(state),
          dueAt: sql`CASE WHEN due_at IS NULL THEN NULL ELSE ${dueAt} END`,
        })
        .where(and(eq(status.endpoint, endpoint), lt(status.applied, row.applied))),
    ]),
    knowledgeMoved(db),
  ];
}

const rowColumns = { endpoint: status.endpoint, state: status.state, applied: status.applied };

function rowOf(row: { endpoint: string; state: string | null; applied: number }): StatusRow {
  const { state, applied } = row;
  return { endpoint: row.endpoint as EndpointKey, state: state === null ? undefined : JSON.parse(state), applied };
}

function free(now: string): SQL | undefined {
  return or(isNull(status.leaseUntil), lte(status.leaseUntil, now));
}

function leased(db: Db, { by, until }: Lease, which: SQL | undefined): Statement {
  return db.update(status).set({ leaseUntil: until, leaseBy: by }).where(which);
}

async function held(db: Db, { by, until }: Lease): Promise<StatusRow[]> {
  const rows = await db
    .select(rowColumns)
    .from(status)
    .where(and(eq(status.leaseBy, by), eq(status.leaseUntil, until)))
    .orderBy(asc(status.dueAt), asc(status.endpoint));
  return rows.map(rowOf);
}

function* batchesOf<T>(all: readonly T[], size: number): Generator<readonly T[]> {
  if (size === Number.POSITIVE_INFINITY) {
    if (all.length > 0) yield all;
    return;
  }
  for (let start = 0; start < all.length; start += size) yield all.slice(start, start + size);
}
