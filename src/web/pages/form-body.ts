/** The body of a form that a browser sends. */
import type { Context } from 'hono';
import { bodyText, mediaTypeOf } from '../http/body.ts';
import { HttpProblem } from '../http/errors.ts';

/**
 * The fields of a form of ours. Forms of other sites are refused: browsers say where a form stood (Fetch Metadata).
 * @throws {HttpProblem} where it is no form, or another site's
 */
export async function formOf(c: Context): Promise<URLSearchParams> {
  const site = c.req.header('Sec-Fetch-Site');
  if (site !== undefined && site !== 'same-origin' && site !== 'none') {
    throw new HttpProblem('malformed-request', 'This form was sent from another site.');
  }
  if (mediaTypeOf(c) !== 'application/x-www-form-urlencoded') {
    throw new HttpProblem('unsupported-type', 'Send the form as application/x-www-form-urlencoded.');
  }
  const text = await bodyText(c);
  if (text === undefined) throw new HttpProblem('malformed-request', 'The form is no UTF-8.');
  return new URLSearchParams(text);
}
