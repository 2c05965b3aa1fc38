/**
 * `npm run fuzz -- [TARGET…] [--minutes N] [--seed N]`: fuzzes for as long as it is told, guided by what code is reached.
 * What it finds is written down as a line of JSON, made small; put into `corpus/<target>/` it is tried for good.
 */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { corpusOf } from './corpus.ts';
import { startCoverage } from './coverage.ts';
import { fuzz } from './engine.ts';
import { targets } from './targets/index.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { minutes: { type: 'string' }, seed: { type: 'string' }, help: { type: 'boolean' } },
});
const unknown = positionals.find((name) => !targets.some((target) => target.name === name));
const minutes = Number(values.minutes ?? 1);
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
if (values.help || unknown !== undefined || !(minutes > 0) || !Number.isInteger(seed)) {
  process.stderr.write(`${unknown === undefined ? '' : `There is no target “${unknown}”.\n\n`}npm run fuzz -- [TARGET…] [--minutes N] [--seed N]

Each target is fuzzed for so many minutes (default 1). Targets:

${targets.map(({ name, holds }) => `  ${name.padEnd(13)} ${holds}`).join('\n')}

  npm run fuzz -- xml --minutes 10
`);
  process.exit(values.help ? 0 : 2);
}

// Of a library, about keys that nobody will ever read.
process.removeAllListeners('warning');
let failed = false;
const coverage = startCoverage();
for (const target of targets) {
  if (positionals.length > 0 && !positionals.includes(target.name)) continue;
  const start = performance.now();
  const report = await fuzz(target, { seed, milliseconds: minutes * 60_000, corpus: corpusOf(target), coverage });
  const seconds = (performance.now() - start) / 1000;
  process.stdout.write(
    `${target.name}: ${report.runs} inputs in ${seconds.toFixed(0)} s, ${report.news} times something new, seed ${seed}\n`,
  );
  if (!report.finding) continue;
  failed = true;
  const { input, error } = report.finding;
  const says = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stdout.write(
    `  FOUND ${JSON.stringify(input.slice(0, 2000))}\n${says.slice(0, 3000).replaceAll(/^/gm, '    ')}\n`,
  );
}
coverage.stop();
process.exitCode = failed ? 1 : 0;
