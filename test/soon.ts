/** Waiting for what something does by itself. */
import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds: longer than anything takes that comes at all, on a machine that has much else to do. */
const patience = 60_000;

/**
 * Looks again and again until nothing is thrown.
 * @returns what was found
 * @throws {Error} with what was wrong at the last look, where it does not come
 */
export async function soon<T>(what: string, look: () => T | Promise<T>): Promise<T> {
  for (const end = performance.now() + patience; ; await sleep(20)) {
    try {
      return await look();
    } catch (error) {
      if (performance.now() > end) throw new Error(`${what} did not come`, { cause: error });
    }
  }
}
