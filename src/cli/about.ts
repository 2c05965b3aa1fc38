/** What an operator says of themselves, from a folder: `about.en.md` and `about.de.md`, or one of them. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readText } from '../catalog/files.ts';
import type { Language } from '../provider/phrases.ts';
import { Complaint } from './say.ts';

const languages = ['en', 'de'] as const satisfies readonly Language[];
/** Characters; an imprint and a privacy notice are much shorter. */
const longest = 100_000;

/** @throws {Complaint} where there is neither file, or one that is too long; {DataError} where one cannot be read */
export function readAbout(folder: string): Partial<Record<Language, string>> {
  const found = languages
    .map((language) => ({ language, path: join(folder, `about.${language}.md`) }))
    .filter(({ path }) => existsSync(path))
    .map(({ language, path }) => ({ language, ...readText(path) }));
  if (found.length === 0) {
    const tip = 'write there who runs this server, how to reach you, and what the law wants';
    throw new Complaint(`there is neither about.en.md nor about.de.md in ${folder}`, { tip });
  }
  const long = found.find(({ text }) => text.length > longest);
  if (long) throw new Complaint(`${long.file} is longer than ${longest} characters`, { tip: 'link to the rest of it' });
  return Object.fromEntries(found.map(({ language, text }) => [language, text]));
}
