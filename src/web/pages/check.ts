/**
 * `GET /check/{domain}`: what a domain publishes itself, how that compares with our record, and what each mail client would end
 * with. The page comes part by part, as the answers come in; the browser shows each at once and needs no script for it.
 *
 * What strangers may cause this way is budgeted as everywhere (discover/discovered.ts, discover/clients/simulated.ts), and
 * nobody is sent to private addresses.
 */
import type { Context } from 'hono';
import { html } from 'hono/html';
import type { Simulation } from '../../discover/clients/simulate.ts';
import { compare } from '../../discover/compare.ts';
import type { Catch, Discovery } from '../../discover/model.ts';
import type { Lookup } from '../../lookup/ladder.ts';
import { sayMiss } from '../../lookup/miss.ts';
import { parseAddress } from '../../name/address.ts';
import { type Domain, NameError } from '../../name/domain.ts';
import { withHosts } from '../../provider/hosts.ts';
import type { Answer, Mechanism } from '../../provider/model.ts';
import type { Language } from '../../provider/phrases.ts';
import { notServedHere, resolverFor, seek, sourceOf } from '../find.ts';
import { HttpProblem } from '../http/errors.ts';
import { mayCarryAddress, sendAside } from '../http/respond.ts';
import type { Deps } from '../served/served.ts';
import { clientsPart } from './clients.ts';
import { texts as faults } from './faults.ts';
import { type Html, sendPage, streamPage } from './frame.ts';
import { type InEach, languageOf } from './language.ts';
import { mark } from './marks.ts';
import { comparisonPart, findingsPart, mechanismLine } from './publication.ts';
import { Told } from './told.ts';

export const texts = {
  en: {
    title: 'Check a domain',
    lead: 'See what a domain says of its mail settings itself, whether that agrees with the atlas, and with which servers each mail program would end.',
    label: 'Domain',
    hint: 'For example fastmail.com. Of an address only what stands after the @ counts.',
    go: 'Check',
    asked: 'What happens then',
    askedText: [
      'The domain’s DNS and web servers are asked the questions that mail programs ask: autoconfig, PACC, SRV, Autodiscover and TXT.',
      'No mail server is called, nobody signs in, and where a server wants an address, it gets a made-up one.',
      'It takes up to eight seconds, and is remembered for some minutes.',
    ],
    of: (domain: string) => `${domain}, checked`,
    atlas: 'What the atlas says',
    entry: (name: string) => `The entry for ${name}`,
    settings: 'the settings',
    byMx: (mx: string) => `found by its mail server ${mx}`,
    publishes: 'What the domain publishes itself',
    publishesLead: 'Each way of publishing, with how the questions ended.',
    asking: 'The domain is being asked …',
    comparison: 'Compared with our entry',
    noRecord: 'There is no entry to compare with.',
    clients: 'With what each mail program would end',
    clientsLead:
      'Replayed from the rules of each program, with the atlas in the place of Thunderbird’s database. What programs only guess is left out.',
    replaying: 'The mail programs are being replayed …',
    budget: 'Too many domains were asked for from this network just now. Please try again in a minute.',
    fault: 'Something went wrong here; it is our fault, and it is in the log.',
    again: 'Check another domain',
  },
  de: {
    title: 'Domain prüfen',
    lead: 'Sehen Sie, was eine Domain selbst über ihre Mail-Einstellungen sagt, ob das zum Atlas passt und bei welchen Servern jedes Mailprogramm landen würde.',
    label: 'Domain',
    hint: 'Zum Beispiel fastmail.com. Von einer Adresse zählt nur, was nach dem @ steht.',
    go: 'Prüfen',
    asked: 'Was dann geschieht',
    askedText: [
      'DNS und Webserver der Domain werden gefragt, was Mailprogramme fragen: Autoconfig, PACC, SRV, Autodiscover und TXT.',
      'Kein Mailserver wird angerufen, niemand meldet sich an, und wo ein Server eine Adresse will, bekommt er eine erfundene.',
      'Es dauert bis zu acht Sekunden und wird einige Minuten lang gemerkt.',
    ],
    of: (domain: string) => `${domain}, geprüft`,
    atlas: 'Was der Atlas sagt',
    entry: (name: string) => `Der Eintrag für ${name}`,
    settings: 'die Einstellungen',
    byMx: (mx: string) => `gefunden über ihren Mailserver ${mx}`,
    publishes: 'Was die Domain selbst veröffentlicht',
    publishesLead: 'Jeder Weg zu veröffentlichen, und wie die Fragen ausgingen.',
    asking: 'Die Domain wird gefragt …',
    comparison: 'Im Vergleich mit unserem Eintrag',
    noRecord: 'Es gibt keinen Eintrag zum Vergleichen.',
    clients: 'Wo jedes Mailprogramm landen würde',
    clientsLead:
      'Nachgespielt nach den Regeln jedes Programms, mit dem Atlas anstelle von Thunderbirds Datenbank. Was Programme nur raten, bleibt weg.',
    replaying: 'Die Mailprogramme werden nachgespielt …',
    budget:
      'Aus diesem Netz wurde gerade nach zu vielen Domains gefragt. Bitte versuchen Sie es in einer Minute noch einmal.',
    fault: 'Da ist etwas schiefgegangen; es liegt an uns und steht im Protokoll.',
    again: 'Eine andere Domain prüfen',
  },
} as const satisfies InEach<Readonly<Record<string, string | readonly string[] | ((given: string) => string)>>>;

/** `GET /check`: the form; with `?domain=` it leads on to the domain's own page, which has nobody's address in its URL. */
export function checkFormPage(deps: Deps) {
  return async (c: Context): Promise<Response> => {
    const language = languageOf(c);
    const typed = new URL(c.req.url).searchParams.get('domain') ?? undefined;
    if (typed === undefined) return formPage(c, deps, language);
    mayCarryAddress(c);
    try {
      return sendAside(c, checkPath(parseAddress(typed).domain, c));
    } catch (error) {
      if (!(error instanceof NameError)) throw error;
      return formPage(c, deps, language, { typed, fault: faults[language][error.code] });
    }
  };
}

function checkPath(domain: Domain, c: Context): string {
  const chosen = new URL(c.req.url).searchParams.get('lang');
  return `/check/${domain}${chosen === 'de' || chosen === 'en' ? `?lang=${chosen}` : ''}`;
}

function formPage(
  c: Context,
  deps: Deps,
  language: Language,
  wrong?: { readonly typed: string; readonly fault: string },
): Promise<Response> {
  const say = texts[language];
  const body = html`<h1>${say.title}</h1>
<p class="lead">${say.lead}</p>
${form(language, wrong)}
<h2>${say.asked}</h2>
<ul>${say.askedText.map((line) => html`<li>${line}</li>`)}</ul>`;
  return sendPage(c, deps, { title: say.title, description: say.lead, body, ...(wrong && { status: 400 }) });
}

function form(language: Language, wrong?: { readonly typed: string; readonly fault: string }): Html {
  const say = texts[language];
  return html`<form class="find screen" action="/check" method="get" role="search"><label for="domain">${say.label}</label>
<div class="field"><input id="domain" name="domain" type="text" value="${wrong?.typed ?? ''}" required maxlength="320" autocapitalize="none" autocomplete="off" spellcheck="false" inputmode="url" aria-describedby="${wrong ? 'domain-fault domain-hint' : 'domain-hint'}"${wrong ? html` aria-invalid="true"` : ''}>
<button class="primary">${say.go}</button></div>
${wrong ? html`<p class="fault" id="domain-fault">${wrong.fault}</p>` : ''}
<p class="hint" id="domain-hint">${say.hint}</p></form>`;
}

/** `GET /check/{domain}` */
export function checkPage(deps: Deps) {
  return async (c: Context): Promise<Response> => {
    mayCarryAddress(c);
    const typed = c.req.param('domain') ?? '';
    const { domain } = parseAddress(typed);
    // One address for each domain, without anybody's name in it.
    if (typed !== domain) return sendAside(c, checkPath(domain, c));
    const language = languageOf(c);
    const source = sourceOf(deps);
    const ours = await seek(deps, c, source, [domain], resolverFor(deps, c));
    if (deps.hosting?.only || !deps.discovered)
      throw notServedHere('miss' in ours ? ours.miss : { domain, reason: 'unknown-domain' });
    const asker = deps.asker(c);
    const queue = new Told<Piece>();
    const discovering = deps.discovered(domain, asker, (mechanism, caught) => queue.tell({ mechanism, caught }));
    const simulating = deps.simulated?.(domain, asker);
    // Whoever awaits them comes later, or never.
    discovering.then(queue.end, queue.end);
    simulating?.catch(() => undefined);
    // Who is over the budget is told at once; an answer takes longer than this.
    if ((await Promise.race([discovering, soon()])) === undefined)
      throw new HttpProblem('too-many-questions', texts.en.budget, { domain });
    const title = texts[language].of(domain);
    return streamPage(
      c,
      deps,
      { title },
      parts({
        domain,
        ours: 'answer' in ours ? { answer: ours.answer } : ours,
        queue,
        discovering,
        simulating,
        language,
      }),
      (error) => {
        deps.defect(error, '/check/:domain');
        return html`<p class="note bad">${texts[language].fault}</p>`;
      },
    );
  };
}

async function soon(): Promise<'later'> {
  await new Promise((resolve) => setTimeout(resolve, 0));
  return 'later';
}

/** What one mechanism brought. */
interface Piece {
  readonly mechanism: Mechanism;
  readonly caught: Catch;
}

interface Checking {
  readonly domain: Domain;
  readonly ours: { readonly answer: Answer } | Extract<Lookup, { miss: unknown }>;
  readonly queue: Told<Piece>;
  readonly discovering: Promise<Discovery | undefined>;
  readonly simulating: Promise<Simulation | undefined> | undefined;
  readonly language: Language;
}

/** A text that waits is hidden by what comes after it (plot-style.ts). */
async function* parts(checking: Checking): AsyncGenerator<Html | string> {
  const { domain, ours, queue, discovering, simulating, language } = checking;
  const say = texts[language];
  yield html`<p class="eyebrow">${say.title}</p><h1>${domain}</h1>
<h2>${say.atlas}</h2>${oursPart(ours, domain, language)}
<h2 id="publishes">${say.publishes}</h2><p class="soft">${say.publishesLead}</p><div class="coming"><p class="waiting" role="status">${say.asking}</p>`;
  const told = new Set<Mechanism>();
  const opened = { list: false };
  for await (const { mechanism, caught } of queue) {
    told.add(mechanism);
    yield `${opened.list ? '' : '<ul class="mechanisms">'}${String(await mechanismLine(mechanism, caught, language))}`;
    opened.list = true;
  }
  const discovery = await discovering;
  if (!discovery) {
    yield html`<p class="note doubt">${say.budget}</p></div>`;
    return;
  }
  // What was remembered was not told while we waited.
  const rest = mechanismsOf(discovery).filter(({ mechanism }) => !told.has(mechanism));
  if (!opened.list && rest.length > 0) yield '<ul class="mechanisms">';
  for (const { mechanism, caught } of rest) yield mechanismLine(mechanism, caught, language);
  if (opened.list || rest.length > 0) yield '</ul>';
  yield findingsPart(discovery, language);
  yield '</div>';
  yield html`<h2 id="comparison">${say.comparison}</h2>${
    'answer' in ours
      ? comparisonPart(compare(withHosts(ours.answer), discovery), language)
      : html`<p class="soft">${say.noRecord}</p>`
  }`;
  if (simulating) {
    yield html`<h2 id="clients">${say.clients}</h2><p class="soft">${say.clientsLead}</p>`;
    yield html`<div class="coming">`;
    yield html`<p class="waiting" role="status">${say.replaying}</p>`;
    const simulation = await simulating;
    yield simulation ? clientsPart(simulation, language) : html`<p class="note doubt">${say.budget}</p>`;
    yield '</div>';
  }
  yield html`<p><a class="button" href="/check">${say.again}</a></p>`;
}

function oursPart(ours: Checking['ours'], domain: Domain, language: Language): Html {
  const say = texts[language];
  if ('miss' in ours) return html`<p>${mark('none', sayMiss(ours.miss, language))}</p>`;
  const { provider, mx } = ours.answer;
  return html`<p>${mark('good', say.entry(provider.name))}: <a href="/provider/${provider.id}">${provider.id}</a>${mx === undefined ? '' : `, ${say.byMx(mx)}`} (<a href="/?domain=${domain}">${say.settings}</a>)</p>`;
}

/** A discovery taken apart again, by mechanism. */
function mechanismsOf({ findings, attempts }: Discovery): { mechanism: Mechanism; caught: Catch }[] {
  const asked = Map.groupBy(attempts, ({ mechanism }) => mechanism);
  const found = Map.groupBy(findings, ({ mechanism }) => mechanism);
  return [...asked].map(([mechanism, some]) => ({
    mechanism,
    caught: { attempts: some, findings: found.get(mechanism) ?? [] },
  }));
}
