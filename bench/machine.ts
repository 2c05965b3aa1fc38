/** The machine that measures: its name, which processor does what, and how busy each was. Linux tells all of it. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';

/** Clients on one processor and servers on another, or both anywhere where that cannot be had. */
export const processors: { readonly client: number; readonly server: number } | undefined =
  availableParallelism() > 1 && isInstalled('taskset') ? { client: 0, server: 1 } : undefined;

export function isInstalled(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
}

/** Who runs where; `any`: on all processors. */
export type Role = 'client' | 'server' | 'any';

/** A command line that stays on the processor of clients or of servers. */
export function pinned(role: Role, command: readonly string[]): [string, string[]] {
  const processor = role === 'any' ? undefined : processors?.[role];
  const [program = '', ...args] = processor === undefined ? command : ['taskset', '-c', String(processor), ...command];
  return [program, args];
}

/** Its processor, and which of them does what. */
export function machineName(): string {
  const memory = `${Math.round(totalmem() / 2 ** 30)} GB`;
  const where = processors ? 'clients on CPU 0, servers on CPU 1' : 'clients and servers share all CPUs';
  return `${cpus()[0]?.model.trim() ?? 'unknown'}, ${availableParallelism()} CPUs, ${memory}; ${where}`;
}

/** Of others, it should be near 0. */
export function load(): string {
  return loadavg()[0]?.toFixed(1) ?? '?';
}

/** Hundredths of a second: what Linux counts in (USER_HZ). */
const tick = 10;

/** Milliseconds of processor time that ended children of this process have used; NaN where nobody counts. */
export function timeOfChildren(): number {
  try {
    // proc(5): the fields behind the name in brackets; 16 and 17 of all are cutime and cstime.
    const fields = readFileSync('/proc/self/stat', 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return (Number(fields[13]) + Number(fields[14])) * tick;
  } catch {
    return Number.NaN;
  }
}

/** Counts from now on how many percent of its time the servers' processor is busy, with whatever. */
export function watchServers(): () => number {
  const before = read();
  return () => {
    const after = read();
    const all = after.all - before.all;
    return all > 0 ? (100 * (all - (after.idle - before.idle))) / all : Number.NaN;
  };
}

function read(): { all: number; idle: number } {
  if (!processors) return { all: 0, idle: 0 };
  const line = new RegExp(`^cpu${processors.server} (.*)$`, 'm').exec(readFileSync('/proc/stat', 'utf8'))?.[1] ?? '';
  const [user = 0, nice = 0, system = 0, idle = 0, wait = 0, ...more] = line.split(' ').map(Number);
  return { idle: idle + wait, all: [user, nice, system, idle, wait, ...more.slice(0, 3)].reduce((a, b) => a + b) };
}

export function median(numbers: readonly number[]): number {
  const sorted = numbers.filter((number) => !Number.isNaN(number)).toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
