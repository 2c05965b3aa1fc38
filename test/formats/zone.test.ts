/** The lines for the zone of a mail domain. test/real/zone.test.ts lets a real DNS server read them. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { paccRecord } from '../../src/formats/pacc/digest.ts';
import { renderPacc, sayReasons } from '../../src/formats/pacc/render.ts';
import { renderZone } from '../../src/formats/zone.ts';
import { type EndpointKey, nothingKnown, type Provider } from '../../src/provider/model.ts';
import { imap, record, smtp } from '../records.ts';
import { answer, hoster, legacy, office, post, vault } from '../web/records.ts';

/** The records, without the comments. */
function recordsOf(provider: Provider, how: { domain?: string; mx?: string } = {}, web?: string): string[] {
  const zone = renderZone(answer(provider, how), nothingKnown, web);
  assert.ok('text' in zone, 'why' in zone ? sayReasons(zone.why, 'en') : '');
  return zone.text.split('\n').filter((line) => line !== '' && !line.startsWith(';'));
}

const sources = ['help'];
const dav = { username: '%EMAILADDRESS%', auth: ['password-cleartext' as const], sources };

describe('The zone snippet', () => {
  test('leads to the servers: TLS from the first byte before STARTTLS, IMAP before POP3', () => {
    const provider = record({
      incoming: [
        imap(),
        imap({ port: 143, security: 'starttls' }),
        { ...imap({ host: 'pop.mail.example', port: 995 }), protocol: 'pop3' },
      ],
      outgoing: [smtp(), smtp({ port: 587, security: 'starttls' })],
    });
    assert.deepEqual(recordsOf(provider), [
      '_imaps._tcp.mail.example. 3600 IN SRV 0 1 993 imap.mail.example.',
      '_imap._tcp.mail.example. 3600 IN SRV 10 1 143 imap.mail.example.',
      '_pop3s._tcp.mail.example. 3600 IN SRV 20 1 995 pop.mail.example.',
      '_submissions._tcp.mail.example. 3600 IN SRV 0 1 465 smtp.mail.example.',
      '_submission._tcp.mail.example. 3600 IN SRV 10 1 587 smtp.mail.example.',
    ]);
  });

  test('keeps the order of preference among servers of one kind', () => {
    const provider = record({ incoming: [imap({ host: 'b.mail.example' }), imap({ host: 'a.mail.example' })] });
    assert.deepEqual(recordsOf(provider).slice(0, 2), [
      '_imaps._tcp.mail.example. 3600 IN SRV 0 1 993 b.mail.example.',
      '_imaps._tcp.mail.example. 3600 IN SRV 1 1 993 a.mail.example.',
    ]);
  });

  test('names no server without TLS', () => {
    assert.deepEqual(recordsOf(legacy), [
      '_imaps._tcp.legacy.example. 3600 IN SRV 0 1 993 imap.legacy.example.',
      '_submission._tcp.legacy.example. 3600 IN SRV 10 1 587 smtp.legacy.example.',
    ]);
  });

  test('leads to calendars and address books with their paths, and to filters', () => {
    const provider = record({
      services: [
        { protocol: 'managesieve', host: 'sieve.mail.example', port: 4190, security: 'starttls', ...dav },
        { protocol: 'carddav', url: 'https://dav.mail.example:8443/contacts/', ...dav },
        { protocol: 'caldav', url: 'https://dav.mail.example/calendars/', ...dav },
      ].map((service) => service as NonNullable<Provider['services']>[number]),
    });
    assert.deepEqual(recordsOf(provider).slice(2), [
      '_caldavs._tcp.mail.example. 3600 IN SRV 0 1 443 dav.mail.example.',
      '_caldavs._tcp.mail.example. 3600 IN TXT "path=/calendars/"',
      '_carddavs._tcp.mail.example. 3600 IN SRV 0 1 8443 dav.mail.example.',
      '_carddavs._tcp.mail.example. 3600 IN TXT "path=/contacts/"',
      '_sieve._tcp.mail.example. 3600 IN SRV 0 1 4190 sieve.mail.example.',
    ]);
  });

  test('leads to JMAP where its session is at the well-known place, and offers it as a comment elsewhere', () => {
    const jmap = (url: string) => record({ services: [{ protocol: 'jmap', url, ...dav }] });
    const line = '_jmap._tcp.mail.example. 3600 IN SRV 0 1 443 jmap.mail.example.';
    assert.ok(recordsOf(jmap('https://jmap.mail.example/.well-known/jmap')).includes(line));
    const elsewhere = renderZone(answer(jmap('https://jmap.mail.example/session')), nothingKnown);
    assert.ok('text' in elsewhere && elsewhere.text.includes(`\n; ${line}\n`));
  });

  test('names the host with the configuration files where there is one, and the digest of PACC', () => {
    const pacc = renderPacc(answer(office), nothingKnown);
    assert.ok('text' in pacc);
    assert.deepEqual(recordsOf(office, { domain: 'firm.zz' }, 'atlas.example').slice(2), [
      'autoconfig.firm.zz. 3600 IN CNAME atlas.example.',
      'autodiscover.firm.zz. 3600 IN CNAME atlas.example.',
      'ua-auto-config.firm.zz. 3600 IN CNAME atlas.example.',
      `_ua-auto-config.firm.zz. 3600 IN TXT "${paccRecord(pacc.text)}"`,
    ]);
  });

  test('says why there is no PACC where PACC cannot say the settings', () => {
    const zone = renderZone(answer(legacy), nothingKnown, 'atlas.example');
    assert.ok('text' in zone);
    assert.match(zone.text, /^; PACC cannot say these settings: .*587/m);
    assert.doesNotMatch(zone.text, /ua-auto-config/);
  });

  test('makes no alias of a name for itself', () => {
    assert.doesNotMatch(
      recordsOf(office, {}, 'autoconfig.office.example').join('\n'),
      /autoconfig\.office\.example\. 3600/,
    );
  });

  test('fills the customer’s domain and MX host in', () => {
    const lines = recordsOf(hoster, { domain: 'shop.zz', mx: 'w0123.mx.hoster.example' });
    assert.deepEqual(lines, [
      '_imaps._tcp.shop.zz. 3600 IN SRV 0 1 993 w0123.mx.hoster.example.',
      '_submissions._tcp.shop.zz. 3600 IN SRV 0 1 465 mail.shop.zz.',
    ]);
  });

  test('says so where a server is missing because nobody knows the MX host', () => {
    const zone = renderZone(answer(hoster, { domain: 'shop.zz' }), nothingKnown);
    assert.ok('text' in zone);
    assert.match(zone.text, /^; Servers named after the MX host are missing/m);
    assert.doesNotMatch(zone.text, /\{mx\}|_imaps/);
  });

  test('says that there are no servers where the record says that there are none (RFC 6186 section 3.4)', () => {
    const lines = recordsOf(vault);
    assert.equal(lines.length, 6);
    for (const line of lines) assert.match(line, /^_\w+\._tcp\.vault\.example\. 3600 IN SRV 0 0 0 \.$/);
  });

  test('is the same whoever answers today', () => {
    const dead = 'imap://imap.post.example:993?security=tls' as EndpointKey;
    const well = 'imap://imap.post.example:143?security=starttls' as EndpointKey;
    const statuses = new Map([
      [dead, { status: 'dead' as const }],
      [well, { status: 'verified' as const }],
    ]);
    assert.deepEqual(renderZone(answer(post), { ...nothingKnown, statuses }), renderZone(answer(post), nothingKnown));
  });

  test('is not made of a domain that has no room for names below it', () => {
    const domain = `${'a.'.repeat(120)}zz`;
    assert.ok('why' in renderZone(answer(office, { domain }), nothingKnown));
  });
});
