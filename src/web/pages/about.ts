/** `GET /about`: who runs this server, what it keeps of those who ask, who probes from here, and how to contribute. */
import type { Context } from 'hono';
import { html } from 'hono/html';
import type { Deps } from '../served/served.ts';
import { sendPage } from './frame.ts';
import { type InEach, languageOf } from './language.ts';
import { linked, plainText } from './plain.ts';
import { writtenNumber } from './written.ts';

export const texts = {
  en: {
    title: 'About this server',
    lead: 'mailatlas answers one question: which servers, ports, security modes and sign-in method does the mail of a domain use? For every mail program and every person, from a list that says where each fact comes from.',
    count: (n: string) => `This server knows ${n} providers.`,
    operator: 'Who runs it',
    contact: 'This server’s operator can be reached here:',
    nobody: 'The operator has not said who they are.',
    stored: 'What is stored',
    stores: [
      'Of your requests: nothing. No address is logged, neither of people nor of machines, and no question.',
      'The pages send the domain of your address, never the address. User names are put in by your browser. If you type a whole address while JavaScript is off, it reaches the server, which answers and forgets it.',
      'One cookie, “lang”, and only if you choose a language. It holds nothing but that choice. (Reviewers who sign in have a second one, on their own pages, until they sign out.)',
      'In memory, and for a minute: from which network (not which address) questions come, so that nobody asks too many at once.',
      'Of what you submit: what “What gets in, and who decides” says (/policy).',
      'A domain that is asked for in vain is counted once twenty networks have asked for it, so that curators know what is missing.',
      'Nothing is loaded from other servers. Nobody is tracked, and nothing is sold.',
    ],
    probing: 'Who looks at mail servers from here',
    probingText:
      'Whether servers answer is checked from here, politely and without signing in. Who does it, how often, and how to be left alone:',
    probingLink: 'who probes mail servers',
    contribute: 'How to contribute',
    contributions: [
      'Settings are wrong or missing? Tell the operator, with the page of the provider that says how it is.',
      'The data are files, one for each provider, and everybody may propose changes to them. Each fact needs a source.',
      'You are a provider? Publish your settings under your own domain (autoconfig, PACC or SRV records), and every mail program finds them, with us and without us.',
    ],
    licence: 'What you may do with it',
    licenceText:
      'The data are in the public domain (CC0), the program is free software (MIT). Everybody may run a server like this one. For programs there is the interface:',
    api: 'the API',
  },
  de: {
    title: 'Über diesen Server',
    lead: 'mailatlas beantwortet eine Frage: Welche Server, Ports, Verschlüsselung und Anmeldung benutzt die Mail einer Domain? Für jedes Mailprogramm und jeden Menschen, aus einer Liste, die zu allem sagt, woher es stammt.',
    count: (n: string) => `Dieser Server kennt ${n} Anbieter.`,
    operator: 'Wer ihn betreibt',
    contact: 'Der Betreiber dieses Servers ist hier zu erreichen:',
    nobody: 'Der Betreiber macht keine Angaben zu sich.',
    stored: 'Was gespeichert wird',
    stores: [
      'Von Ihren Anfragen: nichts. Keine Adresse wird protokolliert, weder von Menschen noch von Rechnern, und keine Frage.',
      'Die Seiten senden die Domain Ihrer Adresse, nie die Adresse. Benutzernamen setzt Ihr Browser ein. Geben Sie ohne JavaScript eine ganze Adresse ein, erreicht sie den Server; er antwortet und vergisst sie.',
      'Ein Cookie, „lang“, und nur, wenn Sie eine Sprache wählen. Es enthält nichts als diese Wahl. (Wer sich zum Prüfen von Einsendungen anmeldet, hat auf jenen Seiten ein zweites, bis zur Abmeldung.)',
      'Im Arbeitsspeicher und für eine Minute: aus welchem Netz (nicht: von welcher Adresse) Fragen kommen, damit niemand zu viele auf einmal stellt.',
      'Von dem, was Sie einreichen: was „Was aufgenommen wird und wer entscheidet“ sagt (/policy).',
      'Eine Domain, nach der vergeblich gefragt wird, wird gezählt, sobald zwanzig Netze nach ihr gefragt haben, damit man weiß, was fehlt.',
      'Nichts wird von anderen Servern geladen. Niemand wird verfolgt, und nichts wird verkauft.',
    ],
    probing: 'Wer von hier aus Mailserver ansieht',
    probingText:
      'Ob Server antworten, wird von hier aus geprüft, höflich und ohne Anmeldung. Wer das tut, wie oft, und wie man in Ruhe gelassen wird:',
    probingLink: 'wer Mailserver prüft',
    contribute: 'So tragen Sie bei',
    contributions: [
      'Einstellungen sind falsch oder fehlen? Sagen Sie es dem Betreiber, mit der Seite des Anbieters, auf der es richtig steht.',
      'Die Daten sind Dateien, eine für jeden Anbieter, und alle können Änderungen vorschlagen. Jede Angabe braucht eine Quelle.',
      'Sie sind Anbieter? Veröffentlichen Sie Ihre Einstellungen unter Ihrer eigenen Domain (Autoconfig, PACC oder SRV-Einträge), dann findet sie jedes Mailprogramm, mit uns und ohne uns.',
    ],
    licence: 'Was Sie damit tun dürfen',
    licenceText:
      'Die Daten sind gemeinfrei (CC0), das Programm ist freie Software (MIT). Alle dürfen einen Server wie diesen betreiben. Für Programme gibt es die Schnittstelle:',
    api: 'die API',
  },
} as const satisfies InEach<Readonly<Record<string, string | readonly string[] | ((given: never) => string)>>>;

export function aboutPage(deps: Deps) {
  return (c: Context): Promise<Response> => {
    const language = languageOf(c);
    const say = texts[language];
    const { contact } = deps;
    const about = deps.about?.();
    const own = about?.[language] ?? about?.en ?? about?.de;
    const source = deps.source ? deps.source() : deps.served();
    const list = (items: readonly string[]) => html`<ul>${items.map((item) => html`<li>${item}</li>`)}</ul>`;
    const body = html`<h1>${say.title}</h1>
<p class="lead">${say.lead}</p>
${source ? html`<p>${say.count(writtenNumber(source.size, language))}</p>` : ''}
<h2 id="operator">${say.operator}</h2>
${own === undefined ? '' : html`<div class="card">${plainText(own)}</div>`}
${contact === undefined ? '' : html`<p>${say.contact} <strong>${linked(contact)}</strong></p>`}
${own === undefined && contact === undefined ? html`<p>${say.nobody}</p>` : ''}
<h2 id="stored">${say.stored}</h2>
${list(say.stores)}
<h2 id="probing">${say.probing}</h2>
<p>${say.probingText} <a href="/about/probing">${say.probingLink}</a>.</p>
<h2 id="contribute">${say.contribute}</h2>
${list(say.contributions)}
<h2 id="licence">${say.licence}</h2>
<p>${say.licenceText} <a href="/api">${say.api}</a>.</p>`;
    return sendPage(c, deps, { title: say.title, description: say.lead, body });
  };
}
