/** The desk on Node: submissions are checked by this process, and what was held is published when its time is over. */
import type { Atlas } from '../atlas/tables.ts';
import type { Store } from '../store/db.ts';
import { type CheckerOptions, nodeChecker } from '../submit/checker-node.ts';
import type { Desk } from '../submit/desk.ts';
import { checkNames } from '../submit/model.ts';
import { defaultPolicy, type Policy } from '../submit/policy.ts';
import { CheckQueue } from '../submit/queue.ts';
import { publishDue } from '../submit/review.ts';
import type { Submissions } from './submissions.ts';

export interface DeskOptions {
  readonly policy?: Partial<Policy>;
  readonly checker: Omit<CheckerOptions, 'onDefect'>;
  readonly mostOpen?: number;
}

export interface DeskPorts {
  readonly store: Store;
  /** What is served, as new as the store is. */
  readonly atlas: () => Promise<Atlas>;
  /** What is served has changed. */
  readonly changed: () => Promise<void>;
  readonly note: (message: string) => void;
}

/** How many may be open; docs/submissions.md has all numbers. */
const defaultMostOpen = 1000;
/** How often somebody looks whether a hold is over, milliseconds. */
const holdInterval = 30_000;
/** Submissions whose sender's network is remembered, for the budget of its probes. */
const mostRemembered = 2000;

/** Takes up what an earlier start has left, and goes on until it is stopped. */
export async function startDesk(
  { policy, checker, mostOpen = defaultMostOpen }: DeskOptions,
  { store, atlas, changed, note }: DeskPorts,
): Promise<Submissions & { stop(): Promise<void> }> {
  const onDefect = (error: unknown) =>
    note(`a defect in a check: ${error instanceof Error ? error.stack : String(error)}`);
  const check = nodeChecker({ ...checker, onDefect });
  const blocks = new Map<number, string>();
  const desk: Desk = {
    store,
    policy: { ...defaultPolicy, ...policy },
    checks: checkNames,
    mostOpen,
    atlas,
    now: () => new Date(),
    changed,
    check: (number) => queue.add(number),
  };
  const queue = new CheckQueue({
    desk,
    run: ({ number, receipt, ...subject }, told, signal) => {
      const block = blocks.get(number);
      const proved = { number, receiptDigest: receipt };
      return check({ ...subject, proved, ...(block !== undefined && { block }) }, told, signal);
    },
    note,
  });

  // One look at a time; told once, not at every look for as long as it lasts.
  let looking: Promise<void> = Promise.resolve();
  let trouble: string | undefined;
  const lookOnce = async () => {
    try {
      await publishDue(desk);
      trouble = undefined;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (message !== trouble) note(`what was held could not be published: ${message}`);
      trouble = message;
    }
  };
  const look = () => {
    looking = looking.then(lookOnce);
  };
  look();
  const timer = setInterval(look, holdInterval);
  await queue.resume();

  return {
    desk,
    dryRun: async (draft, block, told) =>
      check({ draft, atlas: await atlas(), ...(block !== undefined && { block }) }, told),
    came(number, block) {
      if (block === undefined) return;
      blocks.set(number, block);
      const [oldest] = blocks.keys();
      if (blocks.size > mostRemembered && oldest !== undefined) blocks.delete(oldest);
    },
    async stop() {
      clearInterval(timer);
      await Promise.all([queue.stop(), looking]);
    },
  };
}
