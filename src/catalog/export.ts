/**
 * What was published here, as files of `data/`: what `mailatlas export` writes. Nothing is written over what has moved on
 * since, and nothing that `lint` would refuse: a record goes out whole or not at all.
 */
import { recordDigest } from '../atlas/digest.ts';
import { hostName } from '../provider/fields.ts';
import type { Provider } from '../provider/model.ts';
import type { Overlay } from '../store/overlays.ts';
import { type Catalog, parseCatalog, problemsOf } from './catalog.ts';
import { changes, diffRecords } from './diff.ts';
import { edit } from './edit.ts';
import { excusesNothing } from './exceptions.ts';
import type { DataFiles, ListName, TextFile } from './files.ts';
import { draftText } from './format.ts';
import { baseName } from './kinds.ts';
import { lint } from './lint.ts';
import { type Problem, sayProblem } from './problem.ts';

/** A file as it is to be; null: it goes. */
export interface Write {
  /** Below the data directory, with `/`. */
  readonly path: string;
  readonly text: string | null;
}

/** One record that goes out. */
export interface Outgoing {
  readonly id: string;
  readonly path: string;
  readonly change: 'added' | 'changed' | 'removed';
  /** Sentences without a full stop. */
  readonly says: readonly string[];
}

/** One that stays here. */
export interface HeldBack {
  readonly id: string;
  /** moved-on: the file has changed since. refused: lint would complain. */
  readonly why: 'moved-on' | 'refused';
  readonly says: readonly string[];
}

export interface ExportPlan {
  readonly outgoing: readonly Outgoing[];
  /** Ids whose files say the same already. */
  readonly same: readonly string[];
  readonly heldBack: readonly HeldBack[];
  /** In the order in which they are to be written: names are given up before they are taken. */
  readonly writes: readonly Write[];
}

/**
 * @param today ISO date
 * @returns undefined where the data themselves have errors in syntax or shape: lint first
 */
export function planExport(files: DataFiles, overlays: readonly Overlay[], today: string): ExportPlan | undefined {
  const catalog = parseCatalog(files);
  if (problemsOf(catalog).length > 0) return undefined;
  const inData = new Map(catalog.records.flatMap(({ value }) => (value ? [[value.id, value] as const] : [])));
  const digestOf = (record: Provider | null | undefined) => (record ? recordDigest(record) : null);
  const same: string[] = [];
  const heldBack: HeldBack[] = [];
  const open: Overlay[] = [];
  for (const overlay of overlays) {
    const { id, record, baseDigest } = overlay;
    const now = digestOf(inData.get(id));
    if (now === digestOf(record)) same.push(id);
    else if (now !== baseDigest) heldBack.push({ id, why: 'moved-on', says: differences(inData.get(id), record) });
    // The name of a file is made of it.
    else if (!hostName.safeParse(id).success) heldBack.push({ id, why: 'refused', says: ['the id is no host name'] });
    else open.push(overlay);
  }

  const known = new Set(lint(catalog, today).map(sayWithoutPlace));
  const judge = (some: readonly Overlay[]) => {
    const writes = writesOf(files, catalog, some, today);
    const problems = lint(parseCatalog(withWrites(files, writes)), today).filter(
      (problem) => problem.level === 'error' && !known.has(sayWithoutPlace(problem)),
    );
    return { writes, problems };
  };
  let fit = open;
  let result = judge(fit);
  if (result.problems.length > 0) {
    // One after another, and again while that makes others possible: a name must be given up before it is taken.
    fit = [];
    for (let before = -1; before !== fit.length; ) {
      before = fit.length;
      for (const overlay of open.filter((one) => !fit.includes(one)))
        if (judge([...fit, overlay]).problems.length === 0) fit.push(overlay);
    }
    for (const overlay of open.filter((one) => !fit.includes(one))) {
      const says = judge([...fit, overlay]).problems.map(sayProblem);
      heldBack.push({ id: overlay.id, why: 'refused', says });
    }
    result = judge(fit);
  }
  return {
    outgoing: fit.map(({ id, record }) => outgoing(id, inData.get(id), record)),
    same,
    heldBack,
    writes: result.writes,
  };
}

function outgoing(id: string, was: Provider | undefined, record: Provider | null): Outgoing {
  const [change] = diffRecords(was ? [was] : [], record ? [record] : []);
  return { id, path: pathOf(id), change: change?.kind ?? 'changed', says: change?.says ?? [] };
}

function differences(was: Provider | undefined, record: Provider | null): string[] {
  if (was && record) return changes(was, record);
  return [
    was ? 'the record is gone here, and the file has changed' : 'the file is gone, and the record has changed here',
  ];
}

const pathOf = (id: string): string => `providers/${id}.yml`;

/** The files with these overlays in them, those first that give something up. */
function writesOf(files: DataFiles, catalog: Catalog, overlays: readonly Overlay[], today: string): Write[] {
  const writes = overlays.map(({ id, record }) => {
    const path = pathOf(id);
    const text = files.providers.find(({ file }) => baseName(file) === `${id}.yml`)?.text;
    if (!record) return { path, text: null, takes: 0 };
    const domains = catalog.records.find(({ value }) => value?.id === id)?.value?.domains ?? [];
    const takes = record.domains.filter((name) => !domains.includes(name)).length;
    return { path, text: textOf(record, text, path), takes };
  });
  writes.sort((a, b) => Number(a.text !== null) - Number(b.text !== null) || a.takes - b.takes);
  const claimed = new Set(overlays.flatMap(({ record }) => record?.domains ?? []));
  const lists = [
    shrunk(files, catalog.leftOut, 'left-out.yml', 'domains', ({ domain }) => !claimed.has(domain)),
    ...withoutExceptions(files, catalog, [...writes], today),
  ];
  return [...lists.flatMap((write) => write ?? []), ...writes.map(({ path, text }) => ({ path, text }))];
}

/** The record's file: the one that there is, with its comments, or a new one. */
function textOf(record: Provider, text: string | undefined, path: string): string {
  const edited = text === undefined ? undefined : edit(text, path, record);
  return edited ?? draftText({ record, remarks: [] });
}

/** A list without the entries that are done with. */
function shrunk<K extends string, E>(
  files: DataFiles,
  parsed: { readonly value?: Readonly<Record<K, readonly E[]>> },
  name: ListName,
  key: K,
  stays: (entry: E) => boolean,
): Write | undefined {
  const list = files.lists[name];
  const entries = parsed.value?.[key] ?? [];
  const kept = entries.filter(stays);
  if (!list || kept.length === entries.length) return undefined;
  const text = edit(list.text, name, { ...parsed.value, [key]: kept });
  return text === undefined ? undefined : { path: name, text };
}

/** An exception that has nothing to excuse any more, because its record is mended or gone, is an error of its own. */
function withoutExceptions(files: DataFiles, catalog: Catalog, writes: readonly Write[], today: string) {
  const ids = new Set(writes.map(({ path }) => path.replace(/^providers\/|\.yml$/g, '')));
  const problems = lint(parseCatalog(withWrites(files, writes)), today);
  const vain = new Set(problems.filter(excusesNothing).map(({ field }) => Number(/\d+/.exec(field)?.[0])));
  const gone = new Set((catalog.exceptions.value?.exceptions ?? []).filter(({ id }, i) => vain.has(i) && ids.has(id)));
  return gone.size === 0
    ? []
    : [shrunk(files, catalog.exceptions, 'exceptions.yml', 'exceptions', (entry) => !gone.has(entry))];
}

/** The data as they would be. */
function withWrites(files: DataFiles, writes: readonly Write[]): DataFiles {
  const providers = new Map(files.providers.map((one) => [baseName(one.file), one]));
  const lists: Partial<Record<ListName, TextFile>> = { ...files.lists };
  for (const { path, text } of writes) {
    const name = baseName(path);
    if (!path.startsWith('providers/')) lists[name as ListName] = { file: name, text: text ?? '' };
    else if (text === null) providers.delete(name);
    else providers.set(name, { file: providers.get(name)?.file ?? path, text });
  }
  return { ...files, providers: [...providers.values()].sort((a, b) => (a.file < b.file ? -1 : 1)), lists };
}

const sayWithoutPlace = ({ file, field, rule, says }: Problem): string => [baseName(file), field, rule, says].join('|');
