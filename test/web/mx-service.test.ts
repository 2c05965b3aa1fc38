import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { scriptedMx, testApp } from './app.ts';

const setUp = { mxService: true };
const codeOf = async (response: Response) => [response.status, ((await response.json()) as { code: string }).code];

describe('GET /dns/mx/{domain}', () => {
  test('names the MX hosts, the most preferred first, one a line, and nothing else', async () => {
    const response = await testApp({ mx: scriptedMx, setUp }).get('/dns/mx/firm.zz');
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('Content-Type'), 'text/plain; charset=utf-8');
    assert.equal(response.headers.get('Cache-Control'), 'public, max-age=600');
    const text = await response.text();
    assert.equal(text, 'firm-zz.protection.office.example\nbackup.filter.example');
    // As Thunderbird reads it (fetchConfig.js, getMX), and as those do who take all of them.
    assert.equal(text.split('\n')[0], 'firm-zz.protection.office.example');
    assert.ok(text.split('\n').every((host) => /^[a-z\d.-]+[a-z\d]$/.test(host)));
  });

  test('is not there unless the operator wants it, and says who that is', async () => {
    const { get, asked } = testApp({ mx: scriptedMx });
    const response = await get('/dns/mx/firm.zz');
    assert.match(((await response.clone().json()) as { detail: string }).detail, /--mx-service/);
    assert.deepEqual(await codeOf(response), [404, 'unknown-route']);
    assert.deepEqual(asked, []);
  });

  for (const [domain, status, code] of [
    ['silent.zz', 404, 'null-mx'],
    ['nomail.zz', 404, 'no-mx'],
    ['nowhere.zz', 404, 'no-mx'],
    ['slow.zz', 503, 'dns-timeout'],
    ['eager.zz', 429, 'dns-budget'],
    ['localhost', 400, 'malformed-name'],
    ['a..zz', 400, 'malformed-name'],
    ['%3Cscript%3E', 400, 'malformed-name'],
    ['mail.test', 404, 'no-mx'],
  ] as const) {
    test(`says of ${domain}: ${status}, ${code}`, async () => {
      const response = await testApp({ mx: scriptedMx, setUp }).get(`/dns/mx/${domain}`);
      assert.deepEqual(await codeOf(response), [status, code]);
    });
  }

  test('asks on behalf of the asker’s network, and nobody about names that are in no public DNS', async () => {
    const { get, asked } = testApp({ mx: scriptedMx, setUp });
    await get('/dns/mx/FIRM.zz.');
    await get('/dns/mx/printer.local');
    assert.deepEqual(asked, [{ domain: 'firm.zz', asker: '192.0.2.0/24' }]);
  });

  test('has an ETag, and 304 for those who have it', async () => {
    const { get } = testApp({ mx: scriptedMx, setUp });
    const etag = (await get('/dns/mx/firm.zz')).headers.get('ETag') ?? '';
    assert.equal((await get('/dns/mx/firm.zz', { 'If-None-Match': etag })).status, 304);
  });
});
