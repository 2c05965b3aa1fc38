/** IP addresses, networks and the headers of proxies: who asks, and whom nobody may dial. */
import assert from 'node:assert/strict';
import { BlockList, isIP } from 'node:net';
import { addressBlock, addressGroups } from '../../../src/net/block.ts';
import { specialGuard } from '../../../src/net/guard.ts';
import { addressGuard } from '../../../src/net/guard-node.ts';
import { NetworkError, networksOf } from '../../../src/net/networks.ts';
import { askerAddress } from '../../../src/web/http/forwarded.ts';
import type { Target } from '../target.ts';

const proxies = networksOf(['127.0.0.0/8', '10.0.0.0/8', 'fd00::/8']);

export const addresses: Target = {
  name: 'addresses',
  holds: 'we and Node agree on what an address is and which network it is in; nobody inside is dialled in any spelling',
  form: 'text',
  // What Node lets through as headers.
  most: 16 * 1024,
  seeds: () => [
    '192.0.2.1',
    '::ffff:10.0.0.1',
    '2001:db8::1',
    '10.0.0.0/8',
    '2001:db8::/32',
    'fe80::1%eth0',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '1:2:3:4:5:6:7:8',
    '198.51.100.7, 10.0.0.1, [2001:db8::1]:443, 192.0.2.1:80',
    'for=198.51.100.7;proto=https, for="[2001:db8::1]:443";by=_hidden, for=unknown',
  ],
  words: ['for=', '"', '\\"', '::', ':', '.', '/', '%', '0', 'ffff', '127.0.0.1', ',', ';', '[', ']'],
  run(input) {
    const groups = addressGroups(input);
    const plain = input.split('%')[0] ?? '';
    if (isIP(input) !== 0 && !input.includes('%')) {
      // Dotted tails of IPv6 beyond ::ffff: are left to those who refuse what they do not read.
      if (!input.includes(':') || !input.includes('.')) assert.ok(groups, `${input} is an address`);
      if (isInside(input)) assert.ok(specialGuard(input) !== undefined, `${input} must not be dialled`);
    } else assert.ok(addressGuard(input) !== undefined, 'what is no address is not dialled');
    if (groups) {
      assert.equal(groups.length, 8);
      for (const group of groups) assert.ok(Number.isInteger(group) && group >= 0 && group <= 0xffff);
    }
    if (groups && isIP(plain) !== 0) assert.ok(networksOf([plain.includes('%') ? '::' : plain]).has(plain));
    const block = addressBlock(input);
    if (block !== undefined) assert.match(block, /^(\d+\.\d+\.\d+\.0\/24|[0-9a-f:]+::\/56)$/);
    // What the operator writes, and so may be quoted as it is.
    try {
      networksOf([input]);
    } catch (error) {
      assert.ok(error instanceof NetworkError);
    }
    const header = { xForwardedFor: input };
    const asker = askerAddress('127.0.0.1', header, proxies);
    assert.equal(askerAddress('192.0.2.9', header, proxies), '192.0.2.9', 'a stranger is not believed');
    assert.ok(addressGroups(asker), 'whoever asks has an address');
    assert.ok(addressGroups(askerAddress('127.0.0.1', { forwarded: input }, proxies)));
    return block;
  },
};

/** Lists of its own: one a family, because a list of IPv6 takes every IPv4 address for a mapped one. */
const inside = { ipv4: new BlockList(), ipv6: new BlockList() };
for (const network of [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '224.0.0.0/3',
])
  add('ipv4', network);
// All but global unicast, and of that what carries an IPv4 address or a tunnel.
for (const network of ['::/3', '4000::/2', '8000::/1', '2001::/23', '2002::/16']) add('ipv6', network);

function add(family: keyof typeof inside, network: string): void {
  const [first = '', bits] = network.split('/');
  inside[family].addSubnet(first, Number(bits), family);
}

function isInside(address: string): boolean {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  return inside[family].check(address, family);
}
