/** What is fuzzed: a part that reads what strangers send, and what must hold whatever they send. */

/** What an input looks like, so that it is changed where it has parts. Octets are Latin 1: one character each. */
export type Form = 'text' | 'lines' | 'xml' | 'json' | 'octets';

export interface Target {
  readonly name: string;
  /** What must hold, for people. */
  readonly holds: string;
  readonly form: Form;
  /** Good inputs, from which bad ones are made. */
  readonly seeds: () => readonly string[];
  /** Words that mean something to this reader. */
  readonly words?: readonly string[];
  /** Characters of the longest input; the reader's own bound is just above or below. */
  readonly most?: number;
  /**
   * Reads one input.
   * @returns what came of it; it must not grow faster than the input
   * @throws where anything does not hold
   */
  readonly run: (input: string) => unknown;
}
