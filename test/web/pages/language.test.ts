import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { preferred } from '../../../src/web/pages/language.ts';
import { dateElement, writtenDate, writtenInstant, writtenNumber } from '../../../src/web/pages/written.ts';

describe('The language that a browser prefers', () => {
  for (const [header, language] of [
    ['de', 'de'],
    ['de-CH', 'de'],
    ['en;q=0.5, de;q=0.7', 'de'],
    ['en, de;q=0.9', 'en'],
    ['fr, de;q=0.1', 'de'],
    ['de;q=0', 'en'],
    ['*', 'en'],
    [';;;=,', 'en'],
  ] as const) {
    test(`of “${header}” is ${language}`, () => assert.equal(preferred(header), language));
  }
  test('is English where nothing is said', () => assert.equal(preferred(), 'en'));
});

describe('Dates and numbers', () => {
  for (const [date, en, de] of [
    ['2026-11-20', '20 November 2026', '20. November 2026'],
    ['2026-03-01T23:59:00.000Z', '1 March 2026', '1. März 2026'],
    ['2026-03', 'March 2026', 'März 2026'],
    ['2019', '2019', '2019'],
  ] as const) {
    test(`${date} is ${en}`, () => {
      assert.equal(writtenDate(date, 'en'), en);
      assert.equal(writtenDate(date, 'de'), de);
    });
  }

  test('an instant says its time of day, and that it is UTC', () => {
    assert.equal(writtenInstant('2026-11-20T10:05:00.000Z', 'en'), '20 November 2026, 10:05 UTC');
    assert.equal(writtenInstant('2026-11-20T10:05:00.000Z', 'de'), '20. November 2026, 10:05 Uhr UTC');
  });

  test('a day stands on the page for programs, too, and an instant shows its time of day', async () => {
    const at = '2026-11-20T10:05:00.000Z';
    const title = ' title="20 November 2026, 10:05 UTC"';
    assert.equal(String(await dateElement(at, 'en')), `<time datetime="${at}"${title}>20 November 2026</time>`);
    assert.equal(String(await dateElement('2019', 'de')), '<time datetime="2019">2019</time>');
  });

  test('thousands are told apart as people are used to', () => {
    assert.equal(writtenNumber(12345.5, 'en'), '12,345.5');
    assert.equal(writtenNumber(12345.5, 'de'), '12.345,5');
  });
});
