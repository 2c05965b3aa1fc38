/** The JSON Schemas that stand beside the data, for editors: generated, never edited. */
import { kinds } from './kinds.ts';
import { jsonSchema } from './shape.ts';

/** File name -> text. */
export function schemaFiles(): Record<string, string> {
  return Object.fromEntries(
    kinds.map(({ schema, title, jsonSchema: name }) => {
      // `prose` and `sorted` are the formatter's business; editors would only stumble over them.
      const keep = (key: string, value: unknown) => (key === 'prose' || key === 'sorted' ? undefined : value);
      return [name, `${JSON.stringify({ title, ...jsonSchema(schema) }, keep, 2)}\n`];
    }),
  );
}
