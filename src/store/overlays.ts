/**
 * Overlays: records that were published here and stand in front of `data/` until it has them. `data/` owns the facts; an
 * overlay is served at once, is written to `data/` by `export`, and goes when `load` finds the same facts there.
 */
import { eq, gt } from 'drizzle-orm';
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

/** The oldest first. @param page all of them, or some with a larger number than “after” */
export async function readOverlays(
  db: Db,
  { after = 0, limit = Number.MAX_SAFE_INTEGER }: { readonly after?: number; readonly limit?: number } = {},
): Promise<Overlay[]> {
  const rows = await db
    .select()
    .from(overlayTable)
    .where(gt(overlayTable.number, after))
    .orderBy(overlayTable.number)
    .limit(limit);
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

/**
 * Puts the overlays in front of the data. Claims are judged on the state with all of them: one may take what another gives
 * away. Where two claim one name, the older keeps it. A domain that was left out and is published here is left out no more.
 */
export function applyOverlays(data: Curated, overlays: readonly Overlay[]): Overlaid {
  const inData = new Map(data.providers.map((record) => [record.id, record]));
  const digestOf = (record: Provider | null | undefined) => (record ? recordDigest(record) : null);
  const [retired, open] = partition(overlays, ({ id, record }) => digestOf(inData.get(id)) === digestOf(record));
  const { served, refused } = settle(inData, open, data.others);
  const providers = [...served.values()];
  const domains = new Set(providers.flatMap((record) => record.domains));
  return {
    curated: { ...data, providers, leftOut: data.leftOut.filter(({ domain }) => !domains.has(domain)) },
    retired,
    conflicts: open.filter(
      (overlay) => !refused.includes(overlay) && digestOf(inData.get(overlay.id)) !== overlay.baseDigest,
    ),
    refused,
  };
}

/** Applies overlays, and takes those back that claim a name of somebody else's, until nobody does. */
function settle(
  inData: ReadonlyMap<string, Provider>,
  overlays: readonly Overlay[],
  handlers: readonly MailHandler[],
): { served: Map<string, Provider>; refused: Overlay[] } {
  const refused: Overlay[] = [];
  for (;;) {
    const applied = overlays.filter((overlay) => !refused.includes(overlay));
    const served = new Map(inData);
    for (const { id, record } of applied) {
      if (record) served.set(id, record);
      else served.delete(id);
    }
    const younger = applied.toReversed().find((overlay) => claimsOfOthers(overlay, served, handlers, applied));
    if (!younger) return { served, refused: overlays.filter((overlay) => refused.includes(overlay)) };
    refused.push(younger);
  }
}

/** True where an overlay claims a name of a record in the data, of an older overlay, or of a mail handler. */
function claimsOfOthers(
  { id, number, record }: Overlay,
  served: ReadonlyMap<string, Provider>,
  handlers: readonly MailHandler[],
  applied: readonly Overlay[],
): boolean {
  if (!record) return false;
  const yields = new Set(applied.filter((other) => other.number > number).map((other) => other.id));
  const others = [...served.values()].filter((other) => other.id !== id && !yields.has(other.id));
  const claims = new Set(namesOf(record));
  return [...others.flatMap(namesOf), ...handlers.flatMap(({ mx }) => mx)].some((name) => claims.has(name));
}

function namesOf({ domains, mx = [] }: Provider): string[] {
  return [...domains, ...mx];
}

function partition<T>(items: readonly T[], belongs: (item: T) => boolean): [T[], T[]] {
  return [items.filter(belongs), items.filter((item) => !belongs(item))];
}
