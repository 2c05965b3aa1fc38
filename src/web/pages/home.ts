/**
 * `GET /`: one field, and the settings of whoever's address was typed.
 *
 * With a script (browser/home.ts) people type their address; only its domain is sent, and the browser fills in the user
 * names. Without one the field asks for the domain. Who types an address nevertheless gets the answer, marked as one that
 * nobody may keep; nothing of a request is logged.
 */
import type { Context } from 'hono';
import { html } from 'hono/html';
import { answerJson } from '../../formats/json.ts';
import { renderProfile } from '../../formats/mobileconfig/render.ts';
import { accountCode } from '../../formats/thunderbird-code.ts';
import { isTemporary } from '../../lookup/ladder.ts';
import { parseAddress } from '../../name/address.ts';
import { NameError } from '../../name/domain.ts';
import { currentOf } from '../../provider/current.ts';
import { mainDomain, withHosts } from '../../provider/hosts.ts';
import type { Answer } from '../../provider/model.ts';
import type { Language } from '../../provider/phrases.ts';
import { loginOf, publishedFor, resolverFor, seek, sourceOf } from '../find.ts';
import { queryParameter } from '../http/query.ts';
import { dependsOnAsker } from '../http/respond.ts';
import type { Deps, Served } from '../served/served.ts';
import { type AnswerPage, answerSection } from './answer.ts';
import { asset } from './assets.ts';
import { errorsBox } from './errors-box.ts';
import { texts as faults } from './faults.ts';
import { type Html, sendPage } from './frame.ts';
import { type InEach, languageOf } from './language.ts';
import { missSection } from './miss.ts';
import { scripts } from './scripts.ts';

export const texts = {
  en: {
    title: 'Mail settings',
    heading: 'The right settings for your mail program',
    lead: 'Type your address, and see which servers, ports and passwords to enter, what to do first, and whether it works today.',
    domain: 'Domain of your e-mail address',
    domainHint: 'What stands after the @, such as t-online.de.',
    address: 'Your e-mail address',
    addressHint: 'Only the domain leaves your browser, never your address.',
    find: 'Find settings',
    finding: 'Looking …',
    failed: 'The server could not be reached. Please try again.',
    notHere: 'This server knows domains of its own only, and this is none of them.',
    often: 'Often looked for',
    points: [
      ['With sources', 'Every server names the page it is from, and the day somebody read it.'],
      ['Checked', 'Servers are talked to, and what was seen stands beside each of them.'],
      ['Private', 'No account, no tracking, nothing from other sites. Your address stays in your browser.'],
    ],
  },
  de: {
    title: 'Mail-Einstellungen',
    heading: 'Die richtigen Einstellungen für Ihr Mailprogramm',
    lead: 'Geben Sie Ihre Adresse ein und sehen Sie, welche Server, Ports und Passwörter einzutragen sind, was zuerst zu tun ist und ob es heute funktioniert.',
    domain: 'Domain Ihrer E-Mail-Adresse',
    domainHint: 'Was nach dem @ steht, zum Beispiel t-online.de.',
    address: 'Ihre E-Mail-Adresse',
    addressHint: 'Nur die Domain verlässt Ihren Browser, nie Ihre Adresse.',
    find: 'Einstellungen finden',
    finding: 'Wird gesucht …',
    failed: 'Der Server war nicht zu erreichen. Bitte versuchen Sie es noch einmal.',
    notHere: 'Dieser Server kennt nur eigene Domains, und diese gehört nicht dazu.',
    often: 'Oft gesucht',
    points: [
      ['Mit Quellen', 'Jeder Server nennt die Seite, von der er stammt, und den Tag, an dem sie jemand gelesen hat.'],
      ['Geprüft', 'Mit den Servern wird gesprochen, und was dabei zu sehen war, steht bei jedem.'],
      ['Privat', 'Kein Konto, kein Tracking, nichts von anderen Seiten. Ihre Adresse bleibt in Ihrem Browser.'],
    ],
  },
} as const satisfies InEach<Readonly<Record<string, string | readonly (readonly [string, string])[]>>>;

const script = asset('home.js', 'text/javascript; charset=utf-8', scripts.home);

export function homePage(deps: Deps) {
  return async (c: Context): Promise<Response> => {
    dependsOnAsker(c);
    const language = languageOf(c);
    const typed = typedIn(c);
    const say = texts[language];
    if (typed === undefined) {
      const body = html`${hero(language)}${await often(deps, language)}${errors(deps, language)}${points(language)}`;
      return sendPage(c, deps, { title: say.title, description: say.lead, body, script });
    }
    const { title, section, status, shown } = await found(deps, c, typed, language);
    const body =
      'fault' in section
        ? hero(language, shown, section.fault)
        : html`<div class="again screen">${form(language, shown)}</div>${section.html}`;
    return sendPage(c, deps, { title, body, script, status });
  };
}

/** `domain`, and `email` for whoever writes links as for the API. A text that is no percent-encoding is taken as it is. */
function typedIn(c: Context): string | undefined {
  const url = new URL(c.req.url);
  const raw = url.searchParams.get('domain') ?? url.searchParams.get('email');
  if (raw === null) return undefined;
  try {
    return queryParameter(c.req.url, 'domain') ?? queryParameter(c.req.url, 'email') ?? '';
  } catch {
    return raw;
  }
}

interface Found {
  readonly title: string;
  /** What stands in the field. */
  readonly shown: string;
  readonly section: { readonly html: Html } | { readonly fault: string };
  readonly status: 200 | 400 | 404 | 429 | 503;
}

async function found(deps: Deps, c: Context, typed: string, language: Language): Promise<Found> {
  const source = sourceOf(deps);
  let asked: ReturnType<typeof parseAddress>;
  try {
    asked = parseAddress(typed);
  } catch (error) {
    if (!(error instanceof NameError)) throw error;
    return {
      title: texts[language].title,
      shown: typed,
      section: { fault: faults[language][error.code] },
      status: 400,
    };
  }
  const wantsPublished = new URL(c.req.url).searchParams.get('published') === '1';
  const published = publishedFor(deps, c);
  const resolver = resolverFor(deps, c);
  const result = await seek(deps, c, source, [asked.domain], resolver, wantsPublished ? published : undefined);
  if ('miss' in result) {
    const { reason } = result.miss;
    if (deps.hosting?.only && !isTemporary(result.miss)) {
      const { title, notHere } = texts[language];
      return { title, shown: asked.domain, section: { fault: notHere }, status: 404 };
    }
    const section = missSection(
      result.miss,
      { asked: wantsPublished, mayAsk: published !== undefined, maySubmit: deps.submissions !== undefined },
      language,
    );
    const status = reason === 'dns-timeout' ? 503 : reason === 'dns-budget' ? 429 : 404;
    return { title: asked.domain, shown: asked.domain, section: { html: section }, status };
  }
  const { answer, served } = result;
  const page = answerPage(deps, served, answer, asked.local, loginOf(deps, asked), language);
  return {
    title: `${answer.provider.name}: ${asked.domain}`,
    shown: asked.domain,
    section: { html: answerSection(page, language) },
    status: 200,
  };
}

function answerPage(
  deps: Deps,
  { knowledge }: Served,
  answer: Answer,
  local: string | undefined,
  login: string | undefined,
  language: Language,
): AnswerPage {
  const { provider } = answer;
  const own = `/api/v1/providers/${provider.id}/mail.mobileconfig`;
  const hasProfile =
    answer.matchedBy !== 'published' &&
    'profile' in renderProfile({ answer: { ...answer, matchedBy: 'mx-name' }, knowledge, language });
  const code = accountCode(currentOf(withHosts(answer), knowledge).provider);
  return {
    answer: answerJson(answer, knowledge, local, login),
    profile: hasProfile ? `${own}?lang=${language}` : undefined,
    profileCode: hasProfile && deps.url !== undefined ? `${own}/qr.svg` : undefined,
    account: code && JSON.stringify(code),
    errors: errors(deps, language, provider.id),
  };
}

function hero(language: Language, value = '', fault?: string): Html {
  const say = texts[language];
  return html`<div class="hero"><h1>${say.heading}</h1>
<p class="lead">${say.lead}</p>
${form(language, value, fault)}</div>`;
}

/** The script turns the question for a domain into one for an address; what it says then is here already. */
function form(language: Language, value: string, fault?: string): Html {
  const say = texts[language];
  return html`<form class="find" action="/" method="get" role="search" data-finding="${say.finding}" data-failed="${say.failed}">
<label for="domain" data-address="${say.address}">${say.domain}</label>
<div class="field"><input id="domain" name="domain" type="text" value="${value}" required autocapitalize="none" autocomplete="off" spellcheck="false" inputmode="email" aria-describedby="${fault === undefined ? 'domain-hint' : 'domain-fault domain-hint'}"${fault === undefined ? '' : html` aria-invalid="true"`}>
<button class="primary">${say.find}</button></div>
${fault === undefined ? '' : html`<p class="fault" id="domain-fault">${fault}</p>`}
<p class="hint" id="domain-hint" data-address="${say.addressHint}">${say.domainHint}</p>
<p class="hint state" role="status"></p>
</form>`;
}

const famous = [
  't-online.de',
  'gmx.net',
  'web.de',
  'gmail.com',
  'outlook.com',
  'icloud.com',
  'freenet.de',
  'posteo.de',
  'yahoo.com',
];

/** Of a server with records of its own, its own. While there is no atlas yet, the page is there already. */
async function often(deps: Deps, language: Language): Promise<Html | string> {
  const source = deps.source ? deps.source() : deps.served();
  if (!source) return '';
  const records = deps.hosting?.only
    ? await source.page(0, 20)
    : (await Promise.all(famous.map(async (id) => source.byId(id)))).flatMap((one) =>
        one && 'provider' in one ? [one.provider] : [],
      );
  const shown = records
    .flatMap((record) => {
      const domain = mainDomain(record);
      return domain === undefined ? [] : [{ name: record.short, domain }];
    })
    .slice(0, famous.length);
  if (shown.length === 0) return '';
  const { often: label } = texts[language];
  return html`<nav class="often" aria-label="${label}"><span class="soft">${label}</span>
<ul>${shown.map(({ name, domain }) => html`<li><a href="/?domain=${domain}">${name}</a></li>`)}</ul></nav>`;
}

function errors(deps: Deps, language: Language, provider?: string): Html | string {
  return deps.messages && deps.messages().length > 0 ? errorsBox(language, provider) : '';
}

function points(language: Language): Html {
  return html`<ul class="points">${texts[language].points.map(([what, text]) => html`<li><h2>${what}</h2><p>${text}</p></li>`)}</ul>`;
}
