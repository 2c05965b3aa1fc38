/** Results of checks, put together: items with their sentences, and how a check stands as a whole. */
import type { CheckItem, CheckName, CheckResult, CheckState, Says } from '../model.ts';
import { type Facts, say } from '../say.ts';
import { type ItemCode, itemSentences } from './sentences.ts';
import { type SummaryCode, summaries } from './summaries.ts';

export function item(about: string, state: CheckState, code: ItemCode, facts: Facts = {}): CheckItem {
  return { about, state, code, says: say(itemSentences[code], { about, ...facts }) };
}

/** An item whose sentences come from another part of the house. */
export function saidItem(about: string, state: CheckState, code: string, says: Says): CheckItem {
  return { about, state, code, says };
}

export function result(
  name: CheckName,
  state: CheckState,
  summary: SummaryCode,
  items: readonly CheckItem[] = [],
): CheckResult {
  return { name, state, says: say(summaries[summary]), items };
}

/** The check stands as its worst item. */
export function judged(
  name: CheckName,
  items: readonly CheckItem[],
  sentences: Readonly<Record<'passed' | 'attention' | 'failed' | 'unknown', SummaryCode>>,
): CheckResult {
  const state =
    (['failed', 'attention', 'unknown'] as const).find((one) => items.some((it) => it.state === one)) ?? 'passed';
  return result(name, state, sentences[state], items);
}
