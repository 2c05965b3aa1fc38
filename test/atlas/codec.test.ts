import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { decodeAtlas, encodeAtlas } from '../../src/atlas/codec.ts';
import { curated, handler, leftOut, record } from '../records.ts';

const data = curated({
  providers: [
    record({ name: 'Grüße & “Post”' }),
    record({ id: 'hoster.example', domains: [], mx: ['*.hoster.example'] }),
  ],
  others: [handler('gateway', '*.gateway.example')],
  leftOut: [leftOut('nowhere.example')],
});

describe('an atlas written and read again', () => {
  test('is the same data', () => {
    assert.deepEqual(decodeAtlas(encodeAtlas(data, 'digest-1'), 'digest-1'), data);
  });

  test('is the same text for the same data', () => {
    assert.equal(encodeAtlas(structuredClone(data), 'digest-1'), encodeAtlas(data, 'digest-1'));
  });
});

describe('a text is no atlas', () => {
  const text = encodeAtlas(data, 'digest-1');
  const altered = (facts: object) => JSON.stringify({ ...(JSON.parse(text) as object), ...facts });

  test('of these files, where they have changed since', () => {
    assert.equal(decodeAtlas(text, 'digest-2'), undefined);
    assert.equal(decodeAtlas(text, ''), undefined);
  });

  test('of this program, where another version wrote it', () => {
    assert.equal(decodeAtlas(altered({ format: 0 }), 'digest-1'), undefined);
    assert.equal(decodeAtlas(altered({ format: 2 }), 'digest-1'), undefined);
    assert.equal(decodeAtlas(altered({ format: '1' }), 'digest-1'), undefined);
    assert.equal(decodeAtlas(altered({ format: undefined }), 'digest-1'), undefined);
  });

  test('where it was cut off while it was written', () => {
    for (const length of [0, 1, Math.floor(text.length / 2), text.length - 1])
      assert.equal(decodeAtlas(text.slice(0, length), 'digest-1'), undefined);
  });

  test('where it is something else, whatever that is', () => {
    for (const other of ['null', '[]', '1', '"text"', '{}', '<xml/>', '{"format":1,"digest":"digest-1"}'])
      assert.equal(decodeAtlas(other, 'digest-1'), undefined, other);
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (other) => {
        assert.equal(decodeAtlas(other, 'digest-1'), undefined);
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});
