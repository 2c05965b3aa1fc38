/**
 * `npm run bench:probe`: what a probe costs, beside what others take for the same server in the same minute, and a run over
 * a simulated Internet. Everything stays on loopback, and everything that is started ends.
 *
 *     npm run bench:probe -- [--rounds 3] [--probes 2000] [--endpoints 10000] [--concurrency 64] [--young MB]
 *
 * `--rounds 0` leaves out the comparison, `--endpoints 0` the run. `--young` bounds the young generation of the run's Node,
 * most of whose memory is what nobody needs any more and nobody has swept yet.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { pki } from '../test/pki.ts';
import { load, machineName } from './machine.ts';
import { compare } from './probe/compare.ts';
import { survey } from './probe/survey.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    probes: { type: 'string', default: '2000' },
    endpoints: { type: 'string', default: '10000' },
    concurrency: { type: 'string', default: '64' },
    young: { type: 'string' },
  },
});
const number = (name: keyof typeof values, least: number, most: number): number => {
  const given = Number(values[name]);
  if (Number.isInteger(given) && given >= least && given <= most) return given;
  throw new Error(`--${name} takes a number from ${least} to ${most}`);
};
const rounds = number('rounds', 0, 20);
const probes = number('probes', 100, 20_000);
const endpoints = number('endpoints', 0, 60_000);
const concurrency = number('concurrency', 1, 512);
const young = values.young === undefined ? {} : { young: number('young', 1, 64) };

/** Nothing here waits for ever, but what is wrong with a benchmark should not be found out tomorrow. */
const longest = 30 * 60_000;
setTimeout(() => {
  process.stderr.write('bench:probe: half an hour is over, and this is not\n');
  process.exit(1);
}, longest).unref();

const folder = mkdtempSync(join(tmpdir(), 'mailatlas-bench-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
const caFile = join(folder, 'ca.pem');
writeFileSync(caFile, (await pki()).ca);
const openssl = spawnSync('openssl', ['version']).stdout?.toString().split(' ').slice(0, 2).join(' ');
process.stdout.write(`${machineName()}
Node ${process.versions.node} with OpenSSL ${process.versions.openssl}; ${openssl ?? 'no openssl'} for s_time
load at the start ${load()} (of others: it should be near 0)
`);
if (rounds > 0) await compare({ folder, caFile, rounds, probes, concurrency });
if (endpoints > 0) await survey({ folder, endpoints, concurrency, ...young });
