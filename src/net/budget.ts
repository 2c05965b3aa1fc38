/** What strangers may cause in a while: so much from one address block, so much all together. In memory; it begins anew. */

import { elapsed } from './elapsed.ts';

export interface BudgetLimits {
  readonly perBlock: number;
  /** So that many networks cannot do what one may not. */
  readonly total: number;
  /** Milliseconds after which it begins anew. */
  readonly window: number;
}

export class Budget {
  readonly #limits: BudgetLimits;
  readonly #now: () => number;
  #spent = new Map<string, number>();
  #total = 0;
  #since: number;

  /** @param now a clock in milliseconds */
  constructor(limits: BudgetLimits, now = elapsed) {
    this.#limits = limits;
    this.#now = now;
    this.#since = now();
  }

  /**
   * Counts one; false where somebody's share is spent.
   * @param block of whoever asks (block.ts); undefined for this machine, which has no share of its own
   */
  take(block: string | undefined): boolean {
    const { perBlock, total, window } = this.#limits;
    if (this.#now() - this.#since >= window) {
      this.#spent = new Map();
      this.#total = 0;
      this.#since = this.#now();
    }
    // Nobody is counted any more then: the blocks that are remembered are never more than the total.
    if (this.#total >= total) return false;
    if (block !== undefined) {
      const count = (this.#spent.get(block) ?? 0) + 1;
      this.#spent.set(block, count);
      if (count > perBlock) return false;
    }
    this.#total++;
    return true;
  }
}
