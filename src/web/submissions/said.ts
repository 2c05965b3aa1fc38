/** What people say with a decision: bounded, plain text, judged as strictly as what strangers send. */
import type { Context } from 'hono';
import type * as z from 'zod';
import { mostReason } from '../../submit/draft/draft.ts';
import { textFault } from '../../submit/draft/text.ts';
import { bodyJson } from '../http/body.ts';
import { HttpProblem } from '../http/errors.ts';

/**
 * The body of a decision; an empty one says nothing.
 * @throws {HttpProblem} where it is no JSON of this shape, or its reason is no plain text
 */
export async function reasonOf<T extends z.ZodType<{ readonly reason?: string | undefined }>>(
  schema: T,
  c: Context,
): Promise<z.infer<T>> {
  const said = await bodyJson(schema, c);
  plainReason(said.reason ?? '');
  return said;
}

/** The text itself. @throws {HttpProblem} where it is no plain text, or longer than anybody reads */
export function plainReason(reason: string): string {
  const fault =
    reason.length > mostReason ? `longer than ${mostReason} characters` : textFault(reason, { lines: true });
  if (fault) throw new HttpProblem('malformed-request', `The reason must be plain text (${fault}).`);
  return reason;
}
