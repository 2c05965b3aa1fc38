/**
 * What people ask for and do not get, so that curators know what to do next. A name that few ask for may be a person's own
 * domain: it is never kept. A name counts only when it was asked for from many networks; until then it is in memory alone,
 * with hashes of those networks that mean nothing to anybody else, and is forgotten within a day.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { Domain } from '../name/domain.ts';
import { registrableDomain } from '../name/suffix.ts';
import { elapsed } from '../net/elapsed.ts';
import type { Miss } from './ladder.ts';

/** A mail domain that is not answered, or the domain of MX hosts that nobody knows. */
export interface Wanted {
  readonly kind: 'domain' | 'mx';
  readonly name: Domain;
  /** How often, since it was last taken. */
  readonly times: number;
}

export interface DemandLimits {
  /** From how many networks a name must be asked for before it counts. */
  readonly networks: number;
  /** How many names are in memory; the oldest goes first. */
  readonly names: number;
  /** Milliseconds after which a name that does not count is forgotten. */
  readonly forget: number;
}

const defaults: DemandLimits = { networks: 20, names: 5000, forget: 86_400_000 };

interface Entry {
  readonly kind: Wanted['kind'];
  readonly name: Domain;
  readonly since: number;
  readonly networks: Set<string>;
  times: number;
}

export class Demand {
  readonly #limits: DemandLimits;
  readonly #now: () => number;
  /** Of this process alone: the same network has another hash tomorrow. */
  readonly #salt = randomBytes(16);
  readonly #entries = new Map<string, Entry>();

  /** @param now a clock in milliseconds */
  constructor(limits: Partial<DemandLimits> = {}, now = elapsed) {
    this.#limits = { ...defaults, ...limits };
    this.#now = now;
  }

  /** @param asker the network of whoever asked, as an address block; without it nobody can be told apart, and nothing counts */
  note({ domain, reason, mx }: Miss, asker: string | undefined): void {
    if (asker === undefined || (reason !== 'unknown-domain' && reason !== 'left-out')) return;
    this.#count('domain', domain, asker);
    const operator = mx?.[0] && registrableDomain(mx[0].host);
    // A domain that receives its own mail is no operator.
    if (operator !== undefined && operator !== registrableDomain(domain)) this.#count('mx', operator, asker);
  }

  /** The names that count, each with how often it was asked for since the last time. */
  take(): Wanted[] {
    const wanted: Wanted[] = [];
    for (const [key, entry] of this.#entries) {
      const { kind, name, times, networks, since } = entry;
      const counts = networks.size >= this.#limits.networks;
      if (counts && times > 0) wanted.push({ kind, name, times });
      if (counts) entry.times = 0;
      else if (this.#now() - since > this.#limits.forget) this.#entries.delete(key);
    }
    return wanted;
  }

  #count(kind: Wanted['kind'], name: Domain, asker: string): void {
    const key = `${kind} ${name}`;
    let entry = this.#entries.get(key);
    if (!entry) {
      entry = { kind, name, since: this.#now(), networks: new Set(), times: 0 };
      this.#entries.set(key, entry);
      const [oldest] = this.#entries.keys();
      if (this.#entries.size > this.#limits.names && oldest !== undefined) this.#entries.delete(oldest);
    }
    entry.times++;
    if (entry.networks.size < this.#limits.networks)
      entry.networks.add(createHash('sha256').update(this.#salt).update(asker).digest('base64').slice(0, 12));
  }
}
