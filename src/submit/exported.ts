/** What `data/` has is exported: the submissions that it came from are done. */
import { recordDigest } from '../atlas/digest.ts';
import type { Provider } from '../provider/model.ts';
import { readRecord } from '../store/providers.ts';
import { listSubmissions, type SubmissionRow } from '../store/submissions.ts';
import { type By, type Desk, perform } from './desk.ts';
import { Refusal } from './refusal.ts';

const most = 100_000;

/** The submissions that were published and wait for `data/` to have them, the oldest first. */
export async function readPublished({ store }: Pick<Desk, 'store'>): Promise<SubmissionRow[]> {
  const rows = await listSubmissions(store.db, ['published'], { limit: most });
  return rows.filter(({ kind }) => kind !== 'report').toReversed();
}

/**
 * Notes for each submission that was published whether the data have what is served of its record now.
 * @param inData the records of the data
 * @returns the numbers of those that are done
 */
export async function noteExported(
  desk: Pick<Desk, 'store' | 'now'>,
  by: By,
  inData: ReadonlyMap<string, Provider>,
  why: string,
  isWanted: (id: string) => boolean = () => true,
): Promise<number[]> {
  const done: number[] = [];
  for (const row of await readPublished(desk)) {
    if (!isWanted(row.id)) continue;
    const served = await readRecord(desk.store.db, row.id);
    const record = inData.get(row.id);
    if ((served?.digest ?? null) !== (record ? recordDigest(record) : null)) continue;
    try {
      await perform(desk, row, by, { act: 'export', why });
      done.push(row.number);
    } catch (error) {
      // Another export was faster.
      if (!(error instanceof Refusal)) throw error;
    }
  }
  return done;
}
