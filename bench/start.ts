/**
 * `npm run bench:start`: how long from starting a server to its first answer, with an empty database and with a loaded
 * one, and how long a lookup on the command line takes. Wall time in milliseconds, median of several runs, beside what a
 * bare Node needs on the same machine.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));
const runs = 7;
const folder = mkdtempSync(join(tmpdir(), 'mailatlas-bench-'));

function median(times: readonly number[]): string {
  const middle = [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;
  return `${middle.toFixed(0).padStart(6)} ms`;
}

function timed(args: readonly string[]): number {
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { env: { ...process.env, XDG_CACHE_HOME: folder } });
  if (status !== 0) throw new Error(`${args.join(' ')} failed: ${stderr.toString()}`);
  return performance.now() - start;
}

/** Starts a server on a free port and waits for its first answer. */
async function firstAnswer(db: string): Promise<number> {
  const start = performance.now();
  const child = spawn(process.execPath, [main, 'serve', '--port', '0', '--db', db], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const url = await new Promise<string>((resolve, reject) => {
      let text = '';
      child.stdout.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        const found = / on (http:\S+)/.exec(text)?.[1];
        if (found !== undefined) resolve(found);
      });
      child.once('exit', (code) => reject(new Error(`serve ended with ${code}`)));
    });
    const response = await fetch(`${url}/v1.1/t-online.de`);
    await response.text();
    if (!response.ok) throw new Error(`the first answer was ${response.status}`);
    return performance.now() - start;
  } finally {
    child.kill();
    await sleep(50);
  }
}

async function repeat(measure: (run: number) => number | Promise<number>): Promise<string> {
  const times: number[] = [];
  for (let run = 0; run < runs; run++) times.push(await measure(run));
  return median(times);
}

const loaded = join(folder, 'loaded.db');
await firstAnswer(loaded);
timed([main, 'lookup', 't-online.de']);

process.stdout.write(`Node ${process.versions.node}, ${runs} runs each, median\n`);
process.stdout.write(`${await repeat(() => timed(['-e', '0']))}  a bare node\n`);
process.stdout.write(
  `${await repeat(() => timed([main, 'lookup', 't-online.de']))}  mailatlas lookup, data compiled before\n`,
);
process.stdout.write(`${await repeat(() => firstAnswer(loaded))}  serve to first answer, data loaded before\n`);
process.stdout.write(
  `${await repeat((run) => firstAnswer(join(folder, `new-${run}.db`)))}  serve to first answer, empty database\n`,
);
rmSync(folder, { recursive: true, force: true });
