/** Who may do what with a submission, and where it stands then. Pure: what an acceptance needs is in policy.ts. */
import type { State } from './model.ts';

/** Who acts: a stranger with the receipt, a token's role, the operator at the machine, or mailatlas by itself. */
export type Actor = 'submitter' | 'reviewer' | 'admin' | 'operator' | 'mailatlas';

/** Where a submission stands. While it is held it is accepted, and will be published when the time is over. */
export interface Standing {
  readonly state: State;
  readonly held: boolean;
}

interface Move {
  readonly by: readonly Actor[];
  readonly from: readonly State[];
  readonly to: State;
  /** Whether it can be done while the submission is held; `only`: it cannot be done otherwise. */
  readonly held: 'yes' | 'no' | 'only';
}

const open = ['checking', 'waiting', 'asked'] as const satisfies readonly State[];
const reviewers = ['reviewer', 'admin'] as const satisfies readonly Actor[];

/** Every act there is. An acceptance that is not enough yet, and the beginning of a hold, leave the submission waiting. */
const moves = {
  checked: { by: ['mailatlas'], from: ['checking'], to: 'waiting', held: 'no' },
  redraft: { by: ['submitter'], from: ['waiting', 'asked'], to: 'checking', held: 'no' },
  recheck: { by: ['submitter', ...reviewers], from: ['waiting', 'asked'], to: 'checking', held: 'no' },
  ask: { by: reviewers, from: ['waiting'], to: 'asked', held: 'no' },
  accept: { by: reviewers, from: ['waiting'], to: 'waiting', held: 'no' },
  hold: { by: reviewers, from: ['waiting'], to: 'waiting', held: 'no' },
  publish: { by: [...reviewers, 'mailatlas'], from: ['waiting'], to: 'published', held: 'yes' },
  stop: { by: ['submitter', ...reviewers], from: ['waiting'], to: 'waiting', held: 'only' },
  /** The record has moved on under an acceptance: it is held against what is served now. */
  overtaken: { by: ['mailatlas'], from: ['waiting'], to: 'checking', held: 'yes' },
  decline: { by: reviewers, from: open, to: 'declined', held: 'yes' },
  /** Nobody has answered. */
  expire: { by: ['mailatlas'], from: ['asked'], to: 'declined', held: 'no' },
  withdraw: { by: ['submitter'], from: open, to: 'withdrawn', held: 'yes' },
  export: { by: ['operator', 'admin'], from: ['published'], to: 'exported', held: 'no' },
  rollback: { by: ['admin', 'mailatlas'], from: ['published'], to: 'declined', held: 'no' },
} as const satisfies Record<string, Move>;

export type Act = keyof typeof moves;
export const acts = Object.keys(moves) as readonly Act[];

/** True until the submission has ended, one way or another: its address for notices is kept so long, and no longer. */
export function isOpen(state: State): boolean {
  return (open as readonly State[]).includes(state);
}

/** Where the act leads, or why it cannot be done: not by this actor, or not now. */
export function moveOf(
  act: Act,
  actor: Actor,
  { state, held }: Standing,
): { to: State } | { refused: 'actor' | 'state' } {
  const move: Move = moves[act];
  if (!move.by.includes(actor)) return { refused: 'actor' };
  if (!move.from.includes(state)) return { refused: 'state' };
  if (move.held !== 'yes' && held !== (move.held === 'only')) return { refused: 'state' };
  return { to: move.to };
}
