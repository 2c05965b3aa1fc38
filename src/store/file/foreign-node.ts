/**
 * Questions to somebody else's SQLite file: a mail server's tables of domains and logins. It is opened for reading alone,
 * for each question anew, so that a file that was replaced is seen and nobody's writer ever waits for us.
 */
import Sqlite from 'better-sqlite3';
import { StoreError } from '../db.ts';

/** Milliseconds that a question waits for the mail server's own writer; nothing else is answered meanwhile. */
const patience = 250;

type Cell = string | number | bigint | Buffer | null;

/**
 * The rows of a query, each cell as a text (NULL: an empty one).
 * @param sql one SELECT
 * @param parameters for `:name` in it
 * @throws {StoreError} in SQLite's words, which never hold a parameter's value
 */
export function queryForeign(
  file: string,
  sql: string,
  { parameters, most = 1_000_000 }: { parameters?: Readonly<Record<string, string>>; most?: number } = {},
): string[][] {
  let sqlite: Sqlite.Database | undefined;
  try {
    sqlite = new Sqlite(file, { readonly: true, fileMustExist: true, timeout: patience });
    const statement = sqlite.prepare(sql);
    if (!statement.reader || !statement.readonly) throw new Error('it is no question: a SELECT is needed');
    const raw = statement.raw();
    const rows: string[][] = [];
    for (const row of (parameters ? raw.iterate(parameters) : raw.iterate()) as Iterable<Cell[]>) {
      if (rows.length === most) throw new Error(`it has more than ${most} rows`);
      rows.push(row.map((cell) => (cell === null ? '' : cell.toString())));
    }
    return rows;
  } catch (error) {
    const { message } = error as Error;
    throw new StoreError(`the question to ${file} failed: ${message.replace(/\.$/, '')}`, tip(message));
  } finally {
    sqlite?.close();
  }
}

function tip(message: string): string {
  return /unable to open|directory does not exist|readonly|locked/.test(message)
    ? 'the server needs to read the file, and where it is in WAL mode to write beside it'
    : 'try it with the sqlite3 program';
}
