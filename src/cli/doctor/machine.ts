/** What the machine gives the process: memory, files, time. */
import process from 'node:process';
import { type Finding, fault, fine, megabytes, warning } from './finding.ts';

/** A server over the shipped data takes some 200 MB while it verifies (README, Verification). */
const enoughMemory = 256e6;
/** 64 probes at once, as many clients as a small server has, the database and the log. */
const enoughFiles = 1024;
/** Milliseconds that a clock may be wrong: leases, runs and tokens are compared by it. */
const toleratedSkew = 5000;
const day = 86_400_000;

export interface Machine {
  /** Octets that this process may still take: of the machine, or of its container. */
  readonly memory: number;
  /** Files and connections that it may have open. */
  readonly files: number;
  /** IANA name. */
  readonly zone: string;
  /** What the environment's TZ says. */
  readonly tz: string | undefined;
}

export function thisMachine(): Machine {
  // Otherwise Node looks up the names of whoever is connected.
  Object.assign(process.report, { excludeNetwork: true });
  const { userLimits } = process.report.getReport() as { userLimits?: { open_files?: { soft: number | 'unlimited' } } };
  const soft = userLimits?.open_files?.soft ?? 'unlimited';
  return {
    memory: process.availableMemory(),
    files: soft === 'unlimited' ? Number.POSITIVE_INFINITY : soft,
    zone: new Intl.DateTimeFormat().resolvedOptions().timeZone,
    tz: process.env['TZ'],
  };
}

export function examineMachine({ memory, files, zone, tz }: Machine): Finding[] {
  return [
    memory < enoughMemory
      ? warning(
          'memory',
          `${megabytes(memory)} are left for this process`,
          `give it ${megabytes(enoughMemory)} at least`,
        )
      : fine('memory', `${megabytes(memory)} available`),
    files < enoughFiles
      ? warning(
          'files',
          `${files} files and connections may be open at once`,
          `raise it to ${enoughFiles} (LimitNOFILE=, ulimit -n)`,
        )
      : fine('files', `${files} files and connections may be open at once`),
    tz !== undefined && tz !== '' && !isZone(tz)
      ? warning(
          'time zone',
          `TZ=${tz} is no time zone; ${zone} is taken`,
          'set it to one such as Europe/Berlin, or unset it',
        )
      : fine('time zone', `${zone}; what is written and logged is in UTC`),
  ];
}

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name.replace(/^:/, '') }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** What the clock can be held against without asking anybody. */
export interface ClockWitnesses {
  /** When the database was written last, ISO 8601. */
  readonly written?: string | undefined;
  /** The newest day on which a curator has read a source, YYYY-MM-DD. */
  readonly curated?: string | undefined;
  /** What another machine says, and how long it took to say so (milliseconds). */
  readonly told?: { readonly by: string; readonly at: number; readonly took: number } | undefined;
}

export function examineClock(now: Date, { written, curated, told }: ClockWitnesses): Finding[] {
  const tip = 'set the clock (timedatectl set-ntp true): certificates, leases and holds go by it';
  const says = now.toISOString();
  if (told) {
    // A Date header has whole seconds (RFC 9110 section 5.6.7), and was written some time ago.
    const skew = now.getTime() - told.at;
    const isOff = Math.abs(skew) > toleratedSkew + told.took + 1000;
    if (isOff) return [fault('clock', `it is ${saySkew(skew)} ${told.by}`, tip)];
  }
  if (written !== undefined && Date.parse(written) > now.getTime() + toleratedSkew)
    return [fault('clock', `it says ${says}, and the database was written at ${written}`, tip)];
  if (curated !== undefined && Date.parse(curated) > now.getTime() + day)
    return [fault('clock', `it says ${says}, and the data are of ${curated}`, tip)];
  return [fine('clock', told ? `${says}, as ${told.by} says` : `${says}, later than all that was written`)];
}

function saySkew(milliseconds: number): string {
  return `${Math.round(Math.abs(milliseconds) / 1000)} seconds ${milliseconds > 0 ? 'ahead of' : 'behind'}`;
}
