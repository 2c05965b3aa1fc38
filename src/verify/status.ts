/**
 * The state machine of an endpoint as one vantage sees it: what many verdicts say together. Pure; the clock and the dice are
 * handed in. What several vantages say together is together.ts.
 *
 *     unverified ──pass──> verified <──two clean passes──> degraded (two passes with a warning, or unsteady)
 *         ^                    │                               │
 *   nothing conclusive         └── three failures in a row ────┴──> failing ──14 silent days──> dead
 *
 * One failure moves nothing that anybody sees: it makes a suspect, which is looked at again soon. From failing and dead the
 * way back is two passes. What is inconclusive neither counts nor undoes what was counted.
 */
import { later } from '../net/instant.ts';
import type { StatusName } from '../provider/model.ts';
import { type FindingCode, findings, type Verdict, type WarningCode } from './verdict.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** From one check to the next where all is well. */
export const interval = day;
/** From one check to the next of what is dead. */
export const deadInterval = 7 * day;
/** After the first, second … failure in a row; then the last one again and again. */
const recheck = [5 * minute, 30 * minute, 2 * hour, 8 * hour, day];
/** After the first pass of what was failing: with jitter still longer than {@link recovery}. */
const confirm = 15 * minute;
const jitter = 0.2;
/** Two results that are nearer than the shortest re-check are one: a double report, or an impatient person. */
const apart = 4 * minute;

/** What turns failures into `failing`: so many in a row, over so long. */
const proof = { count: 3, transient: 6 * hour, permanent: hour };
const recovery = { count: 2, span: 10 * minute };
const warnedTwice = 2;
const unsteady = { flips: 4, within: day };
const death = { count: 10, span: 14 * day };
const staleIntervals = 3;

/** Warnings that make a server worse for the people who use it; the others are remarks for its operator. */
const degrading: ReadonlySet<WarningCode> = new Set(['address.some-fail', 'cert.expires']);

/** Why a status is what it is: a verdict's code, or one of the machine's own reasons. */
export type Reason = 'new' | 'ok' | 'unsteady' | 'stale' | FindingCode | WarningCode;

/** Results of one kind that followed each other, each at least {@link apart} from the one before. */
interface Row {
  readonly count: number;
  readonly first: string;
  readonly last: string;
}

/** Everything that the machine remembers of an endpoint. JSON; instants are ISO 8601, times milliseconds. */
export interface State {
  readonly status: StatusName;
  readonly reason: Reason;
  /** Since when it has this status. */
  readonly since: string;
  /** The newest conclusive result. */
  readonly decidedAt?: string;
  /** When it is to be looked at next. */
  readonly dueAt: string;
  /** The interval that led to `dueAt`, without jitter. */
  readonly wait: number;
  /** Since the newest pass. */
  readonly failures?: {
    readonly all: Row;
    /** With this very code, without another one in between. */
    readonly same: Row & { readonly code: FindingCode };
    /** Without a sign of a mail server: dns, tcp, greeting. */
    readonly silent?: Row;
  };
  /** Passes since the newest failure. */
  readonly passes?: Row;
  /** Passes without a degrading warning since the newest failure or warning. */
  readonly clean?: Row;
  /** Passes with a degrading warning since the newest one without. */
  readonly warned?: Row;
  /** When a pass followed a failure or a failure a pass; as far as it still matters. */
  readonly flips: readonly string[];
}

/** One result. An inconclusive run counts as inconclusive, whatever was seen in it. */
export interface Observation {
  readonly verdict: Pick<Verdict, 'code' | 'outcome'> & {
    readonly warnings: readonly Pick<Verdict['warnings'][number], 'code'>[];
  };
  /** When the probe began, ISO 8601. */
  readonly at: string;
}

/** An endpoint that nobody has looked at. It is due at once. */
export function unknown(at: string): State {
  return { status: 'unverified', reason: 'new', since: at, dueAt: at, wait: interval, flips: [] };
}

/** True while nothing speaks against an endpoint: its newest conclusive result was a pass, or there is none. */
export function isWell({ failures }: Pick<State, 'failures'>): boolean {
  return failures === undefined;
}

/** True where its newest conclusive result is not too old to say anything. */
export function hasSay({ status, decidedAt }: State, at: string): boolean {
  return status !== 'unverified' || (decidedAt !== undefined && later(decidedAt, staleIntervals * interval) > at);
}

/** When the status is worth nothing any more unless something conclusive is seen; undefined where it is worth nothing. */
export function staleAt({ status, since, decidedAt }: State): string | undefined {
  if (status === 'unverified') return undefined;
  return later(decidedAt ?? since, staleIntervals * (status === 'dead' ? deadInterval : interval));
}

/**
 * What follows from one more result.
 * @param before the state so far; undefined for an endpoint that was never looked at
 * @param random from 0 to below 1, for the jitter
 */
export function next(before: State | undefined, seen: Observation, random: () => number): State {
  const { at, verdict } = seen;
  const state = expired(before && !isOfTheFuture(before, at) ? before : unknown(at), at);
  if (state.decidedAt !== undefined && at <= state.decidedAt) return state;
  if (verdict.outcome === 'inconclusive') {
    return waiting(state, at, Math.min(2 * state.wait, Math.max(state.wait, day)), random);
  }
  const works = verdict.outcome === 'works';
  const noted: State = {
    ...state,
    decidedAt: at,
    flips: flipsOf(state, works, at),
  };
  const decided = works ? passed(noted, seen) : failed(noted, seen);
  return waiting(decided, at, waitOf(decided, works), random);
}

function passed(state: State, { at, verdict }: Observation): State {
  const warning = verdict.warnings.find(({ code }) => degrading.has(code))?.code;
  const { failures: _, clean, warned, ...rest } = state;
  const counted: State = {
    ...rest,
    passes: extended(state.passes, at),
    ...(warning === undefined ? { clean: extended(clean, at) } : { warned: extended(warned, at) }),
  };
  if (state.status === 'unverified') return moved(counted, 'verified', 'ok', at);
  const shaky = counted.flips.length >= unsteady.flips;
  const worn = warning !== undefined && (counted.warned?.count ?? 0) >= warnedTwice;
  const better = worn || shaky ? 'degraded' : 'verified';
  const reason = worn ? warning : shaky ? 'unsteady' : 'ok';
  switch (state.status) {
    case 'verified':
      return moved(counted, better, reason, at);
    case 'degraded':
      // The way back asks for two passes without a warning.
      return better === 'degraded' || enough(counted.clean, recovery) ? moved(counted, better, reason, at) : counted;
    default:
      return shaky || enough(counted.passes, recovery) ? moved(counted, better, reason, at) : counted;
  }
}

function failed(state: State, { at, verdict }: Observation): State {
  const code = verdict.code as FindingCode;
  const { passes: _, clean: __, failures, ...rest } = state;
  const same = failures?.same.code === code ? failures.same : undefined;
  const silent = /^(dns|tcp|greeting)\./.test(code) ? extended(failures?.silent, at) : undefined;
  const counted: State = {
    ...rest,
    failures: {
      all: extended(failures?.all, at),
      same: { ...extended(same, at), code },
      ...(silent && { silent }),
    },
  };
  switch (state.status) {
    case 'dead':
      return moved(counted, 'dead', code, at);
    case 'failing': {
      const gone = spanOf({ first: state.since, last: at }) >= death.span && enough(silent, death);
      return moved(counted, gone ? 'dead' : 'failing', code, at);
    }
    default:
      if (isProven(counted)) return moved(counted, 'failing', code, at);
      return state.status !== 'unverified' && counted.flips.length >= unsteady.flips
        ? moved(counted, 'degraded', 'unsteady', at)
        : counted;
  }
}

/** Three in a row: over six hours, or over one with the same answer that does not change by itself. */
function isProven({ failures }: State): boolean {
  if (!failures) return false;
  const { all, same } = failures;
  const permanent = findings[same.code] === 'permanent';
  return (
    enough(all, { count: proof.count, span: proof.transient }) ||
    (permanent && enough(same, { count: proof.count, span: proof.permanent }))
  );
}

/** A clock ran ahead and was set back: what was counted by it is forgotten. Clocks that differ by minutes do no harm. */
function isOfTheFuture({ decidedAt }: State, at: string): boolean {
  return decidedAt !== undefined && decidedAt > later(at, hour);
}

/** As it is at this moment: a status that nobody has confirmed for long is none; what was counted stays. */
export function expired(state: State, at: string): State {
  const end = staleAt(state);
  return end === undefined || end > at ? state : { ...state, status: 'unverified', reason: 'stale', since: end };
}

function flipsOf({ flips, failures, passes }: State, works: boolean, at: string): string[] {
  const kept = flips.filter((flip) => spanOf({ first: flip, last: at }) < unsteady.within);
  const flipped = works ? failures !== undefined : passes !== undefined;
  return flipped ? [...kept, at].slice(-unsteady.flips) : kept;
}

function waitOf({ status, failures, clean }: State, works: boolean): number {
  if (status === 'dead' && !works) return deadInterval;
  if (failures) return recheck[failures.all.count - 1] ?? day;
  const unconfirmed = status === 'failing' || status === 'dead' || (status === 'degraded' && clean?.count === 1);
  return unconfirmed ? confirm : interval;
}

function waiting(state: State, at: string, wait: number, random: () => number): State {
  return { ...state, wait, dueAt: later(at, wait * (1 - jitter + 2 * jitter * random())) };
}

function moved(state: State, status: StatusName, reason: Reason, at: string): State {
  return { ...state, status, reason, since: status === state.status ? state.since : at };
}

function extended(row: Row | undefined, at: string): Row {
  if (!row) return { count: 1, first: at, last: at };
  return spanOf({ first: row.last, last: at }) < apart ? row : { ...row, count: row.count + 1, last: at };
}

function enough(row: Row | undefined, { count, span }: { count: number; span: number }): boolean {
  return row !== undefined && row.count >= count && spanOf(row) >= span;
}

function spanOf({ first, last }: Pick<Row, 'first' | 'last'>): number {
  return Date.parse(last) - Date.parse(first);
}
