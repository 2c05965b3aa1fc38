/** The projection: records, domains and MX patterns as rows. */
import { and, eq, inArray, isNotNull, isNull, sql } from 'drizzle-orm';
import { canonicalJson } from '../atlas/digest.ts';
import type { Domain } from '../name/domain.ts';
import { stem } from '../name/pattern.ts';
import { registrableDomain } from '../name/suffix.ts';
import type { MessageEntry } from '../provider/lists.ts';
import type { Curated, LeftOut, MailHandler, OptOut, Provider } from '../provider/model.ts';
import { boundAtOnce, type Db, inParts, type Statement } from './db.ts';
import { dropListing, putListing } from './listing.ts';
import { putMeta, readMeta } from './meta.ts';
import { addRevision, type Revision } from './revisions.ts';
import { domain, meta, mx, provider } from './schema.ts';

/** Moves on with what the rows are made of: a store whose rows are of another one has them written anew. */
export const projectionFormat = '3';

/** It takes statements of 100 kB, which counts where they are text (characters, with room for quotes and other scripts). */
const textAtOnce = 25_000;

/** Everything that is served, as `load` left it. */
export async function readCurated(db: Db): Promise<Curated> {
  const records = await db.select({ json: provider.json }).from(provider).orderBy(provider.id);
  return {
    providers: records.map(({ json }) => JSON.parse(json) as Provider),
    ...(await readLists(db)),
    noProbe: await readNoProbe(db),
  };
}

/** The names that stand beside the records. */
export async function readLists(db: Db): Promise<Pick<Curated, 'leftOut' | 'others'>> {
  const leftOut = await db
    .select({ json: domain.leftOut })
    .from(domain)
    .where(isNull(domain.provider))
    .orderBy(domain.name);
  const others = await db.selectDistinct({ json: mx.other }).from(mx).where(isNull(mx.provider)).orderBy(mx.other);
  return {
    leftOut: leftOut.map(({ json }) => JSON.parse(json ?? '') as LeftOut),
    others: others.map(({ json }) => JSON.parse(json ?? '') as MailHandler),
  };
}

export async function readNoProbe(db: Db): Promise<OptOut[]> {
  return JSON.parse((await readMeta(db, 'no-probe')) ?? '[]') as OptOut[];
}

export async function readMessages(db: Db): Promise<MessageEntry[]> {
  return JSON.parse((await readMeta(db, 'messages')) ?? '[]') as MessageEntry[];
}

/** Which record has each of these domains or MX patterns now; names that no record has are not in the answer. */
export async function readOwners(db: Db, names: readonly string[]): Promise<Map<string, string>> {
  const owners = new Map<string, string>();
  for (const some of inParts(names)) {
    const found = [
      ...(await db.select({ name: domain.name, id: domain.provider }).from(domain).where(inArray(domain.name, some))),
      ...(await db.select({ name: mx.pattern, id: mx.provider }).from(mx).where(inArray(mx.pattern, some))),
    ];
    for (const { name, id } of found) if (id !== null) owners.set(name, id);
  }
  return owners;
}

/** Digest of every record, by id. */
export async function readDigests(db: Db): Promise<Map<string, string>> {
  const rows = await db.select({ id: provider.id, digest: provider.digest }).from(provider);
  return new Map(rows.map(({ id, digest }) => [id, digest]));
}

/** Writes a record with its names; an older version of it goes. */
export function putRecord(db: Db, record: Provider, digest: string): Statement[] {
  const { id, domains, mx: patterns = [] } = record;
  const [json = '', ...rest] = JSON.stringify(record).match(pieces) ?? [];
  return [
    ...dropNames(db, id),
    db.insert(provider).values({ id, digest, json }).onConflictDoUpdate({ target: provider.id, set: { digest, json } }),
    putListing(db, record),
    ...rest.map((piece) =>
      db
        .update(provider)
        .set({ json: sql`json || ${piece}` })
        .where(eq(provider.id, id)),
    ),
    ...putNames(
      db,
      domains.map((name) => ({ name, provider: id })),
    ),
    ...putPatterns(
      db,
      patterns.map((pattern) => ({ pattern, provider: id })),
    ),
  ];
}

/** Takes a record and its names away. */
export function dropRecord(db: Db, id: string): Statement[] {
  return [...dropNames(db, id), dropListing(db, id), db.delete(provider).where(eq(provider.id, id))];
}

/**
 * Brings a record to what it is to be, null: gone. The revision keeps what was there, so that it can be taken back.
 */
export function changeRecord(
  db: Db,
  { record, ...change }: Omit<Revision, 'n'> & { readonly record: Provider | null },
): Statement[] {
  const { id, newDigest } = change;
  // First the revision: it reads what stands there.
  return [
    addRevision(db, change),
    ...(record && newDigest !== null ? putRecord(db, record, newDigest) : dropRecord(db, id)),
  ];
}

/**
 * Writes the two lists of names that stand beside the records, in place of what stood there. What is left out stays so
 * beneath a record that claims the domain, for the day on which the record gives it up.
 */
export function putLists(db: Db, { leftOut, others }: Pick<Curated, 'leftOut' | 'others'>): Statement[] {
  return [
    db.delete(domain).where(isNull(domain.provider)),
    db.update(domain).set({ leftOut: null }).where(isNotNull(domain.leftOut)),
    db.delete(mx).where(isNull(mx.provider)),
    ...putNames(
      db,
      leftOut.map((entry) => ({ name: entry.domain, leftOut: canonicalJson(entry) })),
    ),
    ...putPatterns(
      db,
      others.flatMap((other) => other.mx.map((pattern) => ({ pattern, other: canonicalJson(other) }))),
    ),
  ];
}

/** Writes who does not want to be probed, in place of what stood there. */
export function putNoProbe(db: Db, noProbe: Curated['noProbe']): Statement {
  return putMeta(db, 'no-probe', canonicalJson(noProbe));
}

/** Writes what servers say when something fails, in place of what stood there. */
export function putMessages(db: Db, messages: readonly MessageEntry[]): Statement[] {
  const [first = '', ...rest] = JSON.stringify(messages).match(pieces) ?? [];
  return [
    putMeta(db, 'messages', first),
    ...rest.map((piece) =>
      db
        .update(meta)
        .set({ value: sql`value || ${piece}` })
        .where(eq(meta.key, 'messages')),
    ),
  ];
}

function dropNames(db: Db, id: string): Statement[] {
  const beneath = and(eq(domain.provider, id), isNotNull(domain.leftOut));
  return [
    db.update(domain).set({ provider: null }).where(beneath),
    db.delete(domain).where(eq(domain.provider, id)),
    db.delete(mx).where(eq(mx.provider, id)),
  ];
}

/** Never between the two halves of a character. */
const pieces = new RegExp(`[^]{1,${textAtOnce}}`, 'gu');

/** A name that moves from one owner to another is overwritten, whichever of the two is written first. */
function putNames(db: Db, rows: readonly { name: string; provider?: string; leftOut?: string }[]): Statement[] {
  // Only what is given is overwritten: what is left out stays so beneath a record.
  const isList = rows.some(({ leftOut }) => leftOut !== undefined);
  const set = isList ? { leftOut: sql`excluded.left_out` } : { provider: sql`excluded.provider` };
  return handfuls(rows, 3).map((values) =>
    db.insert(domain).values(values).onConflictDoUpdate({ target: domain.name, set }),
  );
}

function putPatterns(db: Db, rows: readonly { pattern: string; provider?: string; other?: string }[]): Statement[] {
  const set = { provider: sql`excluded.provider`, other: sql`excluded.other`, owner: sql`excluded.owner` };
  return handfuls(rows, 4).map((values) =>
    db
      .insert(mx)
      .values(values.map((row) => ({ ...row, owner: ownerOfHost(stem(row.pattern) as Domain) })))
      .onConflictDoUpdate({ target: mx.pattern, set }),
  );
}

/** Whoever decides about names up to here; a public suffix is nobody's but its own. */
export function ownerOfHost(host: Domain): Domain {
  return registrableDomain(host) ?? host;
}

/** As many rows as a statement can bind. */
function handfuls<T>(rows: readonly T[], columns: number): T[][] {
  return [...inParts(rows, Math.floor(boundAtOnce / columns))];
}

/** The record as it is served now. */
export async function readRecord(
  db: Db,
  id: string,
): Promise<{ readonly record: Provider; readonly digest: string } | undefined> {
  const [row] = await db.select().from(provider).where(eq(provider.id, id));
  return row && { record: JSON.parse(row.json) as Provider, digest: row.digest };
}

/** Those of these names that somebody handles mail under who is no record. */
export async function readHandled(db: Db, names: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const some of inParts(names)) {
    const rows = await db
      .select({ name: mx.pattern })
      .from(mx)
      .where(and(inArray(mx.pattern, some), isNotNull(mx.other)));
    found.push(...rows.map(({ name }) => name));
  }
  return found;
}
