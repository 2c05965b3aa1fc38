/** Chance that can be had again: the same seed gives the same numbers (xoshiro-like generator “sfc32”, 128 bits of state). */
export interface Random {
  /** A whole number from 0 to `below` - 1; 0 where there is nothing to choose. */
  below(below: number): number;
  /** One of them. */
  of<T>(list: readonly [T, ...T[]]): T;
  /** True once in so many times. */
  once(inTimes: number): boolean;
}

export function random(seed: number): Random {
  let [a, b, c, counter] = [0x9e3779b9, 0x243f6a88, 0xb7e15162, seed | 0];
  const next = (): number => {
    const t = (a + b + counter++) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + t) | 0;
    return t >>> 0;
  };
  for (let i = 0; i < 16; i++) next();
  const below = (most: number): number => (most <= 1 ? 0 : next() % most);
  return {
    below,
    of: (list) => list[below(list.length)] ?? list[0],
    once: (inTimes) => below(inTimes) === 0,
  };
}
