/** What the domains of a record publish themselves, as it was compared with the record when somebody last looked. */
import { html } from 'hono/html';
import { mechanismNames, printable } from '../../discover/sentences.ts';
import type { Mechanism } from '../../provider/model.ts';
import type { Language } from '../../provider/phrases.ts';
import type { PastComparison, PublicationSource } from '../../store/seen/comparisons.ts';
import type { Html } from './frame.ts';
import type { InEach } from './language.ts';
import { comparisonPart } from './publication.ts';
import { dateElement } from './written.ts';

export const texts = {
  en: {
    title: 'What the provider publishes itself',
    lead: 'Domains can publish settings of their own, which many mail programs believe first. A difference says that one of both is wrong, not which.',
    none: 'Nobody has compared that from here yet.',
    at: 'Compared',
    before: 'The entry has changed since.',
    check: (domain: string) => `Check ${domain} now`,
    more: (count: number) =>
      count === 1 ? 'One more domain is in the JSON.' : `${count} more domains are in the JSON.`,
    json: 'All of it as JSON',
  },
  de: {
    title: 'Was der Anbieter selbst veröffentlicht',
    lead: 'Domains können eigene Einstellungen veröffentlichen, denen viele Mailprogramme zuerst glauben. Ein Unterschied sagt, dass eines von beiden falsch ist, nicht welches.',
    none: 'Das hat von hier noch niemand verglichen.',
    at: 'Verglichen',
    before: 'Der Eintrag hat sich seitdem geändert.',
    check: (domain: string) => `${domain} jetzt prüfen`,
    more: (count: number) =>
      count === 1 ? 'Eine weitere Domain steht im JSON.' : `${count} weitere Domains stehen im JSON.`,
    json: 'Alles als JSON',
  },
} as const satisfies InEach<Readonly<Record<string, string | ((...given: never[]) => string)>>>;

const shown = 4;
/** Who is wrong comes first. */
const order: readonly PastComparison['verdict'][] = ['differs', 'agrees', 'unknown', 'nothing'];

export interface Compared {
  /** The id of the record, and the digest of its facts as they are served. */
  readonly id: string;
  readonly digest: string;
  /** The newest of each domain. */
  readonly newest: readonly PastComparison[];
  /** A domain of the record that may be checked now. */
  readonly check: string | undefined;
}

export function comparedPart({ id, digest, newest, check }: Compared, language: Language): Html {
  const say = texts[language];
  const sorted = newest.toSorted((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
  const more = sorted.length - shown;
  return html`<section class="screen" aria-labelledby="published"><h2 id="published">${say.title}</h2>
<p class="soft">${say.lead}</p>
${sorted.length === 0 ? html`<p>${say.none}</p>` : sorted.slice(0, shown).map((one) => (one.digest === digest ? comparisonOf(one, '', language) : comparisonOf(one, say.before, language)))}
${more > 0 ? html`<p class="soft">${say.more(more)}</p>` : ''}
<p class="links">${check === undefined ? '' : html`<a href="/check/${check}" rel="nofollow">${say.check(check)}</a>`}${sorted.length === 0 ? '' : html`<a href="/api/v1/providers/${id}/comparisons">${say.json}</a>`}</p></section>`;
}

function comparisonOf(
  { domain, at, verdict, differences, sources }: PastComparison,
  note: string,
  language: Language,
): Html {
  const say = texts[language];
  return html`<div class="card"><h3>${domain}</h3>
<p class="small soft">${say.at}: ${dateElement(at, language)}. ${note}</p>
${comparisonPart({ verdict, rows: differences }, language)}
${sources.length === 0 ? '' : html`<ul class="plain small">${sources.slice(0, shown).map((source) => html`<li>${sourceLine(source)}</li>`)}</ul>`}</div>`;
}

/** A mechanism of another version is called by its own name. */
function sourceLine({ mechanism, where }: PublicationSource): Html {
  const name = Object.hasOwn(mechanismNames, mechanism) ? mechanismNames[mechanism as Mechanism] : mechanism;
  return html`${printable(name)} <span class="mono">${printable(where)}</span>`;
}
