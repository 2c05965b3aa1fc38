/** Options that several commands share, and where their defaults come from. */
import { resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { misuse } from './say.ts';

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

/** The same for `serve --only`, which needs none: what is served is in the folder. A file keeps what `--verify` saw. */
export function ownDbFile(given: string | undefined): string {
  const file = given ?? process.env.MAILATLAS_DB;
  return file ? resolve(file) : ':memory:';
}

/** `--url URL`, without a slash at its end, because paths are put behind it. @throws {Complaint} where it is none */
export function ownUrl(text: string, command: string): string {
  const url = URL.parse(text);
  const isPlain = url && /^https?:$/.test(url.protocol) && `${url.username}${url.search}${url.hash}` === '';
  if (!isPlain) throw misuse(`“${text}” is not a URL such as https://mailatlas.example`, command);
  return url.href.replace(/(?<!\/)\/+$/, '');
}

/** `--resolver HOST:PORT` */
export const resolverOption = { resolver: { type: 'string' } } as const;

/** German where the environment speaks it (LC_ALL, LC_MESSAGES, LANG), else English. */
export function language(): 'en' | 'de' {
  const { LC_ALL, LC_MESSAGES, LANG } = process.env;
  return (LC_ALL || LC_MESSAGES || LANG || '').startsWith('de') ? 'de' : 'en';
}
