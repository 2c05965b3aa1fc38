/** The curator's worklist: which record most deserves an hour, and what for. */
import {
  endpointKey,
  type Provider,
  type Server,
  type Source,
  type Statuses,
  type StatusName,
} from '../provider/model.ts';
import { type Backing, backingOf } from './backing.ts';

export interface Task {
  readonly id: string;
  /** How much the work is worth: what is wrong times how many it concerns. */
  readonly weight: number;
  /** What is to be done, the weightiest first: clauses. */
  readonly says: readonly string[];
}

interface Flaw {
  readonly weight: number;
  readonly says: string;
}

/** What a server has seen of records. */
export interface Seen {
  readonly statuses: Statuses;
  /** Domains that publish something else themselves, by the record's id. */
  readonly differing: ReadonlyMap<string, readonly string[]>;
}

/** How badly a server needs another look, by the best that is known of it. */
const doubt: Record<Backing, Flaw | undefined> = {
  read: undefined,
  'several-lists': { weight: 1, says: 'rest on lists alone: find the provider’s own page' },
  'page-not-read': { weight: 2, says: 'rest on a page that nobody has read: read it' },
  'one-list': { weight: 4, says: 'rest on a single list: find a second witness' },
};

/** How badly a server needs another look, by what the verifier saw. */
const trouble: Partial<Record<StatusName, Flaw>> = {
  degraded: { weight: 2, says: 'work with a warning: see why' },
  failing: { weight: 6, says: 'fail: find what the provider has changed' },
  dead: { weight: 8, says: 'have been dead for weeks: close the record, or find the new servers' },
};

/** Years after which a page that was read should be read again. */
const stale = 2;

/**
 * All records with something to do, the weightiest first.
 *
 * Nobody knows how many mailboxes a provider has; how many domains a record has, and whether customers' domains lead to it
 * by their MX, stand in for that.
 * @param seen what a server knows; empty where nothing was ever looked at
 * @param excused ids of records with an exception, and the day each runs out
 * @param today ISO date
 */
export function worklist(
  records: readonly Provider[],
  { statuses, differing }: Seen,
  excused: ReadonlyMap<string, string>,
  today: string,
): Task[] {
  const tasks = records.flatMap((record): Task[] => {
    const flaws = [
      ...flawsOf(record, statuses, excused.get(record.id), today),
      ...contradiction(differing.get(record.id)),
    ].sort((a, b) => b.weight - a.weight);
    if (flaws.length === 0) return [];
    const reach = 1 + Math.log2(1 + record.domains.length) + (record.mx ? 3 : 0);
    const weight = Math.round(reach * flaws.reduce((sum, flaw) => sum + flaw.weight, 0));
    return [{ id: record.id, weight, says: flaws.map(({ says }) => says) }];
  });
  return tasks.sort((a, b) => b.weight - a.weight || (a.id < b.id ? -1 : 1));
}

function flawsOf(record: Provider, statuses: Statuses, until: string | undefined, today: string): Flaw[] {
  const servers: readonly Server[] = [...record.incoming, ...record.outgoing];
  const flaws: Flaw[] = [];
  const add = (flaw: Flaw | undefined, concerned: readonly Server[]) => {
    if (!flaw || concerned.length === 0) return;
    const weight = (flaw.weight * concerned.length) / servers.length;
    flaws.push({ weight, says: `${concerned.map(short).join(', ')} ${flaw.says}` });
  };
  for (const [backing, flaw] of Object.entries(doubt))
    add(
      flaw,
      servers.filter((server) => backingOf(record, server) === backing),
    );
  for (const [status, flaw] of Object.entries(trouble))
    add(
      flaw,
      servers.filter((server) => statuses.get(endpointKey(server))?.status === status),
    );
  const seen = Object.values(record.sources)
    .flatMap((source: Source) => (source.list === undefined ? (source.seen ?? []) : []))
    .sort()
    .at(-1);
  const limit = `${Number(today.slice(0, 4)) - stale}${today.slice(4)}`;
  // A page seen in some month is as old as the month's last day: dates compare to the length that is known.
  if (seen !== undefined && seen < limit.slice(0, seen.length)) {
    flaws.push({ weight: 1, says: `no page was read since ${seen}` });
  }
  if (until !== undefined) flaws.push({ weight: 3, says: `a lint finding is excused until ${until}` });
  return flaws;
}

/** Their own word weighs as much as several servers: it is the provider itself who says otherwise. */
function contradiction(domains: readonly string[] = []): Flaw[] {
  if (domains.length === 0) return [];
  const named = domains.slice(0, 3).join(', ');
  const more = domains.length > 3 ? ` and ${domains.length - 3} more` : '';
  const publish = domains.length === 1 ? 'publishes other settings itself' : 'publish other settings themselves';
  return [{ weight: 5, says: `${named}${more} ${publish}: see which are right (mailatlas compare ${domains[0]})` }];
}

function short({ protocol, port }: Server): string {
  return `${protocol} ${port}`;
}
