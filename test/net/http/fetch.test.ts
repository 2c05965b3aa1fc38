/** Where a request may go: over real sockets and a real DNS server on loopback, which alone of all private addresses is allowed. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { nodeResolver } from '../../../src/net/dns/resolver-node.ts';
import { addressGuard } from '../../../src/net/guard-node.ts';
import { type Fetch, type Fetched, guardedFetch } from '../../../src/net/http/fetch.ts';
import { HttpFault } from '../../../src/net/http/http.ts';
import { nodeSender } from '../../../src/net/http/http-node.ts';
import { type DnsServer, startDns } from '../../dns-server.ts';
import { pki } from '../../pki.ts';
import { startWeb, type WebServer } from '../../web-server.ts';

const redirect = (to: string, status = 302) => ({ status, headers: { Location: to } });
const here = { A: ['127.0.0.1'] };
let web: WebServer;
let dns: DnsServer;
let fetch: Fetch;

before(async () => {
  web = await startWeb(
    {
      'https://a.zz/': 'a',
      'https://a.zz/to-b': redirect('https://b.zz/'),
      'https://a.zz/relative': redirect('/'),
      'https://a.zz/upwards': redirect('//b.zz/', 308),
      'https://a.zz/two': redirect('https://a.zz/to-b', 301),
      'https://a.zz/ring': redirect('https://a.zz/ring'),
      'https://a.zz/to-http': redirect('http://b.zz/'),
      'https://a.zz/inside': redirect('https://inside.zz/'),
      'https://a.zz/literal': redirect('https://10.0.0.1/'),
      'https://a.zz/literal-hex': redirect('https://0x7f.0.0.3/'),
      'https://a.zz/literal-6': redirect('https://[::ffff:10.0.0.1]/'),
      'https://a.zz/metadata': redirect('http://169.254.169.254/latest/'),
      'https://a.zz/port': redirect('https://b.zz:8443/'),
      'https://a.zz/login': redirect('https://user:secret@b.zz/'),
      'https://a.zz/file': redirect('file:///etc/passwd'),
      'https://a.zz/localhost': redirect('https://localhost/'),
      'https://a.zz/nowhere': redirect(''),
      'https://a.zz/post': redirect('https://b.zz/echo', 302),
      'https://b.zz/': 'b',
      'https://b.zz/echo': ({ method, body }) => `${method} ${body}`,
      'http://b.zz/': 'plain b',
      'http://b.zz/to-https': redirect('https://a.zz/'),
      'https://slow.zz/': { trouble: 'silent' },
    },
    { hosts: ['mixed.zz', 'two-homes.zz'] },
  );
  dns = await startDns({
    'a.zz': here,
    'b.zz': here,
    'slow.zz': here,
    'inside.zz': { A: ['10.0.0.1'] },
    'mixed.zz': { A: ['127.0.0.1', '192.168.1.1'] },
    'two-homes.zz': { A: ['127.0.0.2', '127.0.0.1'] },
    'mapped.zz': { AAAA: ['::ffff:127.0.0.1'] },
    'no-address.zz': {},
    'broken.zz': 'servfail',
    'mute.zz': 'silent',
  });
  fetch = guardedFetch({
    resolver: nodeResolver(dns.address),
    guard: (address) => (address === '127.0.0.1' || address === '127.0.0.2' ? undefined : addressGuard(address)),
    sender: nodeSender({ ca: (await pki()).ca, ports: web.ports }),
    userAgent: 'mailatlas (+https://mail.example/who)',
  });
});
after(() => Promise.all([web.stop(), dns.stop()]));

const ask = (url: string, more: Partial<Parameters<Fetch>[0]> = {}): Promise<Fetched> =>
  fetch({ url, deadline: performance.now() + 60_000, ...more });

/** `200 body` with the URLs that were asked, or the fault with its detail. */
async function say(url: string, more?: Parameters<typeof ask>[1]): Promise<string> {
  const fetched = await ask(url, more);
  if (fetched.kind === 'failed') return [fetched.why, fetched.detail].filter((part) => part !== undefined).join(': ');
  const ways = fetched.hops.map((hop) => hop.url).join(' > ');
  return `${fetched.status} ${Buffer.from(fetched.body).toString()} (${ways})`;
}

describe('a URL', () => {
  test('is asked under our name', async () => {
    assert.equal(await say('https://a.zz/'), '200 a (https://a.zz/)');
    assert.equal(web.asked.at(-1)?.headers['user-agent'], 'mailatlas (+https://mail.example/who)');
  });

  test('of a host without an address, or of which DNS does not tell, is an answer of its own', async () => {
    assert.equal(await say('https://gone.zz/'), 'no-address');
    assert.equal(await say('https://no-address.zz/'), 'no-address');
    assert.equal(await say('https://broken.zz/'), 'dns-failure: server-failure');
    assert.equal(await say('https://mute.zz/', { deadline: performance.now() + 200 }), 'timeout: DNS');
  });

  test('must be one of the web, on its usual port, without a login', async () => {
    for (const url of [
      'ftp://a.zz/',
      'file:///etc/passwd',
      'https://user:secret@a.zz/',
      'nonsense',
      'https://localhost/',
    ])
      assert.match(await say(url), /^bad-url: /, url);
    assert.equal(await say('https://a.zz:8443/'), 'blocked-port: 8443');
    assert.equal(await say('http://a.zz:25/'), 'blocked-port: 25');
  });

  test('that leads to an address inside is not asked; one bad address is enough', async () => {
    assert.equal(await say('https://inside.zz/'), 'blocked-address: private');
    assert.equal(await say('https://mixed.zz/'), 'blocked-address: private');
    assert.equal(await say('https://mapped.zz/'), 'blocked-address: loopback');
  });

  test('with a literal address is checked, however it is written', async () => {
    for (const host of ['10.0.0.1', '0x0a.0.0.1', '167772161', '012.0.0.1'])
      assert.equal(await say(`https://${host}/`), 'blocked-address: private', host);
    assert.match(await say('https://[::1]/'), /^blocked-address: /);
    assert.match(await say('https://[fe80::1]/'), /^blocked-address: /);
  });

  test('whose first address does not answer is asked at the next', async () => {
    const one = guardedFetch({
      resolver: nodeResolver(dns.address),
      guard: () => undefined,
      userAgent: 'x',
      sender: {
        send: ({ address }) =>
          address === '127.0.0.2'
            ? Promise.reject(new HttpFault('refused'))
            : Promise.resolve({ status: 200, headers: {}, body: new Uint8Array() }),
      },
    });
    const fetched = await one({ url: 'https://two-homes.zz/', deadline: performance.now() + 60_000 });
    assert.equal(fetched.kind, 'reply');
  });
});

describe('a redirect', () => {
  test('is followed, whether relative or to another host', async () => {
    assert.equal(await say('https://a.zz/to-b'), '200 b (https://a.zz/to-b > https://b.zz/)');
    assert.equal(await say('https://a.zz/relative'), '200 a (https://a.zz/relative > https://a.zz/)');
    assert.equal(await say('https://a.zz/upwards'), '200 b (https://a.zz/upwards > https://b.zz/)');
    assert.equal(await say('https://a.zz/two'), '200 b (https://a.zz/two > https://a.zz/to-b > https://b.zz/)');
    assert.equal(await say('http://b.zz/to-https'), '200 a (http://b.zz/to-https > https://a.zz/)');
  });

  test('each host on the way is certified', async () => {
    const fetched = await ask('https://a.zz/to-b');
    assert.deepEqual(
      fetched.hops.map(({ certificate }) => certificate?.issuer),
      ['Test Root', 'Test Root'],
    );
  });

  test('carries the question along', async () => {
    const more = { method: 'POST' as const, body: 'question' };
    assert.match(await say('https://a.zz/post', more), /^200 POST question /);
  });

  test('is the reply itself for who asks for none', async () => {
    assert.match(await say('https://a.zz/to-b', { hops: 0 }), /^302 {2}\(/);
  });

  test('without a place to go is a reply like any other', async () => {
    assert.match(await say('https://a.zz/nowhere'), /^302 /);
  });

  test('from https to http is refused', async () => {
    assert.equal(await say('https://a.zz/to-http'), 'insecure-redirect: http://b.zz/');
    assert.equal(await say('https://a.zz/metadata'), 'insecure-redirect: http://169.254.169.254/latest/');
    assert.ok(!web.asked.some(({ url }) => url === 'http://b.zz/'));
  });

  test('to the inside is refused, by name and by address', async () => {
    assert.equal(await say('https://a.zz/inside'), 'blocked-address: private');
    assert.equal(await say('https://a.zz/literal'), 'blocked-address: private');
    assert.equal(await say('https://a.zz/literal-hex'), 'blocked-address: loopback');
    assert.match(await say('https://a.zz/literal-6'), /^blocked-address: /);
  });

  test('to another port, with a login, or to what is no web at all is refused', async () => {
    assert.equal(await say('https://a.zz/port'), 'blocked-port: 8443');
    assert.match(await say('https://a.zz/login'), /^bad-url: /);
    assert.match(await say('https://a.zz/file'), /^bad-url: /);
    assert.match(await say('https://a.zz/localhost'), /^bad-url: /);
  });

  test('in a ring ends', async () => {
    assert.equal(await say('https://a.zz/ring'), 'too-many-redirects');
    assert.equal(web.asked.filter(({ url }) => url === 'https://a.zz/ring').length, 6);
  });
});

test('the deadline is for everything together', { timeout: 60_000 }, async () => {
  assert.equal(await say('https://slow.zz/', { deadline: performance.now() + 300 }), 'timeout');
});
