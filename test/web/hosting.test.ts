/** A server for an operator's own domains alone: how it speaks of everybody else's. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Domain } from '../../src/name/domain.ts';
import { curated as curatedOf } from '../records.ts';
import { scriptedMx, type TestAppOptions, testApp } from './app.ts';
import { cloud, hoster, post, village } from './records.ts';

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
    '/api/v1/lookup?domain=gmail.com&published=1',
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

describe('An address whose login the operator has told', () => {
  const login = ({ local, domain }: { local: string; domain: string }) =>
    `${local}@${domain}` === 'fred@post.example' ? 'fr4711 & co' : undefined;
  const { get, send } = testApp({
    curated: curatedOf({ providers: [post, cloud] }),
    setUp: { hosting: { only: true, login } },
  });
  const profile = (email: string) =>
    send('POST', '/mail.mobileconfig', { 'Content-Type': 'application/json' }, JSON.stringify({ email }));
  const outlook = (address: string) => send('POST', '/autodiscover/autodiscover.xml', {}, autodiscoverRequest(address));
  const autoconfig = (address: string) => get(`/mail/config-v1.1.xml?emailaddress=${address}`);
  const json = (address: string) => get(`/api/v1/lookup?email=${address}`);

  test('has it in every format, for every server, and nobody may keep that', async () => {
    const seen = await Promise.all([profile, outlook, autoconfig, json].map((ask) => ask('fred@post.example')));
    const texts = await Promise.all(seen.map((response) => response.text()));
    for (const [i, text] of texts.entries()) {
      assert.match(text, /fr4711 &(amp;)? co/, text);
      assert.equal(seen[i]?.headers.get('cache-control'), 'no-store');
    }
    const [mobileconfig = '', autodiscover = '', xml = '', answer = ''] = texts;
    assert.match(mobileconfig, /<key>EmailAddress<\/key>\s*<string>fred@post\.example<\/string>/);
    assert.match(autodiscover, /<UsePOPAuth>on<\/UsePOPAuth>/);
    assert.doesNotMatch(autodiscover, /<LoginName>fred/);
    assert.doesNotMatch(xml, /%EMAIL/);
    const draft = await (await get('/mail/config-v1.1.xml?version=1.2&emailaddress=fred@post.example')).text();
    assert.match(draft, /<addressbook|<calendar/i);
    assert.doesNotMatch(draft, /%EMAIL/);
    const { incoming, outgoing, services } = JSON.parse(answer) as Record<string, { username: string }[]>;
    const usernames = [incoming, outgoing, services].flatMap((servers) => servers?.map(({ username }) => username));
    assert.deepEqual(new Set(usernames), new Set(['fr4711 & co']));
  });

  test('is another one than all others, who get what the record says', async () => {
    assert.match(await (await autoconfig('max@post.example')).text(), /<username>%EMAILADDRESS%<\/username>/);
    assert.match(await (await outlook('max@post.example')).text(), /<LoginName>max@post\.example<\/LoginName>/);
    assert.match(await (await profile('max@post.example')).text(), /<string>max@post\.example<\/string>/);
    const { incoming } = (await (await json('max@cloud.example')).json()) as { incoming: { username: null }[] };
    assert.equal(incoming[0]?.username, null);
  });

  test('has it only where it is given: what depends on the domain alone tells no login', async () => {
    for (const path of ['/v1.1/post.example', '/api/v1/lookup?domain=post.example', '/api/v1/providers/post.example']) {
      assert.doesNotMatch(await (await get(path)).text(), /fr4711/, path);
    }
    const byHost = await get('/mail/config-v1.1.xml', { Host: 'autoconfig.post.example' });
    assert.doesNotMatch(await byHost.text(), /fr4711/);
  });

  test('is told to come again where the list cannot be read: the record’s user name might be a wrong one', async () => {
    const broken = () => {
      throw new Error('database is locked');
    };
    const { get: ask, send: post_ } = testApp({ curated: own, setUp: { hosting: { only: true, login: broken } } });
    const response = await ask('/mail/config-v1.1.xml?emailaddress=fred@post.example');
    assert.deepEqual([response.status, response.headers.get('cache-control')], [503, 'no-store']);
    assert.doesNotMatch(await response.text(), /fred|locked/);
    const posted = await post_('POST', '/autodiscover/autodiscover.xml', {}, autodiscoverRequest('fred@post.example'));
    assert.equal(posted.status, 503);
    assert.equal((await ask('/v1.1/post.example')).status, 200);
  });
});

describe('GET /ask', () => {
  const hosted = new Map([['customer.zz' as Domain, 'post.example']]);
  const providers = curatedOf({ providers: [post, village] });

  /** Which of these names Caddy may order a certificate for. */
  async function granted(setUp: TestAppOptions['setUp'], names: readonly string[], isNear = true): Promise<string[]> {
    const { get } = testApp({ curated: providers, hosted, setUp: setUp ?? {}, isNear });
    const statuses = await Promise.all(names.map(async (name) => (await get(`/ask?domain=${name}`)).status));
    assert.deepEqual(new Set([200, 404, ...statuses]), new Set([200, 404]));
    return names.filter((_, i) => statuses[i] === 200);
  }

  const wanted = ['autoconfig', 'autodiscover', 'ua-auto-config'].flatMap((name) => [
    `${name}.post.example`,
    `${name}.customer.zz`,
  ]);
  const apart = ['post.example', 'customer.zz', 'xn--strae-oqa.example', 'AUTOCONFIG.Post.Example.', 'atlas.example'];
  const strange = [
    'www.post.example',
    'autoconfig.gmail.com',
    'autoconfig.autoconfig.post.example',
    'autoconfig',
    '127.0.0.1',
    'autoconfig.mill.village.example', // a wildcard has as many names as anybody likes
    'fred@post.example',
  ];

  test('grants the names of the operator’s domains, and its own', async () => {
    const setUp = { url: 'https://atlas.example', hosting: { only: true, lists: true } };
    assert.deepEqual(await granted(setUp, [...wanted, ...apart, ...strange]), [...wanted, ...apart]);
  });

  test('beside the whole atlas grants what is listed alone', async () => {
    const names = await granted({ hosting: { only: false, lists: true } }, [...wanted, ...apart, ...strange]);
    assert.deepEqual(
      names,
      [...wanted, ...apart].filter((name) => name.endsWith('customer.zz')),
    );
  });

  test('is not there for strangers, and not where nobody hosts anything', async () => {
    assert.deepEqual(await granted({ hosting: { only: true } }, wanted, false), []);
    assert.deepEqual(await granted({}, wanted), []);
    const { get } = testApp({ curated: providers, setUp: { hosting: { only: true } }, isNear: false });
    const [hidden, nothing] = await Promise.all([get('/ask?domain=autoconfig.post.example'), get('/nothing')]);
    assert.equal(await hidden.text(), await nothing.text());
    assert.deepEqual([...hidden.headers], [...nothing.headers]);
  });

  test('wants a name', async () => {
    const { get } = testApp({ curated: providers, setUp: { hosting: { only: true } } });
    assert.equal((await get('/ask')).status, 400);
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
