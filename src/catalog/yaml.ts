/**
 * The restricted YAML of the curated files: YAML 1.2, core schema, one document, block style, no anchors, aliases, tags,
 * tabs or duplicate keys. What is refused here is what makes YAML surprising; nobody needs it for records.
 */
import {
  type Document,
  isAlias,
  isCollection,
  isNode,
  isPair,
  isScalar,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from 'yaml';
import type { Path, Problem } from './problem.ts';

export interface YamlFile {
  readonly document: Document.Parsed;
  readonly problems: readonly Problem[];
  /** Where a field stands: the value where there is one, else the innermost part of the path that exists. */
  locate(path: Path, on?: 'key' | 'value'): { line: number; column: number } | undefined;
}

/** How curated files are read: `no` and `2026-11-20` are texts. */
export const core = { version: '1.2', schema: 'core' } as const;

/** Maps count twice: the pair and its value. A record has at most a dozen. */
const maxDepth = 40;

/** A record of a hundred servers is 40 kB; anything larger is not a curated file. */
const maxCharacters = 512 * 1024;

/** Reads a text as restricted YAML. Never throws: what is wrong stands in `problems`, all of it at once. */
export function readYaml(text: string, file: string): YamlFile {
  const lines = new LineCounter();
  const source = text.length > maxCharacters ? '' : text;
  const whole = parsed(source, lines);
  const document = whole ?? parseDocument('');
  const problems: Problem[] = [];
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const report = (offset: number, says: string, tip?: string) =>
    problems.push({ file, ...at(offset), field: '', rule: 'syntax', level: 'error', says, ...(tip && { tip }) });

  if (!whole) report(0, 'this is nested too deep', 'a record has five levels');
  if (source !== text) report(0, 'the file is larger than 512 kB', 'a record is a few kilobytes');
  for (const error of [...document.errors, ...document.warnings]) report(error.pos[0], sayYamlError(error));
  for (const found of source.matchAll(/\t/g)) report(found.index, 'there is a tab', 'indent with spaces');
  for (const { 0: sign, index } of source.matchAll(/[^\P{Cc}\t\n\r]/gu)) {
    report(index, `there is a control character (U+${sign.charCodeAt(0).toString(16).padStart(4, '0')})`, 'remove it');
  }
  if (source.startsWith('\uFEFF')) report(0, 'the file starts with a byte order mark', 'save it as UTF-8 without BOM');
  if (/^(%|---|\.\.\.)/m.test(source)) {
    report(
      source.search(/^(%|---|\.\.\.)/m),
      'there is a document marker or directive',
      'one file is one plain document',
    );
  }
  visit(document, (_, node, path) => {
    if (path.length > maxDepth) {
      const offset = isNode(node) ? node.range?.[0] : undefined;
      report(offset ?? 0, 'this is nested too deep', 'a record has five levels');
      return visit.BREAK;
    }
    if (isPair(node) && !(isScalar(node.key) && typeof node.key.value === 'string') && !isAlias(node.key)) {
      const key = node.key as Node | null;
      report(key?.range?.[0] ?? 0, 'a key is not a text', 'quote a number; lists and maps are no keys');
      return visit.SKIP;
    }
    if (!isNode(node)) return undefined;
    const start = node.range?.[0] ?? 0;
    if (isAlias(node))
      report(start, `there is an alias (*${node.source})`, 'write the value out; quote a text that starts with *');
    else if (node.anchor)
      report(
        isCollection(node) ? source.lastIndexOf('&', start - 1) : start,
        `there is an anchor (&${node.anchor})`,
        'write the value out where it is needed',
      );
    // An explicit tag alone sets node.tag, and core ones (`!!str`) are no error to the parser.
    if (node.tag !== undefined)
      report(isCollection(node) ? tagStart(source, start) : start, 'there is a tag', 'remove it; quotes make a text');
    if (isCollection(node) && node.flow && node.items.length > 0) {
      report(start, 'there is a list or map in brackets', 'write one item a line, with “- ” or “key: ”');
    }
    if (isScalar(node) && (node.type === 'BLOCK_FOLDED' || node.type === 'BLOCK_LITERAL')) {
      report(start, 'there is a text in block style (| or >)', 'write it on one line in double quotes');
    }
    return undefined;
  });

  return {
    document,
    problems,
    locate(path, on = 'value') {
      const node = on === 'key' ? keyNode(document, path) : valueNode(document, path);
      const offset = node?.range?.[0];
      return offset === undefined ? undefined : at(offset);
    },
  };
}

/** Undefined where the text goes deeper than the parser can, which calls itself for each level. */
function parsed(source: string, lineCounter: LineCounter): Document.Parsed | undefined {
  try {
    return parseDocument(source, { ...core, lineCounter, prettyErrors: false });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** A tag stands before its node, at the end of the line above where the node is a block; `!!` begins with its first sign. */
function tagStart(source: string, nodeStart: number): number {
  const last = source.lastIndexOf('!', nodeStart - 1);
  return source[last - 1] === '!' ? last - 1 : last;
}

function valueNode(document: Document.Parsed, path: Path): Node | undefined {
  for (let depth = path.length; depth > 0; depth--) {
    const node = document.getIn(path.slice(0, depth), true);
    if (isNode(node)) return node;
  }
  return isNode(document.contents) ? document.contents : undefined;
}

function keyNode(document: Document.Parsed, path: Path): Node | undefined {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const last = path.at(-1);
  if (isCollection(parent)) {
    for (const item of parent.items) {
      const key: unknown = (item as { key?: unknown }).key;
      if (isScalar(key) && key.value === last) return key;
    }
  }
  return valueNode(document, path);
}

function sayYamlError(error: { code: string; message: string }): string {
  if (error.code === 'DUPLICATE_KEY') return 'a key stands here twice';
  return `YAML cannot be read here: ${error.message.replace(/\.$/, '')}`;
}
