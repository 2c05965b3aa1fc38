/** How long it takes until something is answered: a server's first answer, a lookup on the command line, a load of the data. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { median } from '../machine.ts';
import { main, serve } from '../serving.ts';
import { memoryOf } from './wrk.ts';

/** Milliseconds of wall time, except for memory (megabytes). */
export interface Start {
  readonly bareNode: number;
  readonly lookup: number;
  readonly loadData: number;
  /** With a loaded database. */
  readonly firstAnswer: number;
  /** With an empty one. */
  readonly firstEver: number;
  /** Resident, after it. */
  readonly memory: number;
}

export async function start(folder: string, runs: number): Promise<Start> {
  const loaded = join(folder, 'loaded.db');
  const lookup = () => timed(folder, [main, 'lookup', 't-online.de']);
  await firstAnswer(loaded);
  lookup();
  const memories: number[] = [];
  const repeated = async (measure: (run: number) => number | Promise<number>) => {
    const times: number[] = [];
    for (let run = 0; run < runs; run++) times.push(await measure(run));
    return median(times);
  };
  return {
    bareNode: await repeated(() => timed(folder, ['-e', '0'])),
    lookup: await repeated(lookup),
    loadData: await repeated((run) => timed(folder, [main, 'load', '--db', join(folder, `load-${run}.db`)])),
    firstAnswer: await repeated(async () => {
      const { took, memory } = await firstAnswer(loaded);
      memories.push(memory);
      return took;
    }),
    firstEver: await repeated(async (run) => (await firstAnswer(join(folder, `new-${run}.db`))).took),
    memory: median(memories),
  };
}

function timed(folder: string, args: readonly string[]): number {
  const began = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { env: { ...process.env, XDG_CACHE_HOME: folder } });
  if (status !== 0) throw new Error(`${args.join(' ')} failed: ${stderr.toString()}`);
  return performance.now() - began;
}

async function firstAnswer(db: string): Promise<{ took: number; memory: number }> {
  const began = performance.now();
  const server = await serve(['--db', db]);
  try {
    const response = await fetch(`${server.url}/v1.1/t-online.de`);
    await response.text();
    if (!response.ok) throw new Error(`the first answer was ${response.status}`);
    return { took: performance.now() - began, memory: memoryOf(server.pid) };
  } finally {
    await server.stop();
  }
}
