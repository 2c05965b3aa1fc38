/** Configuration profiles over HTTP: of providers, and of one address. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse as parsePlist } from 'plist';
import type { ProfileSigner } from '../../src/formats/mobileconfig/sign.ts';
import { nothingKnown } from '../../src/provider/model.ts';
import { imap, record } from '../records.ts';
import { testApp } from './app.ts';
import { curated } from './records.ts';

const path = '/api/v1/providers/post.example/mail.mobileconfig';
const oauthOnly = record({ id: 'oauth.example', name: 'Example OAuth', incoming: [imap({ auth: ['OAuth2'] })] });
const world = { ...curated, providers: [...curated.providers, oauthOnly] };

interface Profile {
  PayloadDescription: string;
  PayloadContent: { EmailAddress?: string; EmailAccountName?: string; IncomingMailServerHostName?: string }[];
}

async function profileIn(response: Response): Promise<Profile> {
  const body = await response.text();
  assert.equal(response.status, 200, body);
  assert.equal(response.headers.get('Content-Type'), 'application/x-apple-aspen-config');
  return parsePlist(body) as unknown as Profile;
}

async function problemIn(response: Response) {
  assert.equal(response.headers.get('Content-Type'), 'application/problem+json; charset=utf-8');
  return (await response.json()) as { code: string; reason?: string; detail: string; text?: Record<string, string> };
}

describe('GET /api/v1/providers/{id}/mail.mobileconfig', () => {
  const { get, send } = testApp({ curated: world });

  test('is a profile that asks for the address itself, for everybody to keep', async () => {
    const response = await get(path);
    assert.equal(response.headers.get('Cache-Control'), 'public, max-age=3600');
    assert.equal(response.headers.get('Content-Disposition'), 'attachment; filename="post.example.mobileconfig"');
    const { PayloadContent } = await profileIn(response.clone());
    assert.equal(PayloadContent[0]?.IncomingMailServerHostName, 'imap.post.example');
    assert.equal(PayloadContent[0]?.EmailAddress, undefined);
    const again = await get(path, { 'If-None-Match': response.headers.get('ETag') ?? '' });
    assert.equal(again.status, 304);
  });

  test('can be asked for with HEAD', async () => {
    const response = await send('HEAD', path);
    assert.equal(response.status, 200);
    assert.equal(await response.text(), '');
  });

  test('is described in German where that is asked for', async () => {
    const response = await get(`${path}?lang=de`);
    assert.equal(response.headers.get('Cache-Control'), 'private, max-age=3600');
    assert.match((await profileIn(response)).PayloadDescription, /^Richtet/);
    assert.equal((await get(`${path}?lang=fr`)).status, 400);
  });

  test('has moved with the id', async () => {
    const response = await get('/api/v1/providers/oldpost.example/mail.mobileconfig');
    assert.equal(response.status, 308);
    assert.equal(response.headers.get('Location'), path);
  });

  for (const [id, reason, sentence] of [
    ['vault.example', 'no-access', /offers no IMAP/],
    ['ended.example', 'no-access', /offers no IMAP/],
    ['oauth.example', 'oauth2-only', /Example OAuth takes OAuth2 alone/],
    ['hoster.example', 'no-server', /without the domain of a customer/],
  ] as const) {
    test(`of ${id} there is none: 422, with a sentence in both languages`, async () => {
      const response = await get(`/api/v1/providers/${id}/mail.mobileconfig`);
      assert.equal(response.status, 422);
      const problem = await problemIn(response);
      assert.equal(problem.code, 'no-profile');
      assert.equal(problem.reason, reason);
      assert.match(problem.detail, sentence);
      assert.ok(problem.text?.['en'] && problem.text['de']);
    });
  }

  test('of nobody: 404', async () => {
    assert.equal((await get('/api/v1/providers/nobody.example/mail.mobileconfig')).status, 404);
  });
});

describe('A server with a certificate', () => {
  const signerCalled = (name: string): ProfileSigner => {
    let signed = 0;
    return (profile) => new Uint8Array(Buffer.from(`signed by ${name}, ${++signed}: ${profile}`));
  };

  test('signs each profile once for all who ask, and each one of an address', async () => {
    const sign = signerCalled('A');
    const { get, send, learn } = testApp({ setUp: { signer: () => sign } });
    const [one, two] = [await get(path), await get(path)];
    assert.match(await one.text(), /^signed by A, 1: <\?xml/);
    assert.equal(one.headers.get('ETag'), two.headers.get('ETag'));
    assert.equal(one.headers.get('Content-Type'), 'application/x-apple-aspen-config');
    const body = JSON.stringify({ email: 'fred@post.example' });
    const own = await send('POST', '/mail.mobileconfig', { 'Content-Type': 'application/json' }, body);
    assert.match(await own.text(), /^signed by A, 2: /);
    learn(nothingKnown);
    assert.match(await (await get(path)).text(), /^signed by A, 3: /, 'what is known has changed');
  });

  test('signs anew with a certificate that was renewed', async () => {
    let sign = signerCalled('A');
    const { get } = testApp({ setUp: { signer: () => sign } });
    assert.match(await (await get(path)).text(), /^signed by A, 1: /);
    sign = signerCalled('B');
    assert.match(await (await get(path)).text(), /^signed by B, 1: /);
    assert.match(await (await get(path)).text(), /^signed by B, 1: /);
  });
});

describe('GET /api/v1/providers/{id}/mail.mobileconfig/qr.svg', () => {
  const { get } = testApp({ curated: world, setUp: { url: 'https://atlas.example' } });

  test('is a picture for everybody to keep', async () => {
    const response = await get(`${path}/qr.svg`, { Host: 'evil.example' });
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('Content-Type'), 'image/svg+xml');
    assert.equal(response.headers.get('Cache-Control'), 'public, max-age=3600');
    const svg = await response.text();
    assert.match(svg, /^<svg /);
    assert.doesNotMatch(svg, /script|href/);
  });

  test('is another one for another provider', async () => {
    const other = await get('/api/v1/providers/legacy.example/mail.mobileconfig/qr.svg');
    assert.notEqual(await other.text(), await (await get(`${path}/qr.svg`)).text());
  });

  test('is not there where the profile is not', async () => {
    assert.equal((await get('/api/v1/providers/vault.example/mail.mobileconfig/qr.svg')).status, 422);
  });

  test('is not there on a server that does not know its own URL', async () => {
    const { get: ask } = testApp();
    const response = await ask(`${path}/qr.svg`);
    assert.equal(response.status, 404);
    assert.equal((await problemIn(response)).code, 'no-own-url');
  });
});

describe('POST /mail.mobileconfig', () => {
  const { send, get, asked, defects } = testApp({ curated: world });
  const post = (type: string, body: string | Uint8Array<ArrayBuffer>) =>
    send('POST', '/mail.mobileconfig', { 'Content-Type': type }, body);
  const json = (value: unknown) => post('application/json; charset=utf-8', JSON.stringify(value));
  const form = (body: string) => post('application/x-www-form-urlencoded', body);

  test('is the profile of one address, which nobody keeps', async () => {
    const response = await json({ email: 'Fred+lists@POST.example', name: 'Fred Example', lang: 'de' });
    assert.equal(response.headers.get('Cache-Control'), 'no-store');
    assert.equal(response.headers.get('ETag'), null);
    assert.equal(response.headers.get('Content-Disposition'), 'attachment; filename="post.example.mobileconfig"');
    const { PayloadContent, PayloadDescription } = await profileIn(response);
    assert.equal(PayloadContent[0]?.EmailAddress, 'Fred+lists@post.example');
    assert.equal(PayloadContent[0]?.EmailAccountName, 'Fred Example');
    assert.match(PayloadDescription, /^Richtet/);
  });

  test('takes a form as a page sends it, with fields that nobody filled in', async () => {
    const { PayloadContent } = await profileIn(await form('email=fred%2Blists%40post.example&name=&lang='));
    assert.equal(PayloadContent[0]?.EmailAddress, 'fred+lists@post.example');
    assert.equal(PayloadContent[0]?.EmailAccountName, undefined);
  });

  test('takes an internationalised domain, and an address with markup in quotation marks', async () => {
    const idn = await profileIn(await json({ email: 'fred@straße.example' }));
    assert.equal(idn.PayloadContent[0]?.EmailAddress, 'fred@xn--strae-oqa.example');
    const markup = await profileIn(await json({ email: '"</string><true/>"@post.example' }));
    assert.equal(markup.PayloadContent[0]?.EmailAddress, '"</string><true/>"@post.example');
  });

  test('asks no DNS', async () => {
    assert.equal((await json({ email: 'fred@firm.zz' })).status, 404);
    assert.deepEqual(asked, []);
  });

  for (const [what, answer, status, code] of [
    ['a domain that nobody knows', () => json({ email: 'fred@unknown.zz' }), 404, 'unknown-domain'],
    ['a provider that takes OAuth2 alone', () => json({ email: 'fred@oauth.example' }), 422, 'no-profile'],
    ['a domain instead of an address', () => json({ email: 'post.example' }), 400, 'malformed-request'],
    ['no address', () => json({}), 400, 'malformed-request'],
    ['an address that is none', () => json({ email: 'geheim geheim@post.example' }), 400, 'malformed-name'],
    [
      'a plus sign that a form turns into a space',
      () => form('email=geheim+lists@post.example'),
      400,
      'malformed-name',
    ],
    [
      'a field that nobody knows, such as a password',
      () => json({ email: 'a@post.example', password: 'geheim' }),
      400,
      'malformed-request',
    ],
    ['a name with a line end', () => json({ email: 'a@post.example', name: 'a\nb' }), 400, 'malformed-request'],
    [
      'a name that is very long',
      () => json({ email: 'a@post.example', name: 'a'.repeat(101) }),
      400,
      'malformed-request',
    ],
    ['another language', () => json({ email: 'a@post.example', lang: 'fr' }), 400, 'malformed-request'],
    ['a list', () => json(['geheim@post.example']), 400, 'malformed-request'],
    ['null', () => json(null), 400, 'malformed-request'],
    ['JSON that ends early', () => post('application/json', '{"email":'), 400, 'malformed-request'],
    ['nothing', () => post('application/json', ''), 400, 'malformed-request'],
    ['bytes that are no UTF-8', () => post('application/json', new Uint8Array([0xff, 0xfe])), 400, 'malformed-request'],
    ['plain text', () => post('text/plain', 'geheim@post.example'), 415, 'unsupported-type'],
    ['a form with files', () => post('multipart/form-data; boundary=x', '--x--'), 415, 'unsupported-type'],
    ['ten megabytes', () => post('application/json', 'x'.repeat(10_000_000)), 413, 'too-large'],
  ] as const) {
    test(`${what}: ${status} ${code}, which nobody keeps and which repeats no address`, async () => {
      const response = await answer();
      assert.equal(response.status, status);
      assert.equal(response.headers.get('Cache-Control'), 'no-store');
      const text = await response.clone().text();
      assert.equal((await problemIn(response)).code, code);
      assert.doesNotMatch(text, /geheim/);
    });
  }

  test('is no GET: an address must not stand in a URL', async () => {
    const response = await get('/mail.mobileconfig?email=fred@post.example');
    assert.equal(response.status, 405);
    assert.equal(response.headers.get('Allow'), 'POST');
    assert.equal(response.headers.get('Cache-Control'), 'no-store');
  });

  test('leaves nothing in the log', () => assert.deepEqual(defects, []));
});
