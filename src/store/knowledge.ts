/** What is known beside the facts, as one value for the formats. */
import type { Knowledge } from '../provider/model.ts';
import type { Db } from './db.ts';
import { quarantineVersion, readQuarantine } from './quarantine.ts';
import { readStatuses, statusVersion } from './statuses.ts';

/** @param now ISO 8601: time alone makes a status stale */
export async function readKnowledge(db: Db, now: string): Promise<Knowledge> {
  const quarantine = await readQuarantine(db);
  return {
    statuses: await readStatuses(db, now),
    quarantine: new Map(quarantine.map(({ name, at, why }) => [name, { at, why }])),
  };
}

/** A text that differs whenever {@link readKnowledge} would, but for the passing of time. */
export async function knowledgeVersion(db: Db): Promise<string> {
  return `${await statusVersion(db)} ${await quarantineVersion(db)}`;
}
