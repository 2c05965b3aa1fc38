/** What a login check finds, in sentences for people. */
import type { Language } from '../../provider/phrases.ts';
import type { AccountReport, LoginCode, LoginFinding, Skip } from './login.ts';

type Sentence = (host: string, finding: LoginFinding) => string;

const sentences: Record<LoginCode, Record<Language, Sentence>> = {
  'auth.mechanism-missing': {
    en: (host, { heard }) =>
      heard === undefined
        ? `${host} offers no way to sign in with a password, so none was sent.`
        : `${host} does not know this way to sign in.`,
    de: (host, { heard }) =>
      heard === undefined
        ? `${host} bietet keine Anmeldung mit Passwort an; es wurde keines gesendet.`
        : `${host} kennt diese Art der Anmeldung nicht.`,
  },
  'auth.oauth-required': {
    en: (host, { heard }) =>
      heard === undefined
        ? `${host} takes no password, only OAuth2, so none was sent.`
        : `${host} takes no password any more, only OAuth2.`,
    de: (host, { heard }) =>
      heard === undefined
        ? `${host} nimmt kein Passwort an, nur OAuth2; es wurde keines gesendet.`
        : `${host} nimmt kein Passwort mehr an, nur OAuth2.`,
  },
  'auth.app-password': {
    en: (host) => `${host} wants a password made for mail programs instead of the account’s own.`,
    de: (host) => `${host} verlangt ein Passwort für Mailprogramme statt des Kontopassworts.`,
  },
  'auth.account-locked': {
    en: (host) => `${host} has locked the account, or wants its owner to confirm the sign-in.`,
    de: (host) => `${host} hat das Konto gesperrt, oder sein Inhaber muss die Anmeldung bestätigen.`,
  },
  'auth.failed': {
    en: (host) => `${host} does not take the user name and the password.`,
    de: (host) => `${host} nimmt Benutzername und Passwort nicht an.`,
  },
  'auth.temporary': {
    en: (host) => `${host} could not check the sign-in this time; that says nothing about the password.`,
    de: (host) => `${host} konnte die Anmeldung diesmal nicht prüfen; über das Passwort sagt das nichts.`,
  },
  'send.rejected': {
    en: (host, { bounced }) =>
      bounced ? `${host} took the message, but it came back.` : `${host} does not take the message.`,
    de: (host, { bounced }) =>
      bounced ? `${host} nahm die Nachricht an, aber sie kam zurück.` : `${host} nimmt die Nachricht nicht an.`,
  },
  'send.tempfail': {
    en: (host, { bounced }) =>
      bounced
        ? `${host} took the message, but it is held up on its way.`
        : `${host} did not take the message this time.`,
    de: (host, { bounced }) =>
      bounced
        ? `${host} nahm die Nachricht an, aber sie wird unterwegs aufgehalten.`
        : `${host} nahm die Nachricht diesmal nicht an.`,
  },
  'fetch.timeout': {
    en: (host, { waited = 0 }) => `The message did not arrive at ${host} within ${waited} seconds.`,
    de: (host, { waited = 0 }) => `Die Nachricht kam bei ${host} nicht innerhalb von ${waited} Sekunden an.`,
  },
  'fetch.mismatch': {
    en: (host) => `The message that came from ${host} is not the one that was sent: its text was changed on the way.`,
    de: (host) => `Die Nachricht von ${host} ist nicht die gesendete: Ihr Text wurde unterwegs verändert.`,
  },
  'fetch.spam-folder': {
    en: (host, { folder = '' }) => `${host} put the message into the spam folder “${folder}”.`,
    de: (host, { folder = '' }) => `${host} hat die Nachricht in den Spamordner „${folder}“ gelegt.`,
  },
};

const skips: Record<Skip, Record<Language, string>> = {
  unknown: {
    en: 'There is no record for this domain, so nothing was tried.',
    de: 'Zu dieser Domain gibt es keinen Eintrag; es wurde nichts versucht.',
  },
  dns: {
    en: 'DNS did not say who receives the mail of this domain, so nothing was tried.',
    de: 'Das DNS sagte nicht, wer die Mail dieser Domain annimmt; es wurde nichts versucht.',
  },
  closed: {
    en: 'Mail programs cannot sign in here at all, so nothing was tried.',
    de: 'Mailprogramme können sich hier gar nicht anmelden; es wurde nichts versucht.',
  },
  'no-servers': {
    en: 'The record has no server with TLS that a password could be sent to.',
    de: 'Der Eintrag hat keinen Server mit TLS, an den ein Passwort gesendet werden dürfte.',
  },
  username: {
    en: 'The user name does not follow from the address: give it as “username” in the file of accounts.',
    de: 'Der Benutzername folgt nicht aus der Adresse: Geben Sie ihn als „username“ in der Datei der Konten an.',
  },
};

const asides: Record<
  Language,
  { heard: (text: string) => string; fault: (text: string) => string; offered: (list: string) => string }
> = {
  en: {
    heard: (text) => `It says: “${text}”`,
    fault: (text) => `The connection: ${text}.`,
    offered: (list) => `It offers: ${list}.`,
  },
  de: {
    heard: (text) => `Er sagt: „${text}“`,
    fault: (text) => `Die Verbindung: ${text}.`,
    offered: (list) => `Er bietet an: ${list}.`,
  },
};

/** A finding in one to three sentences: what, in whose words, and what that means. */
export function sayFinding(finding: LoginFinding, language: Language): string {
  const host = /^\w+:\/\/([^?]+)/.exec(finding.endpoint)?.[1] ?? finding.endpoint;
  const { heard, fault, offered = [], explained } = finding;
  const say = asides[language];
  return [
    sentences[finding.code][language](host, finding),
    ...(heard === undefined || heard === '' ? [] : [say.heard(oneLine(heard))]),
    ...(fault === undefined ? [] : [say.fault(fault)]),
    ...(offered.length === 0 ? [] : [say.offered(offered.join(', '))]),
    ...(explained === undefined ? [] : [explained.meaning[language]]),
  ].join(' ');
}

function oneLine(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(' ');
}

export function saySkip(skip: Skip, language: Language): string {
  return skips[skip][language];
}

/** That a password was not tried again, and why. */
export function sayStopped({ stopped }: Pick<AccountReport, 'stopped'>, language: Language): string | undefined {
  if (stopped === undefined) return undefined;
  return language === 'de'
    ? 'Das Passwort wurde an keinem weiteren Server versucht: Mehrere Fehlversuche können das Konto sperren.'
    : 'The password was not tried at any other server: several failures can lock the account.';
}
