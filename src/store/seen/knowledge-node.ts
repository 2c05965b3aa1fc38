/**
 * What is known, read straight from the file: for commands that answer without a server. They must not wait for drizzle
 * (half a second), and must not make or change a database.
 */
import { existsSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import type { Domain } from '../../name/domain.ts';
import { type EndpointKey, type Knowledge, nothingKnown, type SignIn, type Status } from '../../provider/model.ts';
import { StoreError } from '../db.ts';

interface StatusLine extends Omit<Status, 'checkedAt' | 'vantage'> {
  readonly endpoint: EndpointKey;
  readonly checkedAt: string | null;
  readonly vantage: string | null;
}

/** As readStatuses() tells it (statuses.ts); test/store/seen/knowledge.test.ts holds the two together. */
const statuses = `
  WITH own AS (
    SELECT endpoint, CASE WHEN stale_at <= :now THEN 'unverified' ELSE status END AS status,
      CASE WHEN stale_at <= :now THEN stale_at ELSE since END AS since,
      CASE WHEN stale_at <= :now THEN 'stale' ELSE reason END AS reason, checked_at AS checkedAt
    FROM status),
  theirs AS (
    SELECT heard.endpoint, heard.status, heard.since, heard.reason, heard.checked_at AS checkedAt, vantage
    FROM heard LEFT JOIN own USING (endpoint)
    WHERE heard.stale_at > :now AND coalesce(own.status, 'unverified') = 'unverified'
      AND heard.checked_at > coalesce(own.checkedAt, ''))
  SELECT *, NULL AS vantage FROM own WHERE endpoint NOT IN (SELECT endpoint FROM theirs)
  UNION ALL SELECT * FROM theirs`;

/**
 * @param now ISO 8601
 * @returns nothing known where there is no such file, or one of a version that knew nothing yet
 * @throws {StoreError} where the file cannot be read: what is under quarantine would be given
 */
export function readKnowledgeFile(file: string, now: string): Knowledge {
  if (!existsSync(file)) return nothingKnown;
  let sqlite: Sqlite.Database | undefined;
  try {
    sqlite = new Sqlite(file, { readonly: true, timeout: 5000 });
    const isNew = sqlite.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'sign_in'`).get() !== undefined;
    if (!isNew) return nothingKnown;
    const lines = sqlite.prepare(statuses).all({ now }) as StatusLine[];
    const names = sqlite.prepare('SELECT name, at, why FROM quarantine WHERE lifted_at IS NULL').all() as {
      name: Domain;
      at: string;
      why: string;
    }[];
    const worked = sqlite.prepare('SELECT endpoint, at, level FROM sign_in').all() as (SignIn & {
      endpoint: EndpointKey;
    })[];
    return {
      statuses: new Map(lines.map(({ endpoint, ...line }) => [endpoint, withoutNulls(line)])),
      quarantine: new Map(names.map(({ name, ...why }) => [name, why])),
      signIns: new Map(worked.map(({ endpoint, ...signIn }) => [endpoint, signIn])),
    };
  } catch (error) {
    throw new StoreError(
      `the database ${file} cannot be read (${error instanceof Error ? error.message : String(error)})`,
      'it says what is under quarantine; name another one with --db FILE',
    );
  } finally {
    sqlite?.close();
  }
}

function withoutNulls(line: Omit<StatusLine, 'endpoint'>): Status {
  return Object.fromEntries(Object.entries(line).filter(([, value]) => value !== null)) as unknown as Status;
}
