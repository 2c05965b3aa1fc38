/** Pictures: the sign of the house, and the shapes that say together with a word how something is. */
import { html, raw } from 'hono/html';
import { asset } from './assets.ts';

/** An envelope whose front is a map's grid. */
const strokes =
  '<g fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">' +
  '<rect x="2.5" y="6" width="27" height="20" rx="3"/><path d="M3.5 8 16 17.5 28.5 8M16 17.5V26' +
  'M9 12.5c-2 4-2 9.5 0 13.5M23 12.5c2 4 2 9.5 0 13.5"/></g>';

export const logo = raw(`<svg viewBox="0 0 32 32" aria-hidden="true">${strokes}</svg>`);

export const icon = asset(
  'icon.svg',
  'image/svg+xml',
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" color="#0a5a62">${strokes}<style>@media(prefers-color-scheme:dark){svg{color:#86d0d0}}</style></svg>`,
);

/** Two sheets, of which a script makes a tick. */
export const copyIcon = raw(
  '<svg viewBox="0 0 16 16" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linejoin="round" stroke-linecap="round">' +
    '<path class="sheets" d="M5.5 5.5h8v9h-8zM10.5 5.5v-4h-8v9h3"/><path class="tick" d="m3 8.5 3.5 3.5L13 4.5"/></svg>',
);

/** How something is: each has a colour and a shape of its own. */
export type Mood = 'good' | 'doubt' | 'bad' | 'none';

const shapes: Readonly<Record<Mood, string>> = {
  good: '<circle cx="8" cy="8" r="8"/>',
  doubt: '<path d="M8 0 16 15H0z"/>',
  bad: '<path d="M1 1h14v14H1z"/>',
  none: '<path d="M8 0a8 8 0 1 0 0 16A8 8 0 0 0 8 0m0 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11"/>',
};

/** A word with its shape: nobody has to see colours. */
export function mark(mood: Mood, word: string) {
  return html`<span class="mark ${mood}"><svg viewBox="0 0 16 16" aria-hidden="true">${raw(shapes[mood])}</svg>${word}</span>`;
}
