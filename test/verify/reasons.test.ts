/** Why a status moved: a sentence for every code, though what was seen is not known any more. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { EndpointKey } from '../../src/provider/model.ts';
import { sayReason } from '../../src/verify/reasons.ts';
import { findings, warningCodes } from '../../src/verify/verdict.ts';

const endpoint = 'imap://imap.mail.example:993?security=tls' as EndpointKey;
/** What is inconclusive moves no status. */
const conclusive = Object.entries(findings).flatMap(([code, weight]) => (weight === 'inconclusive' ? [] : [code]));
const reasons = ['ok', 'unsteady', 'stale', ...conclusive, ...warningCodes];

describe('The reason of a status', () => {
  for (const language of ['en', 'de'] as const) {
    test(`is a whole sentence in ${language}, without gaps where something was seen`, () => {
      for (const reason of reasons) {
        const text = sayReason(endpoint, reason, language) ?? '';
        assert.match(text, /^.+\.$/, reason);
        assert.doesNotMatch(text, /undefined|NaN| {2}|“”|\(\)| [.,:;]|: ?\.|^[.,:;]/, `${reason}: ${text}`);
      }
    });
  }

  test('is nothing for a code of another version', () => {
    assert.equal(sayReason(endpoint, 'tls.moonphase', 'en'), undefined);
    assert.equal(sayReason(endpoint, 'constructor', 'en'), undefined);
  });
});
