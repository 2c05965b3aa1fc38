/** One run of wrk against one server, and what the kernel says of the server meanwhile. */
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { run } from '../children.ts';
import type { Running } from '../serving.ts';

/** A request as wrk sends it again and again, each in its turn. */
export interface Question {
  readonly path: string;
  /** What the asker has already. */
  readonly etag?: string;
}

export interface Run {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Microseconds of processor time of the server for each request. */
  readonly cpu: number;
  /** Percent of the time that the server was busy; far below 100, wrk was the limit. */
  readonly busy: number;
  /** Megabytes, resident, at the end. */
  readonly memory: number;
}

export interface Load {
  readonly folder: string;
  /** Of the run. */
  readonly seconds: number;
  readonly questions: readonly Question[];
  /** Whether the answers are refusals, which wrk counts as errors. */
  readonly refused?: boolean;
  /** On all processors, a thread for each, instead of on the clients' one. */
  readonly everywhere?: boolean;
}

const connections = 32;

/** @throws where an answer was not of the kind that is measured */
export async function wrk(
  server: Running,
  { folder, seconds, questions, refused = false, everywhere = false }: Load,
): Promise<Run> {
  const script = join(folder, 'wrk.lua');
  writeFileSync(script, lua(questions));
  const before = cpuOf(server.pid);
  const threads = everywhere ? availableParallelism() : 1;
  const args = [`-t${threads}`, `-c${connections}`, `-d${seconds}s`, '-s', script, server.url];
  const said = await run(['wrk', ...args], everywhere ? 'any' : 'client');
  const used = cpuOf(server.pid) - before;
  const [count = 0, micros = 0, p50 = 0, p99 = 0, statuses = 0, faults = 0] =
    /^measured (.*)$/m.exec(said)?.[1]?.split(' ').map(Number) ?? [];
  if (count === 0 || faults > 0 || statuses !== (refused ? count : 0))
    throw new Error(`wrk ${args.join(' ')}: ${said}`);
  return {
    perSecond: (1e6 * count) / micros,
    p50: p50 / 1000,
    p99: p99 / 1000,
    cpu: (1e6 * used) / count,
    busy: (100 * 1e6 * used) / micros,
    memory: memoryOf(server.pid),
  };
}

function lua(questions: readonly Question[]): string {
  const made = questions.map(({ path, etag }) => {
    const headers = etag === undefined ? '{}' : `{["If-None-Match"]=${JSON.stringify(etag)}}`;
    return `wrk.format("GET", ${JSON.stringify(path)}, ${headers})`;
  });
  return `local requests, next
function init() requests, next = { ${made.join(',\n')} }, 0 end
function request() next = next % #requests + 1; return requests[next] end
function done(all, latency)
  local e = all.errors
  io.write(string.format("measured %d %d %d %d %d %d\\n", all.requests, all.duration, latency:percentile(50),
    latency:percentile(99), e.status, e.connect + e.read + e.write + e.timeout))
end
`;
}

/** Seconds of processor time that a process and its children have used; the kernel counts hundredths. */
function cpuOf(pid: number): number {
  const ticks = family(pid).map((one) => {
    // proc(5): behind the name in brackets, utime and stime are the 12th and 13th.
    const fields = readFileSync(`/proc/${one}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return Number(fields[11]) + Number(fields[12]);
  });
  return ticks.reduce((sum, one) => sum + one, 0) / 100;
}

/** Megabytes that are resident: of the children, where they do the work (nginx). */
export function memoryOf(pid: number): number {
  const [own = pid, ...children] = family(pid);
  const working = children.length > 0 ? children : [own];
  const kilobytes = working.map((one) => /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${one}/status`, 'utf8'))?.[1]);
  return kilobytes.reduce((sum, one) => sum + Number(one) * 1024, 0) / 1e6;
}

function family(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return [pid, ...(children === '' ? [] : children.split(' ').map(Number))];
}
