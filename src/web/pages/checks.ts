/** What the checks of a submission found, for its submitter and for reviewers. */
import { html } from 'hono/html';
import type { Language } from '../../provider/phrases.ts';
import type { CheckState } from '../../submit/model.ts';
import type { ShownCheck } from '../../submit/show.ts';
import { actNames, checkNamed, checkStateNames, type Standing, sayStanding } from '../../submit/standing.ts';
import type { Actor } from '../../submit/state.ts';
import type { Html } from './frame.ts';
import type { InEach } from './language.ts';
import { type Mood, mark } from './marks.ts';
import { instantElement } from './written.ts';

interface Words {
  readonly actors: Readonly<Record<Actor, string>>;
  readonly details: (n: number) => string;
  readonly history: string;
}

export const texts = {
  en: {
    actors: {
      submitter: 'submitter',
      reviewer: 'reviewer',
      admin: 'admin',
      operator: 'operator',
      mailatlas: 'mailatlas',
    },
    details: (n: number) => (n === 1 ? 'One detail' : `${n} details`),
    history: 'What was done',
  },
  de: {
    actors: {
      submitter: 'Einreicher',
      reviewer: 'Prüfer',
      admin: 'Verwalter',
      operator: 'Betreiber',
      mailatlas: 'mailatlas',
    },
    details: (n: number) => (n === 1 ? 'Eine Einzelheit' : `${n} Einzelheiten`),
    history: 'Was geschehen ist',
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
  const news = items.filter((item) => item.state !== 'passed');
  const others = items.filter((item) => item.state === 'passed');
  return html`<li class="check"><h3>${heading(checkNamed[name][language])}</h3><p>${mark(moods[state], checkStateNames[state][language])}</p>
${says === '' ? '' : html`<p>${says}</p>`}
${news.length > mostOpen ? folded(news, language) : detailList(news, language)}${folded(others, language)}</li>
`;
}

function heading(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

function folded(items: ShownCheck['items'], language: Language): Html | string {
  if (items.length === 0) return '';
  return html`<details><summary>${texts[language].details(items.length)}</summary>${detailList(items, language)}</details>`;
}

function detailList(items: ShownCheck['items'], language: Language): Html | string {
  if (items.length === 0) return '';
  return html`<ul>${items.map(
    ({ state, about, says }) =>
      html`<li>${mark(moods[state], checkStateNames[state][language])} <code>${about}</code><br>${says}</li>`,
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
  const actors: Readonly<Record<string, string>> = say.actors;
  const did = (act: string) => (Object.hasOwn(actNames, act) ? actNames[act as keyof typeof actNames][language] : act);
  return html`<h2>${say.history}</h2>
<ol class="events">${events.map(
    ({ at, actor, who, act, why }) =>
      html`<li>${instantElement(at, language)}: ${did(act)} <small>(${who || (actors[actor] ?? actor)})</small>${why === '' ? '' : html`<blockquote>${why}</blockquote>`}</li>`,
  )}</ol>`;
}

/** Where a submission stands, in words. */
export function standing(row: Standing, language: Language): Html {
  const { state, holdUntil } = row;
  const mood: Mood =
    holdUntil !== null
      ? 'doubt'
      : state === 'published' || state === 'exported'
        ? 'good'
        : state === 'declined'
          ? 'bad'
          : state === 'withdrawn'
            ? 'none'
            : 'doubt';
  return mark(mood, sayStanding(row)[language]);
}
