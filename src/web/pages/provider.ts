/**
 * `GET /provider/{id}`: everything about one record: the settings, what was seen of its servers, where each fact is from, how
 * it changed. The settings are the same component as in the answer to a question; on paper they are all that is left.
 */
import type { Context } from 'hono';
import { html } from 'hono/html';
import { recordDigest } from '../../atlas/digest.ts';
import { providerJson } from '../../formats/json.ts';
import { isWildcard, stem } from '../../name/pattern.ts';
import { hasTemplates, literalDomains, mainDomain } from '../../provider/hosts.ts';
import type { Provider } from '../../provider/model.ts';
import { inLanguage, type Language, pageText } from '../../provider/phrases.ts';
import { recordEntries } from '../bulk/feed.ts';
import { byId } from '../by-id.ts';
import { sendMoved } from '../http/respond.ts';
import type { Deps } from '../served/served.ts';
import { texts as answerTexts, firstSteps, links, notes } from './answer.ts';
import { comparedPart } from './compared.ts';
import { type Html, sendPage } from './frame.ts';
import { countryName, texts as kinds } from './kinds.ts';
import { type InEach, languageOf } from './language.ts';
import { linked } from './plain.ts';
import { remembered, seenPart } from './seen.ts';
import { certainty, settingsTables } from './settings.ts';
import { changesPart, decisionsPart, sourcesPart } from './sourced.ts';
import { writtenNumber } from './written.ts';

export const texts = {
  en: {
    description: (name: string) =>
      `Mail settings of ${name}: servers, ports, sign-in, what was seen of them, and where each fact is from.`,
    who: (kind: string, country: string) => `${kind}, ${country}`,
    contents: 'On this page',
    settings: 'Settings',
    sure: 'How sure',
    seen: 'What was seen',
    published: 'Its own publication',
    sources: 'Sources',
    changes: 'Changes',
    domains: 'For these domains',
    anyBelow: (domain: string) => `any name below ${domain}`,
    moreDomains: (count: string) => `${count} more`,
    hosted: 'And for domains whose mail goes to these servers (MX)',
    operator: 'The machines belong to',
    alternatives: 'For some accounts other settings hold',
    documentation: 'Pages of the provider',
    files: 'For programs',
    autoconfig: 'autoconfig XML (Thunderbird and many others)',
    profile: 'profile for iPhone, iPad and Mac',
    json: 'JSON',
    wrong: 'Is something wrong here?',
    report: 'Report a wrong entry',
    correct: 'Correct it',
    tell: 'Tell whoever runs this server:',
    data: 'The entry is a text file that anybody may correct:',
  },
  de: {
    description: (name: string) =>
      `Mail-Einstellungen von ${name}: Server, Ports, Anmeldung, was davon zu sehen war und woher jede Angabe stammt.`,
    who: (kind: string, country: string) => `${kind}, ${country}`,
    contents: 'Auf dieser Seite',
    settings: 'Einstellungen',
    sure: 'Wie sicher',
    seen: 'Was zu sehen war',
    published: 'Eigene Angaben',
    sources: 'Quellen',
    changes: 'Änderungen',
    domains: 'Für diese Domains',
    anyBelow: (domain: string) => `jeder Name unter ${domain}`,
    moreDomains: (count: string) => `${count} weitere`,
    hosted: 'Und für Domains, deren Post an diese Server geht (MX)',
    operator: 'Die Maschinen gehören',
    alternatives: 'Für manche Konten gelten andere Einstellungen',
    documentation: 'Seiten des Anbieters',
    files: 'Für Programme',
    autoconfig: 'Autoconfig-XML (Thunderbird und viele andere)',
    profile: 'Profil für iPhone, iPad und Mac',
    json: 'JSON',
    wrong: 'Stimmt hier etwas nicht?',
    report: 'Einen Fehler melden',
    correct: 'Berichtigen',
    tell: 'Sagen Sie es denen, die diesen Server betreiben:',
    data: 'Der Eintrag ist eine Textdatei, die jeder berichtigen darf:',
  },
} as const satisfies InEach<Readonly<Record<string, string | ((...given: never[]) => string)>>>;

const entriesShown = 12;
const domainsShown = 24;

export function providerPage(deps: Deps) {
  return async (c: Context): Promise<Response> => {
    const found = await byId(deps, c);
    if ('renamed' in found) return sendMoved(c, `/provider/${found.renamed}${new URL(c.req.url).search}`);
    const { provider: record, served } = found;
    const language = languageOf(c);
    const now = new Date();
    const [seen, newest, entries] = await Promise.all([
      remembered(record, deps.history, now.getTime()),
      deps.history.compared(record.id),
      recordEntries(deps, record, language),
    ]);
    // Its `mx` are patterns, not the host that led to an answer.
    const { mx: _, ...said } = providerJson(record, served.knowledge);
    const say = texts[language];
    const { id, name } = record;
    const hasServers = said.incoming.length + said.outgoing.length > 0;
    const body = html`<p class="eyebrow">${say.who(kinds[language].kind[record.kind], countryName(record.country, language))}</p>
<h1>${name}</h1>
${links(said, language)}
${contents(hasServers, language)}
${notes(said, language)}
${firstSteps(said, language)}
${hasServers || said.local.length > 0 ? html`<h2 id="settings">${say.settings}</h2>${hasServers ? '' : html`<p>${answerTexts[language].bridge}</p>`}${settingsTables(said, language)}` : ''}
${domainsPart(record, language)}
${alternativesPart(record, language)}
${hasServers ? html`<section class="screen">${certainty(said, '#seen', language)}</section>` : ''}
${hasServers ? seenPart(id, seen, served.knowledge, now, language) : ''}
${comparedPart({ id, digest: recordDigest(record), newest, check: deps.discovered && mainDomain(record) }, language)}
${sourcesPart(record, language)}
${decisionsPart(record, language)}
${changesPart(entries.slice(0, entriesShown), id, language)}
${furtherPart(record, language)}
${wrongPart(deps, id, language)}`;
    return sendPage(c, deps, { title: name, description: say.description(name), body });
  };
}

function contents(hasServers: boolean, language: Language): Html {
  const say = texts[language];
  const all = hasServers
    ? (['settings', 'sure', 'seen', 'published', 'sources', 'changes'] as const)
    : (['published', 'sources', 'changes'] as const);
  return html`<nav class="contents screen" aria-label="${say.contents}"><ul>${all.map((part) => html`<li><a href="#${part}">${say[part]}</a></li>`)}</ul></nav>`;
}

function domainsPart(record: Provider, language: Language): Html {
  const say = texts[language];
  const { domains, mx = [], operator } = record;
  const written = domains.map((domain) => (isWildcard(domain) ? say.anyBelow(stem(domain)) : domain));
  const more = written.length - domainsShown;
  const list = (names: readonly string[]) =>
    html`<ul class="names">${names.map((name) => html`<li>${name}</li>`)}</ul>`;
  return html`<section aria-labelledby="domains">${
    domains.length === 0 ? '' : html`<h2 id="domains">${say.domains}</h2>${list(written.slice(0, domainsShown))}`
  }${
    more > 0
      ? html`<details class="more screen"><summary>${say.moreDomains(writtenNumber(more, language))}</summary>${list(written.slice(domainsShown))}</details>`
      : ''
  }${mx.length === 0 ? '' : html`<h3${domains.length === 0 ? html` id="domains"` : ''}>${say.hosted}</h3>${list(mx)}`}
${operator === undefined ? '' : html`<p class="soft">${say.operator} ${operator}.</p>`}</section>`;
}

function alternativesPart({ alternatives = [] }: Provider, language: Language): Html | string {
  if (alternatives.length === 0) return '';
  return html`<h2>${texts[language].alternatives}</h2>
<ul>${alternatives.map(({ provider, when }) => html`<li>${inLanguage(when, language)}: <a href="/provider/${provider}">${provider}</a></li>`)}</ul>`;
}

function furtherPart(record: Provider, language: Language): Html {
  const say = texts[language];
  const { id, documentation = [], access } = record;
  const own = `/api/v1/providers/${id}`;
  const isXml = access === 'open' && literalDomains(record).length > 0;
  return html`<section class="screen">${
    documentation.length === 0
      ? ''
      : html`<h2>${say.documentation}</h2><ul>${documentation.map(({ url, lang, about }) => html`<li><a href="${url}" rel="noreferrer" hreflang="${lang}">${pageText(about, language)}</a> <small>(${lang})</small></li>`)}</ul>`
  }
<h2>${say.files}</h2>
<ul>${isXml ? html`<li><a href="${own}/autoconfig.xml">${say.autoconfig}</a></li>` : ''}${access === 'open' && !hasTemplates(record) ? html`<li><a href="${own}/mail.mobileconfig?lang=${language}">${say.profile}</a></li>` : ''}<li><a href="${own}">${say.json}</a></li></ul></section>`;
}

function wrongPart({ contact, submissions }: Deps, id: string, language: Language): Html {
  const say = texts[language];
  return html`<section class="note screen" aria-labelledby="wrong"><h2 id="wrong">${say.wrong}</h2>
${submissions ? html`<p><a class="button" href="/submit?kind=report&id=${id}">${say.report}</a> <a class="button" href="/submit?kind=change&id=${id}">${say.correct}</a></p>` : ''}
${contact === undefined ? '' : html`<p>${say.tell} ${linked(contact)}</p>`}
<p>${say.data} <span class="mono">data/providers/${id}.yml</span></p></section>`;
}
