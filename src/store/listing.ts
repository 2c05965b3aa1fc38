/**
 * Records by what people look for, asked of the database: for an atlas that is too large for memory. Each list reads one short
 * row for each record there is; how the servers are is not in it.
 */
import { and, asc, desc, eq, inArray, isNotNull, or, type SQL, sql } from 'drizzle-orm';
import { folded } from '../name/unicode.ts';
import type { Provider } from '../provider/model.ts';
import type { Db, Statement } from './db.ts';
import { domain, listing } from './schema.ts';

export interface Wish {
  /** Any of these texts, folded, is part of an id or a name, or begins a domain. */
  readonly texts?: readonly string[] | undefined;
  readonly country?: string | undefined;
  readonly protocol?: string | undefined;
  readonly access?: string | undefined;
}

/** Domains that begin as somebody types are looked at up to so many: of one letter there may be a hundred thousand. */
const mostDomains = 1000;

/** Written with the record, in place of what stood there. */
export function putListing(db: Db, record: Provider): Statement {
  const { id, name, short, country, access, incoming, outgoing, services = [] } = record;
  const protocols = [...new Set([...incoming, ...outgoing, ...services].map(({ protocol }) => protocol))];
  const names = between([id, folded(name), folded(short)]);
  const facets = between([`country ${country}`, `access ${access}`, ...protocols.map((one) => `protocol ${one}`)]);
  return db
    .insert(listing)
    .values({ id, names, facets })
    .onConflictDoUpdate({ target: listing.id, set: { names, facets } });
}

export function dropListing(db: Db, id: string): Statement {
  return db.delete(listing).where(eq(listing.id, id));
}

/** Each between two bars, which no name has then. */
function between(texts: readonly string[]): string {
  return `|${texts.map((text) => `${plain(text)}|`).join('')}`;
}

function plain(text: string): string {
  return text.replaceAll('|', ' ');
}

/** Some ids of those that are wished for, and how many there are: what begins as was typed first, then in the order of the ids. */
export async function findIds(db: Db, wish: Wish, offset: number, limit: number) {
  const { texts, country, protocol, access } = wish;
  const facets = [
    ...(country === undefined ? [] : [`country ${country.toUpperCase()}`]),
    ...(access === undefined ? [] : [`access ${access}`]),
    ...(protocol === undefined ? [] : [`protocol ${protocol}`]),
  ];
  const place = texts && placeOf(db, texts);
  const where = and(...facets.map((line) => has(listing.facets, `|${line}|`)), place && sql`${place} > 0`);
  const order = [...(place ? [desc(place)] : []), asc(listing.id)];
  const rows = await db
    .select({ id: listing.id })
    .from(listing)
    .where(where)
    .orderBy(...order)
    .limit(limit)
    .offset(offset);
  return { ids: rows.map(({ id }) => id), total: await db.$count(listing, where) };
}

/** 2: it begins like this; 1: it is in it; 0: neither. */
function placeOf(db: Db, texts: readonly string[]): SQL<number> {
  const begun = texts.flatMap((text) => {
    const among = sql`${domain.name} >= ${text} AND ${domain.name} < ${`${text}\u{10ffff}`}`;
    const owners = db
      .select({ id: domain.provider })
      .from(domain)
      .where(and(isNotNull(domain.provider), among))
      .limit(mostDomains);
    return [has(listing.names, `|${plain(text)}`), inArray(listing.id, owners)];
  });
  const within = texts.map((text) => has(listing.names, plain(text)));
  return sql<number>`CASE WHEN ${or(...begun)} THEN 2 WHEN ${or(...within)} THEN 1 ELSE 0 END`;
}

function has(column: typeof listing.names | typeof listing.facets, text: string): SQL {
  return sql`instr(${column}, ${text}) > 0`;
}

/** The countries that there are, sorted. */
export async function readCountries(db: Db): Promise<string[]> {
  const country = sql<string>`substr(${listing.facets}, ${between(['country ']).length}, 2)`;
  return (await db.selectDistinct({ country }).from(listing).orderBy(country)).map((row) => row.country);
}
