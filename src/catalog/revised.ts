/** What a revision changed, in words, as far as the records before and after it were kept. */
import { recordDigest } from '../atlas/digest.ts';
import type { Provider } from '../provider/model.ts';
import type { Language } from '../provider/phrases.ts';
import type { TracedRevision } from '../store/revisions.ts';
import { changesIn, sayServer } from './diff.ts';

/**
 * Clauses: what changed, or the servers of a record that is new. None where that is not known any more.
 * @param now the record as it is served; undefined where there is none any more
 */
export function sayRevision(revision: TracedRevision, now: Provider | undefined, language: Language): string[] {
  const { before, after, oldDigest, newDigest } = revision;
  const was = known(before, oldDigest);
  const is = known(after ?? now ?? null, newDigest);
  if (was && is) return changesIn(was, is).map(({ says }) => says[language]);
  if (is && oldDigest === null) return [...is.incoming, ...is.outgoing].map((server) => sayServer(server, language));
  return [];
}

/** What has another digest is another state of the record. */
function known(record: Provider | null, digest: string | null): Provider | undefined {
  return record && recordDigest(record) === digest ? record : undefined;
}
