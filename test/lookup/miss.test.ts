import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Miss, MissReason } from '../../src/lookup/ladder.ts';
import { sayMiss } from '../../src/lookup/miss.ts';
import { parseDomain } from '../../src/name/domain.ts';
import { handler, leftOut } from '../records.ts';

const domain = parseDomain('huber.example');
const host = parseDomain('mx.nobody.example');

/** One miss a reason; the compiler says when a reason is missing here. */
const misses: Record<MissReason, Miss> = {
  'unknown-domain': { domain, reason: 'unknown-domain' },
  'left-out': { domain, reason: 'left-out', leftOut: leftOut('huber.example') },
  'no-mx': { domain, reason: 'no-mx' },
  'null-mx': { domain, reason: 'null-mx' },
  'dns-timeout': { domain, reason: 'dns-timeout' },
  'dns-budget': { domain, reason: 'dns-budget' },
  gateway: { domain, reason: 'gateway', handler: handler('gateway', '*.gateway.example') },
  forwarder: { domain, reason: 'forwarder', handler: handler('forwarder', '*.forwarder.example') },
  sender: { domain, reason: 'sender', handler: handler('sender', '*.sender.example') },
};

describe('why there is no answer', () => {
  for (const miss of Object.values(misses)) {
    test(`is said for “${miss.reason}” in both languages, with the domain`, () => {
      const english = sayMiss(miss, 'en');
      const german = sayMiss(miss, 'de');
      for (const sentence of [english, german]) {
        assert.match(sentence, /huber\.example/);
        assert.match(sentence, /\.$/);
        assert.doesNotMatch(sentence, /undefined|\s\s/);
      }
      assert.notEqual(english, german);
    });
  }

  test('names who receives the mail', () => {
    for (const reason of ['gateway', 'forwarder', 'sender'] as const) {
      assert.match(sayMiss(misses[reason], 'en'), new RegExp(`The ${reason}`));
      assert.match(sayMiss(misses[reason], 'de'), new RegExp(`The ${reason}`));
    }
  });

  test('is a whole sentence even where nobody knows who that is', () => {
    for (const reason of ['gateway', 'forwarder', 'sender'] as const) {
      for (const language of ['en', 'de'] as const)
        assert.doesNotMatch(sayMiss({ domain, reason }, language), /undefined|\s\s/);
    }
  });

  test('gives the reason why a domain is left out', () => {
    assert.match(sayMiss(misses['left-out'], 'en'), /Nobody answered\.$/);
  });

  test('tells a domain nobody knows from a domain whose hosts nobody knows', () => {
    const byMx = { ...misses['unknown-domain'], mx: [{ preference: 10, host }] };
    assert.equal(sayMiss(misses['unknown-domain'], 'en'), 'The atlas does not know huber.example.');
    assert.equal(sayMiss(byMx, 'en'), 'The atlas does not know who hosts the mail of huber.example.');
    assert.equal(sayMiss(byMx, 'de'), 'Der Atlas weiß nicht, wo die Post von huber.example liegt.');
  });
});
