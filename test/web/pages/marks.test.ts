import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Mood, mark } from '../../../src/web/pages/marks.ts';

test('Each mark has a word and a shape of its own: colour alone says nothing', () => {
  const moods: readonly Mood[] = ['good', 'doubt', 'bad', 'none'];
  const marks = moods.map((mood) => String(mark(mood, 'a word & more')));
  const shapes = marks.map((made) => /<svg[^>]*aria-hidden="true">(.+)<\/svg>a word &amp; more</.exec(made)?.[1]);
  assert.equal(new Set(shapes).size, moods.length);
  assert.ok(shapes.every((shape) => shape !== undefined));
});
