/** Every page says everything in every language: the tables of texts have the same shape, and nothing in them is empty. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { describe, test } from 'node:test';
import { languages } from '../../../src/web/pages/language.ts';

const folder = new URL('../../../src/web/pages/', import.meta.url);
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !file.startsWith('browser/'),
);
const tables = await Promise.all(
  files.map(async (file) => {
    const { texts } = (await import(new URL(file, folder).href)) as { texts?: Record<string, unknown> };
    return { file, texts };
  }),
);

/** Where each text stands in a table, with what it says: `steps.0`. A function says something once it is called. */
function places(value: unknown, at: readonly string[] = []): [place: string, said: unknown][] {
  if (typeof value !== 'object' || value === null) return [[at.join('.'), value]];
  return Object.entries(value).flatMap(([key, inner]) => places(inner, [...at, key]));
}

describe('The texts of pages', () => {
  test('are found', () => {
    assert.ok(tables.filter(({ texts }) => texts).length >= 3);
  });

  for (const { file, texts } of tables) {
    if (!texts) continue;
    test(`of ${file} are there in every language, and none is empty`, () => {
      assert.deepEqual(Object.keys(texts).sort(), [...languages].sort());
      const [first, ...others] = languages.map((language) => places(texts[language]));
      for (const other of others) {
        assert.deepEqual(
          other.map(([place]) => place),
          first?.map(([place]) => place),
        );
      }
      for (const language of languages) {
        for (const [place, said] of places(texts[language])) {
          assert.ok(
            typeof said === 'function' || (typeof said === 'string' && said.trim() !== ''),
            `${place} (${language})`,
          );
        }
      }
    });
  }
});
