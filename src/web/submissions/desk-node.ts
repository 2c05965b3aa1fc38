/** The desk on Node: submissions are checked by this process, and what was held is published when its time is over. */
import type { Atlas } from '../../atlas/tables.ts';
import { Lasting } from '../../net/lasting.ts';
import { type Log, sayError } from '../../net/log.ts';
import type { Notifier } from '../../net/notify.ts';
import type { Mailer } from '../../net/notify-node.ts';
import type { Language } from '../../provider/phrases.ts';
import type { Store } from '../../store/db.ts';
import { type CheckerOptions, nodeChecker } from '../../submit/checks/checker-node.ts';
import { type Desk, defaultMostOpen } from '../../submit/desk.ts';
import { lookAfter } from '../../submit/due.ts';
import { checkNames } from '../../submit/model.ts';
import { defaultPolicy, type Policy } from '../../submit/policy.ts';
import { Postman } from '../../submit/postman.ts';
import { CheckQueue } from '../../submit/queue.ts';
import type { Submissions } from './submissions.ts';

export interface DeskOptions {
  readonly policy?: Partial<Policy>;
  readonly checker: Omit<CheckerOptions, 'onDefect'>;
  readonly mostOpen?: number;
}

/** Who is told what becomes of submissions. */
export interface Notices {
  /** Writes to those who submit, where they want that; needs the server's URL. */
  readonly mailer?: Mailer | undefined;
  readonly reviewers?: readonly Notifier[] | undefined;
  /** Of what reviewers are told. */
  readonly language?: Language | undefined;
}

export interface DeskPorts {
  readonly store: Store;
  /** What is served, as new as the store is. */
  readonly atlas: () => Promise<Atlas>;
  /** What is served has changed. */
  readonly changed: () => Promise<void>;
  readonly log: Log;
  /** Where people reach this server. */
  readonly url?: string | undefined;
  readonly notices?: Notices;
}

/** How often somebody looks what time has brought, milliseconds. */
const lookInterval = 30_000;

/** Takes up what an earlier start has left, and goes on until it is stopped. */
export async function startDesk(
  { policy, checker, mostOpen = defaultMostOpen }: DeskOptions,
  { store, atlas, changed, log, url, notices = {} }: DeskPorts,
): Promise<Submissions & { stop(): Promise<void> }> {
  const note = (message: string) => log.warn(message);
  const onDefect = (error: unknown) =>
    log.error(`a defect in a check: ${error instanceof Error ? error.stack : String(error)}`);
  const check = nodeChecker({ ...checker, onDefect });
  const policies = { ...defaultPolicy, ...policy };
  const postman = postmanOf(notices, url, policies, note);
  // An address that was erased is to leave the file as well; from time to time, until nobody reads it any more.
  let unscrubbed = true;
  const scrub = () => {
    if (unscrubbed) unscrubbed = store.scrub?.() === false;
  };
  const desk: Desk = {
    store,
    policy: policies,
    checks: checkNames,
    mostOpen,
    isSilent: !(notices.mailer && url !== undefined),
    atlas,
    now: () => new Date(),
    changed,
    check: (number, block) => queue.add(number, block),
    erased() {
      unscrubbed = true;
      scrub();
    },
    happened: (row, done) => postman.tell(row, done),
  };
  const queue = new CheckQueue({ desk, run: check, note, defect: (message) => log.error(message) });

  // One look at a time.
  let looking: Promise<void> = Promise.resolve();
  const trouble = new Lasting((message) => note(`submissions could not be looked after: ${message}`));
  const lookOnce = async () => {
    try {
      await lookAfter(desk);
      // Another process may have left some to be checked.
      await queue.resume();
      scrub();
      trouble.over();
    } catch (error) {
      trouble.tell(sayError(error));
    }
  };
  const look = () => {
    looking = looking.then(lookOnce);
  };
  look();
  const timer = setInterval(look, lookInterval);
  await queue.resume();

  return {
    desk,
    dryRun: async (draft, block, told) =>
      check({ draft, atlas: await atlas(), ...(block !== undefined && { block }) }, told),
    async stop() {
      clearInterval(timer);
      await Promise.all([queue.stop(), looking]);
      await postman.stop();
    },
  };
}

function postmanOf(
  { mailer, reviewers = [], language = 'en' }: Notices,
  url: string | undefined,
  policy: Policy,
  note: (message: string) => void,
) {
  return new Postman({
    url: url ?? '',
    reviewers,
    language,
    policy,
    note,
    // Whoever gets one must be able to end them.
    ...(mailer &&
      url !== undefined && {
        mail: (to, letter, ends) =>
          mailer.send({ address: to }, letter, {
            'List-Unsubscribe': `<${ends}>`,
            'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
          }),
      }),
  });
}
