/** The lists of an operator who serves domains of their own, for `serve`. */
import { resolve } from 'node:path';
import type { HostingOptions } from '../web/hosting-node.ts';
import { misuse } from './say.ts';

export const hostingOptions = {
  only: { type: 'string' },
  domains: { type: 'string' },
  'domains-sql': { type: 'string' },
  'domains-db': { type: 'string' },
  logins: { type: 'string' },
  'logins-sql': { type: 'string' },
  'logins-db': { type: 'string' },
} as const;

export const hostingUsage = `  --only DIR            serve the records of this folder and nothing else: for one's own domains. Without --db nothing is
                        kept on disk; with it, name a file that no other server uses. DNS is asked only where one of
                        the records names “mx”
  --domains FILE        domains that are served beside those of the records, one a line: “example.com record-id”, or the
                        domain alone where there is one record; “#” begins a comment. Read again when it changes, and on
                        SIGHUP; a list that is broken by then leaves the old one
  --domains-sql SELECT --domains-db FILE
                        the same from a mail server's SQLite file: a column for the domain, perhaps one for the record.
                        Asked again every minute
  --logins FILE         addresses that sign in by another name than their record says, one a line: “address login”.
                        Whoever asks with such an address is told the login
  --logins-sql SELECT --logins-db FILE
                        the same by a query that has :address in it, for each who asks with an address
`;

type Values = { [K in keyof typeof hostingOptions]?: string | undefined };

/** @returns undefined where none of these options is given @throws {Complaint} where they do not fit together */
export function readHosting(values: Values): HostingOptions | undefined {
  const domains = sourceOf(values, 'domains');
  const logins = sourceOf(values, 'logins');
  if (logins && 'sql' in logins && !/[:@$]address\b/.test(logins.sql)) {
    throw misuse('--logins-sql needs :address in it, such as “SELECT login FROM user WHERE mail = :address”', 'serve');
  }
  if (values.only === undefined && !domains && !logins) return undefined;
  return { ...(values.only !== undefined && { only: true }), ...(domains && { domains }), ...(logins && { logins }) };
}

function sourceOf(values: Values, name: 'domains' | 'logins') {
  const [file, sql, db] = [values[name], values[`${name}-sql`], values[`${name}-db`]];
  if (file !== undefined && (sql ?? db) !== undefined)
    throw misuse(`--${name} is a file, or a query: not both`, 'serve');
  if ((sql === undefined) !== (db === undefined))
    throw misuse(`--${name}-sql and --${name}-db need each other`, 'serve');
  if (file !== undefined) return { file: resolve(file) };
  return sql !== undefined && db !== undefined ? { sql, db: resolve(db) } : undefined;
}
