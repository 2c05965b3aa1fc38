/** A server for an operator's own domains alone: how it speaks of everybody else's. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { curated as curatedOf } from '../records.ts';
import { scriptedMx, testApp } from './app.ts';
import { hoster, post } from './records.ts';

const own = curatedOf({ providers: [post] });

describe('A domain that is not served here', () => {
  const { get, send, asked, missed } = testApp({
    curated: own,
    mx: scriptedMx,
    setUp: { hosting: { only: true } },
  });

  for (const path of [
    '/v1.1/gmail.com',
    '/mx/v1.1/firm.zz',
    '/mail/config-v1.1.xml?emailaddress=fred@gmail.com',
    '/api/v1/lookup?domain=filtered.zz',
    '/api/v1/lookup?email=fred@silent.zz',
  ]) {
    test(`is told so at ${path}`, async () => {
      const response = await get(path);
      const { status, code, detail } = (await response.json()) as { status: number; code: string; detail: string };
      assert.deepEqual([response.status, status, code], [404, 404, 'not-served-here']);
      assert.match(detail, /^This server answers for domains of its own, and \S+ is none of them\.$/);
      assert.ok(!detail.includes('fred'));
    });
  }

  test('gets Outlook’s own error', async () => {
    const response = await send('POST', '/autodiscover/autodiscover.xml', {}, autodiscoverRequest('fred@gmail.com'));
    assert.equal(response.status, 200);
    assert.match(await response.text(), /<ErrorCode>500<\/ErrorCode>/);
  });

  test('is neither asked of DNS nor counted', () => {
    assert.deepEqual([asked, missed], [[], []]);
  });
});

describe('A domain of one’s own', () => {
  test('is answered as ever, by path and by Host', async () => {
    const { get } = testApp({ curated: own, setUp: { hosting: { only: true } } });
    assert.equal((await get('/v1.1/post.example')).status, 200);
    assert.equal((await get('/mail/config-v1.1.xml', { Host: 'autoconfig.post.example' })).status, 200);
  });

  test('may be known by its MX alone; where DNS does not answer, nobody says that it is not here', async () => {
    const { get } = testApp({
      curated: curatedOf({ providers: [post, hoster] }),
      mx: scriptedMx,
      setUp: { hosting: { only: true } },
    });
    assert.equal((await get('/mx/v1.1/shop.zz')).status, 200);
    assert.equal((await get('/mx/v1.1/slow.zz')).status, 503);
    assert.equal((await get('/mx/v1.1/strangers.zz')).status, 404);
  });
});

function autodiscoverRequest(address: string): string {
  return `<?xml version="1.0" encoding="utf-8"?>
<Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006">
  <Request>
    <EMailAddress>${address}</EMailAddress>
    <AcceptableResponseSchema>http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a</AcceptableResponseSchema>
  </Request>
</Autodiscover>`;
}
