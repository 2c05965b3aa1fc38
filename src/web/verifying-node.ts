/** What a server on Node does about verification: its own habit, where the operator wants it, and work for agents elsewhere. */

import { nodeResolver } from '../net/dns/resolver-node.ts';
import { type Log, sayError } from '../net/log.ts';
import type { Notifier } from '../net/notify.ts';
import type { Language } from '../provider/phrases.ts';
import type { Store } from '../store/db.ts';
import { type AfterRunOptions, afterRun } from '../verify/after-run.ts';
import { type Agency, agency } from '../verify/agents/agency.ts';
import type { Endpoint } from '../verify/endpoint.ts';
import type { Evidence } from '../verify/evidence.ts';
import { judge } from '../verify/judge.ts';
import { lister } from '../verify/listing.ts';
import { nodeProber, type ProberOptions } from '../verify/probe/prober-node.ts';
import { startSchedule } from '../verify/schedule.ts';
import type { Keeper } from './served/keeper.ts';

export interface VerifyingOptions {
  /** Verify what is due, and tell the servers where people learn who probes and why. */
  readonly verify?: {
    readonly prober: ProberOptions;
    /** Servers of others that always answer: when they do not either, it is us. */
    readonly controls?: readonly Endpoint[];
    readonly concurrency?: number;
  };
  /** Who is told when a server turns bad or is back, and when a domain comes under quarantine. */
  readonly notifiers?: readonly Notifier[];
  /** Of what they are told. */
  readonly language?: Language;
  /** `HOST:PORT` of the DNS server that is asked who answers for a domain; without it the system's. */
  readonly resolver?: string;
  readonly log: Log;
}

export interface Verifying {
  readonly agents: Agency;
  /** Ends the run under way; what it saw counts. */
  stop(): Promise<void>;
}

export function startVerifying(store: Store, keeper: Keeper, options: VerifyingOptions): Verifying {
  const { verify, notifiers = [], language = 'en', log } = options;
  const note = (message: string): void => log.warn(message);
  const resolver = nodeResolver(verify?.prober.resolver ?? options.resolver);
  const curated = () => keeper.served?.atlas.curated;
  const judgeNow = (evidence: Evidence, now: Date) => judge(evidence, now);
  const stop = new AbortController();

  const follow = async (report: Parameters<typeof afterRun>[0], signal: AbortSignal) => {
    const { run, verdict, changes } = report;
    if (run !== undefined)
      log.info(
        `run ${run} is over: ${verdict}, ${changes.length === 1 ? '1 status' : `${changes.length} statuses`} moved`,
        {
          run,
          verdict,
          moved: changes.length,
        },
      );
    // Our own writes are not a change of another connection.
    await keeper.refresh();
    const now = curated();
    const what: Omit<AfterRunOptions, 'curated'> = { store, resolver, notifiers, language, note, signal };
    if (now) await afterRun(report, { ...what, curated: now });
    await keeper.refresh();
  };
  // One after another: agents may end their runs at the same time, and each domain is to be asked once.
  let following = Promise.resolve();
  const list = lister(store);
  const agents = agency({
    store,
    judge: judgeNow,
    list: () => list(curated()),
    onRun: (ended) => {
      following = following
        .then(() => (stop.signal.aborted ? undefined : follow(ended, stop.signal)))
        .catch((error: unknown) => note(sayError(error)));
    },
  });

  const prober = verify && nodeProber(verify.prober);
  const schedule =
    prober &&
    startSchedule({
      store,
      probe: (endpoint) => prober.probe(endpoint),
      judge: judgeNow,
      curated,
      ...(verify.controls && { controls: verify.controls }),
      ...(verify.concurrency !== undefined && { concurrency: verify.concurrency }),
      onRun: follow,
      note,
    });
  return {
    agents,
    stop: async () => {
      stop.abort();
      await Promise.all([schedule?.stop(), following]);
    },
  };
}
