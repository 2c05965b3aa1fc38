/** What must hold of whatever comes out, for several targets. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';

/** What people or programs will read: whole characters, nothing that steers a terminal. */
export function assertHarmless(text: string, what: string): void {
  assert.ok(text.isWellFormed(), `${what} has half a character: ${JSON.stringify(text)}`);
  assert.doesNotMatch(text, /\p{Cc}/u, `${what} has a control character: ${JSON.stringify(text)}`);
}

/** What a reader makes of an input, or undefined where it refuses it as it should: by an error of this class. */
export function readOrRefused<T>(
  read: () => T,
  ...refusals: readonly (new (
    ...given: never[]
  ) => Error)[]
): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!refusals.some((refusal) => error instanceof refusal)) throw error;
    assertHarmless((error as Error).message, 'the refusal');
    assert.ok((error as Error).message.length <= 500, 'the refusal is short');
    return undefined;
  }
}

const root = new URL('../../', import.meta.url);

/** Texts of files of this repository, with a good input in each. */
export function filesOf(folder: string, ending: RegExp, most = 40): string[] {
  const names = readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => ending.test(name))
    .sort()
    .filter((_, i, all) => i % Math.ceil(all.length / most) === 0)
    .map((name) => readFileSync(new URL(`${folder}/${name}`, root), 'utf8'));
}
