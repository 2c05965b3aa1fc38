/** The zone snippet, read by a real DNS server and asked for again as a mail program would. */
import assert from 'node:assert/strict';
import { promises } from 'node:dns';
import { describe, test } from 'node:test';
import { paccRecord } from '../../src/formats/pacc/digest.ts';
import { renderPacc } from '../../src/formats/pacc/render.ts';
import { renderZone } from '../../src/formats/zone.ts';
import { nothingKnown, type Provider } from '../../src/provider/model.ts';
import { imap, record, smtp } from '../records.ts';
import { answer, odd, vault } from '../web/records.ts';
import { noRealDns, startRealDns } from './dns.ts';

const login = { username: '%EMAILADDRESS%', auth: ['password-cleartext' as const], sources: ['help'] };
const domain = 'example.test';

function zoneOf(provider: Provider): string {
  const zone = renderZone(answer(provider, { domain, matchedBy: 'mx' }), nothingKnown, 'atlas.example.test');
  assert.ok('text' in zone);
  return zone.text;
}

async function resolverFor(provider: Provider) {
  const dns = await startRealDns(`${zoneOf(provider)}\natlas A 192.0.2.9`);
  const resolver = new promises.Resolver({ timeout: 1000, tries: 2 });
  resolver.setServers([dns.address]);
  return { resolver, [Symbol.asyncDispose]: () => dns.stop() };
}

describe('A real DNS server', { skip: noRealDns() }, () => {
  test('takes every line of the snippet, and gives what was meant', async () => {
    const provider = record({
      id: 'mail.test',
      incoming: [imap(), imap({ port: 143, security: 'starttls' })],
      outgoing: [smtp()],
      services: [
        { protocol: 'caldav', url: 'https://dav.mail.test/calendars/', ...login },
        { protocol: 'managesieve', host: 'sieve.mail.test', port: 4190, security: 'starttls', ...login },
        { protocol: 'jmap', url: 'https://jmap.mail.test/.well-known/jmap', ...login },
      ],
    });
    await using dns = await resolverFor(provider);
    const { resolver } = dns;
    const srv = async (label: string) =>
      (await resolver.resolveSrv(`${label}._tcp.${domain}`)).map(
        ({ priority, weight, port, name }) => `${priority} ${weight} ${port} ${name}`,
      );
    assert.deepEqual(await srv('_imaps'), ['0 1 993 imap.mail.example']);
    assert.deepEqual(await srv('_imap'), ['10 1 143 imap.mail.example']);
    assert.deepEqual(await srv('_submissions'), ['0 1 465 smtp.mail.example']);
    assert.deepEqual(await srv('_caldavs'), ['0 1 443 dav.mail.test']);
    assert.deepEqual(await srv('_jmap'), ['0 1 443 jmap.mail.test']);
    assert.deepEqual(await srv('_sieve'), ['0 1 4190 sieve.mail.test']);
    assert.deepEqual(await resolver.resolveTxt(`_caldavs._tcp.${domain}`), [['path=/calendars/']]);
    for (const label of ['autoconfig', 'autodiscover', 'ua-auto-config'])
      assert.deepEqual(await resolver.resolve4(`${label}.${domain}`), ['192.0.2.9']);
    const pacc = renderPacc(answer(provider), nothingKnown);
    assert.ok('text' in pacc);
    assert.deepEqual(await resolver.resolveTxt(`_ua-auto-config.${domain}`), [[paccRecord(pacc.text)]]);
  });

  test('takes the snippet of a provider with an odd name, and of one that offers nothing', async () => {
    await using one = await resolverFor(odd);
    assert.equal((await one.resolver.resolveSrv(`_imaps._tcp.${domain}`))[0]?.name, 'imap.odd.example');
    await using none = await resolverFor(vault);
    const [nowhere] = await none.resolver.resolveSrv(`_imaps._tcp.${domain}`);
    assert.deepEqual([nowhere?.name, nowhere?.port], ['', 0]);
  });
});
