/**
 * From a draft to what is served: overlay, projection and revision in one batch. `data/` is not at hand here (nor on
 * Workers at all), and need not be: what it says of the record is what is served, unless an overlay stands in front.
 */
import { recordDigest } from '../atlas/digest.ts';
import type { Provider } from '../provider/model.ts';
import type { Db, Statement, Store } from '../store/db.ts';
import { advance, isOvertaken, readGeneration } from '../store/generation.ts';
import { dropOverlay, type Overlay, putOverlay, readOverlays } from '../store/overlays.ts';
import { changeRecord, readHandled, readOwners, readRecord } from '../store/providers.ts';
import { Refusal } from './refusal.ts';

/** What is to be served. */
export interface Publication {
  readonly id: string;
  /** Null: nothing any more. */
  readonly record: Provider | null;
  /** For the revision. */
  readonly cause: string;
  /** ISO 8601. */
  readonly at: string;
}

/** How often it is tried anew because another process has written meanwhile. */
const attempts = 10;

/**
 * Tries again and again what rests on the store's generation, for as long as others are faster.
 * @param work reads what it needs, and writes in a batch that begins with `advance`
 */
export async function undisturbed<T>(store: Store, work: (generation: number) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(await readGeneration(store.db));
    } catch (error) {
      if (attempt >= attempts || !isOvertaken(error)) throw error;
    }
  }
}

/**
 * The statements that publish, the store's generation among them.
 * @throws {Refusal} `claimed` where a name of the record is somebody else's
 */
export async function publish(
  db: Db,
  { id, record, cause, at }: Publication,
  generation: number,
): Promise<Statement[]> {
  await refuseClaimed(db, id, record);
  const served = await readRecord(db, id);
  const overlays = await readOverlays(db);
  const oldDigest = served?.digest ?? null;
  const newDigest = record && recordDigest(record);
  const overlay = overlays.find((one) => one.id === id);
  const baseDigest = overlay && isServed(overlay, oldDigest) ? overlay.baseDigest : oldDigest;
  const front =
    newDigest === baseDigest
      ? overlay
        ? [dropOverlay(db, overlay.number)]
        : []
      : putOverlay(db, { id, baseDigest, record }, at);
  return [
    ...advance(db, generation),
    ...front,
    ...(newDigest === oldDigest ? [] : changeRecord(db, { id, record, oldDigest, newDigest, cause, at })),
  ];
}

/** An overlay that claims another's name is not served. */
function isServed({ record }: Overlay, served: string | null): boolean {
  return (record && recordDigest(record)) === served;
}

/** @throws {Refusal} `claimed` where a name of the record is somebody else's */
export async function refuseClaimed(db: Db, id: string, record: Provider | null): Promise<void> {
  if (!record) return;
  const names = [...record.domains, ...(record.mx ?? [])];
  const owners = [...(await readOwners(db, names))].filter(([, owner]) => owner !== id);
  const claimed = [...owners.map(([name, owner]) => `${name} (${owner})`), ...(await readHandled(db, names))];
  if (claimed.length === 0) return;
  throw new Refusal('claimed', `These names are somebody else’s: ${claimed.join(', ')}.`, {
    names: [...owners.map(([name]) => name), ...claimed.slice(owners.length)],
  });
}
