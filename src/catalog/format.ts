/**
 * The canonical form of a curated file: keys in the order of the schema, prose in double quotes, everything else as plain
 * as YAML allows, sorted sets sorted, one item a line, no empty lines but the one after the first line. Comments stay
 * with what they stand above or beside. The linter's style rule is `text !== format(text)`.
 */
import { isMap, isScalar, isSeq, type Node, Pair, type Scalar, stringify, type YAMLMap, type YAMLSeq } from 'yaml';
import type * as z from 'zod';
import type { Draft } from '../formats/draft.ts';
import { Provider } from '../provider/schema.ts';
import { DataError } from './files.ts';
import { kindOf } from './kinds.ts';
import type { Problem } from './problem.ts';
import { child, type Shape, shapeOf } from './shape.ts';
import { readYaml } from './yaml.ts';

/** The first line of a record; editors find the schema by it. */
export const modeline = '# yaml-language-server: $schema=../provider.schema.json';

/** Puts a text into canonical form; a text that is not restricted YAML comes back as its problems, untouched. */
export function format(
  schema: z.ZodType,
  text: string,
  file: string,
): { text: string } | { problems: readonly Problem[] } {
  // The line for editors is no part of the YAML: left in, it would belong to the first key and move with it.
  const header = /^#.*yaml-language-server.*$/m.exec(text)?.[0].trimEnd();
  const rest = header === undefined ? text : text.replace(header, '');
  const { document, problems } = readYaml(rest, file);
  if (problems.length > 0) return { problems };
  if (document.contents === null) return { text };
  arrange(document.contents, shapeOf(schema), rest);
  const body = document.toString({ lineWidth: 0, indentSeq: true, flowCollectionPadding: false });
  return { text: header === undefined ? body : `${header}\n\n${body}` };
}

/** The canonical form of a file, whose name says of which kind it is. */
export function canonical(text: string, file: string): ReturnType<typeof format> {
  return format(kindOf(file).schema, text, file);
}

/** The canonical text of a draft, what was not understood above it as comments. @throws {DataError} where it is too large */
export function draftText({ record, remarks }: Draft): string {
  const comments = remarks.map(({ where, says }) => `# ${where}: ${says}`.replace(/\s+/g, ' '));
  const text = [
    modeline,
    '',
    ...comments,
    ...(comments.length > 0 ? [''] : []),
    stringify(record, { aliasDuplicateObjects: false, lineWidth: 0, defaultStringType: 'QUOTE_DOUBLE' }),
  ].join('\n');
  const result = format(Provider, text, record.id);
  if ('text' in result) return result.text;
  throw new DataError(`the draft of ${record.id} would be larger than a record may be`, 'import what is in it by hand');
}

function arrange(node: Node, shape: Shape | undefined, text: string): void {
  node.spaceBefore = false;
  if (node.commentBefore) node.commentBefore = node.commentBefore.replace(/(?<!\n)\n+$/, '');
  if (isMap(node)) arrangeMap(node as YAMLMap<Node, Node | null>, shape, text);
  else if (isSeq(node)) arrangeList(node as YAMLSeq<Node>, shape, text);
  else if (isScalar(node)) arrangeScalar(node, shape);
}

function arrangeMap(map: YAMLMap<Node, Node | null>, shape: Shape | undefined, text: string): void {
  const order = Object.keys(shape?.properties ?? {});
  // A key the schema does not know stays behind the known ones: the formatter arranges, the parser judges.
  const rank = (pair: Pair<Node, Node | null>) => {
    const at = order.indexOf(keyOf(pair));
    return at < 0 ? order.length : at;
  };
  map.items.sort((a, b) => rank(a) - rank(b));
  for (const pair of map.items) {
    if (isScalar(pair.key)) arrangeScalar(pair.key, undefined);
    if (pair.key) pair.key.spaceBefore = false;
    if (pair.value) {
      settleComment(pair.key, pair.value, text);
      arrange(pair.value, child(shape, keyOf(pair)), text);
    }
  }
}

/** YAML gives a collection the comment beside its key and the one above its first entry; each goes where it stands. */
export function settleComment(key: Node, value: Node, text: string): void {
  if (!value.commentBefore || !(isMap(value) || isSeq(value))) return;
  const beside = text.slice(key.range?.[1], value.range?.[0]).split('\n')[0]?.includes('#') ?? false;
  const lines = value.commentBefore.split('\n');
  if (beside) key.comment = lines.shift() ?? null;
  value.commentBefore = null;
  if (lines.length === 0) return;
  const first = (isMap(value) ? value.items[0]?.key : value.items[0]) as Node | undefined;
  if (first) first.commentBefore = [...lines, first.commentBefore].filter(Boolean).join('\n');
}

function arrangeList(list: YAMLSeq<Node>, shape: Shape | undefined, text: string): void {
  for (const item of list.items) arrange(item, shape?.items, text);
  if (list.items.length > 0) list.flow = false;
  if (shape?.sorted) list.items.sort((a, b) => compareText(textOf(a), textOf(b)));
}

function arrangeScalar(scalar: Scalar, shape: Shape | undefined): void {
  scalar.spaceBefore = false;
  if (typeof scalar.value === 'string')
    scalar.type = shape?.prose || /\p{Cc}/u.test(scalar.value) ? 'QUOTE_DOUBLE' : 'PLAIN';
}

const keyOf = (pair: Pair<Node, Node | null>): string => textOf(pair.key);
const textOf = (node: Node): string => (isScalar(node) ? String(node.value) : '');
const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
