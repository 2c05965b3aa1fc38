/** What people see where a page is not, or cannot be shown. Programs get a problem in JSON (respond.ts). */
import type { Context } from 'hono';
import { html } from 'hono/html';
import { HttpProblem, mayPass, problemOf } from '../http/errors.ts';
import { isOwnHost } from '../http/own-host.ts';
import { sendProblem } from '../http/respond.ts';
import type { Deps } from '../served/served.ts';
import { type FrameDeps, type Page, sendPage } from './frame.ts';
import { type InEach, languageOf } from './language.ts';

type Said = { readonly title: string; readonly text: string };

export const texts = {
  en: {
    400: { title: 'That cannot be read', text: 'Something in the address of this page is not as it should be.' },
    404: { title: 'There is nothing here', text: 'The address is wrong, or what stood here is gone.' },
    405: { title: 'Not like this', text: 'This page can be read, not written to.' },
    429: { title: 'Too many questions at once', text: 'Please wait a minute, and try again.' },
    500: { title: 'Something went wrong', text: 'It is our fault, and it is in the log. Please try again later.' },
    503: { title: 'Not just now', text: 'The server cannot do that at the moment. Please try again later.' },
    507: { title: 'Nothing can be kept just now', text: 'There is no room left here. Please try again later.' },
    home: 'To the search for settings',
    exactly: 'More precisely',
  },
  de: {
    400: { title: 'Das ist nicht zu lesen', text: 'An der Adresse dieser Seite stimmt etwas nicht.' },
    404: { title: 'Hier ist nichts', text: 'Die Adresse stimmt nicht, oder was hier stand, ist nicht mehr da.' },
    405: { title: 'So geht es nicht', text: 'Diese Seite lässt sich lesen, aber nicht beschreiben.' },
    429: {
      title: 'Zu viele Fragen auf einmal',
      text: 'Bitte warten Sie eine Minute und versuchen Sie es noch einmal.',
    },
    500: {
      title: 'Da ist etwas schiefgegangen',
      text: 'Es liegt an uns und steht im Protokoll. Bitte versuchen Sie es später noch einmal.',
    },
    503: {
      title: 'Im Moment nicht',
      text: 'Der Server kann das gerade nicht. Bitte versuchen Sie es später noch einmal.',
    },
    507: {
      title: 'Im Moment lässt sich nichts speichern',
      text: 'Hier ist kein Platz mehr. Bitte versuchen Sie es später noch einmal.',
    },
    home: 'Zur Suche nach Einstellungen',
    exactly: 'Genauer',
  },
} as const satisfies InEach<Readonly<Record<number, Said>> & Readonly<Record<'home' | 'exactly', string>>>;

/** Paths that only programs ask for: what they get stays in their form, whatever they accept. */
const forPrograms =
  /^\/(?:api\/v1|assets|v1\.1|mx|mail|\.well-known|autodiscover|dns|preview|ask|healthz|readyz|metrics)(?:\/|$)/i;

/** Whether somebody with a browser asks for a page of this server's own. */
export function wantsPage(c: Context, { url }: Pick<Deps, 'url'>): boolean {
  const { pathname } = new URL(c.req.url);
  return (
    !forPrograms.test(pathname) && /\btext\/html\b/i.test(c.req.header('Accept') ?? '') && isOwnHost(c.req.url, url)
  );
}

/** A problem, as a page for those who want one. */
export function sendProblemFor(c: Context, deps: FrameDeps, problem: HttpProblem): Response | Promise<Response> {
  return wantsPage(c, deps) ? problemPage(c, deps, problem) : sendProblem(c, problem);
}

/** A page is for people who came by the server's own name: everybody else finds nothing here. */
export function onlyHere({ url }: Pick<Deps, 'url'>, c: Context): void {
  if (!isOwnHost(c.req.url, url)) throw new HttpProblem('unknown-route', 'There is nothing here under this host name.');
}

async function problemPage(c: Context, deps: FrameDeps, problem: HttpProblem): Promise<Response> {
  const { status, detail } = problemOf(problem);
  const say = texts[languageOf(c)];
  const said: Said = status in say ? say[status as 404] : say[status < 500 ? 400 : 500];
  const body = html`<h1>${said.title}</h1>
<p class="lead">${said.text}</p>
${problem.code === 'unknown-route' || problem.code === 'defect' ? '' : html`<p class="soft">${say.exactly}: <span lang="en">${detail}</span></p>`}
<p><a class="button" href="/">${say.home}</a></p>`;
  const response = await sendPage(c, deps, {
    title: said.title,
    body,
    status: status as NonNullable<Page['status']>,
    caching: 'no-store',
  });
  if (mayPass(status)) response.headers.set('Retry-After', '60');
  return response;
}
