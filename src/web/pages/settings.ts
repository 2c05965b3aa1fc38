/** The settings of an answer as tables that people copy from, and what is known of each server. */
import { html } from 'hono/html';
import type { AnswerJson } from '../../formats/answer.ts';
import type { Domain } from '../../name/domain.ts';
import { fillUsername } from '../../provider/login.ts';
import { inLanguage, type Language } from '../../provider/phrases.ts';
import type { Html } from './frame.ts';
import type { InEach } from './language.ts';
import { copyIcon, mark } from './marks.ts';
import { type LocalJson, moodOf, type ServerJson, texts as words } from './words.ts';
import { dateElement } from './written.ts';

export const texts = {
  en: {
    what: 'What for',
    host: 'Server',
    port: 'Port',
    security: 'Security',
    user: 'User name',
    auth: 'Sign-in',
    copied: 'Copied',
    copyHost: (host: string) => `Copy server ${host}`,
    copyUser: 'Copy user name',
    caption: 'What to enter in the mail program',
    more: (n: number) => (n === 1 ? 'One more server' : `${n} more servers`),
    moreCaption: 'Other servers that will do, too',
    sure: 'How sure this is',
    sureLead:
      'Three questions, each with its own answer and its own day. None of them stands for the others: a server that answers need not let anybody in.',
    server: 'Server',
    authentic: 'Does the provider say so?',
    answers: 'Does it answer?',
    signsIn: 'Can one sign in?',
    yes: 'yes',
    hearsay: 'only others say so',
    source: 'where',
    evidence: 'what was seen',
    seenBy: (host: string) => `seen by ${host}`,
    L3: 'the password was taken',
    L4: 'a message went through',
    notTried: 'not tried',
  },
  de: {
    what: 'Wofür',
    host: 'Server',
    port: 'Port',
    security: 'Sicherheit',
    user: 'Benutzername',
    auth: 'Anmeldung',
    copied: 'Kopiert',
    copyHost: (host: string) => `Server ${host} kopieren`,
    copyUser: 'Benutzernamen kopieren',
    caption: 'Was Sie im Mailprogramm eintragen',
    more: (n: number) => (n === 1 ? 'Ein weiterer Server' : `${n} weitere Server`),
    moreCaption: 'Andere Server, mit denen es auch geht',
    sure: 'Wie sicher das ist',
    sureLead:
      'Drei Fragen, jede mit eigener Antwort und eigenem Tag. Keine steht für die anderen: Ein Server, der antwortet, muss noch niemanden hereinlassen.',
    server: 'Server',
    authentic: 'Sagt es der Anbieter selbst?',
    answers: 'Antwortet er?',
    signsIn: 'Klappt die Anmeldung?',
    yes: 'ja',
    hearsay: 'das sagen nur andere',
    source: 'wo',
    evidence: 'was zu sehen war',
    seenBy: (host: string) => `gesehen von ${host}`,
    L3: 'das Passwort wurde angenommen',
    L4: 'eine Nachricht kam durch',
    notTried: 'nicht probiert',
  },
} as const satisfies InEach<Readonly<Record<string, string | ((given: never) => string)>>>;

/** The best way to receive and the best way to send first, everything else behind a fold. */
export function settingsTables(
  { incoming, outgoing, local }: Pick<AnswerJson, 'incoming' | 'outgoing' | 'local'>,
  language: Language,
): Html {
  const say = texts[language];
  const best: (ServerJson | LocalJson)[] = [incoming[0], outgoing[0], ...local].filter(
    (server) => server !== undefined,
  );
  const others = [...incoming.slice(1), ...outgoing.slice(1)];
  return html`<div class="card">${table(best, say.caption, language)}
${
  others.length === 0
    ? ''
    : html`<details class="more screen"><summary>${say.more(others.length)}</summary>${table(others, say.moreCaption, language)}</details>`
}</div>`;
}

function table(servers: readonly (ServerJson | LocalJson)[], caption: string, language: Language): Html {
  const say = texts[language];
  const columns = [say.what, say.host, say.port, say.security, say.user, say.auth];
  return html`<table class="sheet" role="table"><caption>${caption}</caption>
<thead role="rowgroup"><tr role="row">${columns.map((column) => html`<th role="columnheader" scope="col">${column}</th>`)}</tr></thead>
<tbody role="rowgroup">${servers.map((server) => row(server, language))}</tbody></table>`;
}

function row(server: ServerJson | LocalJson, language: Language): Html {
  const { protocol, host, port, security, auth } = server;
  const say = texts[language];
  const word = words[language];
  const what = word.what[protocol];
  const how = word.security[security];
  const [method = 'none', ...rest] = auth;
  const also = rest.map((one) => word.auth[one]).join(', ');
  return html`<tr role="row">
<th role="rowheader" scope="row">${what.name}<small>${what.says}</small></th>
<td role="cell" data-label="${say.host}"><span class="value"><span class="mono host">${host}</span>${copyButton(say.copyHost(host), language)}</span></td>
<td role="cell" data-label="${say.port}"><span class="mono">${port}</span></td>
<td role="cell" data-label="${say.security}">${how.name}<small>${how.says}</small></td>
<td role="cell" data-label="${say.user}">${username(server, language)}</td>
<td role="cell" data-label="${say.auth}">${word.auth[method]}${also === '' ? '' : html`<small>${also}</small>`}</td>
</tr>`;
}

/** What to enter: the browser puts the person's own name in place of the words. */
function username({ username: name, hint }: ServerJson | LocalJson, language: Language): Html {
  const { user } = words[language];
  if (name === null) return html`${inLanguage(hint, language) ?? user.ask}`;
  const say = texts[language];
  if (!name.includes('%'))
    return html`<span class="value"><span class="mono">${name}</span>${copyButton(say.copyUser, language)}</span>`;
  const described =
    name === '%EMAILADDRESS%' || name === '%EMAILLOCALPART%'
      ? user[name]
      : fillUsername(name, { local: 'name', domain: 'domain' as Domain });
  return html`<span class="value"><span data-username="${name}">${described}</span>${copyButton(say.copyUser, language)}</span>`;
}

/** Only where there is a script that copies. What is copied stands right before it. */
function copyButton(label: string, language: Language): Html {
  const { copied } = texts[language];
  return html`<button type="button" class="copy" data-copied="${copied}" aria-label="${label}" title="${label}" hidden>${copyIcon}</button>`;
}

/** The three axes of every server, each with its day and where to see it. @param evidence where the probes are told */
export function certainty(
  { incoming, outgoing, sources }: Pick<AnswerJson, 'incoming' | 'outgoing' | 'sources'>,
  evidence: string,
  language: Language,
): Html {
  const say = texts[language];
  const columns = [say.server, say.authentic, say.answers, say.signsIn];
  const rows = [...incoming, ...outgoing].map((server) => {
    const { authentic, answers, signsIn } = server;
    const source = authentic && sources[authentic.source];
    const link = source && ('url' in source ? source.url : 'autoconfig' in source ? source.autoconfig : undefined);
    const cells = [
      authentic
        ? html`${mark('good', say.yes)}${day(authentic.at)}${link === undefined ? '' : html`<small><a href="${link}" rel="noreferrer">${say.source}</a></small>`}`
        : html`${mark('none', say.hearsay)}`,
      answers
        ? html`${mark(moodOf[answers.status], words[language].status[answers.status])}${day(answers.at)}<small><a href="${evidence}">${say.evidence}</a>${answers.vantage === undefined ? '' : `, ${say.seenBy(answers.vantage)}`}</small>`
        : html`${mark('none', words[language].status.unverified)}`,
      signsIn ? html`${mark('good', say[signsIn.level])}${day(signsIn.at)}` : html`${mark('none', say.notTried)}`,
    ];
    return html`<tr role="row"><th role="rowheader" scope="row"><span class="mono">${server.host}</span><small>${server.protocol.toUpperCase()}, ${say.port} ${server.port}</small></th>
${cells.map((cell, i) => html`<td role="cell" data-label="${columns[i + 1]}">${cell}</td>`)}</tr>`;
  });
  return html`<h2 id="sure">${say.sure}</h2>
<p class="soft">${say.sureLead}</p>
<table class="sheet axes" role="table"><caption class="hidden">${say.sure}</caption>
<thead role="rowgroup"><tr role="row">${columns.map((column) => html`<th role="columnheader" scope="col">${column}</th>`)}</tr></thead>
<tbody role="rowgroup">${rows}</tbody></table>`;

  function day(at: string | null): Html | string {
    return at === null ? '' : html`<small>${dateElement(at, language)}</small>`;
  }
}
