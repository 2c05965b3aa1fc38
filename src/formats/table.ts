/** The formats that an answer can be rendered in, by the names that people type. */
import type { Answer, Knowledge } from '../provider/model.ts';
import type { Language } from '../provider/phrases.ts';
import { renderAutoconfig } from './autoconfig/render.ts';
import { renderAutodiscover } from './autodiscover/render.ts';
import { answerJson } from './json.ts';
import { renderProfile } from './mobileconfig/render.ts';
import { sayRefusal } from './mobileconfig/says.ts';

/** Who asks, and in which language. */
export interface Asker {
  readonly local: string | undefined;
  readonly language: Language;
}

type Rendered = { readonly text: string } | { readonly says: string };

/** Each gives the document, or says in a sentence why there is none. */
type Render = (answer: Answer, knowledge: Knowledge, asker: Asker) => Rendered;

const missing: Record<Language, (name: string, format: string) => string> = {
  en: (name, format) => `${name} has nothing that ${format} can say.`,
  de: (name, format) => `${name} hat nichts, was ${format} ausdrücken kann.`,
};

function orMissing(text: string | undefined, format: string, { provider }: Answer, { language }: Asker): Rendered {
  return text === undefined ? { says: missing[language](provider.name, format) } : { text };
}

export const formats = {
  autoconfig: (answer, knowledge, asker) =>
    orMissing(renderAutoconfig(answer, knowledge), 'autoconfig XML', answer, asker),
  autodiscover: (answer, knowledge, asker) =>
    orMissing(renderAutodiscover(answer, knowledge, asker.local), 'Autodiscover XML', answer, asker),
  json: (answer, knowledge, { local }) => ({ text: JSON.stringify(answerJson(answer, knowledge, local), null, 2) }),
  mobileconfig: (answer, knowledge, { local, language }) => {
    const result = renderProfile({ answer, knowledge, language, local });
    if ('profile' in result) return { text: result.profile };
    return { says: sayRefusal(result.refusal, answer.provider.name, language) };
  },
} as const satisfies Record<string, Render>;

export type FormatName = keyof typeof formats;

export function isFormat(name: string): name is FormatName {
  return Object.hasOwn(formats, name);
}
