/** What providers are, and where they are at home, in words. */
import type { Provider } from '../../provider/model.ts';
import type { Language } from '../../provider/phrases.ts';
import type { InEach } from './language.ts';

interface Words {
  readonly kind: Readonly<Record<Provider['kind'], string>>;
  readonly access: Readonly<Record<Provider['access'], string>>;
}

export const texts = {
  en: {
    kind: {
      freemail: 'Free mail',
      isp: 'Internet access provider',
      hosting: 'Web host',
      education: 'University or school',
      business: 'Mail for companies',
      privacy: 'Private mail',
    },
    access: {
      open: 'open to mail programs',
      none: 'no mail programs',
      closed: 'has ended',
    },
  },
  de: {
    kind: {
      freemail: 'Freemail',
      isp: 'Internetanbieter',
      hosting: 'Webhoster',
      education: 'Hochschule oder Schule',
      business: 'Mail für Firmen',
      privacy: 'Vertrauliche Mail',
    },
    access: {
      open: 'offen für Mailprogramme',
      none: 'ohne Mailprogramme',
      closed: 'beendet',
    },
  },
} as const satisfies InEach<Words>;

const names: Readonly<Record<Language, Intl.DisplayNames>> = {
  en: new Intl.DisplayNames('en-GB', { type: 'region' }),
  de: new Intl.DisplayNames('de-DE', { type: 'region' }),
};

/** @param code ISO 3166, two capital letters */
export function countryName(code: string, language: Language): string {
  return names[language].of(code) ?? code;
}
