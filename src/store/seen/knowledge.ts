/** What is known of servers at one moment, beside the facts: every format is rendered from both. */
import type { EndpointKey, Knowledge, Quarantine } from '../../provider/model.ts';
import type { Db } from '../db.ts';
import { readSignIns } from '../sign-ins.ts';
import { readQuarantine } from './quarantine.ts';
import { readStatuses } from './statuses.ts';

/** @param now ISO 8601: who was not looked at for long is unverified */
export async function readKnowledge(db: Db, now: string): Promise<Knowledge> {
  const quarantine = await quarantineNow(db);
  return { statuses: await readStatuses(db, now), quarantine, signIns: await readSignIns(db) };
}

/** What nobody is sent to now. */
export async function quarantineNow(db: Db): Promise<Quarantine> {
  return new Map((await readQuarantine(db)).map(({ name, at, why }) => [name, { at, why }]));
}

/** What is known of these endpoints alone. */
export async function readKnowledgeOf(
  db: Db,
  keys: readonly EndpointKey[],
  now: string,
): Promise<Omit<Knowledge, 'quarantine'>> {
  const [statuses, signIns] = await Promise.all([readStatuses(db, now, keys), readSignIns(db, keys)]);
  return { statuses, signIns };
}
