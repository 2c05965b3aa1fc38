/** What a revision changed, in words, as far as the records before and after it were kept. */
import { recordDigest } from '../atlas/digest.ts';
import type { Provider } from '../provider/model.ts';
import type { Language } from '../provider/phrases.ts';
import type { TracedRevision } from '../store/providers.ts';
import { diffRecords } from './diff.ts';

/**
 * Sentences without a full stop; undefined where it cannot be told.
 * @param now the record as it is served; undefined where there is none any more
 */
export function sayRevision(
  revision: TracedRevision,
  now: Provider | undefined,
  language: Language,
): readonly string[] | undefined {
  const { before, after, oldDigest, newDigest } = revision;
  const was = known(before, oldDigest);
  const is = known(after ?? now ?? null, newDigest);
  if (was === 'lost' || is === 'lost') return undefined;
  return diffRecords(was, is, language).flatMap(({ says }) => says);
}

/** The record in a list, or nothing where there was none; what has another digest is another state of it. */
function known(record: Provider | null, digest: string | null): readonly Provider[] | 'lost' {
  if (digest === null) return [];
  return record && recordDigest(record) === digest ? [record] : 'lost';
}
