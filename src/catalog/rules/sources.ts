import type { Provider, Source } from '../../provider/model.ts';
import type { Found, Rule } from '../judge.ts';
import type { Path } from '../problem.ts';

const forms = ['url', 'autoconfig', 'dns', 'list'] as const;

/** Every fact names where it comes from, and every source is used. */
export const sources: Rule = {
  name: 'sources',
  level: 'error',
  why: 'A fact without a source cannot be checked again.',
  *check(record, { today }) {
    for (const { path, keys } of namedBy(record)) {
      for (const [i, key] of keys.entries()) {
        if (!Object.hasOwn(record.sources, key))
          yield { path: [...path, i], says: `there is no source “${key}”`, tip: 'add it under “sources”' };
      }
    }
    for (const [key, source] of Object.entries(record.sources)) {
      yield* shape(key, source);
      if (source.seen !== undefined && source.seen > today.slice(0, source.seen.length)) {
        yield { path: ['sources', key, 'seen'], says: `${source.seen} is in the future` };
      }
    }
    for (const key of unusedSources(record))
      yield { path: ['sources', key], says: 'is used nowhere', tip: 'name it where it says something, or remove it' };
  },
};

/** Keys of sources that nothing in the record names, decisions included. */
export function unusedSources(record: Provider): string[] {
  const named = namedBy(record).flatMap(({ keys }) => keys);
  const decided = (record.decisions ?? []).flatMap(({ rejected, because, chosen }) =>
    `${rejected} ${because} ${chosen}`.split(/[^a-z0-9-]+/),
  );
  const used = new Set([...named, ...decided]);
  return Object.keys(record.sources).filter((key) => !used.has(key));
}

function namedBy(record: Provider): { path: Path; keys: readonly string[] }[] {
  const lists = ['incoming', 'outgoing', 'local', 'services', 'setup'] as const;
  const blocks = ['oauth2', 'restriction'] as const;
  return [
    ...lists.flatMap((list) =>
      (record[list] ?? []).map((item, i) => ({ path: [list, i, 'sources'], keys: item.sources })),
    ),
    ...blocks.flatMap((block) => {
      const item = record[block];
      return item ? [{ path: [block, 'sources'], keys: item.sources }] : [];
    }),
  ];
}

function* shape(key: string, source: Source): Iterable<Found> {
  const path = ['sources', key];
  const given = forms.filter((form) => source[form] !== undefined);
  if (given.length !== 1) {
    yield {
      path,
      says: `has ${given.length === 0 ? 'none' : given.join(' and ')} of ${forms.join(', ')}`,
      tip: 'exactly one of them',
    };
  }
  if ((source.list === undefined) !== (source.revision === undefined)) {
    yield { path, says: '“list” and “revision” go together' };
  }
  if (source.seen !== undefined && source.list === undefined && source.says === undefined) {
    yield { path, says: 'was seen, but does not say what it says', tip: 'add “says” with the values' };
  }
}
