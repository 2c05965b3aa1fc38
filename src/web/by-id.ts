/** The record that a path names. */
import type { Context } from 'hono';
import type { Provider } from '../provider/model.ts';
import { sourceOf } from './find.ts';
import { HttpProblem } from './http/errors.ts';
import type { Deps, Served } from './served/served.ts';

/** A record and what is served around it, or where it is now. */
export type Named = { readonly provider: Provider; readonly served: Served } | { readonly renamed: string };

/**
 * By its id, or by one of former times.
 * @throws {HttpProblem} where there is none
 */
export async function byId(deps: Deps, c: Context): Promise<Named> {
  const source = sourceOf(deps);
  const found = await source.byId((c.req.param('id') ?? '').toLowerCase());
  if (!found)
    throw new HttpProblem('unknown-provider', 'There is no record with this id; GET /api/v1/providers lists them.');
  return 'renamed' in found ? found : { ...found, served: await source.around(found.provider) };
}
