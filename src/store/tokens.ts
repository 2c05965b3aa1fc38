/** Tokens of reviewers, admins and agents. */
import { and, asc, eq, isNull } from 'drizzle-orm';
import { type Db, type Statement, type Store, StoreError } from './db.ts';
import { token } from './schema.ts';
import { isSecret, newSecret, secretHash } from './secret.ts';

export const roles = ['reviewer', 'admin', 'agent'] as const;
export type Role = (typeof roles)[number];

/** A token as it may be shown. */
export interface Token {
  readonly name: string;
  readonly role: Role;
  /** ISO 8601. */
  readonly created: string;
  /** The day, ISO 8601. */
  readonly lastUsed: string | null;
  readonly revoked: string | null;
}

const columns = {
  name: token.name,
  role: token.role,
  created: token.created,
  lastUsed: token.lastUsed,
  revoked: token.revoked,
};

/**
 * Makes a token.
 * @param name of a person or an agent: nobody else has it while this token is good
 * @param now ISO 8601
 * @returns the secret, which nobody can get again; undefined where there is a token of this name
 */
export async function createToken({ db }: Store, name: string, role: Role, now: string): Promise<string | undefined> {
  const { secret, row } = newToken(name, role, now);
  const made = await db.insert(token).values(row).onConflictDoNothing().returning({ n: token.n });
  return made.length === 0 ? undefined : secret;
}

/** The same for a database that is elsewhere: the statement fails where there is a token of this name. */
export function tokenStatement(
  db: Db,
  name: string,
  role: Role,
  now: string,
): { secret: string; statement: Statement } {
  const { secret, row } = newToken(name, role, now);
  return { secret, statement: db.insert(token).values(row) };
}

function newToken(name: string, role: Role, now: string) {
  const secret = newSecret('mat');
  return { secret, row: { name, role, hash: secretHash(secret), created: now } };
}

/** Every token there ever was, the oldest first. */
export async function readTokens(db: Db): Promise<Token[]> {
  return db.select(columns).from(token).orderBy(asc(token.n));
}

/** From now on the token is none. */
export function revokeToken(db: Db, name: string, now: string): Statement {
  return db
    .update(token)
    .set({ revoked: now })
    .where(and(eq(token.name, name), isNull(token.revoked)));
}

/**
 * Whose token it is, if it may act in this role: an admin may do what a reviewer may.
 * @param now ISO 8601; the day is remembered
 * @returns why not: nobody's token, or of another role
 */
export async function authenticate(
  store: Store,
  secret: string,
  role: Role,
  now: string,
): Promise<Token | 'unknown' | 'other-role'> {
  const { db } = store;
  // Compared one by one: there are few, and an index would tell by its time how much of a digest is right.
  const living = await db
    .select({ ...columns, n: token.n, hash: token.hash })
    .from(token)
    .where(isNull(token.revoked));
  const found = living.find(({ hash }) => isSecret(secret, hash));
  if (!found) return 'unknown';
  const { n, hash: _, ...shown } = found;
  if (shown.role !== role && !(shown.role === 'admin' && role === 'reviewer')) return 'other-role';
  const today = now.slice(0, 10);
  if (shown.lastUsed !== today) {
    try {
      await store.atomically([db.update(token).set({ lastUsed: today }).where(eq(token.n, n))]);
    } catch (error) {
      // A full disk keeps nobody out: the day is for show.
      if (!(error instanceof StoreError)) throw error;
    }
  }
  return { ...shown, lastUsed: today };
}
