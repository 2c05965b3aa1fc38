/**
 * Brings curated data into the store: only what differs, one record a part, the digest of the data last. On Node the whole
 * load is one transaction; where a driver takes only so many statements at once, each record is whole at every moment and
 * the next load finishes what an interrupted one began, because the digest of the data is written at the very end.
 */
import { canonicalJson, recordDigest, sha256 } from '../atlas/digest.ts';
import type { Curated, Provider } from '../provider/model.ts';
import type { Statement, Store } from '../store/db.ts';
import { applyOverlays, dropOverlay, type Overlay, readOverlays } from '../store/overlays.ts';
import { addRevision, dropRecord, putLists, putMeta, putRecord, readDigests, readMeta } from '../store/providers.ts';
import { curatedOrProblems } from './curate.ts';
import type { DataFiles } from './files.ts';
import type { Problem } from './problem.ts';

export interface LoadReport {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  readonly unchanged: number;
  readonly retired: readonly Overlay[];
  readonly conflicts: readonly Overlay[];
  readonly refused: readonly Overlay[];
}

/**
 * Loads curated data. Idempotent: data that are in the store already write nothing.
 * @param dataDigest of the files the data come from; remembered so that a server need not parse them again
 * @param at ISO 8601, for the revisions
 */
export async function load(store: Store, curated: Curated, dataDigest: string, at: string): Promise<LoadReport> {
  const { db } = store;
  const overlaid = applyOverlays(curated.providers, await readOverlays(db));
  const before = await readDigests(db);
  const after = new Map(overlaid.providers.map((record) => [record.id, { record, digest: recordDigest(record) }]));

  const removed = [...before.keys()].filter((id) => !after.has(id));
  const written = [...after.values()].filter(({ record, digest }) => before.get(record.id) !== digest);
  const revise = (id: string, newDigest: string | null) =>
    addRevision(db, { at, id, oldDigest: before.get(id) ?? null, newDigest, cause: 'load' });

  const listsDigest = sha256(canonicalJson([curated.leftOut, curated.others]));
  const lists =
    (await readMeta(db, 'lists-digest')) === listsDigest
      ? []
      : [...putLists(db, curated), putMeta(db, 'lists-digest', listsDigest)];
  const parts: Statement[][] = [
    lists,
    ...removed.map((id) => [...dropRecord(db, id), revise(id, null)]),
    ...written.map(({ record, digest }) => [...putRecord(db, record, digest), revise(record.id, digest)]),
    overlaid.retired.map(({ number }) => dropOverlay(db, number)),
  ];
  const digestKnown = (await readMeta(db, 'data-digest')) === dataDigest;
  if (!digestKnown) parts.push([putMeta(db, 'data-digest', dataDigest)]);
  for (const batch of batches(parts, store.batchSize)) await store.atomically(batch);

  const isNew = ({ record }: { record: Provider }) => !before.has(record.id);
  return {
    added: written.filter(isNew).map(({ record }) => record.id),
    changed: written.filter((entry) => !isNew(entry)).map(({ record }) => record.id),
    removed,
    unchanged: after.size - written.length,
    retired: overlaid.retired,
    conflicts: overlaid.conflicts,
    refused: overlaid.refused,
  };
}

/** Parses, judges and loads a data directory; data with errors change nothing. */
export async function loadFiles(
  store: Store,
  files: DataFiles,
  at: string,
): Promise<LoadReport | { readonly problems: readonly Problem[] }> {
  const result = curatedOrProblems(files, at.slice(0, 10));
  return 'problems' in result ? result : load(store, result.curated, files.digest, at);
}

/** What a person must decide after a load, or may be glad to hear: one clause an overlay. */
export function sayOverlays({ retired, conflicts, refused }: LoadReport): string[] {
  return [
    ...retired.map(({ id }) => `${id}: the data have what was published here`),
    ...conflicts.map(
      ({ id }) => `${id}: the data have changed since a change was published here, which is still served`,
    ),
    ...refused.map(({ id }) => `${id}: what was published here claims a name of another record and is not served`),
  ];
}

/** Packs parts into batches of at most `size` statements; a part is never torn. */
function batches(parts: readonly Statement[][], size: number): Statement[][] {
  const packed: Statement[][] = [];
  for (const part of parts) {
    const last = packed.at(-1);
    if (part.length === 0) continue;
    if (last && last.length + part.length <= size) last.push(...part);
    else packed.push([...part]);
  }
  return packed;
}
