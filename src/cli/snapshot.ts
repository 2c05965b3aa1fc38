/** What `build` builds from: facts and what is known of them at one moment. */
import { relative } from 'node:path';
import { type Curated, type Knowledge, nothingKnown } from '../provider/model.ts';
import { localCurated } from './local-atlas.ts';
import { dataDir, dbFileIfThere } from './options.ts';
import { Complaint, note } from './say.ts';

export interface Snapshot {
  readonly curated: Curated;
  readonly knowledge: Knowledge;
  /** The newest revision of the database; null where the facts are from files. */
  readonly revision: number | null;
  /** Where it is from, for a person. */
  readonly from: string;
}

/**
 * Where there is a database, what a server on it would serve: published changes, statuses and quarantine included. With
 * `--data`, the facts of that folder and what the database knows of them; without a database, nothing is known.
 * @throws {Complaint} where `--db` names no file, and where the data have errors
 */
export async function takeSnapshot({ db, data }: { db?: string; data?: string }): Promise<Snapshot> {
  const file = dbFileIfThere(db);
  const now = new Date().toISOString();
  if (data === undefined && file !== undefined) {
    const { openSqlite } = await import('../store/sqlite.ts');
    const { readCurated } = await import('../store/providers.ts');
    const { newestRevision } = await import('../store/revisions.ts');
    const { readKnowledge } = await import('../store/seen/knowledge.ts');
    const store = openSqlite(file, note);
    try {
      const [curated, knowledge] = [await readCurated(store.db), await readKnowledge(store.db, now)];
      const revision = await newestRevision(store.db);
      if (curated.providers.length === 0)
        throw new Complaint(`there is nothing in ${shortPath(file)}`, { tip: 'mailatlas load brings the data in' });
      return { curated, knowledge, revision, from: `${shortPath(file)}, revision ${revision}` };
    } finally {
      store.close();
    }
  }
  const dir = dataDir(data);
  const curated = await localCurated(dir);
  if (file === undefined)
    return { curated, knowledge: nothingKnown, revision: null, from: `${shortPath(dir)}, without statuses` };
  const { readKnowledgeFile } = await import('../store/seen/knowledge-node.ts');
  const from = `${shortPath(dir)} and ${shortPath(file)}`;
  return { curated, knowledge: readKnowledgeFile(file, now), revision: null, from };
}

function shortPath(path: string): string {
  const below = relative('.', path);
  return below.startsWith('..') ? path : below || '.';
}
