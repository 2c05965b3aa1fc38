/** The formats that an answer can be rendered in, by the names that people type. */
import { currentOf } from '../provider/current.ts';
import { withHosts } from '../provider/hosts.ts';
import type { Answer, Knowledge } from '../provider/model.ts';
import type { Language } from '../provider/phrases.ts';
import { renderAutoconfig } from './autoconfig/render.ts';
import type { AutoconfigVersion } from './autoconfig/vocabulary.ts';
import { renderAutodiscover } from './autodiscover/render.ts';
import { answerJson } from './json.ts';
import { renderProfile } from './mobileconfig/render.ts';
import { sayRefusal } from './mobileconfig/says.ts';
import { type Published, renderPacc, sayReasons } from './pacc/render.ts';
import { renderZone } from './zone.ts';

/** Who asks, in which language, and what for; each format heeds what it knows. */
export interface Asker {
  readonly local: string | undefined;
  readonly language: Language;
  /** Of the autoconfig XML; 1.1 if not given. */
  readonly version?: AutoconfigVersion;
  /** Of the zone: the host that serves configuration files for the domain. */
  readonly web?: string;
}

type Rendered = { readonly text: string } | { readonly says: string };

/** Each gives the document, or says in a sentence why there is none. */
type Render = (answer: Answer, knowledge: Knowledge, asker: Asker) => Rendered;

const missing: Record<Language, (name: string, format: string) => string> = {
  en: (name, format) => `${name} has nothing that ${format} can say.`,
  de: (name, format) => `${name} hat nichts, was ${format} ausdrücken kann.`,
};
const withheldNow: Record<Language, (name: string, host: string, why: string) => string> = {
  en: (name, host, why) => `Nothing can be given for ${name} now: ${host} is under quarantine (${why}).`,
  de: (name, host, why) => `Für ${name} kann gerade nichts ausgegeben werden: ${host} ist in Quarantäne (${why}).`,
};

function orWhyNot(text: string | undefined, format: string, answer: Answer, known: Knowledge, asker: Asker): Rendered {
  if (text !== undefined) return { text };
  const { name } = answer.provider;
  const [withheld] = currentOf(withHosts(answer), known).withheld;
  if (!withheld) return { says: missing[asker.language](name, format) };
  return { says: withheldNow[asker.language](name, withheld.host, withheld.why.replace(/\.$/, '')) };
}

function orReasons(result: Published, language: Language): Rendered {
  return 'why' in result ? { says: `${sayReasons(result.why, language)}.` } : result;
}

export const formats = {
  autoconfig: (answer, knowledge, asker) =>
    orWhyNot(renderAutoconfig(answer, knowledge, asker.version), 'autoconfig XML', answer, knowledge, asker),
  autodiscover: (answer, knowledge, asker) =>
    orWhyNot(renderAutodiscover(answer, knowledge, asker.local), 'Autodiscover XML', answer, knowledge, asker),
  json: (answer, knowledge, { local }) => ({ text: JSON.stringify(answerJson(answer, knowledge, local), null, 2) }),
  mobileconfig: (answer, knowledge, { local, language }) => {
    const result = renderProfile({ answer, knowledge, language, local });
    if ('profile' in result) return { text: result.profile };
    return { says: sayRefusal(result.refusal, answer.provider.name, language) };
  },
  pacc: (answer, knowledge, { language }) => orReasons(renderPacc(answer, knowledge), language),
  zone: (answer, knowledge, { web, language }) => orReasons(renderZone(answer, knowledge, web), language),
} as const satisfies Record<string, Render>;

export type FormatName = keyof typeof formats;

export function isFormat(name: string): name is FormatName {
  return Object.hasOwn(formats, name);
}
