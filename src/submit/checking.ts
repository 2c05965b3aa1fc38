/**
 * One submission is checked, each result written as it comes. A result of a draft that is not the current one any more is
 * written nowhere, so that two processes may well check the same one.
 */
import { StoreError } from '../store/db.ts';
import { putResult, readResults, readSubmission, type SubmissionRow, setBase } from '../store/submissions.ts';
import type { Checked } from './checks/checker.ts';
import type { Tell } from './checks/checks.ts';
import { type Desk, draftOf, ourselves, perform, servedDigest } from './desk.ts';
import type { CheckResult } from './model.ts';
import { Refusal } from './refusal.ts';
import { publishProved } from './review.ts';

/** Runs every check and tells of each as it begins and as it ends. */
export type Checker = (checked: Checked, told: Tell, signal: AbortSignal) => Promise<unknown>;

export interface Checking {
  readonly desk: Desk;
  readonly run: Checker;
  /** A defect of ours, for the log. */
  readonly defect: (message: string) => void;
}

const interrupted = {
  en: 'This could not be found out; run the checks again.',
  de: 'Das war nicht herauszufinden; wiederholen Sie die Prüfung.',
};

/**
 * Checks the submission, if it is to be checked, and passes it on.
 * @param signal cuts it off: it stays to be checked
 */
export async function checkSubmission(
  { desk, run, defect }: Checking,
  number: number,
  block: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { store } = desk;
  const row = await readSubmission(store.db, number);
  if (row?.state !== 'checking') return;
  const atlas = await desk.atlas();
  await store.atomically([setBase(store.db, row, servedDigest(atlas, row.id))]);
  const checked: Checked = {
    draft: draftOf(row),
    atlas,
    proved: { number, receiptDigest: row.receipt },
    ...(block !== undefined && { block }),
  };
  try {
    await run(checked, (result) => tell(desk, row, result), signal);
  } catch (error) {
    if (signal.aborted) return;
    // What cannot be written now is checked again.
    if (error instanceof StoreError) throw error;
    // A check that breaks must not keep a submission for ever: a reviewer sees that nobody knows.
    defect(`a defect in the checks of submission ${number}: ${error instanceof Error ? error.stack : String(error)}`);
  }
  if (signal.aborted) return;
  await finish(desk, row);
  await publishProved(desk, number);
}

async function tell(desk: Desk, row: SubmissionRow, { name, state, says, items }: CheckResult): Promise<void> {
  const at = desk.now().toISOString();
  const result = { name, state, says: JSON.stringify(says), items: JSON.stringify(items), at };
  await desk.store.atomically([putResult(desk.store.db, row, result)]);
}

async function finish(desk: Desk, row: SubmissionRow): Promise<void> {
  for (const { name, state } of await readResults(desk.store.db, row.number)) {
    if (state !== 'pending' && state !== 'running') continue;
    await tell(desk, row, { name: name as CheckResult['name'], state: 'unknown', says: interrupted, items: [] });
  }
  try {
    await perform(desk, row, ourselves, { act: 'checked', why: '' });
  } catch (error) {
    // Withdrawn, declined, or checked by another process meanwhile.
    if (!(error instanceof Refusal)) throw error;
  }
}
