/**
 * `GET /providers`: all records, to be searched and filtered. The form works by itself; a script (browser/search.ts) shows
 * what is found while one types, by asking for this very page.
 */
import type { Context } from 'hono';
import { html } from 'hono/html';
import type * as z from 'zod';
import { statusNames } from '../../provider/model.ts';
import type { Language } from '../../provider/phrases.ts';
import { accesses } from '../../provider/schema.ts';
import { ListQuery } from '../contract/contract.ts';
import { type Listed, type Listing, list } from '../directory.ts';
import { sourceOf } from '../find.ts';
import { parseQuery } from '../http/parse-query.ts';
import type { Deps } from '../served/served.ts';
import { asset } from './assets.ts';
import { type Html, sendPage } from './frame.ts';
import { countryName, texts as kinds } from './kinds.ts';
import { type InEach, languageOf } from './language.ts';
import { mark } from './marks.ts';
import { scripts } from './scripts.ts';
import { moodOf, texts as words } from './words.ts';
import { writtenNumber } from './written.ts';

export const texts = {
  en: {
    title: 'Providers',
    lead: (providers: string, domains: string) =>
      `${providers} providers with ${domains} mail domains of their own, each with its sources.`,
    search: 'Name or domain',
    country: 'Country',
    protocol: 'Protocol',
    access: 'Mail programs',
    status: 'How it is',
    any: 'all',
    show: 'Show',
    found: (found: string, all: string) => `${found} of ${all} providers`,
    foundAll: (all: string) => `${all} providers`,
    none: 'No provider is like that.',
    ask: 'Perhaps the domain says more itself:',
    check: (domain: string) => `check ${domain}`,
    reset: 'Show all',
    provider: 'Provider',
    domains: 'Domains',
    offers: 'Offers',
    hosted: 'for domains of customers',
    more: (count: string) => `and ${count} more`,
    pages: 'Pages',
    previous: 'Back',
    next: 'Next',
    page: (page: string, pages: string) => `Page ${page} of ${pages}`,
  },
  de: {
    title: 'Anbieter',
    lead: (providers: string, domains: string) =>
      `${providers} Anbieter mit ${domains} eigenen Maildomains, jeder mit seinen Quellen.`,
    search: 'Name oder Domain',
    country: 'Land',
    protocol: 'Protokoll',
    access: 'Mailprogramme',
    status: 'Zustand',
    any: 'alle',
    show: 'Zeigen',
    found: (found: string, all: string) => `${found} von ${all} Anbietern`,
    foundAll: (all: string) => `${all} Anbieter`,
    none: 'So einen Anbieter gibt es hier nicht.',
    ask: 'Vielleicht sagt die Domain selbst mehr:',
    check: (domain: string) => `${domain} prüfen`,
    reset: 'Alle zeigen',
    provider: 'Anbieter',
    domains: 'Domains',
    offers: 'Bietet',
    hosted: 'für Domains von Kunden',
    more: (count: string) => `und ${count} weitere`,
    pages: 'Seiten',
    previous: 'Zurück',
    next: 'Weiter',
    page: (page: string, pages: string) => `Seite ${page} von ${pages}`,
  },
} as const satisfies InEach<Readonly<Record<string, string | ((...given: never[]) => string)>>>;

type Query = z.infer<typeof ListQuery>;

const pageSize = 50;
const shownDomains = 3;
const shownProtocols: readonly string[] = ['imap', 'pop3', 'smtp', 'jmap', 'caldav', 'carddav'];

const script = asset('search.js', 'text/javascript; charset=utf-8', scripts.search);

export function providersPage(deps: Deps) {
  return async (c: Context): Promise<Response> => {
    const language = languageOf(c);
    const query = withoutAddress(parseQuery(ListQuery, c));
    const listing = await list(deps, query, pageSize);
    const say = texts[language];
    const source = sourceOf(deps);
    const records = deps.served()?.atlas.curated.providers;
    const number = (value: number) => writtenNumber(value, language);
    const countries = records
      ? [...new Set(records.map(({ country }) => country))]
      : ((await source.bulk?.countries()) ?? []);
    const domains = records?.reduce((sum, record) => sum + record.domains.length, 0);
    const body = html`<h1>${say.title}</h1>
${domains === undefined ? '' : html`<p class="lead">${say.lead(number(source.size), number(domains))}</p>`}
${form(query, countries, language, records !== undefined)}
<div id="results">${results(listing, query, source.size, language)}</div>`;
    return sendPage(c, deps, {
      title: say.title,
      ...(domains !== undefined && { description: say.lead(number(source.size), number(domains)) }),
      body,
      script,
    });
  };
}

/** Empty fields of the form are no filter, and what stands before an @ is nobody's business. */
function withoutAddress({ q, ...rest }: Query): Query {
  const text = q?.slice(q.lastIndexOf('@') + 1).trim();
  return { ...rest, ...(text !== undefined && text !== '' && { q: text }) };
}

/** @param byStatus whether records can be told by how their servers are */
function form(query: Query, countries: readonly string[], language: Language, byStatus: boolean): Html {
  const say = texts[language];
  const named = countries
    .map((code) => ({ code, name: countryName(code, language) }))
    .sort((a, b) => a.name.localeCompare(b.name, language));
  return html`<form class="filters screen" action="/providers" method="get" role="search">
<p class="wide"><label for="q">${say.search}</label><input id="q" name="q" type="search" value="${query.q ?? ''}" maxlength="100" autocomplete="off" autocapitalize="none" spellcheck="false"></p>
${select(
  'country',
  say.country,
  query.country?.toUpperCase(),
  named.map(({ code, name }) => [code, name]),
  language,
)}
${select(
  'protocol',
  say.protocol,
  query.protocol,
  shownProtocols.map((one) => [one, protocolName(one)]),
  language,
)}
${select(
  'access',
  say.access,
  query.access,
  accesses.map((one) => [one, kinds[language].access[one]]),
  language,
)}
${
  byStatus
    ? select(
        'status',
        say.status,
        query.status,
        statusNames.map((one) => [one, words[language].status[one]]),
        language,
      )
    : ''
}
<p><button class="primary">${say.show}</button></p>
</form>`;
}

function select(
  name: string,
  label: string,
  chosen: string | undefined,
  options: readonly (readonly [value: string, text: string])[],
  language: Language,
): Html {
  return html`<p><label for="${name}">${label}</label><select id="${name}" name="${name}"><option value="">${texts[language].any}</option>${options.map(
    ([value, text]) => html`<option value="${value}"${value === chosen ? html` selected` : ''}>${text}</option>`,
  )}</select></p>`;
}

/** What a protocol is called. */
function protocolName(protocol: string): string {
  const names: Readonly<Record<string, string>> = { caldav: 'CalDAV', carddav: 'CardDAV', webdav: 'WebDAV' };
  return names[protocol] ?? protocol.toUpperCase();
}

function results(listing: Listing, query: Query, all: number, language: Language): Html {
  const say = texts[language];
  const number = (value: number) => writtenNumber(value, language);
  const { total, shown } = listing;
  const count = total === all ? say.foundAll(number(all)) : say.found(number(total), number(all));
  const { q } = query;
  return html`<p class="count" role="status">${count}${total === all ? '' : html` <a class="screen" href="/providers">${say.reset}</a>`}</p>
${
  shown.length === 0
    ? html`<p>${say.none}${q?.includes('.') ? html` ${say.ask} <a href="/?domain=${q}">${say.check(q)}</a>` : ''}</p>`
    : html`<table class="sheet list" role="table"><caption class="hidden">${say.title}</caption><thead role="rowgroup"><tr role="row">${[say.provider, say.domains, say.offers, say.status].map((head) => html`<th role="columnheader" scope="col">${head}</th>`)}</tr></thead><tbody role="rowgroup">${shown.map((one) => row(one, language))}</tbody></table>`
}
${paging(listing, query, language)}`;
}

function row({ record, status }: Listed, language: Language): Html {
  const say = texts[language];
  const { id, name, kind, country, access, domains, incoming, outgoing, services = [] } = record;
  const more = domains.length - shownDomains;
  // The one that people know first.
  const first = [...domains].sort((a, b) => Number(b === id) - Number(a === id)).slice(0, shownDomains);
  const offers = [...new Set([...incoming, ...outgoing, ...services].map(({ protocol }) => protocolName(protocol)))];
  return html`<tr role="row"><th role="rowheader" scope="row"><a href="/provider/${id}">${name}</a><small>${kinds[language].kind[kind]}, ${countryName(country, language)}</small></th><td role="cell" data-label="${say.domains}"><span>${first.length === 0 ? say.hosted : first.join(', ')}${more > 0 ? html` <small>${say.more(writtenNumber(more, language))}</small>` : ''}</span></td><td role="cell" data-label="${say.offers}"><span>${offers.length === 0 ? '–' : offers.join(', ')}</span></td><td role="cell" data-label="${say.status}">${
    access === 'open'
      ? status === undefined
        ? '–'
        : mark(moodOf[status], words[language].status[status])
      : mark('bad', kinds[language].access[access])
  }</td></tr>`;
}

function paging({ page, pages }: Listing, query: Query, language: Language): Html | string {
  if (pages <= 1) return '';
  const say = texts[language];
  const { page: _, ...filter } = query;
  const kept = Object.entries(filter).filter(([, value]) => value !== undefined) as [string, string][];
  const link = (to: number, text: string, rel: string) =>
    to < 1 || to > pages
      ? html`<span></span>`
      : html`<a class="button" rel="${rel}" href="/providers?${String(new URLSearchParams([...kept, ['page', String(to)]]))}">${text}</a>`;
  return html`<nav class="paging screen" aria-label="${say.pages}">${link(page - 1, say.previous, 'prev')}<span>${say.page(writtenNumber(page, language), writtenNumber(pages, language))}</span>${link(page + 1, say.next, 'next')}</nav>`;
}
