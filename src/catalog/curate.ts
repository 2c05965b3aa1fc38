/** From files to facts, or to what is wrong with them: the gate that every use of `data/` goes through. */
import type { MessageEntry } from '../provider/lists.ts';
import type { Curated } from '../provider/model.ts';
import { curatedOf, parseCatalog } from './catalog.ts';
import type { DataFiles } from './files.ts';
import { type Audience, lintFacts } from './lint.ts';
import type { Problem } from './problem.ts';

export interface Sound {
  readonly curated: Curated;
  /** What mail servers say when something fails. */
  readonly messages: readonly MessageEntry[];
}

/**
 * Parses and judges; any error in syntax, shape or facts keeps the whole of the data out, so that a broken file never
 * replaces a working atlas. Style (canonical form) and warnings do not.
 */
export function curatedOrProblems(
  files: DataFiles,
  today: string,
  audience: Audience = 'everybody',
): Sound | { readonly problems: readonly Problem[] } {
  const catalog = parseCatalog(files);
  const problems = lintFacts(catalog, today, audience).filter(({ level }) => level === 'error');
  if (problems.length > 0) return { problems };
  return { curated: curatedOf(catalog), messages: catalog.messages.value?.messages ?? [] };
}
