/**
 * The canonical form of a curated file: keys in the order of the schema, prose in double quotes, everything else as plain
 * as YAML allows, sorted sets sorted, one item a line, no empty lines but the one after the first line. Comments stay
 * with what they stand above or beside. The linter's style rule is `text !== format(text)`.
 */
import { isMap, isScalar, isSeq, type Node, Pair, type Scalar, stringify, type YAMLMap, type YAMLSeq } from 'yaml';
import type * as z from 'zod';
import type { Draft } from '../formats/draft.ts';
import { Provider } from '../provider/schema.ts';
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
  const { document, problems } = readYaml(text, file);
  if (problems.length > 0) return { problems };
  if (document.contents !== null) arrange(document.contents, shapeOf(schema));
  // A comment on the first line must be followed by an empty line, or YAML takes it for the first key's and moves it.
  const { header, rest } = splitHeader(document.commentBefore ?? '');
  document.commentBefore = rest === '' ? null : rest;
  const body = document.toString({ lineWidth: 0, indentSeq: true, flowCollectionPadding: false });
  return { text: header === '' ? body : `#${header}\n\n${body}` };
}

/** The canonical text of a draft: what was not understood stands above it, as comments. */
export function draftText({ record, remarks }: Draft): string {
  const comments = remarks.map(({ where, says }) => `# ${where}: ${says}`.replace(/\s+/g, ' '));
  const text = [
    modeline,
    '',
    ...comments,
    ...(comments.length > 0 ? [''] : []),
    stringify(record, { aliasDuplicateObjects: false, lineWidth: 0 }),
  ].join('\n');
  const result = format(Provider, text, record.id);
  if ('problems' in result) throw new Error(`the draft of ${record.id} is no canonical YAML`);
  return result.text;
}

function splitHeader(comment: string): { header: string; rest: string } {
  const lines = comment.split('\n');
  const at = lines.findIndex((line) => line.includes('yaml-language-server'));
  if (at < 0) return { header: '', rest: comment };
  const rest = lines
    .filter((_, i) => i !== at)
    .join('\n')
    .replace(/^\n+/, '');
  return { header: lines[at] ?? '', rest };
}

function arrange(node: Node, shape: Shape | undefined): void {
  node.spaceBefore = false;
  if (isMap(node)) arrangeMap(node as YAMLMap<Node, Node | null>, shape);
  else if (isSeq(node)) arrangeList(node as YAMLSeq<Node>, shape);
  else if (isScalar(node)) arrangeScalar(node, shape);
}

function arrangeMap(map: YAMLMap<Node, Node | null>, shape: Shape | undefined): void {
  const order = Object.keys(shape?.properties ?? {});
  // A key the schema does not know stays behind the known ones: the formatter arranges, the parser judges.
  const rank = (pair: Pair<Node, Node | null>) => {
    const at = order.indexOf(keyOf(pair));
    return at < 0 ? order.length : at;
  };
  const first = map.items[0];
  liftComment(map, first);
  map.items.sort((a, b) => rank(a) - rank(b));
  for (const pair of map.items) {
    if (isScalar(pair.key)) arrangeScalar(pair.key, undefined);
    if (pair.key) pair.key.spaceBefore = false;
    if (pair.value) arrange(pair.value, child(shape, keyOf(pair)));
  }
}

/** A comment before the first entry of a collection belongs to that entry, and must move with it. */
function liftComment(map: YAMLMap<Node, Node | null>, first: Pair<Node, Node | null> | undefined): void {
  if (!map.commentBefore || !first?.key) return;
  first.key.commentBefore = [map.commentBefore, first.key.commentBefore].filter(Boolean).join('\n');
  map.commentBefore = null;
}

function arrangeList(list: YAMLSeq<Node>, shape: Shape | undefined): void {
  const first = list.items[0];
  if (list.commentBefore && first) {
    first.commentBefore = [list.commentBefore, first.commentBefore].filter(Boolean).join('\n');
    list.commentBefore = null;
  }
  for (const item of list.items) arrange(item, shape?.items);
  if (list.items.length > 0) list.flow = false;
  if (shape?.sorted) list.items.sort((a, b) => compareText(textOf(a), textOf(b)));
}

function arrangeScalar(scalar: Scalar, shape: Shape | undefined): void {
  scalar.spaceBefore = false;
  if (typeof scalar.value === 'string') scalar.type = shape?.prose ? 'QUOTE_DOUBLE' : 'PLAIN';
}

const keyOf = (pair: Pair<Node, Node | null>): string => textOf(pair.key);
const textOf = (node: Node): string => (isScalar(node) ? String(node.value) : '');
const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
