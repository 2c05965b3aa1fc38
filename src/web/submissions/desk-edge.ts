/**
 * The desk on Workers: what a request has begun is checked behind its answer, and what an isolate has left when it ended is
 * taken up by the cron. Nothing is held in memory that another isolate would need: how many are open, and how many came in an
 * hour, the database says.
 */
import type { Atlas } from '../../atlas/tables.ts';
import { type RecordResolver, type Resolver, textsOfEach } from '../../net/dns/resolver.ts';
import type { Store } from '../../store/db.ts';
import { readNumbers } from '../../store/submissions.ts';
import { type BulletinPorts, tellReviewers } from '../../submit/bulletin.ts';
import { checkSubmission } from '../../submit/checking.ts';
import { checkerOf } from '../../submit/checks/checker.ts';
import type { Discover } from '../../submit/checks/published.ts';
import { type Desk, defaultMostOpen } from '../../submit/desk.ts';
import { lookAfter } from '../../submit/due.ts';
import { checkNames } from '../../submit/model.ts';
import { defaultPolicy, type Policy } from '../../submit/policy.ts';
import type { Submissions } from './submissions.ts';

export interface EdgeDeskPorts {
  /** Where everything is written: a replica may not know yet what another isolate has done. */
  readonly store: Store;
  /** What is served, as new as the store is. */
  readonly atlas: () => Promise<Atlas>;
  /** What is served has changed. */
  readonly changed: () => Promise<void>;
  /** Work that goes on when the answer is given. */
  readonly behind: (trouble: string, work: Promise<unknown>) => void;
  readonly note: (message: string, error: unknown) => void;
  readonly mx: Resolver;
  /** What a domain publishes itself. */
  readonly discover: Discover;
  /** They have to agree on a proof. */
  readonly resolvers: readonly Pick<RecordResolver, 'txt'>[];
  readonly policy?: Partial<Policy>;
  /** Who review, and where people reach this server. */
  readonly bulletin?: Pick<BulletinPorts, 'reviewers' | 'url' | 'language'> | undefined;
}

/** Milliseconds: what goes on behind an answer is ended after 30 seconds. */
const patience = { proof: 15_000, probes: 1000, published: 20_000 };
/** Milliseconds after which nobody is checking it any more. */
const abandoned = 120_000;
/** So many are taken up at once: each asks DNS, and a Worker has so many requests each time it runs. */
const mostTakenUp = 5;

export function edgeDesk(ports: EdgeDeskPorts): Submissions & {
  /** To be called from time to time: publishes, ends, takes up and tells what is due. */
  lookAfter(): Promise<void>;
} {
  const { store, atlas, changed, behind, note, mx, discover, resolvers, policy, bulletin } = ports;
  const run = checkerOf({
    texts: textsOfEach(resolvers),
    mx,
    discover,
    patience,
    onDefect: (error) => note('a defect in a check', error),
  });
  const check = (number: number, block?: string) =>
    checkSubmission(
      {
        desk,
        run,
        defect: (message) => note('a submission was not checked to its end', message),
      },
      number,
      block,
      new AbortController().signal,
    );
  const desk: Desk = {
    store,
    policy: { ...defaultPolicy, ...policy },
    checks: checkNames,
    mostOpen: defaultMostOpen,
    isSilent: true,
    atlas,
    now: () => new Date(),
    changed,
    check: (number, block) => behind(`submission ${number} could not be checked`, check(number, block)),
  };
  return {
    desk,
    dryRun: async (draft, block, told) =>
      run({ draft, atlas: await atlas(), ...(block !== undefined && { block }) }, told),
    async lookAfter() {
      await lookAfter(desk);
      const before = new Date(Date.now() - abandoned).toISOString();
      for (const number of (await readNumbers(store.db, 'checking', before)).slice(0, mostTakenUp)) await check(number);
      if (bulletin) await tellReviewers({ store, ...bulletin });
    },
  };
}
