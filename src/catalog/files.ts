/** The data directory on disk: the one place where curated files are read and written. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { recordFormat } from '../atlas/codec.ts';

/** A curated file: where it is, as a person would name it, and what it says. */
export interface TextFile {
  readonly file: string;
  readonly text: string;
}

/** Everything in a data directory, unparsed. */
export interface DataFiles {
  readonly dir: string;
  readonly providers: readonly TextFile[];
  /** The lists beside the records, by the name of their file; one that is absent is an empty text. */
  readonly lists: Readonly<Partial<Record<ListName, TextFile>>>;
  /** SHA-256 over the records' format and the names and contents of all files, hex: equal digests, equal rows. */
  readonly digest: string;
}

/** The data directory cannot be read. */
export class DataError extends Error {
  override readonly name = 'DataError';
  readonly tip: string;
  constructor(message: string, tip: string) {
    super(message);
    this.tip = tip;
  }
}

const nameData = 'name the folder that holds providers/*.yml with --data DIR';

/** The lists beside the records; kinds.ts says what each is. */
export const listNames = ['mx-others.yml', 'left-out.yml', 'no-probe.yml', 'messages.yml', 'exceptions.yml'] as const;
export type ListName = (typeof listNames)[number];

/**
 * Reads a data directory. The lists may be absent (an operator's own folder often has only `providers/`).
 * @throws {DataError} where the directory or its `providers` folder cannot be read
 */
export function readDataDir(dir: string): DataFiles {
  const providerDir = join(dir, 'providers');
  const names = attempt(() => readdirSync(providerDir), providerDir, nameData)
    .filter((name) => name.endsWith('.yml') && !name.startsWith('.'))
    .sort();
  const providers = names.map((name) => readText(join(providerDir, name)));
  const lists = Object.fromEntries(listNames.map((name) => [name, readText(join(dir, name), 'optional')])) as Record<
    ListName,
    TextFile
  >;
  return { dir, providers, lists, digest: digestOf([...providers, ...Object.values(lists)]) };
}

/**
 * Reads one curated file as it is.
 * @throws {DataError} where it cannot be read; with `optional` a file that does not exist is an empty text
 */
export function readText(path: string, optional?: 'optional'): TextFile {
  const text = attempt(() => readFileSync(path, 'utf8'), path, 'check how it is written', optional && '');
  return { file: shortPath(path), text };
}

/** Files to import: the file itself, or those of a folder (of its `ispdb` or `_providers`, where a checkout is named). */
export function readImportable(path: string): TextFile[] {
  if (!attempt(() => statSync(path), path, 'check how it is written').isDirectory()) return [readText(path)];
  const inner = ['ispdb', '_providers'].map((name) => join(path, name)).find((name) => existsSync(name)) ?? path;
  const names = attempt(() => readdirSync(inner), inner, 'check how it is written').filter(
    (name) => /\.(xml|md|json)$/.test(name) && name !== 'README.md',
  );
  return names.sort().map((name) => readText(join(inner, name)));
}

/** Writes a file so that a reader sees the old text or the new, never half of it. */
export function writeText(path: string, text: string | Uint8Array): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    makeFolder(dirname(path));
    writeFileSync(temporary, text);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new DataError(
      `${shortPath(path)} cannot be written (${(error as NodeJS.ErrnoException).code})`,
      'check the folder and its permissions',
    );
  }
}

/** Removes what {@link writeText} has left of processes that were killed while they wrote into this folder. */
export function removeLeftovers(folder: string): void {
  for (const name of readdirSync(folder)) {
    const [, pid] = /\.(\d+)\.tmp$/.exec(name) ?? [];
    if (pid !== undefined && !runs(Number(pid))) rmSync(join(folder, name), { force: true });
  }
}

function runs(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** As `mkdir -p`. Node's own (24.21) never returns where a folder exists but can have none in it, such as /proc. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    // Another process was faster.
    if (!existsSync(path)) throw error;
  }
}

/** Relative to where the person stands, if that is shorter. */
function shortPath(path: string): string {
  const near = relative(process.cwd(), path);
  return near !== '' && near.length < path.length ? near : path;
}

/** The names count without their folder, so that a copy of the data elsewhere has the same digest. */
function digestOf(files: readonly TextFile[]): string {
  const hash = createHash('sha256').update(`${recordFormat}\n`);
  for (const { file, text } of files) hash.update(`${basename(file)}\n${Buffer.byteLength(text)}\n${text}\n`);
  return hash.digest('hex');
}

function attempt<T>(read: () => T, path: string, tip: string, ifAbsent?: T): T {
  try {
    return read();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && ifAbsent !== undefined) return ifAbsent;
    if (code === 'ENOENT') throw new DataError(`there is no ${shortPath(path)}`, tip);
    if (code === 'ENOTDIR') throw new DataError(`${shortPath(path)} is not in a folder of data`, tip);
    if (code === 'EISDIR')
      throw new DataError(`${shortPath(path)} is a folder`, 'name files, or a folder of data with --data DIR');
    throw new DataError(`${shortPath(path)} cannot be read (${code ?? message})`, 'check the permissions');
  }
}
