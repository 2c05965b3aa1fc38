/** What was seen of a record's servers: how each stands, its history as plots with tables behind them, the last conversation. */
import { html } from 'hono/html';
import { isTemplate } from '../../provider/hosts.ts';
import type { Provider, Server } from '../../provider/model.ts';
import { type EndpointKey, endpointKey, type Knowledge, unverified } from '../../provider/model.ts';
import type { Language } from '../../provider/phrases.ts';
import type { PastCheck } from '../../store/seen/history.ts';
import { judgeAuth } from '../../verify/auth.ts';
import { parseEndpoint } from '../../verify/endpoint.ts';
import type { Evidence } from '../../verify/evidence.ts';
import { judge } from '../../verify/judge.ts';
import { sayReason } from '../../verify/reasons.ts';
import type { History } from '../served/served.ts';
import { conversation } from './conversation.ts';
import type { Html } from './frame.ts';
import type { InEach } from './language.ts';
import { mark } from './marks.ts';
import { median, type Past, pastOf } from './past.ts';
import { line, roundedUp, strip } from './plot.ts';
import { moodOf, texts as words } from './words.ts';
import { dateElement, shortDate, writtenNumber } from './written.ts';

export const texts = {
  en: {
    title: 'What was seen',
    lead: 'Each server is looked at once a day, and sooner again after a failure. Nobody signs in, so this says nothing of passwords.',
    nothing: 'Nobody has looked at these servers from here yet.',
    template: 'The servers differ from customer to customer, and are not looked at.',
    since: 'since',
    next: 'Next look',
    seenBy: (who: string) => `seen by ${who}`,
    answers: 'Answers',
    answersHow:
      'A low bar is a day on which every check worked, a high one a day on which every check failed, one in between a day with both, and a dot a day without a check.',
    goodDays: (good: number, all: number) => `${good} of ${all} ${all === 1 ? 'day' : 'days'} without a failure`,
    noDays: 'no check yet',
    takes: 'Takes',
    takesHow: (most: string) => `How long the checks took that worked, from DNS to the goodbye; at most ${most} ms.`,
    certificate: 'Certificate',
    certificateHow: 'How many days the certificate was still valid; the dashed line is at 14 days.',
    daysLeft: (days: number, written: string) => (days === 1 ? '1 day left' : `${written} days left`),
    ended: 'has ended',
    table: 'The same as a table',
    week: 'Week of',
    days: (days: string) => `${days} d`,
    checks: 'Checks',
    failed: 'Failed',
    median: 'Median',
    left: 'Certificate',
    changes: 'When something changed',
    conversation: 'The last check, line by line',
    checked: 'Looked at',
    json: 'All of it as JSON',
    signIn: 'Ways to sign in, compared with the record',
    advertised: 'offered',
    contradicted: 'not offered',
    unverifiable: 'not to be seen',
  },
  de: {
    title: 'Was zu sehen war',
    lead: 'Jeder Server wird einmal am Tag angesehen, nach einem Fehler früher noch einmal. Niemand meldet sich an; über Passwörter sagt das also nichts.',
    nothing: 'Diese Server hat von hier noch niemand angesehen.',
    template: 'Die Server sind von Kunde zu Kunde verschieden und werden nicht angesehen.',
    since: 'seit',
    next: 'Nächster Blick',
    seenBy: (who: string) => `gesehen von ${who}`,
    answers: 'Antwortet',
    answersHow:
      'Ein niedriger Balken ist ein Tag, an dem jede Prüfung gelang, ein hoher ein Tag, an dem jede scheiterte, einer dazwischen ein Tag mit beidem, ein Punkt ein Tag ohne Prüfung.',
    goodDays: (good: number, all: number) => `${good} von ${all} ${all === 1 ? 'Tag' : 'Tagen'} ohne Fehler`,
    noDays: 'noch keine Prüfung',
    takes: 'Dauert',
    takesHow: (most: string) =>
      `Wie lange die gelungenen Prüfungen dauerten, vom DNS bis zum Abschied; höchstens ${most} ms.`,
    certificate: 'Zertifikat',
    certificateHow: 'Wie viele Tage das Zertifikat noch galt; die gestrichelte Linie liegt bei 14 Tagen.',
    daysLeft: (days: number, written: string) => (days === 1 ? 'noch 1 Tag' : `noch ${written} Tage`),
    ended: 'ist abgelaufen',
    table: 'Dasselbe als Tabelle',
    week: 'Woche ab',
    days: (days: string) => `${days} T.`,
    checks: 'Prüfungen',
    failed: 'Gescheitert',
    median: 'Median',
    left: 'Zertifikat',
    changes: 'Wann sich etwas änderte',
    conversation: 'Die letzte Prüfung, Zeile für Zeile',
    checked: 'Angesehen',
    json: 'Alles als JSON',
    signIn: 'Anmeldeverfahren im Vergleich mit dem Eintrag',
    advertised: 'angeboten',
    contradicted: 'nicht angeboten',
    unverifiable: 'nicht zu sehen',
  },
} as const satisfies InEach<Readonly<Record<string, string | ((...given: never[]) => string)>>>;

/** What the store remembers of one endpoint. */
interface Remembered {
  readonly key: EndpointKey;
  readonly server: Server;
  readonly past: Past;
  readonly evidence: Evidence | undefined;
  readonly due: string | null;
}

/** More rows than are kept of an endpoint (store/seen/checks.ts). */
const mostChecks = 120;
/** D1 binds at most 100 parameters a statement. */
const mostEndpoints = 12;
const changesShown = 8;

/** Reads it; hosts with a template are nobody's in particular and are never probed. */
export async function remembered(
  { incoming, outgoing }: Pick<Provider, 'incoming' | 'outgoing'>,
  history: History,
  now: number,
): Promise<readonly Remembered[]> {
  const servers = new Map(
    [...incoming, ...outgoing].filter(({ host }) => !isTemplate(host)).map((server) => [endpointKey(server), server]),
  );
  const keys = [...servers.keys()].slice(0, mostEndpoints);
  const [checks, evidence, due] = await Promise.all([
    history.checks(keys, { limit: keys.length * mostChecks }),
    history.evidence(keys),
    history.due(keys),
  ]);
  const byKey = Map.groupBy(checks, ({ endpoint }) => endpoint);
  return keys.map((key) => ({
    key,
    server: servers.get(key) as Server,
    past: pastOf(byKey.get(key) ?? [], now),
    evidence: evidence.get(key) as Evidence | undefined,
    due: due.get(key) ?? null,
  }));
}

/** The section of the page; `id` is that of the record. */
export function seenPart(
  id: string,
  all: readonly Remembered[],
  { statuses }: Pick<Knowledge, 'statuses'>,
  now: Date,
  language: Language,
): Html {
  const say = texts[language];
  return html`<section class="screen" aria-labelledby="seen"><h2 id="seen">${say.title}</h2>
<p class="soft">${all.length === 0 ? say.template : say.lead}</p>
<div class="endpoints">${all.map((one, i) => endpointPart(one, { statuses, now, language, prefix: `e${i}` }))}</div>
${all.length === 0 ? '' : html`<p class="small"><a href="/api/v1/providers/${id}/probes?evidence=1">${say.json}</a></p>`}
</section>`;
}

interface Showing extends Pick<Knowledge, 'statuses'> {
  readonly now: Date;
  readonly language: Language;
  /** Of ids in the page. */
  readonly prefix: string;
}

function endpointPart(
  { key, server, past, evidence, due }: Remembered,
  { statuses, now, language, prefix }: Showing,
): Html {
  const say = texts[language];
  const word = words[language];
  const { status, since, vantage } = statuses.get(key) ?? unverified;
  const verdict = evidence && judge(evidence, now, language);
  const known = past.weeks.some(({ checks }) => checks > 0);
  return html`<article class="card endpoint" id="${prefix}" aria-labelledby="${prefix}-h">
<h3 id="${prefix}-h"><small class="soft">${server.protocol.toUpperCase()}, ${word.security[server.security].name}</small> <span class="mono">${server.host}:${server.port}</span></h3>
<p class="how">${mark(moodOf[status], word.status[status])}${since === undefined || status === 'unverified' ? '' : html` <span class="soft">${say.since} ${dateElement(since, language)}${vantage === undefined ? '' : `, ${say.seenBy(vantage)}`}</span>`}${due === null ? '' : html` <span class="soft">${say.next}: ${dateElement(due, language)}</span>`}</p>
${verdict ? [verdict, ...verdict.also, ...verdict.warnings].map(({ says }) => html`<p>${says}</p>`) : ''}
${known ? plots(past, prefix, language) : html`<p class="soft">${say.nothing}</p>`}
${past.changes.length > 1 ? changesPart(key, past.changes, language) : ''}
${evidence ? html`<details><summary>${say.conversation}</summary><p class="small soft">${say.checked}: ${dateElement(evidence.at, language)}</p>${conversation(evidence, language)}${signInPart(server, key, evidence, language)}</details>` : ''}
</article>`;
}

function plots(past: Past, prefix: string, language: Language): Html {
  const say = texts[language];
  const number = (value: number) => writtenNumber(value, language);
  const seen = past.days.filter((mood) => mood !== 'none').length;
  const good = past.days.filter((mood) => mood === 'good').length;
  const answered = seen === 0 ? say.noDays : say.goodDays(good, seen);
  const middle = median(past.times.map(({ y }) => y));
  const slowest = Math.max(1, ...past.times.map(({ y }) => y));
  const left = past.certDaysLeft;
  const days = past.days.length;
  const lane = (name: string, value: string, plot: Html) =>
    html`<div class="lane"><p>${name} <b>${value}</b></p>${plot}</div>`;
  const named = (part: string, title: string, description: string) => ({ id: `${prefix}-${part}`, title, description });
  return html`<div class="lanes">
${lane(say.answers, answered, strip(past.days, named('a', `${say.answers}: ${answered}`, say.answersHow)))}
${
  middle === undefined
    ? ''
    : lane(
        say.takes,
        `${number(middle)} ms`,
        line(
          past.times,
          { days, top: roundedUp(slowest) },
          named('t', `${say.takes}: ${number(middle)} ms`, say.takesHow(number(slowest))),
        ),
      )
}
${
  left === undefined
    ? ''
    : lane(
        say.certificate,
        left < 0 ? say.ended : say.daysLeft(left, number(left)),
        line(
          past.certificate,
          { days, top: Math.max(30, ...past.certificate.map(({ y }) => y)), limit: 14 },
          named(
            'c',
            `${say.certificate}: ${left < 0 ? say.ended : say.daysLeft(left, number(left))}`,
            say.certificateHow,
          ),
        ),
      )
}
<p class="axis"><span>${dateElement(past.from, language)}</span><span>${dateElement(past.to, language)}</span></p>
</div>
<details><summary>${say.table}</summary>${weekTable(past, language)}</details>`;
}

function weekTable({ weeks }: Past, language: Language): Html {
  const say = texts[language];
  const number = (value: number | undefined, unit = '') =>
    value === undefined ? '–' : `${writtenNumber(value, language)}${unit}`;
  const heads = [say.week, say.checks, say.failed, say.median, say.left];
  return html`<div class="scroll" tabindex="0" role="group" aria-label="${say.table}"><table class="figures"><thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead><tbody>${weeks.map(
    ({ from, checks, failed, median: took, certDays }) =>
      html`<tr><th scope="row"><time datetime="${from}">${shortDate(from, language)}</time></th><td>${number(checks)}</td><td>${number(failed)}</td><td>${number(took, ' ms')}</td><td>${certDays === undefined ? '–' : certDays < 0 ? say.ended : say.days(number(certDays))}</td></tr>`,
  )}</tbody></table></div>`;
}

const moodOfOutcome = { works: 'good', fails: 'bad', inconclusive: 'none' } as const;

function changesPart(key: EndpointKey, changes: readonly PastCheck[], language: Language): Html {
  const say = texts[language];
  return html`<details><summary>${say.changes}</summary><ul class="dated">${changes
    .slice(0, changesShown)
    .map(
      ({ at, outcome, code }) =>
        html`<li>${dateElement(at, language)} <span>${mark(moodOfOutcome[outcome], code)} <span class="soft">${sayReason(key, code, language) ?? ''}</span></span></li>`,
    )}</ul></details>`;
}

const moodOfStanding = { advertised: 'good', contradicted: 'bad', unverifiable: 'none' } as const;

function signInPart(server: Server, key: EndpointKey, evidence: Evidence, language: Language): Html {
  const say = texts[language];
  const judged = judgeAuth(server.auth, parseEndpoint(key), evidence, language);
  return html`<p class="small"><strong>${say.signIn}</strong></p><ul class="plain small">${judged.map(
    ({ auth, standing, by }) =>
      html`<li>${words[language].auth[auth]}: ${mark(moodOfStanding[standing], say[standing])}${by === undefined ? '' : html` <span class="mono soft">${by}</span>`}</li>`,
  )}</ul>`;
}
