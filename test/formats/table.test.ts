import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type FormatName, formats, isFormat } from '../../src/formats/table.ts';
import { nothingKnown } from '../../src/provider/model.ts';
import { answer, records } from '../web/records.ts';

describe('The table of formats', () => {
  for (const name of Object.keys(formats) as FormatName[]) {
    test(`${name}: every record is a document, or a sentence in either language that says why not`, () => {
      for (const provider of records) {
        const [en, de] = (['en', 'de'] as const).map((language) =>
          formats[name](answer(provider), nothingKnown, { local: 'fred', language }),
        );
        assert.ok(en && de);
        assert.equal('text' in en, 'text' in de);
        if (!('says' in en && 'says' in de)) continue;
        assert.match(en.says, /\.$/);
        assert.match(de.says, /\.$/);
        assert.notEqual(en.says, de.says);
      }
    });
  }

  test('knows its names, and no other', () => {
    assert.ok(isFormat('mobileconfig'));
    for (const name of ['xml', '', 'constructor', 'toString']) assert.ok(!isFormat(name), name);
  });
});
