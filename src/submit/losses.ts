/**
 * Whose answer a draft takes away. One stolen token must not empty the atlas, neither at once nor piece by piece: what is
 * counted is what is missing of the record as it was a month ago.
 */
import { isWildcard, stem } from '../name/pattern.ts';
import type { Provider } from '../provider/model.ts';
import type { Draft } from './model.ts';
import { isForEverybody, nameOwner } from './parties.ts';

/** Names that one reviewer can take away alone: a small provider that ends. */
const few = 5;

/**
 * The names that nobody answers for any more, where that concerns many: more than a handful, customers that are in no list
 * (wildcards, MX patterns), or a provider where everybody can have a mailbox. Without those whose owners ask for it.
 * @param before the record as it was before submissions changed it lately, or as it is served
 * @param held registrable domains that vouch for this very draft
 */
export function takesAway(
  { kind, record }: Pick<Draft, 'kind' | 'record'>,
  before: Provider | undefined,
  held: readonly string[],
): string[] {
  if (kind === 'report' || before?.access !== 'open') return [];
  const after = new Set(record?.access === 'open' ? [...record.domains, ...(record.mx ?? [])] : []);
  const lost = [...before.domains, ...(before.mx ?? [])].filter((name) => !after.has(name) && !vouches(name, held));
  const isMuch =
    lost.length > few || isForEverybody(before) || lost.some((name) => isWildcard(name) || isMx(name, before));
  return isMuch ? lost : [];
}

function isMx(name: string, { mx = [] }: Provider): boolean {
  return mx.includes(name);
}

function vouches(name: string, held: readonly string[]): boolean {
  return held.includes(nameOwner(stem(name)) ?? '');
}
