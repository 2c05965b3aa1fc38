/** Version 1.2 of the autoconfig XML: what it says that 1.1 does not. test/real/grammar.test.ts holds it against the draft. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseAutoconfig } from '../../src/formats/autoconfig/parse.ts';
import { renderAutoconfig } from '../../src/formats/autoconfig/render.ts';
import { nothingKnown, type Provider } from '../../src/provider/model.ts';
import { imap, record, smtp } from '../records.ts';
import { answer, ended, post, records, vault } from '../web/records.ts';

const sources = ['help'];
type Service = NonNullable<Provider['services']>[number];

function service(protocol: Service['protocol'], facts: Partial<Service> = {}): Service {
  return {
    protocol,
    url: `https://${protocol.toLowerCase()}.mail.example/`,
    username: '%EMAILADDRESS%',
    auth: ['password-cleartext'],
    sources,
    ...facts,
  };
}

const { url: _, ...login } = service('managesieve');
const sieve: Service = { ...login, host: 'sieve.mail.example', port: 4190, security: 'starttls' };

function render(provider: Provider, version: '1.1' | '1.2' = '1.2'): string {
  const xml = renderAutoconfig(answer(provider), nothingKnown, version);
  assert.ok(xml !== undefined, 'there is a document');
  return xml;
}

/** The lines of one element, without the indent. */
function element(xml: string, start: string): string[] {
  const lines = xml.split('\n').map((line) => line.trim());
  const first = lines.indexOf(start);
  assert.ok(first >= 0, `${start} is in\n${xml}`);
  const name = /^<(\w+)/.exec(start)?.[1];
  return lines.slice(first + 1, lines.indexOf(`</${name}>`, first));
}

describe('Autoconfig XML 1.2', () => {
  test('says its version, and the rest of the mail as 1.1 does', () => {
    const [old, now] = [render(post, '1.1'), render(post)];
    assert.match(now, /^<clientConfig version="1.2">$/m);
    const mail = (xml: string) => xml.slice(xml.indexOf('<emailProvider'), xml.indexOf('<documentation'));
    assert.equal(mail(now), mail(old));
  });

  test('says where calendars, address books, files and filters are, and how to sign in there', () => {
    const xml = render(
      record({
        services: [
          service('caldav', { auth: ['OAuth2', 'password-cleartext', 'password-encrypted'] }),
          service('carddav'),
          service('webdav'),
          sieve,
        ],
      }),
    );
    assert.deepEqual(element(xml, '<calendar type="caldav">'), [
      '<url>https://caldav.mail.example/</url>',
      '<authentication>OAuth2</authentication>',
      '<authentication system="http">Basic</authentication>',
      '<authentication system="http">Digest</authentication>',
      '<username>%EMAILADDRESS%</username>',
    ]);
    assert.deepEqual(element(xml, '<setupServer type="managesieve">'), [
      '<hostname>sieve.mail.example</hostname>',
      '<port>4190</port>',
      '<socketType>STARTTLS</socketType>',
      '<authentication>password-cleartext</authentication>',
      '<username>%EMAILADDRESS%</username>',
    ]);
    for (const start of ['<addressbook type="carddav">', '<fileShare type="webdav">']) element(xml, start);
  });

  test('has JMAP, Exchange and ActiveSync among the incoming servers, behind IMAP', () => {
    const xml = render(
      record({ services: [service('jmap'), service('ews'), service('activeSync'), service('graph')] }),
    );
    const types = [...xml.matchAll(/<(?:incoming|outgoing)Server type="(\w+)">/g)].map(([, type]) => type);
    assert.deepEqual(types, ['imap', 'jmap', 'ews', 'activeSync', 'graph', 'smtp']);
  });

  test('is there for a provider whose mail is JMAP alone, of which 1.1 has no word', () => {
    const only = record({ incoming: [], outgoing: [], services: [service('jmap')] });
    assert.equal(renderAutoconfig(answer(only), nothingKnown), undefined);
    assert.match(render(only), /<incomingServer type="jmap">/);
  });

  test('is not there for a calendar without mail, nor for a provider without access', () => {
    const calendar = record({ incoming: [], outgoing: [], services: [service('caldav')] });
    for (const provider of [calendar, vault, ended])
      assert.equal(renderAutoconfig(answer(provider), nothingKnown, '1.2'), undefined);
  });

  test('leaves a section out where the draft has no word for any way to sign in', () => {
    assert.doesNotMatch(render(record({ services: [service('ews', { auth: ['NTLM'] })] })), /ews/);
  });

  test('says where OAuth2 clients sign in, with one scope for everything in the document, and no client id', () => {
    const oauth2: NonNullable<Provider['oauth2']> = {
      issuer: 'https://id.mail.example/',
      authorization: 'https://id.mail.example/auth?prompt=login&x=1',
      token: 'https://id.mail.example/token',
      scopes: { imap: 'mail', smtp: 'mail send', caldav: 'calendar', jmap: 'unused', offline: 'offline_access' },
      sources,
    };
    const both = { auth: ['OAuth2' as const] };
    const xml = render(
      record({ incoming: [imap(both)], outgoing: [smtp(both)], services: [service('caldav', both)], oauth2 }),
    );
    assert.deepEqual(element(xml, '<oAuth2>'), [
      '<issuer>id.mail.example</issuer>',
      '<scope>mail send calendar offline_access</scope>',
      '<authURL>https://id.mail.example/auth?prompt=login&amp;x=1</authURL>',
      '<tokenURL>https://id.mail.example/token</tokenURL>',
    ]);
    assert.doesNotMatch(render(record({ oauth2 })), /oAuth2/, 'nobody wants it');
  });

  test('names the webmail, and says in two languages what a page of the provider is about', () => {
    const page = { url: 'https://mail.example/hilfe', lang: 'de', about: 'imap' } as const;
    const xml = render(record({ webmail: 'https://web.mail.example/', documentation: [page] }));
    assert.deepEqual(element(xml, '<webMail>'), ['<loginPage url="https://web.mail.example/"/>']);
    assert.deepEqual(element(xml, '<documentation url="https://mail.example/hilfe">'), [
      '<descr lang="de">IMAP einrichten</descr>',
      '<descr lang="en">Setting up IMAP</descr>',
    ]);
  });

  for (const provider of records.filter(({ access, domains }) => access === 'open' && domains.length > 0)) {
    test(`is read back by our own importer to the same facts: ${provider.id}`, () => {
      const { record: draft } = parseAutoconfig(render(provider), { url: 'https://mail.example/' });
      const facts = ({ url, host, port, protocol, auth }: Service) => ({ url, host, port, protocol, auth });
      assert.deepEqual((draft.services ?? []).map(facts), (provider.services ?? []).map(facts));
      assert.equal(draft.webmail, provider.webmail);
      assert.deepEqual(
        [draft.oauth2?.authorization, draft.oauth2?.token, draft.oauth2?.issuer],
        [provider.oauth2?.authorization, provider.oauth2?.token, provider.oauth2?.issuer],
      );
    });
  }
});
