/** Verification as a habit: looks each minute what is due, runs over it, and sleeps. Stops when it is told to. */
import { Lasting } from '../net/lasting.ts';
import { sayError } from '../net/log.ts';
import type { Curated } from '../provider/model.ts';
import { type Clock, systemClock } from './clock.ts';
import { mostOfRun } from './dispatch.ts';
import { lister } from './listing.ts';
import { Pace } from './pace.ts';
import { type RunOptions, type RunReport, verify } from './run.ts';

export interface HabitOptions {
  /** Runs over what is due, at most {@link mostOfRun}. */
  readonly round: (signal: AbortSignal) => Promise<Pick<RunReport, 'run' | 'done' | 'reason'>>;
  readonly clock?: Clock;
  /** What the operator must hear: lower case, no full stop. */
  readonly note: (message: string) => void;
}

export interface ScheduleOptions
  extends Omit<HabitOptions, 'round'>,
    Pick<RunOptions, 'store' | 'probe' | 'judge' | 'vantage' | 'controls' | 'concurrency' | 'random'> {
  /** What is served now; another object where it has changed. Undefined: nothing yet. */
  readonly curated: () => Curated | undefined;
  /** After a run that may have moved statuses. */
  readonly onRun?: (report: RunReport, signal: AbortSignal) => Promise<void> | void;
}

export interface Schedule {
  /** Ends the run under way; what it saw counts. */
  stop(): Promise<void>;
}

/** Milliseconds from one look to the next. */
const rhythm = 60_000;

/** The habit of this process, over its own store. */
export function startSchedule(options: ScheduleOptions): Schedule {
  const { store, curated, onRun, clock = systemClock } = options;
  const pace = new Pace();
  const list = lister(store, clock);
  const stop = new AbortController();
  const round = async (signal: AbortSignal) => {
    await list(curated());
    const report = await verify({ ...options, pace, signal, which: { most: mostOfRun } });
    if (report.changes.length > 0 || report.run !== undefined) await onRun?.(report, signal);
    return report;
  };
  const done = habit({ ...options, round }, stop.signal);
  return {
    stop: () => {
      stop.abort();
      return done;
    },
  };
}

/** Goes on until the signal says that it is enough. What a round throws is told, and it is tried again. */
export async function habit({ round, note, clock = systemClock }: HabitOptions, signal: AbortSignal): Promise<void> {
  const trouble = new Lasting((message) => note(`verification rests for a minute: ${message}`));
  let network: string | null = null;
  while (!signal.aborted) {
    let more = false;
    try {
      const { run, done, reason } = await round(signal);
      more = done >= mostOfRun;
      if (run !== undefined) {
        // Told once, not after every run for as long as it lasts.
        if (reason !== null && network === null) note(reason.replace(/\.$/, ''));
        network = reason;
      }
      trouble.over();
    } catch (error) {
      trouble.tell(sayError(error));
    }
    if (!more) await clock.sleep(rhythm, signal);
  }
}
