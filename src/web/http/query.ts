/**
 * Query parameters, read raw. Mail clients put addresses into URLs without encoding them (the autoconfig draft's own
 * examples do), and the usual form decoding would turn `fred+lists@…` into `fred lists@…`: here `+` stays `+`.
 */
import { HttpProblem } from './errors.ts';

/** The first parameter of that name, whatever its case; undefined where it is missing or empty. */
export function queryParameter(url: string, name: string): string | undefined {
  const start = url.indexOf('?');
  if (start < 0) return undefined;
  const query = url.slice(start + 1).split('#', 1)[0] ?? '';
  for (const part of query.split('&')) {
    const [key = '', ...value] = part.split('=');
    if (key.toLowerCase() === name) return decode(value.join('='), name) || undefined;
  }
  return undefined;
}

/** All parameters of these names, as an object for a schema to judge. */
export function queryParameters<N extends string>(url: string, names: readonly N[]): Partial<Record<N, string>> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = queryParameter(url, name);
      return value === undefined ? [] : [[name, value]];
    }),
  ) as Partial<Record<N, string>>;
}

/** A number that we gave something, as it stands in a path; undefined for everything else. */
export function numberIn(text = ''): number | undefined {
  return /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined;
}

/** Whether somebody's address may be in the path or the query. Then nobody may keep the answer, a refusal included. */
export function carriesAddress(url: string): boolean {
  if (/^[^/]*\/\/[^/]*\/.*(@|%40)/i.test(url)) return true;
  if (!url.includes('?')) return false;
  try {
    return queryParameter(url, 'emailaddress') !== undefined || queryParameter(url, 'email') !== undefined;
  } catch {
    return true;
  }
}

/** A placeholder that a client forgot to fill in counts as nothing. It is no valid percent-encoding either. */
function decode(value: string, name: string): string {
  if (/^(%|%25)EMAIL(ADDRESS|LOCALPART|DOMAIN)(%|%25)$/i.test(value)) return '';
  try {
    return decodeURIComponent(value).trim();
  } catch {
    throw new HttpProblem('malformed-query', `The parameter “${name}” has a “%” that encodes nothing.`);
  }
}
