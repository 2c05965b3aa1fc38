/**
 * What a provider's own file says otherwise, where its record follows that file: a change for a reviewer, filled in. Nobody
 * holds its receipt, nothing of it is ever published by itself, and what was decided about once is not proposed again.
 */
import { canonicalJson } from '../atlas/digest.ts';
import type { Provider } from '../provider/model.ts';
import { readFollowed, type SubmissionRow } from '../store/submissions.ts';
import { type By, type Desk, perform } from './desk.ts';
import type { Draft } from './model.ts';
import { Refusal } from './refusal.ts';
import { isOpen } from './state.ts';
import { submit } from './submissions.ts';

export interface Proposal {
  /** The record as the file would have it. */
  readonly proposal: Provider;
  /** The file. */
  readonly where: string;
}

/**
 * Opens the submission for a proposal, unless there is or was one, and takes back older ones of the record that are open;
 * without a proposal it does only that, because the file agrees.
 * @returns the number of a submission that was opened
 * @throws {Refusal} `full` while too many are open
 */
export async function propose(desk: Desk, id: string, seen?: Proposal): Promise<number | undefined> {
  const before = await readFollowed(desk.store.db, id);
  const draft = seen && draftFor(id, seen);
  const json = draft && canonicalJson(draft);
  for (const row of before) if (row.draft !== json && isOpen(row.state)) await takeBack(desk, row);
  const isKnown = before.some((row) => row.draft === json && row.state !== 'withdrawn');
  if (!draft || isKnown) return undefined;
  return (await submit(desk, { draft, origin: 'follow' })).number;
}

/** Who has submitted may withdraw. */
const follower: By = { actor: 'submitter', who: 'follow' };

/** The same proposal is the same draft, whenever it is made. */
function draftFor(id: string, { proposal: record, where }: Proposal): Draft {
  const reason = `The provider has asked that its own file be followed, and the file says this now: ${where}`;
  return { kind: 'change', id, record, reason: reason.slice(0, 2000), language: 'en' };
}

async function takeBack(desk: Desk, row: SubmissionRow): Promise<void> {
  try {
    await perform(desk, row, follower, { act: 'withdraw', why: 'The file says something else now.' });
  } catch (error) {
    // A reviewer was faster.
    if (!(error instanceof Refusal)) throw error;
  }
}
