/** docs/clients.md says what the simulation and its tests know. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { clientsDocument, renderClients } from './clients-document.ts';

const text = readFileSync(clientsDocument, 'utf8');

test('docs/clients.md is fresh: node test/docs/clients-document.ts', () => {
  assert.equal(text, renderClients());
});

test('names tests that are there', () => {
  const named = [...new Set([...text.matchAll(/`(test\/[^`]+\.ts)`/g)].map(([, path = '']) => path))];
  assert.ok(named.length >= 3);
  for (const path of named) assert.ok(existsSync(fileURLToPath(new URL(`../../${path}`, import.meta.url))), path);
});
