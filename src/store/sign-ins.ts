/** Sign-ins that worked, of the operator's own accounts; what did not work says more of the account than of the server. */
import type { EndpointKey, SignIn } from '../provider/model.ts';
import { among, type Db, type Statement } from './db.ts';
import { knowledgeMoved } from './generation.ts';
import { signIn } from './schema.ts';

/** Writes the newest sign-in of each endpoint. */
export function putSignIns(db: Db, worked: ReadonlyMap<EndpointKey, SignIn>): Statement[] {
  const rows = [...worked].map(([endpoint, { at, level }]) =>
    db
      .insert(signIn)
      .values({ endpoint, at, level })
      .onConflictDoUpdate({ target: signIn.endpoint, set: { at, level } }),
  );
  return rows.length === 0 ? [] : [...rows, knowledgeMoved(db)];
}

/** @param only of these endpoints */
export async function readSignIns(db: Db, only?: readonly EndpointKey[]): Promise<Map<EndpointKey, SignIn>> {
  const rows = await db
    .select()
    .from(signIn)
    .where(only && among(signIn.endpoint, only));
  return new Map(rows.map(({ endpoint, ...worked }) => [endpoint as EndpointKey, worked]));
}
