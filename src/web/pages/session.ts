/**
 * Reviewers sign in with their token, which the browser keeps as a cookie that no script can read, that goes to `/review`
 * alone, never comes along from another site, and is forgotten after a working day. There is nothing else to be stolen, and
 * a revoked token ends every session. Forms carry a digest of it, which no other site can know.
 */
import type { Context } from 'hono';
import { isSecret, secretHash } from '../../store/secret.ts';
import type { Token } from '../../store/tokens.ts';
import type { By } from '../../submit/desk.ts';
import { HttpProblem } from '../http/errors.ts';
import type { Deps } from '../served/served.ts';
import { formOf } from './form-body.ts';

export interface Session {
  readonly by: By;
  /** For every form of this session. */
  readonly formKey: string;
}

const seconds = 8 * 3600;

/**
 * Browsers take a cookie with a name that begins like this over TLS alone (RFC 6265bis section 4.1.3.1). `__Host-` would also
 * keep subdomains from setting it, but is for the path `/` alone, and the token is to go to `/review` and nowhere else.
 */
const nameOf = (secure: boolean): string => (secure ? '__Secure-review' : 'review');

/** Whoever is signed in; undefined where nobody is, or not any more. */
export async function sessionOf(c: Context, deps: Deps): Promise<Session | undefined> {
  const name = nameOf(isHttps(deps));
  const token = (c.req.header('Cookie') ?? '')
    .split(/;\s*/)
    .find((part) => part.startsWith(`${name}=`))
    ?.slice(name.length + 1);
  return token === undefined ? undefined : signIn(deps, token);
}

/** Who has this token, if it is a reviewer's or an admin's. */
export async function signIn(deps: Pick<Deps, 'authenticate'>, token: string): Promise<Session | undefined> {
  const found: Pick<Token, 'name' | 'role'> | string | undefined = await deps.authenticate?.(token, 'reviewer');
  if (found === undefined || typeof found === 'string') return undefined;
  return { by: { actor: found.role === 'admin' ? 'admin' : 'reviewer', who: found.name }, formKey: keyOf(token) };
}

/** The form of somebody who is signed in. @throws {HttpProblem} where nobody is, or the form is not of this session */
export async function signedForm(c: Context, deps: Deps): Promise<{ session: Session; fields: URLSearchParams }> {
  const fields = await formOf(c);
  const session = await sessionOf(c, deps);
  if (!session) throw new HttpProblem('no-token', 'Nobody is signed in here (any more).');
  if (!isSecret(fields.get('key') ?? '', secretHash(session.formKey))) {
    throw new HttpProblem('malformed-request', 'This form is not of this session; open the page anew.');
  }
  return { session, fields };
}

export function sessionCookie(deps: Deps, token: string): string {
  return cookie(deps, token, seconds);
}

export function endOfSession(deps: Deps): string {
  return cookie(deps, '', 0);
}

function cookie(deps: Deps, value: string, age: number): string {
  const secure = isHttps(deps);
  return `${nameOf(secure)}=${value}; Path=/review; Max-Age=${age}; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
}

function isHttps({ url }: Pick<Deps, 'url'>): boolean {
  return url?.startsWith('https:') ?? false;
}

function keyOf(token: string): string {
  return secretHash(`form ${token}`);
}
