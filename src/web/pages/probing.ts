/**
 * `GET /about/probing`: who looks at other people's mail servers from here, how often, what is done there and what never, and
 * how to be left alone. Mail servers are told of it.
 */
import type { Context } from 'hono';
import { html } from 'hono/html';
import type { Deps } from '../served/served.ts';
import { sendPage } from './frame.ts';
import { type InEach, languageOf } from './language.ts';
import { linked } from './plain.ts';

export const texts = {
  en: {
    title: 'Who probes mail servers from here',
    who: 'mailatlas keeps a public list of the settings that mail programs need, and looks whether they still work.',
    contact: 'Whoever runs this server can be reached here:',
    none: 'This server probes nobody: it has no contact, and without one there is no probing.',
    how: 'What is done',
    steps: [
      'Each server that a record of the list names is looked at once a day from each network that we look from, and sooner again after a failure.',
      'One connection at a time to a host, to an address and to everything of one owner; at least 30 seconds between two.',
      'DNS, connection, TLS, greeting, capabilities, goodbye. IMAP’s ID says who we are, where the server supports it.',
      'A domain of the list is asked at most once a week what it publishes itself (autoconfig, PACC, SRV, Autodiscover): a dozen questions of DNS, a few of HTTP. The User-Agent says who we are.',
    ],
    never: 'What is never done',
    nots: [
      'Nobody signs in: no password is tried, and no address asked for.',
      'No message is sent.',
      'No port is scanned: only what a provider has published itself is looked at.',
    ],
    out: 'How to be left alone',
    optOut:
      'Ask for it, from an address of the domain or with a DNS record that only you can set. Your hosts are put on the list of those who are not probed (data/no-probe.yml) and are not called again; the settings stay in the list, as unverified.',
  },
  de: {
    title: 'Wer von hier aus Mailserver prüft',
    who: 'mailatlas führt eine öffentliche Liste der Einstellungen, die Mailprogramme brauchen, und sieht nach, ob sie noch stimmen.',
    contact: 'Wer diesen Server betreibt, ist hier zu erreichen:',
    none: 'Dieser Server prüft niemanden: Er nennt keinen Ansprechpartner, und ohne einen wird nicht geprüft.',
    how: 'Was geschieht',
    steps: [
      'Jeder Server, den ein Eintrag der Liste nennt, wird aus jedem Netz, aus dem wir prüfen, einmal am Tag angesehen, nach einem Fehler früher noch einmal.',
      'Nie mehr als eine Verbindung zugleich zu einem Host, einer Adresse und allem, was einem gehört; mindestens 30 Sekunden zwischen zweien.',
      'DNS, Verbindung, TLS, Begrüßung, Fähigkeiten, Abschied. Mit ID sagen wir einem IMAP-Server, wer wir sind, wenn er das unterstützt.',
      'Eine Domain der Liste wird höchstens einmal in der Woche gefragt, was sie selbst veröffentlicht (Autoconfig, PACC, SRV, Autodiscover): ein Dutzend Fragen an das DNS, ein paar über HTTP. Der User-Agent sagt, wer wir sind.',
    ],
    never: 'Was nie geschieht',
    nots: [
      'Niemand meldet sich an: kein Passwort wird versucht, nach keiner Adresse gefragt.',
      'Keine Nachricht wird verschickt.',
      'Keine Ports werden abgesucht: angesehen wird nur, was ein Anbieter selbst veröffentlicht hat.',
    ],
    out: 'Wie man in Ruhe gelassen wird',
    optOut:
      'Bitten Sie darum, von einer Adresse der Domain aus oder mit einem DNS-Eintrag, den nur Sie setzen können. Ihre Hosts kommen auf die Liste derer, die nicht geprüft werden (data/no-probe.yml), und werden nicht mehr angerufen; die Einstellungen bleiben in der Liste, als ungeprüft.',
  },
} as const satisfies InEach<Record<string, string | readonly string[]>>;

export function probingPage(deps: Deps) {
  return (c: Context): Promise<Response> => {
    const { title, who, contact: reach, none, how, steps, never, nots, out, optOut } = texts[languageOf(c)];
    const list = (items: readonly string[]) => html`<ul>${items.map((item) => html`<li>${item}</li>`)}</ul>`;
    const { contact } = deps;
    const body = html`<h1>${title}</h1>
<p class="lead">${who}</p>
<p class="note">${contact === undefined ? none : html`${reach} <strong>${linked(contact)}</strong>`}</p>
<h2>${how}</h2>
${list(steps)}
<h2>${never}</h2>
${list(nots)}
<h2>${out}</h2>
<p>${optOut}</p>`;
    return sendPage(c, deps, { title, description: who, body });
  };
}
