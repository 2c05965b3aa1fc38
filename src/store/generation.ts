/**
 * The store's generation: a number that grows with every write to the projection. Who writes says which generation it has
 * read; where another process was faster, the whole batch fails and nothing is written.
 *
 * Beside it a number for what is known of servers (statuses, quarantine), which changes often and needs no new atlas.
 */
import { sql } from 'drizzle-orm';
import { type Db, failedWith, type Statement } from './db.ts';
import { putMeta, readMeta } from './meta.ts';
import { meta } from './schema.ts';

export async function readGeneration(db: Db): Promise<number> {
  return Number((await readMeta(db, 'generation')) ?? 0);
}

/** To be the first statements of a batch: it fails unless the store is still at this generation, and moves it on. */
export function advance(db: Db, generation: number): Statement[] {
  const seen = String(generation);
  // No driver lets a batch be given up in the middle; a NULL in a NOT NULL column does.
  const guard = sql`SELECT 'guard', NULL WHERE coalesce((SELECT value FROM meta WHERE key = 'generation'), '0') <> ${seen}`;
  return [db.insert(meta).select(guard), putMeta(db, 'generation', String(generation + 1))];
}

/** True for the error of a batch that found another generation. */
export function isOvertaken(error: unknown): boolean {
  return failedWith(error, /NOT NULL constraint failed: meta\.value/);
}

/** A text that differs whenever somebody has moved a status or a quarantine. */
export async function knowledgeVersion(db: Db): Promise<string> {
  return (await readMeta(db, 'knowledge')) ?? '0';
}

/** To be in every batch that moves one. */
export function knowledgeMoved(db: Db): Statement {
  return db
    .insert(meta)
    .values({ key: 'knowledge', value: '1' })
    .onConflictDoUpdate({ target: meta.key, set: { value: sql`CAST(value AS INTEGER) + 1` } });
}
