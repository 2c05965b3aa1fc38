import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Domain } from '../../src/name/domain.ts';
import { endpointKey, nothingKnown } from '../../src/provider/model.ts';
import { record } from '../records.ts';
import { mxHosts, scriptedMx, scriptedPublications, testApp } from './app.ts';
import { curated, post, records } from './records.ts';

interface Login {
  protocol: string;
  host: string;
  username: string | null;
  hint?: Record<string, string>;
  status: string;
  checkedAt: string | null;
}
interface Settings {
  incoming: Login[];
  outgoing: Login[];
  local: Login[];
  services: Login[];
  setup: { kind: string; text: { en: string; de: string } }[];
  provider: { id: string; name: string; access: string; restriction?: { successor?: string } };
}
interface Lookup extends Settings {
  domain: string;
  matchedBy: string;
  trust: string;
  mx?: string;
}
interface Problem {
  [more: string]: unknown;
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
}
interface List {
  total: number;
  page: number;
  pages: number;
  providers: { id: string; domains: number; protocols: string[] }[];
}

/** The JSON of an answer that must be 200. */
async function ok<T>(response: Response): Promise<T> {
  assert.equal(response.status, 200, await response.clone().text());
  assert.equal(response.headers.get('content-type'), 'application/json; charset=utf-8');
  return (await response.json()) as T;
}

/** The problem of an answer, which must have the form of RFC 9457 and agree with its own status. */
async function problem(response: Response): Promise<Problem> {
  assert.equal(response.headers.get('content-type'), 'application/problem+json; charset=utf-8');
  const body = (await response.json()) as Problem;
  assert.equal(body.type, 'about:blank');
  assert.equal(body.status, response.status);
  assert.match(body.title, /^[A-Z][A-Za-z ]+$/);
  assert.match(body.code, /^[a-z-]+$/);
  assert.match(body.detail, /^.+\.$/s, 'a sentence');
  return body;
}

describe('GET /api/v1/lookup?domain=', () => {
  const { get } = testApp({ mx: scriptedMx });
  const lookup = async (query: string) => ok<Lookup>(await get(`/api/v1/lookup?${query}`));

  for (const [domain, found] of [
    ['post.example', { domain: 'post.example', matchedBy: 'domain', trust: 'curated' }],
    ['Straße.EXAMPLE.', { domain: 'xn--strae-oqa.example', matchedBy: 'domain', trust: 'curated' }],
    ['mill.village.example', { domain: 'mill.village.example', matchedBy: 'wildcard', trust: 'curated' }],
    ['protection.office.example', { domain: 'protection.office.example', matchedBy: 'mx-name', trust: 'curated' }],
    ['firm.zz', { domain: 'firm.zz', matchedBy: 'mx', trust: 'dns', mx: 'firm-zz.protection.office.example' }],
  ] as const) {
    test(`${domain}: says how the record was found and what that rests on`, async () => {
      const answer = await lookup(`domain=${encodeURIComponent(domain)}`);
      const { matchedBy, trust, mx } = answer;
      assert.deepEqual({ domain: answer.domain, matchedBy, trust, ...(mx !== undefined && { mx }) }, found);
    });
  }

  test('takes “strasse” for another domain than “straße”', async () => {
    assert.equal((await problem(await get('/api/v1/lookup?domain=strasse.example'))).code, 'unknown-domain');
  });

  test('leaves the placeholders in the user names', async () => {
    const { incoming } = await lookup('domain=post.example');
    assert.deepEqual(
      incoming.map(({ username }) => username),
      ['%EMAILADDRESS%', '%EMAILADDRESS%', '%EMAILLOCALPART%'],
    );
  });

  test('fills the customer’s own servers in', async () => {
    const { incoming, outgoing } = await lookup('domain=shop.zz');
    assert.deepEqual([incoming[0]?.host, outgoing[0]?.host], ['w0123.mx.hoster.example', 'mail.shop.zz']);
  });

  test('says what the verifier knows of each server', async () => {
    const [first, second] = post.incoming;
    assert.ok(first && second);
    const checkedAt = '2026-11-20T10:00:00.000Z';
    const statuses = new Map([[endpointKey(first), { status: 'verified', checkedAt } as const]]);
    const { incoming } = await ok<Lookup>(
      await testApp({ knowledge: { ...nothingKnown, statuses } }).get('/api/v1/lookup?domain=post.example'),
    );
    assert.deepEqual(
      incoming.slice(0, 2).map(({ status, checkedAt: at }) => [status, at]),
      [
        ['verified', checkedAt],
        ['unverified', null],
      ],
    );
  });

  test('answers 200 for a provider without access: empty servers, the bridge, and what to do', async () => {
    const { provider, incoming, outgoing, local, setup } = await lookup('domain=vault.example');
    assert.equal(provider.access, 'none');
    assert.deepEqual([incoming, outgoing], [[], []]);
    assert.deepEqual(
      local.map(({ protocol, host }) => [protocol, host]),
      [
        ['imap', '127.0.0.1'],
        ['smtp', '127.0.0.1'],
      ],
    );
    assert.match(setup[0]?.text.en ?? '', /“Vault Bridge”/);
    assert.match(setup[0]?.text.de ?? '', /„Vault-Brücke“/);
  });

  test('answers 200 for a provider that has ended, with its successor', async () => {
    const { provider } = await lookup('domain=ended.example');
    assert.equal(provider.access, 'closed');
    assert.equal(provider.restriction?.successor, 'post.example');
  });

  test('may be kept by the asker alone', async () => {
    const response = await get('/api/v1/lookup?domain=post.example');
    assert.equal(response.headers.get('cache-control'), 'private, max-age=3600');
    assert.match(response.headers.get('etag') ?? '', /^"/);
  });

  test('that rests on DNS may be kept no longer than DNS is remembered', async () => {
    const response = await get('/api/v1/lookup?domain=firm.zz');
    assert.equal(response.headers.get('cache-control'), 'private, max-age=600');
  });
});

describe('GET /api/v1/lookup?email=', () => {
  const { get } = testApp({ mx: scriptedMx });
  const lookup = async (email: string) => ok<Lookup>(await get(`/api/v1/lookup?email=${email}`));

  test('fills the user names in', async () => {
    const { incoming, outgoing, services } = await lookup('Fred.Flint%2Blists@post.example');
    assert.deepEqual(
      [...incoming, ...outgoing].map(({ username }) => username),
      [
        'Fred.Flint+lists@post.example',
        'Fred.Flint+lists@post.example',
        'Fred.Flint+lists',
        'Fred.Flint+lists@post.example',
        'Fred.Flint+lists@post.example',
      ],
    );
    assert.deepEqual(
      services.map(({ username }) => username),
      ['Fred.Flint+lists@post.example', null],
    );
  });

  test('keeps a raw “+”', async () => {
    assert.equal((await lookup('fred+lists@post.example')).incoming[0]?.username, 'fred+lists@post.example');
  });

  test('keeps the case of the local part and makes the domain the one that was looked up', async () => {
    assert.equal((await lookup('FRED@STRA%C3%9FE.example')).incoming[0]?.username, 'FRED@xn--strae-oqa.example');
  });

  test('takes a template in somebody’s local part as it is', async () => {
    assert.equal((await lookup('%25EMAILDOMAIN%25x@post.example')).incoming[2]?.username, '%EMAILDOMAIN%x');
  });

  test('gives null and a hint where the user name cannot be told from the address', async () => {
    const { incoming, outgoing } = await lookup('fred@cloud.example');
    for (const server of [...incoming, ...outgoing]) {
      assert.equal(server.username, null);
      assert.deepEqual(server.hint, { en: 'Your customer number', de: 'Ihre Nummer' });
    }
  });

  test('that is a domain only leaves the placeholders', async () => {
    assert.equal((await lookup('post.example')).incoming[0]?.username, '%EMAILADDRESS%');
  });

  for (const email of ['fred@post.example', 'fred@unknown.zz', 'fred@slow.zz', 'fred', '%FF@post.example']) {
    test(`may be kept by nobody, whatever the answer is: ${email}`, async () => {
      const response = await get(`/api/v1/lookup?email=${email}`);
      assert.equal(response.headers.get('cache-control'), 'no-store');
      assert.equal(response.headers.get('etag'), null);
    });
  }

  test('is repeated in no problem: the local part stays with the asker', async () => {
    for (const domain of [
      'unknown.zz',
      'gone.example',
      'filtered.zz',
      'slow.zz',
      'a..zz',
      'localhost',
      '[192.0.2.1]',
    ]) {
      const response = await get(`/api/v1/lookup?email=geheim@${domain}`);
      assert.notEqual(response.status, 200);
      assert.doesNotMatch(await response.text(), /geheim/);
    }
  });
});

describe('GET /api/v1/lookup with mx=', () => {
  for (const [query, status, asked] of [
    ['domain=firm.zz', 200, ['firm.zz']],
    ['domain=firm.zz&mx=1', 200, ['firm.zz']],
    ['domain=firm.zz&mx=0', 404, []],
    ['email=fred@firm.zz&mx=0', 404, []],
    ['domain=post.example&mx=0', 200, []],
  ] as const) {
    test(`${query}: ${status}, DNS is asked for ${asked.join() || 'nothing'}`, async () => {
      const app = testApp({ mx: scriptedMx });
      assert.equal((await app.get(`/api/v1/lookup?${query}`)).status, status);
      assert.deepEqual(
        app.asked.map(({ domain }) => domain),
        asked,
      );
    });
  }

  test('that is neither 0 nor 1 is malformed', async () => {
    const { code, detail } = await problem(await testApp().get('/api/v1/lookup?domain=post.example&mx=no'));
    assert.equal(code, 'malformed-query');
    assert.match(detail, /“mx”/);
  });
});

describe('GET /api/v1/lookup?published=1', () => {
  const mx = { ...scriptedMx, 'self.zz': mxHosts('mx.self.zz') };
  const setUp = () => testApp({ mx, published: scriptedPublications });

  test('is what the domain publishes itself, with what vouches for it; who it is, a domain does not say', async () => {
    const { get, askedThemselves } = setUp();
    const response = await get('/api/v1/lookup?domain=self.zz&published=1');
    assert.equal(response.headers.get('cache-control'), 'private, max-age=600');
    const answer = await ok<Lookup & { publication: unknown }>(response);
    assert.deepEqual([answer.matchedBy, answer.trust], ['published', 'self']);
    assert.deepEqual(answer.publication, {
      mechanism: 'autoconfig',
      where: 'https://autoconfig.self.zz/mail/config-v1.1.xml',
      trust: 'tls',
      certified: [{ host: 'autoconfig.self.zz', issuer: 'Test Root' }],
    });
    assert.deepEqual(answer.provider, {
      id: 'self.zz',
      name: 'Self-made Mail',
      short: 'Self-made Mail',
      access: 'open',
    });
    assert.deepEqual(askedThemselves, [{ domain: 'self.zz', asker: '192.0.2.0/24' }]);
  });

  test('has user names filled in for an address, and nobody keeps it', async () => {
    const response = await setUp().get('/api/v1/lookup?email=Fred@self.zz&published=1');
    assert.equal(response.headers.get('cache-control'), 'no-store');
    assert.equal((await ok<Lookup>(response)).incoming[0]?.username, 'Fred@self.zz');
  });

  test('gives no server that is under quarantine', async () => {
    const quarantine = new Map([
      ['imap.self.zz' as Domain, { at: '2026-11-20T10:00:00.000Z', why: 'It changed hands.' }],
    ]);
    const { get } = testApp({ mx, published: scriptedPublications, knowledge: { ...nothingKnown, quarantine } });
    const answer = await ok<Lookup>(await get('/api/v1/lookup?domain=self.zz&published=1'));
    assert.deepEqual(answer.incoming, []);
  });

  test('asks nobody without being told to, and where the atlas knows', async () => {
    const { get, askedThemselves } = setUp();
    for (const query of ['domain=self.zz', 'domain=self.zz&published=0', 'domain=post.example&published=1'])
      await get(`/api/v1/lookup?${query}`);
    await get('/mx/v1.1/self.zz?published=1');
    assert.deepEqual(askedThemselves, []);
  });

  test('asks for no MX where that was forbidden', async () => {
    const { get, asked } = setUp();
    await ok(await get('/api/v1/lookup?domain=self.zz&published=1&mx=0'));
    assert.deepEqual(asked, []);
  });

  test('that finds nothing says why there was nothing before; who asks too much is told so', async () => {
    const { get } = setUp();
    const ask = (domain: string) => get(`/api/v1/lookup?domain=${domain}&published=1&mx=0`);
    assert.equal((await problem(await ask('nothing.zz'))).code, 'unknown-domain');
    assert.equal((await problem(await ask('slow-self.zz'))).code, 'unknown-domain');
    const tired = await ask('eager-self.zz');
    assert.equal(tired.status, 429);
    assert.equal((await problem(tired)).code, 'dns-budget');
  });
});

describe('GET /api/v1/lookup without an answer', () => {
  const { get } = testApp({ mx: scriptedMx });

  for (const [query, status, code, more] of [
    ['', 400, 'no-domain-given', {}],
    ['domain=', 400, 'no-domain-given', {}],
    ['domain=post.example&email=fred@post.example', 400, 'no-domain-given', {}],
    ['domain=localhost', 400, 'malformed-name', { fault: 'single-label' }],
    ['domain=192.0.2.1', 400, 'malformed-name', { fault: 'ip-address' }],
    ['domain=a..example', 400, 'malformed-name', { fault: 'empty-label' }],
    ['domain=a_b.example', 400, 'malformed-name', { fault: 'bad-character' }],
    ['domain=-a.example', 400, 'malformed-name', { fault: 'bad-hyphen' }],
    [`domain=${'a'.repeat(64)}.example`, 400, 'malformed-name', { fault: 'label-too-long' }],
    [`domain=${'a.'.repeat(130)}example`, 400, 'malformed-name', { fault: 'too-long' }],
    ['email=fred@', 400, 'malformed-name', { fault: 'no-domain' }],
    ['email=a b@post.example', 400, 'malformed-name', { fault: 'bad-local-part' }],
    ['domain=%', 400, 'malformed-query', {}],
    ['domain=unknown.zz', 404, 'no-mx', { domain: 'unknown.zz' }],
    ['domain=unknown.example', 404, 'unknown-domain', { domain: 'unknown.example' }],
    ['domain=strangers.zz', 404, 'unknown-domain', { mx: ['mx.strangers.zz'] }],
    ['domain=torn.zz', 404, 'unknown-domain', { mx: ['a.protection.office.example', 'b.mx.hoster.example'] }],
    ['domain=gone.example', 404, 'left-out', { leftOut: curated.leftOut[0] }],
    ['domain=moved.example', 404, 'left-out', { leftOut: curated.leftOut[1] }],
    ['domain=filtered.zz', 404, 'gateway', { handler: { name: 'Filter Ltd', kind: 'gateway' } }],
    ['domain=forwarded.zz', 404, 'forwarder', { handler: { name: 'Forward Ltd', kind: 'forwarder' } }],
    ['domain=newsletter.zz', 404, 'sender', { handler: { name: 'Bulk Ltd', kind: 'sender' } }],
    ['domain=silent.zz', 404, 'null-mx', { domain: 'silent.zz' }],
    ['domain=nomail.zz', 404, 'no-mx', { domain: 'nomail.zz' }],
    ['domain=slow.zz', 503, 'dns-timeout', { domain: 'slow.zz' }],
    ['domain=eager.zz', 429, 'dns-budget', { domain: 'eager.zz' }],
  ] as const) {
    test(`${query.slice(0, 60) || 'no parameter'}: ${status} ${code}`, async () => {
      const response = await get(`/api/v1/lookup?${query}`);
      assert.equal(response.status, status);
      const body = await problem(response);
      assert.equal(body.code, code);
      assert.deepEqual({ ...body, ...more }, body);
    });
  }
});

describe('What is asked for in vain', () => {
  test('is told to whoever counts it, with the network it was asked from; answers are not', async () => {
    const { get, missed } = testApp({ mx: scriptedMx });
    await get('/api/v1/lookup?domain=unknown.example');
    await get('/v1.1/strangers.zz');
    await get('/v1.1/post.example');
    await get('/mail/config-v1.1.xml?emailaddress=max@unknown.example');
    const from = { asker: '192.0.2.0/24' };
    assert.deepEqual(missed, [
      { domain: 'unknown.example', ...from },
      { domain: 'strangers.zz', ...from },
      { domain: 'unknown.example', ...from },
    ]);
  });
});

describe('GET /api/v1/providers', () => {
  const { get } = testApp();
  const ids = async (query: string) =>
    (await ok<List>(await get(`/api/v1/providers?${query}`))).providers.map(({ id }) => id);

  test('lists all records, also those without access', async () => {
    const list = await ok<List>(await get('/api/v1/providers'));
    assert.deepEqual([list.total, list.page, list.pages], [records.length, 1, 1]);
    assert.deepEqual(list.providers.map(({ id }) => id).sort(), records.map(({ id }) => id).sort());
  });

  test('says of each what it is and what it speaks', async () => {
    const { providers } = await ok<List>(await get('/api/v1/providers?q=post.example'));
    assert.deepEqual(providers, [
      {
        id: 'post.example',
        name: 'Example Post',
        short: 'Post',
        kind: 'freemail',
        country: 'DE',
        access: 'open',
        domains: 3,
        protocols: ['imap', 'pop3', 'smtp'],
        status: 'unverified',
      },
    ]);
  });

  for (const [query, found, why] of [
    ['q=villag', ['village.example'], 'part of an id'],
    ['q=EXAMPLE%20POST', ['post.example'], 'part of a name, in any case'],
    ['q=briefe', ['post.example'], 'part of a domain'],
    ['q=s%C3%B6hne', ['odd.example'], 'part of a name that is not ASCII'],
    ['q=sohne', ['odd.example'], 'part of a name without its umlaut'],
    ['q=anybody@village.example', ['village.example'], 'the domain of an address'],
    ['q=%26', ['odd.example'], 'an ampersand'],
    ['q=nobody', [], 'nothing'],
    ['country=AT', ['village.example'], 'a country'],
    ['country=at', ['village.example'], 'a country in lower case'],
    ['protocol=pop3', ['post.example'], 'a protocol of a server'],
    ['protocol=caldav', ['post.example'], 'a protocol of a service'],
    ['access=none', ['vault.example'], 'access none'],
    ['access=closed', ['ended.example'], 'access closed'],
    ['country=DE&access=open&q=cloud', ['cloud.example'], 'several at once'],
    ['country=AT&access=closed', [], 'several at once that exclude each other'],
    ['Q=villag', ['village.example'], 'a name of a parameter in another case'],
    ['nonsense=1&q=villag', ['village.example'], 'beside a parameter that does not exist'],
  ] as const) {
    test(`filters by ${why}: ?${query}`, async () => assert.deepEqual(await ids(query), found));
  }

  for (const [query, name] of [
    ['country=Germany', 'country'],
    ['country=D', 'country'],
    ['protocol=nntp', 'protocol'],
    ['access=maybe', 'access'],
    ['page=0', 'page'],
    ['page=-1', 'page'],
    ['page=1.5', 'page'],
    ['page=two', 'page'],
    ['page=1e9', 'page'],
    [`q=${'x'.repeat(101)}`, 'q'],
    ['q=%FF', 'q'],
  ] as const) {
    test(`refuses what cannot be meant: ?${query.slice(0, 40)}`, async () => {
      const response = await get(`/api/v1/providers?${query}`);
      assert.equal(response.status, 400);
      const { code, detail } = await problem(response);
      assert.equal(code, 'malformed-query');
      assert.match(detail, new RegExp(`“${name}”`));
    });
  }

  test('names every parameter that is wrong', async () => {
    const { detail } = await problem(await get('/api/v1/providers?page=0&country=x&access=y'));
    for (const name of ['page', 'country', 'access']) assert.match(detail, new RegExp(`“${name}”`));
  });

  test('has a hundred records a page, none twice and none left out', async () => {
    const many = Array.from({ length: 201 }, (_, i) => record({ id: `p${i}.example` }));
    const app = testApp({ curated: { providers: many, others: [], leftOut: [], noProbe: [] } });
    const pages = await Promise.all(
      [1, 2, 3, 4].map(async (page) => ok<List>(await app.get(`/api/v1/providers?page=${page}`))),
    );
    assert.deepEqual(
      pages.map(({ page, pages: of, total, providers }) => [page, of, total, providers.length]),
      [
        [1, 3, 201, 100],
        [2, 3, 201, 100],
        [3, 3, 201, 1],
        [4, 3, 201, 0],
      ],
    );
    const seen = pages.flatMap(({ providers }) => providers.map(({ id }) => id));
    assert.deepEqual(
      seen,
      many.map(({ id }) => id),
    );
  });

  test('is one empty page where there is no record', async () => {
    const app = testApp({ curated: { providers: [], others: [], leftOut: [], noProbe: [] } });
    assert.deepEqual(await ok<List>(await app.get('/api/v1/providers')), {
      total: 0,
      page: 1,
      pages: 1,
      providers: [],
    });
  });
});

describe('GET /api/v1/providers/{id}', () => {
  const { get, send } = testApp();

  test('gives the whole record', async () => {
    const body = await ok<Settings & Record<string, unknown>>(await get('/api/v1/providers/post.example'));
    assert.equal(body.provider.name, 'Example Post');
    assert.deepEqual(body['formerly'], ['oldpost.example']);
    assert.deepEqual(body['domains'], post.domains);
    assert.deepEqual(body['decisions'], post.decisions);
    assert.deepEqual(body['sources'], post.sources);
  });

  test('takes the id in any case', async () => {
    assert.equal((await get('/api/v1/providers/POST.Example')).status, 200);
  });

  test('shows the templates of a hoster as they are: there is no customer to fill in', async () => {
    const { incoming, outgoing } = await ok<Settings>(await get('/api/v1/providers/hoster.example'));
    assert.deepEqual([incoming[0]?.host, outgoing[0]?.host], ['{mx}', 'mail.{domain}']);
  });

  test('may be kept by everybody', async () => {
    const response = await get('/api/v1/providers/post.example');
    assert.equal(response.headers.get('cache-control'), 'public, max-age=3600');
    const again = await get('/api/v1/providers/post.example', { 'If-None-Match': response.headers.get('etag') ?? '' });
    assert.equal(again.status, 304);
  });

  for (const id of ['unknown.example', 'briefe.example', '..', '__proto__', 'constructor', '%FF', '%2e%2e%2f']) {
    test(`knows no record ${id}: 404`, async () => {
      const response = await get(`/api/v1/providers/${id}`);
      assert.equal(response.status, 404);
      assert.match((await problem(response)).code, /^unknown-(provider|route)$/);
    });
  }

  for (const rest of ['', '/autoconfig.xml', '/revisions']) {
    test(`leads from an id of former times to today’s: ${rest || 'the record'}`, async () => {
      for (const method of ['GET', 'HEAD']) {
        const response = await send(method, `/api/v1/providers/OldPost.example${rest}`);
        assert.equal(response.status, 308);
        assert.equal(response.headers.get('location'), `/api/v1/providers/post.example${rest}`);
        assert.equal(response.headers.get('access-control-allow-origin'), '*');
      }
    });
  }

  test('says how long the way from an old id may be remembered', async () => {
    const response = await get('/api/v1/providers/oldpost.example');
    assert.equal(response.headers.get('cache-control'), 'public, max-age=3600');
  });
});

describe('GET /api/v1/providers/{id}/autoconfig.xml', () => {
  const { get } = testApp();

  test('is the document that mail clients get', async () => {
    const [here, there] = await Promise.all([
      get('/api/v1/providers/post.example/autoconfig.xml'),
      get('/v1.1/briefe.example'),
    ]);
    assert.equal(here.headers.get('content-type'), 'text/xml; charset=utf-8');
    assert.equal(here.headers.get('etag'), there.headers.get('etag'));
    assert.equal(await here.text(), await there.text());
  });

  test('is not there for a hoster whose customers each have servers of their own: 404, and where to ask', async () => {
    const response = await get('/api/v1/providers/hoster.example/autoconfig.xml');
    assert.equal(response.status, 404);
    const { code, detail, provider } = await problem(response);
    assert.deepEqual([code, provider], ['no-own-domain', 'hoster.example']);
    assert.match(detail, /\/mx\/v1\.1\//);
  });

  for (const id of ['vault.example', 'ended.example']) {
    test(`is not there for ${id}, which has no access: 404`, async () => {
      const response = await get(`/api/v1/providers/${id}/autoconfig.xml`);
      assert.equal(response.status, 404);
      assert.equal((await problem(response)).code, 'no-access');
    });
  }

  test('is not there for an unknown id: 404', async () => {
    const response = await get('/api/v1/providers/unknown.example/autoconfig.xml');
    assert.equal((await problem(response)).code, 'unknown-provider');
  });
});

describe('GET /api/v1/providers/{id}/revisions', () => {
  test('says what changed, newest first', async () => {
    const { revisions } = await ok<{ revisions: { n: number }[] }>(
      await testApp().get('/api/v1/providers/post.example/revisions'),
    );
    assert.deepEqual(
      revisions.map(({ n }) => n),
      [7, 3],
    );
  });

  test('asks for a hundred at most', async () => {
    const limits: number[] = [];
    const app = testApp({
      revisions: (_, limit) => {
        limits.push(limit);
        return Promise.resolve([]);
      },
    });
    assert.deepEqual(await ok(await app.get('/api/v1/providers/post.example/revisions')), { revisions: [] });
    assert.deepEqual(limits, [100]);
  });

  test('is 404 for an unknown id', async () => {
    assert.equal((await testApp().get('/api/v1/providers/unknown.example/revisions')).status, 404);
  });
});

describe('A defect', () => {
  const broken = () =>
    testApp({ revisions: () => Promise.reject(new Error('SELECT … FROM revision: disk I/O error, /var/lib/x.db')) });

  test('is a 500 that tells the asker nothing of the inside and that nobody keeps', async () => {
    const response = await broken().get('/api/v1/providers/post.example/revisions');
    assert.equal(response.status, 500);
    assert.equal(response.headers.get('cache-control'), 'no-store');
    const { code, detail } = await problem(response);
    assert.equal(code, 'defect');
    assert.doesNotMatch(detail, /disk|SELECT|var/);
  });

  test('is logged with its route, without the query', async () => {
    const app = broken();
    await app.get('/api/v1/providers/post.example/revisions?email=geheim@post.example');
    assert.equal(app.defects.length, 1);
    assert.equal(app.defects[0]?.route, '/api/v1/providers/:id/revisions');
    assert.match(String(app.defects[0]?.error), /disk I\/O error/);
  });

  test('is not what an ordinary refusal is: nothing is logged', async () => {
    const app = testApp({ mx: scriptedMx });
    for (const path of ['/nothing', '/v1.1/a..b', '/v1.1/unknown.zz', '/mx/v1.1/slow.zz', '/api/v1/lookup']) {
      assert.notEqual((await app.get(path)).status, 200);
    }
    assert.deepEqual(app.defects, []);
  });
});

describe('GET /healthz and /readyz', () => {
  test('before there is an atlas the server is alive but not ready', async () => {
    const { get } = testApp({ curated: 'empty' });
    assert.deepEqual(await ok(await get('/healthz')), { status: 'ok', version: '1.2.3' });
    const response = await get('/readyz');
    assert.equal(response.status, 503);
    assert.match(response.headers.get('retry-after') ?? '', /^\d+$/);
    assert.equal((await problem(response)).code, 'not-ready');
  });

  test('as soon as there is one, ready says how many records it has and of which revision', async () => {
    const app = testApp({ curated: 'empty' });
    app.swap(curated);
    assert.deepEqual(await ok(await app.get('/readyz')), {
      status: 'ready',
      version: '1.2.3',
      providers: records.length,
      revision: 7,
    });
  });

  for (const path of ['/healthz', '/readyz']) {
    test(`${path} is never kept`, async () => {
      assert.equal((await testApp().get(path)).headers.get('cache-control'), 'no-store');
    });
    test(`${path} answers HEAD`, async () => assert.equal((await testApp().send('HEAD', path)).status, 200));
  }

  for (const path of [
    '/v1.1/post.example',
    '/mx/v1.1/post.example',
    '/mail/config-v1.1.xml?emailaddress=fred@post.example',
    '/api/v1/lookup?domain=post.example',
    '/api/v1/providers',
    '/api/v1/providers/post.example',
    '/api/v1/providers/post.example/autoconfig.xml',
    '/api/v1/providers/post.example/revisions',
  ]) {
    test(`before there is an atlas ${path} is 503, to be tried again`, async () => {
      const response = await testApp({ curated: 'empty' }).get(path);
      assert.equal(response.status, 503);
      assert.equal(response.headers.get('cache-control'), 'no-store');
      assert.equal((await problem(response)).code, 'not-ready');
    });
  }

  for (const path of ['/', '/api/v1/openapi.json']) {
    test(`before there is an atlas ${path} is there already`, async () => {
      assert.equal((await testApp({ curated: 'empty' }).get(path)).status, 200);
    });
  }
});

describe('Every problem has the same form', () => {
  const app = testApp({ mx: scriptedMx });
  for (const [method, path, status] of [
    ['GET', '/nothing', 404],
    ['POST', '/', 405],
    ['POST', '/healthz', 405],
    ['DELETE', '/api/v1/providers/post.example', 405],
    ['POST', '/api/v1/lookup?email=fred@post.example', 405],
    ['PUT', '/v1.1/post.example', 405],
    ['GET', '/v1.1/a..b', 400],
    ['GET', '/v1.1/unknown.zz', 404],
    ['GET', '/v1.1/vault.example', 404],
    ['GET', '/mx/v1.1/slow.zz', 503],
    ['GET', '/mail/config-v1.1.xml', 400],
    ['GET', '/mail/config-v1.1.xml?emailaddress=%', 400],
    ['GET', '/.well-known/autoconfig/mail/config-v1.1.xml?emailaddress=x@unknown.zz', 404],
    ['GET', '/api/v1/lookup', 400],
    ['GET', '/api/v1/providers?page=0', 400],
    ['GET', '/api/v1/providers/unknown.example', 404],
  ] as const) {
    test(`${method} ${path}`, async () => {
      const response = await app.send(method, path);
      assert.equal(response.status, status);
      await problem(response);
    });
  }
});
