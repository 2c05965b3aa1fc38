/** What each mail client would end with for a domain, and how it gets there. */
import { html } from 'hono/html';
import type { ClientServer } from '../../discover/clients/model.ts';
import { sayDifference, sayReplayed, unsureSentences, verdictSentences } from '../../discover/clients/sentences.ts';
import type { ClientReplay, Simulation } from '../../discover/clients/simulate.ts';
import { clients } from '../../discover/clients/table.ts';
import type { Verdict } from '../../discover/clients/verdict.ts';
import { printable } from '../../discover/sentences.ts';
import type { Language } from '../../provider/phrases.ts';
import type { Html } from './frame.ts';
import type { InEach } from './language.ts';
import { type Mood, mark } from './marks.ts';
import { texts as words } from './words.ts';

export const texts = {
  en: {
    incoming: 'receives from',
    outgoing: 'sends through',
    steps: (count: number) => (count === 1 ? 'The one step' : `The ${count} steps`),
    but: 'But',
  },
  de: {
    incoming: 'empfängt von',
    outgoing: 'sendet über',
    steps: (count: number) => (count === 1 ? 'Der eine Schritt' : `Die ${count} Schritte`),
    but: 'Aber',
  },
} as const satisfies InEach<Readonly<Record<string, string | ((count: number) => string)>>>;

const moods: Readonly<Record<Verdict, Mood>> = {
  'as-meant': 'good',
  'other-choice': 'good',
  differs: 'bad',
  nothing: 'none',
  'nothing-meant': 'good',
  'not-meant': 'bad',
  'no-record': 'none',
};

const mostSteps = 14;
const mostDifferences = 4;

export function clientsPart(simulation: Simulation, language: Language): Html {
  return html`<ul class="clients">${simulation.clients.map((replay) => clientPart(replay, language))}</ul>`;
}

function clientPart(replay: ClientReplay, language: Language): Html {
  const say = texts[language];
  const { client, verdict, settings, differences, steps, unsure } = replay;
  const title = clients.find(({ name }) => name === client)?.title ?? client;
  const asked = steps.filter(({ code }) => code !== 'not-needed');
  const [incoming] = settings?.incoming ?? [];
  const [outgoing] = settings?.outgoing ?? [];
  return html`<li><h3>${title}</h3><p>${mark(moods[verdict], verdictSentences[verdict][language])}</p>
${incoming || outgoing ? html`<dl class="facts small">${incoming ? serverLine(say.incoming, incoming, language) : ''}${outgoing ? serverLine(say.outgoing, outgoing, language) : ''}</dl>` : ''}
${differences.length === 0 ? '' : html`<ul class="plain small">${differences.slice(0, mostDifferences).map((one) => html`<li>${mark('bad', sayDifference(one, language))}</li>`)}</ul>`}
${unsure.map((one) => html`<p class="small soft">${say.but}: ${unsureSentences[one][language]}.</p>`)}
${asked.length === 0 ? '' : html`<details><summary>${say.steps(asked.length)}</summary><ol class="small">${asked.slice(0, mostSteps).map((step) => html`<li>${printable(sayReplayed(step, language))}</li>`)}</ol></details>`}</li>`;
}

function serverLine(what: string, { protocol, host, port, security }: ClientServer, language: Language): Html {
  return html`<div><dt>${what}</dt><dd><span class="mono">${printable(host)}:${port}</span> ${protocol.toUpperCase()}, ${words[language].security[security].name}</dd></div>`;
}
