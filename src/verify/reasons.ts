/** Why a status moved, as a sentence: of a verdict's code without what was seen, or of the state machine's own reasons. */
import type { EndpointKey } from '../provider/model.ts';
import type { Language } from '../provider/phrases.ts';
import { parseEndpoint } from './endpoint.ts';
import { sayFinding, sayOk, sayWarning } from './sentences.ts';
import { type FindingCode, findings, type WarningCode, warningCodes } from './verdict.ts';

const own: Readonly<Record<'unsteady' | 'stale', Readonly<Record<Language, string>>>> = {
  unsteady: {
    en: 'It answers at one time and not at another.',
    de: 'Mal antwortet er, mal nicht.',
  },
  stale: {
    en: 'It has not been looked at for too long.',
    de: 'Er wurde zu lange nicht angesehen.',
  },
};

/** Undefined for a code that this version does not know. */
export function sayReason(key: EndpointKey, reason: string, language: Language): string | undefined {
  const facts = { endpoint: parseEndpoint(key), seen: '' };
  if (reason === 'ok') return sayOk(facts, language);
  if (Object.hasOwn(own, reason)) return own[reason as keyof typeof own][language];
  if (Object.hasOwn(findings, reason)) return sayFinding(reason as FindingCode, facts, language);
  if (warningCodes.includes(reason as WarningCode)) return sayWarning(reason as WarningCode, facts, language);
  return undefined;
}
