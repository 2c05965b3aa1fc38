/** The tests of web/ once more, as they are, with every app in workerd that can be there (twin.ts). */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import process from 'node:process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { quietly } from './harness.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

test('What the app promises on Node, it keeps in workerd', (t) => {
  const files = globSync('test/web/**/*.test.ts', { cwd: root });
  const args = [
    '--import',
    './test/quick-start.ts',
    '--test',
    '--test-isolation=none',
    '--test-reporter=spec',
    ...files.sort(),
  ];
  // Within a test, node:test would be told in a form for machines.
  const env: NodeJS.ProcessEnv = { ...process.env, ...quietly, MAILATLAS_TEST_ON: 'workerd' };
  delete env['NODE_TEST_CONTEXT'];
  const { status, stdout } = spawnSync(process.execPath, args, {
    cwd: root,
    env,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  const failed = stdout.slice(stdout.indexOf('✖ failing tests:'));
  assert.equal(status, 0, failed.slice(0, 20_000));
  const [, there, here] = /^apps in workerd: (\d+), in Node: (\d+)$/m.exec(stdout) ?? [];
  t.diagnostic(`${there} apps in workerd, ${here} in Node, because a function of a test makes their bytes`);
  assert.ok(Number(there) > 200 && Number(there) > 3 * Number(here), `${there} and ${here}`);
});
