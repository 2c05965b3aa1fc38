/** Checks in the background: some submissions at a time. Whatever is cut off is taken up again at the next start. */
import { Lasting } from '../net/lasting.ts';
import { sayError } from '../net/log.ts';
import { StoreError } from '../store/db.ts';
import { readNumbers } from '../store/submissions.ts';
import { type Checking, checkSubmission } from './checking.ts';

export interface QueueOptions extends Checking {
  /** How many submissions are checked at once. */
  readonly atOnce?: number;
  /** What the operator must hear: lower case, no full stop. */
  readonly note: (message: string) => void;
}

const defaultAtOnce = 4;

export class CheckQueue {
  readonly #options: QueueOptions;
  readonly #waiting = new Map<number, string | undefined>();
  readonly #running = new Map<number, Promise<void>>();
  readonly #stop = new AbortController();
  readonly #trouble: Lasting;

  constructor(options: QueueOptions) {
    this.#options = options;
    this.#trouble = new Lasting((message) => options.note(`submissions are not checked for now: ${message}`));
  }

  /** Has a submission checked; one that is waiting for that already waits once. */
  add(number: number, block?: string): void {
    this.#waiting.set(number, block ?? this.#waiting.get(number));
    this.#next();
  }

  /** Takes up what another start of the server has left. */
  async resume(): Promise<void> {
    const left = await readNumbers(this.#options.desk.store.db, 'checking');
    if (left.length === 0) this.#trouble.over();
    for (const number of left) if (!this.#running.has(number)) this.add(number);
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
    const { atOnce = defaultAtOnce, defect } = this.#options;
    for (const [number, block] of this.#waiting) {
      if (this.#stop.signal.aborted || this.#running.size >= atOnce) return;
      // A new draft comes while the old one is being checked: it has its turn behind it.
      if (this.#running.has(number)) continue;
      this.#waiting.delete(number);
      const work = checkSubmission(this.#options, number, block, this.#stop.signal)
        .catch((error: unknown) => {
          // Tried again when somebody looks whether there is anything left.
          if (error instanceof StoreError) return this.#trouble.tell(sayError(error));
          const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
          defect(`submission ${number} could not be checked: ${what}`);
        })
        .finally(() => {
          this.#running.delete(number);
          this.#next();
        });
      this.#running.set(number, work);
    }
  }
}
