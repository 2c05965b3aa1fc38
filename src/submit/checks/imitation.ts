/**
 * Names that pass for those of others: letters of other scripts that look the same (UTS 39), a display name that somebody
 * has already, a domain one keystroke away from a known one, a domain or an id of another record.
 */
import type { Atlas } from '../../atlas/tables.ts';
import { domainOrUndefined } from '../../name/domain.ts';
import { stem } from '../../name/pattern.ts';
import { unicodeName } from '../../name/unicode.ts';
import type { Provider } from '../../provider/model.ts';
import type { CheckItem, CheckResult, Draft } from '../model.ts';
import { isForEverybody } from '../parties.ts';
import { item, judged, result } from './item.ts';
import { skeleton } from './skeleton.ts';

/** Shorter names have too many neighbours. */
const shortestNear = 6;

export function checkImitation({ kind, id, record }: Draft, atlas: Atlas): CheckResult {
  if (!record) return result('imitation', 'passed', 'not-for-kind');
  const others = atlas.curated.providers.filter((other) => other.id !== id);
  const base = atlas.records.get(id);
  const items = [
    ...(kind === 'new' ? takenId(id, atlas) : []),
    ...(record.formerly ?? []).filter((old) => !base?.formerly?.includes(old)).flatMap((old) => takenId(old, atlas)),
    ...(['name', 'short'] as const).flatMap((field) =>
      record[field] === base?.[field] ? [] : judgeName(field, record, others, atlas),
    ),
    ...judgeDomains(record, base, others, atlas),
  ];
  return judged('imitation', items, {
    passed: 'imitation-passed',
    attention: 'imitation-attention',
    failed: 'imitation-failed',
    unknown: 'imitation-attention',
  });
}

function takenId(id: string, atlas: Atlas): CheckItem[] {
  const other = atlas.records.has(id) ? id : atlas.renamed.get(id);
  return other === undefined ? [] : [item(id, 'failed', 'taken-id', { other })];
}

function judgeName(field: 'name' | 'short', record: Provider, others: readonly Provider[], atlas: Atlas): CheckItem[] {
  const shown = record[field];
  if (isMixed(shown)) return [item(field, 'failed', 'mixed-scripts', { shown })];
  const [looks, folded] = [looksOf(shown), squeezed(shown).toLowerCase()];
  for (const other of others)
    for (const like of [other.name, other.short]) {
      if (squeezed(like).toLowerCase() === folded)
        return [item(field, 'attention', 'same-name', { shown, other: other.id })];
      if (!looksOf(like).some((look) => looks.includes(look))) continue;
      // Latin letters that read alike (rn, m) may be chance; those of another script are not.
      const state = /^[\p{Script=Latin}\P{L}]*$/u.test(shown) ? 'attention' : 'failed';
      return [item(field, state, 'confusable-name', { shown, like, other: other.id })];
    }
  // “gmail.com support”
  for (const word of shown.toLowerCase().split(/[^\p{L}\p{N}.-]+/u)) {
    const domain = word.includes('.') ? domainOrUndefined(word) : undefined;
    const owner = domain && atlas.ownerOf([domain]);
    if (owner && 'record' in owner && owner.record.id !== record.id)
      return [item(field, 'attention', 'names-domain', { shown, like: domain, other: owner.record.id })];
  }
  return [];
}

function judgeDomains(
  record: Provider,
  base: Provider | undefined,
  others: readonly Provider[],
  atlas: Atlas,
): CheckItem[] {
  const names = [...record.domains, ...(record.mx ?? [])];
  const known = new Set([...(base?.domains ?? []), ...(base?.mx ?? [])]);
  const fresh = names.filter((name) => !known.has(name));
  if (fresh.length === 0) return [];
  const theirs = others.flatMap((other) =>
    [...other.domains, ...(other.mx ?? [])].map((name) => ({ name, bare: stem(name), other: other.id })),
  );
  const bySkeleton = new Map(theirs.map((one) => [skeleton(unicodeName(one.bare)), one]));
  return fresh.flatMap((name): CheckItem[] => {
    const bare = stem(name);
    const shown = unicodeName(bare);
    const taken = theirs.find((one) => one.name === name);
    if (taken) return [item(name, 'failed', 'taken-domain', { other: taken.other })];
    if (shown.split('.').some(isMixed)) return [item(name, 'failed', 'mixed-scripts', { shown })];
    const twin = bySkeleton.get(skeleton(shown));
    if (twin && twin.bare !== bare) {
      const state = shown === bare ? 'attention' : 'failed';
      return [item(name, state, 'homograph-domain', { shown, like: twin.bare, other: twin.other })];
    }
    const near = theirs.find((one) => isNear(bare, one.bare) && isWellKnown(one.other, atlas));
    return near ? [item(name, 'attention', 'near-domain', { like: near.bare, other: near.other })] : [];
  });
}

/** Whom it would pay to imitate: those where everybody can have a mailbox. */
function isWellKnown(id: string, atlas: Atlas): boolean {
  const record = atlas.records.get(id);
  return record !== undefined && isForEverybody(record);
}

/** Letters and digits only. */
function squeezed(name: string): string {
  return name.normalize('NFKC').replaceAll(/[^\p{L}\p{N}\p{M}]+/gu, '');
}

/** As it is written, and in small letters: capitals have twins that their small letters have not. */
function looksOf(name: string): string[] {
  return [skeleton(squeezed(name)), skeleton(squeezed(name).toLowerCase())];
}

/**
 * Letters of several scripts in one word. Latin goes with Chinese, Japanese and Korean (UTS 39 section 5.2, “highly
 * restrictive”), and with nothing else; nor do the scripts whose letters look like Latin ones go with each other.
 */
export function isMixed(text: string): boolean {
  return text.split(/[^\p{L}\p{M}\p{N}]+/u).some((word) => {
    const letters = word.match(/\p{L}/gu) ?? [];
    const found = lookalikes.filter((script) => letters.some((char) => script.test(char)));
    const [first] = found;
    if (found.length > 1 || first === undefined) return found.length > 1;
    return first === latin && !letters.every((char) => goesWithLatin.test(char));
  });
}

const latin = /\p{Script=Latin}/u;
const lookalikes = [
  latin,
  /\p{Script=Cyrillic}/u,
  /\p{Script=Greek}/u,
  /\p{Script=Armenian}/u,
  /\p{Script=Cherokee}/u,
  /\p{Script=Coptic}/u,
  /\p{Script=Lisu}/u,
];
const goesWithLatin =
  /[\p{Script=Latin}\p{Script=Common}\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Bopomofo}\p{scx=Hangul}]/u;

/** One keystroke: a letter more, less, another one, or two the other way round (Damerau 1964). */
export function isNear(a: string, b: string): boolean {
  if (a === b || Math.abs(a.length - b.length) > 1 || Math.min(a.length, b.length) < shortestNear) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  const [left, right] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  if (left.length <= 1 && right.length <= 1) return true;
  return left.length === 2 && right.length === 2 && left[0] === right[1] && left[1] === right[0];
}
