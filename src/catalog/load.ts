/**
 * Brings curated data into the store: only what differs. On Node the whole load is one transaction; where a driver takes
 * only so many statements at once, each record is whole at every moment, and the state that was loaded is named last, so
 * that the next load finishes what an interrupted one began.
 */
import { canonicalJson, recordDigest, sha256 } from '../atlas/digest.ts';
import type { MessageEntry } from '../provider/lists.ts';
import type { Curated, Provider } from '../provider/model.ts';
import type { Statement, Store } from '../store/db.ts';
import { advance, isOvertaken, readGeneration } from '../store/generation.ts';
import { putMeta, readMeta } from '../store/meta.ts';
import { applyOverlays, dropOverlay, type Overlay, readOverlays } from '../store/overlays.ts';
import {
  changeRecord,
  projectionFormat,
  putLists,
  putMessages,
  putNoProbe,
  putRecord,
  readDigests,
  readOwners,
} from '../store/providers.ts';
import { batches, type Move, type Part } from './batches.ts';
import { curatedOrProblems, type Sound } from './curate.ts';
import type { DataFiles } from './files.ts';
import type { Audience } from './lint.ts';
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

/** Statements of a batch that are no record's: who moves the generation on, what is loaded now, in which form, how many. */
const besideParts = 5;

/** How often a load begins anew because another process has written meanwhile. */
const attempts = 10;

/**
 * Loads curated data. Idempotent: data that are in the store already write nothing.
 * @param dataDigest of the files the data come from; remembered so that a server need not parse them again
 * @param at ISO 8601, for the revisions
 * @param messages what mail servers say when something fails
 */
export async function load(
  store: Store,
  curated: Curated,
  dataDigest: string,
  at: string,
  messages: readonly MessageEntry[] = [],
): Promise<LoadReport> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await loadOnce(store, { curated, messages }, dataDigest, at);
    } catch (error) {
      if (attempt >= attempts || !isOvertaken(error)) throw error;
    }
  }
}

async function loadOnce(
  store: Store,
  { curated, messages }: Sound,
  dataDigest: string,
  at: string,
): Promise<LoadReport> {
  const { db } = store;
  let generation = await readGeneration(db);
  const overlays = await readOverlays(db);
  const overlaid = applyOverlays(curated, overlays);
  const before = await readDigests(db);
  const after = new Map(
    overlaid.curated.providers.map((record) => [record.id, { record, digest: recordDigest(record) }]),
  );

  const removed = [...before.keys()].filter((id) => !after.has(id));
  const isOldForm = (await readMeta(db, 'projection')) !== projectionFormat;
  const differs = ({ record, digest }: { record: Provider; digest: string }) => before.get(record.id) !== digest;
  const written = [...after.values()].filter((one) => isOldForm || differs(one));
  const change = (id: string, record: Provider | null, newDigest: string | null) => ({
    id,
    statements: () => changeRecord(db, { id, record, oldDigest: before.get(id) ?? null, newDigest, at, cause: 'load' }),
  });
  const rewrite = ({ record, digest }: { record: Provider; digest: string }) => ({
    id: record.id,
    statements: () => putRecord(db, record, digest),
  });

  // As the data say: what overlays claim of the domains that are left out stands in front of them.
  const { leftOut, others, noProbe } = curated;
  const listsDigest = sha256(canonicalJson([leftOut, others, noProbe, messages]));
  const listsDiffer = isOldForm || (await readMeta(db, 'lists-digest')) !== listsDigest;
  const lists = listsDiffer
    ? [
        ...putLists(db, curated),
        putNoProbe(db, noProbe),
        ...putMessages(db, messages),
        putMeta(db, 'lists-digest', listsDigest),
      ]
    : [];
  const parts: Part[] = [
    { id: '', statements: () => [...lists, ...overlaid.retired.map(({ number }) => dropOverlay(db, number))] },
    ...removed.map((id) => change(id, null, null)),
    ...written.map((one) => (differs(one) ? change(one.record.id, one.record, one.digest) : rewrite(one))),
  ];

  const kept = overlays.filter((overlay) => !overlaid.retired.includes(overlay));
  const state = loadedState(dataDigest, kept);
  const names = String(countNames(overlaid.curated));
  const known = await readMeta(db, 'loaded');
  if (known !== state || isOldForm || listsDiffer || removed.length > 0 || written.length > 0) {
    const moves = await movesOf(
      store,
      written.map(({ record }) => record),
    );
    const packed = batches(parts, moves, store.batchSize - besideParts);
    // Between two batches the store is neither the old state nor the new one, and must not pass for either.
    if (packed.length > 1) await store.atomically([...advance(db, generation++), putMeta(db, 'loaded', '')]);
    const last = packed.pop() ?? [];
    for (const batch of packed) await store.atomically(inOrder(advance(db, generation++), batch));
    const now = [
      ...(isOldForm ? [putMeta(db, 'projection', projectionFormat)] : []),
      ...(names === (await readMeta(db, 'names')) ? [] : [putMeta(db, 'names', names)]),
      putMeta(db, 'loaded', state),
    ];
    await store.atomically(inOrder(advance(db, generation++), last, now));
  }

  const isNew = (id: string) => !before.has(id);
  const ids = written.filter(differs).map(({ record }) => record.id);
  return {
    added: ids.filter(isNew),
    changed: ids.filter((id) => !isNew(id)),
    removed,
    unchanged: after.size - ids.length,
    retired: overlaid.retired,
    conflicts: overlaid.conflicts,
    refused: overlaid.refused,
  };
}

/** True where the store was loaded from these very files, in today's form, with the overlays of now: nothing is to be done. */
export async function isLoaded(store: Store, dataDigest: string): Promise<boolean> {
  const { db } = store;
  const state = loadedState(dataDigest, await readOverlays(db));
  return (await readMeta(db, 'loaded')) === state && (await readMeta(db, 'projection')) === projectionFormat;
}

function* inOrder(...parts: readonly Iterable<Statement>[]): Generator<Statement> {
  for (const part of parts) yield* part;
}

function countNames({ providers, leftOut }: Curated): number {
  return leftOut.length + providers.reduce((sum, { domains }) => sum + domains.length, 0);
}

function loadedState(dataDigest: string, overlays: readonly Overlay[]): string {
  return [dataDigest, ...overlays.map(({ number }) => number)].join(' ');
}

/** Names that one record has in the store and another in the data. A driver that takes all at once need not know. */
async function movesOf(
  store: Store,
  written: readonly { id: string; domains: string[]; mx?: string[] | undefined }[],
): Promise<Move[]> {
  if (store.batchSize === Number.POSITIVE_INFINITY) return [];
  const owners = await readOwners(
    store.db,
    written.flatMap(({ domains, mx = [] }) => [...domains, ...mx]),
  );
  return written.flatMap(({ id, domains, mx = [] }) =>
    [...domains, ...mx].flatMap((name) => {
      const from = owners.get(name);
      return from === undefined || from === id ? [] : [{ from, to: id }];
    }),
  );
}

/** Parses, judges and loads a data directory; data with errors change nothing. */
export async function loadFiles(
  store: Store,
  files: DataFiles,
  at: string,
  audience: Audience = 'everybody',
): Promise<LoadReport | { readonly problems: readonly Problem[] }> {
  const result = curatedOrProblems(files, at.slice(0, 10), audience);
  return 'problems' in result ? result : load(store, result.curated, files.digest, at, result.messages);
}

/** What a load did, in a clause. */
export function sayLoad({ added, changed, removed, unchanged }: LoadReport): string {
  return `${added.length} added, ${changed.length} changed, ${removed.length} removed, ${unchanged} unchanged`;
}

/** What became of overlays in a load, and what a person must decide: one clause an overlay. */
export function sayOverlays({ retired, conflicts, refused }: LoadReport): {
  readonly done: readonly string[];
  readonly open: readonly string[];
} {
  return {
    done: retired.map(({ id }) => `${id}: the data have what was published here`),
    open: [
      ...conflicts.map(
        ({ id }) => `${id}: the data have changed since a change was published here, which is still served`,
      ),
      ...refused.map(({ id }) => `${id}: what was published here claims a name of another record and is not served`),
    ],
  };
}
