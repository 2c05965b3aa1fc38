/** What a store says of itself: a text for each key. */
import { eq } from 'drizzle-orm';
import type { Db, Statement } from './db.ts';
import { meta } from './schema.ts';

/** Keys of the meta table. */
export type MetaKey =
  | 'loaded'
  | 'lists-digest'
  | 'no-probe'
  | 'messages'
  | 'generation'
  | 'knowledge'
  | 'secret'
  | 'projection'
  | 'names'
  | 'told';

export async function readMeta(db: Db, key: MetaKey): Promise<string | undefined> {
  const [row] = await db.select({ value: meta.value }).from(meta).where(eq(meta.key, key));
  return row?.value;
}

export function putMeta(db: Db, key: MetaKey, value: string): Statement {
  return db.insert(meta).values({ key, value }).onConflictDoUpdate({ target: meta.key, set: { value } });
}

/** Writes what nobody has written yet. */
export function setMetaOnce(db: Db, key: MetaKey, value: string): Statement {
  return db.insert(meta).values({ key, value }).onConflictDoNothing();
}
