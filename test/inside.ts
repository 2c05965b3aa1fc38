/**
 * A test file that runs again in a place of its own: a network, a tree of mounts. What it does there ends with its process, and
 * the machine sees nothing of it.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';

/** Few tests in such a place take longer; one that hangs must not hang its caller. */
const usualMilliseconds = 120_000;

export interface Place {
  /** What it is, for the one who reads why a test was skipped. */
  readonly name: string;
  /** The command that goes in, in front of another one: all that is needed, tried out. */
  readonly enter: readonly [string, ...string[]];
}

function markOf({ name }: Place): string {
  return `MAILATLAS_TEST_${name.toUpperCase().replaceAll(/[^A-Z]+/g, '_')}`;
}

/** Whether this process is already there. */
export function isInside(place: Place): boolean {
  return process.env[markOf(place)] === 'own';
}

/** Why nobody can go there on this machine, or false: for the `skip` option of a test. */
export function cannotEnter({ name, enter: [command, ...rest] }: Place): string | false {
  const { status, error, stderr } = spawnSync(command, [...rest, 'true'], { encoding: 'utf8' });
  return status === 0 ? false : `no ${name}: ${(error?.message ?? stderr).trim()}`;
}

/** Runs a test file there. @returns what its tests have told @throws {Error} with what it printed, if a test fails */
export async function runInside(place: Place, file: string, milliseconds = usualMilliseconds): Promise<string[]> {
  const [command, ...rest] = place.enter;
  // A test runner of its own, not a part of the one that runs us.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const child = spawn(command, [...rest, process.execPath, '--test-reporter=spec', file], {
    env: { ...env, [markOf(place)]: 'own' },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: milliseconds,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0 || !/^ℹ pass [1-9]/m.test(output)) throw new Error(`${file} in its own ${place.name}:\n${output}`);
  return output
    .split('\n')
    .filter((line) => /^\s*(?:✔|ℹ (?!tests|suites|pass|fail|cancelled|skipped|todo|duration))/.test(line));
}
