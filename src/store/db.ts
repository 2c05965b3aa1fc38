/**
 * One database type for both drivers (better-sqlite3 on Node, D1 on Workers), and the one way to write several rows as
 * one: D1 refuses BEGIN and better-sqlite3 refuses asynchronous transactions, so nothing here uses `db.transaction`.
 */
import { inArray, type SQL, sql } from 'drizzle-orm';
import type { RunnableQuery } from 'drizzle-orm/runnable-query';
import type { BaseSQLiteDatabase, SQLiteColumn } from 'drizzle-orm/sqlite-core';
import type * as schema from './schema.ts';

/** Queries are built by drizzle; always `await` them, on Node too. */
export type Db = BaseSQLiteDatabase<'sync' | 'async', unknown, typeof schema>;

/** A statement that was built and not yet run. */
export type Statement = RunnableQuery<unknown, 'sqlite'> & { run(): unknown };

/** Texts of one statement: D1 binds at most 100 parameters, and a statement has some of its own. */
export const boundAtOnce = 80;

/** All of them, so many at a time. */
export function* inParts<T>(all: readonly T[], size: number = boundAtOnce): Generator<T[]> {
  for (let start = 0; start < all.length; start += size) yield all.slice(start, start + size);
}

/** That a column is one of these texts, however many they are. */
export function among(column: SQLiteColumn, texts: readonly string[]): SQL {
  return texts.length <= boundAtOnce
    ? inArray(column, texts)
    : sql`${column} IN (SELECT value FROM json_each(${JSON.stringify(texts)}))`;
}

export interface Store {
  readonly db: Db;
  /** Runs the statements in order, all or none. On Node each is asked for when its turn comes. */
  atomically(statements: Iterable<Statement>): Promise<void>;
  /** How many statements one `atomically` can take. */
  readonly batchSize: number;
  /** A number that differs when another connection has changed the database; undefined where the driver cannot tell. */
  dataVersion(): number | undefined;
  /**
   * What was deleted leaves the file, too, and not only the tables. False where another process still reads what was; then
   * try again. Undefined where the driver keeps files that nobody can reach.
   */
  scrub?(): boolean;
  close(): void;
}

/** Whether a batch failed with this: drizzle puts the driver's own error behind its own. */
export function failedWith(error: unknown, what: RegExp): boolean {
  return error instanceof Error && what.test(`${error.message} ${String(error.cause)}`);
}

/** The database cannot be used as it is. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly tip: string;
  /** It can be read, and there is no room to write. */
  readonly isFull: boolean;
  constructor(message: string, tip: string, { isFull = false } = {}) {
    super(message);
    this.tip = tip;
    this.isFull = isFull;
  }
}
