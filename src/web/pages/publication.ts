/** What a domain publishes itself: each question with how it ended, what was found, and how that compares with our record. */
import { html } from 'hono/html';
import type { Comparison, Level, State } from '../../discover/compare.ts';
import { stateSentences, verdictSentences } from '../../discover/compare-sentences.ts';
import { type Attempt, type Catch, type Discovery, type Finding, uncertainCodes } from '../../discover/model.ts';
import { mechanismNames, printable, sayAttempt, sayTrust } from '../../discover/sentences.ts';
import type { Mechanism, Server, Service } from '../../provider/model.ts';
import type { Language } from '../../provider/phrases.ts';
import type { Difference } from '../../store/seen/comparisons.ts';
import type { Html } from './frame.ts';
import type { InEach } from './language.ts';
import { type Mood, mark } from './marks.ts';
import { texts as words } from './words.ts';

export const texts = {
  en: {
    found: 'found',
    nothing: 'nothing',
    unanswered: 'no answer',
    questions: (count: number) => (count === 1 ? '1 question' : `${count} questions`),
    none: 'Nothing that a mail program could use.',
    mx: 'Its mail goes to',
    nullMx: 'It takes no mail at all, it says itself (null MX).',
    noMx: 'No mail servers (MX) are named in DNS.',
    mxFailed: 'Who takes its mail could not be found out.',
    told: (address: string) => `Servers that want an address were told ${address}.`,
    service: 'Service',
    host: 'Server',
    port: 'Port',
    security: 'Security',
    user: 'User name',
    remarks: 'Remarks',
    comparison: 'Compared with our entry',
    what: 'What',
    ours: 'Our entry',
    theirs: 'The domain',
    result: 'Result',
    of: 'Published by',
    all: 'several',
    same: (count: number) => (count === 1 ? '1 value is the same' : `${count} values are the same`),
    notes: (count: number) => (count === 1 ? '1 remark' : `${count} remarks`),
    autoconfigIs: 'the file that Thunderbird and others ask for',
    paccIs: 'the newer file with a digest in DNS',
    mailconfIs: 'a TXT record',
    autodiscoverIs: 'what Outlook asks for',
    srvIs: 'DNS records (RFC 6186)',
  },
  de: {
    found: 'gefunden',
    nothing: 'nichts',
    unanswered: 'keine Antwort',
    questions: (count: number) => (count === 1 ? '1 Frage' : `${count} Fragen`),
    none: 'Nichts, womit ein Mailprogramm etwas anfangen könnte.',
    mx: 'Ihre Post geht an',
    nullMx: 'Sie nimmt gar keine Post an, sagt sie selbst (Null-MX).',
    noMx: 'Im DNS sind keine Mailserver (MX) genannt.',
    mxFailed: 'Wer ihre Post annimmt, war nicht herauszufinden.',
    told: (address: string) => `Servern, die eine Adresse wollen, wurde ${address} genannt.`,
    service: 'Dienst',
    host: 'Server',
    port: 'Port',
    security: 'Sicherheit',
    user: 'Benutzername',
    remarks: 'Bemerkungen',
    comparison: 'Im Vergleich mit unserem Eintrag',
    what: 'Was',
    ours: 'Unser Eintrag',
    theirs: 'Die Domain',
    result: 'Ergebnis',
    of: 'Veröffentlicht über',
    all: 'mehrere',
    same: (count: number) => (count === 1 ? '1 Angabe stimmt überein' : `${count} Angaben stimmen überein`),
    notes: (count: number) => (count === 1 ? '1 Bemerkung' : `${count} Bemerkungen`),
    autoconfigIs: 'die Datei, nach der Thunderbird und andere fragen',
    paccIs: 'die neuere Datei mit Prüfsumme im DNS',
    mailconfIs: 'ein TXT-Eintrag',
    autodiscoverIs: 'wonach Outlook fragt',
    srvIs: 'DNS-Einträge (RFC 6186)',
  },
} as const satisfies InEach<Readonly<Record<string, string | ((...given: never[]) => string)>>>;

/** A stranger's domain must not make the page grow as it likes. */
const mostAttempts = 14;
const mostFindings = 6;
const mostServers = 8;
const mostRows = 24;
const mostRemarks = 4;

/** One mechanism, as soon as it is through. */
export function mechanismLine(mechanism: Mechanism, { findings, attempts }: Catch, language: Language): Html {
  const say = texts[language];
  const isFound = findings.length > 0 || attempts.some(({ code }) => code === 'found' || code === 'found-same');
  const isUnsure = attempts.some(({ code }) => uncertainCodes.has(code));
  const [mood, word]: [Mood, string] = isFound
    ? ['good', say.found]
    : isUnsure
      ? ['doubt', say.unanswered]
      : ['none', say.nothing];
  return html`<li><span><strong>${mechanismNames[mechanism]}</strong> <small>${say[`${mechanism}Is`]}</small></span> ${mark(mood, word)}${attemptsPart(attempts, language)}</li>`;
}

function attemptsPart(attempts: readonly Attempt[], language: Language): Html | string {
  if (attempts.length === 0) return '';
  const said = [...new Set(attempts.map((one) => sayAttempt(one, language)))];
  return html`<details><summary>${texts[language].questions(said.length)}</summary><ul class="plain small">${said.slice(0, mostAttempts).map((line) => html`<li>${printable(line)}</li>`)}</ul></details>`;
}

/** Everything that was found, each whole; who takes the mail; what servers were told. */
export function findingsPart({ findings, mx, told }: Discovery, language: Language): Html {
  const say = texts[language];
  return html`${
    findings.length === 0
      ? html`<p>${mark('none', say.none)}</p>`
      : findings.slice(0, mostFindings).map((finding) => findingPart(finding, language))
  }
<p class="soft">${
    mx.kind === 'hosts'
      ? html`${say.mx} <span class="mono">${mx.hosts
          .slice(0, mostServers)
          .map(({ host }) => host)
          .join(', ')}</span>.`
      : mx.kind === 'null'
        ? say.nullMx
        : mx.kind === 'failed'
          ? say.mxFailed
          : say.noMx
  }${told === undefined ? '' : ` ${say.told(told)}`}</p>`;
}

function findingPart({ mechanism, where, trust, record, remarks }: Finding, language: Language): Html {
  const say = texts[language];
  const heads = [say.service, say.host, say.port, say.security, say.user];
  const servers: readonly (Server | Service)[] = [...record.incoming, ...record.outgoing, ...(record.services ?? [])];
  const rows = servers.slice(0, mostServers).map((server) => {
    const { protocol, host, port, security, username } = server;
    const url = 'url' in server ? server.url : undefined;
    const cells = [
      html`<span class="mono">${printable(host ?? url ?? '')}</span>`,
      html`<span class="mono">${port ?? ''}</span>`,
      html`<span>${security === undefined ? '' : words[language].security[security].name}</span>`,
      html`<span class="mono">${printable(username)}</span>`,
    ];
    return html`<tr role="row"><th role="rowheader" scope="row">${protocol.toUpperCase()}</th>${cells.map((cell, i) => html`<td role="cell" data-label="${heads[i + 1]}">${cell}</td>`)}</tr>`;
  });
  return html`<div class="card"><h3>${mechanismNames[mechanism]}</h3>
<p class="small"><span class="mono">${printable(where)}</span><br>${mark(trust.level === 'tls' ? 'good' : trust.level === 'dns' ? 'none' : 'bad', sayTrust(trust, language))}</p>
${rows.length === 0 ? '' : html`<table class="sheet" role="table"><thead role="rowgroup"><tr role="row">${heads.map((head) => html`<th role="columnheader" scope="col">${head}</th>`)}</tr></thead><tbody role="rowgroup">${rows}</tbody></table>`}
${
  remarks.length === 0
    ? ''
    : html`<details class="more"><summary>${say.remarks}</summary><ul class="plain small"${language === 'en' ? '' : html` lang="en"`}>${remarks.slice(0, mostRemarks).map(({ where: place, says }) => html`<li>${printable(`${place}: ${says}`)}</li>`)}</ul></details>`
}</div>`;
}

const moodOfVerdict: Readonly<Record<Comparison['verdict'], Mood>> = {
  agrees: 'good',
  differs: 'bad',
  nothing: 'none',
  unknown: 'doubt',
};
const moodOfLevel: Readonly<Record<Level, Mood>> = { same: 'good', note: 'none', differs: 'bad', unknown: 'doubt' };

/** A comparison of now, or one that the store has kept; of a kept one, a later version may know other states. */
interface Compared {
  readonly verdict: Comparison['verdict'];
  readonly rows: readonly Difference[];
}

/** What differs stands in a table; what is the same is counted, and what is only worth knowing is behind a fold. */
export function comparisonPart({ verdict, rows }: Compared, language: Language): Html {
  const say = texts[language];
  const same = rows.filter(({ level }) => level === 'same').length;
  const wrong = rows.filter(({ level }) => level === 'differs' || level === 'unknown');
  const notes = rows.filter(({ level }) => level === 'note');
  return html`<p>${mark(moodOfVerdict[verdict], verdictSentences[verdict][language])}${same > 0 ? html` <small>(${say.same(same)})</small>` : ''}</p>
${wrong.length === 0 ? '' : rowsTable(wrong, language)}
${notes.length === 0 ? '' : html`<details class="more"><summary>${say.notes(notes.length)}</summary>${rowsTable(notes, language)}</details>`}`;
}

function rowsTable(rows: readonly Difference[], language: Language): Html {
  const say = texts[language];
  const heads = [say.what, say.ours, say.theirs, say.result];
  return html`<table class="sheet list" role="table"><thead role="rowgroup"><tr role="row">${heads.map((head) => html`<th role="columnheader" scope="col">${head}</th>`)}</tr></thead><tbody role="rowgroup">${rows.slice(0, mostRows).map((row) => rowPart(row, heads, language))}</tbody></table>`;
}

function rowPart(
  { mechanism, service, state, level, ours, theirs }: Difference,
  heads: readonly string[],
  language: Language,
): Html {
  const say = texts[language];
  const value = (text: string | undefined) =>
    html`<span class="mono">${text === undefined ? '–' : printable(text)}</span>`;
  const sentence = Object.hasOwn(stateSentences, state) ? stateSentences[state as State][language] : state;
  const cells = [value(ours), value(theirs), mark(moodOfLevel[level as Level] ?? 'none', sentence)];
  return html`<tr role="row"><th role="rowheader" scope="row">${printable(service)}<small>${mechanism === 'all' ? say.all : (mechanismNames[mechanism as Mechanism] ?? mechanism)}</small></th>${cells.map((cell, i) => html`<td role="cell" data-label="${heads[i + 1]}">${cell}</td>`)}</tr>`;
}
