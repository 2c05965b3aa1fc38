/** Options that several commands share, and where their defaults come from. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { Complaint, misuse } from './say.ts';

/** The data that came with the program. */
export const shippedData = fileURLToPath(new URL('../../data', import.meta.url));

/** `--data DIR` */
export const dataOption = { data: { type: 'string' } } as const;
/** `--db FILE` */
export const dbOption = { db: { type: 'string' } } as const;
/** `--json` */
export const jsonOption = { json: { type: 'boolean' } } as const;

export function dataDir(given: string | undefined): string {
  return given === undefined ? shippedData : resolve(given);
}

/** `--db`, else the environment's MAILATLAS_DB, else `mailatlas.db` in the working directory. */
export function dbFile(given: string | undefined): string {
  return resolve(given ?? (process.env.MAILATLAS_DB || 'mailatlas.db'));
}

/** The same for commands that need no database, and make none. @throws {Complaint} where `--db` names no file */
export function dbFileIfThere(given: string | undefined): string | undefined {
  const file = dbFile(given);
  if (existsSync(file)) return file;
  if (given !== undefined) throw new Complaint(`there is no ${given}`, { tip: 'mailatlas load makes a database' });
  return undefined;
}

/** The same for `serve --only`, which needs none: what is served is in the folder. A file keeps what `--verify` saw. */
export function ownDbFile(given: string | undefined): string {
  const file = given ?? process.env.MAILATLAS_DB;
  return file ? resolve(file) : ':memory:';
}

/** A URL that leads to a whole server, or to all below a path of it; undefined for any other one, and for one with a secret. */
export function serverUrlOf(text: string): URL | undefined {
  const url = URL.parse(text);
  const isPlain =
    url && /^https?:$/.test(url.protocol) && `${url.username}${url.password}${url.search}${url.hash}` === '';
  return isPlain ? url : undefined;
}

/** Without a slash at its end, because paths are put behind it. */
export function withoutSlash({ href }: URL): string {
  return href.replace(/(?<!\/)\/+$/, '');
}

/** `--url URL`, without a slash at its end. @throws {Complaint} where it is none */
export function ownUrl(text: string, command: string): string {
  const url = serverUrlOf(text);
  if (!url) throw misuse(`“${text}” is not a URL such as https://mailatlas.example`, command);
  return withoutSlash(url);
}

/** Who is asked and who may be dialled: options of all that call strangers' servers. */
export const reachOptions = {
  resolver: { type: 'string' },
  ca: { type: 'string' },
  'allow-private': { type: 'boolean' },
} as const;

/** Their lines in the help of a command. */
export const reachUsage = `\
  --resolver HOST:PORT    the DNS server (default: the system's)
  --ca FILE               trust these certificates (PEM), too
  --allow-private         dial private, loopback and other special addresses, too
`;

/** `--timeout SECONDS`. @throws {Complaint} for what is none */
export function secondsOf(text: string | number, most: number, command: string): number {
  const seconds = Number(text);
  if (!(seconds > 0 && seconds <= most)) throw misuse(`--timeout takes seconds, from 1 to ${most}`, command);
  return seconds;
}

/** German where the environment speaks it (LC_ALL, LC_MESSAGES, LANG), else English. */
export function language(): 'en' | 'de' {
  const { LC_ALL, LC_MESSAGES, LANG } = process.env;
  return (LC_ALL || LC_MESSAGES || LANG || '').startsWith('de') ? 'de' : 'en';
}
