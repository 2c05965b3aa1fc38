/** How everything stands: from memory, or counted by the store where the atlas is too large for that. */
import { type EndpointKey, type Quarantine, type Status, type StatusName, unverified } from '../../provider/model.ts';
import { endpoints, type ListedEndpoint, parseEndpoint } from '../../verify/endpoint.ts';
import { ready, sourceOf } from '../find.ts';
import type { Deps, Source } from './served.ts';

export interface Overview {
  readonly source: Source;
  readonly servers: number;
  readonly counts: ReadonlyMap<StatusName, number>;
  /** Those that fail. */
  readonly bad: readonly Known[];
  /** An endpoint with the records that name it, as far as anybody knows; undefined: none does any more. */
  readonly named: (key: EndpointKey) => ListedEndpoint | undefined;
  readonly quarantine: Quarantine;
  /** Whether the list of all records can be filtered by status. */
  readonly isFiltered: boolean;
}

export interface Known extends ListedEndpoint {
  readonly known: Status;
}

export async function overviewOf(deps: Deps): Promise<Overview> {
  const source = sourceOf(deps);
  const { bulk } = source;
  if (bulk) {
    const [{ counts, bad }, quarantine] = await Promise.all([bulk.standing(), bulk.quarantine()]);
    const named = (key: EndpointKey) => ({ key, endpoint: parseEndpoint(key), records: [] });
    const servers = [...counts.values()].reduce((sum, count) => sum + count, 0);
    const failing = [...bad].map(([key, known]) => ({ ...named(key), known }));
    return { source, servers, counts, bad: failing, named, quarantine, isFiltered: false };
  }
  const { atlas, knowledge } = ready(deps);
  const all = endpoints(atlas.curated).map((one) => ({
    ...one,
    known: knowledge.statuses.get(one.key) ?? unverified,
  }));
  const byKey = new Map(all.map((one) => [one.key, one]));
  const groups = Map.groupBy(all, ({ known }) => known.status);
  return {
    source,
    servers: all.length,
    counts: new Map([...groups].map(([name, some]) => [name, some.length])),
    bad: [...(groups.get('failing') ?? []), ...(groups.get('dead') ?? [])],
    named: (key) => byKey.get(key),
    quarantine: knowledge.quarantine,
    isFiltered: true,
  };
}
