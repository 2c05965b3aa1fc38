/**
 * `data/exceptions.yml`: findings that are known and excused, each with a reason and a day. An exception that excuses
 * nothing, or whose day has passed, is itself an error: the list can only shrink.
 */
import type * as z from 'zod';
import type { Exceptions } from '../provider/lists.ts';
import type { Provider } from '../provider/model.ts';
import type { Parsed } from './parse.ts';
import type { Problem } from './problem.ts';

type Judged = Problem & { readonly id: string };

/** Drops the excused findings and adds those about the exceptions themselves. */
export function applyExceptions(
  found: readonly Judged[],
  list: Parsed<z.infer<typeof Exceptions>>,
  today: string,
  records: readonly Parsed<Provider>[],
): Problem[] {
  const entries = list.value?.exceptions ?? [];
  const judged = new Set(records.flatMap((parsed) => parsed.value?.id ?? []));
  const about = (index: number, says: string, tip: string): Problem => ({
    file: list.file,
    ...list.yaml.locate(['exceptions', index]),
    field: `exceptions[${index}]`,
    rule: 'exceptions',
    level: 'error',
    says,
    tip,
  });
  const kept = found.filter(({ rule, id }) => !entries.some((entry) => entry.rule === rule && entry.id === id));
  const complaints = entries.flatMap(({ rule, id, until }, index) => {
    const excuses = found.some((problem) => problem.rule === rule && problem.id === id);
    // Where a single file is linted, an exception for another record cannot be judged.
    if (!excuses && judged.has(id))
      return [about(index, `excuses nothing: ${id} has no finding of ${rule}`, 'remove it')];
    if (until < today.slice(0, until.length))
      return [about(index, `ran out on ${until}`, 'mend the record, or say why it needs longer')];
    return [];
  });
  return [...kept.map(({ id: _, ...problem }) => problem), ...complaints];
}
