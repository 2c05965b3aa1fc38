import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { networksOf } from '../../../src/net/networks.ts';
import { askerAddress, type ForwardedHeaders } from '../../../src/web/http/forwarded.ts';

const proxy = '127.0.0.1';
const trusted = networksOf(['127.0.0.1', '10.0.0.0/8', '2001:db8:f::/48']);
const stranger = '198.51.100.7';
const client = '203.0.113.9';

function asks(expected: string, headers: ForwardedHeaders, peer = proxy): void {
  assert.equal(askerAddress(peer, headers, trusted), expected, JSON.stringify(headers));
}

describe('a peer that is no trusted proxy', () => {
  test('is the asker, whatever it says', () => {
    asks(stranger, {}, stranger);
    asks(stranger, { xForwardedFor: client }, stranger);
    asks(stranger, { xForwardedFor: proxy }, stranger);
    asks(stranger, { forwarded: `for=${client}` }, stranger);
  });

  test('and nobody is one unless the operator said so', () => {
    assert.equal(askerAddress(proxy, { xForwardedFor: client }, networksOf([])), proxy);
  });
});

describe('a trusted proxy', () => {
  test('asks for whom it names', () => {
    asks(client, { xForwardedFor: client });
    asks('2001:db8::9', { xForwardedFor: '2001:db8::9' });
    asks(client, { xForwardedFor: client }, '::ffff:127.0.0.1');
  });

  test('that names nobody asks for itself', () => {
    asks(proxy, {});
    asks(proxy, { xForwardedFor: '' });
    asks(proxy, { forwarded: ' ' });
  });

  test('behind others: the right-most one that is not trusted is the asker', () => {
    asks(client, { xForwardedFor: `${client}, 10.0.0.1, 10.0.0.2` });
    asks(client, { xForwardedFor: `${client},2001:db8:f:1::1` });
  });

  test('is not deceived by what a client wrote before it came', () => {
    asks(client, { xForwardedFor: `1.2.3.4, ${client}` });
    asks(client, { xForwardedFor: `127.0.0.1, ${client}` });
    asks(client, { xForwardedFor: `10.0.0.1, ${client}, 10.0.0.2` });
    asks(client, { xForwardedFor: `${'9.9.9.9, '.repeat(200)}${client}` });
    asks(client, { xForwardedFor: client, forwarded: 'for=1.2.3.4' });
  });

  test('asks for one of its own where all are', () => {
    asks('10.0.0.1', { xForwardedFor: '10.0.0.1, 10.0.0.2' });
  });

  test('that names what nobody can read is charged itself, not what stands before', () => {
    asks(proxy, { xForwardedFor: `${client}, unknown` });
    asks('10.0.0.2', { xForwardedFor: `${client}, _hidden, 10.0.0.2` });
    asks(proxy, { xForwardedFor: `${client}, ` });
  });

  test('may write ports and brackets', () => {
    asks(client, { xForwardedFor: `${client}:4711` });
    asks('2001:db8::9', { xForwardedFor: '[2001:db8::9]:4711' });
    asks('2001:db8::9', { xForwardedFor: '[2001:db8::9]' });
  });
});

describe('Forwarded (RFC 7239)', () => {
  test('is read where there is no X-Forwarded-For', () => {
    asks(client, { forwarded: `for=${client};proto=https;by=10.0.0.1` });
    asks(client, { forwarded: `proto=https; FOR = "${client}:8080"` });
    asks('2001:db8:cafe::17', { forwarded: 'for="[2001:db8:cafe::17]:4711"' });
    asks(client, { forwarded: `for=1.2.3.4, for=${client}, for=10.0.0.1` });
  });

  test('may have commas and semicolons in quotation marks', () => {
    asks(client, { forwarded: `for=${client};host="a,for=1.2.3.4;b"` });
    asks(client, { forwarded: `for=1.2.3.4;ext="\\",", for=${client}` });
  });

  test('is read from its right end: a quote that a client has opened does not swallow what the proxy writes', () => {
    asks(client, { forwarded: `for="a, for=${client}` });
    asks('2001:db8::9', { forwarded: 'for="a, for="[2001:db8::9]"' });
    asks('2001:db8::9', { forwarded: 'for="1.2.3.4;x, for="[2001:db8::9]";proto=https' });
  });

  test('with an element that names nobody ends there', () => {
    asks(proxy, { forwarded: `for=${client}, proto=https` });
    asks(proxy, { forwarded: 'for=unknown' });
    asks(proxy, { forwarded: 'for=_secret' });
    asks(proxy, { forwarded: '"' });
  });
});
