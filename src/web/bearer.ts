/** Who may do what only some may: a token as Bearer (RFC 6750 section 2.1). */
import type { Context } from 'hono';
import type { Role, Token } from '../store/tokens.ts';
import { HttpProblem } from './http/errors.ts';
import { needsSecret } from './http/respond.ts';
import type { Deps } from './served/served.ts';

/** The secret of a request; undefined where it has none. */
export function bearerOf(c: Context): string | undefined {
  return /^Bearer +(?<secret>[\w.~+/-]+=*) *$/i.exec(c.req.header('Authorization') ?? '')?.groups?.['secret'];
}

/**
 * The token of a request that needs one.
 * @throws {HttpProblem} where there is none, or it is of another role
 */
export async function tokenOf(
  deps: Pick<Deps, 'authenticate'>,
  c: Context,
  role: Role,
): Promise<Pick<Token, 'name' | 'role'>> {
  needsSecret(c);
  const secret = bearerOf(c);
  const token = secret === undefined ? 'unknown' : ((await deps.authenticate?.(secret, role)) ?? 'unknown');
  if (token === 'unknown') throw new HttpProblem('no-token', `This needs a good token of role ${role}, as Bearer.`);
  if (token === 'other-role') throw new HttpProblem('wrong-role', `This needs a token of role ${role}.`);
  return token;
}
