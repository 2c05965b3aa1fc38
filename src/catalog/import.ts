/** Other people's files made into drafts for a curator: autoconfig XML, an ISPDB-style folder, provider-db, automx2. */

import { parseAutoconfig } from '../formats/autoconfig/parse.ts';
import { parseAutomx2 } from '../formats/automx2.ts';
import type { Draft } from '../formats/draft.ts';
import { frontMatterOf, parseProviderDb } from '../formats/providerdb/parse.ts';
import { XmlError } from '../formats/xml.ts';
import type { Provider } from '../provider/model.ts';
import type { TextFile } from './files.ts';
import { readYaml } from './yaml.ts';

/** What became of one file. */
export type Imported =
  | { readonly file: string; readonly draft: Draft }
  | { readonly file: string; readonly problem: string };

/** Reads one file by its ending: `.xml`, `.md` (provider-db), `.json` (automx2). Never throws. */
export function importFile({ file, text }: TextFile, source: Provider['sources'][string]): Imported {
  const ending = /\.(xml|md|json)$/.exec(file)?.[1];
  try {
    const draft = ending === undefined ? undefined : readers[ending as 'xml' | 'md' | 'json'](text, source);
    return draft ? { file, draft } : { file, problem: 'is no file that can be imported' };
  } catch (error) {
    if (error instanceof XmlError || error instanceof SyntaxError) return { file, problem: error.message };
    throw error;
  }
}

const readers = {
  xml: parseAutoconfig,
  md: (text: string, source: Provider['sources'][string]) => {
    const facts = frontMatterOf(text);
    return facts === undefined ? undefined : parseProviderDb(plainValue(facts), source);
  },
  json: (text: string, source: Provider['sources'][string]) => parseAutomx2(JSON.parse(text), source),
};

/** Front matter is read as it is: its authors use all of YAML. */
function plainValue(facts: string): unknown {
  const { document } = readYaml(facts, '');
  const [error] = document.errors;
  if (error) throw new SyntaxError(`the front matter is no YAML: ${error.message}`);
  try {
    return document.toJS();
  } catch (cause) {
    // An alias of nothing, or a thousand of them.
    throw new SyntaxError(`the front matter is no YAML: ${cause instanceof Error ? cause.message : ''}`, { cause });
  }
}
