/** Whether servers make the same of what they are sent. */
import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { type Heard, say, startTwin, type Twin } from './twins.ts';

/** One with the lane, one without, and one without whose octets all take the way of those that the lane hands over. */
export interface Twins {
  readonly on: Twin;
  readonly off: Twin;
  readonly handed: Twin;
  /** Of the document of post.example. */
  readonly etag: string;
  close(): Promise<void>;
}

export async function startTwins(): Promise<Twins> {
  const [on, off, handed] = await Promise.all((['lane', 'app', 'app, handed'] as const).map(startTwin));
  const all = [on, off, handed] as [Twin, Twin, Twin];
  // By the app in all of them: metrics are compared from here on.
  const answers = await Promise.all(all.map(({ url }) => fetch(`${url}/v1.1/post.example`, { method: 'POST' })));
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [405]);
  const seen = await Promise.all(all.map(({ url }) => fetch(`${url}/v1.1/post.example`)));
  return {
    on: all[0],
    off: all[1],
    handed: all[2],
    etag: seen[0]?.headers.get('etag') ?? '',
    close: async () => void (await Promise.all(all.map((twin) => twin.close()))),
  };
}

/**
 * Milliseconds of silence. Octets on a wire come when they come: the same pieces may be read as one or as two, and whoever
 * closes may cut off its own last words, or the requests that still wait for their turn. What differs once is therefore asked
 * again, with more patience, and each piece when those before it are answered; what servers make of it differently differs
 * each time.
 */
const hasty = [60, 60, 250, 500, 1000];
/** For streams whose every request has an answer. */
export const patient = [2000, 2000, 2000];

/**
 * The lane's server has to say octet by octet what the others say, and to count the same. Those are two, because node:http itself is of two minds
 * where a request and something that is no HTTP are read together: it answers the request before it refuses, or it does not.
 * An answer that comes by promises has its turn between two calls of the parser where the kernel's octets go there straight,
 * and has none where they come by way of JavaScript, as those that are handed over do.
 * @param pause milliseconds between pieces, unless something is heard before
 * @throws AssertionError where they differ
 * @returns what was said
 */
export async function agree(
  { on, off, handed }: Twins,
  pieces: readonly Buffer[],
  pause: number,
  patience: readonly number[] = hasty,
): Promise<Heard> {
  for (const [i, quiet] of patience.entries()) {
    const isHasty = i === 0;
    const manner = { pause: isHasty ? pause : Math.max(pause, quiet), isHasty, quiet };
    const all = [on, off, handed].map((twin) => say(twin, pieces, manner));
    const [ours, plain, other] = (await Promise.all(all)) as [Heard, Heard, Heard];
    const saysTheSame = [plain, other].some(({ text, left }) => text === ours.text && left === ours.left);
    if (saysTheSame && [plain, other].every(({ counted }) => isDeepStrictEqual(counted, ours.counted))) return ours;
    if (quiet !== patience.at(-1)) continue;
    assert.deepEqual(ours, plain, JSON.stringify(pieces.map((piece) => piece.toString('latin1'))));
  }
  throw new Error('unreachable');
}
