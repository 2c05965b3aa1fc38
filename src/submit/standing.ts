/** Where a submission stands, and what was done with it, in words: for the terminal, for mail and for pages. */
import type { CheckName, CheckState, Kind, Says, State } from './model.ts';
import type { Act } from './state.ts';

/** What is said of a submission. */
export interface Standing {
  readonly kind: Kind;
  readonly state: State;
  /** ISO 8601; it is accepted and published then. */
  readonly holdUntil: string | null;
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

const states: Readonly<Record<State, Says>> = {
  checking: { en: 'It is being checked.', de: 'Sie wird geprüft.' },
  waiting: { en: 'It is waiting for a reviewer.', de: 'Sie wartet auf die Durchsicht.' },
  asked: {
    en: 'A reviewer has a question; it waits for an answer.',
    de: 'Es gibt eine Rückfrage; sie wartet auf Antwort.',
  },
  published: { en: 'It is served.', de: 'Sie wird ausgeliefert.' },
  exported: { en: 'It is served, and stands in the data.', de: 'Sie wird ausgeliefert und steht in den Daten.' },
  declined: { en: 'It was declined.', de: 'Sie wurde abgelehnt.' },
  withdrawn: { en: 'It was withdrawn.', de: 'Sie wurde zurückgezogen.' },
};

const gone: Says = { en: 'The record is served no more.', de: 'Der Eintrag wird nicht mehr ausgeliefert.' };
const mended: Says = { en: 'It is mended.', de: 'Der Fehler ist behoben.' };

/** One sentence. */
export function sayStanding({ kind, state, holdUntil }: Standing): Says {
  if (holdUntil !== null) {
    const time = `${holdUntil.slice(0, 16).replace('T', ' ')} UTC`;
    return {
      en: `It is accepted, and will be served from ${time} unless somebody stops it.`,
      de: `Sie ist angenommen und wird ab ${time} ausgeliefert, wenn niemand sie anhält.`,
    };
  }
  if (state === 'published' && kind === 'report') return mended;
  if (state === 'published' && kind === 'remove') return gone;
  return states[state];
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
  withdraw: { en: 'withdrawn', de: 'zurückgezogen' },
  export: { en: 'written to the data', de: 'in die Daten geschrieben' },
  rollback: { en: 'taken back', de: 'zurückgenommen' },
};
