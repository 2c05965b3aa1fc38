/**
 * A D1 database from far away: the tests are in Node, and a Worker (d1-worker.ts) hands their statements to D1's own binding,
 * a batch at a time. Wrangler's own way there takes five milliseconds a statement.
 */
import type { D1Database, D1PreparedStatement } from '@cloudflare/workers-types';

/** What the Worker is asked. */
export interface Asked {
  readonly how: 'all' | 'run' | 'raw' | 'batch';
  readonly statements: readonly { readonly sql: string; readonly values: readonly unknown[] }[];
}

/**
 * Makes the database that is asked like this new, as often as one likes.
 * @param send to a Worker that answers as d1-worker.ts does, and whose database is migrated
 */
export async function emptied(
  send: (asked: Asked) => Promise<{ json(): Promise<unknown> }>,
): Promise<() => Promise<D1Database>> {
  const database = distant(async (asked) => {
    const response = await send(asked);
    const { result, error } = (await response.json()) as { result?: unknown; error?: string };
    if (error !== undefined) throw new Error(error);
    return result;
  });
  // What wrangler's migrations made, so that each test has it anew without wrangler.
  const { results: made } = await database
    .prepare(
      `SELECT type, name, sql FROM sqlite_schema
       WHERE sql IS NOT NULL AND name NOT GLOB '_cf_*' AND name NOT GLOB 'sqlite_*' ORDER BY rowid`,
    )
    .bind()
    .all<{ type: string; name: string; sql: string }>();
  const tables = made.filter(({ type }) => type === 'table');
  return async () => {
    const drop = tables.map(({ name }) => database.prepare(`DROP TABLE "${name}"`).bind());
    await database.batch([...drop, ...made.map(({ sql }) => database.prepare(sql).bind())]);
    return database;
  };
}

/** As much of the binding as drizzle uses. */
function distant(ask: (asked: Asked) => Promise<unknown>): D1Database {
  const texts = new WeakMap<object, Asked['statements'][number]>();
  const textOf = (statement: object) => texts.get(statement) ?? { sql: '', values: [] };
  const bind = (sql: string, values: readonly unknown[]) => {
    const send = (how: Asked['how']) => () => ask({ how, statements: [{ sql, values }] });
    const statement = { all: send('all'), run: send('run'), raw: send('raw') };
    texts.set(statement, { sql, values });
    return statement as unknown as D1PreparedStatement;
  };
  return {
    prepare: (sql: string) => ({ bind: (...values: unknown[]) => bind(sql, values) }),
    batch: (statements: readonly object[]) => ask({ how: 'batch', statements: statements.map(textOf) }),
  } as unknown as D1Database;
}
