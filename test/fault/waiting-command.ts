/**
 * A command of mailatlas that gets everything ready, says so, and waits for a word: so that it can be killed in the midst of
 * its work, and not while Node starts.
 */
import { once } from 'node:events';
import { writeSync } from 'node:fs';
import process from 'node:process';
import { main } from '../../src/cli/main.ts';

const [command = '', ...args] = process.argv.slice(2);
// Imports all that it needs.
await main([command, '--help']);
writeSync(2, 'ready\n');
await once(process.stdin, 'data');
process.stdin.destroy();
process.exitCode = await main([command, ...args]);
