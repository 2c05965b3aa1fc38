/** What is wrong with what a stranger sent, at its place, in English and German: told before anything is stored. */
import type { Says } from '../model.ts';
import { type Facts, say } from '../say.ts';

export interface Mistake {
  /** A JSON pointer (RFC 6901), or an XML element; empty for the whole. */
  readonly at: string;
  readonly code: MistakeCode;
  readonly says: Says;
}

/** Code -> sentences. `{name}` is filled in. */
const sentences = {
  'too-large': { en: 'It is larger than {most} KiB.', de: 'Es ist größer als {most} KiB.' },
  json: {
    en: 'This is not JSON: it cannot be read on from line {line}, column {column}.',
    de: 'Das ist kein JSON: Ab Zeile {line}, Spalte {column} ist es nicht lesbar.',
  },
  xml: { en: 'This cannot be read as autoconfig XML: {why}.', de: 'Das ist als Autoconfig-XML nicht lesbar ({why}).' },
  element: { en: 'The element could not be used: {why}.', de: 'Das Element ist nicht brauchbar ({why}).' },
  'too-deep': {
    en: 'It is nested deeper than {most} levels.',
    de: 'Es ist tiefer als {most} Ebenen verschachtelt.',
  },
  'too-many': { en: 'There are more than {most} of these.', de: 'Davon gibt es mehr als {most}.' },
  'duplicate-key': {
    en: 'The key “{key}” stands here twice: one of them would be lost.',
    de: 'Der Schlüssel „{key}“ steht hier zweimal: Einer ginge verloren.',
  },
  'forbidden-key': { en: 'There is no key “{key}”.', de: 'Einen Schlüssel „{key}“ gibt es nicht.' },
  number: { en: 'The number is too large.', de: 'Die Zahl ist zu groß.' },
  'unknown-field': { en: '{clause}', de: 'Ein solches Feld gibt es nicht. Hier kann stehen: {choices}.' },
  missing: { en: '{clause}', de: 'Das fehlt.' },
  type: { en: '{clause}', de: 'Hier muss {wanted} stehen.' },
  choice: { en: '{clause}', de: 'Erlaubt ist hier: {choices}.' },
  'too-long': { en: '{clause}', de: 'Das ist zu lang oder zu groß: höchstens {most}.' },
  'too-short': { en: '{clause}', de: 'Das ist leer oder zu kurz.' },
  form: { en: '{clause}', de: '{german}' },
  html: {
    en: 'Only plain text can stand here, no HTML.',
    de: 'Hier kann nur einfacher Text stehen, kein HTML.',
  },
  control: {
    en: 'There is a control character or a line break in this text.',
    de: 'In diesem Text steht ein Steuerzeichen oder ein Zeilenumbruch.',
  },
  invisible: {
    en: 'There is an invisible character in this text, or one that changes its direction.',
    de: 'In diesem Text steht ein unsichtbares Zeichen oder eines, das die Schreibrichtung ändert.',
  },
  broken: {
    en: 'There is half a character in this text, or one that is in no font.',
    de: 'In diesem Text steht ein halbes Zeichen oder eines, das in keiner Schrift vorkommt.',
  },
  marks: {
    en: 'Too many accents stand above each other in this text.',
    de: 'In diesem Text stehen zu viele Akzente übereinander.',
  },
  link: {
    en: 'Links in texts begin with https://; others are not taken.',
    de: 'Links in Texten beginnen mit https://; andere werden nicht angenommen.',
  },
  'other-id': {
    en: 'The record’s id is {id}, but the submission is about {other}.',
    de: 'Die id des Datensatzes ist {id}, die Einsendung betrifft aber {other}.',
  },
  'no-record': {
    en: 'A submission of kind {kind} needs the whole record as it should be, under “record”.',
    de: 'Eine Einsendung der Art {kind} braucht unter „record“ den ganzen Datensatz, wie er sein soll.',
  },
  'not-wanted': {
    en: 'A submission of kind {kind} has no record: say under “reason” what is wrong.',
    de: 'Zu einer Einsendung der Art {kind} gehört kein Datensatz: Schreiben Sie unter „reason“, was nicht stimmt.',
  },
  'no-reason': {
    en: 'A submission of kind {kind} needs a reason: what should be different, and how one can see it.',
    de: 'Eine Einsendung der Art {kind} braucht eine Begründung: was anders sein soll und woran man es sieht.',
  },
  unserved: {
    en: 'There is no record {id} here. A record that is not there yet is sent with kind new.',
    de: 'Einen Datensatz {id} gibt es hier nicht. Einen neuen schicken Sie mit der Art new.',
  },
  served: {
    en: 'There is a record {id} already: send what should be different with kind change.',
    de: 'Den Datensatz {id} gibt es schon: Schicken Sie mit der Art change, was anders sein soll.',
  },
  contact: {
    en: 'This is not an e-mail address that could be written to: {why}',
    de: 'Das ist keine E-Mail-Adresse, an die man schreiben könnte.',
  },
} as const satisfies Record<string, Says>;

export type MistakeCode = keyof typeof sentences;
export const mistakeCodes = Object.keys(sentences) as readonly MistakeCode[];

/** @param facts what the sentence names */
export function mistake(at: string, code: MistakeCode, facts: Facts = {}): Mistake {
  return { at, code, says: say(sentences[code], facts) };
}
