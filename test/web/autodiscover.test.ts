/** Autodiscover as clients ask for it, and every kind of request that is none. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Domain } from '../../src/name/domain.ts';
import { nothingKnown } from '../../src/provider/model.ts';
import { imap, record, smtp } from '../records.ts';
import { scriptedMx, testApp } from './app.ts';
import { curated } from './records.ts';

const path = '/autodiscover/autodiscover.xml';
const text = { 'Content-Type': 'text/xml; charset=utf-8' };
const outlook = 'http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a';
const mobilesync = 'http://schemas.microsoft.com/exchange/autodiscover/mobilesync/responseschema/2006';

/** What Outlook sends. The address goes in as it is: whoever gives one with markup gives it escaped. */
function requestFor(address: string, schema = outlook): string {
  const namespace = schema.replace('responseschema', 'requestschema').replace('2006a', '2006');
  return `<?xml version="1.0" encoding="utf-8"?>
<Autodiscover xmlns="${namespace}"><Request>
<EMailAddress>${address}</EMailAddress><AcceptableResponseSchema>${schema}</AcceptableResponseSchema>
</Request></Autodiscover>`;
}

const oauthOnly = record({
  id: 'oauth.example',
  incoming: [imap({ auth: ['OAuth2'] })],
  outgoing: [smtp({ auth: ['OAuth2'] })],
});
const world = { ...curated, providers: [...curated.providers, oauthOnly] };

/** The first server and the user name, or the error: code and why. */
async function said(response: Response): Promise<string> {
  const body = await response.text();
  assert.equal(response.status, 200, body);
  assert.equal(response.headers.get('Content-Type'), 'text/xml; charset=utf-8');
  assert.equal(response.headers.get('Cache-Control'), 'no-store');
  const first = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(body)?.[1];
  const code = first('ErrorCode');
  return code === undefined ? `${first('Server')} ${first('LoginName') ?? '-'}` : `${code} ${first('DebugData')}`;
}

describe('POST /autodiscover/autodiscover.xml', () => {
  const { send, asked, missed, defects } = testApp({ curated: world, mx: scriptedMx });
  const post = async (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
    said(await send('POST', path, { ...text, ...headers }, body));
  const ask = (address: string, headers?: Record<string, string>) => post(requestFor(address), headers);

  test('gives the settings of the address’s domain, with the user name filled in', async () => {
    assert.equal(await ask('fred@post.example'), 'imap.post.example fred@post.example');
  });

  for (const written of [
    '/Autodiscover/Autodiscover.xml',
    '/AutoDiscover/AutoDiscover.XML',
    '/AUTODISCOVER/AUTODISCOVER.XML',
    '/autodiscover/autodiscover%2Exml',
  ]) {
    test(`is ${written} as well`, async () => {
      const response = await send('POST', written, text, requestFor('fred@post.example'));
      assert.equal(await said(response), 'imap.post.example fred@post.example');
    });
  }

  for (const [what, address, expected] of [
    ['in any case', 'Fred@POST.Example', 'imap.post.example Fred@post.example'],
    ['with spaces around it', '  fred@post.example\n', 'imap.post.example fred@post.example'],
    ['with a plus sign', 'fred+lists@post.example', 'imap.post.example fred+lists@post.example'],
    ['with an internationalised domain', 'fred@straße.example', 'imap.post.example fred@xn--strae-oqa.example'],
    ['with a local part in UTF-8', 'jürgen@post.example', 'imap.post.example jürgen@post.example'],
    [
      'with escaped markup',
      '"&lt;b&gt;&amp;"@post.example',
      'imap.post.example &quot;&lt;b&gt;&amp;&quot;@post.example',
    ],
    ['below a wildcard', 'fred@mill.village.example', 'imap.village.example fred@mill.village.example'],
    ['of which the user name cannot be told', 'fred@cloud.example', 'imap.cloud.example fred@cloud.example'],
    ['of a domain that nobody knows', 'fred@unknown.zz', '500 The atlas does not know unknown.zz.'],
    [
      'of a domain that is left out',
      'fred@gone.example',
      '500 gone.example is left out of the atlas: Nobody answers any more.',
    ],
    ['of a provider without access', 'fred@vault.example', '501 Example Mail offers no IMAP, POP3 or SMTP.'],
    [
      'of a provider that takes OAuth2 alone',
      'fred@oauth.example',
      '501 Example Mail has no servers that Autodiscover can express.',
    ],
    ['with markup that is not in quotation marks', '&lt;b&gt;x@post.example', '600 The e-mail address is none.'],
    ['with a percent sign for a dot', 'fred@post%2eexample', '600 The e-mail address is none.'],
    ['at an IP address', 'fred@192.0.2.1', '600 The e-mail address is none.'],
    ['without a domain', 'fred@', '600 The e-mail address is none.'],
    ['that is a domain', 'post.example', '600 The e-mail address has no “@”.'],
    ['that is empty', '', '600 The request has no EMailAddress.'],
    ['that is very long', `${'a'.repeat(300)}@post.example`, '600 The e-mail address is none.'],
  ] as const) {
    test(`an address ${what}: ${expected}`, async () => assert.equal(await ask(address), expected));
  }

  test('asks no DNS: a hoster’s customers are not known here', async () => {
    assert.match(await ask('fred@firm.zz'), /^500 /);
    assert.deepEqual(asked, []);
    assert.equal(missed.at(-1)?.domain, 'firm.zz', 'but curators hear of it');
  });

  test('takes the address, whatever the Host says', async () => {
    const headers = { Host: 'autodiscover.village.example' };
    assert.equal(await ask('fred@post.example', headers), 'imap.post.example fred@post.example');
    assert.match(await ask('fred@unknown.zz', { Host: 'autodiscover.post.example' }), /^500 /);
  });

  for (const [what, host, expected] of [
    ['autodiscover.<domain>', 'autodiscover.post.example', 'imap.post.example -'],
    ['the same in another case, with a port', 'AutoDiscover.POST.example:8143', 'imap.post.example -'],
    ['the same with a dot at its end', 'autodiscover.post.example.', 'imap.post.example -'],
    ['of a domain that nobody knows', 'autodiscover.unknown.zz', '500 The atlas does not know unknown.zz.'],
    ['the domain alone', 'post.example', '600 The request has no EMailAddress.'],
    ['a name that only looks like it', 'autodiscover-post.example', '600 The request has no EMailAddress.'],
    [
      'autodiscover twice',
      'autodiscover.autodiscover.post.example',
      '500 The atlas does not know autodiscover.post.example.',
    ],
    ['an IP address', '127.0.0.1', '600 The request has no EMailAddress.'],
    ['an IP address behind the prefix', 'autodiscover.127.0.0.1', undefined],
    ['with an underscore', 'autodiscover.a_b.example', '600 The Host is no domain.'],
  ] as const) {
    test(`without an address, the Host decides: ${what}`, async () => {
      if (expected === undefined) return assert.throws(() => new URL(`http://${host}/`), 'no request can have it');
      const body = '<Autodiscover><Request><EMailAddress/></Request></Autodiscover>';
      assert.equal(await post(body, { Host: host }), expected);
      assert.equal(await post('', { Host: host }), expected);
    });
  }

  test('tells an ActiveSync client in its own namespace that there is nothing for it', async () => {
    const response = await send('POST', path, text, requestFor('fred@post.example', mobilesync));
    const body = await response.clone().text();
    assert.ok(body.includes(`<Response xmlns="${mobilesync}">`));
    assert.equal(await said(response), '601 Here are settings of IMAP, POP3 and SMTP only.');
  });

  test('refuses a schema that nobody knows with 601', async () => {
    assert.match(await post(requestFor('fred@post.example', 'urn:other')), /^601 /);
  });

  const utf16 = new Uint8Array(Buffer.from(`\uFEFF${requestFor('fred@post.example')}`, 'utf16le'));
  const latin1 = new Uint8Array(Buffer.from(requestFor('j\xfcrgen@post.example'), 'latin1'));
  for (const [what, body, expected] of [
    [
      'that is not well-formed',
      requestFor('fred@post.example').slice(0, -10),
      '600 The request is not an Autodiscover request in XML.',
    ],
    ['in JSON', '{"email":"fred@post.example"}', '600 The request is not an Autodiscover request in XML.'],
    ['that is another document', '<clientConfig/>', '600 The request is not an Autodiscover request in XML.'],
    ['in UTF-16', utf16, '600 The request is not in UTF-8.'],
    ['in Latin-1', latin1, '600 The request is not in UTF-8.'],
    ['of zeros', new Uint8Array(1000), '600 The request is not an Autodiscover request in XML.'],
    [
      'with a billion laughs',
      '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><Autodiscover><Request><EMailAddress>&b;@post.example</EMailAddress></Request></Autodiscover>',
      '600 The request is not an Autodiscover request in XML.',
    ],
    [
      'with an external entity',
      '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><Autodiscover><Request><EMailAddress>&a;</EMailAddress></Request></Autodiscover>',
      '600 The request is not an Autodiscover request in XML.',
    ],
    [
      'nested ten thousand deep',
      `${'<a>'.repeat(10_000)}${'</a>'.repeat(9)}`,
      '600 The request is not an Autodiscover request in XML.',
    ],
  ] as const) {
    test(`a body ${what}: ${expected}`, async () => assert.equal(await post(body), expected));
  }

  test('nested as deep as it may be large does no harm', async () => {
    const deep = `<Autodiscover><Request>${'<a>'.repeat(8000)}${'</a>'.repeat(8000)}</Request></Autodiscover>`;
    assert.match(await post(deep), /^600 /);
  });

  test('does not care for the media type, nor for a byte order mark, nor for a password', async () => {
    for (const type of ['application/xml', 'text/plain', 'multipart/form-data; boundary=x']) {
      const headers = { 'Content-Type': type, Authorization: 'Basic ZnJlZDpnZWhlaW0=' };
      assert.equal(
        await post(`\uFEFF${requestFor('fred@post.example')}`, headers),
        'imap.post.example fred@post.example',
      );
    }
  });

  for (const [what, body] of [
    ['whose length says so', 'x'.repeat(10 * 1024 * 1024)],
    ['just above the limit', 'x'.repeat(64 * 1024 + 1)],
  ] as const) {
    test(`a body that is too large, ${what}: 413`, async () => {
      const response = await send('POST', path, text, body);
      assert.equal(response.status, 413);
      assert.equal(response.headers.get('Cache-Control'), 'no-store');
      assert.equal(((await response.json()) as { code: string }).code, 'too-large');
    });
  }

  test('is a 503 while there is no atlas, so that clients go on to the next server', async () => {
    const early = testApp({ curated: 'empty' });
    const response = await early.send('POST', path, text, requestFor('fred@post.example'));
    assert.equal(response.status, 503);
    assert.equal(response.headers.get('Cache-Control'), 'no-store');
  });

  test('gives nothing that is under quarantine: 602', async () => {
    const quarantine = new Map([['post.example' as Domain, { at: '2026-11-01T00:00:00.000Z', why: 'Changed hands.' }]]);
    const { send: sendNow } = testApp({ knowledge: { ...nothingKnown, quarantine } });
    const response = await sendNow('POST', path, text, requestFor('fred@post.example'));
    assert.equal(await said(response), '602 The settings of Example Post are withheld for now.');
  });

  test('writes nothing of anybody’s address into a log or a miss', () => {
    assert.deepEqual(defects, []);
    assert.ok(missed.every(({ domain }) => !domain.includes('@') && !domain.includes('fred')));
  });
});

describe('GET /autodiscover/autodiscover.xml', () => {
  const { get, send } = testApp();

  test('gives the settings of autodiscover.<domain>, without a user name', async () => {
    assert.equal(await said(await get(path, { Host: 'autodiscover.post.example' })), 'imap.post.example -');
  });

  test('is an invalid request elsewhere, as with Microsoft: people look whether anybody is there', async () => {
    assert.match(await said(await get(path)), /^600 /);
    assert.match(await said(await get(`${path}?email=fred@post.example`)), /^600 /);
  });

  test('another method: 405, and a page of another site may ask', async () => {
    const response = await send('PUT', path);
    assert.equal(response.status, 405);
    assert.equal(response.headers.get('Allow'), 'GET, HEAD, POST');
    const preflight = await send('OPTIONS', path);
    assert.equal(preflight.headers.get('Access-Control-Allow-Headers'), 'Content-Type');
  });

  for (const other of ['/autodiscover/', '/autodiscover/autodiscover.xml/', '/autodiscover']) {
    test(`${other} is not here: 404`, async () => assert.equal((await get(other)).status, 404));
  }
});

describe('GET /autodiscover/autodiscover.json', () => {
  const url = 'https://atlas.example';
  const { get } = testApp({ setUp: { url } });
  const found = { Protocol: 'AutodiscoverV1', Url: `${url}/autodiscover/autodiscover.xml` };

  for (const asked of [
    '/autodiscover/autodiscover.json?Email=fred@post.example&Protocol=AutodiscoverV1',
    '/autodiscover/autodiscover.json?Protocol=autodiscoverv1&Email=fred%40post.example&RedirectCount=1',
    '/AutoDiscover/AutoDiscover.json?protocol=AutodiscoverV1',
    '/autodiscover/autodiscover.json/v1.0/fred@post.example?Protocol=AutodiscoverV1',
    '/Autodiscover/Autodiscover.json/V1.0/Fred%40post.example?Protocol=AutodiscoverV1',
  ]) {
    test(`says where the XML is: ${asked}`, async () => {
      const response = await get(asked, { Host: 'evil.example' });
      assert.equal(response.status, 200);
      assert.equal(response.headers.get('Cache-Control'), 'no-store');
      assert.deepEqual(await response.json(), found, 'at the configured URL, whatever the Host says');
    });
  }

  for (const [asked, code] of [
    ['?Protocol=ActiveSync', 'InvalidProtocol'],
    ['?Protocol=%3Cscript%3E', 'InvalidProtocol'],
    ['?Email=fred@post.example', 'MandatoryParameterMissing'],
    ['', 'MandatoryParameterMissing'],
  ] as const) {
    test(`${asked || 'nothing'}: 400 ${code}, in Microsoft’s own form`, async () => {
      const response = await get(`/autodiscover/autodiscover.json${asked}`);
      assert.equal(response.status, 400);
      assert.equal(response.headers.get('Content-Type'), 'application/json; charset=utf-8');
      const body = (await response.json()) as { ErrorCode: string; ErrorMessage: string };
      assert.equal(body.ErrorCode, code);
      assert.doesNotMatch(body.ErrorMessage, /fred|script/);
    });
  }

  test('a protocol that is badly encoded: 400', async () => {
    assert.equal((await get('/autodiscover/autodiscover.json?Protocol=%FF')).status, 400);
  });

  test('a server that does not know its own URL says so: 404', async () => {
    const { get: ask } = testApp();
    const response = await ask('/autodiscover/autodiscover.json?Protocol=AutodiscoverV1');
    assert.equal(response.status, 404);
    assert.equal(((await response.json()) as { code: string }).code, 'no-own-url');
  });
});
