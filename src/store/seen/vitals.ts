/** Numbers for those who watch over a server: how endpoints, certificates and runs stand. */
import { count, desc, isNotNull, isNull, sql } from 'drizzle-orm';
import type { EndpointKey } from '../../provider/model.ts';
import type { Db } from '../db.ts';
import { readMeta } from '../meta.ts';
import { publication, quarantine, run, status } from '../schema.ts';
import { countSubmissions } from '../submissions.ts';
import type { ComparisonVerdict } from './comparisons.ts';

export interface Vitals {
  /** The digest of the data that were loaded, its first twelve digits; undefined: none were. */
  readonly data?: string;
  /** Names under quarantine. */
  readonly quarantined: number;
  /** Of each listed endpoint whose last checks saw one: days until its certificate ends, as of now. */
  readonly certificates: readonly { readonly endpoint: EndpointKey; readonly days: number }[];
  /** Domains that are asked what they publish, by what came of it; without those that were not asked yet. */
  readonly compared: Readonly<Partial<Record<ComparisonVerdict, number>>>;
  /** How many there are in each state. */
  readonly submissions: Awaited<ReturnType<typeof countSubmissions>>;
  /** The newest run that is over. Instants are ISO 8601. */
  readonly lastRun?: {
    readonly started: string;
    readonly ended: string;
    readonly planned: number;
    readonly done: number;
    readonly sound: boolean;
  };
}

/** @param now ISO 8601 */
export async function readVitals(db: Db, now: string): Promise<Vitals> {
  const [held] = await db.select({ names: count() }).from(quarantine).where(isNull(quarantine.liftedAt));
  // One look into an index for each endpoint: 10,000 take some 30 ms.
  const seen = await db
    .select({
      endpoint: status.endpoint,
      newest: sql<string | null>`(SELECT cert_days || ' ' || at FROM "check"
        WHERE "check".endpoint = status.endpoint AND cert_days IS NOT NULL ORDER BY n DESC LIMIT 1)`,
    })
    .from(status)
    .where(isNotNull(status.listedAt));
  const compared = await db
    .select({
      verdict: sql<ComparisonVerdict | null>`(SELECT verdict FROM comparison
        WHERE comparison.domain = publication.domain ORDER BY n DESC LIMIT 1)`.as('verdict'),
      domains: count(),
    })
    .from(publication)
    .groupBy(sql`verdict`);
  const [last] = await db.select().from(run).where(isNotNull(run.ended)).orderBy(desc(run.n)).limit(1);
  const loaded = await readMeta(db, 'loaded');
  return {
    ...(loaded !== undefined && { data: loaded.slice(0, 12) }),
    quarantined: held?.names ?? 0,
    certificates: seen.flatMap(({ endpoint, newest }) => {
      if (newest === null) return [];
      const [days = '', at = ''] = newest.split(' ');
      const since = Math.floor((Date.parse(now) - Date.parse(at)) / 86_400_000);
      return [{ endpoint: endpoint as EndpointKey, days: Number(days) - since }];
    }),
    compared: Object.fromEntries(compared.flatMap(({ verdict, domains }) => (verdict ? [[verdict, domains]] : []))),
    submissions: await countSubmissions(db),
    ...(last?.ended && {
      lastRun: {
        started: last.started,
        ended: last.ended,
        planned: last.planned,
        done: last.done,
        sound: last.verdict === 'sound',
      },
    }),
  };
}
