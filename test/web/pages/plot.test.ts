/** Plots: pictures with a name, whose shapes say as much as their colours. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { layers, line, roundedUp, strip } from '../../../src/web/pages/plot.ts';

const named = { id: 'p', title: 'Answers <all> days', description: 'How "it" was' };

/** The path of a class. */
async function path(made: unknown, kind: string): Promise<string | undefined> {
  return new RegExp(`<path class="${kind}" d="([^"]*)"`).exec(String(await made))?.[1];
}

describe('A plot', () => {
  test('is a picture with a name and a description, escaped', async () => {
    const svg = String(await strip(['good'], named));
    assert.match(svg, /^<svg [^>]*role="img" aria-labelledby="p-t p-d">/);
    assert.match(svg, /<title id="p-t">Answers &lt;all&gt; days<\/title><desc id="p-d">How &quot;it&quot; was<\/desc>/);
    assert.doesNotMatch(svg, /style=|fill=|stroke=/, 'colours are in the stylesheet, which the policy allows');
  });

  test('of days has a bar of another height for each mood', async () => {
    const svg = strip(['good', 'doubt', 'bad', 'none', 'good'], named);
    assert.equal(await path(svg, 'good'), 'M1 10h8v22h-8zM41 10h8v22h-8z');
    const heights = await Promise.all(
      ['good', 'doubt', 'bad', 'none'].map(async (mood) => /v(\d+)/.exec((await path(svg, mood)) ?? '')?.[1]),
    );
    assert.equal(new Set(heights).size, 4);
  });

  test('of numbers is a line that is broken where nothing was seen for days, and a point alone is seen', async () => {
    const points = [
      { x: 0, y: 0 },
      { x: 1, y: 50 },
      { x: 9, y: 100 },
    ];
    const svg = line(points, { days: 10, top: 100 }, named);
    assert.equal(await path(svg, 'stroke'), 'M0 59L10 30M90 1h0');
    assert.equal(await path(svg, 'limit'), undefined);
  });

  test('of numbers shows a limit where it is within', async () => {
    const options = { days: 10, top: 100, limit: 50 };
    assert.equal(await path(line([{ x: 0, y: 1 }], options, named), 'limit'), 'M0 30H100');
    assert.equal(await path(line([{ x: 0, y: 1 }], { ...options, top: 40 }, named), 'limit'), undefined);
  });

  test('of layers stands each kind on the one before, leaves out days without numbers, and hides nobody', async () => {
    const svg = layers(
      ['verified', 'failing'],
      [{ verified: 1000, failing: 1 }, undefined, { verified: 500, failing: 500 }],
      1000,
      named,
    );
    assert.equal(await path(svg, 'verified'), 'M0 0h10v120h-10zM20 60h10v60h-10z');
    assert.match((await path(svg, 'failing')) ?? '', /^M0 -2h10v2h-10zM20 0h10v60/);
  });
});

test('A scale ends at a round number', () => {
  assert.deepEqual([0, 1, 3, 11, 180, 501].map(roundedUp), [1, 1, 5, 20, 200, 1000]);
});
