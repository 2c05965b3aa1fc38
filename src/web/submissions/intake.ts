/** Where submissions come in, by API or by form: the same doors, and one budget for both. */
import type { Context } from 'hono';
import { canonicalJson } from '../../atlas/digest.ts';
import { Budget } from '../../net/budget.ts';
import { elapsed } from '../../net/elapsed.ts';
import { readNumbers, readSubmission, type SubmissionRow } from '../../store/submissions.ts';
import { type CheckResult, type Draft, states } from '../../submit/model.ts';
import { isOpen } from '../../submit/state.ts';
import { type Incoming, type Submitted, submit } from '../../submit/submissions.ts';
import { HttpProblem } from '../http/errors.ts';
import type { Deps } from '../served/served.ts';
import { refusable, type Submissions, submissionsOf, type Takers } from './submissions.ts';

const hour = 3_600_000;
/** What one network, and all together, may do in an hour; docs/submissions.md has the table. */
const limits = {
  submit: { perBlock: 10, total: 300, window: hour },
  change: { perBlock: 30, total: 600, window: hour },
} as const;
/** Open submissions of one network that this process has seen. */
const mostOpenPerBlock = 20;
/** Dry runs at once: each may take minutes, and none takes longer (a Worker may be ended in the middle, and cannot tell). */
const mostDryRuns = 4;
const longestDryRun = 240_000;

export class Intake {
  readonly #deps: Pick<Deps, 'asker'> & Takers;
  readonly #budgets = { submit: new Budget(limits.submit), change: new Budget(limits.change) };
  /** From which network each open submission came. */
  readonly #from = new Map<number, string>();
  /** When they began. */
  #dryRuns: { readonly at: number }[] = [];

  constructor(deps: Pick<Deps, 'asker'> & Takers) {
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
    this.#dryRuns = this.#dryRuns.filter(({ at }) => elapsed() - at < longestDryRun);
    if (this.#dryRuns.length >= mostDryRuns) {
      throw new HttpProblem('too-many-submissions', 'Too many drafts are being checked; try again in a minute.');
    }
    const run = { at: elapsed() };
    this.#dryRuns.push(run);
    return ports.dryRun(draft, this.#deps.asker(c), told).finally(() => {
      this.#dryRuns = this.#dryRuns.filter((other) => other !== run);
    });
  }

  /** @throws {HttpProblem} where too many are open, or this very draft is */
  async submit(c: Context, incoming: Omit<Incoming, 'block'>): Promise<Submitted> {
    const ports = submissionsOf(this.#deps);
    const block = this.#deps.asker(c);
    const mine = block === undefined ? [] : await this.#openOf(ports, block);
    // Whoever repeats a request without a key gets no second receipt, and there is no second submission.
    const said = canonicalJson(incoming.draft);
    const twin = incoming.key === undefined ? mine.find((row) => row.draft === said) : undefined;
    if (twin) {
      const detail = `The same was submitted from this network as number ${twin.number}, and is still open.`;
      throw new HttpProblem('submitted-already', detail, { number: twin.number });
    }
    if (mine.length >= mostOpenPerBlock) {
      const detail = `There are ${mine.length} open submissions from this network; wait until they are decided.`;
      throw new HttpProblem('too-many-submissions', detail);
    }
    const made = await refusable(submit(ports.desk, { ...incoming, block }));
    if (block !== undefined) this.#from.set(made.number, block);
    return made;
  }

  /** Those of a network that are still open. Whatever has ended is forgotten, of every network. */
  async #openOf({ desk }: Submissions, block: string): Promise<SubmissionRow[]> {
    const known = [...this.#from.keys()];
    const open = new Set<number>();
    for (const state of states.filter(isOpen))
      for (const number of await readNumbers(desk.store.db, state)) open.add(number);
    for (const number of known) if (!open.has(number)) this.#from.delete(number);
    const mine = [...this.#from].flatMap(([number, from]) => (from === block ? [number] : []));
    const rows = await Promise.all(mine.map((number) => readSubmission(desk.store.db, number)));
    return rows.filter((row) => row !== undefined);
  }
}
