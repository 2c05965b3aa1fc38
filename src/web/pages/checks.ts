/** What the checks of a submission found, for its submitter and for reviewers. */
import { html } from 'hono/html';
import type { Language } from '../../provider/phrases.ts';
import type { CheckName, CheckState, State } from '../../submit/model.ts';
import type { ShownCheck } from '../../submit/show.ts';
import type { Act, Actor } from '../../submit/state.ts';
import type { Html } from './frame.ts';
import type { InEach } from './language.ts';
import { type Mood, mark } from './marks.ts';
import { instantElement } from './written.ts';

interface Words {
  readonly names: Readonly<Record<CheckName, string>>;
  readonly results: Readonly<Record<CheckState, string>>;
  readonly states: Readonly<Record<State, string>>;
  readonly acts: Readonly<Record<Act | 'submit', string>>;
  readonly actors: Readonly<Record<Actor, string>>;
  readonly details: (n: number) => string;
  readonly history: string;
  readonly until: string;
}

export const texts = {
  en: {
    names: {
      rules: 'Shape and rules',
      changes: 'What changes for whom',
      hosts: 'Whose servers and links these are',
      imitation: 'Names that imitate',
      probes: 'The servers answer',
      published: 'What the domain publishes itself',
      proof: 'Proof that the domains are yours',
    },
    results: {
      pending: 'not begun',
      running: 'running',
      passed: 'passed',
      attention: 'a person must look',
      failed: 'failed',
      unknown: 'could not be found out',
    },
    states: {
      checking: 'is being checked',
      waiting: 'waits for a reviewer',
      asked: 'a reviewer has a question',
      published: 'is published',
      exported: 'is part of the data',
      declined: 'was declined',
      withdrawn: 'was withdrawn',
    },
    acts: {
      submit: 'submitted',
      checked: 'checked',
      redraft: 'changed',
      recheck: 'sent to the checks again',
      ask: 'asked',
      accept: 'accepted',
      hold: 'accepted; the hold begins',
      publish: 'published',
      stop: 'stopped the hold',
      overtaken: 'has to be checked again',
      decline: 'declined',
      withdraw: 'withdrawn',
      export: 'exported',
      rollback: 'taken back',
    },
    actors: {
      submitter: 'submitter',
      reviewer: 'reviewer',
      admin: 'admin',
      operator: 'operator',
      mailatlas: 'mailatlas',
    },
    details: (n: number) => (n === 1 ? 'One detail' : `${n} details`),
    history: 'What was done',
    until: 'accepted; is published at',
  },
  de: {
    names: {
      rules: 'Form und Regeln',
      changes: 'Was sich für wen ändert',
      hosts: 'Wem Server und Links gehören',
      imitation: 'Namen, die nachahmen',
      probes: 'Die Server antworten',
      published: 'Was die Domain selbst veröffentlicht',
      proof: 'Beweis, dass die Domains Ihnen gehören',
    },
    results: {
      pending: 'noch nicht begonnen',
      running: 'läuft',
      passed: 'bestanden',
      attention: 'ein Mensch muss hinsehen',
      failed: 'nicht bestanden',
      unknown: 'war nicht herauszufinden',
    },
    states: {
      checking: 'wird geprüft',
      waiting: 'wartet auf einen Menschen, der ihn ansieht',
      asked: 'es gibt eine Rückfrage',
      published: 'ist veröffentlicht',
      exported: 'gehört zu den Daten',
      declined: 'wurde abgelehnt',
      withdrawn: 'wurde zurückgezogen',
    },
    acts: {
      submit: 'eingereicht',
      checked: 'geprüft',
      redraft: 'geändert',
      recheck: 'noch einmal in die Prüfung gegeben',
      ask: 'nachgefragt',
      accept: 'angenommen',
      hold: 'angenommen; die Wartezeit beginnt',
      publish: 'veröffentlicht',
      stop: 'die Wartezeit angehalten',
      overtaken: 'muss noch einmal geprüft werden',
      decline: 'abgelehnt',
      withdraw: 'zurückgezogen',
      export: 'übernommen',
      rollback: 'zurückgenommen',
    },
    actors: {
      submitter: 'Einreicher',
      reviewer: 'Prüfer',
      admin: 'Verwalter',
      operator: 'Betreiber',
      mailatlas: 'mailatlas',
    },
    details: (n: number) => (n === 1 ? 'Eine Einzelheit' : `${n} Einzelheiten`),
    history: 'Was geschehen ist',
    until: 'angenommen; wird veröffentlicht am',
  },
} as const satisfies InEach<Words>;

const moods: Readonly<Record<CheckState, Mood>> = {
  pending: 'none',
  running: 'none',
  passed: 'good',
  attention: 'doubt',
  failed: 'bad',
  unknown: 'doubt',
};

/** So many details stand open; more of them are folded away. */
const mostOpen = 5;

/** One check as an item of a list. Of its details those that a person must look at come first, all others are folded away. */
export function checkItem({ name, state, says, items }: ShownCheck, language: Language): Html {
  const say = texts[language];
  const news = items.filter((item) => item.state !== 'passed');
  const others = items.filter((item) => item.state === 'passed');
  return html`<li class="check"><h3>${say.names[name]}</h3><p>${mark(moods[state], say.results[state])}</p>
${says === '' ? '' : html`<p>${says}</p>`}
${news.length > mostOpen ? folded(news, language) : detailList(news, language)}${folded(others, language)}</li>
`;
}

function folded(items: ShownCheck['items'], language: Language): Html | string {
  if (items.length === 0) return '';
  return html`<details><summary>${texts[language].details(items.length)}</summary>${detailList(items, language)}</details>`;
}

function detailList(items: ShownCheck['items'], language: Language): Html | string {
  if (items.length === 0) return '';
  const word = texts[language].results;
  return html`<ul>${items.map(
    ({ state, about, says }) => html`<li>${mark(moods[state], word[state])} <code>${about}</code><br>${says}</li>`,
  )}</ul>`;
}

export function checkList(checks: readonly ShownCheck[], language: Language): Html {
  return html`<ol class="checks">${checks.map((check) => checkItem(check, language))}</ol>`;
}

interface Shown {
  readonly at: string;
  readonly actor: string;
  /** Only where the reader may know. */
  readonly who?: string;
  readonly act: string;
  readonly why: string;
}

export function eventList(events: readonly Shown[], language: Language): Html {
  const say = texts[language];
  const word = (table: Readonly<Record<string, string>>, key: string) => table[key] ?? key;
  return html`<h2>${say.history}</h2>
<ol class="events">${events.map(
    ({ at, actor, who, act, why }) =>
      html`<li>${instantElement(at, language)}: ${word(say.acts, act)} <small>(${who || word(say.actors, actor)})</small>${why === '' ? '' : html`<blockquote>${why}</blockquote>`}</li>`,
  )}</ol>`;
}

/** Where a submission stands, in words. */
export function standing(
  { state, holdUntil }: { readonly state: State; readonly holdUntil: string | null },
  language: Language,
): Html {
  const say = texts[language];
  const mood: Mood =
    state === 'published' || state === 'exported'
      ? 'good'
      : state === 'declined'
        ? 'bad'
        : state === 'withdrawn'
          ? 'none'
          : 'doubt';
  if (holdUntil !== null) return html`${mark('doubt', say.until)} ${instantElement(holdUntil, language)}`;
  return mark(mood, say.states[state]);
}
