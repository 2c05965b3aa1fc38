import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { testApp } from '../app.ts';

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly summary: string }>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

describe('GET /api', () => {
  test('shows every operation and every schema of our own OpenAPI document', async () => {
    const { get } = testApp();
    const html = await (await get('/api')).text();
    const { paths, components } = (await (await get('/api/v1/openapi.json')).json()) as Document;
    for (const [path, methods] of Object.entries(paths)) {
      for (const [method, { summary }] of Object.entries(methods)) {
        assert.ok(html.includes(`<b>${method.toUpperCase()}</b> ${path}</code>`), path);
        assert.ok(html.includes(escaped(summary)), summary);
      }
    }
    for (const name of Object.keys(components.schemas)) assert.ok(html.includes(`id="schema-${name}"`), name);
  });

  test('leads only to schemas that it shows', async () => {
    const html = await (await testApp().get('/api')).text();
    const shown = new Set([...html.matchAll(/id="schema-(\w+)"/g)].map(([, name]) => name));
    const led = [...html.matchAll(/href="#schema-(\w+)"/g)].map(([, name]) => name);
    assert.ok(led.length > 10);
    for (const name of led) assert.ok(shown.has(name), name);
  });

  test('says that the descriptions are in English to those who read German', async () => {
    const html = await (await testApp().get('/api', { 'Accept-Language': 'de' })).text();
    assert.match(html, /Die Beschreibungen sind auf Englisch\./);
    assert.match(html, /<div lang="en">/);
  });

  test('is a page for people where the API itself is none', async () => {
    const { get } = testApp();
    const missing = await get('/api/v1/nothing', { Accept: 'text/html' });
    assert.match(missing.headers.get('Content-Type') ?? '', /^application\/problem\+json/);
  });
});
