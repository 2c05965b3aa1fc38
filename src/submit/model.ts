/** What a submission is: the types that all of `submit/` shares. */
import type { Provider } from '../provider/model.ts';
import type { Language, Says } from '../provider/phrases.ts';

export type { Says } from '../provider/phrases.ts';

/** What a stranger wants: a record that is not there, another one in its place, somebody to look at it, it gone. */
export const kinds = ['new', 'change', 'report', 'remove'] as const;
export type Kind = (typeof kinds)[number];

/**
 * checking -> waiting <-> asked -> published -> exported; declined and withdrawn end it. A report ends as declined (“not
 * so”) or published (mended by another change: it has no overlay of its own).
 */
export const states = ['checking', 'waiting', 'asked', 'published', 'exported', 'declined', 'withdrawn'] as const;
export type State = (typeof states)[number];

/**
 * What a submission says. It never changes: an answer to “asked” is a new draft. The address for notices is no part of it
 * and is erased when the submission ends.
 */
export interface Draft {
  readonly kind: Kind;
  /** The record it is about. */
  readonly id: string;
  /** The whole record as it should be: of new and change. */
  readonly record?: Provider;
  /** Plain text of the submitter, at most 2000 characters; may be empty for new. */
  readonly reason: string;
  /** Of notices. */
  readonly language: Language;
}

export const checkNames = ['rules', 'changes', 'hosts', 'imitation', 'probes', 'published', 'proof'] as const;
export type CheckName = (typeof checkNames)[number];

/**
 * pending: not begun; running; passed; attention: a reviewer must look, and perhaps confirm; failed: it cannot be published
 * like this; unknown: it could not be found out now (DNS …), run it again.
 */
export const checkStates = ['pending', 'running', 'passed', 'attention', 'failed', 'unknown'] as const;
export type CheckState = (typeof checkStates)[number];

export interface CheckResult {
  readonly name: CheckName;
  readonly state: CheckState;
  readonly says: Says;
  readonly items: readonly CheckItem[];
}

/** One detail of a check. It carries codes and sentences, never what a server said: a check is no way to look around. */
export interface CheckItem {
  /** A field, host, domain or endpoint. */
  readonly about: string;
  readonly state: CheckState;
  /** Of a closed list. */
  readonly code: string;
  readonly says: Says;
}

/** Control of registrable domains, by TXT record. */
export interface Proofs {
  readonly needed: readonly string[];
  readonly held: readonly string[];
}
