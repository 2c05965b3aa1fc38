/**
 * Where each endpoint stands: what all vantages say of it together (watches.ts has what each of them says). A status is
 * written only by whoever has read the newest watches, so that of two who settle at once neither forgets the other.
 */
import { and, eq, inArray, isNotNull, lt, lte, sql } from 'drizzle-orm';
import { ownerOf } from '../../name/suffix.ts';
import type { EndpointKey, Status, Statuses, StatusName } from '../../provider/model.ts';
import { among, type Db, inParts, type Statement, type Store } from '../db.ts';
import { knowledgeMoved } from '../generation.ts';
import { status } from '../schema.ts';
import { readHeard } from './heard.ts';
import { addTransition } from './transitions.ts';
import { forgetVantages, unwatchUnlisted, watchListed } from './vantages.ts';

/** What is told of an endpoint. Instants are ISO 8601. */
export interface Told {
  readonly status: StatusName;
  readonly reason: string;
  readonly since: string;
  readonly checkedAt: string | null;
  readonly staleAt: string | null;
  /** Which watches it was made of: the sum of their newest checks. */
  readonly applied: number;
}

/** A status after one more check. */
export interface Move extends Told {
  readonly endpoint: EndpointKey;
  /** What it was before, where this moves it. */
  readonly from?: StatusName;
}

/**
 * The statuses as they are to be told at this moment: who was not looked at for long is unverified. Where our own verifier
 * has nothing to say, another instance may (heard.ts), with its name.
 * @param only of these endpoints
 */
export async function readStatuses(db: Db, now: string, only?: readonly EndpointKey[]): Promise<Statuses> {
  const told = await readHeard(db, now, only);
  const { endpoint, status: name, reason, since, staleAt, checkedAt } = status;
  const where = only && among(endpoint, only);
  for (const row of await db.select({ endpoint, name, reason, since, staleAt, checkedAt }).from(status).where(where)) {
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
  const known = and(isNotNull(status.listedAt), isNotNull(status.owner));
  const rows = await db.select({ endpoint: status.endpoint }).from(status).where(known);
  const listed = new Set<string>(rows.map(({ endpoint }) => endpoint));
  const wanted = new Set<string>(keys);
  const add = (endpoint: string) => {
    const owner = ownerOf(hostOf(endpoint));
    return db
      .insert(status)
      .values({ endpoint, status: 'unverified', reason: 'new', since: now, applied: 0, listedAt: now, owner })
      .onConflictDoUpdate({ target: status.endpoint, set: { listedAt: now, owner } });
  };
  const drop = (endpoint: string) => db.update(status).set({ listedAt: null }).where(eq(status.endpoint, endpoint));
  // Each batch is made when its turn comes: ten thousand statements at once take 200 MB. Half a list does no harm.
  const most = Math.min(store.batchSize, mostListed);
  const [added, dropped] = [[...wanted.difference(listed)], [...listed.difference(wanted)]];
  for (const some of inParts(added, most)) await store.atomically(some.map(add));
  for (const some of inParts(dropped, most)) await store.atomically(some.map(drop));
  // Always: whoever was interrupted here left a list that not every vantage knows.
  await store.atomically([...watchListed(db, now), unwatchUnlisted(db), ...forgetVantages(db, now)]);
}

/** `imap://imap.mail.example:993?security=tls` -> imap.mail.example */
function hostOf(endpoint: string): string {
  return new URL(endpoint).hostname.replaceAll(/[[\]]/g, '');
}

/** What is told of these endpoints now. */
export async function readTold(db: Db, keys: readonly EndpointKey[]): Promise<Map<EndpointKey, Told>> {
  const found = new Map<EndpointKey, Told>();
  for (const some of inParts(keys)) {
    const rows = await db.select().from(status).where(inArray(status.endpoint, some));
    for (const { endpoint, status: name, reason, since, checkedAt, staleAt, applied } of rows)
      found.set(endpoint as EndpointKey, { status: name, reason, since, checkedAt, staleAt, applied });
  }
  return found;
}

/** At most so many statements are needed for one move. */
export const statementsOfMove = 3;

/**
 * Moves statuses; one that was made of newer watches, or of which there are newer ones, stays. One statement more says that
 * there are new statuses.
 */
export function moveStatuses(db: Db, moves: readonly Move[]): Statement[] {
  if (moves.length === 0) return [];
  return [
    ...moves.flatMap(({ endpoint, from, status: to, reason, since, checkedAt, staleAt, applied }) => {
      const newest = sql`(SELECT coalesce(sum(applied), 0) FROM watch WHERE endpoint = ${endpoint})`;
      const only = and(eq(status.endpoint, endpoint), lt(status.applied, applied), lte(newest, applied));
      return [
        ...(from === undefined ? [] : addTransition(db, { endpoint, from, to, reason, at: since }, only)),
        db.update(status).set({ status: to, reason, since, checkedAt, staleAt, applied }).where(only),
      ];
    }),
    knowledgeMoved(db),
  ];
}
