/** docs/hosting.md, docs/agents.md and docs/operating.md show the files of docs/examples as they are; test/real/hosting.test.ts runs them. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parseCatalog } from '../../src/catalog/catalog.ts';
import { readDataDir } from '../../src/catalog/files.ts';
import { lint } from '../../src/catalog/lint.ts';

const docs = fileURLToPath(new URL('../../docs', import.meta.url));
const pages = ['hosting', 'agents', 'operating'].map((name) => readFileSync(`${docs}/${name}.md`, 'utf8')).join('\n');

test('the pages show every example, to the last letter', () => {
  const shown = [...pages.matchAll(/<!-- (examples\/\S+) -->\n\n```\w*\n(.*?)```/gs)];
  for (const [, file = '', text] of shown) assert.equal(text, readFileSync(`${docs}/${file}`, 'utf8'), file);
  const files = readdirSync(`${docs}/examples`, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  assert.deepEqual(
    shown.map(([, file]) => `${docs}/${file}`).sort(),
    files.map(({ parentPath, name }) => `${parentPath}/${name}`).sort(),
  );
});

test('the record on the page is one that the linter likes', () => {
  assert.deepEqual(lint(parseCatalog(readDataDir(`${docs}/examples`)), '2026-11-20', 'own'), []);
});
