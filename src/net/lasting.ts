/** Trouble that lasts is told once, and again after a while: not at every request and every look. */
import { elapsed } from './elapsed.ts';

/** Milliseconds. */
const whileItLasts = 600_000;
/** More different texts than that are of no lasting trouble. */
const mostKnown = 100;

export class Lasting {
  readonly #tell: (message: string) => void;
  readonly #now: () => number;
  readonly #toldAt = new Map<string, number>();

  /**
   * @param tell hears of it
   * @param now a clock in milliseconds
   */
  constructor(tell: (message: string) => void, now: () => number = elapsed) {
    this.#tell = tell;
    this.#now = now;
  }

  /** It is so, or it is still so. */
  tell(message: string): void {
    const told = this.#toldAt.get(message);
    if (told !== undefined && this.#now() - told < whileItLasts) return;
    if (this.#toldAt.size >= mostKnown) this.#toldAt.clear();
    this.#toldAt.set(message, this.#now());
    this.#tell(message);
  }

  /** All is well again: whatever comes now is new. */
  over(): void {
    this.#toldAt.clear();
  }
}
