/** A submission as it is shown: to the one who holds its receipt, and to reviewers, who see everything. */
import type { Language } from '../provider/phrases.ts';
import { readEvents, readFormerDrafts, readResults, type SubmissionRow } from '../store/submissions.ts';
import { proofLine, proofName, proofValue } from './checks/proof.ts';
import { type Desk, draftOf } from './desk.ts';
import { answerUntil } from './due.ts';
import type { CheckResult, Draft } from './model.ts';
import { needsTwo, toConfirm } from './policy.ts';
import { acceptedBy, caseOf, resultOf } from './review.ts';

/** In one language. */
export interface ShownCheck {
  readonly name: CheckResult['name'];
  readonly state: CheckResult['state'];
  readonly says: string;
  readonly items: readonly {
    readonly about: string;
    readonly state: CheckResult['state'];
    readonly code: string;
    readonly says: string;
  }[];
}

export function showCheck({ name, state, says, items }: CheckResult, language: Language): ShownCheck {
  return {
    name,
    state,
    // Before it has begun, a check has nothing to say.
    says: says[language] ?? '',
    items: items.map((item) => ({ ...item, says: item.says[language] })),
  };
}

/** What everybody who may see it at all sees. */
export function summary({ policy }: Pick<Desk, 'policy'>, row: SubmissionRow) {
  const { number, kind, id, state, origin, at, changedAt, holdUntil } = row;
  return { number, kind, id, state, origin, at, changedAt, holdUntil, answerUntil: answerUntil(row, policy) };
}

/** For its submitter: how far it is, what was found, and how to prove that one may. Who decided is not told, but why. */
export async function forSubmitter(desk: Desk, row: SubmissionRow, language: Language) {
  const { db } = desk.store;
  const checks = (await readResults(db, row.number)).map(resultOf);
  const events = await readEvents(db, row.number);
  return {
    ...summary(desk, row),
    checks: checks.map((one) => showCheck(one, language)),
    events: events.map(({ at, actor, act, fromState, toState, why }) => ({
      at,
      actor,
      act,
      from: fromState,
      to: toState,
      why,
    })),
    proof: proofsFor(row, checks),
  };
}

/** What to write into which zone, and what of it was seen there. */
function proofsFor({ number, receipt }: SubmissionRow, checks: readonly CheckResult[]) {
  const proved = { number, receiptDigest: receipt };
  const items = checks.find(({ name }) => name === 'proof')?.items ?? [];
  return items.map(({ about: domain, state }) => ({
    domain,
    name: proofName(domain),
    value: proofValue(proved),
    line: proofLine(domain, proved),
    held: state === 'passed',
  }));
}

/** For reviewers: everything but the address for notices. */
export async function forReviewer(desk: Desk, row: SubmissionRow, language: Language) {
  const { db } = desk.store;
  const subject = await caseOf(desk, row);
  const events = await readEvents(db, row.number);
  return {
    ...summary(desk, row),
    version: row.version,
    draft: draftOf(row),
    former: (await readFormerDrafts(db, row.number)).map(({ json, until }) => ({
      draft: JSON.parse(json) as Draft,
      until,
    })),
    served: subject.atlas.records.get(row.id) ?? null,
    checks: subject.checks.map((one) => showCheck(one, language)),
    events: events.map(({ at, actor, who, act, fromState, toState, why, confirmed }) => ({
      at,
      actor,
      who,
      act,
      from: fromState,
      to: toState,
      why,
      confirmed: JSON.parse(confirmed) as string[],
    })),
    needs: {
      confirm: row.kind === 'report' ? [] : toConfirm(subject.checks),
      reviewers: needsTwo(subject) ? 2 : 1,
      movesTo: subject.movesTo,
      takesAway: subject.takesAway,
      proofs: subject.proofs,
    },
    acceptedBy: await acceptedBy(desk, row),
  };
}
