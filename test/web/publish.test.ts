/** PACC by Host, and what a hoster hands its customers: the document and the lines for their zone. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { testApp } from './app.ts';

const wellKnown = '/.well-known/user-agent-configuration.json';
const digestOf = async (response: Response) =>
  createHash('sha256')
    .update(Buffer.from(await response.arrayBuffer()))
    .digest('base64');
const codeOf = async (response: Response) => ((await response.json()) as { code: string }).code;

describe(`GET ${wellKnown}`, () => {
  const { get } = testApp();

  test('gives the document of the domain below ua-auto-config, as JSON that the asker alone may keep', async () => {
    const response = await get(wellKnown, { Host: 'ua-auto-config.village.example' });
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('content-type'), 'application/json');
    assert.equal(response.headers.get('cache-control'), 'private, max-age=3600');
    assert.deepEqual(((await response.json()) as { protocols: object }).protocols, {
      imap: { host: 'imap.village.example' },
      submit: { host: 'smtp.village.example' },
    });
  });

  test('is exactly the bytes of which the zone snippet has the digest, and says the digest itself', async () => {
    const response = await get(wellKnown, { Host: 'ua-auto-config.village.example' });
    const said = response.headers.get('repr-digest');
    const digest = await digestOf(response);
    assert.equal(said, `sha-256=:${digest}:`);
    const zone = await (await get('/api/v1/providers/village.example/zone.txt?web=atlas.example')).text();
    assert.ok(zone.includes(`_ua-auto-config.village.example. 3600 IN TXT "v=UAAC1; a=sha256; d=${digest}"`));
    assert.equal(await digestOf(await get('/api/v1/providers/village.example/pacc.json')), digest);
  });

  for (const [host, status, code] of [
    ['village.example', 400, 'no-domain-given'],
    ['ua-auto-config.example', 400, 'no-domain-given'],
    ['ua-auto-config.unknown.zz', 404, 'unknown-domain'],
    ['ua-auto-config.vault.example', 404, 'not-expressible'],
    ['ua-auto-config.legacy.example', 404, 'not-expressible'],
  ] as const) {
    test(`${host}: ${status} ${code}`, async () => {
      const response = await get(wellKnown, { Host: host });
      assert.equal(response.status, status);
      assert.equal(await codeOf(response), code);
    });
  }
});

describe('GET /api/v1/providers/{id}/zone.txt', () => {
  const { get } = testApp();
  const zone = (path: string) => get(`/api/v1/providers/${path}`);

  test('is for a customer’s domain where one is given, and for the provider’s own otherwise', async () => {
    const own = await zone('office.example/zone.txt');
    assert.equal(own.headers.get('cache-control'), 'public, max-age=3600');
    assert.equal(own.headers.get('content-type'), 'text/plain; charset=utf-8');
    assert.match(await own.text(), /^_imaps\._tcp\.office\.example\. /m);
    const customer = await zone('office.example/zone.txt?domain=Firm.ZZ');
    assert.equal(customer.headers.get('cache-control'), 'private, max-age=3600');
    assert.match(await customer.text(), /^_imaps\._tcp\.firm\.zz\. 3600 IN SRV 0 1 993 imap\.office\.example\.$/m);
  });

  test('is for the main domain of several', async () => {
    assert.match(await (await zone('post.example/zone.txt')).text(), /^_imaps\._tcp\.post\.example\. /m);
  });

  test('needs a domain where the provider has none of its own', async () => {
    assert.equal(await codeOf(await zone('hoster.example/zone.txt')), 'no-domain-given');
    assert.match(await (await zone('hoster.example/zone.txt?domain=shop.zz')).text(), / mail\.shop\.zz\.$/m);
  });

  test('is nobody’s line break: a domain and a host are parsed before they are written', async () => {
    for (const query of ['domain=a.zz%0A%3B', 'domain=shop.zz&web=a%22.zz', 'domain=shop.zz&web=x%20y.zz'])
      assert.equal(await codeOf(await zone(`office.example/zone.txt?${query}`)), 'malformed-name');
  });
});

describe('GET /api/v1/providers/{id}/pacc.json', () => {
  const { get } = testApp();

  test('gives every reason where PACC cannot say the settings', async () => {
    const response = await get('/api/v1/providers/corporate.example/pacc.json');
    assert.equal(response.status, 200);
    const refused = await get('/api/v1/providers/cloud.example/pacc.json');
    assert.equal(refused.status, 404);
    assert.deepEqual(((await refused.json()) as { why: string[] }).why, [
      'imap.cloud.example takes another user name than the address',
      'smtp.cloud.example takes another user name than the address',
    ]);
  });

  test('moves with a renamed record', async () => {
    const response = await get('/api/v1/providers/oldpost.example/pacc.json?domain=post.example');
    assert.equal(response.status, 308);
    assert.equal(response.headers.get('location'), '/api/v1/providers/post.example/pacc.json?domain=post.example');
  });
});
