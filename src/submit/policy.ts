/** What it takes until a submission is published. Pure: over the results of the checks, and over who has accepted it. */
import type { CheckItem, CheckResult, Draft, Proofs } from './model.ts';

export interface Policy {
  /** `proved`: what is proved and passes every check is published without a reviewer. */
  readonly publishes: 'reviewers' | 'proved';
  /** How long a change that needs two reviewers is held, hours. */
  readonly holdHours: number;
  /** How long a submitter has to answer a question, days. */
  readonly answerDays: number;
}

export const defaultPolicy: Policy = { publishes: 'reviewers', holdHours: 72, answerDays: 30 };

/** What is known of a submission when somebody decides about it. */
export interface Case {
  readonly draft: Draft;
  readonly checks: readonly CheckResult[];
  readonly proofs: Proofs;
  /** Registrable domains to which people of a domain that is served would be sent, and are not today. */
  readonly movesTo: readonly string[];
  /** Names of a served record that nobody would answer for any more, where that concerns many (losses.ts). */
  readonly takesAway: readonly string[];
  /** MX patterns come or go. */
  readonly changesMx: boolean;
}

/** Reviewers, as the names of their tokens. */
export type Reviewers = readonly string[];

export type Decision =
  | { readonly result: 'publish' }
  /** It is accepted, and published when the time is over, hours. */
  | { readonly result: 'hold'; readonly hours: number }
  /** Another reviewer has to accept it, too. */
  | { readonly result: 'second' }
  /** The same reviewer has accepted it before. */
  | { readonly result: 'again' }
  /** Checks have failed: nobody can publish it like this. */
  | { readonly result: 'failed'; readonly checks: readonly string[] }
  /** The reviewer has to say that they have looked at these. */
  | { readonly result: 'confirm'; readonly missing: readonly string[] };

/**
 * What an acceptance leads to.
 * @param before who has accepted this very draft already
 * @param confirmed what the reviewer takes upon themselves, in the words of {@link toConfirm}
 */
export function accept(
  subject: Case,
  reviewer: string,
  before: Reviewers,
  confirmed: readonly string[],
  { holdHours }: Policy,
): Decision {
  // A report publishes nothing: to accept it says that another change has mended what it is about.
  if (subject.draft.kind === 'report') return { result: 'publish' };
  const failed = subject.checks.filter(({ state }) => state === 'failed').map(({ name }) => name);
  if (failed.length > 0) return { result: 'failed', checks: failed };
  const missing = toConfirm(subject.checks).filter((word) => !confirmed.includes(word));
  if (missing.length > 0) return { result: 'confirm', missing };
  if (!needsTwo(subject)) return { result: 'publish' };
  if (before.includes(reviewer)) return { result: 'again' };
  return before.length === 0 ? { result: 'second' } : { result: 'hold', hours: holdHours };
}

/**
 * True where nobody has to look: the operator wants it so, every proof is held, every check passed. Never where mail of a
 * domain that is served would go elsewhere, and never where MX patterns change: those decide for domains of third parties.
 */
export function publishesItself(subject: Case, { publishes }: Policy): boolean {
  const { draft, checks, proofs, changesMx } = subject;
  return (
    publishes === 'proved' &&
    draft.kind !== 'report' &&
    !changesMx &&
    !needsTwo(subject) &&
    proofs.needed.length > 0 &&
    proofs.needed.every((domain) => proofs.held.includes(domain)) &&
    checks.length > 0 &&
    checks.every(({ state }) => state === 'passed')
  );
}

/**
 * One stolen token must neither redirect anybody's mail, nor take the answer from many, nor decide for people whom nobody has
 * listed: those behind the MX patterns of others, and those who have names below a suffix.
 */
export function needsTwo({ draft, checks, movesTo, takesAway }: Omit<Case, 'proofs' | 'changesMx'>): boolean {
  return (
    draft.kind !== 'report' &&
    (movesTo.length > 0 || takesAway.length > 0 || checks.some(({ items }) => items.some(isForStrangers)))
  );
}

function isForStrangers({ code, state }: CheckItem): boolean {
  return state !== 'passed' && (code === 'foreign-mx' || code === 'private-suffix');
}

/** What a reviewer must confirm by name: `code:about` of everything that no machine could judge. */
export function toConfirm(checks: readonly CheckResult[]): string[] {
  return checks.flatMap(({ name, state, items }) => {
    if (state === 'passed' || state === 'failed') return [];
    const open = items.filter((item) => item.state !== 'passed').map(({ code, about }) => `${code}:${about}`);
    return open.length > 0 ? open : [name];
  });
}
