/** Which addresses nobody may be sent to. */
import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { describe, test } from 'node:test';
import { specialRanges } from '../../src/net/guard.ts';
import { addressGuard } from '../../src/net/guard-node.ts';

const refused: [address: string, why: RegExp][] = [
  ['127.0.0.1', /loopback/],
  ['127.255.255.254', /loopback/],
  ['0.0.0.0', /this network/],
  ['10.1.2.3', /private/],
  ['172.16.0.1', /private/],
  ['172.31.255.255', /private/],
  ['192.168.1.1', /private/],
  ['100.64.0.1', /shared/],
  ['169.254.169.254', /link-local/], // the metadata service of every cloud
  ['224.0.0.1', /multicast/],
  ['255.255.255.255', /reserved/],
  ['192.0.2.1', /documentation/],
  ['::', /unspecified/],
  ['::1', /loopback/],
  ['fe80::1', /link-local/],
  ['fd00::1', /unique local/],
  ['ff02::1', /multicast/],
  ['2001:db8::1', /documentation/],
  // An IPv4 address inside another, written in each way.
  ['::ffff:127.0.0.1', /loopback|mapped/],
  ['::ffff:7f00:1', /loopback|mapped/],
  ['::ffff:8.8.8.8', /mapped/],
  ['::7f00:1', /IPv4-compatible/],
  ['64:ff9b::7f00:1', /NAT64/],
  ['64:ff9b:1::1', /NAT64/],
  ['2002:7f00:1::', /6to4/],
  ['2001:0:4136:e378::1', /Teredo/],
  // Never given out: overlays of one's own (0200::/7) live there.
  ['200::1', /not global unicast/],
  ['1::3', /not global unicast/],
  ['4000::1', /not global unicast/],
  ['e000::1', /not global unicast/],
  // What is no plain address cannot be checked.
  ['fe80::1%eth0', /no address/],
  ['localhost', /no address/],
  ['0x7f000001', /no address/],
  ['2130706433', /no address/],
  ['127.1', /no address/],
  ['', /no address/],
];

describe('the guard', () => {
  for (const [address, why] of refused) {
    test(`refuses ${address === '' ? 'nothing at all' : address}`, () =>
      assert.match(addressGuard(address) ?? 'let through', why));
  }

  for (const address of [
    '8.8.8.8',
    '172.15.255.255',
    '172.32.0.1',
    '100.63.255.255',
    '212.227.17.170',
    '2a00:1450:4001::6d',
    '2606:4700::1',
  ]) {
    test(`lets ${address} through`, () => assert.equal(addressGuard(address), undefined));
  }

  test('refuses every range at its first address', () => {
    for (const [range] of specialRanges) assert.notEqual(addressGuard(range.split('/')[0] ?? ''), undefined, range);
  });

  test('refuses the addresses of this machine', () => {
    const own = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
    for (const { address } of own) assert.notEqual(addressGuard(address), undefined, address);
  });
});
