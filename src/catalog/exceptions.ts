/**
 * `data/exceptions.yml`: findings that are known and excused, each with a reason and a day. An exception that excuses
 * nothing, or whose day has passed, is itself an error: the list can only shrink.
 */
import type * as z from 'zod';
import type { Exceptions } from '../provider/lists.ts';
import type { Parsed } from './parse.ts';
import type { Problem } from './problem.ts';

type ExceptionList = Parsed<z.infer<typeof Exceptions>>;
/** A finding, with the record it is about. */
export type Judged = Problem & { readonly id: string };

/** The findings that no exception excuses. */
export function withoutExcused(found: readonly Judged[], list: ExceptionList): Problem[] {
  const entries = list.value?.exceptions ?? [];
  const open = found.filter(({ rule, id }) => !entries.some((entry) => entry.rule === rule && entry.id === id));
  return open.map(({ id: _, ...problem }) => problem);
}

const vain = 'excuses nothing';

/** True for the problem of an exception that has nothing to excuse (any more). */
export function excusesNothing({ rule, says }: Problem): boolean {
  return rule === 'exceptions' && says.startsWith(vain);
}

/**
 * What is wrong with the exceptions themselves. None of it keeps data from being served: an exception that runs out is for
 * the curator to look at, not for a server to stop at.
 */
export function judgeExceptions(found: readonly Judged[], list: ExceptionList, today: string): Problem[] {
  return (list.value?.exceptions ?? []).flatMap(({ rule, id, until }, index) => {
    const about = (says: string, tip: string): Problem[] => [
      {
        file: list.file,
        ...list.yaml.locate(['exceptions', index]),
        field: `exceptions[${index}]`,
        rule: 'exceptions',
        level: 'error',
        says,
        tip,
      },
    ];
    if (!found.some((problem) => problem.rule === rule && problem.id === id)) {
      return about(`${vain}: ${id} has no finding of ${rule}`, 'remove it');
    }
    if (until < today.slice(0, until.length))
      return about(`ran out on ${until}`, 'mend the record, or say why it needs longer');
    return [];
  });
}
