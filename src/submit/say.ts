/** Sentences in both languages with what they are about filled in. */
import type { Says } from './model.ts';

/** What a sentence names; a {@link Says} where that differs by language. */
export type Facts = Readonly<Record<string, string | number | Says>>;

/** Fills in `{name}`. What is filled in comes from strangers: it is bounded, and without what would steer a terminal. */
export function say(pair: Says, facts: Facts = {}): Says {
  const fill = (language: keyof Says) =>
    pair[language]
      .replaceAll(/\{(\w+)\}/g, (_, name: string) => {
        const fact = facts[name] ?? '';
        return bounded(plain(String(typeof fact === 'object' ? fact[language] : fact)));
      })
      .trimEnd();
  return { en: fill('en'), de: fill('de') };
}

/** One line, without what would steer a terminal. */
export function plain(text: string): string {
  return text.toWellFormed().replaceAll(/[\p{Cc}\p{Cf}]+/gu, ' ');
}

function bounded(line: string): string {
  return line.length > 300 ? `${line.slice(0, 300).toWellFormed()}…` : line;
}

/** `a, b, c and 4 more` */
export function listed(names: readonly string[], most = 5): Says {
  const shown = names.slice(0, most).join(', ');
  const left = names.length - most;
  return left <= 0 ? { en: shown, de: shown } : { en: `${shown} and ${left} more`, de: `${shown} und ${left} weitere` };
}
