/** `GET /status`: how the whole atlas is: its servers today and over time, the last run, certificates, what fails now. */
import type { Context } from 'hono';
import { html } from 'hono/html';
import type { Quarantine, StatusName } from '../../provider/model.ts';
import type { Language } from '../../provider/phrases.ts';
import type { Day } from '../../store/seen/days.ts';
import type { Vitals } from '../../store/seen/vitals.ts';
import type { ListedEndpoint } from '../../verify/endpoint.ts';
import { sayReason } from '../../verify/reasons.ts';
import { atlasEntries } from '../bulk/feed.ts';
import { type Known, type Overview, overviewOf } from '../served/overview.ts';
import type { Deps } from '../served/served.ts';
import { type Html, sendPage } from './frame.ts';
import { type InEach, languageOf } from './language.ts';
import { mark } from './marks.ts';
import { layers, roundedUp } from './plot.ts';
import { entriesList } from './sourced.ts';
import { moodOf, texts as words } from './words.ts';
import { dateElement, instantElement, shortDate, writtenNumber } from './written.ts';

export const texts = {
  en: {
    title: 'Status',
    lead: (servers: string, records: string) => `${servers} servers of ${records} providers, and how they are.`,
    nobody: 'This server looks at no mail servers itself.',
    servers: 'Servers',
    over: 'Over time',
    overHow: (from: string, to: string) =>
      `How many servers did not simply answer, on each day from ${from} to ${to}; from below: with trouble, fails, gone, not checked. All others answered.`,
    top: (count: string) => `${count} servers`,
    gaps: 'A gap is a day on which nobody looked.',
    noDays: 'There is no day yet on which anybody looked.',
    table: 'The same as a table',
    day: 'Day',
    run: 'The last run',
    ended: 'Ended',
    took: 'Took',
    seconds: (seconds: string) => `${seconds} s`,
    minutes: (minutes: string) => `${minutes} min`,
    looked: 'Looked at',
    of: (done: string, planned: string) => `${done} of ${planned} servers`,
    sound: 'Network',
    isSound: 'sound',
    unsound: 'so many servers were out of reach that it was this machine’s own network; nothing counts',
    noRun: 'No run has ended yet.',
    failing: 'Failing now',
    noFailing: 'No server fails.',
    server: 'Server',
    how: 'How it is',
    since: 'since',
    why: 'Why',
    providers: 'Providers',
    more: (count: string) => `and ${count} more`,
    certificates: 'Certificates that end soon',
    certificatesLead:
      'Within three weeks, the first to end first. A server whose certificate has ended is refused by mail programs.',
    noCertificates: 'No certificate ends within three weeks.',
    ends: 'Ends',
    left: (days: number) => (days < 0 ? 'has ended' : days === 1 ? 'in 1 day' : `in ${days} days`),
    quarantine: 'Under quarantine',
    quarantineLead: 'Nobody is sent there until a person has looked: the domain may belong to somebody else now.',
    noQuarantine: 'No host is under quarantine.',
    host: 'Host',
    changes: 'What changed lately',
    noChanges: 'Nothing yet.',
    feed: 'Follow it with a feed reader (Atom)',
    revision: (revision: string) => `The atlas is at revision ${revision} of this server.`,
    probing: 'Who looks, how often, and how to be left alone',
  },
  de: {
    title: 'Status',
    lead: (servers: string, records: string) => `${servers} Server von ${records} Anbietern und wie es ihnen geht.`,
    nobody: 'Dieser Server sieht selbst keine Mailserver an.',
    servers: 'Server',
    over: 'Im Lauf der Zeit',
    overHow: (from: string, to: string) =>
      `Wie viele Server an jedem Tag vom ${from} bis zum ${to} nicht einfach antworteten; von unten: mit Mängeln, versagt, gibt es nicht mehr, nicht geprüft. Alle anderen antworteten.`,
    top: (count: string) => `${count} Server`,
    gaps: 'Eine Lücke ist ein Tag, an dem niemand nachgesehen hat.',
    noDays: 'Es gibt noch keinen Tag, an dem jemand nachgesehen hat.',
    table: 'Dasselbe als Tabelle',
    day: 'Tag',
    run: 'Der letzte Durchgang',
    ended: 'Beendet',
    took: 'Dauer',
    seconds: (seconds: string) => `${seconds} s`,
    minutes: (minutes: string) => `${minutes} min`,
    looked: 'Angesehen',
    of: (done: string, planned: string) => `${done} von ${planned} Servern`,
    sound: 'Netz',
    isSound: 'in Ordnung',
    unsound: 'so viele Server waren nicht zu erreichen, dass es am Netz dieses Rechners lag; nichts davon zählt',
    noRun: 'Noch kein Durchgang ist zu Ende.',
    failing: 'Jetzt gestört',
    noFailing: 'Kein Server versagt.',
    server: 'Server',
    how: 'Zustand',
    since: 'seit',
    why: 'Warum',
    providers: 'Anbieter',
    more: (count: string) => `und ${count} weitere`,
    certificates: 'Zertifikate, die bald enden',
    certificatesLead:
      'Innerhalb von drei Wochen, das nächste zuerst. Einen Server mit abgelaufenem Zertifikat lehnen Mailprogramme ab.',
    noCertificates: 'Kein Zertifikat endet in den nächsten drei Wochen.',
    ends: 'Endet',
    left: (days: number) => (days < 0 ? 'ist abgelaufen' : days === 1 ? 'in 1 Tag' : `in ${days} Tagen`),
    quarantine: 'Unter Quarantäne',
    quarantineLead:
      'Dorthin wird niemand geschickt, bis ein Mensch nachgesehen hat: Die Domain gehört vielleicht inzwischen jemand anderem.',
    noQuarantine: 'Kein Host steht unter Quarantäne.',
    host: 'Host',
    changes: 'Was sich zuletzt änderte',
    noChanges: 'Noch nichts.',
    feed: 'Mit einem Feedreader verfolgen (Atom)',
    revision: (revision: string) => `Der Atlas ist bei Revision ${revision} dieses Servers.`,
    probing: 'Wer nachsieht, wie oft, und wie man in Ruhe gelassen wird',
  },
} as const satisfies InEach<Readonly<Record<string, string | ((...given: never[]) => string)>>>;

const order: readonly StatusName[] = ['verified', 'degraded', 'failing', 'dead', 'unverified'];
/** As they stand on each other in the plot, from below; those that answer would hide the others. */
const troubles = order.slice(1);

const daysShown = 91;
const failingShown = 60;
const certificatesShown = 30;
const certificateDays = 21;
const entriesShown = 10;
const day = 86_400_000;

export function statusPage(deps: Deps) {
  return async (c: Context): Promise<Response> => {
    const language = languageOf(c);
    const overview = await overviewOf(deps);
    const now = Date.now();
    const first = new Date(now - (daysShown - 1) * day).toISOString().slice(0, 10);
    const [vitals, days, entries] = await Promise.all([
      deps.vitals(),
      deps.history.days(first),
      atlasEntries(deps, language),
    ]);
    const say = texts[language];
    const number = (value: number) => writtenNumber(value, language);
    const { source, servers } = overview;
    const lead = say.lead(number(servers), number(source.size));
    const body = html`<h1>${say.title}</h1>
<p class="lead">${lead}</p>
${deps.contact === undefined && !vitals.lastRun ? html`<p class="note">${say.nobody}</p>` : ''}
${countsPart(overview, language)}
${overTimePart(days, now, language)}
${failingPart(overview, language)}
${certificatesPart(vitals, overview, language)}
${quarantinePart(overview.quarantine, language)}
${runPart(vitals, language)}
<section aria-labelledby="changes"><h2 id="changes">${say.changes}</h2>
${entries.length === 0 ? html`<p class="soft">${say.noChanges}</p>` : entriesList(entries.slice(0, entriesShown), language)}
<p class="small"><a href="/api/v1/feed.atom?lang=${language}">${say.feed}</a></p></section>
<p class="small soft">${say.revision(number(source.revision))} <a href="/about/probing">${say.probing}</a>.</p>`;
    return sendPage(c, deps, { title: say.title, description: lead, body });
  };
}

function countsPart({ counts }: Overview, language: Language): Html {
  return html`<dl class="tiles">${order.map(
    (name) =>
      html`<div><dt>${mark(moodOf[name], words[language].status[name])}</dt><dd>${writtenNumber(counts.get(name) ?? 0, language)}</dd></div>`,
  )}</dl>`;
}

function overTimePart(days: readonly Day[], now: number, language: Language): Html {
  const say = texts[language];
  const known = new Map(days.map((one) => [one.day, one.endpoints]));
  const [oldest] = days;
  const back = oldest ? Math.round((now - Date.parse(oldest.day)) / day) : 0;
  const count = Math.min(daysShown, Math.max(14, back + 1));
  const shown = Array.from({ length: count }, (_, i) =>
    new Date(now - (count - 1 - i) * day).toISOString().slice(0, 10),
  );
  const [from, to] = [shown[0] ?? '', shown.at(-1) ?? ''];
  const how = say.overHow(shortDate(from, language), shortDate(to, language));
  const most = days.map(({ endpoints: some }) => troubles.reduce((sum, name) => sum + (some[name] ?? 0), 0));
  const top = Math.max(10, roundedUp(Math.max(0, ...most)));
  const heads = [say.day, ...order.map((name) => words[language].status[name])];
  return html`<section aria-labelledby="over"><h2 id="over">${say.over}</h2>
${
  days.length === 0
    ? html`<p class="soft">${say.noDays}</p>`
    : html`<figure class="layered"><p class="axis small"><span>${say.top(writtenNumber(top, language))}</span></p>${layers(
        troubles,
        shown.map((one) => known.get(one)),
        top,
        { id: 'layers', title: say.over, description: how },
      )}
<p class="axis small"><span>${dateElement(from, language)}</span><span>${dateElement(to, language)}</span></p>
<figcaption class="small soft">${how}${shown.some((one) => !known.has(one)) ? ` ${say.gaps}` : ''}</figcaption></figure>
<details class="more"><summary>${say.table}</summary><div class="scroll" tabindex="0" role="group" aria-label="${say.table}"><table class="figures"><thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead><tbody>${days
        .toReversed()
        .map(
          (one) =>
            html`<tr><th scope="row">${dateElement(one.day, language)}</th>${order.map((name) => html`<td>${writtenNumber(one.endpoints[name] ?? 0, language)}</td>`)}</tr>`,
        )}</tbody></table></div></details>`
}</section>`;
}

function runPart({ lastRun }: Vitals, language: Language): Html {
  const say = texts[language];
  const number = (value: number) => writtenNumber(value, language);
  const facts = (run: NonNullable<Vitals['lastRun']>): readonly (readonly [string, Html | string])[] => {
    const seconds = Math.max(1, Math.round((Date.parse(run.ended) - Date.parse(run.started)) / 1000));
    return [
      [say.ended, instantElement(run.ended, language)],
      [say.took, seconds < 120 ? say.seconds(number(seconds)) : say.minutes(number(Math.round(seconds / 60)))],
      [say.looked, say.of(number(run.done), number(run.planned))],
      [say.sound, run.sound ? mark('good', say.isSound) : mark('doubt', say.unsound)],
    ];
  };
  return html`<section aria-labelledby="run"><h2 id="run">${say.run}</h2>
${lastRun ? html`<dl class="facts">${facts(lastRun).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>` : html`<p class="soft">${say.noRun}</p>`}</section>`;
}

function failingPart({ bad: all, isFiltered }: Overview, language: Language): Html {
  const say = texts[language];
  const age = (one: Known) => `${one.known.since ?? ''} ${one.key}`;
  const bad = all.toSorted((a, b) => (age(a) < age(b) ? 1 : -1));
  const hosts = byHost(bad, ({ known: { status, reason } }) => `${status} ${reason}`);
  const more = hosts.length - failingShown;
  return html`<section aria-labelledby="failing"><h2 id="failing">${say.failing}</h2>
${
  bad.length === 0
    ? html`<p>${mark('good', say.noFailing)}</p>`
    : tableOf(
        [say.server, say.how, say.why, say.providers],
        hosts.slice(0, failingShown).map(([first, ...others]) => {
          const { key, records, known } = first;
          const { status, since, reason } = known;
          return [
            serverCell([first, ...others]),
            html`${mark(moodOf[status], words[language].status[status])}${since === undefined ? '' : html`<small>${say.since} ${dateElement(since, language)}</small>`}`,
            html`<span>${(reason === undefined ? undefined : sayReason(key, reason, language)) ?? '–'}</span>`,
            recordLinks(records, language),
          ];
        }),
      )
}
${more > 0 ? html`<p class="soft">${isFiltered ? html`<a href="/providers?status=failing">${say.more(writtenNumber(more, language))}</a>` : say.more(writtenNumber(more, language))}</p>` : ''}</section>`;
}

/** Servers of one host that are the same in this respect, together; in their order. */
function byHost<S extends ListedEndpoint>(servers: readonly S[], respect: (server: S) => string): [S, ...S[]][] {
  const groups = Map.groupBy(servers, (one) => `${one.endpoint.host} ${one.records.join(' ')} ${respect(one)}`);
  return [...groups.values()] as [S, ...S[]][];
}

function certificatesPart({ certificates }: Vitals, { named }: Overview, language: Language): Html {
  const say = texts[language];
  const soon = certificates
    .flatMap(({ endpoint, days }) => {
      const found = days <= certificateDays && named(endpoint);
      return found ? [{ ...found, days }] : [];
    })
    .sort((a, b) => a.days - b.days || (a.key < b.key ? -1 : 1));
  const hosts = byHost(soon, ({ days }) => String(days));
  const more = hosts.length - certificatesShown;
  return html`<section aria-labelledby="certificates"><h2 id="certificates">${say.certificates}</h2>
<p class="soft">${say.certificatesLead}</p>
${
  soon.length === 0
    ? html`<p>${mark('good', say.noCertificates)}</p>`
    : tableOf(
        [say.server, say.ends, say.providers],
        hosts.slice(0, certificatesShown).map((servers) => {
          const [{ days, records }] = servers;
          return [
            serverCell(servers),
            mark(days < 0 ? 'bad' : days < 14 ? 'doubt' : 'none', say.left(days)),
            recordLinks(records, language),
          ];
        }),
      )
}
${more > 0 ? html`<p class="soft">${say.more(writtenNumber(more, language))}</p>` : ''}</section>`;
}

function quarantinePart(quarantine: Quarantine, language: Language): Html {
  const say = texts[language];
  return html`<section aria-labelledby="quarantine"><h2 id="quarantine">${say.quarantine}</h2>
${
  quarantine.size === 0
    ? html`<p>${mark('good', say.noQuarantine)}</p>`
    : html`<p class="soft">${say.quarantineLead}</p>${tableOf(
        [say.host, say.since, say.why],
        [...quarantine].map(([name, { at, why }]) => [
          html`<span class="mono">${name}</span>`,
          dateElement(at, language),
          html`<span${language === 'en' ? '' : html` lang="en"`}>${why}</span>`,
        ]),
      )}`
}</section>`;
}

/** The first cell of each row is its head. */
function tableOf(heads: readonly string[], rows: readonly (readonly Html[])[]): Html {
  return html`<table class="sheet list" role="table"><thead role="rowgroup"><tr role="row">${heads.map((head) => html`<th role="columnheader" scope="col">${head}</th>`)}</tr></thead><tbody role="rowgroup">${rows.map(
    ([first, ...cells]) =>
      html`<tr role="row"><th role="rowheader" scope="row">${first}</th>${cells.map((cell, i) => html`<td role="cell" data-label="${heads[i + 1]}">${cell}</td>`)}</tr>`,
  )}</tbody></table>`;
}

/** One host, with the ports that are meant. */
function serverCell(servers: readonly [ListedEndpoint, ...ListedEndpoint[]]): Html {
  const ports = servers.map(({ endpoint: { protocol, port } }) => `${protocol.toUpperCase()} ${port}`).sort();
  return html`<span class="mono">${servers[0].endpoint.host}</span><small>${ports.join(', ')}</small>`;
}

const recordsShown = 3;

function recordLinks(records: readonly string[], language: Language): Html {
  const more = records.length - recordsShown;
  if (records.length === 0) return html`<span>–</span>`;
  return html`<span>${records.slice(0, recordsShown).map((id, i) => html`${i === 0 ? '' : ', '}<a href="/provider/${id}">${id}</a>`)}${more > 0 ? ` ${texts[language].more(writtenNumber(more, language))}` : ''}</span>`;
}
