import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressBlock } from '../../src/net/block.ts';

function block(address: string, expected: string | undefined): void {
  assert.equal(addressBlock(address), expected, `for ${JSON.stringify(address)}`);
}

test('an IPv4 address belongs to its /24', () => {
  block('192.0.2.1', '192.0.2.0/24');
  block('192.0.2.255', '192.0.2.0/24');
  block('198.51.100.7', '198.51.100.0/24');
  block('10.0.0.1', '10.0.0.0/24'); // a private network is an asker like any other
});

test('an IPv4 address mapped into IPv6 is the IPv4 address: what a dual-stack socket reports', () => {
  block('::ffff:192.0.2.1', '192.0.2.0/24');
  block('::FFFF:192.0.2.200', '192.0.2.0/24');
});

test('an IPv6 address belongs to its /56, however it is written', () => {
  block('2001:db8:1:2345::1', '2001:db8:1:2300::/56');
  block('2001:db8:1:23ff:ffff:ffff:ffff:ffff', '2001:db8:1:2300::/56');
  block('2001:0db8:0001:2300:0000:0000:0000:0000', '2001:db8:1:2300::/56');
  block('2001:DB8:1:2345::1', '2001:db8:1:2300::/56');
  block('2001:db8:1:2400::1', '2001:db8:1:2400::/56'); // the neighbour
  block('2001:db8::1', '2001:db8:0:0::/56');
  block('::2', '0:0:0:0::/56');
  block('1::', '1:0:0:0::/56');
});

test('the zone of a link-local address is no part of it', () => {
  block('fe80::1%eth0', 'fe80:0:0:0::/56');
  block('fe80::2%12', 'fe80:0:0:0::/56');
});

test('loopback is the operator’s own proxy or program, and no asker', () => {
  block('127.0.0.1', undefined);
  block('127.255.0.3', undefined);
  block('::ffff:127.0.0.1', undefined);
  block('::1', undefined);
  block('::1%lo', undefined);
  block('0:0:0:0:0:0:0:1', undefined);
});

test('nonsense is no asker', () => {
  block('', undefined);
  block('unknown', undefined);
  block('example.com', undefined);
  block('192.0.2', undefined);
  block('192.0.2.1.5', undefined);
  block('192.0.2.1:443', undefined);
  block(' 192.0.2.1', undefined);
  block('1:2:3:4:5:6:7', undefined); // seven groups
  block('1:2:3:4:5:6:7:8:9', undefined);
  block('1:2:3:4::5:6:7:8', undefined); // “::” that stands for nothing
  block('1::2::3', undefined);
  block('[2001:db8::1]', undefined);
  block('gggg::1', undefined);
});

test('nonsense that only looks like an address is no asker either', () => {
  block('300.0.2.1', undefined);
  block('12345::1', undefined);
  block(':1:2:3:4:5:6:7', undefined);
  block('1:2:3:4:5:6:7:', undefined);
  block(':::', undefined);
});
