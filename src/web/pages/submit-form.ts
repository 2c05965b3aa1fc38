/** The form of `/submit`: one for each thing that one can want, filled with what is served or what was typed. */
import { html, raw } from 'hono/html';
import type { Provider } from '../../provider/model.ts';
import type { Language } from '../../provider/phrases.ts';
import { kinds as providerKinds } from '../../provider/schema.ts';
import type { Mistake } from '../../submit/draft/mistake.ts';
import { type Kind, kinds } from '../../submit/model.ts';
import { type Fields, fields } from './fields.ts';
import { isTickable, mostRows, tickable } from './form-draft.ts';
import type { Html } from './frame.ts';
import { texts as providerWords } from './kinds.ts';
import type { InEach } from './language.ts';
import { texts as serverWords } from './words.ts';

export const texts = {
  en: {
    what: 'What do you want to tell us?',
    kinds: { new: 'A new provider', change: 'A correction', report: 'Something is wrong', remove: 'Remove my entry' },
    leads: {
      new: 'Settings of a provider that is not in the list yet. Small ones are as welcome as large ones.',
      change: 'Other settings for a provider that is in the list. You see what is served now; change what is wrong.',
      report: 'You saw that something is wrong and do not know the right settings, or have no time for more.',
      remove: 'You run this provider and want its entry to go. That needs proof that the domains are yours.',
    },
    record: 'Which entry is it about?',
    recordHint: 'Its name in the list, such as gmx.net. You find it under Providers.',
    open: 'Open this entry',
    provider: 'The provider',
    name: 'Name',
    kind: 'What it is, first of all',
    country: 'Country',
    countryHint: 'Two letters, such as DE.',
    website: 'Website',
    page: 'Page on which the provider itself says so',
    pageHint: 'Reviewers read it. The better it is, the faster this goes.',
    domains: 'Domains of the addresses',
    domainsHint: 'One in each line: what stands after the @.',
    incoming: 'Servers to receive mail',
    outgoing: 'Servers to send mail',
    serversHint: 'The best one first. Leave rows empty that you do not need.',
    protocol: 'Protocol',
    host: 'Server',
    port: 'Port',
    security: 'Security',
    username: 'User name',
    auth: 'Sign-in',
    row: (list: string, n: number) => `${list}, number ${n}`,
    more: 'Another server',
    setup: 'What people have to do first',
    steps: {
      'enable-access': 'Switch on access for mail programs in the account',
      'app-password': 'Make a password of its own for mail programs',
      'paid-plan': 'Have a paid plan',
    },
    both: 'OAuth2 or normal password',
    reason: 'What we should know',
    reasonReport: 'What is wrong, and how you noticed',
    reasonRemove: 'Why it should go',
    reasonHint: 'Plain text, at most 2000 characters.',
    contact: 'Your e-mail address, if you want to hear from us',
    contactHint: 'Only for notices about this submission. It is deleted when the submission ends.',
    try: 'Check only',
    tryHint: 'Runs all checks and keeps nothing. Takes up to three minutes.',
    submit: 'Submit',
    mistakes: (n: number) => (n === 1 ? 'One thing is not right yet' : `${n} things are not right yet`),
    reviewed: 'Whatever you submit is checked by machines and then by people.',
    policy: 'What gets in, and how',
  },
  de: {
    what: 'Was möchten Sie uns sagen?',
    kinds: {
      new: 'Ein neuer Anbieter',
      change: 'Eine Korrektur',
      report: 'Etwas stimmt nicht',
      remove: 'Meinen Eintrag löschen',
    },
    leads: {
      new: 'Einstellungen eines Anbieters, der noch nicht in der Liste steht. Kleine sind so willkommen wie große.',
      change:
        'Andere Einstellungen für einen Anbieter in der Liste. Sie sehen, was wir jetzt angeben; ändern Sie, was falsch ist.',
      report:
        'Ihnen ist ein Fehler aufgefallen, aber Sie kennen die richtigen Einstellungen nicht oder haben keine Zeit für mehr.',
      remove:
        'Sie betreiben diesen Anbieter und möchten, dass sein Eintrag verschwindet. Dafür müssen Sie zeigen, dass die Domains Ihnen gehören.',
    },
    record: 'Um welchen Eintrag geht es?',
    recordHint: 'Sein Name in der Liste, etwa gmx.net. Sie finden ihn unter „Anbieter“.',
    open: 'Diesen Eintrag öffnen',
    provider: 'Der Anbieter',
    name: 'Name',
    kind: 'Was er vor allem ist',
    country: 'Land',
    countryHint: 'Zwei Buchstaben, etwa DE.',
    website: 'Website',
    page: 'Seite, auf der es der Anbieter selbst sagt',
    pageHint: 'Wer den Vorschlag prüft, liest sie. Je besser sie ist, desto schneller geht es.',
    domains: 'Domains der Adressen',
    domainsHint: 'Eine je Zeile: was nach dem @ steht.',
    incoming: 'Server zum Empfangen',
    outgoing: 'Server zum Senden',
    serversHint: 'Der beste zuerst. Zeilen, die Sie nicht brauchen, bleiben leer.',
    protocol: 'Protokoll',
    host: 'Server',
    port: 'Port',
    security: 'Sicherheit',
    username: 'Benutzername',
    auth: 'Anmeldung',
    row: (list: string, n: number) => `${list}, Nummer ${n}`,
    more: 'Noch ein Server',
    setup: 'Was man zuerst tun muss',
    steps: {
      'enable-access': 'Den Zugriff für Mailprogramme im Konto einschalten',
      'app-password': 'Ein eigenes Passwort für Mailprogramme anlegen',
      'paid-plan': 'Einen bezahlten Tarif haben',
    },
    both: 'OAuth2 oder Passwort, normal',
    reason: 'Was wir wissen sollten',
    reasonReport: 'Was nicht stimmt, und woran Sie es gemerkt haben',
    reasonRemove: 'Warum er verschwinden soll',
    reasonHint: 'Einfacher Text, höchstens 2000 Zeichen.',
    contact: 'Ihre E-Mail-Adresse, wenn Sie von uns hören möchten',
    contactHint: 'Nur für Nachrichten zu diesem Vorschlag. Sie wird gelöscht, sobald er erledigt ist.',
    try: 'Nur prüfen',
    tryHint: 'Macht alle Prüfungen und behält nichts. Dauert bis zu drei Minuten.',
    submit: 'Einreichen',
    mistakes: (n: number) => (n === 1 ? 'Eines stimmt noch nicht' : `${n} Dinge stimmen noch nicht`),
    reviewed: 'Was Sie einreichen, prüfen erst Programme und dann Menschen.',
    policy: 'Was aufgenommen wird, und wie',
  },
} as const satisfies InEach<unknown>;

/** What was sent or is served, as JSON; fields of any type, because it may be wrong. */
export interface Filled {
  readonly kind: Kind;
  readonly id?: string;
  readonly record?: Readonly<Record<string, unknown>>;
  readonly reason?: string;
  readonly contact?: string;
}

/** The kinds as places to go: each is a form of its own. */
export function kindLinks(current: Kind, id: string | undefined, language: Language): Html {
  const about = id === undefined ? '' : `&id=${encodeURIComponent(id)}`;
  const say = texts[language];
  return html`<nav class="choices" aria-label="${say.what}"><ul>${kinds.map(
    (kind) =>
      html`<li><a href="/submit?kind=${kind}${kind === 'new' ? '' : raw(about)}"${kind === current ? raw(' aria-current="page"') : ''}>${say.kinds[kind]}</a></li>`,
  )}</ul></nav>
<p class="lead">${say.leads[current]}</p>`;
}

/** Asks for the entry, where none is named yet. */
export function entryForm(kind: Kind, typed: string | undefined, fault: string | undefined, language: Language): Html {
  const say = texts[language];
  return html`<form class="find" method="get" action="/submit"><input type="hidden" name="kind" value="${kind}">
<label for="id">${say.record}</label>
<div class="field"><input type="text" id="id" name="id" value="${typed ?? ''}" required autocapitalize="off" spellcheck="false" aria-describedby="id-hint${fault === undefined ? '' : ' id-fault'}"><button class="primary">${say.open}</button></div>
<p class="hint" id="id-hint">${say.recordHint}</p>
${fault === undefined ? '' : html`<p class="fault" id="id-fault">${fault}</p>`}
</form>`;
}

/** Around a form. */
export interface Setting {
  /** The record that is served, for a change. */
  readonly base: Provider | undefined;
  /** Nobody is written to: then no address is asked for. */
  readonly isSilent: boolean;
  readonly language: Language;
}

/** The whole form. */
export function submitForm(filled: Filled, mistakes: readonly Mistake[], { base, isSilent, language }: Setting): Html {
  const say = texts[language];
  const { kind, id } = filled;
  const field = fields(filled, mistakes, language);
  const hasRecord = kind === 'new' || kind === 'change';
  const reason = kind === 'report' ? say.reasonReport : kind === 'remove' ? say.reasonRemove : say.reason;
  return html`<form method="post" action="/submit" class="submit" novalidate>
<input type="hidden" name="/kind" value="${kind}">${kind === 'new' ? '' : html`<input type="hidden" name="/id" value="${id ?? ''}">`}
${summary(mistakes, language)}
${
  hasRecord
    ? html`<h2>${say.provider}</h2>
<div class="pairs">
${field.input('/record/name', say.name, { required: true })}
${field.select(
  '/record/kind',
  say.kind,
  providerKinds.map((one) => [one, providerWords[language].kind[one]]),
)}
${field.input('/record/country', say.country, { hint: say.countryHint, short: true, required: true })}
${field.input('/record/website', say.website, { type: 'url', required: true })}
</div>
${field.input('/record/documentation/0/url', say.page, { type: 'url', hint: say.pageHint })}
${field.area('/record/domains', say.domains, say.domainsHint)}
${servers('incoming', field, filled, base, language)}
${servers('outgoing', field, filled, base, language)}
${steps(filled, language)}`
    : ''
}
${field.area('/reason', reason, say.reasonHint)}
${isSilent ? '' : field.input('/contact', say.contact, { type: 'email', hint: say.contactHint })}
<p class="acts"><button class="primary" name="act" value="submit">${say.submit}</button>${hasRecord ? html`<button name="act" value="try">${say.try}</button>` : ''}</p>
<p class="hint">${hasRecord ? say.tryHint : ''} ${say.reviewed}</p>
</form>`;
}

/** Everything that is wrong, each leading to its field. */
function summary(mistakes: readonly Mistake[], language: Language): Html {
  if (mistakes.length === 0) return html`<div class="wrong" role="alert"></div>`;
  const say = texts[language];
  return html`<div class="wrong" role="alert"><div class="note bad"><h2 id="wrong" tabindex="-1">${say.mistakes(mistakes.length)}</h2>
<ul>${mistakes.map(({ at, says }) => html`<li><a href="#${at}">${at === '' ? '' : html`<code>${at}</code> `}${says[language]}</a></li>`)}</ul></div></div>`;
}

const protocolsOf = { incoming: ['imap', 'pop3'], outgoing: ['smtp'] } as const;

/** A row for each server, and one to fill in; a script adds others. */
function servers(
  list: 'incoming' | 'outgoing',
  field: Fields,
  { record }: Filled,
  base: Provider | undefined,
  language: Language,
): Html {
  const say = texts[language];
  const words = serverWords[language];
  const names = [
    ...new Set(['%EMAILADDRESS%', '%EMAILLOCALPART%', ...(base?.[list] ?? []).map(({ username }) => username)]),
  ];
  const auths: [string, string][] = [
    ['password-cleartext', words.auth['password-cleartext']],
    ['OAuth2', words.auth.OAuth2],
    ['OAuth2,password-cleartext', say.both],
    ['password-encrypted', words.auth['password-encrypted']],
  ];
  const row = (i: number) => {
    const at = (name: string) => `/record/${list}/${i}/${name}`;
    return html`<fieldset class="server"><legend>${say.row(say[list], i + 1)}</legend>
${field.select(
  at('protocol'),
  say.protocol,
  protocolsOf[list].map((one) => [one, words.what[one].name]),
)}
${field.input(at('host'), say.host)}
${field.input(at('port'), say.port, { short: true })}
${field.select(at('security'), say.security, [
  ['tls', words.security.tls.name],
  ['starttls', words.security.starttls.name],
])}
${field.select(
  at('username'),
  say.username,
  names.map((one) => [one, one in words.user ? words.user[one as 'ask'] : one]),
)}
${field.select(at('auth'), say.auth, auths)}
</fieldset>`;
  };
  const rows = record?.[list];
  const count = Math.min((Array.isArray(rows) ? rows.length : 0) + 1, mostRows);
  return html`<h2>${say[list]}</h2><p class="hint">${say.serversHint}</p>
<div class="servers" data-most="${mostRows}">${Array.from({ length: count }, (_, i) => row(i))}</div>
<p><button type="button" class="another" hidden>${say.more}</button></p>`;
}

function steps({ record }: Filled, language: Language): Html {
  const say = texts[language];
  const known = Array.isArray(record?.['setup']) ? (record['setup'] as readonly { kind?: unknown }[]) : [];
  const ticked = new Set(known.flatMap(({ kind }) => (typeof kind === 'string' && isTickable(kind) ? [kind] : [])));
  return html`<fieldset class="ticks"><legend>${say.setup}</legend>${tickable.map(
    (kind) =>
      html`<label><input type="checkbox" name="setup:${kind}"${ticked.has(kind) ? raw(' checked') : ''}> ${say.steps[kind]}</label>`,
  )}</fieldset>`;
}
