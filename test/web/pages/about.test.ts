import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { testApp } from '../app.ts';

describe('GET /about', () => {
  const read = async (options: Parameters<typeof testApp>[0], language = 'en') =>
    (await testApp(options).get('/about', { 'Accept-Language': language })).text();

  test('says what the operator says, in the language of the page or in the other one', async () => {
    const both = { setUp: { about: () => ({ en: '# Imprint\nExample Ltd', de: '# Impressum\nBeispiel GmbH' }) } };
    assert.match(await read(both), /<h3>Imprint<\/h3><p>Example Ltd<\/p>/);
    assert.match(await read(both, 'de'), /<h3>Impressum<\/h3><p>Beispiel GmbH<\/p>/);
    const one = { setUp: { about: () => ({ de: 'Beispiel GmbH' }) } };
    assert.match(await read(one), /<p>Beispiel GmbH<\/p>/);
  });

  test('names the contact, or says that nobody is named', async () => {
    assert.match(await read({ contact: 'ops@mail.example' }), /<a href="mailto:ops@mail\.example">/);
    assert.match(await read({}), /The operator has not said who they are/);
  });

  test('says what is stored, who probes, how to contribute, and how many providers are known', async () => {
    const html = await read({});
    for (const id of ['operator', 'stored', 'probing', 'contribute', 'licence'])
      assert.ok(html.includes(`id="${id}"`), id);
    assert.match(html, /This server knows 10 providers\./);
    assert.match(html, /href="\/about\/probing"/);
  });

  test('is there before there is an atlas', async () => {
    assert.equal((await testApp({ curated: 'empty' }).get('/about')).status, 200);
  });
});
