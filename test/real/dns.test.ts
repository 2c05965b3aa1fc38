/** Our resolver, asked against a real authoritative server; and the server's own change of mind. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Domain, domainOrUndefined } from '../../src/name/domain.ts';
import { nodeResolver } from '../../src/net/dns/resolver-node.ts';
import { noRealDns, startRealDns } from './dns.ts';

const many = Array.from({ length: 40 }, (_, index) => `many A 10.0.0.${index + 1}`);
const zone = `
  @     NS    ns2
  ns2   A     192.0.2.53
  mail  A     192.0.2.1
  mail  A     192.0.2.2
  mail  AAAA  2001:db8::1
  imap  CNAME mail
  six   AAAA  2001:db8::6
  text  TXT   "no address"
  lost  CNAME nowhere
  ${many.join('\n')}
`;

describe('a real DNS server', { skip: noRealDns() }, () => {
  test('answers about addresses: several, both families, through a CNAME, more than one datagram holds', async () => {
    await using dns = await startRealDns(zone);
    const resolver = nodeResolver(dns.address);
    const ask = (name: string) => resolver.addresses(named(name));
    const both = ['192.0.2.1', '192.0.2.2', '2001:db8::1'];
    assert.deepEqual(sorted(await ask('mail.example.test')), both);
    assert.deepEqual(sorted(await ask('imap.example.test')), both);
    assert.deepEqual(await ask('six.example.test'), { kind: 'addresses', addresses: ['2001:db8::6'] });
    assert.equal(sorted(await ask('many.example.test')).length, 40);
    assert.deepEqual(await ask('text.example.test'), { kind: 'none', exists: true });
    assert.deepEqual(await ask('nowhere.example.test'), { kind: 'none', exists: false });
    assert.deepEqual(await ask('lost.example.test'), { kind: 'none', exists: false });
    assert.deepEqual(await ask('elsewhere.invalid'), { kind: 'failed', why: 'server-failure' });
  });

  test('answers about name servers, and about a name that has none of its own', async () => {
    await using dns = await startRealDns(zone);
    const resolver = nodeResolver(dns.address);
    const ask = (name: string) => resolver.nameServers(named(name));
    const servers = ['ns1.example.test', 'ns2.example.test'];
    assert.deepEqual(await ask('example.test'), { kind: 'servers', servers });
    assert.deepEqual(await ask('mail.example.test'), { kind: 'none', exists: true });
    assert.deepEqual(await ask('nowhere.example.test'), { kind: 'none', exists: false });
  });

  test('changes its mind', async () => {
    await using dns = await startRealDns('mail A 192.0.2.1');
    const resolver = nodeResolver(dns.address);
    const ask = () => resolver.addresses(named('mail.example.test'));
    assert.deepEqual(await ask(), { kind: 'addresses', addresses: ['192.0.2.1'] });
    await dns.change('mail A 192.0.2.9');
    assert.deepEqual(await ask(), { kind: 'addresses', addresses: ['192.0.2.9'] });
    await dns.change('other A 192.0.2.9');
    assert.deepEqual(await ask(), { kind: 'none', exists: false });
  });
});

function named(name: string): Domain {
  const domain = domainOrUndefined(name);
  assert.ok(domain);
  return domain;
}

function sorted(answer: Awaited<ReturnType<ReturnType<typeof nodeResolver>['addresses']>>): readonly string[] {
  assert.equal(answer.kind, 'addresses');
  return answer.kind === 'addresses' ? [...answer.addresses].sort() : [];
}
