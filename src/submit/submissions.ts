/** What the one who submits can do: submit, answer, have it checked again, withdraw, stop. */
import { canonicalJson } from '../atlas/digest.ts';
import { secretHash } from '../store/secret.ts';
import {
  countSubmissions,
  eraseContact,
  eraseDrafts,
  isRepeated,
  keepDraft,
  putSubmission,
  readByReceipt,
  readFormerDrafts,
  readSince,
  resetChecks,
  type SubmissionRow,
} from '../store/submissions.ts';
import { type By, type Desk, draftOf, ourselves, perform, submitter } from './desk.ts';
import { type Draft, states } from './model.ts';
import { previewOf, receiptFor } from './receipt.ts';
import { Refusal } from './refusal.ts';
import { isOpen } from './state.ts';

export interface Submitted {
  readonly number: number;
  /** Told once, and kept nowhere. */
  readonly receipt: string;
  readonly row: SubmissionRow;
  /** It was there already: the request was a repeated one. */
  readonly repeated: boolean;
}

/** How a draft comes in. */
export interface Incoming {
  readonly draft: Draft;
  /** Where its submitter wants to be written to. */
  readonly contact?: string | undefined;
  /** Of the request: whoever repeats it gets the same submission. A secret of at least 16 characters. */
  readonly key?: string | undefined;
  /** `follow`: mailatlas found it at the provider's own place. */
  readonly origin?: 'stranger' | 'follow';
  /** The name of a token, where it comes with one: whoever has that token does not accept it. */
  readonly who?: string | undefined;
  /** The address block that it comes from, for the budget of its probes; never stored. */
  readonly block?: string | undefined;
}

/** How often a draft can be changed before somebody ends it. */
const mostDrafts = 20;

/** So many may come in within an hour, through however many processes. */
const mostPerHour = 300;
const hour = 3_600_000;

/** @throws {Refusal} `full` while too many are open, `hurry` where too many came in just now */
export async function submit(
  desk: Desk,
  { draft, contact, key, origin = 'stranger', who = '', block }: Incoming,
): Promise<Submitted> {
  const { store } = desk;
  const json = canonicalJson(draft);
  const receipt = await receiptFor(store, json, key);
  const hash = secretHash(receipt);
  const before = await readByReceipt(store.db, hash);
  if (before) return { number: before.number, receipt, row: before, repeated: true };

  const counts = await countSubmissions(store.db);
  const open = states.filter(isOpen).reduce((sum, state) => sum + (counts[state] ?? 0), 0);
  if (open >= desk.mostOpen) {
    throw new Refusal('full', 'Too many submissions are waiting for a reviewer; try again in a few days.');
  }
  const now = desk.now();
  const crowded = origin === 'stranger' ? await readSince(store.db, mostPerHour) : undefined;
  if (crowded !== undefined && crowded > new Date(now.getTime() - hour).toISOString()) {
    throw new Refusal('hurry', 'Too much was submitted in this hour; try again in the next one.');
  }
  const at = now.toISOString();
  const by = origin === 'stranger' ? { ...submitter, who } : ourselves;
  const row = {
    state: 'checking' as const,
    kind: draft.kind,
    id: draft.id,
    draft: json,
    baseDigest: null,
    receipt: hash,
    preview: secretHash(previewOf(receipt)),
    origin,
    undoes: null,
    contact: desk.isSilent ? null : (contact ?? null),
    at,
  };
  const first = { at, ...by, act: 'submit', toState: row.state, why: '', confirmed: '[]' };
  let repeated = false;
  try {
    await store.atomically(putSubmission(store.db, row, first, desk.checks));
  } catch (error) {
    // The same request twice at once.
    if (!isRepeated(error)) throw error;
    repeated = true;
  }
  const made = await readByReceipt(store.db, hash);
  if (!made) throw new Refusal('unknown', 'There is no such submission.');
  if (!repeated) {
    desk.happened?.(made, { set: {}, event: first });
    desk.check(made.number, block);
  }
  return { number: made.number, receipt, row: made, repeated };
}

/** An answer to what a reviewer asked, or a second thought: it is checked as if it were new, and accepted by nobody yet. */
export async function redraft(
  desk: Desk,
  row: SubmissionRow,
  { draft, contact, block }: Pick<Incoming, 'draft' | 'contact' | 'block'>,
): Promise<SubmissionRow> {
  const { db } = desk.store;
  const before = draftOf(row);
  if (draft.id !== before.id || draft.kind !== before.kind) {
    const same = `It is about ${before.id} (${before.kind}), and stays so; submit anew what is about something else.`;
    throw new Refusal('not-now', same, { id: before.id, kind: before.kind });
  }
  if ((await readFormerDrafts(db, row.number)).length >= mostDrafts) {
    throw new Refusal('full', `It has been changed ${mostDrafts} times; withdraw it and submit anew.`);
  }
  const at = desk.now().toISOString();
  const after = [keepDraft(db, row, at), ...resetChecks(db, row.number, desk.checks, at)];
  const set = { draft: canonicalJson(draft), ...(contact !== undefined && !desk.isSilent && { contact }) };
  const now = await perform(desk, row, submitter, { act: 'redraft', why: '', set, after });
  desk.check(row.number, block);
  return now;
}

/** Runs every check again, against what is served now. */
export async function recheck(desk: Desk, row: SubmissionRow, by: By, block?: string): Promise<SubmissionRow> {
  return checkAgain(desk, row, by, { act: 'recheck', why: '', block });
}

/** Sends a submission back to its checks. */
export async function checkAgain(
  desk: Desk,
  row: SubmissionRow,
  by: By,
  {
    act,
    why,
    block,
  }: { readonly act: 'recheck' | 'overtaken'; readonly why: string; readonly block?: string | undefined },
): Promise<SubmissionRow> {
  const { db } = desk.store;
  const after = resetChecks(db, row.number, desk.checks, desk.now().toISOString());
  const now = await perform(desk, row, by, { act, why, after });
  desk.check(row.number, block);
  return now;
}

/** What was submitted is deleted; that something was, is not. */
export async function withdraw(desk: Desk, row: SubmissionRow): Promise<SubmissionRow> {
  const { kind, id, language } = draftOf(row);
  const draft: Draft = { kind, id, reason: '', language };
  const after = eraseDrafts(desk.store.db, row.number);
  return perform(desk, row, submitter, { act: 'withdraw', why: '', set: { draft: canonicalJson(draft) }, after });
}

/** Nobody is written to about it any more. */
export async function endNotices(desk: Desk, { number }: SubmissionRow): Promise<void> {
  await desk.store.atomically([eraseContact(desk.store.db, number)]);
  desk.erased?.();
}

/** Takes an acceptance back while the submission is held. */
export async function stop(desk: Desk, row: SubmissionRow, by: By, why: string): Promise<SubmissionRow> {
  return perform(desk, row, by, { act: 'stop', why });
}
