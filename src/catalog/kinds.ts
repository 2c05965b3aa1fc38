/** The kinds of curated files: which schema a file has, and where editors find it. The one table of them. */
import type * as z from 'zod';
import { Exceptions, LeftOutList, Messages, MxOthers, NoProbe } from '../provider/lists.ts';
import { Provider } from '../provider/schema.ts';
import type { ListName } from './files.ts';

export interface FileKind {
  readonly schema: z.ZodType;
  readonly title: string;
  /** The generated JSON Schema in the data directory. */
  readonly jsonSchema: string;
}

const provider: FileKind = {
  schema: Provider,
  title: 'A mailatlas provider record',
  jsonSchema: 'provider.schema.json',
};

function list(schema: z.ZodType, name: string, title: string): FileKind {
  return { schema, title, jsonSchema: `${name}.schema.json` };
}

/** The lists beside the records, by the name of their file. */
export const lists = {
  'mx-others.yml': list(MxOthers, 'mx-others', 'MX hosts of gateways, forwarders and senders'),
  'left-out.yml': list(LeftOutList, 'left-out', 'Domains that are not served'),
  'no-probe.yml': list(NoProbe, 'no-probe', 'Hosts whose owners asked not to be probed'),
  'messages.yml': list(Messages, 'messages', 'What mail servers say when something fails'),
  'exceptions.yml': list(Exceptions, 'exceptions', 'Lint findings that are excused'),
} as const satisfies Record<ListName, FileKind>;

export const kinds: readonly FileKind[] = [provider, ...Object.values(lists)];

/** The name of a file without its folder, whichever way that is written. */
export function baseName(file: string): string {
  return file.replace(/^.*[\\/]/, '');
}

/** The kind of a file by its name; what is no list is a record. */
export function kindOf(file: string): FileKind {
  const name = baseName(file);
  return Object.hasOwn(lists, name) ? lists[name as keyof typeof lists] : provider;
}
