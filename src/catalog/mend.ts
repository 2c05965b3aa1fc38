/**
 * What a machine can mend in a curated file without knowing anything about the provider: what `lint --fix` does before it
 * puts the file into canonical form. Each mending has one right result; anything that needs a decision is left alone.
 */
import { isMap, isScalar, isSeq, type Node, parseDocument, type YAMLMap, type YAMLSeq } from 'yaml';
import { domainOrUndefined } from '../name/domain.ts';
import { stem } from '../name/pattern.ts';
import { mendPlaceholders } from '../provider/login.ts';
import { serverRank } from '../provider/rank.ts';
import { settleComment } from './format.ts';
import { kindOf } from './kinds.ts';
import { child, type Shape, shapeOf } from './shape.ts';
import { core, readYaml } from './yaml.ts';

/** Keys whose values are host names or lists of them, wherever they stand. */
const nameKeys: ReadonlySet<string> = new Set(['id', 'host', 'operator', 'domains', 'mx', 'domain', 'successor']);

/** The mended text; the text itself where nothing is to be mended, or where it is no plain YAML. */
export function mend(text: string, file: string): string {
  if (readYaml(text, file).problems.length > 0) return text;
  const document = parseDocument(text, core);
  const root = document.contents;
  if (!isMap(root)) return text;
  mendMap(root, shapeOf(kindOf(file).schema));
  for (const list of ['incoming', 'outgoing']) {
    const pair = root.items.find(({ key }) => isScalar(key) && key.value === list);
    if (!pair || !isSeq(pair.value)) continue;
    settleComment(pair.key, pair.value, text);
    sortServers(pair.value);
  }
  const mended = document.toString({ lineWidth: 0 });
  // Written only where a fact was mended: form is the formatter's business.
  return mended === parseDocument(text, core).toString({ lineWidth: 0 }) ? text : mended;
}

function mendMap(map: YAMLMap, shape: Shape | undefined): void {
  for (const { key, value } of map.items) {
    const name = isScalar(key) ? String(key.value) : '';
    const inner = child(shape, name);
    if (isMap(value)) mendMap(value, inner);
    else if (isSeq(value)) mendList(value, name, inner);
    else mendScalar(value as Node, name, inner);
  }
}

function mendList(list: YAMLSeq, name: string, shape: Shape | undefined): void {
  for (const item of list.items) {
    if (isMap(item)) mendMap(item, shape?.items);
    else mendScalar(item as Node, name, shape?.items);
  }
  if (name !== 'domains' && name !== 'mx') return;
  const seen = new Set<unknown>();
  list.items = list.items.filter((item) => {
    const value = isScalar(item) ? item.value : item;
    return !seen.has(value) && seen.add(value);
  });
}

function mendScalar(node: Node, key: string, shape: Shape | undefined): void {
  if (!isScalar(node)) return;
  // The source, not the number: `8e10066` is Infinity to YAML.
  if (typeof node.value === 'number' && shape?.type === 'string') node.value = node.source ?? String(node.value);
  else if (typeof node.value === 'string') node.value = mendedText(node.value, key);
}

function mendedText(value: string, key: string): string {
  if (key === 'username') return mendPlaceholders(value);
  if (!nameKeys.has(key) || value.includes('{')) return value;
  const domain = domainOrUndefined(stem(value));
  if (domain === undefined) return value;
  return value.startsWith('*.') ? `*.${domain}` : domain;
}

/** IMAP before POP3, TLS before STARTTLS; servers of one rank keep their order, which is the curator's. */
function sortServers(list: YAMLSeq): void {
  const rankOf = (item: unknown): number => {
    if (!isMap(item)) return Number.POSITIVE_INFINITY;
    return serverRank({ protocol: String(item.get('protocol')), security: String(item.get('security')) });
  };
  list.items.sort((a, b) => rankOf(a) - rankOf(b));
}
