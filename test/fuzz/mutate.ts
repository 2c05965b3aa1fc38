/** Makes bad inputs out of good ones: by characters, by words, and by parts, as the form of the input has them. */
import type { Random } from './random.ts';
import type { Form } from './target.ts';

/** What readers stumble over, whatever they read. */
const troubles = [
  ['\0', '\r', '\n', '\r\n', '\t', '\u001b[2J', '\u0085', '\u009b', '\ud800', '\udc00', '\ufeff', '\u2028', '\u202e'],
  ['\u00ad', '\u200d', 'ß', 'İ', 'ﬁ', '。', '\u{1f4a9}', '\u0301', '�'],
  [
    '',
    ' ',
    '.',
    '..',
    '../',
    '/',
    '\\',
    '%',
    '%00',
    '%EMAILADDRESS%',
    '%s',
    '$&',
    '`',
    '"',
    "'",
    '<',
    '>',
    '&',
    ';',
    '#',
  ],
  ['@', '@@', ':', '::', '*', '*.', '-', '--', '=', '{', '}', '[', ']', '(', ')', '|', ',', '?', '!', '~'],
  [
    '<x9z>',
    '<script>',
    ']]>',
    '<!--',
    '-->',
    '<![CDATA[',
    '<!DOCTYPE a [<!ENTITY b "c">]>',
    '&lt;',
    '&#0;',
    '&#x110000;',
  ],
  [
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    'valueOf',
    'null',
    'undefined',
    'NaN',
    'true',
  ],
  ['0', '-1', '1e999', '1e-7', '65535', '65536', '4294967296', '9007199254740993', '0x10', '010', '٣'],
  [
    'xn--',
    'xn--a',
    'xn--zckzah',
    '127.0.0.1',
    '[::1]',
    '::ffff:10.0.0.1',
    'localhost',
    'a.invalid',
    'javascript:alert(1)',
  ],
].flat();

export interface Materials {
  readonly form: Form;
  /** Other inputs, from which parts are taken over. */
  readonly pool: readonly string[];
  readonly words: readonly string[];
  /** Characters. */
  readonly most: number;
}

/** Another input: a few changes to this one. */
export function mutate(input: string, materials: Materials, chance: Random): string {
  let now = input;
  for (let changes = 1 + chance.below(4); changes > 0; changes--) now = change(now, materials, chance);
  return now.slice(0, materials.most);
}

function change(input: string, { form, pool, words, most }: Materials, chance: Random): string {
  const trouble = (): string => {
    const own = words[chance.below(words.length)];
    return own !== undefined && chance.once(2) ? own : (troubles[chance.below(troubles.length)] ?? '');
  };
  const at = chance.below(input.length + 1);
  const put = (start: number, end: number, text: string) => `${input.slice(0, start)}${text}${input.slice(end)}`;
  const part = () => partOf(input, form, chance);
  const other = () => pool[chance.below(pool.length)] ?? input;
  switch (chance.below(form === 'json' || form === 'octets' ? 14 : 12)) {
    case 0:
      return put(at, at, trouble());
    case 1:
      return put(at, at + 1, trouble());
    case 2:
      return put(at, at + 1, String.fromCharCode(chance.below(form === 'octets' || chance.once(2) ? 256 : 65_536)));
    case 3:
      return put(at, at + 1 + chance.below(chance.once(4) ? 200 : 4), '');
    case 4: {
      const [start, end] = wordAt(input, at);
      return put(start, end, trouble());
    }
    case 5: {
      const [start, end] = wordAt(input, at);
      const from = other();
      return put(start, end, from.slice(...wordAt(from, chance.below(from.length))));
    }
    case 6: {
      const [start, end] = part();
      return put(start, end, '');
    }
    case 7: {
      const [start, end] = part();
      return put(end, end, input.slice(start, end));
    }
    case 8: {
      const [[start, end], from] = [part(), other()];
      return put(start, end, from.slice(...partOf(from, form, chance)));
    }
    case 9: {
      // Again and again: lists without an end, or levels without one.
      const [start, end] = chance.once(2) ? part() : [at, at + 1 + chance.below(3)];
      const text = input.slice(start, end);
      const times = Math.min(2 + chance.below(chance.once(20) ? 20_000 : 50), Math.floor(most / (text.length || 1)));
      return put(start, end, text.repeat(Math.max(1, times)));
    }
    case 10: {
      const [[a, b], [c, d]] = [part(), part()];
      if (b > c) return put(a, b, input.slice(c, d));
      return `${input.slice(0, a)}${input.slice(c, d)}${input.slice(b, c)}${input.slice(a, b)}${input.slice(d)}`;
    }
    case 11: {
      const from = other();
      return `${input.slice(0, at)}${from.slice(chance.below(from.length))}`;
    }
    default:
      return form === 'json' ? changeJson(input, trouble, chance) : changeNumber(input, at, chance);
  }
}

const sign = /[\p{L}\p{N}_.-]/u;

/** The word around a place; the place itself where there is none. */
function wordAt(text: string, at: number): [start: number, end: number] {
  let [start, end] = [at, at];
  while (start > 0 && at - start < 100 && sign.test(text[start - 1] ?? '')) start--;
  while (end < text.length && end - at < 100 && sign.test(text[end] ?? '')) end++;
  return [start, end];
}

/** A part that belongs together: a line, an element, whatever stands in brackets or quotation marks. */
function partOf(text: string, form: Form, chance: Random): [start: number, end: number] {
  const at = chance.below(text.length);
  if (form === 'lines' || chance.once(4)) {
    const start = text.lastIndexOf('\n', at - 1) + 1;
    const end = text.indexOf('\n', at);
    return [Math.min(start, at), end < 0 ? text.length : end + 1];
  }
  if (form === 'octets') return [at, Math.min(text.length, at + 1 + chance.below(24))];
  if (form === 'xml') return elementAt(text, at);
  return bracketsAt(text, at);
}

function elementAt(text: string, at: number): [start: number, end: number] {
  const start = text.indexOf('<', at);
  const name = /^<([\w:.-]+)/.exec(text.slice(start, start + 80))?.[1];
  if (start < 0 || name === undefined) return wordAt(text, at);
  const close = text.indexOf(`</${name}>`, start);
  const end = close < 0 ? text.indexOf('>', start) + 1 : close + name.length + 3;
  return [start, end > start ? end : text.length];
}

const closing: Readonly<Record<string, string>> = { '{': '}', '[': ']', '(': ')', '"': '"' };

function bracketsAt(text: string, at: number): [start: number, end: number] {
  const found = /[{[("]/.exec(text.slice(at));
  if (!found) return wordAt(text, at);
  const start = at + found.index;
  const close = closing[found[0]] ?? '';
  for (let [i, depth] = [start + 1, 1]; i < text.length; i++) {
    if (text[i] === close && --depth === 0) return [start, i + 1];
    if (text[i] === found[0]) depth++;
  }
  return [start, text.length];
}

/** A number of two octets becomes one at an edge: lengths, counts and pointers are such numbers. */
function changeNumber(input: string, at: number, chance: Random): string {
  const value = chance.of([
    0,
    1,
    0xff,
    0x7fff,
    0x8000,
    0xffff,
    0xc00c,
    0xc000 + chance.below(64),
    chance.below(65_536),
  ]);
  return `${input.slice(0, at)}${String.fromCharCode(value >> 8, value & 0xff)}${input.slice(at + 2)}`;
}

/** One value of a tree becomes another one. What is no JSON stays as it is. */
function changeJson(input: string, trouble: () => string, chance: Random): string {
  let tree: unknown;
  try {
    tree = JSON.parse(input);
  } catch {
    return input;
  }
  const places: [holder: Record<string, unknown>, key: string][] = [];
  const collect = (value: unknown, depth: number) => {
    if (typeof value !== 'object' || value === null || depth > 30) return;
    for (const key of Object.keys(value)) {
      places.push([value as Record<string, unknown>, key]);
      collect((value as Record<string, unknown>)[key], depth + 1);
    }
  };
  collect(tree, 0);
  const [holder, key] = places[chance.below(places.length)] ?? [];
  if (!holder || key === undefined) return input;
  const was = holder[key];
  const others = [null, true, -1, 1e300, 0.1, '', trouble(), [], {}, [was], { [trouble()]: was }, [was, was], tree];
  if (chance.once(4)) delete holder[key];
  if (chance.once(4)) Object.defineProperty(holder, trouble(), { value: was, enumerable: true, configurable: true });
  else holder[key] = others[chance.below(others.length)];
  try {
    return JSON.stringify(tree);
  } catch {
    // It holds itself.
    holder[key] = trouble();
    return JSON.stringify(tree);
  }
}
