/** What is known of servers at one moment, beside the facts: every format is rendered from both. */
import type { Knowledge } from '../provider/model.ts';
import type { Db } from './db.ts';
import { readQuarantine } from './quarantine.ts';
import { readSignIns } from './sign-ins.ts';
import { readStatuses } from './statuses.ts';

/** @param now ISO 8601: who was not looked at for long is unverified */
export async function readKnowledge(db: Db, now: string): Promise<Knowledge> {
  const quarantine = new Map((await readQuarantine(db)).map(({ name, at, why }) => [name, { at, why }]));
  return { statuses: await readStatuses(db, now), quarantine, signIns: await readSignIns(db) };
}
