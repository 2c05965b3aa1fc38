/** The curated files, parsed: what rules judge and what `load` turns into rows. */
import type * as z from 'zod';
import { Exceptions, LeftOutList, Messages, MxOthers, NoProbe } from '../provider/lists.ts';
import type { Curated, Provider } from '../provider/model.ts';
import { Provider as ProviderSchema } from '../provider/schema.ts';
import type { DataFiles, TextFile } from './files.ts';
import { type Parsed, parse } from './parse.ts';
import type { Problem } from './problem.ts';

export interface Catalog {
  readonly records: readonly Parsed<Provider>[];
  readonly others: Parsed<z.infer<typeof MxOthers>>;
  readonly leftOut: Parsed<z.infer<typeof LeftOutList>>;
  readonly noProbe: Parsed<z.infer<typeof NoProbe>>;
  readonly messages: Parsed<z.infer<typeof Messages>>;
  readonly exceptions: Parsed<z.infer<typeof Exceptions>>;
}

/** Parses one record. */
export function parseProvider({ text, file }: TextFile): Parsed<Provider> {
  return parse(ProviderSchema, text, file);
}

/** Parses a whole data directory. Never throws. */
export function parseCatalog({ providers, lists }: Pick<DataFiles, 'providers' | 'lists'>): Catalog {
  return {
    records: providers.map(parseProvider),
    others: parseList(MxOthers, lists['mx-others.yml'], 'others: []\n'),
    leftOut: parseList(LeftOutList, lists['left-out.yml'], 'domains: []\n'),
    noProbe: parseList(NoProbe, lists['no-probe.yml'], 'names: []\n'),
    messages: parseList(Messages, lists['messages.yml'], 'messages: []\n'),
    exceptions: parseList(Exceptions, lists['exceptions.yml'], 'exceptions: []\n'),
  };
}

/** A list that is absent is an empty one. */
function parseList<T>(schema: z.ZodType<T>, list: TextFile | undefined, empty: string): Parsed<T> {
  return list?.text ? parse(schema, list.text, list.file) : { ...parse(schema, empty, list?.file ?? ''), text: '' };
}

/** Every file of a catalog. */
export function filesOf({
  records,
  others,
  leftOut,
  noProbe,
  messages,
  exceptions,
}: Catalog): readonly Parsed<unknown>[] {
  return [...records, others, leftOut, noProbe, messages, exceptions];
}

/** Syntax and shape problems of all files. */
export function problemsOf(catalog: Catalog): Problem[] {
  return filesOf(catalog).flatMap(({ problems }) => problems);
}

/** The facts alone, of every file that could be read. */
export function curatedOf(catalog: Catalog): Curated {
  return {
    providers: catalog.records.flatMap((parsed) => parsed.value ?? []),
    others: catalog.others.value?.others ?? [],
    leftOut: catalog.leftOut.value?.domains ?? [],
    noProbe: catalog.noProbe.value?.names ?? [],
  };
}
