/** What the provider itself says of a server. Who that is needs the public suffix list (parties.ts); this does not. */
import type { Provider, Server, Source } from './model.ts';

/** What a first party says of a server: which source, and the day it was read. */
export interface Authentic {
  /** A key of the record's sources. */
  readonly source: string;
  /** YYYY, YYYY-MM or YYYY-MM-DD; null where the day is not known. */
  readonly at: string | null;
}

/**
 * The newest word for a server that somebody has read; of several that are as new, the one that the record names first.
 * @param isOwn whether a source is the provider's own; `key` is its key
 */
export function newestOwn(
  server: Pick<Server, 'sources'>,
  record: Pick<Provider, 'sources'>,
  isOwn: (source: Source, key: string) => boolean,
): Authentic | undefined {
  return server.sources
    .flatMap((key): Authentic[] => {
      const source = record.sources[key];
      const counts = source?.says !== undefined && isOwn(source, key);
      return counts ? [{ source: key, at: source.seen ?? null }] : [];
    })
    .reduce<Authentic | undefined>((best, one) => (best && (best.at ?? '') >= (one.at ?? '') ? best : one), undefined);
}
