/** What a run has seen, added up for people and programs. */
import type { EndpointKey } from '../provider/model.ts';
import type { Result } from './run.ts';
import type { Verdict } from './verdict.ts';

export interface Summary {
  readonly checked: number;
  /** Code -> how many; the most frequent first, `ok` before all. */
  readonly counts: Readonly<Record<string, number>>;
  /** Everything that does not simply work, in the order of the endpoints. */
  readonly fails: readonly Result[];
  readonly unclear: readonly Result[];
  /** What works, but ought to be looked at. */
  readonly warned: readonly Result[];
}

/** Adds results up as they come; keeps the words only of those that do not simply work. */
export class Tally {
  readonly #counts = new Map<string, number>();
  readonly #kept: Result[] = [];
  #checked = 0;

  add(result: Result): void {
    const { code, outcome, warnings } = result.verdict;
    this.#checked++;
    this.#counts.set(code, (this.#counts.get(code) ?? 0) + 1);
    if (outcome !== 'works' || warnings.length > 0) this.#kept.push(result);
  }

  summary(): Summary {
    const kept = this.#kept.toSorted((a, b) => (a.endpoint < b.endpoint ? -1 : 1));
    const of = (outcome: Verdict['outcome']) => kept.filter(({ verdict }) => verdict.outcome === outcome);
    const counts = [...this.#counts].sort(
      ([a, n], [b, m]) => Number(b === 'ok') - Number(a === 'ok') || m - n || (a < b ? -1 : 1),
    );
    return {
      checked: this.#checked,
      counts: Object.fromEntries(counts),
      fails: of('fails'),
      unclear: of('inconclusive'),
      warned: of('works'),
    };
  }
}

/** One line with the endpoint and whose it is, and below it what is wrong, each thing on a line of its own. */
export function sayResult({ endpoint, verdict }: Result, records: readonly string[]): string[] {
  const said = verdict.outcome === 'works' ? [] : [verdict, ...verdict.also];
  return [
    sayEndpoint(endpoint, records),
    ...[...said, ...verdict.warnings].map(({ code, says }) => `  ${code}  ${says}`),
  ];
}

const shownRecords = 3;

function sayEndpoint(endpoint: EndpointKey, records: readonly string[]): string {
  const more = records.length - shownRecords;
  const shown = records.slice(0, shownRecords).join(', ');
  return records.length === 0 ? endpoint : `${endpoint}  (${shown}${more > 0 ? ` and ${more} more` : ''})`;
}
