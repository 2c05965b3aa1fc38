/** The formats in which an answer can be given, by the names that people ask for. */
import type { Answer, Knowledge } from '../provider/model.ts';
import { renderAutoconfig } from './autoconfig/render.ts';
import type { AutoconfigVersion } from './autoconfig/vocabulary.ts';
import { answerJson } from './json.ts';
import { renderPacc } from './pacc.ts';
import { renderZone } from './zone.ts';

/** What an asker may wish beside the format; each format heeds what it knows. */
export interface Wish {
  /** Of autoconfig XML. */
  readonly version?: AutoconfigVersion;
  /** Of the zone snippet: the host that serves configuration files for the domain. */
  readonly web?: string;
  /** The local part of the address: JSON fills user names in. */
  readonly local?: string | undefined;
}

/** The text, byte for byte, or why there is none: clauses for people. */
export type Rendered = { readonly text: string } | { readonly why: readonly [string, ...string[]] };

interface Format {
  /** The media type, as it is served. */
  readonly type: string;
  render(answer: Answer, knowledge: Knowledge, wish: Wish): Rendered;
}

export const formats = {
  autoconfig: {
    type: 'text/xml; charset=utf-8',
    render(answer, knowledge, { version }) {
      const text = renderAutoconfig(answer, knowledge, version);
      return text === undefined
        ? { why: [`${answer.provider.name} has nothing that autoconfig XML can say`] }
        : { text };
    },
  },
  json: {
    type: 'application/json; charset=utf-8',
    render: (answer, knowledge, { local }) => ({ text: JSON.stringify(answerJson(answer, knowledge, local), null, 2) }),
  },
  pacc: {
    type: 'application/json',
    render: (answer, knowledge) => renderPacc(answer, knowledge),
  },
  zone: {
    type: 'text/plain; charset=utf-8',
    render: (answer, knowledge, { web }) => renderZone(answer, knowledge, web),
  },
} as const satisfies Record<string, Format>;

export type FormatName = keyof typeof formats;

export function isFormatName(text: string): text is FormatName {
  return Object.hasOwn(formats, text);
}
