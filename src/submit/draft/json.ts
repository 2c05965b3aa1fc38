/**
 * JSON from strangers. JSON.parse judges the grammar; what it lets pass and no two programs read alike is told here, by
 * place: keys that stand twice (RFC 8259 section 4), numbers that become infinite, halves of characters, keys that reach for
 * prototypes, and bounds on depth and amount.
 */
import type { Mistake } from './mistake.ts';
import { mistake } from './mistake.ts';

/** Characters: nine times the largest record there is. */
export const mostCharacters = 64 * 1024;
/** A record has five levels, in a submission six. */
const mostLevels = 12;
/** Texts, numbers, lists and so on. */
const mostValues = 5000;
/** So many mistakes are told; whoever has more begins with these. */
const mostMistakes = 50;

const forbidden: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** The value, or every mistake in it. Never throws. */
export function readJson(text: string): { readonly value: unknown } | { readonly mistakes: readonly Mistake[] } {
  if (text.length > mostCharacters) return { mistakes: [mistake('', 'too-large', { most: mostCharacters / 1024 })] };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { mistakes: [mistake('', 'json', placeOf(text, error))] };
  }
  const mistakes = scan(text);
  return mistakes.length > 0 ? { mistakes: mistakes.slice(0, mostMistakes) } : { value };
}

/** An object or a list that is being read, and where in it. */
interface Inside {
  readonly at: string;
  /** Of an object: its keys so far. */
  readonly keys?: Set<string>;
  step: string | number;
  /** In an object: whether the next text is a key. */
  isKey: boolean;
}

/** Goes through a text that JSON.parse has taken, word by word. */
function scan(text: string): Mistake[] {
  const mistakes: Mistake[] = [];
  const inside: Inside[] = [];
  let values = 0;
  const here = () => {
    const now = inside.at(-1);
    return now === undefined ? '' : pointer(now.at, now.step);
  };
  for (const [word] of text.matchAll(/"(?:[^"\\]|\\.)*(?:"|\\?$)|[{}[\],:]|[^\s{}[\],:"]+/gs)) {
    const now = inside.at(-1);
    if (word === ',' && now) {
      if (now.keys) now.isKey = true;
      else now.step = Number(now.step) + 1;
    } else if (word === ':' && now) now.isKey = false;
    else if (word === '}' || word === ']') inside.pop();
    else if (word.startsWith('"') && now?.keys && now.isKey) {
      const key = String(JSON.parse(word));
      const at = pointer(now.at, key);
      now.step = key;
      if (forbidden.has(key)) mistakes.push(mistake(at, 'forbidden-key', { key }));
      else if (now.keys.has(key)) mistakes.push(mistake(at, 'duplicate-key', { key }));
      else if (!key.isWellFormed() || key.includes('\0')) mistakes.push(mistake(at, 'broken'));
      now.keys.add(key);
    } else {
      if (++values > mostValues) return [mistake(here(), 'too-many', { most: mostValues })];
      if (word === '{' || word === '[') {
        if (inside.length >= mostLevels) return [mistake(here(), 'too-deep', { most: mostLevels })];
        const at = here();
        inside.push(word === '{' ? { at, keys: new Set(), step: '', isKey: true } : { at, step: 0, isKey: false });
      } else if (word.startsWith('"')) {
        const said = String(JSON.parse(word));
        if (!said.isWellFormed() || said.includes('\0')) mistakes.push(mistake(here(), 'broken'));
      } else if (/^-?\d/.test(word) && !(Math.abs(Number(word)) <= Number.MAX_SAFE_INTEGER))
        mistakes.push(mistake(here(), 'number'));
    }
  }
  return mistakes;
}

/** RFC 6901, with what a terminal would obey left out. */
export function pointer(at: string, step: string | number): string {
  const plain = String(step)
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, '\ufffd')
    .slice(0, 80);
  return `${at}/${plain.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** Where reading stopped: V8 tells the position, in one of two wordings; without one it is the end of the text. */
function placeOf(text: string, error: unknown): { line: number; column: number } {
  const position = /position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
  const before = text.slice(0, position === undefined ? text.length : Number(position)).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}
