/**
 * A table that is asked by somebody's text must not answer for `constructor`: it is a Map, or asked by Object.hasOwn. Objects
 * that are asked with brackets are listed here, each with who chooses the key.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const known = new Map([
  ['cli/main.ts commands', 'asked by Object.hasOwn first'],
  ['cli/stats.ts backings', 'our own words'],
  ['formats/automx2.ts types', 'asked by Object.hasOwn first'],
  ['formats/escape.ts entities', 'one of five characters'],
  ['net/socket-faults.ts socketFaults', 'a code of Node’s'],
  ['provider/phrases.ts protocolNames', 'a protocol of a record'],
  ['submit/checks/rules.ts german', 'the name of a rule'],
  ['submit/draft/shape.ts german', 'a sentence of the schema'],
  ['submit/draft/shape.ts wanted', 'a word of zod’s'],
]);

const root = new URL('../src/', import.meta.url);
const sources = new Map(
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => [name, readFileSync(new URL(name, root), 'utf8')]),
);

test('objects that are asked by a text are few, and nobody outside chooses the text', () => {
  const asked = new Set<string>();
  for (const [file, text] of sources) {
    for (const [, name = ''] of text.matchAll(/^(?:export )?const (\w+): (?:Readonly<|Partial<)*Record<\s*string,/gm)) {
      const uses = new RegExp(String.raw`\b${name}\[(?!\s*['"\`])`);
      const imports = new RegExp(String.raw`import [^;]*\b${name}\b[^;]*from`);
      for (const [other, its] of sources)
        if ((other === file || imports.test(its)) && uses.test(its)) asked.add(`${file} ${name}`);
    }
  }
  assert.deepEqual([...asked].sort(), [...known.keys()].sort());
});
