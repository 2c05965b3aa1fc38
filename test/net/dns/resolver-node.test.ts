/** Node's own DNS client against a real server on loopback. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { type Domain, parseDomain } from '../../../src/name/domain.ts';
import { type MxAnswer, mxAnswerOf, type Resolver } from '../../../src/net/dns/resolver.ts';
import { nodeResolver } from '../../../src/net/dns/resolver-node.ts';
import { type DnsServer, startDns } from '../../dns-server.ts';

const slow = Array.from({ length: 4 }, (_, i) => `slow${i}.example`);
const quick = Array.from({ length: 5 }, (_, i) => `quick${i}.example`);
let dns: DnsServer;
let resolver: Resolver;

before(async () => {
  dns = await startDns({
    'huber.example': ['20 mx2.hoster.example', '10 MX1.Hoster.Example', '10 mx0.hoster.example'],
    'idn.example': ['10 mx.xn--strae-oqa.example'],
    'bad-names.example': ['10 localhost', '10 a_b.hoster.example', '10 192.0.2.1', '10 mx.hoster.example'],
    'only-bad.example': ['10 localhost'],
    'not-quite-null.example': ['0 .', '10 mx.hoster.example'],
    'nullmx.example': 'null-mx',
    'address-only.example': 'nodata',
    'gone.example': 'nxdomain',
    'broken.example': 'servfail',
    'silent.example': 'silent',
    'mute.example': 'silent',
    ...Object.fromEntries(slow.map((name) => [name, { after: 1200, MX: ['10 mx.hoster.example'] }])),
    ...Object.fromEntries(quick.map((name) => [name, ['10 mx.hoster.example']])),
  });
  resolver = nodeResolver(dns.address);
});
after(() => dns.stop());

function mx(name: string): Promise<MxAnswer> {
  return resolver.mx(parseDomain(name));
}

describe('an answer of DNS', () => {
  test('is the hosts, the most preferred first, equals by name, in lower case', async () => {
    assert.deepEqual(await mx('huber.example'), {
      kind: 'hosts',
      hosts: [
        { preference: 10, host: 'mx0.hoster.example' },
        { preference: 10, host: 'mx1.hoster.example' },
        { preference: 20, host: 'mx2.hoster.example' },
      ],
    });
  });

  test('keeps A-labels', async () => {
    const answer = await mx('idn.example');
    assert.deepEqual(answer, { kind: 'hosts', hosts: [{ preference: 10, host: 'mx.xn--strae-oqa.example' }] });
  });

  test('looks at the hundred most preferred of a thousand', () => {
    const records = Array.from({ length: 1200 }, (_, i) => ({ priority: 1200 - i, exchange: `mx${i}.hoster.example` }));
    const answer = mxAnswerOf(records);
    assert.ok(answer.kind === 'hosts');
    assert.deepEqual([answer.hosts.length, answer.hosts[0]?.host], [100, 'mx1199.hoster.example']);
  });

  test('leaves out what is no host name', async () => {
    const answer = await mx('bad-names.example');
    assert.deepEqual(answer, { kind: 'hosts', hosts: [{ preference: 10, host: 'mx.hoster.example' }] });
    assert.deepEqual(await mx('only-bad.example'), { kind: 'none', exists: true });
  });

  test('with a null MX says that the domain receives no mail', async () => {
    assert.deepEqual(await mx('nullmx.example'), { kind: 'null' });
  });

  test('with a null MX beside a real host is not a null MX', async () => {
    const answer = await mx('not-quite-null.example');
    assert.deepEqual(answer, { kind: 'hosts', hosts: [{ preference: 10, host: 'mx.hoster.example' }] });
  });

  test('tells a name without MX from a name that does not exist', async () => {
    assert.deepEqual(await mx('address-only.example'), { kind: 'none', exists: true });
    assert.deepEqual(await mx('gone.example'), { kind: 'none', exists: false });
  });

  test('that the server cannot give is a failure, not a refusal', async () => {
    assert.deepEqual(await mx('broken.example'), { kind: 'failed', why: 'server-failure' });
  });

  test('is asked for once, under the very name', async () => {
    await mx('once.example');
    assert.deepEqual(
      dns.questions.filter((name) => name.includes('once')),
      ['once.example'],
    );
  });
});

describe('a server that says nothing', () => {
  test('has two seconds, not less and not more', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    let answer: MxAnswer | undefined;
    const waiting = (async () => {
      answer = await mx('mute.example');
    })();
    while (!dns.questions.includes('mute.example')) await setImmediate();
    t.mock.timers.tick(1999);
    await setImmediate();
    assert.equal(answer, undefined);
    t.mock.timers.tick(1);
    await waiting;
    assert.deepEqual(answer, { kind: 'failed', why: 'timeout' });
  });

  test('and nobody is listening at all: a failure at once', async () => {
    const other = await startDns({});
    await other.stop();
    const answer = await nodeResolver(other.address).mx('huber.example' as Domain);
    assert.equal(answer.kind, 'failed');
  });
});

describe('in real time', { concurrency: true }, () => {
  test('silence ends in an answer', async () => {
    const started = performance.now();
    const answer = await nodeResolver(dns.address).mx('silent.example' as Domain);
    assert.deepEqual(answer, { kind: 'failed', why: 'timeout' });
    assert.ok(performance.now() - started < 20_000);
  });

  test('a slow answer within the two seconds counts, however quick the server was before', async () => {
    const other = nodeResolver(dns.address);
    for (const name of quick) await other.mx(name as Domain);
    // One after the other: a busy machine may eat up the rest of the two seconds once, not each time.
    let answer = await other.mx(slow[0] as Domain);
    for (const name of slow.slice(1)) if (answer.kind !== 'hosts') answer = await other.mx(name as Domain);
    assert.equal(answer.kind, 'hosts');
  });
});

test('a server that is no IP address is refused when the resolver is made', () => {
  assert.throws(() => nodeResolver('dns.example:53'), TypeError);
  assert.doesNotThrow(() => nodeResolver('127.0.0.1'));
  assert.doesNotThrow(() => nodeResolver('[::1]:5353'));
});

describe('the addresses of a host', () => {
  let server: DnsServer;
  before(async () => {
    server = await startDns({
      'both.example': { A: ['192.0.2.2', '192.0.2.1'], AAAA: ['2001:db8::1'] },
      'four.example': { A: ['192.0.2.1'] },
      'half-broken.example': { A: ['192.0.2.1'], AAAA: 'servfail' },
      'half-lying.example': { A: 'nxdomain', AAAA: ['2001:db8::1'] },
      'nothing-and-broken.example': { AAAA: 'servfail' },
      'text-only.example': {},
      'broken.example': 'servfail',
      'owned.example': { NS: ['ns2.hoster.example', 'NS1.Hoster.Example'] },
    });
  });
  after(() => server.stop());
  const ask = (name: string) => nodeResolver(server.address).addresses(name as Domain);

  test('are those of both families, in the order of DNS, IPv4 first', async () => {
    const addresses = ['192.0.2.2', '192.0.2.1', '2001:db8::1'];
    assert.deepEqual(await ask('both.example'), { kind: 'addresses', addresses });
    assert.deepEqual(await ask('four.example'), { kind: 'addresses', addresses: ['192.0.2.1'] });
  });

  test('are known although one family cannot be told', async () => {
    assert.deepEqual(await ask('half-broken.example'), { kind: 'addresses', addresses: ['192.0.2.1'] });
    assert.deepEqual(await ask('half-lying.example'), { kind: 'addresses', addresses: ['2001:db8::1'] });
  });

  test('are not said to be none while one family cannot be told', async () => {
    assert.deepEqual(await ask('nothing-and-broken.example'), { kind: 'failed', why: 'server-failure' });
    assert.deepEqual(await ask('broken.example'), { kind: 'failed', why: 'server-failure' });
  });

  test('are none where the name has none, or is none', async () => {
    assert.deepEqual(await ask('text-only.example'), { kind: 'none', exists: true });
    assert.deepEqual(await ask('gone.example'), { kind: 'none', exists: false });
  });

  test('and its name servers, sorted, in lower case', async () => {
    const answer = await nodeResolver(server.address).nameServers('owned.example' as Domain);
    assert.deepEqual(answer, { kind: 'servers', servers: ['ns1.hoster.example', 'ns2.hoster.example'] });
  });
});

describe('the records of services', () => {
  const long = 'x'.repeat(600);
  let server: DnsServer;
  before(async () => {
    server = await startDns({
      '_imaps._tcp.huber.example': {
        SRV: ['10 1 993 b.hoster.example', '0 1 993 Z.Hoster.Example', '0 9 993 a_b.example'],
      },
      '_pop3._tcp.huber.example': { SRV: ['0 0 0 .'] },
      '_jmap._tcp.huber.example': 'servfail',
      'huber.example': { TXT: ['v=spf1 -all', long], A: ['192.0.2.1'] },
      'alias.example': { CNAME: ['huber.example'] },
      'mute.example': { CNAME: 'servfail' },
    });
  });
  after(() => server.stop());
  const ask = () => nodeResolver(server.address);

  test('come by priority, then the heavier first, with targets as they stand there, in lower case', async () => {
    assert.deepEqual(await ask().srv('_imaps._tcp.huber.example'), {
      kind: 'records',
      records: [
        { priority: 0, weight: 9, port: 993, target: 'a_b.example' },
        { priority: 0, weight: 1, port: 993, target: 'z.hoster.example' },
        { priority: 10, weight: 1, port: 993, target: 'b.hoster.example' },
      ],
    });
  });

  test('say with the root that a service is not available', async () => {
    const records = [{ priority: 0, weight: 0, port: 0, target: '' }];
    assert.deepEqual(await ask().srv('_pop3._tcp.huber.example'), { kind: 'records', records });
  });

  test('may not exist, or not be told', async () => {
    assert.deepEqual(await ask().srv('_imap._tcp.huber.example'), { kind: 'none', exists: false });
    assert.deepEqual(await ask().srv('_jmap._tcp.huber.example'), { kind: 'failed', why: 'server-failure' });
  });

  test('texts are whole, however many strings they were cut into', async () => {
    assert.deepEqual(await ask().txt('huber.example'), { kind: 'texts', texts: ['v=spf1 -all', long] });
    assert.deepEqual(await ask().txt('gone.example'), { kind: 'none', exists: false });
  });

  test('an alias is told from a name of its own, and from not knowing', async () => {
    assert.equal(await ask().isAlias('alias.example' as Domain), true);
    assert.equal(await ask().isAlias('huber.example' as Domain), false);
    assert.equal(await ask().isAlias('mute.example' as Domain), undefined);
  });
});
