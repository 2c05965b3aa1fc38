/** Records by what people look for: the list of the API and the page of all providers. */
import type * as z from 'zod';
import { domainOrUndefined } from '../name/domain.ts';
import { folded } from '../name/unicode.ts';
import { currentOf } from '../provider/current.ts';
import {
  endpointKey,
  type Knowledge,
  type Provider,
  type Server,
  type StatusName,
  unverified,
} from '../provider/model.ts';
import type { ListQuery } from './contract/contract.ts';
import { ready, sourceOf } from './find.ts';
import type { Deps } from './served/served.ts';

type Filter = Omit<z.infer<typeof ListQuery>, 'page'>;

export interface Listed {
  readonly record: Provider;
  /** How its servers are; undefined where it has none. */
  readonly status: StatusName | undefined;
}

export interface Listing {
  /** How many match. */
  readonly total: number;
  readonly page: number;
  readonly pages: number;
  /** Those of this page: with a text to look for, what begins with it first; else in the order of the ids. */
  readonly shown: readonly Listed[];
}

/** @throws {HttpProblem} for the filter by status where the atlas is too large to be looked through */
export async function list(
  deps: Deps,
  { page: given, ...filter }: z.infer<typeof ListQuery>,
  size: number,
): Promise<Listing> {
  const source = sourceOf(deps);
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  const page = Number(given ?? 1);
  const start = (page - 1) * size;
  const { records, total } = !isFiltered
    ? { records: await source.page(start, size), total: source.size }
    : source.bulk && filter.status === undefined
      ? await source.bulk.find(
          { ...filter, texts: filter.q === undefined ? undefined : wantedOf(filter.q) },
          start,
          size,
        )
      : some(matches(ready(deps), filter), start, size);
  // At once: a hundred records one by one would be three hundred queries.
  const known = await source.bulk?.knowledgeOf(records);
  const shown = await Promise.all(
    records.map(async (record) => ({
      record,
      status: statusOf(record, known ?? (await source.around(record)).knowledge),
    })),
  );
  return { total, page, pages: Math.max(1, Math.ceil(total / size)), shown };
}

function some(records: readonly Provider[], start: number, size: number) {
  return { records: records.slice(start, start + size), total: records.length };
}

/** From best to worst. */
const ladder: readonly StatusName[] = ['verified', 'unverified', 'degraded', 'failing', 'dead'];

/**
 * How the servers are that people are given first: the worse of incoming and outgoing. Undefined where there are none.
 */
export function statusOf(record: Provider, knowledge: Knowledge): StatusName | undefined {
  const { incoming, outgoing } = currentOf(record, knowledge).provider;
  const first = [incoming[0], outgoing[0]].filter((server) => server !== undefined);
  const names = new Set(
    first.map((server: Server) => (knowledge.statuses.get(endpointKey(server)) ?? unverified).status),
  );
  return ladder.findLast((name) => names.has(name));
}

function matches({ atlas, knowledge }: ReturnType<typeof ready>, filter: Filter): Provider[] {
  const { q, country, protocol, access, status } = filter;
  const wanted = q === undefined ? undefined : wantedOf(q);
  const places = { first: [] as Provider[], other: [] as Provider[] };
  for (const record of atlas.records.values()) {
    const { incoming, outgoing, services = [] } = record;
    if (country !== undefined && record.country !== country.toUpperCase()) continue;
    if (access !== undefined && record.access !== access) continue;
    if (
      protocol !== undefined &&
      ![...incoming, ...outgoing, ...services].some((server) => server.protocol === protocol)
    )
      continue;
    if (status !== undefined && statusOf(record, knowledge) !== status) continue;
    const place = wanted === undefined ? 'first' : placeOf(record, wanted);
    if (place) places[place].push(record);
  }
  return [...places.first, ...places.other];
}

/** Of an address only the domain counts; what is before it was not meant to be sent. */
function wantedOf(q: string): readonly string[] {
  const text = q.slice(q.lastIndexOf('@') + 1).trim();
  const domain = domainOrUndefined(text);
  return [folded(text), ...(domain === undefined ? [] : [domain])];
}

function placeOf({ id, name, short, domains }: Provider, wanted: readonly string[]): 'first' | 'other' | undefined {
  const texts = [id, folded(name), folded(short), ...domains];
  if (texts.some((text) => wanted.some((one) => text.startsWith(one)))) return 'first';
  return texts.some((text) => wanted.some((one) => text.includes(one))) ? 'other' : undefined;
}
