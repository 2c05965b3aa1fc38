/** What the process says of itself, for /metrics. */
import { readdirSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import process from 'node:process';
import type { ProcessVitals } from './metrics.ts';

/** Milliseconds between two looks at how late the event loop is: a timer, which costs nothing that could be measured. */
const resolution = 20;

/** @returns what is read at each scrape, and how to end it */
export function watchProcess(): { readonly read: () => ProcessVitals; readonly stop: () => void } {
  const delay = monitorEventLoopDelay({ resolution });
  delay.enable();
  return {
    read: () => {
      const { user, system } = process.cpuUsage();
      const { rss, heapUsed } = process.memoryUsage();
      // The histogram counts from one timer to the next: how late it was is what is over the resolution.
      const late = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e9 - resolution / 1000);
      const lag = { p99: delay.count > 0 ? late(delay.percentile(99)) : 0, max: delay.count > 0 ? late(delay.max) : 0 };
      delay.reset();
      return {
        started: Math.round(performance.timeOrigin / 1000),
        cpuSeconds: (user + system) / 1e6,
        residentBytes: rss,
        heapBytes: heapUsed,
        openFiles: openFiles(),
        lag,
      };
    },
    stop: () => void delay.disable(),
  };
}

/** Where there is no /proc, nobody can tell. */
function openFiles(): number | undefined {
  try {
    // The folder itself is open while it is read.
    return readdirSync('/proc/self/fd').length - 1;
  } catch {
    return undefined;
  }
}
