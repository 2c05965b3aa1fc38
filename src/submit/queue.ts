/**
 * Checks in the background: some submissions at a time, each result written as it comes. Whatever is cut off is taken up
 * again at the next start; a result of a draft that is not the current one any more is written nowhere.
 */
import type { Atlas } from '../atlas/tables.ts';
import { StoreError } from '../store/db.ts';
import {
  putResult,
  readNumbers,
  readResults,
  readSubmission,
  type SubmissionRow,
  setBase,
} from '../store/submissions.ts';
import { type Desk, draftOf, ourselves, perform, servedDigest } from './desk.ts';
import type { CheckResult, Draft } from './model.ts';
import { Refusal } from './refusal.ts';
import { publishProved } from './review.ts';

/** What is checked. */
export interface Subject {
  readonly draft: Draft;
  /** For the proof: its number, and the digest of its receipt. */
  readonly number: number;
  readonly receipt: string;
  /** What the draft is held against. */
  readonly atlas: Atlas;
  /** Who caused it, for the budget of its probes; undefined where that is not known any more. */
  readonly block?: string;
}

/** Runs every check and tells of each as it begins and as it ends. */
export type Checker = (
  subject: Subject,
  told: (result: CheckResult) => Promise<void>,
  signal: AbortSignal,
) => Promise<unknown>;

export interface QueueOptions {
  readonly desk: Desk;
  readonly run: Checker;
  /** How many submissions are checked at once. */
  readonly atOnce?: number;
  /** A defect, for the log. */
  readonly note: (message: string) => void;
}

const defaultAtOnce = 4;

const interrupted = {
  en: 'This could not be found out; run the checks again.',
  de: 'Das war nicht herauszufinden; wiederholen Sie die Prüfung.',
};

export class CheckQueue {
  readonly #options: QueueOptions;
  readonly #waiting = new Map<number, string | undefined>();
  readonly #running = new Map<number, Promise<void>>();
  readonly #stop = new AbortController();
  /** Told once, not at every try for as long as it lasts. */
  #trouble: string | undefined;

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  /** Has a submission checked; one that is waiting for that already waits once. */
  add(number: number, block?: string): void {
    this.#waiting.set(number, block ?? this.#waiting.get(number));
    this.#next();
  }

  /** Takes up what another start of the server has left. */
  async resume(): Promise<void> {
    for (const number of await readNumbers(this.#options.desk.store.db, 'checking'))
      if (!this.#running.has(number)) this.add(number);
  }

  /** When nothing waits and nothing runs. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running.values());
  }

  /** Cuts off what runs; it is taken up again at the next start. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#waiting.clear();
    await this.idle();
  }

  #next(): void {
    const { atOnce = defaultAtOnce, note } = this.#options;
    for (const [number, block] of this.#waiting) {
      if (this.#stop.signal.aborted || this.#running.size >= atOnce) return;
      // A new draft comes while the old one is being checked: it has its turn behind it.
      if (this.#running.has(number)) continue;
      this.#waiting.delete(number);
      const work = this.#check(number, block)
        .catch((error: unknown) => {
          if (error instanceof StoreError) return this.#rest(error.message);
          const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
          note(`submission ${number} could not be checked: ${what}`);
        })
        .finally(() => {
          this.#running.delete(number);
          this.#next();
        });
      this.#running.set(number, work);
    }
  }

  async #check(number: number, block: string | undefined): Promise<void> {
    const { desk, run, note } = this.#options;
    const { signal } = this.#stop;
    const row = await readSubmission(desk.store.db, number);
    if (row?.state !== 'checking') return;
    const atlas = await desk.atlas();
    await desk.store.atomically([setBase(desk.store.db, row, servedDigest(atlas, row.id))]);
    const subject: Subject = {
      draft: draftOf(row),
      number,
      receipt: row.receipt,
      atlas,
      ...(block !== undefined && { block }),
    };
    try {
      await run(subject, (result) => this.#tell(row, result), signal);
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof StoreError) throw error;
      // A check that breaks must not keep a submission for ever: a reviewer sees that nobody knows.
      note(`a defect in the checks of submission ${number}: ${error instanceof Error ? error.stack : String(error)}`);
    }
    if (signal.aborted) return;
    await this.#finish(row);
    await publishProved(desk, number);
    this.#trouble = undefined;
  }

  /** What cannot be written is tried again when somebody looks whether there is anything left. */
  #rest(message: string): void {
    if (message !== this.#trouble) this.#options.note(`submissions are not checked for now: ${message}`);
    this.#trouble = message;
  }

  async #tell(row: SubmissionRow, { name, state, says, items }: CheckResult): Promise<void> {
    const { desk } = this.#options;
    const at = desk.now().toISOString();
    const result = { name, state, says: JSON.stringify(says), items: JSON.stringify(items), at };
    await desk.store.atomically([putResult(desk.store.db, row, result)]);
  }

  async #finish(row: SubmissionRow): Promise<void> {
    const { desk } = this.#options;
    for (const { name, state } of await readResults(desk.store.db, row.number)) {
      if (state !== 'pending' && state !== 'running') continue;
      await this.#tell(row, { name: name as CheckResult['name'], state: 'unknown', says: interrupted, items: [] });
    }
    try {
      await perform(desk, row, ourselves, { act: 'checked', why: '' });
    } catch (error) {
      // Withdrawn, declined, or checked by another process meanwhile.
      if (!(error instanceof Refusal)) throw error;
    }
  }
}
