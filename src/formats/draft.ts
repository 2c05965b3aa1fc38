/**
 * What an importer makes of somebody else's file: as much of a record as the file says, and a remark on everything in it
 * that was not understood or had to be changed. A draft is for a curator; it is never served as it is.
 */
import { domainOrUndefined } from '../name/domain.ts';
import { httpsUrl } from '../provider/fields.ts';
import { mendPlaceholders, placeholders } from '../provider/login.ts';
import type { Provider } from '../provider/model.ts';

export interface Remark {
  /** Where in the source: an element's path, a key. */
  readonly where: string;
  /** What was done with it, or why nothing: a clause. */
  readonly says: string;
}

/** The facts of a record that a file may hold; what a file does not say is not there. */
export type DraftRecord = Partial<Provider> & Pick<Provider, 'id' | 'domains' | 'incoming' | 'outgoing' | 'sources'>;

export interface Draft {
  readonly record: DraftRecord;
  readonly remarks: readonly Remark[];
}

/** The key under which a draft names the file it comes from. */
export const sourceKey = 'import';

/** Collects remarks while a file is read. They quote strangers: each stays a line of its own, of a bounded length. */
export class Remarks {
  readonly list: Remark[] = [];
  add(where: string, says: string): void {
    this.list.push({ where: quotable(where), says: quotable(says) });
  }
}

function quotable(text: string): string {
  const line = oneLine(text);
  return line.length > 200 ? `${line.slice(0, 150).toWellFormed()} … ${line.slice(-40).toWellFormed()}` : line;
}

/** Without line breaks, other control characters and halves of characters. */
function oneLine(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
}

/** A name as one line of at most so many characters, cut with a remark; undefined where there is nothing. */
export function importLine(text: string, max: number, where: string, remarks: Remarks): string | undefined {
  const line = oneLine(text);
  if (line.length > max) remarks.add(where, `is longer than ${max} characters; cut`);
  const cut = line
    .slice(0, max)
    .replace(/[\uD800-\uDBFF]$/, '')
    .trimEnd();
  if (cut === '') remarks.add(where, 'is empty; left out');
  return cut === '' ? undefined : cut;
}

/** An address on the web that is the same for everybody, or undefined with a remark. */
export function importUrl(text: string, where: string, remarks: Remarks): string | undefined {
  if (httpsUrl.safeParse(text).success && !text.includes('%EMAIL')) return text;
  remarks.add(where, `“${text}” is no https:// URL without placeholders; left out`);
  return undefined;
}

/** A value of foreign JSON or YAML as text: numbers are written out, anything but text and numbers is nothing. */
export function importText(value: unknown, otherwise = ''): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : otherwise;
}

/** Foreign JSON or YAML as a map; anything else is undefined. */
export function importMap(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}

/** Foreign JSON or YAML as a list; anything else is empty. */
export function importList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A host name in our form, or undefined with a remark. */
export function importHost(text: string, where: string, remarks: Remarks): string | undefined {
  const host = domainOrUndefined(text);
  if (host === undefined) remarks.add(where, `“${text}” is not a host name; left out`);
  else if (host !== text) remarks.add(where, `“${text}” was written ${host}`);
  return host;
}

/** A TCP port, or undefined with a remark. */
export function importPort(text: string, where: string, remarks: Remarks): number | undefined {
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65535) return port;
  remarks.add(where, `“${text}” is not a port; left out`);
  return undefined;
}

/** A user name template, its placeholders mended; undefined with a remark where it does not follow from the address. */
export function importUsername(text: string, where: string, remarks: Remarks): string | undefined {
  const mended = mendPlaceholders(text.trim());
  const left = mended.replace(/%[A-Z]+%/g, (placeholder) => (placeholders.has(placeholder) ? '' : placeholder));
  if (!mended.includes('%EMAIL') || left.includes('%') || /[\s\p{Cc}]/u.test(mended) || mended.length > 120) {
    remarks.add(where, `“${text}” is no user name that follows from the address; left out`);
    return undefined;
  }
  if (mended !== text.trim()) remarks.add(where, `“${text}” was mended to ${mended}`);
  return mended;
}

/** A word of a foreign vocabulary in ours, or undefined with a remark. */
export function importWord<T extends string>(
  table: Readonly<Record<string, T>>,
  text: string,
  where: string,
  remarks: Remarks,
): T | undefined {
  const word = Object.hasOwn(table, text.toLowerCase()) ? table[text.toLowerCase()] : undefined;
  if (word === undefined) remarks.add(where, `“${text}” is not understood; left out`);
  return word;
}
