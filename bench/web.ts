/**
 * `npm run bench`: how fast the server is, beside nginx with the same answers as files and beside servers that only say hello,
 * on one machine in one run; how it starts, and what a large atlas costs. wrk asks. Everything stays on loopback, and
 * everything that is started ends. About six minutes.
 *
 *     npm run bench -- [--rounds 5] [--seconds 2] [--only requests|start|scale] [--write]
 *
 * `--write` puts the table into the README and the picture into docs/bench.svg.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { isInstalled } from './machine.ts';
import { markdown, write } from './web/report.ts';
import { requests } from './web/requests.ts';
import { scale } from './web/scale.ts';
import { start } from './web/start.ts';

const parts = ['requests', 'start', 'scale'] as const;
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    only: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});
const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)];
if (!(rounds >= 1 && rounds <= 50 && seconds >= 1 && seconds <= 60)) fail('--rounds takes 1 to 50, --seconds 1 to 60');
if (values.only !== undefined && !parts.some((part) => part === values.only))
  fail(`--only takes one of ${parts.join(', ')}`);
if (values.write && values.only !== undefined) fail('--write wants all parts');
if (process.platform !== 'linux') fail('this reads what Linux says of processes');
if (!isInstalled('wrk')) fail('wrk is not installed (Debian: apt-get install wrk nginx)');

const folder = mkdtempSync(join(tmpdir(), 'mailatlas-bench-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
const wanted = (part: (typeof parts)[number]) => values.only === undefined || values.only === part;

const measured = {
  ...(wanted('start') && { start: await start(folder, rounds) }),
  ...(wanted('scale') && { scale: await scale(folder, rounds, seconds) }),
  ...(wanted('requests') && { tables: await requests({ folder, rounds, seconds }) }),
};
process.stdout.write(`${markdown(measured)}\n`);
if (values.write) write(measured);

function fail(why: string): never {
  process.stderr.write(`bench: ${why}\n`);
  process.exit(2);
}
