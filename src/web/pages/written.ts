/** Numbers and dates as people of a language write them. Instants are UTC, because nobody knows where the reader is. */
import { html } from 'hono/html';
import type { Language } from '../../provider/phrases.ts';
import type { InEach } from './language.ts';

const locales: InEach<string> = { en: 'en-GB', de: 'de-DE' };

export function writtenNumber(value: number, language: Language): string {
  return value.toLocaleString(locales[language]);
}

/** @param date YYYY, YYYY-MM, YYYY-MM-DD or an instant in ISO 8601, of which the day counts */
export function writtenDate(date: string, language: Language): string {
  const [year = '', month, day] = date.slice(0, 10).split('-');
  const format: Intl.DateTimeFormatOptions = {
    year: 'numeric',
    ...(month !== undefined && { month: 'long' }),
    ...(day !== undefined && { day: 'numeric' }),
    timeZone: 'UTC',
  };
  const at = new Date(Date.UTC(Number(year), Number(month ?? 1) - 1, Number(day ?? 1)));
  return at.toLocaleDateString(locales[language], format);
}

/** Day and month, where the year is clear. @param date YYYY-MM-DD or an instant */
export function shortDate(date: string, language: Language): string {
  const format = { day: 'numeric', month: 'short', timeZone: 'UTC' } as const;
  return new Date(`${date.slice(0, 10)}T00:00:00Z`).toLocaleDateString(locales[language], format);
}

/** @param instant ISO 8601 */
export function writtenInstant(instant: string, language: Language): string {
  const time = new Date(instant).toLocaleTimeString(locales[language], {
    hour: '2-digit',
    minute: '2-digit',
    timeZone: 'UTC',
  });
  return `${writtenDate(instant, language)}, ${time}${language === 'de' ? ' Uhr' : ''} UTC`;
}

/** Day and time of day, that programs can read, too. */
export function instantElement(instant: string, language: Language) {
  return html`<time datetime="${instant}">${writtenInstant(instant, language)}</time>`;
}

/** A day that programs can read, too; on an instant the pointer shows the time of day. */
export function dateElement(date: string, language: Language) {
  const title = date.includes('T') ? html` title="${writtenInstant(date, language)}"` : '';
  return html`<time datetime="${date}"${title}>${writtenDate(date, language)}</time>`;
}
