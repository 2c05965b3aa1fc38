/** A run over the simulated Internet: whether anything but the concurrency that was asked for limits it. */
import { join } from 'node:path';
import process from 'node:process';
import { pki } from '../../test/pki.ts';
import { ask } from '../children.ts';
import { wildcard } from './hosts.ts';
import type { Internet } from './internet.ts';
import type { RunOrder, RunTook } from './verifier.ts';

export interface Survey {
  readonly folder: string;
  readonly endpoints: number;
  readonly concurrency: number;
  /** MB of Node's young generation (`--max-semi-space-size`); undefined: what Node thinks right. */
  readonly young?: number;
}

export async function survey({ folder, endpoints, concurrency, young }: Survey): Promise<void> {
  const { ca, leafFor } = await pki();
  const leaves = { good: await leafFor([wildcard], 365), expired: await leafFor([wildcard], -1) };
  const internet = await ask<Internet>('server', new URL('internet.ts', import.meta.url), leaves);
  const order: RunOrder = { internet: internet.answer, ca, endpoints, concurrency, file: join(folder, 'run.db') };
  const flags = young === undefined ? [] : [`--max-semi-space-size=${young}`];
  const run = await ask<RunTook>('client', new URL('verifier.ts', import.meta.url), order, flags);
  await run.end();
  await internet.end();

  const { seconds, allSeconds, mean, cpu, memory, codes } = run.answer;
  const [start, ...quarters] = memory;
  const lines = [
    '',
    `a run over ${endpoints} endpoints of as many owners, ${concurrency} at once, 20–300 ms an answer, 5 % broken`,
    `${(endpoints / seconds).toFixed(0).padStart(13)} endpoints a second, in ${allSeconds.toFixed(0)} s; one takes ${mean.toFixed(2)} s`,
    `${((100 * mean * endpoints) / seconds / concurrency).toFixed(0).padStart(11)} % of what ${concurrency} at once can be`,
    `${cpu.toFixed(2).padStart(13)} ms of CPU each, with DNS and the database`,
    `${String(Math.max(...memory)).padStart(10)} MB of memory at most; at the start ${start}, then by quarters ${quarters.join(', ')}`,
    `              ${Object.entries(codes)
      .toSorted(([, a], [, b]) => b - a)
      .map(([code, count]) => `${code} ${count}`)
      .join(', ')}`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
