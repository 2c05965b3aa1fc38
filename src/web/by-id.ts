/** The record that a path names. */
import type { Context } from 'hono';
import type { Provider } from '../provider/model.ts';
import { HttpProblem } from './errors.ts';
import type { Served } from './served.ts';

/**
 * By its id, or by one of former times.
 * @throws {HttpProblem} where there is none
 */
export function byId({ atlas }: Served, c: Context): { provider: Provider } | { renamed: string } {
  const id = (c.req.param('id') ?? '').toLowerCase();
  const provider = atlas.records.get(id);
  if (provider) return { provider };
  const renamed = atlas.renamed.get(id);
  if (renamed !== undefined) return { renamed };
  throw new HttpProblem('unknown-provider', 'There is no record with this id; GET /api/v1/providers lists them.');
}
