import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { pageScripts, scriptsFile } from '../../../src/cli/page-scripts.ts';

test('scripts.ts is what browser/ says; “npm run scripts” makes it', async () => {
  assert.equal(readFileSync(scriptsFile, 'utf8'), await pageScripts());
});
