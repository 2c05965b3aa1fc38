/** What costs little must not cost much: measured is the processor's time, so that other programs do not count. */
import assert from 'node:assert/strict';
import process from 'node:process';

/** @returns the milliseconds of the processor that this process has taken since then */
export function processorTime(): () => number {
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return Math.round((user + system) / 1000);
  };
}

/**
 * @param most milliseconds: many times what is needed; what goes back and forth over a long text takes minutes
 * @returns what it gives
 * @throws {AssertionError} where it took more
 */
export function quickly<T>(act: () => T, most = 5000): T {
  const taken = processorTime();
  const result = act();
  const took = taken();
  assert.ok(took < most, `it took ${took} ms of the processor`);
  return result;
}
