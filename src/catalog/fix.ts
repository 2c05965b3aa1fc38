/** Rewrites curated files: into canonical form, and on request with what a machine can mend. */
import { readDataDir, readText, type TextFile, writeText } from './files.ts';
import { canonical } from './format.ts';
import { mend } from './mend.ts';
import type { Problem } from './problem.ts';

export interface Fixed {
  /** Files whose text is, or was, to be changed. */
  readonly changed: readonly string[];
  readonly problems: readonly Problem[];
}

export interface FixOptions {
  /** Write nothing. */
  readonly check?: boolean | undefined;
  /** Mend facts, too: see mend.ts. */
  readonly facts?: boolean;
}

/** Rewrites files, or all of the data directory where none are named. What is no plain YAML is left alone and told. */
export function fixAll(
  paths: readonly string[],
  dir: string,
  { check = false, facts = false }: FixOptions = {},
): Fixed {
  const files = paths.length > 0 ? paths.map((path) => readText(path)) : allFiles(dir);
  const changed: string[] = [];
  const problems: Problem[] = [];
  for (const { file, text } of files) {
    const result = canonical(facts ? mend(text, file) : text, file);
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
