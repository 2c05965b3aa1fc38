/** Resident memory of this process, in MB. */
import { readFileSync } from 'node:fs';
import process from 'node:process';

/** At most so far. `getrusage` counts the parent's at the time of the fork, too, so the kernel's own mark is read where there is one. */
export function peakMemory(): number {
  try {
    return (Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1024) / 1e6;
  } catch {
    return (process.resourceUsage().maxRSS * 1024) / 1e6;
  }
}
