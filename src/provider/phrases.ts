/**
 * What people are told before a mail program can sign in: one sentence a kind of step, in our own words. A record adds the
 * provider's own term and link, never a sentence of the provider's.
 */
import type { Provider, SetupStep, Texts } from './model.ts';

export type Language = 'en' | 'de';

/** A word, a clause or a sentence for people, without HTML. */
export type Says = Readonly<Record<Language, string>>;

type Sentence = (term: string, protocols: string) => string;

const sentences: Record<SetupStep['kind'], Record<Language, Sentence>> = {
  'app-password': {
    en: (term, protocols) =>
      `Create a password for mail programs${term} and enter it${protocols} instead of your usual one.`,
    de: (term, protocols) =>
      `Legen Sie ein Passwort für Mailprogramme an${term} und geben Sie es${protocols} statt des gewohnten ein.`,
  },
  'enable-access': {
    en: (term, protocols) => `Switch on access for mail programs${protocols} in your account settings first${term}.`,
    de: (term, protocols) =>
      `Schalten Sie zuerst in den Einstellungen Ihres Kontos den Zugang für Mailprogramme${protocols} frei${term}.`,
  },
  'paid-plan': {
    en: (term, protocols) => `Mail programs${protocols} can sign in with a paid plan only${term}.`,
    de: (term, protocols) => `Mailprogramme${protocols} können sich nur mit einem bezahlten Tarif anmelden${term}.`,
  },
  bridge: {
    en: (term) =>
      `Install the provider’s own helper program${term}; your mail program connects to it on your computer.`,
    de: (term) =>
      `Installieren Sie das Hilfsprogramm des Anbieters${term}; Ihr Mailprogramm verbindet sich damit auf Ihrem Rechner.`,
  },
  note: { en: () => '', de: () => '' },
};

const conditions: Record<SetupStep['when'], Record<Language, string>> = {
  always: { en: '', de: '' },
  'with-2fa': {
    en: 'If you use two-factor sign-in: ',
    de: 'Wenn Sie die Anmeldung in zwei Schritten nutzen: ',
  },
  'without-oauth2': {
    en: 'If your mail program does not open the provider’s own sign-in page (OAuth2): ',
    de: 'Wenn Ihr Mailprogramm nicht die Anmeldeseite des Anbieters öffnet (OAuth2): ',
  },
};

const protocolNames: Partial<Record<string, string>> = { imap: 'IMAP', pop3: 'POP3', smtp: 'SMTP' };
const joiners: Record<Language, string> = { en: ' and ', de: ' und ' };

/** The whole instruction for a step in a language: condition, sentence, and what the record adds. */
export function stepText(step: SetupStep, language: Language): string {
  const sentence = sentences[step.kind][language](
    quoted(inLanguage(step.term, language), language),
    protocolsOf(step, language),
  );
  const instruction = [sentence, inLanguage(step.text, language)].filter((part) => part).join(' ');
  return `${conditions[step.when][language]}${instruction}`;
}

type About = NonNullable<Provider['documentation']>[number]['about'];

const pages: Record<About, Record<Language, string>> = {
  settings: { en: 'Setting up a mail program', de: 'Ein Mailprogramm einrichten' },
  imap: { en: 'Setting up IMAP', de: 'IMAP einrichten' },
  pop3: { en: 'Setting up POP3', de: 'POP3 einrichten' },
  smtp: { en: 'Setting up sending (SMTP)', de: 'Den Versand einrichten (SMTP)' },
  'app-password': { en: 'Passwords for mail programs', de: 'Passwörter für Mailprogramme' },
  'enable-access': { en: 'Switching on access for mail programs', de: 'Den Zugang für Mailprogramme freischalten' },
  oauth2: { en: 'Signing in with OAuth2', de: 'Anmeldung mit OAuth2' },
  status: { en: 'Is the service running?', de: 'Läuft der Dienst?' },
};

/** What a page of the provider is about, in a few words. */
export function pageText(about: About, language: Language): string {
  return pages[about][language];
}

/** A text in the language, else in English, else in whatever language there is. */
export function inLanguage(texts: Texts | undefined, language: string): string | undefined {
  return texts?.[language] ?? texts?.en ?? Object.values(texts ?? {})[0];
}

function quoted(term: string | undefined, language: Language): string {
  if (term === undefined) return '';
  return language === 'de' ? ` („${term}“)` : ` (“${term}”)`;
}

function protocolsOf({ protocols: named = [] }: SetupStep, language: Language): string {
  if (named.length === 0) return '';
  return ` (${named.map((protocol) => protocolNames[protocol] ?? protocol).join(joiners[language])})`;
}
