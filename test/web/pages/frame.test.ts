/** What every page has in common: headers, language, host, errors, and that nothing comes from elsewhere. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { asset } from '../../../src/web/pages/assets.ts';
import { testApp } from '../app.ts';

const path = '/about/probing';
const browser = { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

describe('A page', () => {
  test('has a policy that names its style and allows nothing else inline, nothing from elsewhere, no frame', async () => {
    const response = await testApp().get(path);
    const policy = response.headers.get('Content-Security-Policy') ?? '';
    assert.match(policy, /^default-src 'none';/);
    assert.match(policy, /style-src 'sha256-[\w+/]{43}='$/);
    for (const part of ["script-src 'self'", "frame-ancestors 'none'", "form-action 'self'", "base-uri 'none'"])
      assert.ok(policy.includes(part), part);
    assert.doesNotMatch(policy, /unsafe|https?:|\*/);
    assert.equal(response.headers.get('Referrer-Policy'), 'no-referrer');
    const body = await response.text();
    assert.doesNotMatch(body, /\sstyle=|\son\w+=|<script(?![^>]*\ssrc="\/assets\/)/);
    assert.doesNotMatch(body, /<(?:script|link|img)[^>]*(?:src|href)="(?!\/)/);
  });

  test('is kept by the asker alone, who asks each time whether it is new', async () => {
    const { get } = testApp();
    const first = await get(path);
    assert.equal(first.headers.get('Cache-Control'), 'private, no-cache');
    const etag = first.headers.get('ETag') ?? '';
    assert.equal((await get(path, { 'If-None-Match': etag })).status, 304);
    assert.equal((await get(path, { 'If-None-Match': etag, 'Accept-Language': 'de' })).status, 200);
  });

  test('answers HEAD, and tells other methods which ones there are', async () => {
    const { send } = testApp();
    assert.equal((await send('HEAD', path)).status, 200);
    const refused = await send('PUT', path);
    assert.deepEqual([refused.status, refused.headers.get('Allow')], [405, 'GET, HEAD']);
  });

  test('is compressed for those who take it, with an ETag of its own', async () => {
    const { get } = testApp({ setUp: { gzip: gzipSync } });
    const plain = await get(path);
    const packed = await get(path, { 'Accept-Encoding': 'br;q=1.0, gzip;q=0.8' });
    assert.equal(packed.headers.get('Content-Encoding'), 'gzip');
    assert.equal(packed.headers.get('Vary'), 'Accept-Language, Cookie, Accept-Encoding');
    assert.notEqual(packed.headers.get('ETag'), plain.headers.get('ETag'));
    assert.equal(gunzipSync(await packed.arrayBuffer()).toString(), await plain.text());
    const again = { 'Accept-Encoding': 'gzip', 'If-None-Match': packed.headers.get('ETag') ?? '' };
    assert.equal((await get(path, again)).status, 304);
    assert.equal((await get(path, { 'Accept-Encoding': 'gzip;q=0' })).headers.get('Content-Encoding'), null);
  });
});

describe('The language of a page', () => {
  const german = /<html lang="de">/;

  test('is the browser’s, and no cookie is set', async () => {
    const response = await testApp().get(path, { 'Accept-Language': 'de-AT,de;q=0.9,en;q=0.8' });
    assert.match(await response.text(), german);
    assert.equal(response.headers.get('Content-Language'), 'de');
    assert.equal(response.headers.get('Vary'), 'Accept-Language, Cookie');
    assert.equal(response.headers.get('Set-Cookie'), null);
  });

  test('is another one once it was chosen, and that is all a cookie holds', async () => {
    const { get } = testApp({ setUp: { url: 'https://atlas.example' } });
    const chosen = await get(`${path}?lang=de`, { Host: 'atlas.example', 'Accept-Language': 'en' });
    assert.match(await chosen.text(), german);
    const cookie = chosen.headers.get('Set-Cookie') ?? '';
    assert.equal(cookie, 'lang=de; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly; Secure');
    const later = await get(path, { Host: 'atlas.example', 'Accept-Language': 'en', Cookie: 'a=b; lang=de' });
    assert.match(await later.text(), german);
    assert.equal(later.headers.get('Set-Cookie'), null);
  });

  test('is chosen by a link that keeps the page, but nobody’s address', async () => {
    const body = await (await testApp().get(`${path}?domain=post.example&email=fred@post.example&lang=en`)).text();
    assert.match(body, /<a href="\?domain=post\.example&amp;lang=de" lang="de" hreflang="de">Deutsch<\/a>/);
  });

  for (const odd of ['?lang=fr', '?lang=', '?lang=%'])
    test(`is not ${odd}`, async () => {
      const response = await testApp().get(`${path}${odd}`);
      assert.deepEqual([response.status, response.headers.get('Set-Cookie')], [200, null]);
    });
});

describe('Under whose name a page is shown', () => {
  const url = 'https://atlas.example';
  for (const [host, own, status] of [
    ['atlas.example', url, 200],
    ['ATLAS.example:8143', url, 200],
    ['127.0.0.1:8143', url, 200],
    ['localhost:8143', url, 200],
    ['[::1]:8143', url, 200],
    ['127.0.0.1:8143', undefined, 200],
    ['192.0.2.7:8143', undefined, 200],
    ['[2001:db8::7]', undefined, 200],
    ['192.0.2.7', url, 404],
    ['autoconfig.firm.example', url, 404],
    ['autoconfig.firm.example', undefined, 404],
    ['atlas.example.evil.example', url, 404],
    ['atlas.example', undefined, 404],
  ] as const) {
    test(`${host} where the server is ${own ?? 'not told its name'}: ${status}`, async () => {
      const { get } = testApp(own === undefined ? {} : { setUp: { url: own } });
      const response = await get(path, { Host: host, ...browser });
      assert.equal(response.status, status);
      const isPage = response.headers.get('Content-Type')?.startsWith('text/html');
      assert.equal(isPage, status === 200, 'strangers get what programs get');
    });
  }
});

describe('What is not there', () => {
  test('is a page for a browser, in its language', async () => {
    const response = await testApp().get('/nothing', { ...browser, 'Accept-Language': 'de' });
    assert.equal(response.status, 404);
    assert.equal(response.headers.get('Content-Type'), 'text/html; charset=utf-8');
    assert.equal(response.headers.get('Cache-Control'), 'no-store');
    assert.match(await response.text(), /<h1>Hier ist nichts<\/h1>/);
  });

  for (const [what, where, headers] of [
    ['a program', '/nothing', { Accept: 'application/json' }],
    ['curl', '/nothing', { Accept: '*/*' }],
    ['a browser that asks the API', '/api/v1/providers/unknown.example', browser],
    ['a browser that asks for XML', '/v1.1/unknown.zz', browser],
  ] as const) {
    test(`is a problem in JSON for ${what}`, async () => {
      const response = await testApp().get(where, headers);
      assert.equal(response.status, 404);
      assert.match(response.headers.get('Content-Type') ?? '', /^application\/problem\+json/);
    });
  }

  test('is no reason to trip over what stands in the address', async () => {
    const response = await testApp().get('/nothing?lang=%&domain=%22%3Cscript%3E', browser);
    assert.equal(response.status, 404);
    assert.doesNotMatch(await response.text(), /<script>/);
  });
});

describe('What pages load', () => {
  test('is kept for good under the digest of its content, and compressed', async () => {
    const made = asset('test.txt', 'text/plain; charset=utf-8', 'Hello.');
    assert.match(made, /^\/assets\/test\.[\w-]{10}\.txt$/);
    const response = await testApp().app.request(made);
    assert.equal(await response.text(), 'Hello.');
    assert.equal(response.headers.get('Cache-Control'), 'public, max-age=31536000, immutable');
    assert.equal((await testApp().get('/assets/test.0000000000.txt')).status, 404);
  });
});
