/**
 * Overlays: records that were published here and stand in front of `data/` until it has them. `data/` owns the facts; an
 * overlay is served at once, is written to `data/` by `export`, and goes when `load` finds the same facts there.
 */
import { eq } from 'drizzle-orm';
import { canonicalJson, recordDigest } from '../atlas/digest.ts';
import type { Curated, MailHandler, Provider } from '../provider/model.ts';
import type { Db, Statement } from './db.ts';
import { overlay as overlayTable } from './schema.ts';

export interface Overlay {
  readonly number: number;
  /** The record it replaces, adds or removes. */
  readonly id: string;
  /** Digest of the facts it was made from; null for a new record. */
  readonly baseDigest: string | null;
  /** The record; null is a tombstone. */
  readonly record: Provider | null;
}

/** What is served, and what became of each overlay. */
export interface Overlaid {
  readonly curated: Curated;
  /** `data/` has the same facts now: these have done their work. */
  readonly retired: readonly Overlay[];
  /** The file has moved on since the overlay was made: it keeps serving, and a person must decide. */
  readonly conflicts: readonly Overlay[];
  /** It claims a name that another record has: it is not served, and a person must decide. */
  readonly refused: readonly Overlay[];
}

export async function readOverlays(db: Db): Promise<Overlay[]> {
  const rows = await db.select().from(overlayTable).orderBy(overlayTable.number);
  return rows.map(({ number, id, baseDigest, json }) => ({
    number,
    id,
    baseDigest,
    record: json === null ? null : (JSON.parse(json) as Provider),
  }));
}

/** Publishes a record (null: a tombstone) in front of `data/`; an older overlay of the same id is replaced. */
export function putOverlay(db: Db, { id, baseDigest, record }: Omit<Overlay, 'number'>, at: string): Statement[] {
  const json = record === null ? null : canonicalJson(record);
  return [
    db.delete(overlayTable).where(eq(overlayTable.id, id)),
    db.insert(overlayTable).values({ id, baseDigest, json, at }),
  ];
}

/** Takes an overlay away, because `data/` has its facts or somebody withdrew it. */
export function dropOverlay(db: Db, number: number): Statement {
  return db.delete(overlayTable).where(eq(overlayTable.number, number));
}

/** Puts the overlays in front of the data. A domain that was left out and is published here is left out no more. */
export function applyOverlays(data: Curated, overlays: readonly Overlay[]): Overlaid {
  const served = new Map(data.providers.map((record) => [record.id, record]));
  const retired: Overlay[] = [];
  const conflicts: Overlay[] = [];
  const refused: Overlay[] = [];
  for (const overlay of overlays) {
    const base = served.get(overlay.id);
    const baseDigest = base ? recordDigest(base) : null;
    if (baseDigest === (overlay.record ? recordDigest(overlay.record) : null)) retired.push(overlay);
    else if (claimsOfOthers(overlay, served, data.others)) refused.push(overlay);
    else {
      if (baseDigest !== overlay.baseDigest) conflicts.push(overlay);
      if (overlay.record) served.set(overlay.id, overlay.record);
      else served.delete(overlay.id);
    }
  }
  const providers = [...served.values()];
  const domains = new Set(providers.flatMap((record) => record.domains));
  const leftOut = data.leftOut.filter(({ domain }) => !domains.has(domain));
  return { curated: { providers, leftOut, others: data.others }, retired, conflicts, refused };
}

/** No overlay may claim another record's domain or MX pattern, or that of somebody who handles mail for others. */
function claimsOfOthers(
  { id, record }: Overlay,
  served: ReadonlyMap<string, Provider>,
  handlers: readonly MailHandler[],
): boolean {
  if (!record) return false;
  const claims = new Set([...record.domains, ...(record.mx ?? [])]);
  const others = [...served.values()].filter((other) => other.id !== id);
  const taken = [...others.flatMap(({ domains, mx = [] }) => [...domains, ...mx]), ...handlers.flatMap(({ mx }) => mx)];
  return taken.some((name) => claims.has(name));
}
