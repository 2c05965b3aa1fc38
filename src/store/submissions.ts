/**
 * Submissions, their checks, and the append-only list of what was done with them.
 *
 * Whoever acts names the version that they have seen. Where another was faster, the event cannot be written, and with it
 * goes the whole batch: nobody decides about what they have not seen, and nothing is done twice.
 */
import { and, asc, desc, eq, getTableColumns, gt, inArray, isNotNull, lt, lte, sql } from 'drizzle-orm';
import { type Db, failedWith, type Statement } from './db.ts';
import { event, formerDraft, submission, submissionCheck } from './schema.ts';

const mostFollowed = 50;

export type SubmissionRow = typeof submission.$inferSelect;
export type ResultRow = typeof submissionCheck.$inferSelect;
export type EventRow = typeof event.$inferSelect;
type State = SubmissionRow['state'];

/** What is known of an act before it is done. */
export type NewEvent = Omit<EventRow, 'n' | 'submission' | 'fromState'>;

/** A submission as it begins, with its first event and the checks that it will go through. */
export function putSubmission(
  db: Db,
  row: Omit<SubmissionRow, 'number' | 'version' | 'changedAt' | 'holdUntil'>,
  first: NewEvent,
  checks: readonly string[],
): Statement[] {
  // Its number is not known yet.
  const number = sql<number>`(SELECT number FROM submission WHERE receipt = ${row.receipt})`;
  return [
    db.insert(submission).values({ ...row, version: 1, changedAt: row.at }),
    db.insert(event).values({ ...first, submission: number }),
    ...checks.map((name) => db.insert(submissionCheck).values(pending(number, name, row.at))),
  ];
}

/** True for the error of {@link putSubmission} where there is a submission with this receipt. */
export function isRepeated(error: unknown): boolean {
  return failedWith(error, /UNIQUE constraint failed: submission\.(receipt|preview)/);
}

/** An act: what changes about the submission, and who does what. */
export interface NewAct {
  readonly number: number;
  /** That was seen. */
  readonly version: number;
  readonly from: State;
  readonly set: Partial<Pick<SubmissionRow, 'state' | 'kind' | 'draft' | 'baseDigest' | 'contact' | 'holdUntil'>>;
  readonly event: NewEvent;
}

/** Does an act; the batch fails where somebody else has acted meanwhile. */
export function act(db: Db, { number, version, from, set, event: done }: NewAct): Statement[] {
  return [
    db
      .update(submission)
      .set({ ...set, version: version + 1, changedAt: done.at })
      .where(and(eq(submission.number, number), eq(submission.version, version))),
    // No driver lets a batch be given up in the middle; a NULL in a NOT NULL column does.
    db.insert(event).values({
      ...done,
      submission: sql<number>`CASE changes() WHEN 1 THEN ${number} END`,
      fromState: from,
    }),
  ];
}

/** True for the error of a batch with an {@link act} that came too late. */
export function isTooLate(error: unknown): boolean {
  return failedWith(error, /NOT NULL constraint failed: event\.submission/);
}

/** Moves a submission on that is in this state, whatever its version; in another state nothing happens. */
export function actWhile(db: Db, number: number, from: State, done: NewEvent): Statement[] {
  const { at, actor, who, act: name, toState, why, confirmed } = done;
  return [
    db
      .update(submission)
      .set({ state: toState as State, version: sql`version + 1`, changedAt: at, contact: null })
      .where(and(eq(submission.number, number), eq(submission.state, from))),
    db
      .insert(event)
      .select(
        sql`SELECT NULL, ${number}, ${at}, ${actor}, ${who}, ${name}, ${from}, ${toState}, ${why}, ${confirmed} WHERE changes() = 1`,
      ),
  ];
}

/** Where its submitter wanted to be written to is nobody's business any more. */
export function eraseContact(db: Db, number: number): Statement {
  return db.update(submission).set({ contact: null }).where(eq(submission.number, number));
}

/** Keeps what a submission says now, before it says something else. */
export function keepDraft(db: Db, { number, draft }: Pick<SubmissionRow, 'number' | 'draft'>, at: string): Statement {
  return db.insert(formerDraft).values({ submission: number, json: draft, until: at });
}

/** What a submission said before, and what was found about it, is nobody's business any more. */
export function eraseDrafts(db: Db, number: number): Statement[] {
  return [
    db.delete(formerDraft).where(eq(formerDraft.submission, number)),
    db.delete(submissionCheck).where(eq(submissionCheck.submission, number)),
  ];
}

/** All checks are to be run again. */
export function resetChecks(db: Db, number: number, checks: readonly string[], at: string): Statement[] {
  return [
    db.delete(submissionCheck).where(eq(submissionCheck.submission, number)),
    ...checks.map((name) => db.insert(submissionCheck).values(pending(number, name, at))),
  ];
}

function pending<N>(number: N, name: string, at: string) {
  return { submission: number, name, state: 'pending' as const, says: '{}', items: '[]', at };
}

/** Writes how a check stands, if it is still the check of this version: whoever is late changes nothing. */
export function putResult(
  db: Db,
  { number, version }: Pick<SubmissionRow, 'number' | 'version'>,
  { name, ...result }: Pick<ResultRow, 'name' | 'state' | 'says' | 'items' | 'at'>,
): Statement {
  const isCurrent = sql`EXISTS (SELECT 1 FROM submission WHERE number = ${number} AND version = ${version} AND state = 'checking')`;
  return db
    .update(submissionCheck)
    .set(result)
    .where(and(eq(submissionCheck.submission, number), eq(submissionCheck.name, name), isCurrent));
}

/** Notes against which record the checks of this version run. */
export function setBase(
  db: Db,
  { number, version }: Pick<SubmissionRow, 'number' | 'version'>,
  baseDigest: string | null,
): Statement {
  return db
    .update(submission)
    .set({ baseDigest })
    .where(and(eq(submission.number, number), eq(submission.version, version), eq(submission.state, 'checking')));
}

export async function readSubmission(db: Db, number: number): Promise<SubmissionRow | undefined> {
  const [row] = await db.select().from(submission).where(eq(submission.number, number));
  return row;
}

export async function readByReceipt(db: Db, hash: string): Promise<SubmissionRow | undefined> {
  const [row] = await db.select().from(submission).where(eq(submission.receipt, hash));
  return row;
}

export async function readByPreview(db: Db, hash: string): Promise<SubmissionRow | undefined> {
  const [row] = await db.select().from(submission).where(eq(submission.preview, hash));
  return row;
}

/** Submissions in these states, the newest first. */
export async function listSubmissions(
  db: Db,
  wanted: readonly State[],
  { before = Number.MAX_SAFE_INTEGER, limit }: { readonly before?: number; readonly limit: number },
): Promise<SubmissionRow[]> {
  return db
    .select()
    .from(submission)
    .where(and(inArray(submission.state, [...wanted]), lt(submission.number, before)))
    .orderBy(desc(submission.number))
    .limit(limit);
}

/** What a provider's own file proposed for a record, the newest first: so many as matter. */
export async function readFollowed(db: Db, id: string): Promise<SubmissionRow[]> {
  return db
    .select()
    .from(submission)
    .where(and(eq(submission.origin, 'follow'), eq(submission.id, id)))
    .orderBy(desc(submission.number))
    .limit(mostFollowed);
}

/** When the submission came in that is so many from the end, ISO 8601; undefined: there are not that many. */
export async function readSince(db: Db, count: number): Promise<string | undefined> {
  const [row] = await db
    .select({ at: submission.at })
    .from(submission)
    .orderBy(desc(submission.number))
    .limit(1)
    .offset(count - 1);
  return row?.at;
}

/** Numbers of submissions in this state, the oldest first. @param before only those that nothing was done to since, ISO 8601 */
export async function readNumbers(db: Db, state: State, before?: string): Promise<number[]> {
  const rows = await db
    .select({ number: submission.number })
    .from(submission)
    .where(and(eq(submission.state, state), before === undefined ? undefined : lt(submission.changedAt, before)))
    .orderBy(asc(submission.number));
  return rows.map(({ number }) => number);
}

/** Numbers of accepted submissions whose time is over. */
export async function readDueHolds(db: Db, now: string): Promise<number[]> {
  const rows = await db
    .select({ number: submission.number })
    .from(submission)
    .where(and(isNotNull(submission.holdUntil), lte(submission.holdUntil, now)))
    .orderBy(asc(submission.number));
  return rows.map(({ number }) => number);
}

/** How many submissions are in each state. */
export async function countSubmissions(db: Db): Promise<Partial<Record<State, number>>> {
  const rows = await db
    .select({ state: submission.state, count: sql<number>`count(*)` })
    .from(submission)
    .groupBy(submission.state);
  return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
}

/** The checks of a submission in the order in which they were listed. */
export async function readResults(db: Db, number: number): Promise<ResultRow[]> {
  return db
    .select()
    .from(submissionCheck)
    .where(eq(submissionCheck.submission, number))
    .orderBy(asc(submissionCheck.n));
}

/** What was done with a submission, the oldest first. */
export async function readEvents(db: Db, number: number): Promise<EventRow[]> {
  return db.select().from(event).where(eq(event.submission, number)).orderBy(asc(event.n));
}

/** An event, and the submission that it is of, as that stands now. */
export type NewsRow = EventRow & Pick<SubmissionRow, 'kind' | 'id' | 'holdUntil'>;

/** What was done with any submission after an event, the oldest first. @param after the number of the event */
export async function readNews(db: Db, after: number, limit: number): Promise<NewsRow[]> {
  const { kind, id, holdUntil } = submission;
  return db
    .select({ ...getTableColumns(event), kind, id, holdUntil })
    .from(event)
    .innerJoin(submission, eq(submission.number, event.submission))
    .where(gt(event.n, after))
    .orderBy(asc(event.n))
    .limit(limit);
}

/** The number of the newest event; 0: there is none. */
export async function newestEvent(db: Db): Promise<number> {
  const [row] = await db.select({ n: event.n }).from(event).orderBy(desc(event.n)).limit(1);
  return row?.n ?? 0;
}

/** What a submission said before, the oldest first: JSON and until when. */
export async function readFormerDrafts(db: Db, number: number): Promise<{ json: string; until: string }[]> {
  return db
    .select({ json: formerDraft.json, until: formerDraft.until })
    .from(formerDraft)
    .where(eq(formerDraft.submission, number))
    .orderBy(asc(formerDraft.n));
}
