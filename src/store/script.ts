/**
 * A load as a text of SQL, for a database that is elsewhere (D1, `wrangler d1 execute --file`). What the database holds comes
 * as the answer to {@link stateQuery}; a copy of it in memory is loaded, and what is written there is written down.
 *
 * The text begins with the guard of the generation (generation.ts): where anybody has written to the database since it was
 * asked, the first statement fails, and nothing of the text happens.
 */
import * as z from 'zod';
import { inParts, type Statement, type Store, StoreError } from './db.ts';
import { meta, overlay, provider } from './schema.ts';

/** D1 takes statements of so many octets (developers.cloudflare.com/d1/platform/limits). */
const mostOctets = 100_000;

/** What a load needs to know of a database, as one question. */
export const stateQuery = `SELECT 'provider' AS kind, id AS key, digest AS value FROM provider
UNION ALL SELECT 'meta', key, value FROM meta WHERE key IN ('generation', 'lists-digest', 'loaded', 'names', 'projection')
UNION ALL SELECT 'overlay', id, json_object('number', number, 'baseDigest', base_digest, 'json', json, 'at', at) FROM overlay`;

const Row = z.object({ kind: z.enum(['provider', 'meta', 'overlay']), key: z.string(), value: z.string() });
/** As `wrangler d1 execute --json` prints it. */
const Answer = z.tuple([z.object({ results: z.array(Row) })]);
const OverlayRow = z.object({
  number: z.int(),
  baseDigest: z.string().nullable(),
  json: z.string().nullable(),
  at: z.string(),
});

/** Fills an empty store with what the answer says, as far as a load looks at it. @throws {StoreError} where it is no answer */
export async function putState(store: Store, text: string): Promise<void> {
  const { db } = store;
  const rows = readAnswer(text);
  // Built when its turn comes: twenty thousand statements at once take their memory.
  for (const some of inParts(rows, 500)) {
    await store.atomically(
      some.map(({ kind, key, value }) => {
        if (kind === 'provider') return db.insert(provider).values({ id: key, digest: value, json: '{}' });
        if (kind === 'meta') return db.insert(meta).values({ key, value });
        return db.insert(overlay).values({ id: key, ...OverlayRow.parse(JSON.parse(value)) });
      }),
    );
  }
}

function readAnswer(text: string): readonly z.infer<typeof Row>[] {
  try {
    return Answer.parse(JSON.parse(text))[0].results;
  } catch {
    throw new StoreError(
      'the state is not what the database answers',
      'ask for it with wrangler d1 execute NAME --remote --json --command "$(mailatlas load --d1-query)"',
    );
  }
}

/** The store with an ear: whatever is written to it is also told as SQL, statement by statement. */
export function toldAsSql(store: Store, tell: (sql: string) => void): Store {
  return {
    ...store,
    atomically(statements) {
      const told = function* () {
        for (const statement of statements) {
          tell(asText(statement));
          yield statement;
        }
      };
      return store.atomically(told());
    },
  };
}

/** @throws {StoreError} for a statement that is longer than D1 takes */
export function asText(statement: Statement): string {
  // Every builder of drizzle has it; the type that they share does not say so.
  const { sql, params } = (statement as unknown as { toSQL(): { sql: string; params: unknown[] } }).toSQL();
  const values = params.values();
  const text = sql.replaceAll(/'(?:[^']|'')*'|"[^"]*"|\?/g, (part) =>
    part === '?' ? literal(values.next().value) : part,
  );
  const octets = new TextEncoder().encode(text).length;
  if (octets > mostOctets)
    throw new StoreError(
      `a statement has ${octets} octets, and D1 takes ${mostOctets}: ${text.slice(0, 80)} …`,
      'a record or a list is too large: divide it',
    );
  return `${text};`;
}

function literal(value: unknown): string {
  if (value === null) return 'NULL';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`;
  throw new TypeError(`no literal of ${typeof value}`);
}
