/** Why something could not be done with a submission: for people, and as a code for programs. */

/**
 * unknown: there is no such submission, or the secret is another's; too-late: somebody else has acted meanwhile; not-now:
 * its state does not allow it; not-yours: another actor may; moved-on: the record has changed since the draft was checked;
 * own: who has submitted it does not accept it; claimed: a name is another record's; failed, confirm, again: see policy.ts;
 * full: too many are open; hurry: too many came in just now; no-going-back: a revision that cannot be taken back.
 */
export type RefusalCode =
  | 'unknown'
  | 'too-late'
  | 'not-now'
  | 'not-yours'
  | 'moved-on'
  | 'own'
  | 'claimed'
  | 'failed'
  | 'confirm'
  | 'again'
  | 'full'
  | 'hurry'
  | 'no-going-back';

export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: RefusalCode;
  /** What a program may want to know of it. */
  readonly more: Readonly<Record<string, unknown>>;
  constructor(code: RefusalCode, message: string, more: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.code = code;
    this.more = more;
  }
}
