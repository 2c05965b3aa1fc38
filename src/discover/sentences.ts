/** How a question ended and what settings rest on, in words. */

import type { Mechanism } from '../provider/model.ts';
import type { Language, Says } from '../provider/phrases.ts';
import type { Attempt, AttemptCode, FindingTrust } from './model.ts';

/** What people call it. */
export const mechanismNames: Readonly<Record<Mechanism, string>> = {
  autoconfig: 'autoconfig',
  pacc: 'PACC',
  mailconf: 'TXT mailconf',
  autodiscover: 'Autodiscover',
  srv: 'SRV',
};

/** Clauses: what stands before them says what was asked. */
export const endings: Readonly<Record<AttemptCode, Says>> = {
  found: { en: 'found', de: 'gefunden' },
  'found-same': { en: 'found, and says the same', de: 'gefunden, mit demselben Inhalt' },
  'no-host': { en: 'there is no such host', de: 'diesen Host gibt es nicht' },
  'no-record': { en: 'there is no such record', de: 'diesen Eintrag gibt es nicht' },
  'not-offered': { en: 'not offered, says the domain itself', de: 'nicht angeboten, sagt die Domain selbst' },
  'not-found': { en: 'the server has nothing there', de: 'der Server hat dort nichts' },
  html: { en: 'a page for people, no settings', de: 'eine Seite für Menschen, keine Einstellungen' },
  unreadable: { en: 'cannot be read', de: 'ist nicht lesbar' },
  unusable: { en: 'names no server that could be used', de: 'nennt keinen brauchbaren Server' },
  'needs-login': {
    en: 'the server wants a login, and was left alone',
    de: 'der Server verlangt eine Anmeldung und wurde in Ruhe gelassen',
  },
  'error-reply': { en: 'the server answers with an error', de: 'der Server antwortet mit einem Fehler' },
  'no-digest': {
    en: 'there is a document, but no digest in DNS: it does not count',
    de: 'ein Dokument ist da, aber keine Prüfsumme im DNS: es gilt nicht',
  },
  'wrong-digest': {
    en: 'the digest in DNS is that of another document: it does not count',
    de: 'die Prüfsumme im DNS gehört zu einem anderen Dokument: es gilt nicht',
  },
  'http-status': { en: 'the server answers with the status', de: 'der Server antwortet mit dem Status' },
  'public-suffix': {
    en: 'was not asked: under this name strangers register theirs',
    de: 'wurde nicht gefragt: Unter diesem Namen registrieren Fremde ihre eigenen',
  },
  'blocked-address': {
    en: 'was not asked: it leads to an address that nobody is sent to',
    de: 'wurde nicht gefragt: Es führt zu einer Adresse, zu der niemand geschickt wird',
  },
  'blocked-port': {
    en: 'was not asked: it leads to a port that is not the web’s',
    de: 'wurde nicht gefragt: Es führt zu einem Port, der nicht der des Webs ist',
  },
  'bad-url': { en: 'was not asked: it leads to no https URL', de: 'wurde nicht gefragt: Es führt zu keiner https-URL' },
  'insecure-redirect': {
    en: 'redirects from https to http, which is not followed',
    de: 'leitet von https auf http um; dem wird nicht gefolgt',
  },
  'too-many-redirects': { en: 'redirects without end', de: 'leitet ohne Ende um' },
  'too-large': { en: 'is larger than any settings are', de: 'ist größer, als Einstellungen je sind' },
  malformed: { en: 'the answer is no HTTP', de: 'die Antwort ist kein HTTP' },
  certificate: { en: 'the certificate is not good', de: 'das Zertifikat ist nicht in Ordnung' },
  unreachable: { en: 'the server cannot be reached', de: 'der Server ist nicht zu erreichen' },
  timeout: { en: 'there was no answer in time', de: 'die Antwort kam nicht rechtzeitig' },
  'dns-failure': { en: 'DNS does not answer', de: 'das DNS antwortet nicht' },
};

/** `https://…: the server has nothing there (404)` */
export function sayAttempt({ asked, code, detail }: Attempt, language: Language): string {
  return `${asked}: ${endings[code][language]}${detail === undefined ? '' : ` (${printable(detail)})`}`;
}

/** What vouches for the settings, as a clause. */
export function sayTrust({ level, certified }: FindingTrust, language: Language): string {
  const signed = certified
    .map(({ host, issuer }) =>
      language === 'de'
        ? `${host}, zertifiziert von ${printable(issuer)}`
        : `${host}, certified by ${printable(issuer)}`,
    )
    .join(' › ');
  const by = signed === '' ? '' : ` (${signed})`;
  const words: Readonly<Record<FindingTrust['level'], Says>> = {
    tls: { en: `over TLS${by}`, de: `über TLS${by}` },
    dns: { en: `named by DNS, DNSSEC unknown${by}`, de: `im DNS genannt, DNSSEC unbekannt${by}` },
    insecure: {
      en: `insecure, in part over plain HTTP${by}`,
      de: `unsicher, zum Teil über unverschlüsseltes HTTP${by}`,
    },
  };
  return words[level][language];
}

/** What a stranger sends must not steer a terminal. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]/gu, '\ufffd');
}
