/** An answer to a lookup, for people: what to do first, what to enter, where, and how sure it is. */
import { html } from 'hono/html';
import type { AnswerJson } from '../../formats/answer.ts';
import { inLanguage, type Language, pageText } from '../../provider/phrases.ts';
import type { Html } from './frame.ts';
import type { InEach } from './language.ts';
import { type ForPrograms, programs } from './programs.ts';
import { certainty, settingsTables } from './settings.ts';
import { dateElement } from './written.ts';

export const texts = {
  en: {
    settingsFor: (domain: string) => `Mail settings for ${domain}`,
    webmail: 'Webmail',
    website: 'Website',
    print: 'Print',
    first: 'To do first',
    page: 'To the provider’s page',
    settings: 'Settings',
    none: 'Mail programs cannot sign in here',
    noneText: (name: string) =>
      `${name} offers no IMAP, POP3 or SMTP; its mail is read on its website or in its own app.`,
    bridge: 'With the provider’s helper program on your computer it works nevertheless; these are its usual settings:',
    closed: 'This service has ended',
    closedText: (name: string) => `${name} holds no mailboxes any more.`,
    since: 'Since',
    successor: 'Settings of the successor',
    withheld: 'Some servers are not shown now',
    withheldText:
      'They may belong to somebody else today, and whoever answers there would get your password. Until a person has looked, nobody is sent there:',
    nothingLeft: 'There is no server left that could be given now. Please ask your provider.',
    dns: (mx: string) =>
      `The domain itself is not in the atlas. Its mail goes to ${mx}, and so its mailboxes are taken to be here. That rests on DNS, which can be forged on the way: if the provider’s name surprises you, ask before you enter a password.`,
    published: (where: string) =>
      `Nobody has curated these settings. The domain publishes them itself (${where}); they are as trustworthy as the domain is.`,
    alternatives: 'For some accounts other settings hold',
    more: 'More about it',
    documentation: 'Pages of the provider',
    sources: (n: number) => (n === 1 ? 'Where this comes from: 1 source' : `Where this comes from: ${n} sources`),
    read: 'read',
    formats: 'For programs',
    entry: 'The whole entry: history of its servers, sources, changes',
    password: 'your password',
    appPassword: 'the password for mail programs (see “To do first”)',
    oauth2: 'your password, on the provider’s own page if it opens',
  },
  de: {
    settingsFor: (domain: string) => `Mail-Einstellungen für ${domain}`,
    webmail: 'Webmail',
    website: 'Website',
    print: 'Drucken',
    first: 'Zuerst zu tun',
    page: 'Zur Seite des Anbieters',
    settings: 'Einstellungen',
    none: 'Mailprogramme können sich hier nicht anmelden',
    noneText: (name: string) =>
      `${name} bietet weder IMAP noch POP3 noch SMTP; die Post liest man auf der Website oder in der eigenen App.`,
    bridge:
      'Mit dem Hilfsprogramm des Anbieters auf Ihrem Rechner geht es trotzdem; das sind dessen übliche Einstellungen:',
    closed: 'Diesen Dienst gibt es nicht mehr',
    closedText: (name: string) => `${name} führt keine Postfächer mehr.`,
    since: 'Seit',
    successor: 'Einstellungen des Nachfolgers',
    withheld: 'Manche Server werden zurzeit nicht gezeigt',
    withheldText:
      'Sie gehören heute vielleicht jemand anderem, und wer dort antwortet, bekäme Ihr Passwort. Bis ein Mensch nachgesehen hat, wird niemand dorthin geschickt:',
    nothingLeft: 'Es ist kein Server übrig, der sich jetzt nennen ließe. Bitte fragen Sie Ihren Anbieter.',
    dns: (mx: string) =>
      `Die Domain selbst steht nicht im Atlas. Ihre Post geht an ${mx}, deshalb werden ihre Postfächer hier vermutet. Das beruht auf dem DNS, das sich unterwegs fälschen lässt: Wenn Sie der Name des Anbieters wundert, fragen Sie nach, bevor Sie ein Passwort eingeben.`,
    published: (where: string) =>
      `Diese Einstellungen hat niemand geprüft. Die Domain veröffentlicht sie selbst (${where}); sie sind so vertrauenswürdig wie die Domain.`,
    alternatives: 'Für manche Konten gelten andere Einstellungen',
    more: 'Mehr dazu',
    documentation: 'Seiten des Anbieters',
    sources: (n: number) => (n === 1 ? 'Woher das stammt: 1 Quelle' : `Woher das stammt: ${n} Quellen`),
    read: 'gelesen',
    formats: 'Für Programme',
    entry: 'Der ganze Eintrag: Verlauf der Server, Quellen, Änderungen',
    password: 'Ihr Passwort',
    appPassword: 'das Passwort für Mailprogramme (siehe „Zuerst zu tun“)',
    oauth2: 'Ihr Passwort, gegebenenfalls auf der Seite des Anbieters,',
  },
} as const satisfies InEach<Readonly<Record<string, string | ((given: never) => string)>>>;

/** What the page of an answer needs beside it. */
export interface AnswerPage {
  readonly answer: AnswerJson;
  readonly profile: ForPrograms['profile'];
  readonly profileCode: ForPrograms['profileCode'];
  readonly account: ForPrograms['account'];
  /** The box for error messages. */
  readonly errors: Html | string;
}

export function answerSection({ answer, errors, ...given }: AnswerPage, language: Language): Html {
  const say = texts[language];
  const { domain, provider, incoming, outgoing, local } = answer;
  const hasServers = incoming.length + outgoing.length > 0;
  const hasTables = hasServers || local.length > 0;
  const evidence = `/provider/${provider.id}#seen`;
  return html`<div id="answer" data-domain="${domain}" data-provider="${provider.id}">
<p class="eyebrow">${say.settingsFor(domain)}</p>
<h1 tabindex="-1">${provider.name}</h1>
${links(answer, language)}
${notes(answer, language)}
${firstSteps(answer, language)}
${
  hasTables
    ? html`<h2 id="settings">${say.settings}</h2>
${local.length > 0 && !hasServers ? html`<p>${say.bridge}</p>` : ''}${settingsTables(answer, language)}
<p class="screen"><button type="button" class="print" hidden>${say.print}</button></p>`
    : ''
}
${alternatives(answer, language)}
<div class="screen">
${hasServers ? programs({ ...given, password: say[passwordOf(answer)] }, language) : ''}
${hasTables ? errors : ''}
${hasServers && answer.matchedBy !== 'published' ? certainty(answer, evidence, language) : ''}
${more(answer, language)}
</div>
</div>`;
}

export function links(
  { provider: { webmail, website } }: Pick<AnswerJson, 'provider'>,
  language: Language,
): Html | string {
  const say = texts[language];
  const all = [
    ...(webmail === undefined ? [] : [html`<a href="${webmail}" rel="noreferrer">${say.webmail}</a>`]),
    ...(website === undefined ? [] : [html`<a href="${website}" rel="noreferrer">${say.website}</a>`]),
  ];
  return all.length === 0 ? '' : html`<p class="links screen">${all}</p>`;
}

/** What {@link notes} says something about; a record alone has neither trust nor MX host. */
type Noted = Pick<AnswerJson, 'provider' | 'withheld' | 'incoming' | 'outgoing'> &
  Partial<Pick<AnswerJson, 'trust' | 'mx' | 'publication'>>;

/** What must be known before anything is entered. */
export function notes(answer: Noted, language: Language): Html {
  const say = texts[language];
  const { provider, withheld, trust, mx, publication, incoming, outgoing } = answer;
  const { access, restriction, name } = provider;
  const text = inLanguage(restriction?.text, language);
  const successor = restriction?.successor;
  return html`${
    access === 'open'
      ? ''
      : html`<div class="note bad" role="note"><p><strong>${access === 'none' ? say.none : say.closed}</strong></p>
<p>${text ?? (access === 'none' ? say.noneText(name) : say.closedText(name))}${restriction?.since === undefined ? '' : html` ${say.since}: ${dateElement(restriction.since, language)}.`}</p>
${successor === undefined ? '' : html`<p><a href="/?domain=${successor}">${say.successor}: ${successor}</a></p>`}</div>`
  }${
    withheld.length === 0
      ? ''
      : html`<div class="note bad" role="note"><p><strong>${say.withheld}</strong></p><p>${say.withheldText}</p>
<ul>${withheld.map(({ host, since, why }) => html`<li><span class="mono">${host}</span>, ${dateElement(since, language)}: <span lang="en">${why}</span></li>`)}</ul>
${incoming.length + outgoing.length === 0 ? html`<p>${say.nothingLeft}</p>` : ''}</div>`
  }${
    trust === 'dns' ? html`<p class="note doubt">${say.dns(mx ?? '')}</p>` : ''
  }${publication ? html`<p class="note doubt">${say.published(publication.where)}</p>` : ''}`;
}

export function firstSteps({ setup }: Pick<AnswerJson, 'setup'>, language: Language): Html | string {
  if (setup.length === 0) return '';
  const say = texts[language];
  return html`<h2 id="first">${say.first}</h2>
<ol class="steps">${setup.map(
    ({ kind, text, url }) => html`<li id="step-${kind}"><p>${text[language]}</p>
${url === undefined ? '' : html`<p><a class="button" href="${url}" rel="noreferrer">${say.page}</a></p>`}</li>`,
  )}</ol>`;
}

function alternatives({ alternatives: others }: AnswerJson, language: Language): Html | string {
  if (others.length === 0) return '';
  return html`<h2>${texts[language].alternatives}</h2>
<ul>${others.map(({ provider, when }) => html`<li>${inLanguage(when, language)}: <a href="/?domain=${provider}">${provider}</a></li>`)}</ul>`;
}

function more(answer: AnswerJson, language: Language): Html {
  const say = texts[language];
  const { documentation, sources, domain, provider, matchedBy } = answer;
  const named = Object.entries(sources);
  const own = `/api/v1/providers/${provider.id}`;
  return html`<h2>${say.more}</h2>
${matchedBy === 'published' ? '' : html`<p><a href="/provider/${provider.id}">${say.entry}</a></p>`}
${
  documentation.length === 0
    ? ''
    : html`<h3>${say.documentation}</h3><ul>${documentation.map(({ url, lang, about }) => html`<li><a href="${url}" rel="noreferrer" hreflang="${lang}">${pageText(about, language)}</a> <small>(${lang})</small></li>`)}</ul>`
}
<details class="more"><summary>${say.sources(named.length)}</summary>
<dl class="sources">${named.map(([key, source]) => html`<dt>${key}</dt><dd>${sourceLine(source, language)}</dd>`)}</dl></details>
<p class="small soft">${say.formats}: <a href="/api/v1/lookup?domain=${domain}">JSON</a>${
    matchedBy === 'published'
      ? ''
      : html`, <a href="/${matchedBy === 'mx' ? 'mx/' : ''}v1.1/${domain}">autoconfig</a>, <a href="${own}/revisions">revisions</a>`
  }</p>`;
}

function sourceLine(source: AnswerJson['sources'][string], language: Language): Html {
  const { url, autoconfig, dns, list, revision, says, seen } = source;
  const page = url ?? autoconfig;
  const where =
    page === undefined
      ? html`${dns ?? [list, revision].filter((part) => part).join(' ')}`
      : html`<a href="${page}" rel="noreferrer">${new URL(page).hostname}</a>`;
  const read =
    seen === undefined ? '' : html` <small>(${texts[language].read}: ${dateElement(seen, language)})</small>`;
  return html`${where}${says === undefined ? '' : html`: <span lang="en">“${says}”</span>`}${read}`;
}

/** Which password it is that mail programs ask for. */
function passwordOf({ setup, incoming }: AnswerJson): 'password' | 'appPassword' | 'oauth2' {
  const needsOwn = setup.some(({ kind, when }) => kind === 'app-password' && when === 'always');
  if (needsOwn) return 'appPassword';
  return incoming[0]?.auth[0] === 'OAuth2' ? 'oauth2' : 'password';
}
