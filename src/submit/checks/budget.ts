/** How many probes strangers may cause: to one owner's servers, from one address block, and in total. In memory, by the hour. */

import { ownerOf } from '../../name/suffix.ts';
import { elapsed } from '../../net/elapsed.ts';
import type { Endpoint } from '../../verify/endpoint.ts';

export interface ProbeLimits {
  readonly perOwner: number;
  readonly perBlock: number;
  readonly total: number;
}

/** A submission has a handful of servers, and is checked two or three times. */
const defaults: ProbeLimits = { perOwner: 40, perBlock: 60, total: 600 };
const hour = 3_600_000;

export class ProbeBudget {
  readonly #limits: ProbeLimits;
  readonly #now: () => number;
  #since: number;
  #spent = new Map<string, number>();

  /** @param now a clock in milliseconds */
  constructor(limits: Partial<ProbeLimits> = {}, now = elapsed) {
    this.#limits = { ...defaults, ...limits };
    this.#now = now;
    this.#since = now();
  }

  /**
   * Charges one probe; false where somebody's share of this hour is spent, and then nothing is charged.
   * @param block the address block of whoever sent the submission (net/block.ts); undefined for the operator's own machine
   */
  take(endpoint: Endpoint, block: string | undefined): boolean {
    if (this.#now() - this.#since >= hour) {
      this.#spent = new Map();
      this.#since = this.#now();
    }
    const { perOwner, perBlock, total } = this.#limits;
    const shares: [key: string, most: number][] = [
      ['total', total],
      [`owner ${ownerOf(endpoint.host)}`, perOwner],
      ...(block === undefined ? [] : [[`block ${block}`, perBlock] as [string, number]]),
    ];
    if (shares.some(([key, most]) => (this.#spent.get(key) ?? 0) >= most)) return false;
    for (const [key] of shares) this.#spent.set(key, (this.#spent.get(key) ?? 0) + 1);
    return true;
  }
}
