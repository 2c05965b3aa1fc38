/** The curated files, parsed: what rules judge and what `load` turns into rows. */
import type * as z from 'zod';
import { Exceptions, LeftOutList, MxOthers } from '../provider/lists.ts';
import type { Curated, Provider } from '../provider/model.ts';
import { Provider as ProviderSchema } from '../provider/schema.ts';
import type { DataFiles, TextFile } from './files.ts';
import { type Parsed, parse } from './parse.ts';
import type { Problem } from './problem.ts';

export interface Catalog {
  readonly records: readonly Parsed<Provider>[];
  readonly others: Parsed<z.infer<typeof MxOthers>>;
  readonly leftOut: Parsed<z.infer<typeof LeftOutList>>;
  readonly exceptions: Parsed<z.infer<typeof Exceptions>>;
  /** Syntax and shape problems of all files. */
  readonly problems: readonly Problem[];
}

/** Parses one provider file. */
export function parseProvider({ text, file }: TextFile): Parsed<Provider> {
  return parse(ProviderSchema, text, file);
}

/** Parses a whole data directory. Never throws. */
export function parseCatalog(files: Omit<DataFiles, 'digest' | 'dir'>): Catalog {
  const records = files.providers.map(parseProvider);
  const others = parseList(MxOthers, files.others, 'others: []\n');
  const leftOut = parseList(LeftOutList, files.leftOut, 'domains: []\n');
  const exceptions = parseList(Exceptions, files.exceptions, 'exceptions: []\n');
  const problems = [...records, others, leftOut, exceptions].flatMap((parsed) => parsed.problems);
  return { records, others, leftOut, exceptions, problems };
}

/** A list that is absent is an empty one. */
function parseList<T>(schema: z.ZodType<T>, { text, file }: TextFile, empty: string): Parsed<T> {
  return parse(schema, text || empty, file);
}

/** The facts alone, of every file that could be read. */
export function curatedOf(catalog: Catalog): Curated {
  return {
    providers: catalog.records.flatMap((parsed) => parsed.value ?? []),
    others: catalog.others.value?.others ?? [],
    leftOut: catalog.leftOut.value?.domains ?? [],
  };
}
