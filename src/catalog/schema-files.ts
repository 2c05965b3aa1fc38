/** The JSON Schemas that stand beside the data, for editors: generated, never edited. */
import type * as z from 'zod';
import { Exceptions, LeftOutList, MxOthers } from '../provider/lists.ts';
import { Provider } from '../provider/schema.ts';
import { jsonSchema } from './shape.ts';

const schemas: Record<string, { schema: z.ZodType; title: string }> = {
  'provider.schema.json': { schema: Provider, title: 'A mailatlas provider record' },
  'mx-others.schema.json': { schema: MxOthers, title: 'MX hosts of gateways, forwarders and senders' },
  'left-out.schema.json': { schema: LeftOutList, title: 'Domains that are not served' },
  'exceptions.schema.json': { schema: Exceptions, title: 'Lint findings that are excused' },
};

/** File name -> text. */
export function schemaFiles(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { schema, title }]) => {
      // `prose` and `sorted` are the formatter's business; editors would only stumble over them.
      const clean = JSON.stringify(
        { title, ...jsonSchema(schema) },
        (key, value: unknown) => (key === 'prose' || key === 'sorted' ? undefined : value),
        2,
      );
      return [name, `${clean}\n`];
    }),
  );
}
