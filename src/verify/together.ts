/**
 * What several vantages say of an endpoint together. Pure. With one vantage it is what that one says.
 *
 * A server that works from one place works: nobody is condemned by a single vantage. It fails where one vantage has proven
 * it (status.ts) and every other that has a say failed when it last looked. A say has who looked since the failures began,
 * and who is there to look soon; somebody else's silence keeps nothing alive.
 */
import type { StatusName } from '../provider/model.ts';
import { expired, hasSay, isWell, type Reason, type State, staleAt } from './status.ts';

/** What one vantage says. */
export interface Voice {
  /** Undefined: it has never looked. */
  readonly state: State | undefined;
  /** It asked for work not long ago, and will look. */
  readonly present: boolean;
}

/** What is told. Instants are ISO 8601; null: there is none. */
export interface Telling {
  readonly status: StatusName;
  readonly reason: Reason;
  readonly since: string;
  readonly checkedAt: string | null;
  readonly staleAt: string | null;
}

/** The best first; who has nothing to say comes last. */
const order: readonly StatusName[] = ['verified', 'degraded', 'failing', 'dead', 'unverified'];

/**
 * @param before what is told so far
 * @param at now, ISO 8601
 */
export function together(before: Telling, voices: readonly Voice[], at: string): Telling {
  const known = voices.flatMap(({ state, present }) => (state ? [{ ...expired(state, at), present }] : []));
  const decided = known.filter((state) => hasSay(state, at));
  const failing = decided.filter((state) => isBad(state) && !isWell(state));
  if (failing.length === 0) return best(before, decided.length > 0 ? decided : known, at);
  const began = failing.map(({ failures }) => failures?.all.first ?? at).sort()[0] ?? at;
  const others = decided.filter(
    (state) => !failing.includes(state) && (state.present || (state.decidedAt ?? '') >= began),
  );
  const well = others.filter(isWell);
  if (well.length > 0) return best(before, well, at);
  // Who is there and has not looked at all will do so first.
  if (voices.some(({ state, present }) => present && state === undefined)) return before;
  return best(before, failing, at);
}

function best(before: Telling, states: readonly State[], at: string): Telling {
  const [first, ...rest] = states.toSorted(
    (a, b) => order.indexOf(a.status) - order.indexOf(b.status) || (a.since < b.since ? -1 : 1),
  );
  // Who is on the way back from failing does not bring it about.
  if (!first || (isBad(first) && isWell(first) && !isBad(before))) return before;
  const same = [first, ...rest.filter(({ status }) => status === first.status)];
  const { status, reason } = first;
  return {
    status,
    reason,
    since: status === before.status && before.since <= at ? before.since : first.since,
    checkedAt: newest(same.map(({ decidedAt }) => decidedAt)),
    staleAt: newest(same.map(staleAt)),
  };
}

function isBad({ status }: Pick<Telling, 'status'>): boolean {
  return status === 'failing' || status === 'dead';
}

function newest(instants: readonly (string | undefined)[]): string | null {
  return (
    instants
      .filter((one) => one !== undefined)
      .sort()
      .at(-1) ?? null
  );
}
