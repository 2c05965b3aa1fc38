/** What `data/` has is exported: the submissions that it came from are done. */
import { recordDigest } from '../atlas/digest.ts';
import type { Provider } from '../provider/model.ts';
import { readRecord } from '../store/providers.ts';
import { listSubmissions, type SubmissionRow } from '../store/submissions.ts';
import { type By, type Desk, need, perform } from './desk.ts';
import { Refusal } from './refusal.ts';

/** Read at once: with their drafts they take their place. */
const atOnce = 100;

/** What the data have of some records: a digest, or null where they have none. */
export type InData = ReadonlyMap<string, string | null>;

/** The submissions that were published and wait for `data/` to have them, the newest first. */
export async function readPublished({ store }: Pick<Desk, 'store'>): Promise<Pick<SubmissionRow, 'number' | 'id'>[]> {
  const found: Pick<SubmissionRow, 'number' | 'id'>[] = [];
  for (let before: number | undefined; ; ) {
    const page = { limit: atOnce, ...(before !== undefined && { before }) };
    const rows = await listSubmissions(store.db, ['published'], page);
    for (const { number, id, kind } of rows) if (kind !== 'report') found.push({ number, id });
    if (rows.length < atOnce) return found;
    before = rows.at(-1)?.number;
  }
}

/** What the data have of these records. @param records all of the data */
export function inDataOf(ids: Iterable<string>, records: readonly Provider[]): InData {
  const known = new Map(records.map((record) => [record.id, record]));
  return new Map(
    [...ids].map((id) => {
      const record = known.get(id);
      return [id, record ? recordDigest(record) : null];
    }),
  );
}

/**
 * Notes for each submission that was published whether the data have what is served of its record now.
 * @returns the numbers of those that are done, the oldest first
 */
export async function noteExported(
  desk: Pick<Desk, 'store' | 'now'>,
  by: By,
  inData: InData,
  why: string,
): Promise<number[]> {
  const done: number[] = [];
  for (const { number, id } of (await readPublished(desk)).toReversed()) {
    if (!inData.has(id)) continue;
    const served = await readRecord(desk.store.db, id);
    if ((served?.digest ?? null) !== inData.get(id)) continue;
    try {
      await perform(desk, await need(desk, number), by, { act: 'export', why });
      done.push(number);
    } catch (error) {
      // Another export was faster.
      if (!(error instanceof Refusal)) throw error;
    }
  }
  return done;
}
