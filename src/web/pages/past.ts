/** The checks of one endpoint, summed up by day and by week, for plots and for the tables behind them. Pure. */
import type { PastCheck } from '../../store/seen/history.ts';

/** What was seen on one day: some checks worked, some failed, or nothing conclusive was seen. */
export type DayMood = 'good' | 'doubt' | 'bad' | 'none';

export interface Week {
  /** YYYY-MM-DD */
  readonly from: string;
  readonly to: string;
  readonly checks: number;
  readonly failed: number;
  /** Milliseconds of the middle one of the checks that worked. */
  readonly median: number | undefined;
  /** Days that the certificate had left, when it was seen last. */
  readonly certDays: number | undefined;
}

export interface Past {
  /** YYYY-MM-DD of the first and the last day. */
  readonly from: string;
  readonly to: string;
  /** One a day, the oldest first. */
  readonly days: readonly DayMood[];
  /** Of the checks that worked; `x` in days since the beginning. */
  readonly times: readonly Point[];
  /** Days that the certificate had left. */
  readonly certificate: readonly Point[];
  /** Days that the certificate has left now, which ages while nobody sees it. */
  readonly certDaysLeft: number | undefined;
  readonly weeks: readonly Week[];
  /** Checks after which something was otherwise than before, the newest first. */
  readonly changes: readonly PastCheck[];
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

const day = 86_400_000;
const leastDays = 14;
const mostDays = 91;

/**
 * @param checks of one endpoint, in any order
 * @param now milliseconds since 1970
 */
export function pastOf(checks: readonly PastCheck[], now: number): Past {
  const today = startOf(now);
  const oldest = Math.min(now, ...checks.map(({ at }) => Date.parse(at)));
  const span = Math.round((today - startOf(oldest)) / day) + 1;
  // Whole weeks, so that no week of the table has fewer days than the others.
  const count = Math.min(mostDays, 7 * Math.ceil(Math.max(leastDays, span) / 7));
  const start = today - (count - 1) * day;
  const shown = checks
    .map((check) => ({ check, at: Date.parse(check.at) }))
    .filter(({ at }) => at >= start && at <= now)
    .sort((a, b) => a.at - b.at);
  const byDay = Map.groupBy(shown, ({ at }) => Math.floor((at - start) / day));
  const points = (value: (check: PastCheck) => number | null) =>
    shown.flatMap(({ check, at }): Point[] => {
      const y = value(check);
      return y === null ? [] : [{ x: (at - start) / day, y }];
    });
  const certificate = points(({ certDays }) => certDays);
  const newest = certificate.at(-1);
  return {
    from: dayOf(start),
    to: dayOf(today),
    days: Array.from({ length: count }, (_, i) => moodOf((byDay.get(i) ?? []).map(({ check }) => check))),
    times: points(({ outcome, ms }) => (outcome === 'works' ? ms : null)),
    certificate,
    certDaysLeft: newest && newest.y - Math.floor((now - start) / day - newest.x),
    weeks: Array.from({ length: Math.floor(count / 7) }, (_, i) => {
      const own = [...byDay].filter(([at]) => Math.floor(at / 7) === i).flatMap(([, some]) => some);
      return weekOf(
        own.map(({ check }) => check),
        start + 7 * i * day,
      );
    }),
    changes: checks.filter(({ changed }) => changed).toSorted((a, b) => b.n - a.n),
  };
}

/** The middle one of some numbers; undefined for none. */
export function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)];
}

function moodOf(checks: readonly PastCheck[]): DayMood {
  const works = checks.some(({ outcome }) => outcome === 'works');
  const fails = checks.some(({ outcome }) => outcome === 'fails');
  if (works) return fails ? 'doubt' : 'good';
  return fails ? 'bad' : 'none';
}

function weekOf(checks: readonly PastCheck[], start: number): Week {
  return {
    from: dayOf(start),
    to: dayOf(start + 6 * day),
    checks: checks.length,
    failed: checks.filter(({ outcome }) => outcome === 'fails').length,
    median: median(checks.filter(({ outcome }) => outcome === 'works').map(({ ms }) => ms)),
    certDays: checks.findLast(({ certDays }) => certDays !== null)?.certDays ?? undefined,
  };
}

function startOf(at: number): number {
  return Math.floor(at / day) * day;
}

function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
