/**
 * `npm run fuzz:lane -- [--minutes 10] [--seed N]`: the comparison of lane.test.ts for as long as wanted. Ends with 1 and the
 * smallest stream it can find where the two roads differ.
 */
import process from 'node:process';
import { parseArgs } from 'node:util';
import * as fc from 'fast-check';
import { agree, startTwins } from './agree.ts';
import { streams } from './streams.ts';

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' }, seed: { type: 'string' } } });
const end = Date.now() + 60_000 * Number(values.minutes);
const twins = await startTwins();
const { on } = twins;
let sent = 0;
try {
  for (let seed = Number(values.seed ?? Date.now() % 1_000_000_000); Date.now() < end; seed++) {
    const property = fc.asyncProperty(streams(twins.etag), async (pieces) => void (await agree(twins, pieces, 1)));
    await fc.assert(property, { numRuns: 500, seed });
    sent += 500;
    process.stderr.write(`seed ${seed}: ${sent} streams, ${on.taken()} answers of the lane\n`);
  }
  process.stdout.write(`${sent} streams, ${on.taken()} answers of the lane, no difference\n`);
} catch (error) {
  process.exitCode = 1;
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
} finally {
  await twins.close();
}
