/** Verification as a habit: looks each minute what is due, runs over it, and sleeps. Stops when it is told to. */
import type { Curated } from '../provider/model.ts';
import { listEndpoints } from '../store/statuses.ts';
import { instant, systemClock } from './clock.ts';
import { endpoints } from './endpoint.ts';
import { Pace } from './pace.ts';
import { type RunOptions, type RunReport, verify } from './run.ts';

export interface ScheduleOptions
  extends Pick<RunOptions, 'store' | 'probe' | 'judge' | 'vantage' | 'controls' | 'concurrency' | 'clock' | 'random'> {
  /** What is served now; another object where it has changed. Undefined: nothing yet. */
  readonly curated: () => Curated | undefined;
  /** After a run that may have moved statuses. */
  readonly onRun?: (report: RunReport, signal: AbortSignal) => Promise<void> | void;
  /** What the operator must hear: lower case, no full stop. */
  readonly note: (message: string) => void;
}

export interface Schedule {
  /** Ends the run under way; what it saw counts. */
  stop(): Promise<void>;
}

/** Milliseconds from one look to the next. */
const rhythm = 60_000;
/** Endpoints of one run: few enough that their statuses move soon, enough for the canary. */
const mostAtOnce = 500;

export function startSchedule(options: ScheduleOptions): Schedule {
  const stop = new AbortController();
  const done = loop(options, stop.signal);
  return {
    stop: () => {
      stop.abort();
      return done;
    },
  };
}

async function loop(options: ScheduleOptions, signal: AbortSignal): Promise<void> {
  const { store, curated, onRun, note, clock = systemClock } = options;
  const pace = new Pace();
  let listed: Curated | undefined;
  let trouble: string | undefined;
  let network: string | null = null;
  while (!signal.aborted) {
    let more = false;
    try {
      const now = curated();
      if (now && now !== listed) {
        const keys = endpoints(now).map(({ key }) => key);
        await listEndpoints(store, keys, instant(clock.now()));
        listed = now;
      }
      const report = await verify({ ...options, pace, signal, which: { most: mostAtOnce } });
      more = report.done >= mostAtOnce;
      if (report.changes.length > 0 || report.run !== undefined) await onRun?.(report, signal);
      if (report.run !== undefined) {
        // Told once, not after every run for as long as it lasts.
        if (report.reason !== null && network === null) note(report.reason.replace(/\.$/, ''));
        network = report.reason;
      }
      trouble = undefined;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (message !== trouble) note(`verification rests for a minute: ${message}`);
      trouble = message;
    }
    if (!more) await clock.sleep(rhythm, signal);
  }
}
