/**
 * Fuzzing: good inputs are changed at random, and what must hold is looked at each time. Beside what a target says itself,
 * three things hold for all of them:
 *
 *  - nothing is left behind on the prototypes of JavaScript's own objects
 *  - eight times the input costs about eight times the time, not sixty-four times (a ratio: a slow machine is no finding)
 *  - what comes out does not grow faster than what went in
 *
 * fast-check makes values and makes small what fails; what it does not have are inputs that are kept because they reached
 * something new (coverage.ts), and these three. The same seed gives the same inputs as long as no coverage guides them.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Coverage } from './coverage.ts';
import { mutate } from './mutate.ts';
import { type Random, random } from './random.ts';
import type { Target } from './target.ts';

export interface FuzzOptions {
  readonly seed: number;
  /** Ends after so many inputs, or so many milliseconds, whichever is first. */
  readonly runs?: number;
  readonly milliseconds: number;
  /** What was found earlier, and inputs that reached far. */
  readonly corpus?: readonly string[];
  readonly coverage?: Coverage;
}

export interface Finding {
  /** Made as small as it could be made. */
  readonly input: string;
  readonly error: unknown;
}

export interface FuzzReport {
  readonly runs: number;
  /** Inputs that reached code which none had reached before. */
  readonly news: number;
  readonly finding?: Finding;
}

/** Inputs that are kept because they reached something new. */
const mostKept = 3000;
/** Inputs between two looks at the coverage. */
const batch = 16;

export async function fuzz(target: Target, options: FuzzOptions): Promise<FuzzReport> {
  const { seed, runs: most = Number.POSITIVE_INFINITY, milliseconds, corpus = [], coverage } = options;
  const chance = random(seed);
  const length = target.most ?? 64 * 1024;
  const pool = [...target.seeds(), ...corpus].map((input) => input.slice(0, length));
  const materials = { form: target.form, pool, words: target.words ?? [], most: length };
  const end = performance.now() + milliseconds;
  let [runs, news] = [0, 0];
  let tried: string[] = [];
  const found = async (input: string, error: unknown): Promise<FuzzReport> => {
    return { runs, news, finding: { input: await shrunk(target, input, error), error } };
  };

  for (const input of pool) {
    runs++;
    const error = await failureOf(target, input);
    if (error !== undefined) return found(input, error);
  }
  while (runs < most && performance.now() < end) {
    const base = pool[chance.below(pool.length)] ?? '';
    if (runs % 400 === 0) {
      const error = await growthFault(target, base, length, chance);
      if (error !== undefined) return { runs, news, finding: { input: error.input, error } };
    }
    const input = mutate(base, materials, chance);
    runs++;
    const error = await failureOf(target, input);
    if (error !== undefined) return found(input, error);
    tried.push(input);
    if (tried.length < batch) continue;
    if (coverage?.hasNews()) {
      news++;
      for (const one of tried.filter((text) => text.length <= 8192))
        if (pool.length < mostKept) pool.push(one);
        else pool[chance.below(pool.length)] = one;
    }
    tried = [];
  }
  return { runs, news };
}

/** What does not hold for an input; undefined where all does. */
export async function failureOf(target: Target, input: string): Promise<unknown> {
  try {
    await target.run(input);
    return polluted();
  } catch (error) {
    return error ?? new Error('something empty was thrown');
  }
}

const prototypes = [Object, Array, String, Number, Boolean, Function, RegExp, Map, Set, Error, Promise].map(
  ({ name, prototype }) => ({
    name,
    prototype: prototype as object,
    keys: Reflect.ownKeys(prototype as object).length,
  }),
);

function polluted(): Error | undefined {
  const one = prototypes.find(({ prototype, keys }) => Reflect.ownKeys(prototype).length !== keys);
  return one && new Error(`${one.name}.prototype is not what it was`);
}

/** A part of an input that costs more than its share when it stands there many times. */
class GrowthError extends Error {
  override readonly name = 'GrowthError';
  readonly input: string;
  constructor(message: string, input: string) {
    super(message);
    this.input = input;
  }
}

/** Of the longest input. */
const [long, short] = [1, 1 / 8];
/** Sixty-four where it is quadratic, eight where it is not; and clocks are not exact. */
const mostTimes = 28;
/** The same growth from the half to the whole (28 for eight is 3.04 for two): a pause of the machine is no growth. */
const mostOfHalf = 3;
/** Milliseconds that a clock can tell from nothing. */
const measurable = 10;

async function growthFault(
  target: Target,
  base: string,
  most: number,
  chance: Random,
): Promise<GrowthError | undefined> {
  const at = chance.below(base.length);
  const part = base.slice(at, at + 1 + chance.below(chance.once(2) ? 4 : 60)) || 'a';
  // Enough of both sides for the part to mean something there, and little beside the rest.
  const beside = most * short * 0.25;
  const [head, tail] = [base.slice(0, at).slice(0, beside), base.slice(at).slice(0, beside)];
  const inputOf = (share: number) =>
    `${head}${part.repeat(Math.max(1, Math.floor((most * share - head.length - tail.length) / part.length)))}${tail}`;
  const [small, middle, large] = [inputOf(short), inputOf(long / 2), inputOf(long)];
  const costs = async (input: string, times: number): Promise<{ time: number; size: number }> => {
    let [time, size] = [Number.POSITIVE_INFINITY, 0];
    for (let i = 0; i < times; i++) {
      const start = performance.now();
      const came = await target.run(input);
      time = Math.min(time, performance.now() - start);
      size = came === undefined ? 0 : (JSON.stringify(came)?.length ?? 0);
    }
    return { time, size };
  };
  try {
    let [little, much] = [await costs(small, 1), await costs(large, 1)];
    if (much.size > mostTimes * little.size + 64 * 1024)
      return new GrowthError(
        `${little.size} characters became ${much.size} when the input was eight times as long`,
        large,
      );
    let half = 0;
    const isSlow = () => much.time > measurable && much.time > mostTimes * little.time && much.time > mostOfHalf * half;
    // The least of several, and again: other programs and the garbage collector only make it more.
    for (let again = 0; again < 5 && isSlow(); again++) {
      await sleep(50 * again);
      [little, much] = [await costs(small, 4), await costs(large, 4)];
      half = (await costs(middle, 4)).time;
    }
    if (!isSlow()) return undefined;
    const times = `${little.time.toFixed(1)} ms became ${much.time.toFixed(1)} ms`;
    return new GrowthError(`${times} when ${JSON.stringify(part)} stood there eight times as often`, large);
  } catch (error) {
    return new GrowthError(error instanceof Error ? (error.stack ?? error.message) : String(error), large);
  }
}

/** The same failure with less: parts are left out for as long as it still fails. Takes two seconds at most. */
async function shrunk(target: Target, input: string, error: unknown): Promise<string> {
  const end = performance.now() + 2000;
  let now = input;
  for (let size = Math.ceil(now.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < now.length && performance.now() < end; ) {
      const less = now.slice(0, at) + now.slice(at + size);
      if (kindOf(await failureOf(target, less)) === kindOf(error)) now = less;
      else at += size;
    }
  }
  return now;
}

/** What failed, without what is quoted of the input. */
function kindOf(error: unknown): string {
  return error instanceof Error ? `${error.name} ${error.message.replace(/[:“"\n].*/s, '')}` : String(error);
}
