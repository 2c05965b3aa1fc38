/** Mends what can be mended by machine: today the canonical form. */
import { basename } from 'node:path';
import type * as z from 'zod';
import { Exceptions, LeftOutList, MxOthers } from '../provider/lists.ts';
import { Provider } from '../provider/schema.ts';
import { readDataDir, readText, type TextFile, writeText } from './files.ts';
import { format } from './format.ts';
import type { Problem } from './problem.ts';

export interface Fixed {
  /** Files whose text is, or was, not canonical. */
  readonly changed: readonly string[];
  readonly problems: readonly Problem[];
}

const lists: Record<string, z.ZodType> = {
  'mx-others.yml': MxOthers,
  'left-out.yml': LeftOutList,
  'exceptions.yml': Exceptions,
};

/** Puts files (all of the data directory, where none are named) into canonical form; with `check` nothing is written. */
export function fixAll(paths: readonly string[] | undefined, dir: string, check = false): Fixed {
  const files = paths?.map((path) => readText(path)) ?? allFiles(dir);
  const changed: string[] = [];
  const problems: Problem[] = [];
  for (const { file, text } of files) {
    const result = format(lists[basename(file)] ?? Provider, text, file);
    if ('problems' in result) problems.push(...result.problems);
    else if (result.text !== text) {
      changed.push(file);
      if (!check) writeText(file, result.text);
    }
  }
  return { changed, problems };
}

function allFiles(dir: string): TextFile[] {
  const { providers, others, leftOut, exceptions } = readDataDir(dir);
  return [...providers, ...[others, leftOut, exceptions].filter(({ text }) => text !== '')];
}
