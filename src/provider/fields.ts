/**
 * The building blocks of the schemas: what a host name, a link, a date or a sentence looks like in `data/`.
 *
 * `meta` carries what the canonical form needs to know of a field: `prose` is always put into double quotes (an unquoted
 * `8e10066` is a number to YAML), `sorted` marks a list whose order means nothing.
 */
import * as z from 'zod';

export const line = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^\S(.*\S)?$/, { error: 'must be one line without spaces at its ends', abort: true })
    // Terminals obey the ones, and the others make a text read as another (Unicode TR 36 section 2.4).
    .refine(
      (text) => !/[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u.test(text),
      'must not contain control characters',
    );
export const prose = (max: number) => line(max).meta({ prose: true });

const label = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?';
const hostPattern = new RegExp(`^(${label}\\.)+${label}$`);
const wildcardPattern = new RegExp(`^(\\*\\.)?(${label}\\.)+${label}$`);
const templatePattern = new RegExp(`^((${label}\\.)+${label}|\\{mx\\}|(${label}\\.)*\\{domain\\})$`);

export const hostName = z
  .string()
  .max(253)
  .regex(hostPattern, 'must be a host name in lower-case A-labels, such as imap.example.com');
export const hostOrWildcard = z
  .string()
  .max(253)
  .regex(wildcardPattern, 'must be a domain such as example.com, or "*." and a domain');
export const httpsUrl = z
  .string()
  .max(2000)
  .regex(/^https:\/\/[^\s"<>{}|\\^`]+$/, { error: 'must be an absolute https:// URL', abort: true })
  .refine((text) => URL.canParse(text), 'must be an absolute https:// URL');
export const date = z
  .string()
  .regex(/^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$/, {
    error: 'must be a date: 2026, 2026-11 or 2026-11-20',
    abort: true,
  })
  .refine((text) => text.length < 10 || isCalendarDay(text), 'must be a day that there is');
export const languageText = (max: number) =>
  z.partialRecord(z.string().regex(/^[a-z]{2}$/, 'must be a two-letter language code'), prose(max));

export const hostTemplate = z
  .string()
  .max(253)
  .regex(templatePattern, 'must be a host name; in records with “mx” also {mx} or a name that ends in {domain}')
  .describe('The server’s host name. In records with “mx”: {mx} (the customer’s MX host) or {domain} are allowed.');

/** False for 31 February: Date.parse takes it for a day in March. */
function isCalendarDay(text: string): boolean {
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}
