/** Where submissions come in, by API or by form: the same doors, and one budget for both. */
import type { Context } from 'hono';
import { Budget } from '../net/budget.ts';
import { readSubmission } from '../store/submissions.ts';
import type { CheckResult, Draft } from '../submit/model.ts';
import { isOpen } from '../submit/state.ts';
import { type Incoming, type Submitted, submit } from '../submit/submissions.ts';
import { HttpProblem } from './errors.ts';
import type { Deps } from './served.ts';
import { refusable, type Submissions, submissionsOf } from './submissions.ts';

const hour = 3_600_000;
/** What one network, and all together, may do in an hour; docs/submissions.md has the table. */
const limits = {
  submit: { perBlock: 10, total: 300, window: hour },
  change: { perBlock: 30, total: 600, window: hour },
} as const;
/** Open submissions of one network that this process has seen. */
const mostOpenPerBlock = 20;
/** Dry runs at once: each may take minutes. */
const mostDryRuns = 4;

export class Intake {
  readonly #deps: Pick<Deps, 'asker' | 'submissions' | 'hosting'>;
  readonly #budgets = { submit: new Budget(limits.submit), change: new Budget(limits.change) };
  readonly #open = new Map<string, Set<number>>();
  #dryRuns = 0;

  constructor(deps: Pick<Deps, 'asker' | 'submissions' | 'hosting'>) {
    this.#deps = deps;
  }

  /** @throws {HttpProblem} where a network has had its share */
  charge(c: Context, what: keyof typeof limits): void {
    if (this.#budgets[what].take(this.#deps.asker(c))) return;
    const detail = 'Too much was submitted from this network just now; try again in an hour.';
    throw new HttpProblem('too-many-submissions', detail);
  }

  /**
   * Runs every check of a draft that is not submitted.
   * @param told hears of each result as it comes
   * @throws {HttpProblem} at once, where too many are under way
   */
  tryOut(c: Context, draft: Draft, told?: (result: CheckResult) => void): Promise<readonly CheckResult[]> {
    const ports = submissionsOf(this.#deps);
    if (this.#dryRuns >= mostDryRuns) {
      throw new HttpProblem('too-many-submissions', 'Too many drafts are being checked; try again in a minute.');
    }
    this.#dryRuns++;
    return ports.dryRun(draft, this.#deps.asker(c), told).finally(() => this.#dryRuns--);
  }

  async submit(c: Context, incoming: Omit<Incoming, 'block'>): Promise<Submitted> {
    const ports = submissionsOf(this.#deps);
    const block = this.#deps.asker(c);
    const mine = await this.#openOf(ports, block);
    if (mine.size >= mostOpenPerBlock) {
      const detail = `There are ${mine.size} open submissions from this network; wait until they are decided.`;
      throw new HttpProblem('too-many-submissions', detail);
    }
    const made = await refusable(submit(ports.desk, { ...incoming, block }));
    if (block !== undefined) this.#open.set(block, mine.add(made.number));
    return made;
  }

  /** Those of a network that are still open. */
  async #openOf({ desk }: Submissions, block: string | undefined): Promise<Set<number>> {
    const numbers = new Set(block === undefined ? [] : this.#open.get(block));
    for (const number of numbers) {
      const row = await readSubmission(desk.store.db, number);
      if (!row || !isOpen(row.state)) numbers.delete(number);
    }
    if (block !== undefined) {
      if (numbers.size > 0) this.#open.set(block, numbers);
      else this.#open.delete(block);
    }
    return numbers;
  }
}
