/** From the text of a curated file to a typed value, with every mistake in it named at its place. */
import { isScalar } from 'yaml';
import type * as z from 'zod';
import { explain } from './explain.ts';
import { fieldName, type Path, type Problem } from './problem.ts';
import { shapeOf } from './shape.ts';
import { readYaml, type YamlFile } from './yaml.ts';

export interface Parsed<T> {
  readonly file: string;
  readonly text: string;
  /** The value; absent where there were errors. */
  readonly value?: T;
  readonly problems: readonly Problem[];
  readonly yaml: YamlFile;
}

/** Parses a curated file by its schema. Never throws; all problems of the file are reported at once. */
export function parse<T>(schema: z.ZodType<T>, text: string, file: string): Parsed<T> {
  const yaml = readYaml(text, file);
  if (yaml.problems.length > 0) return { file, text, yaml, problems: yaml.problems };
  const raw: unknown = yaml.document.toJS();
  const result = schema.safeParse(raw);
  if (result.success) return { file, text, yaml, problems: [], value: result.data };
  const shape = shapeOf(schema);
  const problems = result.error.issues
    .flatMap((issue) => explain(issue, raw, shape, (path) => writtenAt(yaml, path)))
    .map(({ path, on, says, tip }) => ({
      file,
      ...yaml.locate(path, on),
      field: fieldName(path),
      rule: 'shape',
      level: 'error' as const,
      says,
      ...(tip !== undefined && { tip }),
    }));
  return { file, text, yaml, problems };
}

function writtenAt({ document }: YamlFile, path: Path): string | undefined {
  const node = document.getIn(path, true);
  return isScalar(node) ? node.source : undefined;
}
