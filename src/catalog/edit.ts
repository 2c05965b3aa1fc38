/**
 * A curated file with other facts in it: what is the same stays as it was written, with its comments and in its order; what
 * differs is written anew. For machines that change single facts of files that people keep.
 */
import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { canonicalJson } from '../atlas/digest.ts';
import { canonical, settleComment } from './format.ts';
import { core, readYaml } from './yaml.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * The text in canonical form with these facts.
 * @returns undefined where it is no plain YAML, or the facts cannot be brought into it
 */
export function edit(text: string, file: string, wanted: unknown): string | undefined {
  if (readYaml(text, file).problems.length > 0) return undefined;
  const document = parseDocument(text, core);
  if (!isMap(document.contents)) return undefined;
  document.contents = become(document.contents, wanted, { document, text }) as typeof document.contents;
  const result = canonical(document.toString({ lineWidth: 0 }), file);
  if (!('text' in result)) return undefined;
  const read: unknown = parseDocument(result.text, core).toJS();
  return canonicalJson(read) === canonicalJson(wanted) ? result.text : undefined;
}

interface Inside {
  readonly document: Document;
  readonly text: string;
}

/** The node with this value: itself where it can be. */
function become(node: Node | null, wanted: unknown, inside: Inside): Node {
  if (isMap(node) && isFields(wanted)) return becomeMap(node as YAMLMap<Node, Node | null>, wanted, inside);
  if (isSeq(node) && Array.isArray(wanted)) return becomeList(node as YAMLSeq<Node>, wanted, inside);
  if (isScalar(node) && !isFields(wanted) && !Array.isArray(wanted)) {
    if (node.value !== wanted) {
      node.value = wanted;
      delete node.source;
    }
    return node;
  }
  return made(wanted, inside);
}

function becomeMap(map: YAMLMap<Node, Node | null>, wanted: Fields, inside: Inside): Node {
  map.flow = false;
  map.items = map.items.filter((pair) => Object.hasOwn(wanted, keyOf(pair)));
  for (const [key, value] of Object.entries(wanted)) {
    const pair = map.items.find((one) => keyOf(one) === key);
    if (!pair) map.items.push(inside.document.createPair(key, value));
    else {
      if (pair.value) settleComment(pair.key, pair.value, inside.text);
      pair.value = become(pair.value, value, inside);
    }
  }
  return map;
}

/** Entries that stay the same stay themselves; then those that are about the same thing. */
function becomeList(list: YAMLSeq<Node>, wanted: readonly unknown[], inside: Inside): Node {
  const free = [...list.items];
  const take = (isIt: (was: unknown) => boolean): Node | undefined => {
    const at = free.findIndex((node) => isIt(node.toJS(inside.document)));
    return at < 0 ? undefined : free.splice(at, 1)[0];
  };
  const same = wanted.map((value) => take((was) => canonicalJson(was) === canonicalJson(value)));
  // An empty one is written in brackets.
  list.flow = false;
  list.items = wanted.map((value, i) => {
    const node = same[i] ?? take((was) => topicOf(was) !== undefined && topicOf(was) === topicOf(value));
    return node ? become(node, value, inside) : made(value, inside);
  });
  return list;
}

/** What an entry of a list is about; undefined where it is nothing but itself. */
function topicOf(value: unknown): string | undefined {
  if (!isFields(value)) return undefined;
  const { protocol, host, url, port, kind, provider, field, domain, rule, id } = value;
  const topic = protocol === undefined ? [kind, provider, field, domain, rule, id, url] : [protocol, host ?? url, port];
  return topic.every((part) => part === undefined) ? undefined : canonicalJson(topic);
}

function made(value: unknown, { document }: Inside): Node {
  return document.createNode(value, { aliasDuplicateObjects: false });
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const keyOf = (pair: Pair<Node, Node | null>): string => (isScalar(pair.key) ? String(pair.key.value) : '');
