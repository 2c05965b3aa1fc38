/** Mends what can be mended by machine: today the canonical form. */
import { readDataDir, readText, type TextFile, writeText } from './files.ts';
import { canonical } from './format.ts';
import type { Problem } from './problem.ts';

export interface Fixed {
  /** Files whose text is, or was, not canonical. */
  readonly changed: readonly string[];
  readonly problems: readonly Problem[];
}

/** Puts files (all of the data directory, where none are named) into canonical form; with `check` nothing is written. */
export function fixAll(paths: readonly string[] | undefined, dir: string, check = false): Fixed {
  const files = paths?.map((path) => readText(path)) ?? allFiles(dir);
  const changed: string[] = [];
  const problems: Problem[] = [];
  for (const { file, text } of files) {
    const result = canonical(text, file);
    if ('problems' in result) problems.push(...result.problems);
    else if (result.text !== text) {
      changed.push(file);
      if (!check) writeText(file, result.text);
    }
  }
  return { changed, problems };
}

function allFiles(dir: string): TextFile[] {
  const { providers, lists } = readDataDir(dir);
  return [...providers, ...Object.values(lists).filter(({ text }) => text !== '')];
}
