import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Budget } from '../../src/net/budget.ts';

describe('a budget', () => {
  const limits = { perBlock: 2, total: 4, window: 1000 };
  const [a, b, c] = ['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24'];

  test('gives each network its share', () => {
    const budget = new Budget(limits, () => 0);
    assert.deepEqual(
      [a, a, a, b].map((block) => budget.take(block)),
      [true, true, false, true],
    );
  });

  test('gives all together no more than there is; whoever was refused has taken nothing of it', () => {
    const budget = new Budget(limits, () => 0);
    for (const block of [a, a, a, a, b]) budget.take(block);
    assert.deepEqual(
      [b, c, c].map((block) => budget.take(block)),
      [true, false, false],
    );
  });

  test('lets this machine take of the whole', () => {
    const budget = new Budget(limits, () => 0);
    assert.deepEqual(
      Array.from({ length: 5 }, () => budget.take(undefined)),
      [true, true, true, true, false],
    );
  });

  test('begins anew', () => {
    let now = 0;
    const budget = new Budget(limits, () => now);
    for (const block of [a, a, b, b]) budget.take(block);
    now = 999;
    assert.equal(budget.take(c), false);
    now = 1000;
    assert.equal(budget.take(a), true);
  });

  test('begins anew in its own time, wherever the machine’s clock is set', (t) => {
    t.mock.timers.enable({ apis: ['Date'], now: Date.parse('2031-01-01') });
    const budget = new Budget({ ...limits, window: 20 });
    for (const block of [a, a, b, b]) budget.take(block);
    t.mock.timers.setTime(Date.parse('2026-01-01'));
    const end = performance.now() + 20;
    while (performance.now() < end);
    assert.equal(budget.take(c), true);
  });
});
