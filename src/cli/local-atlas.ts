/**
 * The atlas of the local data, for commands that answer without a database. Parsing two hundred YAML files takes most of a
 * second, so the compiled atlas is kept beside the program or in the user's cache folder, one file a data directory; the
 * digest of the data inside says whether it is theirs.
 */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { decodeAtlas, encodeAtlas } from '../atlas/codec.ts';
import { sha256 } from '../atlas/digest.ts';
import { type DataFiles, readDataDir, writeText } from '../catalog/files.ts';
import type { Curated } from '../provider/model.ts';
import { Complaint } from './say.ts';

/** The compiled atlas that the published package ships. */
export const shippedAtlas = fileURLToPath(new URL('../../dist/atlas.json', import.meta.url));

/** @throws {Complaint} where the data have errors */
export async function localCurated(dir: string): Promise<Curated> {
  const files = readDataDir(dir);
  const cached = join(cacheDir(), `atlas-${sha256(files.dir).slice(0, 16)}.json`);
  for (const path of [shippedAtlas, cached]) {
    const curated = readCompiled(path, files.digest);
    if (curated) return curated;
  }
  const curated = await compileFiles(files);
  keep(cached, encodeAtlas(curated, files.digest));
  return curated;
}

/** Parses and judges the files; only facts without errors go on. */
export async function compileFiles(files: DataFiles): Promise<Curated> {
  const { curatedOrProblems } = await import('../catalog/curate.ts');
  const result = curatedOrProblems(files, new Date().toISOString().slice(0, 10));
  if ('curated' in result) return result.curated;
  const { sayProblem } = await import('../catalog/problem.ts');
  const shown = result.problems.slice(0, 5).map(sayProblem);
  const more = result.problems.length > shown.length ? [`… and ${result.problems.length - shown.length} more`] : [];
  const message = [`the data in ${files.dir} have errors`, ...shown, ...more].join('\n');
  throw new Complaint(message, { tip: 'mailatlas lint says what to mend' });
}

function cacheDir(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'mailatlas');
}

function readCompiled(path: string, digest: string): Curated | undefined {
  try {
    return decodeAtlas(readFileSync(path, 'utf8'), digest);
  } catch {
    return undefined;
  }
}

/** A cache that cannot be written only costs time. */
function keep(path: string, text: string): void {
  try {
    writeText(path, text);
  } catch {
    // No home folder, a read-only one: the next lookup parses again.
  }
}
