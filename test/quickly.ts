/**
 * What costs little must not cost much. Measured is the processor's time, so that other programs do not count, and told in
 * pieces of plain work that this process has done as well, so that a slow machine does not either.
 */
import assert from 'node:assert/strict';
import process from 'node:process';

const million = JSON.stringify(Array.from({ length: 150_000 }, (_, i) => i));
let known: number | undefined;

/** @returns the milliseconds of the processor that this process has taken since then */
function processorTime(): () => number {
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };
}

/** Milliseconds of the processor for a million characters of JSON, there and back: the least of some. */
function onePiece(): number {
  const times = Array.from({ length: 5 }, () => {
    const taken = processorTime();
    JSON.stringify(JSON.parse(million));
    return taken();
  });
  return Math.min(...times);
}

/** @returns how many pieces of plain work the process has taken the processor for since then */
export function plainWork(): () => number {
  const one = (known ??= onePiece());
  const taken = processorTime();
  return () => taken() / one;
}

/**
 * @param most pieces of plain work: many times what is needed; what goes back and forth over a long text takes thousands
 * @returns what it gives
 * @throws {AssertionError} where it took more
 */
export function quickly<T>(act: () => T, most = 750): T {
  const taken = plainWork();
  const result = act();
  const took = taken();
  assert.ok(took < most, `it took ${Math.round(took)} times what a million characters of JSON take`);
  return result;
}
