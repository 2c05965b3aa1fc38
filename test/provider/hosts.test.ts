import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Domain, parseDomain } from '../../src/name/domain.ts';
import { hasTemplates, hostsOf, isTemplate, withHosts } from '../../src/provider/hosts.ts';
import { imap, record, smtp } from '../records.ts';

const domain = parseDomain('kanzlei-huber.example');
const mx = parseDomain('w0123.hoster.example');

/** A hoster whose customers have their own server each. */
const hoster = record({
  id: 'hoster.example',
  domains: [],
  mx: ['*.hoster.example'],
  incoming: [imap({ host: '{mx}' }), imap({ host: 'imap.hoster.example', port: 143, security: 'starttls' })],
  outgoing: [smtp({ host: 'mail.{domain}' })],
});

function hosts(provider: typeof hoster): string[] {
  return hostsOf(provider).map(({ host }) => host);
}

describe('a host template', () => {
  test('has a brace; a host name never has one', () => {
    assert.ok(isTemplate('{mx}'));
    assert.ok(isTemplate('mail.{domain}'));
    assert.ok(!isTemplate('mail.hoster.example'));
  });

  test('is filled in with the customer’s MX host and domain', () => {
    const provider = withHosts({ provider: hoster, domain, mx });
    assert.deepEqual(hosts(provider), ['w0123.hoster.example', 'imap.hoster.example', 'mail.kanzlei-huber.example']);
  });

  test('{domain} alone is the customer’s domain', () => {
    const provider = record({ mx: ['*.hoster.example'], incoming: [imap({ host: '{domain}' })], outgoing: [] });
    assert.deepEqual(hosts(withHosts({ provider, domain, mx })), ['kanzlei-huber.example']);
  });

  test('nothing but the host changes', () => {
    const [server] = withHosts({ provider: hoster, domain, mx }).incoming;
    assert.deepEqual(server, imap({ host: 'w0123.hoster.example' }));
  });

  test('a server whose host cannot be filled in is left out', () => {
    const provider = withHosts({ provider: hoster, domain });
    assert.deepEqual(hosts(provider), ['imap.hoster.example', 'mail.kanzlei-huber.example']);
  });

  test('the record itself stays as it is', () => {
    const before = structuredClone(hoster);
    withHosts({ provider: hoster, domain, mx });
    assert.deepEqual(hoster, before);
  });

  test('a record without templates is given back, not copied', () => {
    const plain = record();
    assert.ok(!hasTemplates(plain));
    assert.equal(withHosts({ provider: plain, domain: 'mail.example' as Domain }), plain);
    assert.ok(hasTemplates(hoster));
  });

  test('is not filled in where the name of the hoster’s own hosts was asked for: nobody knows the customer', () => {
    const provider = withHosts({ provider: hoster, domain: parseDomain('hoster.example'), matchedBy: 'mx-name' });
    assert.deepEqual(hosts(provider), ['imap.hoster.example']);
    assert.deepEqual(provider.outgoing, []);
  });

  test('is filled in for services too, and services by URL stay', () => {
    const common = { username: '%EMAILADDRESS%', auth: ['password-cleartext' as const], sources: ['help'] };
    const provider = record({
      mx: ['*.hoster.example'],
      services: [
        { protocol: 'managesieve', host: 'sieve.{domain}', port: 4190, security: 'starttls', ...common },
        { protocol: 'managesieve', host: '{mx}', port: 4190, security: 'starttls', ...common },
        { protocol: 'caldav', url: 'https://dav.hoster.example/', ...common },
      ],
    });
    assert.ok(hasTemplates(provider));
    const services = (filled: typeof provider) => filled.services?.map(({ host, url }) => host ?? url);
    assert.deepEqual(services(withHosts({ provider, domain, mx })), [
      'sieve.kanzlei-huber.example',
      'w0123.hoster.example',
      'https://dav.hoster.example/',
    ]);
    assert.deepEqual(services(withHosts({ provider, domain })), [
      'sieve.kanzlei-huber.example',
      'https://dav.hoster.example/',
    ]);
  });
});

describe('the hosts of a record', () => {
  test('stand with their place in the file and the sources that say so', () => {
    assert.deepEqual(hostsOf(record()), [
      { host: 'imap.mail.example', path: ['incoming', 0, 'host'], sources: ['help'] },
      { host: 'smtp.mail.example', path: ['outgoing', 0, 'host'], sources: ['help'] },
    ]);
  });

  test('include those of services, by name or by URL', () => {
    const common = { username: '%EMAILADDRESS%', auth: ['password-cleartext' as const], sources: ['help'] };
    const provider = record({
      incoming: [],
      outgoing: [],
      services: [
        { protocol: 'caldav', url: 'https://dav.mail.example:8443/calendars', ...common },
        { protocol: 'managesieve', host: 'sieve.mail.example', port: 4190, security: 'starttls', ...common },
        { protocol: 'jmap', ...common },
      ],
    });
    assert.deepEqual(hostsOf(provider), [
      { host: 'dav.mail.example', path: ['services', 0, 'url'], sources: ['help'] },
      { host: 'sieve.mail.example', path: ['services', 1, 'host'], sources: ['help'] },
    ]);
  });
});
