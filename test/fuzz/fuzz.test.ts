/**
 * A short look at every reader of what strangers send: what was found once, then inputs of two seeds. `npm run fuzz -- TARGET
 * --minutes 10` looks longer, with a new seed each time, and is guided by what is reached (docs/threats.md).
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { corpusOf } from './corpus.ts';
import { failureOf, fuzz } from './engine.ts';
import type { Target } from './target.ts';
import { targets } from './targets/index.ts';

const seeds = [1, 2] as const;
const milliseconds = 200;

for (const target of targets) {
  describe(`${target.name}: ${target.holds}`, () => {
    test('for what was found once', async () => {
      for (const input of corpusOf(target))
        assert.equal(await failureOf(target, input), undefined, JSON.stringify(input));
    });

    for (const seed of seeds)
      test(`for the seed ${seed}`, async () => {
        const { finding } = await fuzz(target, { seed, milliseconds, corpus: corpusOf(target) });
        if (finding)
          assert.fail(
            `${String(finding.error)}\n  on ${JSON.stringify(finding.input.slice(0, 1000))}\n  again: npm run fuzz -- ${target.name} --seed ${seed}`,
          );
      });
  });
}

describe('the fuzzer finds', () => {
  const target: Target = {
    name: 'a',
    holds: 'b',
    form: 'text',
    seeds: () => ['abcdefgh <a>'],
    most: 4096,
    run: () => 0,
  };
  const found = async (run: Target['run']) =>
    (await fuzz({ ...target, run }, { seed: seeds[0], milliseconds: 120_000 })).finding;

  test('what is thrown, and makes the input small', async () => {
    const finding = await found((input) => {
      assert.ok(!input.includes('\0'), 'NUL');
    });
    assert.equal(finding?.input, '\0');
  });

  test('what is left behind on a prototype', async () => {
    const finding = await found((input) => {
      if (input.includes('__proto__'))
        // What a careless merge does.
        (Object.getPrototypeOf({}) as Record<string, unknown>)['polluted'] = 1;
    });
    Reflect.deleteProperty(Object.prototype, 'polluted');
    assert.match(String(finding?.error), /Object\.prototype/);
  });

  test('what takes more than its share of time', async () => {
    const finding = await found((input) => {
      let count = 0;
      for (const a of input) for (const b of input) if (a === b) count++;
      return count > 0;
    });
    assert.match(String(finding?.error), /ms became/);
  });

  test('what makes much out of little', async () => {
    const finding = await found((input) => 'x'.repeat(input.length ** 2 / 16));
    assert.match(String(finding?.error), /characters became/);
  });

  test('the same again with the same seed', async () => {
    const seen: string[][] = [[], []];
    for (const list of seen)
      await fuzz({ ...target, run: (input) => void list.push(input) }, { seed: 7, runs: 300, milliseconds: 60_000 });
    assert.deepEqual(seen[0]?.slice(0, 300), seen[1]?.slice(0, 300));
  });
});
