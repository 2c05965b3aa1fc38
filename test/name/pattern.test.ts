import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { type Domain, parseDomain } from '../../src/name/domain.ts';
import { isPattern, patternsFor, stem, wildcardsFor } from '../../src/name/pattern.ts';

fc.configureGlobal({ seed: 4592, numRuns: 1000 });

describe('a pattern', () => {
  test('is a name, or a star and a name', () => {
    for (const text of ['mx.example', '*.mx.example', '*.a.b.c.example', 'xn--strae-oqa.de', '*.xn--strae-oqa.de'])
      assert.ok(isPattern(text), text);
  });

  test('is nothing else', () => {
    const others = ['', '*', '*.', '*.com', 'com', '*mx.example', 'mx*.example', 'mx.*.example', '*.*.mx.example'];
    for (const text of [
      ...others,
      '**.mx.example',
      '.mx.example',
      'MX.example',
      '*.mx.example.',
      '*.straße.de',
      'a_b.c',
    ])
      assert.ok(!isPattern(text), text);
  });

  test('has a stem: the name without the star', () => {
    assert.equal(stem('*.mx.example'), 'mx.example');
    assert.equal(stem('mx.example'), 'mx.example');
  });
});

describe('the patterns that match a name', () => {
  test('are the name and a star before each of its parents, the most literal first', () => {
    assert.deepEqual(patternsFor(parseDomain('a.b.c.example')), ['a.b.c.example', '*.b.c.example', '*.c.example']);
    assert.deepEqual(patternsFor(parseDomain('c.example')), ['c.example']);
  });

  test('never have a star right before a top-level domain', () => {
    assert.deepEqual(patternsFor(parseDomain('mail.example.com')), ['mail.example.com', '*.example.com']);
  });

  test('with a star are all but the first', () => {
    assert.deepEqual(wildcardsFor(parseDomain('a.b.c.example')), ['*.b.c.example', '*.c.example']);
    assert.deepEqual(wildcardsFor(parseDomain('c.example')), []);
  });

  const name = fc
    .array(fc.constantFrom('a', 'b', 'ab'), { minLength: 2, maxLength: 5 })
    .map((labels) => labels.join('.') as Domain);
  const pattern = fc.tuple(fc.constantFrom('', '*.'), name).map(([star, host]) => `${star}${host}`);

  /** The meaning of the star, spelled out: one or more whole labels. */
  function matches(candidate: string, host: string): boolean {
    if (!candidate.startsWith('*.')) return candidate === host;
    return host.endsWith(candidate.slice(1)) && host.length > candidate.length - 1;
  }

  test('are exactly those that match when tried one by one', () => {
    fc.assert(
      fc.property(pattern, name, (candidate, host) => {
        assert.ok(isPattern(candidate));
        assert.equal(patternsFor(host).includes(candidate), matches(candidate, host), `${candidate} and ${host}`);
        assert.equal(wildcardsFor(host).includes(candidate), candidate.startsWith('*') && matches(candidate, host));
      }),
    );
  });

  test('are never equally literal: of two there is always a better one', () => {
    fc.assert(
      fc.property(name, (host) => {
        const literal = patternsFor(host).map((candidate) => stem(candidate).split('.').length);
        assert.deepEqual(
          literal,
          [...new Set(literal)].sort((a, b) => b - a),
        );
      }),
    );
  });
});
