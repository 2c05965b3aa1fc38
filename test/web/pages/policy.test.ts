import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { describe, test } from 'node:test';
import { policyText } from '../../../src/web/pages/policy.ts';
import { testDesk } from '../../submit/desk.ts';
import { testApp } from '../app.ts';

describe('GET /policy', () => {
  test('says what gets in, who decides, and what is stored, in both languages', async () => {
    const { get } = testApp({ contact: 'ops@mail.example' });
    for (const [language, words] of [
      [
        'en',
        [
          /also small hosters/,
          /then 72 hours pass/,
          /Your own entry/,
          /for how long/,
          /takes no submissions at present/,
        ],
      ],
      [
        'de',
        [/auch kleine Hoster/, /danach vergehen 72 Stunden/, /Ihr eigener Eintrag/, /wie lange/, /nimmt zurzeit keine/],
      ],
    ] as const) {
      const response = await get('/policy', { 'Accept-Language': language });
      assert.equal(response.status, 200);
      const text = await response.text();
      for (const word of words) assert.match(text, word);
      assert.match(text, /mailto:ops@mail\.example/);
    }
  });

  test('says how long this very server holds, and where to submit', async () => {
    const its = await testDesk({ policy: { holdHours: 24 } });
    const { get } = testApp({ setUp: { submissions: { desk: its.desk, dryRun: () => Promise.resolve([]) } } });
    const text = await (await get('/policy', { 'Accept-Language': 'en' })).text();
    assert.match(text, /then 24 hours pass/);
    assert.match(text, /href="\/submit"/);
    await its.close();
  });

  test('says what docs/policy.md says (UPDATE_GOLDEN=1 writes it)', () => {
    const file = new URL('../../../docs/policy.md', import.meta.url);
    if (process.env['UPDATE_GOLDEN']) writeFileSync(file, policyText());
    assert.equal(readFileSync(file, 'utf8'), policyText());
  });
});
