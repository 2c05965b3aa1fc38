/** Where the facts of a record are from, what was decided where sources disagreed, and how the record changed. */
import { html } from 'hono/html';
import type { FeedEntry } from '../../formats/atom.ts';
import type { Provider, Source } from '../../provider/model.ts';
import { isFirstParty } from '../../provider/parties.ts';
import type { Language } from '../../provider/phrases.ts';
import type { Html } from './frame.ts';
import type { InEach } from './language.ts';
import { mark } from './marks.ts';
import { dateElement } from './written.ts';

export const texts = {
  en: {
    title: 'Where this is from',
    lead: 'Each fact names its sources. The provider’s own word counts most.',
    source: 'Source',
    read: 'Read',
    says: 'What it says',
    vouches: 'Vouches for',
    own: 'the provider’s own',
    other: 'somebody else’s',
    unread: 'not dated',
    list: (name: string, revision: string) => `${name}, revision ${revision}`,
    dns: (name: string) => `DNS records of ${name}`,
    autoconfig: 'its autoconfig file',
    access: 'whether one gets in',
    setup: 'set-up step',
    oauth2: 'OAuth2',
    nothing: 'decisions alone',
    decisions: 'What was decided',
    decisionsLead: 'Where sources disagree, somebody has to decide, and says why.',
    chosen: 'chosen',
    rejected: 'not chosen',
    changes: 'What changed',
    none: 'Nothing has changed since this server began.',
    feed: 'Follow it with a feed reader (Atom)',
  },
  de: {
    title: 'Woher das stammt',
    lead: 'Jede Angabe nennt ihre Quellen. Am meisten zählt, was der Anbieter selbst sagt.',
    source: 'Quelle',
    read: 'Gelesen',
    says: 'Was sie sagt',
    vouches: 'Steht ein für',
    own: 'vom Anbieter selbst',
    other: 'von anderen',
    unread: 'ohne Tag',
    list: (name: string, revision: string) => `${name}, Stand ${revision}`,
    dns: (name: string) => `DNS-Einträge von ${name}`,
    autoconfig: 'seine Autoconfig-Datei',
    access: 'ob man hineinkommt',
    setup: 'Schritt zum Einrichten',
    oauth2: 'OAuth2',
    nothing: 'nur bei Entscheidungen',
    decisions: 'Was entschieden wurde',
    decisionsLead: 'Wo Quellen sich widersprechen, muss jemand entscheiden und sagt, warum.',
    chosen: 'gewählt',
    rejected: 'verworfen',
    changes: 'Was sich änderte',
    none: 'Seit dieser Server läuft, hat sich nichts geändert.',
    feed: 'Mit einem Feedreader verfolgen (Atom)',
  },
} as const satisfies InEach<Readonly<Record<string, string | ((...given: never[]) => string)>>>;

export function sourcesPart(record: Provider, language: Language): Html {
  const say = texts[language];
  const heads = [say.source, say.read, say.says, say.vouches];
  const rows = Object.entries(record.sources).map(([key, source]) => {
    const facts = vouchedFor(key, record, language);
    const isOwn = isFirstParty(source, record);
    return html`<tr role="row"><th role="rowheader" scope="row">${nameOf(source, key, language)} <small>${mark(isOwn ? 'good' : 'none', isOwn ? say.own : say.other)}</small></th><td role="cell" data-label="${say.read}">${source.seen === undefined ? say.unread : dateElement(source.seen, language)}</td><td role="cell" data-label="${say.says}"${language === 'en' ? '' : html` lang="en"`}>${source.says ?? '–'}</td><td role="cell" data-label="${say.vouches}">${facts.length === 0 ? say.nothing : facts.join(', ')}</td></tr>`;
  });
  return html`<section class="screen" aria-labelledby="sources"><h2 id="sources">${say.title}</h2>
<p class="soft">${say.lead}</p>
<table class="sheet from" role="table"><thead role="rowgroup"><tr role="row">${heads.map((head) => html`<th role="columnheader" scope="col">${head}</th>`)}</tr></thead><tbody role="rowgroup">${rows}</tbody></table></section>`;
}

function nameOf({ url, autoconfig, dns, list, revision }: Source, key: string, language: Language): Html | string {
  const say = texts[language];
  if (url !== undefined) return html`<a href="${url}" rel="noreferrer">${short(url)}</a>`;
  if (autoconfig !== undefined)
    return html`<a href="${autoconfig}" rel="noreferrer">${short(autoconfig)}</a> (${say.autoconfig})`;
  if (dns !== undefined) return say.dns(dns);
  if (list !== undefined)
    return html`<a href="https://github.com/${list}" rel="noreferrer">${revision === undefined ? list : say.list(list, revision)}</a>`;
  return key;
}

/** Enough of a URL to know where one is going; lines may end behind its slashes. */
function short(url: string): Html {
  const { hostname, pathname } = new URL(url);
  const path = pathname === '/' ? '' : pathname;
  const shown = hostname + (path.length > 40 ? `${path.slice(0, 38)}…` : path);
  return html`${shown.split('/').map((part, i) => (i === 0 ? part : html`/<wbr>${part}`))}`;
}

/** What a source is named for, in the order of the record. */
function vouchedFor(key: string, record: Provider, language: Language): string[] {
  const say = texts[language];
  const { incoming, outgoing, services = [], setup = [], oauth2, restriction } = record;
  const has = ({ sources }: { readonly sources: readonly string[] }) => sources.includes(key);
  const places = [
    ...[...incoming, ...outgoing].filter(has).map(({ protocol, port }) => `${protocol.toUpperCase()} ${port}`),
    ...services.filter(has).map(({ protocol }) => protocol),
    ...(oauth2 && has(oauth2) ? [say.oauth2] : []),
    ...setup.filter(has).map(() => say.setup),
    ...(restriction && has(restriction) ? [say.access] : []),
  ];
  return [...new Set(places)];
}

export function decisionsPart({ decisions = [] }: Pick<Provider, 'decisions'>, language: Language): Html | string {
  if (decisions.length === 0) return '';
  const say = texts[language];
  const foreign = language === 'en' ? '' : html` lang="en"`;
  return html`<section class="screen" aria-labelledby="decisions"><h2 id="decisions">${say.decisions}</h2>
<p class="soft">${say.decisionsLead}</p>
<dl class="decisions">${decisions.map(
    ({ field, chosen, rejected, because }) =>
      html`<div><dt class="mono">${field}</dt><dd${foreign}><p><span class="soft">${say.chosen}:</span> ${chosen}</p><p><span class="soft">${say.rejected}:</span> ${rejected}</p><p>${because}</p></dd></div>`,
  )}</dl></section>`;
}

/** What changed about the record and its servers, the newest first. */
export function changesPart(entries: readonly FeedEntry[], id: string, language: Language): Html {
  const say = texts[language];
  return html`<section class="screen" aria-labelledby="changes"><h2 id="changes">${say.changes}</h2>
${entries.length === 0 ? html`<p class="soft">${say.none}</p>` : entriesList(entries, language)}
<p class="small"><a href="/api/v1/providers/${id}/feed.atom?lang=${language}">${say.feed}</a></p>
</section>`;
}

/** What happened, each with its day. */
export function entriesList(entries: readonly FeedEntry[], language: Language): Html {
  return html`<ul class="dated">${entries.map(
    ({ at, title, paragraphs }) =>
      html`<li>${dateElement(at, language)} <span><strong>${title}</strong>${paragraphs.map((text) => html`<small>${text}</small>`)}</span></li>`,
  )}</ul>`;
}
