import type { Provider, Server } from '../provider/model.ts';

/** What a server entry rests on at best. */
export type Backing = 'read' | 'several-lists' | 'one-list' | 'page-not-read';

/** A page, file or DNS answer that was read beats lists; two lists beat one; a page that was only linked says nothing. */
export function backingOf({ sources }: Provider, server: Server): Backing {
  const named = server.sources.flatMap((key) => sources[key] ?? []);
  if (named.some((source) => source.list === undefined && source.says !== undefined)) return 'read';
  const lists = new Set(named.flatMap((source) => source.list ?? [])).size;
  if (lists > 1) return 'several-lists';
  return lists === 1 ? 'one-list' : 'page-not-read';
}
