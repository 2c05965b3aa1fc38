/**
 * What a machine can mend in a curated file without knowing anything about the provider: what `lint --fix` does before it
 * puts the file into canonical form. Each mending has one right result; anything that needs a decision is left alone.
 */
import { isMap, isScalar, isSeq, type Node, parseDocument, type YAMLMap, type YAMLSeq } from 'yaml';
import { domainOrUndefined } from '../name/domain.ts';
import { stem } from '../name/pattern.ts';
import { serverRank } from '../provider/rank.ts';
import { settleComment } from './format.ts';
import { readYaml } from './yaml.ts';

/** Keys whose values are host names or lists of them, wherever they stand. */
const nameKeys: ReadonlySet<string> = new Set(['id', 'host', 'operator', 'domains', 'mx', 'domain', 'successor']);
/** Keys whose values are texts, though they may look like numbers. */
const textKeys: ReadonlySet<string> = new Set([
  'name',
  'short',
  'revision',
  'chosen',
  'rejected',
  'since',
  'seen',
  'until',
]);

/** The mended text; the text itself where nothing is to be mended, or where it is no plain YAML. */
export function mend(text: string, file: string): string {
  if (readYaml(text, file).problems.length > 0) return text;
  const document = parseDocument(text, { version: '1.2', schema: 'core' });
  const root = document.contents;
  if (!isMap(root)) return text;
  mendMap(root);
  for (const list of ['incoming', 'outgoing']) {
    const pair = root.items.find(({ key }) => isScalar(key) && key.value === list);
    if (!pair || !isSeq(pair.value)) continue;
    settleComment(pair.key, pair.value, text);
    sortServers(pair.value);
  }
  const mended = document.toString({ lineWidth: 0 });
  // Written only where a fact was mended: form is the formatter's business.
  return mended === parseDocument(text, { version: '1.2', schema: 'core' }).toString({ lineWidth: 0 }) ? text : mended;
}

function mendMap(map: YAMLMap): void {
  for (const { key, value } of map.items) {
    const name = isScalar(key) ? String(key.value) : '';
    if (isMap(value)) mendMap(value);
    else if (isSeq(value)) mendList(value, name);
    else mendScalar(value as Node, name);
  }
}

function mendList(list: YAMLSeq, name: string): void {
  for (const item of list.items) {
    if (isMap(item)) mendMap(item);
    else mendScalar(item as Node, name);
  }
  if (name !== 'domains' && name !== 'mx') return;
  const seen = new Set<unknown>();
  list.items = list.items.filter((item) => {
    const value = isScalar(item) ? item.value : item;
    return !seen.has(value) && seen.add(value);
  });
}

function mendScalar(node: Node, key: string): void {
  if (isScalar(node)) node.value = mendedValue(node.value, key, node.source);
}

function mendedValue(value: unknown, key: string, source: string | undefined): unknown {
  // The source, not the number: `8e10066` is Infinity to YAML.
  if (typeof value === 'number' && textKeys.has(key)) return source ?? String(value);
  if (typeof value !== 'string') return value;
  if (key === 'username') return value.replace(/%?(EMAIL(?:ADDRESS|LOCALPART|DOMAIN))%?/g, '%$1%');
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
