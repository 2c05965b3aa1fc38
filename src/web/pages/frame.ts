/**
 * What all pages have in common: the document around them, navigation, language, and the headers they leave with.
 *
 * A page is a function from what it says to HTML; {@link sendPage} does the rest. Pages load nothing from another host and
 * have no script or style that the content security policy does not name.
 */
import type { Context } from 'hono';
import { html, raw } from 'hono/html';
import type { Language } from '../../provider/phrases.ts';
import { type Caching, dependsOnAsker, documentOf, page, send, sendParts } from '../http/respond.ts';
import type { Deps } from '../served/served.ts';
import { type InEach, inOtherLanguage, languageCookie, languageNames, languageOf, languages } from './language.ts';
import { icon, logo } from './marks.ts';
import { packed, packedParts } from './packed.ts';
import { style, styleSource } from './style.ts';

/** A piece of HTML, as the `html` tag makes it: what stands in it is escaped. */
export type Html = ReturnType<typeof html>;

export interface Page {
  /** In the browser's title bar, before the name of the site. */
  readonly title: string;
  /** One sentence for search engines. */
  readonly description?: string;
  /** What stands between header and footer; with the only h1. */
  readonly body: Html;
  /** Its own script, by URL; there is none without it. */
  readonly script?: string;
  /** Default 200. */
  readonly status?: 200 | 400 | 401 | 403 | 404 | 405 | 409 | 413 | 422 | 429 | 500 | 503 | 507;
  /** Default: the asker keeps it, and asks each time whether it is new. */
  readonly caching?: Caching;
}

/** What the frame says itself. */
export const texts = {
  en: {
    skip: 'Skip to the content',
    main: 'Main',
    language: 'Language',
    about: 'The right settings for every mail program, each with its source and the day it was checked.',
    more: 'More',
    licence: 'The data are in the public domain (CC0).',
  },
  de: {
    skip: 'Zum Inhalt springen',
    main: 'Hauptmenü',
    language: 'Sprache',
    about: 'Die richtigen Einstellungen für jedes Mailprogramm, mit Quelle und dem Tag der letzten Prüfung.',
    more: 'Mehr',
    licence: 'Die Daten sind gemeinfrei (CC0).',
  },
} as const satisfies InEach<Record<string, string>>;

/** A place that navigation leads to. */
interface Place {
  readonly path: string;
  readonly name: InEach<string>;
}

const inHeader: readonly Place[] = [
  { path: '/', name: { en: 'Settings', de: 'Einstellungen' } },
  { path: '/providers', name: { en: 'Providers', de: 'Anbieter' } },
  { path: '/check', name: { en: 'Check a domain', de: 'Domain prüfen' } },
  { path: '/how-mail-works', name: { en: 'How mail works', de: 'Wie Mail funktioniert' } },
  { path: '/about', name: { en: 'About mailatlas', de: 'Über mailatlas' } },
];
const inFooter: readonly Place[] = [
  { path: '/submit', name: { en: 'Submit an entry', de: 'Eintrag vorschlagen' } },
  { path: '/policy', name: { en: 'What gets in', de: 'Was aufgenommen wird' } },
  { path: '/review', name: { en: 'Review', de: 'Prüfen' } },
  { path: '/status', name: { en: 'Status', de: 'Status' } },
  { path: '/api', name: { en: 'API', de: 'API' } },
  { path: '/about#operator', name: { en: 'Imprint and contact', de: 'Impressum und Kontakt' } },
  { path: '/about#stored', name: { en: 'Privacy', de: 'Datenschutz' } },
  { path: '/about/probing', name: { en: 'Who probes mail servers', de: 'Wer Mailserver prüft' } },
];

export type FrameDeps = Pick<Deps, 'version' | 'url' | 'gzip'>;

/** Sends a page in the language of the request, which `languageOf` tells the page, too. */
export async function sendPage(c: Context, deps: FrameDeps, said: Page): Promise<Response> {
  dependsOnAsker(c);
  const { version, url } = deps;
  const language = languageOf(c);
  const text = String(await frame(c.req.url, language, version, said));
  const { document, headers } = packed(c, deps, documentOf(text, page));
  const Vary = [varies, headers['Vary']].filter((part) => part).join(', ');
  const own = headersOf(c, url, language);
  const response = send(c, document, said.caching ?? 'private-fresh', { ...headers, ...own, Vary });
  const { status = 200 } = said;
  return status === 200 ? response : new Response(response.body, { status, headers: response.headers });
}

const varies = 'Accept-Language, Cookie';

function headersOf(c: Context, url: string | undefined, language: Language): Record<string, string> {
  const cookie = languageCookie(c, url?.startsWith('https:') ?? false);
  return {
    'Content-Language': language,
    'Content-Security-Policy': policy,
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Referrer-Policy': 'no-referrer',
    ...(cookie !== undefined && { 'Set-Cookie': cookie }),
  };
}

/** Where the parts of a page go that comes in parts. */
const gap = '<!--parts-->';

/**
 * Sends a page whose body comes part by part, each shown by the browser as soon as it is there, without a script. It says
 * what is so at this moment: nobody may keep it, and search engines shall not ask for it.
 * @param fault told where a part fails; the page ends in an orderly way
 */
export async function streamPage(
  c: Context,
  deps: FrameDeps & Pick<Deps, 'gzipParts'>,
  said: Pick<Page, 'title' | 'description' | 'script'>,
  parts: AsyncIterable<Html | string>,
  fault: (error: unknown) => Html | string,
): Promise<Response> {
  dependsOnAsker(c);
  const language = languageOf(c);
  const whole = String(await frame(c.req.url, language, deps.version, { ...said, body: html`${raw(gap)}` }));
  const [head = '', foot = ''] = whole.split(gap);
  async function* all() {
    yield head;
    try {
      for await (const part of parts) yield String(part);
    } catch (error) {
      yield String(await fault(error));
    }
    yield foot;
  }
  const { body, headers } = packedParts(c, deps, all());
  const Vary = [varies, headers['Vary']].filter((part) => part).join(', ');
  const own = headersOf(c, deps.url, language);
  return sendParts(c, body, page, { ...headers, ...own, Vary, 'X-Robots-Tag': 'noindex' });
}

/** Nothing from elsewhere, nothing inline but our own style, forms only to ourselves, and no frame around the page. */
const policy = [
  "default-src 'none'",
  "base-uri 'none'",
  "connect-src 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "img-src 'self'",
  "script-src 'self'",
  `style-src ${styleSource}`,
].join('; ');

function frame(url: string, language: Language, version: string, { title, description, body, script }: Page): Html {
  const say = texts[language];
  const { pathname } = new URL(url);
  const link = ({ path, name }: Place) =>
    html`<li><a href="${path}"${path === pathname ? raw(' aria-current="page"') : ''}>${name[language]}</a></li>`;
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · mailatlas</title>
${description === undefined ? '' : html`<meta name="description" content="${description}">`}
<meta name="color-scheme" content="light dark">
<link rel="icon" href="${icon}">
<style>${raw(style)}</style>
${script === undefined ? '' : html`<script src="${script}" type="module"></script>`}
</head>
<body>
<a class="skip" href="#main">${say.skip}</a>
<header class="top">
<div class="wrap">
<a class="brand" href="/">${logo}mailatlas</a>
<nav aria-label="${say.main}"><ul>${inHeader.map(link)}</ul></nav>
<div class="tongues" role="group" aria-label="${say.language}">${languages.map((other) => tongue(url, other, language))}</div>
</div>
</header>
<main id="main" class="wrap" tabindex="-1">
${body}
</main>
<footer class="bottom">
<div class="wrap">
<p>mailatlas ${version}. ${say.about} ${say.licence}</p>
<nav aria-label="${say.more}"><ul>${inFooter.map(link)}</ul></nav>
</div>
</footer>
</body>
</html>
`;
}

/** The language itself where it is spoken already, a link to it where it is not. */
function tongue(url: string, other: Language, language: Language): Html {
  const divider = other === languages[0] ? '' : raw(' <span aria-hidden="true">·</span> ');
  const name = languageNames[other];
  return other === language
    ? html`${divider}<b>${name}</b>`
    : html`${divider}<a href="${inOtherLanguage(url, other)}" lang="${other}" hreflang="${other}">${name}</a>`;
}
