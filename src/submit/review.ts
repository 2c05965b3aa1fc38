/** What reviewers decide, and what follows from it: now, or when a hold is over. */
import type { Atlas } from '../atlas/tables.ts';
import type { Statement } from '../store/db.ts';
import { readBefore, readReplaced, readRevisionsSince } from '../store/revisions.ts';
import {
  actWhile,
  readDueHolds,
  readEvents,
  readResults,
  readSubmission,
  type SubmissionRow,
} from '../store/submissions.ts';
import { readTokens } from '../store/tokens.ts';
import { proofsOf } from './checks/proof.ts';
import {
  allowed,
  type By,
  type Desk,
  type Doing,
  draftOf,
  need,
  ourselves,
  perform,
  servedDigest,
  tooLate,
} from './desk.ts';
import { takesAway } from './losses.ts';
import type { CheckResult } from './model.ts';
import { changesMx, movesTo, toProve } from './parties.ts';
import { type Case, type Decision, accept as decide, publishesItself } from './policy.ts';
import { publish, refuseClaimed, undisturbed } from './publish.ts';
import { Refusal } from './refusal.ts';
import { releasedDays, withReleased } from './released.ts';
import { checkAgain } from './submissions.ts';
import { vouched } from './vouch.ts';

/** What a reviewer says with a decision. */
export interface Word {
  readonly reason: string;
  /** What they take upon themselves: see `toConfirm` in policy.ts. */
  readonly confirm?: readonly string[];
  /** The version that they have looked at: nobody accepts what has become another one under their eyes. */
  readonly seen?: number;
}

/** Not so. */
export async function decline(desk: Desk, row: SubmissionRow, by: By, { reason }: Word): Promise<SubmissionRow> {
  return perform(desk, row, by, { act: 'decline', why: reason });
}

/** The submitter is to answer first. */
export async function ask(desk: Desk, row: SubmissionRow, by: By, { reason }: Word): Promise<SubmissionRow> {
  return perform(desk, row, by, { act: 'ask', why: reason });
}

/**
 * Accepts: what becomes of it, policy.ts says.
 * @throws {Refusal} `too-late` where it is not what was seen any more, `own`, `confirm` with what is missing, `failed`, `again`, `claimed`, `moved-on` where it has to be checked again
 */
export async function accept(desk: Desk, number: number, by: By, word: Word): Promise<SubmissionRow> {
  return undisturbed(desk.store, async (generation) => {
    const row = await need(desk, number);
    allowed(row, 'accept', by);
    if (await isOwn(desk, row, by)) {
      throw new Refusal('own', 'It was submitted with this token; somebody else has to judge it.');
    }
    if (word.seen !== undefined && word.seen !== row.version) throw await tooLate(desk, number);
    const subject = await caseOf(desk, row);
    await refuseStale(desk, row, subject.atlas);
    // Told at once, not to the second reviewer, nor when the hold is over.
    await refuseClaimed(desk.store.db, row.id, subject.draft.record ?? null);
    const confirmed = word.confirm ?? [];
    const decision = decide(subject, by.who, await acceptedBy(desk, row), confirmed, desk.policy);
    const doing = { why: word.reason, confirmed };
    if (decision.result === 'publish') return bring(desk, row, by, doing, subject, generation);
    if (decision.result === 'second') return perform(desk, row, by, { ...doing, act: 'accept' });
    if (decision.result !== 'hold') throw refusalFor(decision);
    const holdUntil = new Date(desk.now().getTime() + decision.hours * 3_600_000).toISOString();
    return perform(desk, row, by, { ...doing, act: 'hold', set: { holdUntil } });
  });
}

/** Who takes a revision back has accepted that; it is the only thing of their own that anybody accepts. */
async function isOwn({ store }: Desk, { number, origin }: SubmissionRow, { who }: By): Promise<boolean> {
  const [first] = await readEvents(store.db, number);
  return origin !== 'rollback' && first?.who === who;
}

function refusalFor(decision: Extract<Decision, { result: 'again' | 'failed' | 'confirm' }>): Refusal {
  if (decision.result === 'again')
    return new Refusal('again', 'You have accepted it already; somebody else has to, too.');
  if (decision.result === 'failed') {
    const { checks } = decision;
    return new Refusal('failed', `It cannot be published like this: ${checks.join(', ')}.`, { checks });
  }
  const { missing } = decision;
  const wanted = `No machine can judge this: look at it, and confirm ${missing.join(', ')}.`;
  return new Refusal('confirm', wanted, { missing });
}

/** Publishes what needs nobody, where the operator wants that. True where it did. */
export async function publishProved(desk: Desk, number: number): Promise<boolean> {
  return undisturbed(desk.store, async (generation) => {
    const row = await need(desk, number);
    if (row.state !== 'waiting' || row.holdUntil !== null) return false;
    // Nobody has sent it: what a file says is for people to judge.
    if (row.origin !== 'stranger') return false;
    const subject = await caseOf(desk, row);
    if (servedDigest(subject.atlas, row.id) !== row.baseDigest || !publishesItself(subject, desk.policy)) return false;
    const why = 'Everything is proved, and every check passed.';
    await bring(desk, row, ourselves, { why }, subject, generation);
    return true;
  });
}

/** Publishes what was accepted and whose time is over; to be called from time to time. */
export async function publishDue(desk: Desk): Promise<void> {
  for (const number of await readDueHolds(desk.store.db, desk.now().toISOString())) await publishHeld(desk, number);
}

async function publishHeld(desk: Desk, number: number): Promise<void> {
  const back = async (why: string) => {
    const row = await need(desk, number);
    if (row.holdUntil !== null) await checkAgain(desk, row, ourselves, { act: 'overtaken', why });
  };
  try {
    await undisturbed(desk.store, async (generation) => {
      const row = await readSubmission(desk.store.db, number);
      if (!row || row.holdUntil === null || row.state !== 'waiting') return;
      const subject = await caseOf(desk, row);
      const reviewers = new Set(await acceptedBy(desk, row));
      if (reviewers.size < 2) return back('A token that had accepted it was revoked.');
      if (servedDigest(subject.atlas, row.id) !== row.baseDigest) return back('The record has changed meanwhile.');
      await bring(desk, row, ourselves, { why: 'The hold is over.' }, subject, generation);
    });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    // Somebody was faster, or a name is another's now.
    if (error.code === 'claimed') await back(error.message);
    else if (error.code !== 'too-late' && error.code !== 'not-now') throw error;
  }
}

/** Publishes, in one batch with the word that did it. A report has nothing to publish. */
async function bring(
  desk: Desk,
  row: SubmissionRow,
  by: By,
  doing: Omit<Doing, 'act'>,
  { draft, proofs, atlas }: Awaited<ReturnType<typeof caseOf>>,
  generation: number,
): Promise<SubmissionRow> {
  const { db } = desk.store;
  const { kind, record = null } = draft;
  if (kind === 'report') return perform(desk, row, by, { ...doing, act: 'publish' });
  const at = desk.now().toISOString();
  const cause = `submission ${row.number}`;
  // What is taken back to was vouched for when it came.
  const vouchers = { number: row.number, held: proofs.held, today: at.slice(0, 10), base: atlas.records.get(row.id) };
  const served = record && row.undoes === null ? vouched(record, vouchers) : record;
  const before = await publish(db, { id: row.id, record: served, cause, at }, generation);
  const after = row.undoes === null ? [] : await undone(desk, row.id, row.undoes, row.number, by, at);
  const now = await perform(desk, row, by, { ...doing, act: 'publish', before, after });
  await desk.changed();
  return now;
}

/** What was published since the revision that is taken back is published no more. */
async function undone(
  desk: Desk,
  id: string,
  revision: number,
  number: number,
  by: By,
  at: string,
): Promise<Statement[]> {
  const { db } = desk.store;
  const since = await readRevisionsSince(db, id, revision);
  const numbers = since.flatMap(({ cause }) => /^submission (\d+)$/.exec(cause)?.[1] ?? []).map(Number);
  const why = `Taken back by submission ${number}.`;
  const actor = by.actor === 'admin' ? by : ourselves;
  return numbers.flatMap((one) =>
    actWhile(db, one, 'published', { at, ...actor, act: 'rollback', toState: 'declined', why, confirmed: '[]' }),
  );
}

/** Everything that a decision rests on, as it is now. */
export async function caseOf(desk: Desk, row: SubmissionRow): Promise<Case & { readonly atlas: Atlas }> {
  const { db } = desk.store;
  const draft = draftOf(row);
  const checks = (await readResults(db, row.number)).map(resultOf);
  const atlas = await desk.atlas();
  const since = new Date(desk.now().getTime() - releasedDays * 86_400_000).toISOString();
  const known = withReleased(atlas, await readReplaced(db, 'submission %', since));
  const { held } = proofsOf(checks);
  const before = await readBefore(db, row.id, 'submission %', since);
  return {
    atlas,
    draft,
    checks,
    proofs: { needed: toProve(draft, atlas), held },
    movesTo: movesTo(draft, known),
    takesAway: takesAway(draft, before === undefined ? atlas.records.get(row.id) : (before ?? undefined), held),
    changesMx: changesMx(draft, atlas),
  };
}

export function resultOf(row: { name: string; state: CheckResult['state']; says: string; items: string }): CheckResult {
  const { name, state, says, items } = row;
  return { name: name as CheckResult['name'], state, says: JSON.parse(says), items: JSON.parse(items) };
}

/**
 * Who has accepted this very draft. Whatever else is done to it makes what was said before void; so does revoking the token
 * with which it was said.
 */
export async function acceptedBy(desk: Desk, row: SubmissionRow): Promise<string[]> {
  const { db } = desk.store;
  const events = (await readEvents(db, row.number)).toReversed();
  const other = events.findIndex(({ act }) => act !== 'accept' && act !== 'hold');
  const tokens = (await readTokens(db)).filter(({ revoked }) => revoked === null);
  return events
    .slice(0, other)
    .filter(({ who, at }) => tokens.some(({ name, created }) => name === who && created <= at))
    .map(({ who }) => who);
}

/** What was checked must be what is replaced. */
async function refuseStale(desk: Desk, row: SubmissionRow, atlas: Atlas): Promise<void> {
  if (row.kind === 'report' || servedDigest(atlas, row.id) === row.baseDigest) return;
  await checkAgain(desk, row, ourselves, { act: 'overtaken', why: 'The record has changed meanwhile.' });
  throw new Refusal('moved-on', 'The record has changed since this was checked; it is being checked again.');
}
