/** What a profile says to people, and what people are told where there is none: en and de. */
import type { CurrentProvider } from '../../provider/current.ts';
import { inLanguage, type Language, stepText } from '../../provider/phrases.ts';
import type { Pair, Refusal } from './choose.ts';

const refused: Record<Refusal, Record<Language, (name: string) => string>> = {
  'no-access': {
    en: (name) => `${name} offers no IMAP, POP3 or SMTP, so there is nothing to set up in Apple’s Mail.`,
    de: (name) => `${name} bietet weder IMAP noch POP3 noch SMTP an; in Apple Mail lässt sich nichts einrichten.`,
  },
  'oauth2-only': {
    en: (name) =>
      `${name} takes OAuth2 alone, which a configuration profile cannot say. Add the account in the settings of the device instead.`,
    de: (name) =>
      `${name} verlangt OAuth2; das kann ein Konfigurationsprofil nicht ausdrücken. Legen Sie das Konto in den Einstellungen des Geräts an.`,
  },
  'sign-in': {
    en: (name) => `${name} has no way to sign in that a configuration profile can say.`,
    de: (name) => `${name} hat keine Anmeldung, die ein Konfigurationsprofil ausdrücken kann.`,
  },
  security: {
    en: (name) =>
      `${name} has no server with TLS on a port where Apple’s Mail is known to begin it rightly (993, 995, 465; STARTTLS: 143, 110, 587).`,
    de: (name) =>
      `${name} hat keinen Server mit TLS an einem Port, an dem Apple Mail es bekanntermaßen richtig beginnt (993, 995, 465; STARTTLS: 143, 110, 587).`,
  },
  'no-server': {
    en: (name) => `There is no server of ${name} that can be given now, or without the domain of a customer.`,
    de: (name) => `Von ${name} lässt sich gerade oder ohne die Domain eines Kunden kein Server nennen.`,
  },
};

/** Why there is no profile, as a sentence. */
export function sayRefusal(refusal: Refusal, name: string, language: Language): string {
  return refused[refusal][language](name);
}

const words = {
  en: {
    sets: (name: string) => `Sets up mail of ${name}. Made by mailatlas; holds no password.`,
    first: 'To do first:',
    user: (which: string, form: string) => `User name${which}: ${form}`,
    incoming: ' for incoming mail',
    outgoing: ' for outgoing mail',
    '%EMAILADDRESS%': 'the whole address',
    '%EMAILLOCALPART%': 'what stands before the “@” of the address',
  },
  de: {
    sets: (name: string) => `Richtet die Post von ${name} ein. Von mailatlas; enthält kein Passwort.`,
    first: 'Zuerst zu tun:',
    user: (which: string, form: string) => `Benutzername${which}: ${form}`,
    incoming: ' für eingehende Mail',
    outgoing: ' für ausgehende Mail',
    '%EMAILADDRESS%': 'die ganze Adresse',
    '%EMAILLOCALPART%': 'was vor dem „@“ der Adresse steht',
  },
} as const;

/** `PayloadDescription`: what the profile does. */
export function sayDescription(name: string, language: Language): string {
  return words[language].sets(name);
}

/**
 * `ConsentText`: what the device shows before it installs the profile, in its own language: what must be done first, and
 * which user names to enter where the profile does not hold them. Undefined where there is nothing to say.
 */
export function sayConsent(
  provider: CurrentProvider,
  pair: Pair,
  asksForNames: boolean,
  language: Language,
): string | undefined {
  // A profile never opens the provider's sign-in page.
  const steps = (provider.setup ?? []).map((step) => {
    const text = stepText(step.when === 'without-oauth2' ? { ...step, when: 'always' } : step, language);
    return step.url === undefined ? text : `${text} ${step.url}`;
  });
  const parts = [
    ...(steps.length === 0 ? [] : [[words[language].first, ...steps].join('\n')]),
    ...userNames(pair, asksForNames, language),
  ];
  return parts.length === 0 ? undefined : parts.join('\n\n');
}

/** Nothing where the address is the user name: that is what people try. */
function userNames({ incoming, outgoing }: Pair, asksForNames: boolean, language: Language): string[] {
  const say = words[language];
  const forms = [incoming, outgoing].map(({ server, auth }) => {
    if (auth === 'EmailAuthNone') return undefined;
    if (server.username === 'ask') return inLanguage(server.hint, language);
    if (!asksForNames) return undefined;
    const { username } = server;
    return username === '%EMAILADDRESS%' || username === '%EMAILLOCALPART%' ? say[username] : username;
  });
  const [fetch, send] = forms;
  if (fetch === send) return fetch === undefined || fetch === say['%EMAILADDRESS%'] ? [] : [say.user('', fetch)];
  return [
    ...(fetch === undefined ? [] : [say.user(say.incoming, fetch)]),
    ...(send === undefined ? [] : [say.user(say.outgoing, send)]),
  ];
}
