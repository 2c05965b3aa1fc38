/** What is said of how a check went as a whole, in English and German. */
import type { Says } from '../model.ts';

export const summaries = {
  'not-for-kind': {
    en: 'There is nothing to check for a submission of this kind.',
    de: 'Bei dieser Art von Einsendung gibt es hier nichts zu prüfen.',
  },
  running: { en: 'This is being looked at.', de: 'Das wird gerade geprüft.' },
  defect: {
    en: 'This check broke off by a defect of ours. The operator has been told.',
    de: 'Diese Prüfung ist an einem Fehler bei uns gescheitert. Der Betreiber weiß davon.',
  },
  'rules-passed': { en: 'The record keeps every rule.', de: 'Der Datensatz hält alle Regeln ein.' },
  'rules-attention': {
    en: 'The record keeps the rules; some things want a look.',
    de: 'Der Datensatz hält die Regeln ein; einiges ist anzusehen.',
  },
  'rules-failed': {
    en: 'The record breaks rules and cannot be published like this.',
    de: 'Der Datensatz bricht Regeln und kann so nicht veröffentlicht werden.',
  },
  'changes-passed': { en: 'This is what changes for people.', de: 'Das ändert sich für die Leute.' },
  'changes-attention': {
    en: 'This changes where people’s mail or passwords go. Look closely.',
    de: 'Das ändert, wohin Mail oder Passwörter gehen. Sehen Sie genau hin.',
  },
  'hosts-passed': {
    en: 'Every host and link belongs to the provider.',
    de: 'Alle Rechner und Links gehören zum Anbieter.',
  },
  'hosts-attention': {
    en: 'Some names belong to others, or nobody has proved whose they are.',
    de: 'Einige Namen gehören anderen, oder es ist nicht nachgewiesen, wem.',
  },
  'hosts-failed': {
    en: 'There are names that nobody can own, or links in disguise.',
    de: 'Es gibt Namen, die niemandem gehören können, oder getarnte Links.',
  },
  'imitation-passed': { en: 'No name imitates another provider.', de: 'Kein Name ahmt einen anderen Anbieter nach.' },
  'imitation-attention': {
    en: 'Some names are close to those of other providers.',
    de: 'Einige Namen sind denen anderer Anbieter nahe.',
  },
  'imitation-failed': {
    en: 'Names imitate or take those of other providers.',
    de: 'Namen ahmen andere Anbieter nach oder gehören ihnen.',
  },
  'probes-passed': {
    en: 'Every server answers as the draft says.',
    de: 'Alle Server antworten, wie der Entwurf es sagt.',
  },
  'probes-attention': {
    en: 'The servers answer; some things want a look.',
    de: 'Die Server antworten; einiges ist anzusehen.',
  },
  'probes-failed': {
    en: 'Servers do not work as the draft says.',
    de: 'Server funktionieren nicht so, wie der Entwurf es sagt.',
  },
  'probes-unknown': {
    en: 'Some servers could not be probed now.',
    de: 'Einige Server ließen sich gerade nicht prüfen.',
  },
  'probes-none': { en: 'There is no server to probe.', de: 'Es gibt keinen Server zu prüfen.' },
  'probes-here': {
    en: 'This instance cannot probe mail servers; an agent or another instance has to look.',
    de: 'Diese Instanz kann keine Mailserver prüfen; ein Agent oder eine andere Instanz muss nachsehen.',
  },
  'published-passed': {
    en: 'What the domains publish themselves does not contradict the draft.',
    de: 'Was die Domains selbst veröffentlichen, widerspricht dem Entwurf nicht.',
  },
  'published-attention': {
    en: 'The domains publish something else themselves.',
    de: 'Die Domains veröffentlichen selbst etwas anderes.',
  },
  'published-unknown': { en: 'The domains could not be asked.', de: 'Die Domains ließen sich nicht fragen.' },
  'published-here': { en: 'This instance does not ask domains.', de: 'Diese Instanz fragt Domains nicht.' },
  'published-none': {
    en: 'The record has no domain of its own to ask.',
    de: 'Der Datensatz hat keine eigene Domain, die man fragen könnte.',
  },
  'proof-passed': { en: 'Every domain vouches for this submission.', de: 'Alle Domains bürgen für diese Einsendung.' },
  'proof-attention': {
    en: 'Not every domain vouches for this submission.',
    de: 'Nicht alle Domains bürgen für diese Einsendung.',
  },
  'proof-unknown': {
    en: 'It could not be found out who vouches for this submission.',
    de: 'Wer für diese Einsendung bürgt, war nicht herauszufinden.',
  },
  'proof-here': {
    en: 'This instance has no resolver for proofs.',
    de: 'Diese Instanz hat keinen Resolver für Nachweise.',
  },
  'proof-dry': {
    en: 'A proof belongs to a submission: it gets its number when it is sent.',
    de: 'Ein Nachweis gehört zu einer Einsendung: Ihre Nummer bekommt sie beim Absenden.',
  },
} as const satisfies Record<string, Says>;
export type SummaryCode = keyof typeof summaries;
