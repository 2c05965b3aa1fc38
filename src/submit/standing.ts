/** Where a submission stands, and what was done with it, in words: for the terminal, for mail and for pages. */
import type { CheckName, CheckState, Kind, Says, State } from './model.ts';
import type { Act } from './state.ts';

/** What is said of a submission. */
export interface Standing {
  readonly kind: Kind;
  readonly state: State;
  /** ISO 8601; it is accepted and published then. */
  readonly holdUntil: string | null;
  /** ISO 8601; a reviewer has asked, and without an answer it is declined then. */
  readonly answerUntil?: string | null | undefined;
}

export const kindNames: Readonly<Record<Kind, Says>> = {
  new: { en: 'a new record', de: 'ein neuer Eintrag' },
  change: { en: 'a change', de: 'eine Änderung' },
  report: { en: 'a report of a mistake', de: 'ein gemeldeter Fehler' },
  remove: { en: 'a removal', de: 'eine Entfernung' },
};

export const checkNamed: Readonly<Record<CheckName, Says>> = {
  rules: { en: 'rules', de: 'Regeln' },
  changes: { en: 'what changes', de: 'was sich ändert' },
  hosts: { en: 'whose servers', de: 'wessen Server' },
  imitation: { en: 'imitation', de: 'Nachahmung' },
  probes: { en: 'connections', de: 'Verbindungen' },
  published: { en: 'own publication', de: 'eigene Angaben' },
  proof: { en: 'proof of control', de: 'Nachweis' },
};

export const checkStateNames: Readonly<Record<CheckState, Says>> = {
  pending: { en: 'not begun', de: 'noch nicht begonnen' },
  running: { en: 'running', de: 'läuft' },
  passed: { en: 'passed', de: 'bestanden' },
  attention: { en: 'for a person', de: 'für einen Menschen' },
  failed: { en: 'failed', de: 'nicht bestanden' },
  unknown: { en: 'not known', de: 'unbekannt' },
};

/** For lists of them. */
export const stateNames: Readonly<Record<State, Says>> = {
  checking: { en: 'being checked', de: 'in Prüfung' },
  waiting: { en: 'waiting', de: 'vor der Durchsicht' },
  asked: { en: 'asked about', de: 'Rückfrage gestellt' },
  published: { en: 'served', de: 'ausgeliefert' },
  exported: { en: 'in the data', de: 'in den Daten' },
  declined: { en: 'declined', de: 'abgelehnt' },
  withdrawn: { en: 'withdrawn', de: 'zurückgezogen' },
};

const states: Readonly<Record<State, Says>> = {
  checking: { en: 'It is being checked.', de: 'Die Prüfung läuft.' },
  waiting: { en: 'It is waiting for a reviewer.', de: 'Die Durchsicht steht noch aus.' },
  asked: {
    en: 'A reviewer has a question; it waits for an answer.',
    de: 'Es gibt eine Rückfrage; die Antwort steht noch aus.',
  },
  published: { en: 'It is served.', de: 'Die Angaben werden ausgeliefert.' },
  exported: {
    en: 'It is served, and stands in the data.',
    de: 'Die Angaben werden ausgeliefert und stehen in den Daten.',
  },
  declined: { en: 'It was declined.', de: 'Abgelehnt.' },
  withdrawn: { en: 'It was withdrawn.', de: 'Zurückgezogen.' },
};

const gone: Says = { en: 'The record is served no more.', de: 'Der Eintrag wird nicht mehr ausgeliefert.' };
const mended: Says = { en: 'It is mended.', de: 'Der Fehler ist behoben.' };

/** One sentence. */
export function sayStanding({ kind, state, holdUntil, answerUntil }: Standing): Says {
  if (holdUntil !== null) {
    const time = minute(holdUntil);
    return {
      en: `It is accepted, and will be served from ${time} unless somebody stops it.`,
      de: `Die Angaben werden ab ${time} ausgeliefert, wenn niemand das anhält.`,
    };
  }
  if (answerUntil) {
    const time = minute(answerUntil);
    return {
      en: `A reviewer has a question; it waits for an answer until ${time}.`,
      de: `Es gibt eine Rückfrage; die Antwort muss bis ${time} da sein.`,
    };
  }
  if (state === 'published' && kind === 'report') return mended;
  if (state === 'published' && kind === 'remove') return gone;
  return states[state];
}

function minute(at: string): string {
  return `${at.slice(0, 16).replace('T', ' ')} UTC`;
}

/** What was done, as past participles: “accepted by anna”, “angenommen von anna”. */
export const actNames: Readonly<Record<Act | 'submit', Says>> = {
  submit: { en: 'submitted', de: 'eingereicht' },
  checked: { en: 'checked', de: 'geprüft' },
  redraft: { en: 'changed', de: 'geändert' },
  recheck: { en: 'sent back to the checks', de: 'erneut zur Prüfung gegeben' },
  ask: { en: 'asked about', de: 'Rückfrage gestellt' },
  accept: { en: 'accepted; somebody else has to, too', de: 'angenommen; jemand Zweites muss es auch' },
  hold: { en: 'accepted and held', de: 'angenommen, noch gehalten' },
  publish: { en: 'published', de: 'veröffentlicht' },
  stop: { en: 'stopped', de: 'angehalten' },
  overtaken: { en: 'overtaken by another change', de: 'von einer anderen Änderung überholt' },
  decline: { en: 'declined', de: 'abgelehnt' },
  expire: { en: 'ended without an answer', de: 'ohne Antwort beendet' },
  withdraw: { en: 'withdrawn', de: 'zurückgezogen' },
  export: { en: 'written to the data', de: 'in die Daten geschrieben' },
  rollback: { en: 'taken back', de: 'zurückgenommen' },
};
