import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { record } from '../records.ts';
import { scriptedMx, testApp } from './app.ts';
import { curated } from './records.ts';

const wellKnown = '/.well-known/autoconfig/mail/config-v1.1.xml';
const isp = '/mail/config-v1.1.xml';

/** The id of the provider whose XML this is, or the code of the problem. */
async function whose(response: Response): Promise<string> {
  const body = await response.text();
  if (response.status === 200) return /<emailProvider id="([^"]+)">/.exec(body)?.[1] ?? `no id in ${body}`;
  return (JSON.parse(body) as { code: string }).code;
}

function domainsOf(xml: string): string[] {
  return [...xml.matchAll(/<domain>([^<]+)<\/domain>/g)].map(([, domain = '']) => domain);
}

describe('GET /v1.1/{domain}', () => {
  const { get, asked } = testApp({ mx: scriptedMx });

  test('gives the XML of the record that has the domain', async () => {
    const response = await get('/v1.1/post.example');
    assert.equal(response.status, 200);
    assert.equal(await whose(response), 'post.example');
  });

  test('gives the same bytes for each domain of a record', async () => {
    const [one, other] = await Promise.all([get('/v1.1/post.example'), get('/v1.1/briefe.example')]);
    assert.equal(one.headers.get('etag'), other.headers.get('etag'));
    assert.equal(await one.text(), await other.text());
  });

  for (const [path, why] of [
    ['/v1.1/POST.Example', 'in upper case'],
    ['/v1.1/post.example.', 'with a trailing dot'],
    ['/v1.1/%20post.example%20', 'with spaces around it'],
    ['/v1.1/stra%C3%9Fe.example', 'as U-label'],
    ['/v1.1/straße.example', 'as U-label that is not encoded'],
    ['/v1.1/STRA%C3%9FE.example', 'as U-label in upper case'],
    ['/v1.1/xn--strae-oqa.example', 'as A-label'],
    ['/v1.1/XN--STRAE-OQA.EXAMPLE', 'as A-label in upper case'],
  ] as const) {
    test(`finds a domain ${why}: ${path}`, async () => assert.equal(await whose(await get(path)), 'post.example'));
  }

  test('answers a name below a wildcard with that name alone', async () => {
    const xml = await (await get('/v1.1/mill.village.example')).text();
    assert.deepEqual(domainsOf(xml), ['mill.village.example']);
  });

  test('answers the name of MX hosts, which clients ask for instead of the domain', async () => {
    const response = await get('/v1.1/protection.office.example');
    assert.deepEqual(domainsOf(await response.clone().text()), ['protection.office.example']);
    assert.equal(await whose(response), 'office.example');
  });

  test('asks no DNS, and so does not know the domains of a hoster’s customers', async () => {
    assert.equal(await whose(await get('/v1.1/firm.zz')), 'unknown-domain');
    assert.deepEqual(asked, []);
  });

  for (const [domain, status, code] of [
    ['unknown.zz', 404, 'unknown-domain'],
    ['gone.example', 404, 'left-out'],
    ['vault.example', 404, 'no-access'],
    ['ended.example', 404, 'no-access'],
    ['mx.hoster.example', 404, 'not-expressible'],
    ['localhost', 400, 'malformed-name'],
    ['192.0.2.1', 400, 'malformed-name'],
    ['a..example', 400, 'malformed-name'],
    ['a_b.example', 400, 'malformed-name'],
    ['-a.example', 400, 'malformed-name'],
    ['%C3%BC.xn--a.example', 400, 'malformed-name'],
    [`${'a'.repeat(64)}.example`, 400, 'malformed-name'],
    ['fred@post.example', 400, 'malformed-name'],
    ['%', 400, 'malformed-name'],
    ['%FF.example', 400, 'malformed-name'],
    ['post%00.example', 400, 'malformed-name'],
    ['post.example%2Fx', 400, 'malformed-name'],
    ['post.example/', 404, 'unknown-route'],
    ['', 404, 'unknown-route'],
  ] as const) {
    test(`${domain || 'nothing'}: ${status} ${code}`, async () => {
      const response = await get(`/v1.1/${domain}`);
      assert.equal(response.status, status);
      assert.equal(await whose(response), code);
    });
  }
});

describe('?version=1.2', () => {
  const { get } = testApp({ mx: scriptedMx });

  for (const path of [
    '/v1.1/post.example',
    '/mx/v1.1/post.example',
    '/mx/v1.1/firm.zz',
    '/mail/config-v1.1.xml?emailaddress=fred@post.example',
    '/.well-known/autoconfig/mail/config-v1.1.xml?emailaddress=fred@post.example',
    '/api/v1/providers/post.example/autoconfig.xml',
  ]) {
    const by = path.includes('?') ? '&' : '?';
    test(`gives the draft’s own version at ${path}, and 1.1 without it`, async () => {
      for (const [query, version] of [
        ['', '1.1'],
        [`${by}version=1.1`, '1.1'],
        [`${by}version=1.2`, '1.2'],
      ] as const) {
        const response = await get(path + query);
        assert.equal(response.status, 200);
        assert.match(await response.text(), new RegExp(`<clientConfig version="${version}">`));
      }
    });
  }

  test('says what 1.1 cannot say', async () => {
    const xml = await (await get('/v1.1/post.example?version=1.2')).text();
    assert.match(xml, /<calendar type="caldav">[^]*<setupServer type="managesieve">[^]*<oAuth2>/);
  });

  test('is no answer for shared caches: they may keep what depends on the path alone', async () => {
    const caching = async (path: string) => (await get(path)).headers.get('cache-control');
    assert.equal(await caching('/v1.1/post.example'), 'public, max-age=3600');
    assert.equal(await caching('/v1.1/post.example?version=1.2'), 'private, max-age=3600');
    assert.equal(await caching('/mx/v1.1/firm.zz?version=1.2'), 'private, max-age=600');
    assert.equal(await caching('/mail/config-v1.1.xml?version=1.2&emailaddress=fred@post.example'), 'no-store');
  });

  test('goes along to the address of a renamed record', async () => {
    const response = await get('/api/v1/providers/oldpost.example/autoconfig.xml?version=1.2');
    assert.equal(response.headers.get('location'), '/api/v1/providers/post.example/autoconfig.xml?version=1.2');
  });

  test('another version is a 400 that names those there are', async () => {
    const response = await get('/v1.1/post.example?version=2');
    assert.equal(response.status, 400);
    const { code, detail } = (await response.json()) as { code: string; detail: string };
    assert.equal(code, 'malformed-query');
    assert.match(detail, /1\.1.*1\.2/);
  });
});

describe('GET /mx/v1.1/{domain}', () => {
  const { get, asked } = testApp({ mx: scriptedMx });

  test('gives the XML of the provider that the MX belongs to, for the one domain', async () => {
    const response = await get('/mx/v1.1/firm.zz');
    assert.deepEqual(domainsOf(await response.clone().text()), ['firm.zz']);
    assert.equal(await whose(response), 'office.example');
  });

  test('fills the customer’s own MX host and domain into the servers', async () => {
    const xml = await (await get('/mx/v1.1/shop.zz')).text();
    assert.match(xml, /<hostname>w0123\.mx\.hoster\.example<\/hostname>/);
    assert.match(xml, /<hostname>mail\.shop\.zz<\/hostname>/);
  });

  test('asks DNS on behalf of the asker, so that one asker cannot use up what all have', async () => {
    await get('/mx/v1.1/unknown.zz');
    assert.deepEqual(asked.at(-1), { domain: 'unknown.zz', asker: '192.0.2.0/24' });
  });

  test('asks no DNS for a domain of a record, nor for one that was left out, nor for a special-use name', async () => {
    const before = asked.length;
    assert.equal(await whose(await get('/mx/v1.1/post.example')), 'post.example');
    assert.equal(await whose(await get('/mx/v1.1/gone.example')), 'left-out');
    assert.equal(await whose(await get('/mx/v1.1/unknown.invalid')), 'unknown-domain');
    assert.equal(asked.length, before);
  });

  for (const [domain, status, code] of [
    ['strangers.zz', 404, 'unknown-domain'],
    ['torn.zz', 404, 'unknown-domain'],
    ['filtered.zz', 404, 'gateway'],
    ['forwarded.zz', 404, 'forwarder'],
    ['newsletter.zz', 404, 'sender'],
    ['silent.zz', 404, 'null-mx'],
    ['nomail.zz', 404, 'no-mx'],
    ['slow.zz', 503, 'dns-timeout'],
  ] as const) {
    test(`${domain}: ${status} ${code}`, async () => {
      const response = await get(`/mx/v1.1/${domain}`);
      assert.equal(response.status, status);
      assert.equal(await whose(response), code);
    });
  }
});

for (const path of [isp, wellKnown]) {
  describe(`GET ${path}`, () => {
    const { get, asked } = testApp({ mx: scriptedMx });

    describe('by the address', () => {
      for (const [query, why] of [
        ['emailaddress=fred%40post.example', 'encoded, as Thunderbird sends it'],
        ['emailaddress=fred@post.example', 'with a raw “@”, as in the draft’s examples'],
        ['emailaddress=fred+lists@post.example', 'with a raw “+”'],
        ['emailaddress=fred%2Blists%40post.example', 'with an encoded “+”'],
        ['emailaddress=one@post.example&emailaddress=two@office.example', 'twice: the first counts'],
        ['EmailAddress=fred@post.example', 'under a name in another case'],
        ['EMAILADDRESS=FRED@POST.EXAMPLE', 'in upper case'],
        ['emailaddress=j%C3%BCrgen@post.example', 'with a UTF-8 local part'],
        ['emailaddress=jürgen@post.example', 'with a UTF-8 local part that is not encoded'],
        ['emailaddress=fred@stra%C3%9Fe.example', 'with a U-label domain'],
        ['emailaddress=fred@straße.example', 'with a U-label domain that is not encoded'],
        ['emailaddress=%22fred%40home%22@post.example', 'with a quoted “@” before the last one'],
        ['emailaddress=%20fred@post.example%20', 'with spaces around it'],
        ['emailaddress=fred@post.example.', 'with a trailing dot'],
        ['emailaddress=post.example', 'that is a domain only'],
        ['emailaddress=@post.example', 'without a local part'],
        ['x=1&emailaddress=fred@post.example&y=2', 'among other parameters'],
      ] as const) {
        test(`${why}: ?${query}`, async () => {
          assert.equal(await whose(await get(`${path}?${query}`)), 'post.example');
        });
      }

      test('wins over the Host', async () => {
        const response = await get(`${path}?emailaddress=fred@post.example`, { Host: 'autoconfig.office.example' });
        assert.equal(await whose(response), 'post.example');
      });

      test('gives way to the Host where nobody knows its domain', async () => {
        const response = await get(`${path}?emailaddress=fred@unknown.zz`, { Host: 'autoconfig.office.example' });
        assert.equal(await whose(response), 'office.example');
      });

      test('is what the problem speaks of where nobody knows either domain', async () => {
        const response = await get(`${path}?emailaddress=fred@unknown.zz`, { Host: 'autoconfig.other.zz' });
        assert.equal(response.status, 404);
        assert.equal(((await response.json()) as { domain: string }).domain, 'unknown.zz');
      });

      for (const [query, code] of [
        ['emailaddress=%', 'malformed-query'],
        ['emailaddress=100%@post.example', 'malformed-query'],
        ['emailaddress=%FF@post.example', 'malformed-query'],
        ['emailaddress=fred', 'malformed-name'],
        ['emailaddress=fred@', 'malformed-name'],
        ['emailaddress=fred@[192.0.2.1]', 'malformed-name'],
        ['emailaddress=fred@192.0.2.1', 'malformed-name'],
        ['emailaddress=fr%00ed@post.example', 'malformed-name'],
        ['emailaddress=fr%0Ded@post.example', 'malformed-name'],
        [`emailaddress=${'a'.repeat(65)}@post.example`, 'malformed-name'],
        [`emailaddress=${'a'.repeat(3000)}@post.example`, 'malformed-name'],
      ] as const) {
        test(`that is malformed gives 400 ${code}, whatever the Host is: ?${query.slice(0, 60)}`, async () => {
          const response = await get(`${path}?${query}`, { Host: 'autoconfig.post.example' });
          assert.equal(response.status, 400);
          assert.equal(await whose(response), code);
        });
      }

      for (const domain of ['vault.example', 'ended.example', 'gone.example', 'unknown.zz', 'firm.zz']) {
        test(`gives 404 where there is nothing to say: ${domain}`, async () => {
          assert.equal((await get(`${path}?emailaddress=fred@${domain}`)).status, 404);
        });
      }
    });

    describe('by the Host', () => {
      for (const [host, why] of [
        ['autoconfig.post.example', 'as the draft’s step 1.1 asks'],
        ['post.example', 'as the draft’s step 1.2 asks'],
        ['autoconfig.post.example:8143', 'with a port'],
        ['post.example:443', 'with a port, without “autoconfig.”'],
        ['AUTOCONFIG.POST.EXAMPLE', 'in upper case'],
        ['autoconfig.post.example.', 'with a trailing dot'],
        ['autoconfig.xn--strae-oqa.example', 'as A-label'],
      ] as const) {
        test(`${why}: ${host}`, async () => assert.equal(await whose(await get(path, { Host: host })), 'post.example'));
      }

      for (const [query, why] of [
        ['', 'without a query'],
        ['?', 'with an empty query'],
        ['?emailaddress', 'without a value'],
        ['?emailaddress=', 'with an empty value'],
        ['?emailaddress=%EMAILADDRESS%', 'with a template that was not filled in'],
        ['?emailaddress=%25EMAILADDRESS%25', 'with an encoded template that was not filled in'],
      ] as const) {
        test(`where there is no address: ${why}`, async () => {
          assert.equal(await whose(await get(`${path}${query}`, { Host: 'autoconfig.post.example' })), 'post.example');
        });
      }

      for (const host of ['localhost', 'localhost:8143', '127.0.0.1:8143', '[::1]:8143', 'a_b.example', '..']) {
        test(`${host} names no domain: 400 no-domain-given`, async () => {
          const response = await get(path, { Host: host });
          assert.equal(response.status, 400);
          assert.equal(await whose(response), 'no-domain-given');
        });
      }

      test('nor does a request without a Host', async () => {
        assert.equal(await whose(await get(path)), 'no-domain-given');
      });
    });

    test('asks no DNS: whoever points a name here must be in the atlas', async () => {
      await get(`${path}?emailaddress=fred@firm.zz`, { Host: 'autoconfig.shop.zz' });
      assert.deepEqual(asked, []);
    });
  });
}

describe('The XML', () => {
  const { get } = testApp({ mx: scriptedMx });

  test('is text/xml in UTF-8: Thunderbird parses no other type', async () => {
    const response = await get('/v1.1/odd.example');
    assert.equal(response.headers.get('content-type'), 'text/xml; charset=utf-8');
    assert.match(await response.text(), /Müller &amp; Söhne &lt;&quot;Mail&quot;&gt; ’𝒫ost’/);
  });

  test('has its XML declaration at the very start, without a byte order mark', async () => {
    const bytes = Buffer.from(await (await get('/v1.1/post.example')).arrayBuffer());
    assert.equal(bytes.subarray(0, 38).toString('latin1'), '<?xml version="1.0" encoding="UTF-8"?>');
  });

  test('says version 1.1 in no namespace', async () => {
    assert.match(await (await get('/v1.1/post.example')).text(), /^<clientConfig version="1\.1">$/m);
  });

  test('is of the newest data as soon as they are there', async () => {
    const app = testApp();
    const before = await app.get('/v1.1/post.example');
    app.swap({ ...curated, providers: [record({ id: 'post.example', name: 'Newer Post' })] });
    const after = await app.get('/v1.1/post.example', { 'If-None-Match': before.headers.get('etag') ?? '' });
    assert.equal(after.status, 200);
    assert.match(await after.text(), /Newer Post/);
  });
});

describe('Who may keep the answer', () => {
  const { get } = testApp({ mx: scriptedMx });
  const host = { Host: 'autoconfig.post.example' };

  for (const [kind, path, headers, caching] of [
    ['everybody for an hour, where it depends on the path alone', '/v1.1/post.example', {}, 'public, max-age=3600'],
    ['… by a wildcard', '/v1.1/mill.village.example', {}, 'public, max-age=3600'],
    ['… without the help of DNS', '/mx/v1.1/post.example', {}, 'public, max-age=3600'],
    ['everybody for ten minutes, where it rests on DNS', '/mx/v1.1/firm.zz', {}, 'public, max-age=600'],
    ['the asker for an hour, where it depends on the Host', isp, host, 'private, max-age=3600'],
    ['… of the .well-known path', wellKnown, host, 'private, max-age=3600'],
    ['… with a template not filled in', `${isp}?emailaddress=%EMAILADDRESS%`, host, 'private, max-age=3600'],
    ['nobody, where the request has an address', `${isp}?emailaddress=fred@post.example`, {}, 'no-store'],
    ['… of an unknown domain, answered by Host', `${isp}?emailaddress=fred@unknown.zz`, host, 'no-store'],
    ['… under a name in another case', `${isp}?EMAILADDRESS=fred@post.example`, {}, 'no-store'],
    ['… on a path that has no use for it', '/v1.1/post.example?emailaddress=fred@post.example', {}, 'no-store'],
    ['… and gets 404', `${isp}?emailaddress=fred@unknown.zz`, {}, 'no-store'],
    ['… and gets 400', `${isp}?emailaddress=fred`, {}, 'no-store'],
    ['… and gets 400 for its encoding', `${isp}?emailaddress=%FF@post.example`, {}, 'no-store'],
    ['… and there is no such route', '/nothing?email=fred@post.example', {}, 'no-store'],
    ['everybody for five minutes, for 404', '/v1.1/unknown.zz', {}, 'public, max-age=300'],
    ['… no access', '/v1.1/vault.example', {}, 'public, max-age=300'],
    ['… no MX', '/mx/v1.1/nomail.zz', {}, 'public, max-age=300'],
    ['… no such route', '/nothing', {}, 'public, max-age=300'],
    ['everybody for five minutes, for a malformed name', '/v1.1/a..example', {}, 'public, max-age=300'],
    ['nobody, where DNS did not answer', '/mx/v1.1/slow.zz', {}, 'no-store'],
    ['nobody, where no domain was given', isp, {}, 'no-store'],
  ] as const) {
    test(`${kind}: ${path}`, async () => {
      assert.equal((await get(path, headers)).headers.get('cache-control'), caching);
    });
  }

  test('nobody, where somebody put an address into the path', async () => {
    assert.equal((await get('/v1.1/fred@post.example')).headers.get('cache-control'), 'no-store');
  });

  test('503 says when to come again', async () => {
    assert.match((await get('/mx/v1.1/slow.zz')).headers.get('retry-after') ?? '', /^\d+$/);
  });
});

describe('An entity tag', () => {
  const { get, send } = testApp();

  test('is strong, and belongs to the bytes', async () => {
    const [one, other] = await Promise.all([get('/v1.1/post.example'), get('/v1.1/office.example')]);
    assert.match(one.headers.get('etag') ?? '', /^"[\w-]{22}"$/);
    assert.notEqual(one.headers.get('etag'), other.headers.get('etag'));
  });

  test('is not on answers that nobody may keep', async () => {
    const response = await get(`${isp}?emailaddress=fred@post.example`);
    assert.equal(response.headers.get('etag'), null);
  });

  test('is the same by path and by Host', async () => {
    const byHost = await get(isp, { Host: 'autoconfig.post.example' });
    assert.equal(byHost.headers.get('etag'), (await get('/v1.1/post.example')).headers.get('etag'));
  });

  for (const [header, status, why] of [
    ['ETAG', 304, 'the tag itself'],
    ['W/ETAG', 304, 'a proxy made it weak'],
    ['"other", ETAG', 304, 'a list with it'],
    ['"other",W/ETAG ,"third"', 304, 'a list with it, made weak, without spaces'],
    ['*', 304, 'any'],
    ['"other"', 200, 'another one'],
    ['"other", W/"third"', 200, 'a list without it'],
    ['nonsense', 200, 'no tag at all'],
    ['', 200, 'nothing'],
  ] as const) {
    test(`If-None-Match with ${why}: ${status}`, async () => {
      const etag = (await get('/v1.1/post.example')).headers.get('etag') ?? '';
      const response = await get('/v1.1/post.example', { 'If-None-Match': header.replace('ETAG', etag) });
      assert.equal(response.status, status);
      assert.equal((await response.text()) === '', status === 304);
      assert.equal(response.headers.get('etag'), etag);
      assert.equal(response.headers.get('cache-control'), 'public, max-age=3600');
    });
  }

  test('HEAD with it: 304', async () => {
    const etag = (await get('/v1.1/post.example')).headers.get('etag') ?? '';
    assert.equal((await send('HEAD', '/v1.1/post.example', { 'If-None-Match': etag })).status, 304);
  });

  test('makes no 404 into a 304', async () => {
    assert.equal((await get('/v1.1/unknown.zz', { 'If-None-Match': '*' })).status, 404);
  });
});

describe('Methods', () => {
  const { get, send } = testApp({ mx: scriptedMx });
  const paths = ['/v1.1/post.example', '/mx/v1.1/firm.zz', isp, wellKnown];

  for (const path of paths) {
    const headers = { Host: 'autoconfig.post.example' };

    test(`HEAD ${path} has the head of GET and no body`, async () => {
      const [head, whole] = await Promise.all([send('HEAD', path, headers), get(path, headers)]);
      assert.equal(head.status, 200);
      assert.equal(await head.text(), '');
      assert.deepEqual(Object.fromEntries(head.headers), Object.fromEntries(whole.headers));
    });

    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'PROPFIND']) {
      test(`${method} ${path} is 405 and says what is allowed`, async () => {
        const response = await send(method, path, headers);
        assert.equal(response.status, 405);
        assert.equal(response.headers.get('allow'), 'GET, HEAD');
        assert.equal(await whose(response), 'method-not-allowed');
      });
    }

    test(`OPTIONS ${path} answers a browser’s preflight`, async () => {
      const preflight = { Origin: 'https://webmail.example', 'Access-Control-Request-Method': 'GET' };
      const response = await send('OPTIONS', path, preflight);
      assert.equal(response.status, 204);
      assert.equal(await response.text(), '');
      assert.equal(response.headers.get('access-control-allow-origin'), '*');
      assert.equal(response.headers.get('access-control-allow-methods'), 'GET, HEAD');
      assert.equal(response.headers.get('allow'), 'GET, HEAD');
    });
  }

  test('a wrong method on an unknown path is 404', async () => {
    assert.equal((await send('POST', '/nothing')).status, 404);
  });
});

describe('Every answer, an error too, is open to any web page and sniffed by none', () => {
  const etag = '*';
  for (const [what, method, path, headers] of [
    ['XML', 'GET', '/v1.1/post.example', {}],
    ['XML by MX', 'GET', '/mx/v1.1/firm.zz', {}],
    ['XML by address', 'GET', `${isp}?emailaddress=fred@post.example`, {}],
    ['not modified', 'GET', '/v1.1/post.example', { 'If-None-Match': etag }],
    ['HEAD', 'HEAD', '/v1.1/post.example', {}],
    ['OPTIONS', 'OPTIONS', '/v1.1/post.example', {}],
    ['malformed', 'GET', '/v1.1/a..example', {}],
    ['malformed query', 'GET', `${isp}?emailaddress=%`, {}],
    ['unknown', 'GET', '/v1.1/unknown.zz', {}],
    ['no access', 'GET', '/v1.1/vault.example', {}],
    ['no such route', 'GET', '/nothing', {}],
    ['wrong method', 'POST', '/v1.1/post.example', {}],
    ['DNS did not answer', 'GET', '/mx/v1.1/slow.zz', {}],
    ['the list of routes', 'GET', '/', {}],
    ['JSON', 'GET', '/api/v1/providers', {}],
    ['liveness', 'GET', '/healthz', {}],
  ] as const) {
    test(what, async () => {
      const response = await testApp({ mx: scriptedMx }).send(method, path, headers);
      assert.equal(response.headers.get('access-control-allow-origin'), '*');
      assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
    });
  }

  test('a redirect', async () => {
    const response = await testApp().get('/api/v1/providers/oldpost.example');
    assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
  });

  test('no atlas yet', async () => {
    const response = await testApp({ curated: 'empty' }).get('/v1.1/post.example');
    assert.equal(response.status, 503);
    assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
    assert.equal(response.headers.get('access-control-allow-origin'), '*');
  });
});
