import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NetworkError, networksOf, noNetworks } from '../../src/net/networks.ts';

function has(networks: readonly string[], addresses: readonly string[], expected: boolean): void {
  const these = networksOf(networks);
  for (const address of addresses) assert.equal(these.has(address), expected, `${address} in ${networks.join(' ')}`);
}

test('an address is itself, however it is written', () => {
  has(['10.0.0.7'], ['10.0.0.7', '::ffff:10.0.0.7', '::FFFF:a00:7'], true);
  has(['10.0.0.7'], ['10.0.0.8', '10.0.0.70', '::10.0.0.7'], false);
  has(['2001:db8::1'], ['2001:DB8:0:0::0001'], true);
  has(['::1'], ['::1'], true);
  has(['::1'], ['127.0.0.1', '::'], false);
});

test('a network is every address that begins as it does', () => {
  has(['10.0.0.0/8'], ['10.0.0.0', '10.255.255.255', '::ffff:10.1.2.3'], true);
  has(['10.0.0.0/8'], ['11.0.0.0', '9.255.255.255', '2001:db8::10'], false);
  has(['192.0.2.128/25'], ['192.0.2.128', '192.0.2.255'], true);
  has(['192.0.2.128/25'], ['192.0.2.127', '192.0.3.128'], false);
  has(['2001:db8::/33'], ['2001:db8:7fff::1'], true);
  has(['2001:db8::/33'], ['2001:db8:8000::1'], false);
  has(['0.0.0.0/0'], ['8.8.8.8'], true);
  has(['0.0.0.0/0'], ['2001:db8::1'], false); // all of IPv4 is not all of IPv6
  has(['::/0'], ['2001:db8::1', '8.8.8.8'], true);
});

test('several are one question; none has nobody in it', () => {
  has(['192.0.2.1', '2001:db8::/32'], ['192.0.2.1', '2001:db8:1::'], true);
  has([], ['127.0.0.1', '::1', ''], false);
  assert.equal(noNetworks.has('127.0.0.1'), false);
});

test('what is no address is in no network', () => {
  has(['0.0.0.0/0', '::/0'], ['', 'unknown', '192.0.2.1:80', '192.0.2.256', 'proxy.example'], false);
});

test('what is no network is told with its own words', () => {
  const bad = [
    '',
    'proxy.example',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '10.0.0.0/-1',
    '10.0/8',
    'fe80::1%eth0',
  ];
  for (const text of bad) {
    assert.throws(
      () => networksOf([text]),
      { name: 'NetworkError', message: new RegExp(`“${text}” is neither`) },
      text,
    );
  }
  assert.throws(() => networksOf(['10.0.0.7/8']), NetworkError);
});
