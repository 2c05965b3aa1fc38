/** What a client did and would end with, in words. */
import type { Language, Says } from '../../provider/phrases.ts';
import type { AttemptCode } from '../model.ts';
import { endings, printable } from '../sentences.ts';
import type { Refusal, ReplayCode, Step, Unsure } from './model.ts';
import type { Replayed } from './replay.ts';
import type { Difference, Verdict } from './verdict.ts';

export const verdictSentences: Readonly<Record<Verdict, Says>> = {
  'as-meant': { en: 'ends with what our record means', de: 'endet bei dem, was unser Eintrag meint' },
  'other-choice': {
    en: 'ends with servers of our record, not with its first choice',
    de: 'endet bei Servern unseres Eintrags, nicht bei dessen erster Wahl',
  },
  differs: {
    en: 'ends with something else than our record means',
    de: 'endet bei etwas anderem, als unser Eintrag meint',
  },
  nothing: { en: 'finds nothing', de: 'findet nichts' },
  'nothing-meant': {
    en: 'finds nothing, and the provider lets no mail program in',
    de: 'findet nichts, und der Anbieter lässt kein Mailprogramm herein',
  },
  'not-meant': {
    en: 'ends with settings, though the provider lets no mail program in',
    de: 'endet bei Einstellungen, obwohl der Anbieter kein Mailprogramm hereinlässt',
  },
  'no-record': { en: 'cannot be judged: we have no record', de: 'ist nicht zu beurteilen: Wir haben keinen Eintrag' },
};

export const unsureSentences: Readonly<Record<Unsure, Says>> = {
  'own-list': {
    en: 'a list of its own may know the domain, and comes first',
    de: 'eine eigene Liste kennt die Domain vielleicht und geht vor',
  },
  race: {
    en: 'what it finds differs, and whoever answers first counts',
    de: 'was es findet, ist verschieden, und wer zuerst antwortet, gilt',
  },
  unanswered: {
    en: 'a question before this one had no answer now',
    de: 'eine Frage davor blieb diesmal ohne Antwort',
  },
};

const refusalSentences: Readonly<Record<Refusal, Says>> = {
  'content-type': {
    en: 'the media type is none under which it reads XML',
    de: 'der Medientyp ist keiner, unter dem es XML liest',
  },
  'other-document': { en: 'it is another kind of document', de: 'es ist eine andere Art Dokument' },
  'bad-id': { en: 'the provider has no id like a host name', de: 'der Anbieter hat keine Kennung wie ein Hostname' },
  'no-domain': { en: 'no valid domain is named', de: 'keine gültige Domain ist genannt' },
  'no-incoming': { en: 'no server to fetch mail from that it can use', de: 'kein Eingangsserver, den es nutzen kann' },
  'no-outgoing': { en: 'no server to send mail that it can use', de: 'kein Ausgangsserver, den es nutzen kann' },
  'bad-section': {
    en: 'one section is not as it wants it, and it drops the whole file',
    de: 'ein Abschnitt ist nicht, wie es ihn will, und es verwirft die ganze Datei',
  },
  'bad-value': {
    en: 'one value is not as it wants it, and it drops the whole file',
    de: 'ein Wert ist nicht, wie es ihn will, und es verwirft die ganze Datei',
  },
  'no-account': { en: 'no mail account is described', de: 'kein Mailkonto ist beschrieben' },
};

const ownEndings: Readonly<Record<Exclude<ReplayCode, AttemptCode>, Says>> = {
  refused: { en: 'not taken', de: 'nicht genommen' },
  empty: { en: 'taken, though it names no server', de: 'genommen, obwohl es keinen Server nennt' },
  redirect: { en: 'leads on', de: 'führt weiter' },
  'not-replayed': { en: 'not replayed', de: 'nicht nachgespielt' },
  'not-needed': { en: 'not asked', de: 'nicht gefragt' },
};

const steps: Readonly<Record<Step['kind'], Says>> = {
  'own-list': { en: 'a list of its own', de: 'eine eigene Liste' },
  autoconfig: { en: 'autoconfig', de: 'autoconfig' },
  ispdb: { en: 'our atlas in the place of the ISPDB', de: 'unser Atlas anstelle der ISPDB' },
  autodiscover: { en: 'Autodiscover', de: 'Autodiscover' },
  'autodiscover-redirect': { en: 'Autodiscover, by a redirect', de: 'Autodiscover, über eine Umleitung' },
  'autodiscover-srv': { en: 'Autodiscover, by SRV', de: 'Autodiscover, über SRV' },
  srv: { en: 'SRV', de: 'SRV' },
  'known-mx': { en: 'an MX host that it knows', de: 'ein MX-Host, den es kennt' },
  profile: { en: 'our configuration profile', de: 'unser Konfigurationsprofil' },
  guess: { en: 'trying usual host names and ports', de: 'Ausprobieren üblicher Hostnamen und Ports' },
};

const fields: Readonly<Record<Difference['field'], Says>> = {
  server: { en: 'another server', de: 'ein anderer Server' },
  port: { en: 'another port', de: 'ein anderer Port' },
  security: { en: 'another way to encrypt', de: 'eine andere Verschlüsselung' },
  username: { en: 'another user name', de: 'ein anderer Benutzername' },
  auth: { en: 'another way to sign in', de: 'eine andere Anmeldung' },
  missing: { en: 'no server', de: 'kein Server' },
};

export function sayStep(kind: Step['kind'], language: Language): string {
  return steps[kind][language];
}

/** `autoconfig https://…: not taken (no valid domain is named)` */
export function sayReplayed({ kind, asked, code, detail, refused }: Replayed, language: Language): string {
  const what = asked === undefined ? steps[kind][language] : `${steps[kind][language]} ${printable(asked)}`;
  const ending = code in ownEndings ? ownEndings[code as keyof typeof ownEndings] : endings[code as AttemptCode];
  const why = [refused && refusalSentences[refused][language], detail === undefined ? undefined : printable(detail)];
  const said = why.filter((part) => part !== undefined).join(': ');
  return `${what}: ${ending[language]}${said === '' ? '' : ` (${said})`}`;
}

/** `outgoing: another port (ours …, its …)` */
export function sayDifference({ which, field, ours, theirs }: Difference, language: Language): string {
  const words = {
    en: { incoming: 'incoming', outgoing: 'outgoing', ours: 'ours', theirs: 'its' },
    de: { incoming: 'Eingang', outgoing: 'Ausgang', ours: 'unserer', theirs: 'seiner' },
  }[language];
  const values = [`${words.ours} ${ours}`, ...(theirs === '' ? [] : [`${words.theirs} ${printable(theirs)}`])];
  return `${words[which]}: ${fields[field][language]} (${values.join(', ')})`;
}
