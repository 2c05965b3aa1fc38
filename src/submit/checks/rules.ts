/** The rules of the catalog (the same as `lint`), asked of a draft among the records that are served. */
import type { Atlas } from '../../atlas/tables.ts';
import { type Finding, judgeRecord } from '../../catalog/judge.ts';
import { fieldName } from '../../catalog/problem.ts';
import { contextOf } from '../../catalog/rules/context.ts';
import type { Provider } from '../../provider/model.ts';
import type { CheckItem, CheckResult, Draft } from '../model.ts';
import { item, judged, result } from './item.ts';

/** Whose hosts these are is judged more strictly, and may be confirmed: hosts.ts. */
const judgedElsewhere: ReadonlySet<string> = new Set(['foreign-host']);

/** @param today ISO date */
export function checkRules({ kind, id, record }: Draft, atlas: Atlas, today: string): CheckResult {
  if (kind === 'report') return result('rules', 'passed', 'not-for-kind');
  const items = record ? judgeDraft(record, atlas, today) : stillNamed(id, atlas);
  return judged('rules', items, {
    passed: 'rules-passed',
    attention: 'rules-attention',
    failed: 'rules-failed',
    unknown: 'rules-attention',
  });
}

function judgeDraft(record: Provider, atlas: Atlas, today: string): CheckItem[] {
  const { providers, leftOut, ...lists } = atlas.curated;
  const base = atlas.records.get(record.id);
  const findings = (one: Provider): Finding[] => {
    const others = providers.filter(({ id }) => id !== one.id);
    // What is published is left out no more; a reviewer is told below why it was.
    const stillOut = leftOut.filter(({ domain }) => !one.domains.includes(domain));
    const curated = { ...lists, providers: [...others, one], leftOut: stillOut };
    const context = contextOf(curated, { fileOf: new Map(), unread: [], today });
    return judgeRecord(one, context).filter(({ rule }) => !judgedElsewhere.has(rule.name));
  };
  // An excuse in data/exceptions.yml is for a finding that the record has already: a change must not fail for it.
  const known = new Set(base ? findings(base).map(({ rule, says }) => `${rule.name} ${says}`) : []);
  return [
    ...findings(record).map(({ rule, path, says, tip }) => {
      const facts = { says: tip === undefined ? says : `${says}; ${tip}`, german: german[rule.name] ?? '' };
      const about = fieldName(path);
      if (rule.level === 'warning') return item(about, 'passed', 'rule-warning', facts);
      return known.has(`${rule.name} ${says}`)
        ? item(about, 'attention', 'known-problem', facts)
        : item(about, 'failed', 'rule-broken', facts);
    }),
    ...leftOut
      .filter(({ domain }) => record.domains.includes(domain))
      .map(({ domain, note }) => item(domain, 'attention', 'left-out', { note })),
  ];
}

/** Records that would lead nowhere if this one were gone. */
function stillNamed(id: string, atlas: Atlas): CheckItem[] {
  return atlas.curated.providers
    .filter(
      ({ alternatives = [], restriction }) =>
        restriction?.successor === id || alternatives.some(({ provider }) => provider === id),
    )
    .map((other) => item(other.id, 'failed', 'still-named'));
}

/** What each rule demands, in German; a test holds the list complete. */
export const german: Readonly<Record<string, string>> = {
  id: 'Die id muss eine eigene Domain des Datensatzes sein und darf keinem anderen gehören.',
  'one-owner': 'Eine Domain und ein MX-Muster stehen nur in einem Datensatz, und dort einmal.',
  'own-names': 'Das muss ein Name sein, der jemandem gehört: keine IP-Adresse, keine öffentliche Endung.',
  'port-security': 'Port, Protokoll und Verschlüsselung passen nicht zusammen.',
  'no-plaintext': 'Server ohne Verschlüsselung werden nicht aufgenommen: Jeder auf dem Weg läse das Passwort mit.',
  'server-order': 'Die Server stehen nicht in der Reihenfolge, in der sie vorzuziehen sind.',
  access: 'Der Datensatz muss zu Servern führen oder mit Quelle sagen, warum nicht.',
  username: 'Der Benutzername muss aus der Adresse folgen; sonst gehört „ask“ mit einem Hinweis dorthin.',
  sources: 'Jede Angabe nennt ihre Quelle, und jede Quelle wird verwendet.',
  'foreign-host': 'Ein fremder Server muss vom Anbieter oder seinem Betreiber selbst genannt sein.',
  oauth2: 'OAuth2 bei den Servern und der Block „oauth2“ gehören zusammen.',
  setup: 'Ein Einrichtungsschritt ist unvollständig oder passt nicht zu den Servern.',
  alternatives: 'Den genannten anderen Datensatz muss es geben.',
  follow:
    'Gefolgt wird nur einer eigenen Datei des Anbieters, und es muss eine Domain geben, die man danach fragen kann.',
  'host-template': 'Platzhalter in Rechnernamen sind nur in Datensätzen mit „mx“ und ohne eigene Domains möglich.',
  reachable: 'Der Datensatz muss über eine Domain, ein MX-Muster oder einen anderen Datensatz zu finden sein.',
  service: 'Ein Dienst hat entweder eine Webadresse oder Rechner, Port und Verschlüsselung.',
  german: 'Texte für Menschen stehen auf Deutsch und auf Englisch da.',
};
