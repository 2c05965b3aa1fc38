/**
 * Manners of a guest: one connection at a time to a host, to an address and to everything of one owner, and a pause before
 * the same host or address is called again. Lives as long as its verifier, so that one run heeds what the last one did.
 */

/** Milliseconds between two probes of one host. */
export const politePause = 30_000;
/** So many hosts are remembered at least as long as their pause. */
const remembered = 20_000;

/** Ends a visit: which addresses were called, and when it was over (milliseconds since 1970). */
export type Leave = (addresses: readonly string[], now: number) => void;

export class Pace {
  readonly #pause: number;
  /** Hosts, owners and addresses that somebody is connected to. */
  readonly #busy = new Set<string>();
  /** Hosts and addresses, and when they may be called again. */
  readonly #restUntil = new Map<string, number>();
  /** Where each host led when it was called last. */
  readonly #addresses = new Map<string, readonly string[]>();

  /** @param pause milliseconds */
  constructor(pause: number = politePause) {
    this.#pause = pause;
  }

  /** Milliseconds until a host may be called: 0 for now, infinitely many while somebody is there. */
  wait(host: string, owner: string, now: number): number {
    if (this.#busy.has(`owner ${owner}`)) return Number.POSITIVE_INFINITY;
    let wait = 0;
    for (const place of this.#placesOf(host)) {
      if (this.#busy.has(place)) return Number.POSITIVE_INFINITY;
      const rest = (this.#restUntil.get(place) ?? 0) - now;
      // Nobody rests for longer than the pause: the clock was set back.
      if (rest <= this.#pause) wait = Math.max(wait, rest);
    }
    return wait;
  }

  /** A visit begins. */
  enter(host: string, owner: string): Leave {
    const places = [`owner ${owner}`, ...this.#placesOf(host)];
    for (const place of places) this.#busy.add(place);
    return (addresses, now) => {
      for (const place of places) this.#busy.delete(place);
      this.#forget(now);
      // Where nothing was dialled, nobody was bothered.
      if (addresses.length === 0) return;
      this.#addresses.set(host, addresses);
      for (const place of this.#placesOf(host)) this.#restUntil.set(place, now + this.#pause);
    };
  }

  #placesOf(host: string): string[] {
    return [`host ${host}`, ...(this.#addresses.get(host) ?? []).map((address) => `address ${address}`)];
  }

  #forget(now: number): void {
    if (this.#restUntil.size > remembered) {
      for (const [place, until] of this.#restUntil) if (until <= now) this.#restUntil.delete(place);
    }
    for (const host of this.#addresses.keys()) {
      if (this.#addresses.size <= remembered) break;
      this.#addresses.delete(host);
    }
  }
}
