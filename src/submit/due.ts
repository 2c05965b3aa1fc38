/** What time alone does to submissions: a hold ends, and so does waiting for an answer. To be called from time to time. */
import { later } from '../net/instant.ts';
import { readNumbers, type SubmissionRow } from '../store/submissions.ts';
import { type Desk, need, ourselves, perform } from './desk.ts';
import type { Policy } from './policy.ts';
import { Refusal } from './refusal.ts';
import { publishDue } from './review.ts';

const day = 86_400_000;

export async function lookAfter(desk: Desk): Promise<void> {
  await publishDue(desk);
  await expireAsked(desk);
}

/** Until when its submitter can answer, ISO 8601; null where nobody waits for that. Whatever is done to it ends the waiting. */
export function answerUntil(
  { state, changedAt }: Pick<SubmissionRow, 'state' | 'changedAt'>,
  { answerDays }: Pick<Policy, 'answerDays'>,
): string | null {
  return state === 'asked' ? later(changedAt, answerDays * day) : null;
}

async function expireAsked(desk: Desk): Promise<void> {
  const { answerDays } = desk.policy;
  const before = new Date(desk.now().getTime() - answerDays * day).toISOString();
  for (const number of await readNumbers(desk.store.db, 'asked', before)) {
    try {
      const why = `Nobody has answered for ${answerDays} days; submit it anew.`;
      await perform(desk, await need(desk, number), ourselves, { act: 'expire', why });
    } catch (error) {
      // The answer came just now.
      if (!(error instanceof Refusal)) throw error;
    }
  }
}
