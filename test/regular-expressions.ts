/** Every regular expression of the sources, and texts on which one that goes back and forth would lose its time. */
import { readdirSync, readFileSync } from 'node:fs';
import { parseSync } from 'oxc-parser';

export interface Expression {
  /** Below src/. */
  readonly file: string;
  readonly source: string;
  readonly flags: string;
}

const root = new URL('../src/', import.meta.url);

export function expressionsOfSources(): Expression[] {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  return files.sort().flatMap((file) => expressionsOf(file, readFileSync(new URL(file, root), 'utf8')));
}

export function expressionsOf(file: string, text: string): Expression[] {
  const found: Expression[] = [];
  const look = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(look);
    if (typeof node !== 'object' || node === null) return undefined;
    const { type, regex } = node as { type?: string; regex?: { pattern: string; flags: string } };
    if (type === 'Literal' && regex) found.push({ file, source: regex.pattern, flags: regex.flags });
    return Object.values(node).forEach(look);
  };
  look(parseSync(file, text).program);
  return found;
}

/**
 * Characters of a short and a long text, and how much longer the long one may take: eight times as long is eight times the
 * time, or sixty-four times where it is quadratic. What is worse than quadratic is found at the first steps, or never ends.
 */
const steps = [
  [12, 24, 100],
  [32, 256, 28],
  [192, 1536, 28],
  [1536, 12_288, 28],
] as const;
/** Milliseconds that a clock can tell from nothing. */
const measurable = 2;

/**
 * The text on which an expression loses its time; undefined where none was found. Tried is what the expression itself names,
 * each thing and each two things again and again: alone, and behind what stands before it in the expression.
 */
export function slowOn({ source, flags }: Pick<Expression, 'source' | 'flags'>): string | undefined {
  // What repeats nothing loses nothing.
  if (!/[*+]|,\}/.test(source)) return undefined;
  // All matches of a text, as replaceAll, split and matchAll look for them; one match is the first of them.
  const expression = new RegExp(source, flags.includes('g') ? flags : `${flags}g`);
  const named = namesOf(source);
  for (const [head, part] of attacksOf(named)) {
    if (steps.some(([short, long, times]) => grows(expression, head, part, short, long, times)))
      return `${JSON.stringify(head)}, then ${JSON.stringify(part)} again and again`;
  }
  return undefined;
}

function attacksOf(named: readonly string[]): [head: string, part: string][] {
  const attacks = ['a', '\t', 'a.', '"a'].map((part): [string, string] => ['', part]);
  for (const [i, name] of named.entries()) {
    const before = named.slice(0, i).filter((word) => word.trim() !== '');
    for (const head of ['', before.at(-1) ?? '', before.join('')])
      for (const part of [name, name + (named[i + 1] ?? 'a'), Array.from(name).toReversed().join(''), ' ', 'a '])
        attacks.push([head, part]);
  }
  return [...new Map(attacks.map((one) => [one.join('\0'), one])).values()];
}

/** Whether the long text takes so many times as long as the short one. The least of several: other programs only add. */
function grows(expression: RegExp, head: string, part: string, short: number, long: number, times: number): boolean {
  // An end that does not fit, whatever is looked for.
  const textOf = (characters: number) => `${head}${part.repeat(Math.ceil(characters / part.length))}\0\n${part}\0 \0`;
  const [little, much] = [textOf(short), textOf(long)];
  const isSlow = (tries: number) => {
    const took = leastOf(tries, expression, much);
    return took > measurable && took > times * leastOf(4 * tries, expression, little);
  };
  return isSlow(1) && isSlow(2);
}

function leastOf(tries: number, expression: RegExp, text: string): number {
  return Math.min(...Array.from({ length: tries }, () => timeOf(expression, text)));
}

function timeOf(expression: RegExp, text: string): number {
  const start = performance.now();
  text.replace(expression, '');
  return performance.now() - start;
}

const classes: Readonly<Record<string, string>> = {
  d: '1',
  w: 'a',
  s: ' ',
  S: 'x',
  W: '-',
  D: 'x',
  t: '\t',
  n: '\n',
  r: '\r',
};

/** What an expression names, in its order: words, characters, and one of each class. */
function namesOf(source: string): string[] {
  // Quantifiers and properties name nothing.
  const plain = source.replaceAll(/\{\d+(?:,\d*)?\}|\\p\{[^}]*\}|\\[bB]|\(\?(?:<?[=!]|:|<\w+>)/g, '');
  const names = [...plain.matchAll(/((?:\\[^a-zA-Z]|[^\\()[\]{}|?*+^$.])+)|\\([a-zA-Z])|\./g)].map(
    ([, literal, escape]) => {
      if (literal !== undefined) return literal.replaceAll(/\\(.)/g, '$1').slice(0, 30);
      return escape === undefined ? 'x' : (classes[escape] ?? '');
    },
  );
  return names.filter((name) => name !== '').slice(0, 16);
}
