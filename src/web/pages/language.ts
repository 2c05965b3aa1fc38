/** Which language a page speaks: the one that was chosen, here or earlier, else the one that the browser prefers. */
import type { Context } from 'hono';
import type { Language } from '../../provider/phrases.ts';

/** The same words in every language; a page's table of texts is one. */
export type InEach<T> = Readonly<Record<Language, T>>;

export const languages = ['en', 'de'] as const satisfies readonly Language[];

/** Each language's own name for itself. */
export const languageNames: InEach<string> = { en: 'English', de: 'Deutsch' };

const secondsRemembered = 31_536_000;

/** The language of the answer to a request. */
export function languageOf(c: Context): Language {
  return chosen(c) ?? remembered(c.req.header('Cookie')) ?? preferred(c.req.header('Accept-Language'));
}

/** The cookie for a language that was chosen by `?lang=`; undefined where none was, because then there is no cookie. */
export function languageCookie(c: Context, isHttps: boolean): string | undefined {
  const language = chosen(c);
  if (language === undefined) return undefined;
  const secure = isHttps ? '; Secure' : '';
  return `lang=${language}; Path=/; Max-Age=${secondsRemembered}; SameSite=Lax; HttpOnly${secure}`;
}

/** The address of this very page in another language, relative to it. What may be a person's address is left out. */
export function inOtherLanguage(url: string, language: Language): string {
  const kept = [...new URL(url).searchParams].filter(([name, value]) => name !== 'lang' && !value.includes('@'));
  return `?${String(new URLSearchParams([...kept, ['lang', language]]))}`;
}

/** German where it is wanted more than English (RFC 9110 section 12.5.4); English for everybody else. */
export function preferred(header = ''): Language {
  const weight = (wanted: Language): number =>
    Math.max(
      ...header.split(',').map((part) => {
        const [range = '', ...parameters] = part
          .toLowerCase()
          .split(';')
          .map((piece) => piece.trim());
        const q = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
        return range.split('-')[0] === wanted ? Number(q ?? 1) || 0 : 0;
      }),
    );
  return weight('de') > weight('en') ? 'de' : 'en';
}

function chosen(c: Context): Language | undefined {
  return known(new URL(c.req.url).searchParams.get('lang'));
}

function remembered(header = ''): Language | undefined {
  return known(/(?:^|;\s*)lang=(\w+)\s*(?:;|$)/.exec(header)?.[1]);
}

function known(text: string | null | undefined): Language | undefined {
  return languages.find((language) => language === text);
}
