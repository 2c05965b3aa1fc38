/** Names that leave every format at once, and who answers for a domain: how one notices that it changed hands. */
import { and, asc, eq, inArray, isNull } from 'drizzle-orm';
import type { Domain } from '../name/domain.ts';
import type { Db, Statement } from './db.ts';
import { knowledgeMoved } from './generation.ts';
import { nameServers, quarantine } from './schema.ts';

/** A host or a registrable domain with everything below it. Instants are ISO 8601. */
export interface Quarantined {
  readonly name: Domain;
  readonly at: string;
  /** A sentence. */
  readonly why: string;
  readonly by: string;
}

/** D1 binds at most 100 parameters a statement. */
const boundAtOnce = 90;

/** What is under quarantine now. */
export async function readQuarantine(db: Db): Promise<Quarantined[]> {
  const { name, at, why, by } = quarantine;
  const rows = await db
    .select({ name, at, why, by })
    .from(quarantine)
    .where(isNull(quarantine.liftedAt))
    .orderBy(asc(name));
  return rows.map((row) => ({ ...row, name: row.name as Domain }));
}

/** Puts a name under quarantine; one that is there already stays as it is. */
export function putQuarantine(db: Db, entry: Quarantined): Statement[] {
  return [db.insert(quarantine).values(entry).onConflictDoNothing(), knowledgeMoved(db)];
}

/** A person takes a name out of it. */
export function liftQuarantine(db: Db, name: Domain, { at, by }: { at: string; by: string }): Statement[] {
  const open = and(eq(quarantine.name, name), isNull(quarantine.liftedAt));
  return [db.update(quarantine).set({ liftedAt: at, liftedBy: by }).where(open), knowledgeMoved(db)];
}

/** The name servers that were last seen for these registrable domains, sorted. */
export async function readNameServers(db: Db, domains: readonly Domain[]): Promise<Map<Domain, string[]>> {
  const found = new Map<Domain, string[]>();
  for (let start = 0; start < domains.length; start += boundAtOnce) {
    const some = domains.slice(start, start + boundAtOnce);
    const rows = await db.select().from(nameServers).where(inArray(nameServers.domain, some));
    for (const { domain, hosts } of rows) found.set(domain as Domain, hosts.split(' '));
  }
  return found;
}

/** Remembers who answers for a registrable domain. */
export function putNameServers(db: Db, domain: Domain, hosts: readonly string[], at: string): Statement {
  const seen = { hosts: [...hosts].sort().join(' '), at };
  return db
    .insert(nameServers)
    .values({ domain, ...seen })
    .onConflictDoUpdate({ target: nameServers.domain, set: seen });
}
