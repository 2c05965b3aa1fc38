/**
 * The indexes of the atlas, asked of the database by key: for an atlas that is too large for memory. What the ladder asks is
 * one query each, and reads the rows it gives:
 *
 *  - a mail domain that is known: 1 query (the domain, its wildcards and the record)
 *  - one that is not: 2 (also: is it the name of MX hosts?), and with the MX step 1 for each of the most preferred hosts
 *
 * test/store/contract/by-key.ts holds it to the same answers as the one in memory (atlas/tables.ts).
 */
import { eq, inArray, or, sql } from 'drizzle-orm';
import type { AtlasIndex, DomainOwner, MxOwner } from '../atlas/tables.ts';
import { type Domain, isAtOrBelow } from '../name/domain.ts';
import { patternsFor, stem } from '../name/pattern.ts';
import type { LeftOut, MailHandler, Provider } from '../provider/model.ts';
import { among, boundAtOnce, type Db, inParts } from './db.ts';
import { ownerOfHost } from './providers.ts';
import { domain, mx, provider } from './schema.ts';

export function indexByKey(db: Db): AtlasIndex {
  return {
    async ownerOf(names) {
      for (const asked of inParts(names)) {
        const rows = await db
          .select({ name: domain.name, leftOut: domain.leftOut, json: provider.json })
          .from(domain)
          .leftJoin(provider, eq(provider.id, domain.provider))
          .where(inArray(domain.name, asked));
        const row = firstOf(asked, rows, ({ name }) => name);
        if (row) return domainOwner(row);
      }
      return undefined;
    },

    async mxOwnerOf(patterns) {
      for (const asked of inParts(patterns)) {
        const rows = await db
          .select({ pattern: mx.pattern, other: mx.other, json: provider.json })
          .from(mx)
          .leftJoin(provider, eq(provider.id, mx.provider))
          .where(inArray(mx.pattern, asked));
        const row = firstOf(asked, rows, ({ pattern }) => pattern);
        if (row) return mxOwner(row);
      }
      return undefined;
    },

    async mxOwnersBelow(name) {
      const above = patternsFor(name).slice(0, boundAtOnce);
      const rows = await db
        .select({ pattern: mx.pattern, provider: mx.provider, other: mx.other })
        .from(mx)
        .where(or(inArray(mx.pattern, above), eq(mx.owner, ownerOfHost(name))));
      const own = firstOf(above, rows, ({ pattern }) => pattern);
      const lower = rows.filter(({ pattern }) => isAtOrBelow(stem(pattern) as Domain, name));
      const keys = new Map((own ? [own, ...lower] : lower).map((row) => [row.provider ?? row.other ?? '', row]));
      const owners: MxOwner[] = [];
      for (const row of [...keys.values()].slice(0, mostOwners)) {
        const record = row.provider === null ? undefined : await recordById(db, row.provider);
        if (record) owners.push({ record });
        else if (row.other !== null) owners.push({ other: JSON.parse(row.other) as MailHandler });
      }
      return owners;
    },
  };
}

/** Two are enough to say that a name decides nothing. */
const mostOwners = 2;

export async function recordById(db: Db, id: string): Promise<Provider | undefined> {
  const [row] = await db.select({ json: provider.json }).from(provider).where(eq(provider.id, id));
  return row && (JSON.parse(row.json) as Provider);
}

/** The records of these ids, as far as there are any. */
export async function recordsByIds(db: Db, ids: readonly string[]): Promise<Map<string, Provider>> {
  const rows = await db.select({ id: provider.id, json: provider.json }).from(provider).where(among(provider.id, ids));
  return new Map(rows.map(({ id, json }) => [id, JSON.parse(json) as Provider]));
}

/** Old id -> the id of today. */
export async function readRenamed(db: Db): Promise<Map<string, string>> {
  const rows = await db
    .select({ id: provider.id, formerly: sql<string>`json -> 'formerly'` })
    .from(provider)
    // As the index provider_renamed has it.
    .where(sql`instr(json, '"formerly":') > 0`)
    .orderBy(provider.id);
  return new Map(
    rows.flatMap(({ id, formerly }) => (JSON.parse(formerly) as string[]).map((old) => [old, id] as const)),
  );
}

/** Some records in the order of their ids. */
export async function readRecords(db: Db, offset: number, limit: number): Promise<Provider[]> {
  // The ids stand in an index of their own: the records before the first one are not read.
  const ids = db.select({ id: provider.id }).from(provider).orderBy(provider.id).limit(limit).offset(offset);
  const rows = await db
    .select({ json: provider.json })
    .from(provider)
    .where(inArray(provider.id, ids))
    .orderBy(provider.id);
  return rows.map(({ json }) => JSON.parse(json) as Provider);
}

export async function countRecords(db: Db): Promise<number> {
  return db.$count(provider);
}

function domainOwner({ leftOut, json }: { leftOut: string | null; json: string | null }): DomainOwner | undefined {
  if (json !== null) return { record: JSON.parse(json) as Provider };
  return leftOut === null ? undefined : { leftOut: JSON.parse(leftOut) as LeftOut };
}

function mxOwner({ other, json }: { other: string | null; json: string | null }): MxOwner | undefined {
  if (json !== null) return { record: JSON.parse(json) as Provider };
  return other === null ? undefined : { other: JSON.parse(other) as MailHandler };
}

/** The row of the first name that has one. */
function firstOf<R>(names: readonly string[], rows: readonly R[], nameOf: (row: R) => string): R | undefined {
  const byName = new Map(rows.map((row) => [nameOf(row), row]));
  const known = names.find((name) => byName.has(name));
  return known === undefined ? undefined : byName.get(known);
}
