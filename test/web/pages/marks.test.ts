import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Mood, mark } from '../../../src/web/pages/marks.ts';

test('Each mark has a word and a shape of its own: colour alone says nothing', async () => {
  const moods: readonly Mood[] = ['good', 'doubt', 'bad', 'none'];
  const marks = await Promise.all(moods.map(async (mood) => String(await mark(mood, 'a word & more'))));
  const shapes = marks.map((made) => /<svg[^>]*aria-hidden="true">(.+)<\/svg>a word &amp; more</.exec(made)?.[1]);
  assert.equal(new Set(shapes).size, moods.length);
  assert.ok(shapes.every((shape) => shape !== undefined));
});
