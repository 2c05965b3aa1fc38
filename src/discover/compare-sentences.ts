/** What a state of a comparison means, for people. */
import type { Says } from '../provider/phrases.ts';
import type { Comparison, State } from './compare.ts';

/** Clauses. */
export const stateSentences: Readonly<Record<State, Says>> = {
  match: { en: 'the same', de: 'dasselbe' },
  missing: { en: 'not published there', de: 'dort nicht veröffentlicht' },
  extra: { en: 'published, not in our record', de: 'veröffentlicht, nicht in unserem Datensatz' },
  'host-differs': { en: 'another host', de: 'anderer Host' },
  'port-differs': { en: 'another port', de: 'anderer Port' },
  'username-differs': { en: 'another user name', de: 'anderer Benutzername' },
  'auth-differs': { en: 'no sign-in method in common', de: 'kein gemeinsames Anmeldeverfahren' },
  'not-offered': { en: 'not offered, as we say', de: 'nicht angeboten, wie bei uns' },
  'not-offered-conflict': {
    en: 'one says that it is not offered, the other has it',
    de: 'die eine Seite sagt, es werde nicht angeboten, die andere hat es',
  },
  'alias-target': {
    en: 'the SRV target is an alias, which RFC 2782 forbids',
    de: 'das SRV-Ziel ist ein Alias, was RFC 2782 verbietet',
  },
  'unresolvable-target': { en: 'the SRV target has no address', de: 'das SRV-Ziel hat keine Adresse' },
  'lookup-error': { en: 'DNS does not answer', de: 'das DNS antwortet nicht' },
  'insecure-preferred': {
    en: 'what begins without TLS is preferred',
    de: 'bevorzugt wird, was ohne TLS beginnt',
  },
  'tls-only-missing': {
    en: 'only what begins without TLS is published',
    de: 'veröffentlicht ist nur, was ohne TLS beginnt',
  },
  'plaintext-offered': { en: 'published without encryption', de: 'ohne Verschlüsselung veröffentlicht' },
  inconsistent: { en: 'its own publications disagree', de: 'die eigenen Angaben widersprechen sich' },
};

export const verdictSentences: Readonly<Record<Comparison['verdict'], Says>> = {
  agrees: { en: 'agrees with our record', de: 'stimmt mit unserem Datensatz überein' },
  differs: { en: 'differs from our record', de: 'weicht von unserem Datensatz ab' },
  nothing: { en: 'publishes nothing', de: 'veröffentlicht nichts' },
  unknown: { en: 'could not be asked', de: 'konnte nicht gefragt werden' },
};
