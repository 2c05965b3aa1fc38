/** Names that leave every format at once, and who answers for a domain: how one notices that it changed hands. */
import { and, asc, desc, eq, inArray, isNull } from 'drizzle-orm';
import type { Domain } from '../../name/domain.ts';
import { type Db, inParts, type Statement } from '../db.ts';
import { knowledgeMoved } from '../generation.ts';
import { nameServers, quarantine } from '../schema.ts';

/** A host or a registrable domain with everything below it. Instants are ISO 8601. */
export interface Quarantined {
  readonly name: Domain;
  readonly at: string;
  /** A sentence. */
  readonly why: string;
  readonly by: string;
}

/** As it stands in the history, which is only added to. */
export interface PastQuarantine extends Quarantined {
  readonly liftedAt: string | null;
  readonly liftedBy: string | null;
}

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

/** Who put what under quarantine and who lifted it, the newest first: these names, or all. */
export async function readQuarantineHistory(
  db: Db,
  limit: number,
  only?: readonly Domain[],
): Promise<PastQuarantine[]> {
  const found: (typeof quarantine.$inferSelect)[] = [];
  for (const names of only ? inParts(only) : [undefined]) {
    const some = names && inArray(quarantine.name, names);
    found.push(...(await db.select().from(quarantine).where(some).orderBy(desc(quarantine.n)).limit(limit)));
  }
  const newest = found.sort((a, b) => b.n - a.n).slice(0, limit);
  return newest.map(({ n: _, ...row }) => ({ ...row, name: row.name as Domain }));
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

/** What is known of who answers for a registrable domain. */
export interface KnownNameServers {
  /** Sorted; empty where none was ever seen. */
  readonly servers: readonly Domain[];
  /** When it was asked last, whatever came of it. */
  readonly at: string;
  /** Since when the domain does not exist; undefined while it does. */
  readonly missingSince?: string;
}

/** The name servers that were last seen for these registrable domains. */
export async function readNameServers(db: Db, domains: readonly Domain[]): Promise<Map<Domain, KnownNameServers>> {
  const found = new Map<Domain, KnownNameServers>();
  for (const some of inParts(domains)) {
    const rows = await db.select().from(nameServers).where(inArray(nameServers.domain, some));
    for (const { domain, hosts, at, missingSince } of rows) {
      const servers = hosts === '' ? [] : (hosts.split(' ') as Domain[]);
      found.set(domain as Domain, { servers, at, ...(missingSince !== null && { missingSince }) });
    }
  }
  return found;
}

/** Remembers who answers for a registrable domain. */
export function putNameServers(db: Db, domain: Domain, { servers, at, missingSince }: KnownNameServers): Statement {
  const seen = { hosts: [...servers].sort().join(' '), at, missingSince: missingSince ?? null };
  return db
    .insert(nameServers)
    .values({ domain, ...seen })
    .onConflictDoUpdate({ target: nameServers.domain, set: seen });
}
