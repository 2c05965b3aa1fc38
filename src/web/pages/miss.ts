/** There is no answer: what was tried, what came of it, and what people can do now. */
import { html } from 'hono/html';
import { couldPublish, type Miss } from '../../lookup/ladder.ts';
import { sayMiss } from '../../lookup/miss.ts';
import type { Language } from '../../provider/phrases.ts';
import type { Html } from './frame.ts';
import type { InEach } from './language.ts';
import { type Mood, mark } from './marks.ts';

export const texts = {
  en: {
    title: (domain: string) => `No settings for ${domain} yet`,
    tried: 'What was tried',
    registry: 'The atlas',
    unknown: 'does not list this domain',
    leftOut: 'lists it as one that is not served',
    mx: 'Its mail servers (MX)',
    hosts: (hosts: string) => `${hosts}: of no provider that the atlas knows`,
    noHosts: 'there are none in DNS',
    nullMx: 'the domain takes no mail',
    noAnswer: 'DNS did not answer',
    budget: 'not asked: too many questions at once',
    notAsked: 'not asked',
    itself: 'What the domain publishes itself',
    nothing: 'nothing that a mail program could use',
    notYet: 'not asked yet',
    ask: 'Ask the domain itself',
    askHint: 'takes up to 8 seconds',
    asking: 'The domain itself is being asked …',
    next: 'What you can do',
    successor: 'Look at the settings of the successor:',
    provider: 'Ask your provider for “IMAP and SMTP settings”, and look at its help pages.',
    submit: 'If you know the settings, tell us, and the next person finds them here:',
    contribute: 'how to contribute',
  },
  de: {
    title: (domain: string) => `Noch keine Einstellungen für ${domain}`,
    tried: 'Was versucht wurde',
    registry: 'Der Atlas',
    unknown: 'führt diese Domain nicht',
    leftOut: 'führt sie als eine, für die es nichts gibt',
    mx: 'Ihre Mailserver (MX)',
    hosts: (hosts: string) => `${hosts}: von keinem Anbieter, den der Atlas kennt`,
    noHosts: 'im DNS gibt es keine',
    nullMx: 'die Domain nimmt keine Post an',
    noAnswer: 'das DNS hat nicht geantwortet',
    budget: 'nicht gefragt: zu viele Fragen auf einmal',
    notAsked: 'nicht gefragt',
    itself: 'Was die Domain selbst veröffentlicht',
    nothing: 'nichts, womit ein Mailprogramm etwas anfangen könnte',
    notYet: 'noch nicht gefragt',
    ask: 'Die Domain selbst fragen',
    askHint: 'dauert bis zu 8 Sekunden',
    asking: 'Die Domain selbst wird gefragt …',
    next: 'Was Sie tun können',
    successor: 'Sehen Sie sich die Einstellungen des Nachfolgers an:',
    provider: 'Fragen Sie Ihren Anbieter nach „IMAP- und SMTP-Einstellungen“ und sehen Sie in seine Hilfe.',
    submit: 'Wenn Sie die Einstellungen kennen, sagen Sie sie uns, und der Nächste findet sie hier:',
    contribute: 'so tragen Sie bei',
  },
} as const satisfies InEach<Readonly<Record<string, string | ((given: never) => string)>>>;

/**
 * @param asked whether the domain itself was asked, too
 * @param mayAsk whether it could be
 * @param maySubmit whether there is a form
 */
export function missSection(
  miss: Miss,
  { asked, mayAsk, maySubmit }: { asked: boolean; mayAsk: boolean; maySubmit: boolean },
  language: Language,
): Html {
  const say = texts[language];
  const { domain, leftOut } = miss;
  const canHelp = mayAsk && !asked && couldPublish(miss);
  const tried: readonly (readonly [string, Mood, string])[] = [
    [say.registry, 'none', leftOut ? say.leftOut : say.unknown],
    [say.mx, ...mxLine(miss, language)],
    [say.itself, 'none', asked ? say.nothing : say.notYet],
  ];
  return html`<div id="answer" data-domain="${domain}">
<h1 tabindex="-1">${say.title(domain)}</h1>
<p class="lead">${said(miss, language)}</p>
<h2>${say.tried}</h2>
<dl class="tried">${tried.map(([what, mood, text]) => html`<dt>${what}</dt><dd>${mark(mood, text)}</dd>`)}</dl>
${
  canHelp
    ? html`<form action="/" method="get" class="next" data-asking="${say.asking}"><input type="hidden" name="domain" value="${domain}"><input type="hidden" name="published" value="1">
<p><button>${say.ask}</button> <small>${say.askHint}</small></p></form>`
    : ''
}
<h2>${say.next}</h2>
<ul>
${leftOut?.successor === undefined ? '' : html`<li>${say.successor} <a href="/?domain=${leftOut.successor}">${leftOut.successor}</a></li>`}
<li>${say.provider}</li>
<li>${say.submit} <a href="${maySubmit ? `/submit?kind=new&domain=${domain}` : '/about#contribute'}">${say.contribute}</a>.</li>
</ul>
</div>`;
}

/** The curators' notes are in English. */
function said(miss: Miss, language: Language): Html {
  const { leftOut } = miss;
  const sentence = sayMiss(miss, language);
  if (!leftOut || language === 'en') return html`${sentence}`;
  const [before = '', after] = sentence.split(leftOut.note);
  return after === undefined ? html`${sentence}` : html`${before}<span lang="en">${leftOut.note}</span>${after}`;
}

function mxLine({ reason, mx }: Miss, language: Language): [Mood, string] {
  const say = texts[language];
  if (reason === 'dns-timeout') return ['doubt', say.noAnswer];
  if (reason === 'dns-budget') return ['doubt', say.budget];
  if (reason === 'no-mx') return ['none', say.noHosts];
  if (reason === 'null-mx') return ['none', say.nullMx];
  return mx && mx.length > 0 ? ['none', say.hosts(mx.map(({ host }) => host).join(', '))] : ['none', say.notAsked];
}
