/** Lists on disk: read at the start, read again when they change. A list that is broken by then leaves the old one. */
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { Lasting } from '../net/lasting.ts';
import { sayError } from '../net/log.ts';
import { queryForeign } from '../store/file/foreign-node.ts';
import { ListError, type ListRow } from './lists.ts';

/** A text file, or a query to a mail server's SQLite file. */
export type ListSource =
  | { readonly file: string }
  | {
      readonly db: string;
      readonly sql: string;
      /** Milliseconds after which it is asked again; a minute unless given. */
      readonly every?: number;
    };

export interface KeptList {
  /** Reads it now; what is wrong is noted. */
  again(): void;
  stop(): void;
}

/** What becomes of a list. */
interface ListUse {
  /** What the lines of a file are. */
  readonly lines: (text: string) => ListRow[];
  /** Is given the rows at the start and again whenever they may have changed; throws {ListError} where they are no good. */
  readonly take: (rows: ListRow[]) => void;
  /** Is told of trouble after the start. */
  readonly note: (text: string) => void;
}

/** How often a file is looked at. It is read once it has stayed the same for one look: then nobody is writing any more. */
const lookInterval = 1000;
const queryInterval = 60_000;

/**
 * Reads a list and keeps it.
 * @throws {ListError} and {StoreError} where the list is no good at the start
 */
export function keepList(source: ListSource, { lines, take, note }: ListUse): KeptList {
  let taken: string | undefined;
  /** A hundred thousand rows take three times as long to judge as to read. */
  const read = (unlessSame = false) => {
    const rows = rowsOf(source, lines);
    const digest = digestOf(rows);
    if (unlessSame && digest === taken) return;
    taken = undefined;
    take(rows);
    taken = digest;
  };
  const trouble = new Lasting(note);
  const attempt = (unlessSame: boolean) => {
    try {
      read(unlessSame);
      trouble.over();
    } catch (error) {
      trouble.tell(`${sayError(error)}; the list stays as it was`);
    }
  };
  // Before it is read: what changes in between is then seen.
  const look = 'file' in source ? watch(source.file, () => attempt(false)) : () => attempt(true);
  read();
  const timer = setInterval(look, 'file' in source ? lookInterval : (source.every ?? queryInterval));
  timer.unref();
  return { again: () => attempt(false), stop: () => clearInterval(timer) };
}

function rowsOf(source: ListSource, lines: (text: string) => ListRow[]): ListRow[] {
  if ('sql' in source)
    return queryForeign(source.db, source.sql).map((cells, i) => ({ where: `row ${i + 1} of the query`, cells }));
  let text: string;
  try {
    text = readFileSync(source.file, 'utf8');
  } catch (error) {
    throw new ListError(`${source.file} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
  return lines(text).map(({ where, cells }) => ({ where: `${source.file}, ${where}`, cells }));
}

function digestOf(rows: readonly ListRow[]): string {
  const hash = createHash('sha256');
  for (const { cells } of rows) hash.update(JSON.stringify(cells));
  return hash.digest('base64');
}

/** A function that calls `changed` when the file is another one than at the last call, and was so at the call before. */
function watch(file: string, changed: () => void): () => void {
  let read = signature(file);
  let seen = read;
  return () => {
    const now = signature(file);
    if (now !== read && now === seen) {
      read = now;
      changed();
    }
    seen = now;
  };
}

function signature(file: string): string {
  const stat = statSync(file, { throwIfNoEntry: false, bigint: true });
  return stat ? `${stat.ino} ${stat.size} ${stat.mtimeNs}` : '';
}
