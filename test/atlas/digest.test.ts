import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { canonicalJson, recordDigest, sha256 } from '../../src/atlas/digest.ts';
import { imap, record } from '../records.ts';

fc.configureGlobal({ seed: 8785, numRuns: 300 });

/** The same facts with the keys of every object in the opposite order. */
function backwards(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(backwards);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, inner]) => [key, backwards(inner)]),
  );
}

describe('canonical JSON', () => {
  test('has its keys in order at every depth, and no white space', () => {
    assert.equal(
      canonicalJson({ b: 1, a: { d: [{ f: null, e: 'x y' }], c: true } }),
      '{"a":{"c":true,"d":[{"e":"x y","f":null}]},"b":1}',
    );
  });

  test('keeps the order of lists: it is preference', () => {
    assert.equal(canonicalJson(['b', 'a']), '["b","a"]');
  });

  test('orders keys by code unit, not by language', () => {
    assert.equal(canonicalJson({ ä: 1, b: 2, B: 3, '-': 4 }), '{"-":4,"B":3,"b":2,"ä":1}');
  });

  test('orders keys by code unit where they are numbers, too', () => {
    assert.equal(canonicalJson({ '9': 1, '10': 2, '-': 3 }), '{"-":3,"10":2,"9":1}');
  });

  test('leaves out what is undefined, as a file would', () => {
    assert.equal(canonicalJson({ a: undefined, b: 1 }), '{"b":1}');
  });

  test('says the same whatever the order of keys was, and loses nothing', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        assert.equal(canonicalJson(backwards(value)), text);
        assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)));
        assert.equal(canonicalJson(JSON.parse(text)), text);
      }),
    );
  });
});

describe('the digest of a record', () => {
  test('is SHA-256 in hex', () => {
    assert.equal(sha256(''), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    assert.equal(sha256('Grüße'), sha256('Gr\u00fc\u00dfe')); // of the UTF-8 octets
    assert.match(recordDigest(record()), /^[0-9a-f]{64}$/);
  });

  test('is the same for the same facts, in whatever order a file gives them', () => {
    assert.equal(recordDigest(backwards(record()) as ReturnType<typeof record>), recordDigest(record()));
    assert.equal(recordDigest(structuredClone(record())), recordDigest(record()));
  });

  test('is another one for other facts', () => {
    const digests = [
      record(),
      record({ name: 'Exampel Mail' }),
      record({ domains: ['mail.example', 'mail.de'] }),
      record({ domains: ['mail.de', 'mail.example'] }),
      record({ incoming: [imap({ port: 143, security: 'starttls' })] }),
      record({ incoming: [imap(), imap({ host: 'imap2.mail.example' })] }),
      record({ incoming: [imap({ host: 'imap2.mail.example' }), imap()] }),
    ].map(recordDigest);
    assert.equal(new Set(digests).size, digests.length);
  });
});
