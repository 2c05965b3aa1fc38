/** Queries, judged by the schemas of the contract. */
import type { Context } from 'hono';
import type * as z from 'zod';
import { sayIssues } from './body.ts';
import { HttpProblem } from './errors.ts';
import { queryParameters } from './query.ts';
import { dependsOnAsker } from './respond.ts';

/** @throws {HttpProblem} that names every parameter that is wrong */
export function parseQuery<T extends z.ZodObject>(schema: T, c: Context): z.infer<T> {
  dependsOnAsker(c);
  const given = queryParameters(c.req.url, Object.keys(schema.shape));
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  throw new HttpProblem('malformed-query', `The query is wrong: ${sayIssues(result.error)}.`);
}
