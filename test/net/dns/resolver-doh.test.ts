/** DNS over HTTPS against a real HTTP server on loopback, which answers in dns-packet's hand, not ours. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Domain } from '../../../src/name/domain.ts';
import { dohResolver } from '../../../src/net/dns/resolver-doh.ts';
import { nodeResolver } from '../../../src/net/dns/resolver-node.ts';
import { startDns, type Zone } from '../../dns-server.ts';
import { type Broken, type DohServer, startDoh } from '../../doh-server.ts';

const mx = ['10 mx.hoster.example'];
const type = 'application/dns-message';

/** What servers do wrong; each is a failure, never “there is none”. */
const faults: Record<string, Broken> = {
  'is another status': (response) => response.writeHead(502).end('Bad Gateway'),
  'is a redirect': (response) => response.writeHead(307, { Location: '/elsewhere' }).end(),
  'is of another type': (response, octets) => response.setHeader('Content-Type', 'text/html').end(octets),
  'is empty': (response) => response.setHeader('Content-Type', type).end(),
  'is cut off': (response, octets) => response.setHeader('Content-Type', type).end(octets.subarray(0, -3)),
  'says that it is truncated': (response, octets) => {
    octets[2] = (octets[2] ?? 0) | 0x02;
    response.setHeader('Content-Type', type).end(octets);
  },
  'is a question': (response, octets) => {
    octets[2] = 1;
    response.setHeader('Content-Type', type).end(octets);
  },
  'is to another question': (response, octets) => {
    octets[13] = 'z'.charCodeAt(0);
    response.setHeader('Content-Type', type).end(octets);
  },
  'never ends': (response) => {
    response.setHeader('Content-Type', type);
    const more = () => response.write(Buffer.alloc(16_384), () => !response.destroyed && setImmediate(more));
    more();
  },
  'breaks off': (response) => response.socket?.destroy(),
};
const faulty = Object.entries(faults).map(([what, broken], i) => ({ what, broken, name: `fault${i}.example` }));

const zone: Zone = {
  'huber.example': ['20 mx2.hoster.example', '10 MX1.Hoster.Example', '10 mx0.hoster.example'],
  'bad-names.example': ['10 localhost', '10 a_b.hoster.example', '10 mx.hoster.example'],
  'only-bad.example': ['10 localhost', '20 mx.hoster.example'],
  'nullmx.example': 'null-mx',
  'address-only.example': 'nodata',
  'broken.example': 'servfail',
  'silent.example': 'silent',
  'half-broken.example': { A: ['192.0.2.1'], AAAA: 'servfail' },
  'both.example': { A: ['192.0.2.2', '192.0.2.1'], AAAA: ['2001:db8::1'] },
  '_imaps._tcp.srv.example': {
    SRV: ['10 1 993 b.example', '0 0 993 Imap.Srv.Example', '10 5 993 c.example', '10 1 993 a.example'],
  },
  '_pop3s._tcp.srv.example': { SRV: ['0 0 0 .'] },
  'texts.example': { TXT: ['mailconf=https://texts.example/', 'x'.repeat(600), 'für'] },
  'www.srv.example': { CNAME: ['srv.example'] },
  'owned.example': { NS: ['ns2.hoster.example', 'NS1.Hoster.Example'] },
  ...Object.fromEntries(faulty.map(({ name }) => [name, mx])),
};

let doh: DohServer;
const resolver = () => dohResolver(doh.url);

before(async () => {
  doh = await startDoh(zone, Object.fromEntries(faulty.map(({ name, broken }) => [name, broken])));
});
after(() => doh.stop());

describe('an answer over HTTPS', () => {
  const ask = (name: string) => resolver().mx(name as Domain);

  test('is the hosts, the most preferred first, equals by name, in lower case', async () => {
    assert.deepEqual(await ask('huber.example'), {
      kind: 'hosts',
      hosts: [
        { preference: 10, host: 'mx0.hoster.example' },
        { preference: 10, host: 'mx1.hoster.example' },
        { preference: 20, host: 'mx2.hoster.example' },
      ],
    });
  });

  test('leaves out what is no host name, unless it is the most preferred', async () => {
    const hosts = [{ preference: 10, host: 'mx.hoster.example' }];
    assert.deepEqual(await ask('bad-names.example'), { kind: 'hosts', hosts });
    assert.deepEqual(await ask('only-bad.example'), { kind: 'none', exists: true });
  });

  test('tells null MX, no MX, no such name and a server that cannot say', async () => {
    assert.deepEqual(await ask('nullmx.example'), { kind: 'null' });
    assert.deepEqual(await ask('address-only.example'), { kind: 'none', exists: true });
    assert.deepEqual(await ask('gone.example'), { kind: 'none', exists: false });
    assert.deepEqual(await ask('broken.example'), { kind: 'failed', why: 'server-failure' });
  });

  for (const { what, name } of faulty) {
    test(`that ${what} is a failure`, async () => {
      assert.deepEqual(await ask(name), { kind: 'failed', why: 'server-failure' });
    });
  }

  test('that does not come in two seconds is one that nobody gave', async () => {
    assert.deepEqual(await ask('silent.example'), { kind: 'failed', why: 'timeout' });
  });

  test('from nobody, where nobody listens, is a failure', async () => {
    const other = await startDoh({});
    await other.stop();
    assert.equal((await dohResolver(other.url).mx('huber.example' as Domain)).kind, 'failed');
  });

  test('to equal questions comes from equal URLs, which caches on the way can keep', async () => {
    const already = doh.questions.length;
    await ask('huber.example');
    assert.deepEqual(doh.questions.slice(already), ['huber.example']);
  });
});

describe('hosts over HTTPS', () => {
  test('have the addresses of both families, also where one cannot be told', async () => {
    const ask = (name: string) => resolver().addresses(name as Domain);
    assert.deepEqual(await ask('both.example'), {
      kind: 'addresses',
      addresses: ['192.0.2.2', '192.0.2.1', '2001:db8:0:0:0:0:0:1'],
    });
    assert.deepEqual(await ask('half-broken.example'), { kind: 'addresses', addresses: ['192.0.2.1'] });
    assert.deepEqual(await ask('broken.example'), { kind: 'failed', why: 'server-failure' });
    assert.deepEqual(await ask('gone.example'), { kind: 'none', exists: false });
  });

  test('and domains their name servers, sorted, in lower case', async () => {
    const servers = ['ns1.hoster.example', 'ns2.hoster.example'];
    assert.deepEqual(await resolver().nameServers('owned.example' as Domain), { kind: 'servers', servers });
    assert.deepEqual(await resolver().nameServers('gone.example' as Domain), { kind: 'none', exists: false });
  });
});

describe('records that discovery asks for over HTTPS', () => {
  test('are as from the system’s own resolver', async () => {
    const dns = await startDns(zone);
    try {
      const [ours, nodes] = [resolver(), nodeResolver(dns.address)];
      for (const name of [
        '_imaps._tcp.srv.example',
        '_pop3s._tcp.srv.example',
        'texts.example',
        'gone.example',
        'broken.example',
      ])
        assert.deepEqual(
          [await ours.srv(name), await ours.txt(name)],
          [await nodes.srv(name), await nodes.txt(name)],
          name,
        );
      for (const name of ['www.srv.example', 'both.example', 'gone.example', 'broken.example'])
        assert.equal(await ours.isAlias(name as Domain), await nodes.isAlias(name as Domain), name);
    } finally {
      await dns.stop();
    }
  });

  test('come in the order in which they are tried, and a root as nothing', async () => {
    const answer = await resolver().srv('_imaps._tcp.srv.example');
    assert.ok(answer.kind === 'records');
    assert.deepEqual(
      answer.records.map(({ target }) => target),
      ['imap.srv.example', 'c.example', 'a.example', 'b.example'],
    );
    assert.deepEqual(await resolver().srv('_pop3s._tcp.srv.example'), {
      kind: 'records',
      records: [{ priority: 0, weight: 0, port: 0, target: '' }],
    });
    assert.equal(await resolver().isAlias('www.srv.example' as Domain), true);
    assert.deepEqual(
      await resolver()
        .txt('texts.example')
        .then((found) => found.kind === 'texts' && found.texts[1]),
      'x'.repeat(600),
    );
  });
});

test('a server that is no URL, or would be asked in the open, is refused when the resolver is made', () => {
  for (const bad of ['dns.example', 'http://dns.example/dns-query', 'ftp://127.0.0.1/'])
    assert.throws(() => dohResolver(bad), TypeError, bad);
  assert.doesNotThrow(() => dohResolver('https://dns.example/dns-query'));
});
