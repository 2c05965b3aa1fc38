/** The desk that submissions pass over: what all acts need, and how an act is done. */
import { recordDigest } from '../atlas/digest.ts';
import type { Atlas } from '../atlas/tables.ts';
import type { Statement, Store } from '../store/db.ts';
import { act, isTooLate, type NewAct, readEvents, readSubmission, type SubmissionRow } from '../store/submissions.ts';
import type { CheckName, Draft, State } from './model.ts';
import type { Policy } from './policy.ts';
import { Refusal } from './refusal.ts';
import { type Act, type Actor, isOpen, moveOf } from './state.ts';

export interface Desk {
  readonly store: Store;
  readonly policy: Policy;
  /** The checks that every draft goes through, in their order. */
  readonly checks: readonly CheckName[];
  /** How many submissions may be open at once. */
  readonly mostOpen: number;
  /** Nobody is ever written to: then no address is kept. */
  readonly isSilent?: boolean;
  /** What is served, as new as the store is. */
  atlas(): Promise<Atlas>;
  now(): Date;
  /** What is served has changed. */
  changed(): Promise<void>;
  /** A submission is to be checked. @param block who causes that, as an address block; in memory only */
  check(number: number, block?: string): void;
  /** Something of a person was deleted, and is to leave the disk as well. */
  erased?(): void;
  /** Something was done; for notices. It tells of the submission as it was before, or as it began. */
  happened?(row: SubmissionRow, done: Pick<NewAct, 'set' | 'event'>): void;
}

/** How many may be open; docs/submissions.md has all numbers. */
export const defaultMostOpen = 1000;

/** What an act needs of it. */
type Hands = Pick<Desk, 'store' | 'now' | 'happened' | 'erased'>;

/** Who acts, and the name of their token or account; a stranger has none. */
export interface By {
  readonly actor: Actor;
  readonly who: string;
}

export const submitter: By = { actor: 'submitter', who: '' };
export const ourselves: By = { actor: 'mailatlas', who: '' };

/** What an act says and changes, beside the state. */
export interface Doing {
  /** Where it leads, where that is not what state.ts says: an acceptance may publish. */
  readonly act: Act;
  readonly why: string;
  readonly confirmed?: readonly string[];
  readonly set?: NewAct['set'];
  /** To be done before and after, in the same batch. */
  readonly before?: readonly Statement[];
  readonly after?: readonly Statement[];
}

/** @throws {Refusal} `unknown` */
export async function need({ store }: Pick<Desk, 'store'>, number: number): Promise<SubmissionRow> {
  const row = Number.isSafeInteger(number) && number > 0 ? await readSubmission(store.db, number) : undefined;
  if (!row) throw new Refusal('unknown', 'There is no such submission.');
  return row;
}

/** Where the act leads. @throws {Refusal} where it cannot be done by this actor, or not now */
export function allowed(row: SubmissionRow, name: Act, by: By): State {
  const move = moveOf(name, by.actor, { state: row.state, held: row.holdUntil !== null });
  if ('to' in move) return move.to;
  if (move.refused === 'actor') throw new Refusal('not-yours', `It is not for you to ${verbs[name]} a submission.`);
  const held = row.holdUntil === null ? '' : `, and will be published at ${row.holdUntil}`;
  const now = `It is ${row.state}${held}: nobody can ${verbs[name]} it now.`;
  throw new Refusal('not-now', now, { state: row.state, ...(row.holdUntil !== null && { holdUntil: row.holdUntil }) });
}

/**
 * Does an act, if nobody else has acted since the row was read.
 * @returns the submission as it is now
 * @throws {Refusal} where it cannot be done, or somebody else was faster
 */
export async function perform(desk: Hands, row: SubmissionRow, by: By, doing: Doing): Promise<SubmissionRow> {
  const { number, version, state } = row;
  const to = allowed(row, doing.act, by);
  const at = desk.now().toISOString();
  const done: NewAct = {
    number,
    version,
    from: state,
    // Whoever acts ends a hold; and an address is kept as long as the submission is open, and no longer.
    set: { state: to, holdUntil: null, ...(!isOpen(to) && { contact: null }), ...doing.set },
    event: {
      at,
      ...by,
      act: doing.act,
      toState: to,
      why: doing.why,
      confirmed: JSON.stringify(doing.confirmed ?? []),
    },
  };
  const { store } = desk;
  try {
    await store.atomically([...(doing.before ?? []), ...act(store.db, done), ...(doing.after ?? [])]);
  } catch (error) {
    if (isTooLate(error)) throw await tooLate(desk, number);
    throw error;
  }
  if (row.contact !== null && done.set.contact === null) desk.erased?.();
  desk.happened?.(row, done);
  return need(desk, number);
}

/** Who was faster, and when. */
export async function tooLate(desk: Hands, number: number): Promise<Refusal> {
  const last = (await readEvents(desk.store.db, number)).at(-1);
  if (!last) return new Refusal('unknown', 'There is no such submission.');
  const who = last.who || (last.actor === 'submitter' ? 'the submitter' : 'mailatlas');
  const did = last.act in past ? past[last.act as Act] : last.act;
  const { at, act: name, toState: state } = last;
  return new Refusal('too-late', `Meanwhile ${who} has ${did} it (${at}).`, { who, at, act: name, state });
}

/** Digest of the record that is served under this id; null where there is none. */
export function servedDigest(atlas: Atlas, id: string): string | null {
  const record = atlas.records.get(id);
  return record ? recordDigest(record) : null;
}

export function draftOf({ draft }: Pick<SubmissionRow, 'draft'>): Draft {
  return JSON.parse(draft) as Draft;
}

const verbs: Record<Act, string> = {
  checked: 'check',
  redraft: 'change',
  recheck: 'check',
  ask: 'ask about',
  accept: 'accept',
  hold: 'accept',
  publish: 'publish',
  stop: 'stop',
  overtaken: 'check',
  decline: 'decline',
  expire: 'end',
  withdraw: 'withdraw',
  export: 'export',
  rollback: 'take back',
};

const past: Record<Act, string> = {
  checked: 'checked',
  redraft: 'changed',
  recheck: 'checked anew',
  ask: 'asked about',
  accept: 'accepted',
  hold: 'accepted',
  publish: 'published',
  stop: 'stopped',
  overtaken: 'checked anew',
  decline: 'declined',
  expire: 'ended',
  withdraw: 'withdrawn',
  export: 'exported',
  rollback: 'taken back',
};
