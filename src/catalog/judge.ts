/** The rules, asked of one record: whatever it came from, a file or a stranger. */
import type { Provider } from '../provider/model.ts';
import type { Path } from './problem.ts';
import type { RuleContext } from './rules/context.ts';
import { rules } from './rules/index.ts';

/** A rule's finding: where in the record, what, and what to do. */
export interface Found {
  readonly path: Path;
  readonly says: string;
  readonly tip?: string;
}

/** One rule, one file in `rules/`. The sentence in `why` is for people who ask. */
export interface Rule {
  readonly name: string;
  readonly level: 'error' | 'warning';
  readonly why: string;
  check(record: Provider, context: RuleContext): Iterable<Found>;
}

/** What one rule says of one record. */
export interface Finding extends Found {
  readonly rule: Rule;
}

/** Every rule's findings about one record among others, excused or not. */
export function judgeRecord(record: Provider, context: RuleContext, applying: readonly Rule[] = rules): Finding[] {
  return applying.flatMap((rule) => Array.from(rule.check(record, context), (found) => ({ rule, ...found })));
}
