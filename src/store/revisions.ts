/** The append-only list of what changed, with the records that were replaced. */
import { and, desc, eq, getTableColumns, gt, gte, isNotNull, like, max, sql } from 'drizzle-orm';
import type { Provider } from '../provider/model.ts';
import type { Db, Statement } from './db.ts';
import { revision } from './schema.ts';

/** That a record changed. */
export interface Revision {
  readonly n: number;
  readonly at: string;
  readonly id: string;
  readonly oldDigest: string | null;
  readonly newDigest: string | null;
  readonly cause: string;
}

const { replaced: _, ...brief } = getTableColumns(revision);

/** To stand before the statements that write the record: it keeps the record that they replace. */
export function addRevision(db: Db, change: Omit<Revision, 'n'>): Statement {
  const replaced = sql`(SELECT json FROM provider WHERE id = ${change.id})`;
  return db.insert(revision).values({ ...change, replaced });
}

/** The number of the newest revision; 0 for an empty store. */
export async function newestRevision(db: Db): Promise<number> {
  const [row] = await db.select({ n: max(revision.n) }).from(revision);
  return row?.n ?? 0;
}

/** What changed about a record, newest first. */
export function readRevisions(db: Db, id: string, limit: number): Promise<Revision[]> {
  return Promise.resolve(
    db.select(brief).from(revision).where(eq(revision.id, id)).orderBy(desc(revision.n)).limit(limit),
  );
}

/** What changed about any record after a revision, oldest first. */
export function readChanges(db: Db, since: number, limit: number): Promise<Revision[]> {
  return Promise.resolve(db.select(brief).from(revision).where(gt(revision.n, since)).orderBy(revision.n).limit(limit));
}

/** A revision with the record before it and, where it was replaced again since, after it; as far as they were kept. */
export interface TracedRevision extends Revision {
  readonly before: Provider | null;
  readonly after: Provider | null;
}

/** The newest first: of one record, or of all. */
export async function traceRevisions(db: Db, limit: number, id?: string): Promise<TracedRevision[]> {
  const rows = await db
    .select({
      ...brief,
      before: revision.replaced,
      after: sql<string | null>`(SELECT later.replaced FROM revision AS later
        WHERE later.id = revision.id AND later.n > revision.n ORDER BY later.n LIMIT 1)`,
    })
    .from(revision)
    .where(id === undefined ? undefined : eq(revision.id, id))
    .orderBy(desc(revision.n))
    .limit(limit);
  const parse = (json: string | null) => (json === null ? null : (JSON.parse(json) as Provider));
  return rows.map(({ before, after, ...row }) => ({ ...row, before: parse(before), after: parse(after) }));
}

/** What changed about a record from this revision on, it included. */
export function readRevisionsSince(db: Db, id: string, n: number): Promise<Revision[]> {
  return Promise.resolve(
    db
      .select(brief)
      .from(revision)
      .where(and(eq(revision.id, id), gte(revision.n, n)))
      .orderBy(revision.n),
  );
}

/** One revision, with the record as it was before; undefined where there is none of this number. */
export async function readRevision(
  db: Db,
  n: number,
): Promise<(Revision & { readonly before: Provider | null }) | undefined> {
  const [row] = await db.select().from(revision).where(eq(revision.n, n));
  if (!row) return undefined;
  const { replaced, ...told } = row;
  return { ...told, before: replaced === null ? null : (JSON.parse(replaced) as Provider) };
}

/** Records as they were before what these causes (a SQL LIKE pattern) did to them since then. */
export async function readReplaced(db: Db, causes: string, since: string): Promise<Provider[]> {
  const rows = await db
    .select({ json: revision.replaced })
    .from(revision)
    .where(and(like(revision.cause, causes), gt(revision.at, since), isNotNull(revision.replaced)))
    .orderBy(desc(revision.n));
  return rows.map(({ json }) => JSON.parse(json ?? '') as Provider);
}

/** A record as it was before what these causes did to it since then; null: there was none; undefined: they did nothing. */
export async function readBefore(
  db: Db,
  id: string,
  causes: string,
  since: string,
): Promise<Provider | null | undefined> {
  const [first] = await db
    .select({ json: revision.replaced })
    .from(revision)
    .where(and(eq(revision.id, id), like(revision.cause, causes), gt(revision.at, since)))
    .orderBy(revision.n)
    .limit(1);
  return first && (first.json === null ? null : (JSON.parse(first.json) as Provider));
}
