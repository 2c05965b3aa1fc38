/** Configuration profiles, read back by a property list parser that is not ours and held against Apple's own key tables. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse as parsePlist } from 'plist';
import { refusals } from '../../src/formats/mobileconfig/choose.ts';
import { renderPlist } from '../../src/formats/mobileconfig/plist.ts';
import { type ProfileRequest, renderProfile } from '../../src/formats/mobileconfig/render.ts';
import { sayRefusal } from '../../src/formats/mobileconfig/says.ts';
import { uuid5 } from '../../src/formats/uuid.ts';
import type { Domain } from '../../src/name/domain.ts';
import { nothingKnown, type Provider, type Server } from '../../src/provider/model.ts';
import { imap, record, smtp } from '../records.ts';
import { answer, cloud, corporate, ended, hoster, legacy, odd, post, records, vault } from '../web/records.ts';

type Dict = Record<string, unknown>;

/** apple/device-management, release of iOS 18.1: every key that a payload of ours may have, with its type; `!` is required. */
const common = {
  PayloadType: 'string!',
  PayloadVersion: 'number!',
  PayloadIdentifier: 'string!',
  PayloadUUID: 'string!',
  PayloadDisplayName: 'string',
  PayloadOrganization: 'string',
};
const dav = (prefix: string) => ({
  ...common,
  [`${prefix}AccountDescription`]: 'string',
  [`${prefix}HostName`]: 'string!',
  [`${prefix}Port`]: 'number',
  [`${prefix}UseSSL`]: 'boolean',
  [`${prefix}PrincipalURL`]: 'string',
  [`${prefix}Username`]: 'string',
});
const server = (prefix: string) => ({
  [`${prefix}MailServerHostName`]: 'string!',
  [`${prefix}MailServerAuthentication`]: 'string!',
  [`${prefix}MailServerPortNumber`]: 'number',
  [`${prefix}MailServerUseSSL`]: 'boolean',
  [`${prefix}MailServerUsername`]: 'string',
});
const keys: Record<string, Record<string, string>> = {
  Configuration: {
    ...common,
    PayloadDescription: 'string',
    PayloadRemovalDisallowed: 'boolean',
    ConsentText: 'object',
    PayloadContent: 'object!',
  },
  'com.apple.mail.managed': {
    ...common,
    ...server('Incoming'),
    ...server('Outgoing'),
    EmailAccountType: 'string!',
    EmailAccountDescription: 'string',
    EmailAccountName: 'string',
    EmailAddress: 'string',
    OutgoingPasswordSameAsIncomingPassword: 'boolean',
  },
  'com.apple.caldav.account': dav('CalDAV'),
  'com.apple.carddav.account': dav('CardDAV'),
};

/** The profile as a device reads it: itself, and its payloads by type. */
function profileOf(provider: Provider, more: Partial<ProfileRequest> = {}) {
  const result = renderProfile({ answer: answer(provider), knowledge: nothingKnown, language: 'en', ...more });
  assert.ok('profile' in result, JSON.stringify(result));
  const profile = parsePlist(result.profile) as unknown as Dict & { PayloadContent: Dict[] };
  for (const payload of [profile, ...profile.PayloadContent]) check(payload);
  const of = (type: string) => profile.PayloadContent.find(({ PayloadType }) => PayloadType === type);
  const mail = of('com.apple.mail.managed');
  assert.ok(mail);
  return {
    text: result.profile,
    profile,
    mail,
    caldav: of('com.apple.caldav.account'),
    carddav: of('com.apple.carddav.account'),
  };
}

function check(payload: Dict): void {
  const allowed = keys[String(payload['PayloadType'])];
  assert.ok(allowed, `an unknown payload: ${String(payload['PayloadType'])}`);
  for (const [key, value] of Object.entries(payload)) assert.equal(typeof value, allowed[key]?.replace('!', ''), key);
  for (const [key, type] of Object.entries(allowed))
    assert.ok(!type.endsWith('!') || key in payload, `${key} is missing`);
  assert.equal(payload['PayloadVersion'], 1);
  assert.match(String(payload['PayloadUUID']), /^[0-9A-F]{8}-[0-9A-F]{4}-5[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}$/);
}

const refusalOf = (provider: Provider, matchedBy: 'domain' | 'mx-name' = 'domain') => {
  const result = renderProfile({ answer: answer(provider, { matchedBy }), knowledge: nothingKnown, language: 'en' });
  return 'refusal' in result ? result.refusal : 'a profile';
};

describe('A profile', () => {
  test('is a property list with Apple’s document type, in UTF-8', () => {
    const head = '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" ';
    assert.ok(profileOf(post).text.startsWith(head));
  });

  test('says ports, TLS and sign-in of both servers', () => {
    const { mail } = profileOf(post);
    assert.deepEqual(Object.fromEntries(Object.entries(mail).filter(([key]) => /Server|Type$|Same/.test(key))), {
      PayloadType: 'com.apple.mail.managed',
      EmailAccountType: 'EmailTypeIMAP',
      IncomingMailServerHostName: 'imap.post.example',
      IncomingMailServerPortNumber: 993,
      IncomingMailServerUseSSL: true,
      IncomingMailServerAuthentication: 'EmailAuthPassword',
      OutgoingMailServerHostName: 'smtp.post.example',
      OutgoingMailServerPortNumber: 465,
      OutgoingMailServerUseSSL: true,
      OutgoingMailServerAuthentication: 'EmailAuthPassword',
      OutgoingPasswordSameAsIncomingPassword: true,
    });
  });

  test('without an address holds nothing personal: the device asks', () => {
    const { text, mail } = profileOf(post);
    for (const key of ['EmailAddress', 'EmailAccountName', 'IncomingMailServerUsername', 'OutgoingMailServerUsername'])
      assert.ok(!(key in mail), key);
    assert.doesNotMatch(text, /@post\.example/);
  });

  test('of an address has it, each server’s own user name, and the name of the person', () => {
    const two = record({ incoming: [imap({ username: '%EMAILLOCALPART%' })] });
    const { mail, profile } = profileOf(two, { local: 'fred', name: 'Fred <Müller> & Co' });
    assert.equal(mail['EmailAddress'], 'fred@mail.example');
    assert.equal(mail['EmailAccountName'], 'Fred <Müller> & Co');
    assert.equal(mail['IncomingMailServerUsername'], 'fred');
    assert.equal(mail['OutgoingMailServerUsername'], 'fred@mail.example');
    assert.equal(profile['PayloadDisplayName'], 'Example Mail (fred@mail.example)');
  });

  test('lets the device ask where the user name cannot be told from the address, and says what to enter', () => {
    const { mail, profile } = profileOf(cloud, { local: 'fred' });
    assert.ok(!('IncomingMailServerUsername' in mail));
    assert.deepEqual(profile['ConsentText'], {
      default: 'User name: Your customer number',
      de: 'Benutzername: Ihre Nummer',
    });
  });

  test('says which user names to enter where they are not both the address', () => {
    const two = record({ incoming: [imap({ username: '%EMAILLOCALPART%' })] });
    assert.deepEqual(profileOf(two).profile['ConsentText'], {
      default:
        'User name for incoming mail: what stands before the “@” of the address\n\nUser name for outgoing mail: the whole address',
      de: 'Benutzername für eingehende Mail: was vor dem „@“ der Adresse steht\n\nBenutzername für ausgehende Mail: die ganze Adresse',
    });
    assert.equal(profileOf(two, { local: 'fred' }).profile['ConsentText'], undefined);
  });

  test('says first what must be done first, in the language of the device', () => {
    const { default: en, de } = profileOf(post).profile['ConsentText'] as Record<string, string>;
    assert.match(en ?? '', /^To do first:\n.*App password.* https:\/\/post\.example\/settings\nA note\.$/s);
    assert.match(de ?? '', /^Zuerst zu tun:\n.*App-Passwort.* https:\/\/post\.example\/settings\nEin Hinweis\.$/s);
  });

  test('is described in the language that was asked for', () => {
    assert.match(String(profileOf(post).profile['PayloadDescription']), /^Sets up mail of Example Post\./);
    assert.match(
      String(profileOf(post, { language: 'de' }).profile['PayloadDescription']),
      /^Richtet die Post von Example Post ein\./,
    );
  });

  test('sets up calendar and contacts that take a password', () => {
    const services = (auth: 'OAuth2' | 'password-cleartext'): Provider['services'] =>
      (['caldav', 'carddav'] as const).map((protocol) => ({
        protocol,
        url: protocol === 'caldav' ? 'https://cal.mail.example/' : 'https://dav.mail.example:8443/contacts/',
        username: '%EMAILADDRESS%',
        auth: [auth],
        sources: ['help'],
      }));
    const { caldav, carddav } = profileOf(record({ services: services('password-cleartext') }), { local: 'fred' });
    assert.equal(caldav?.['CalDAVHostName'], 'cal.mail.example');
    assert.equal(caldav?.['CalDAVPort'], 443);
    assert.equal(caldav?.['CalDAVUseSSL'], true);
    assert.ok(!('CalDAVPrincipalURL' in caldav));
    assert.equal(caldav?.['CalDAVUsername'], 'fred@mail.example');
    assert.equal(carddav?.['CardDAVPort'], 8443);
    assert.equal(carddav?.['CardDAVPrincipalURL'], 'https://dav.mail.example:8443/contacts/');
    assert.equal(profileOf(record({ services: services('OAuth2') })).caldav, undefined);
  });
});

describe('Identifiers', () => {
  const ids = (provider: Provider, local?: string) => {
    const { profile, mail } = profileOf(provider, { local });
    return [profile, mail].flatMap(({ PayloadIdentifier, PayloadUUID }) => [PayloadIdentifier, PayloadUUID]);
  };

  test('are the provider’s, in reverse order', () => {
    assert.deepEqual(
      ids(post).filter((_, i) => i % 2 === 0),
      ['mailatlas.example.post', 'mailatlas.example.post.mail'],
    );
  });

  test('stay when facts change: the device updates the account instead of making it anew', () => {
    assert.deepEqual(ids({ ...post, name: 'Another name', incoming: post.incoming.slice(1) }), ids(post));
  });

  test('are all different, also for two addresses and two providers', () => {
    const all = [...ids(post), ...ids(post, 'fred'), ...ids(post, 'anna'), ...ids(legacy)];
    assert.equal(new Set(all).size, all.length);
  });

  test('do not show the address', () => {
    assert.ok(ids(post, 'fred').every((id) => !String(id).includes('fred')));
  });

  test('the same facts are the same bytes', () => assert.equal(profileOf(post).text, profileOf(post).text));

  test('UUIDs are of version 5: the example of RFC 9562, appendix A.4', () => {
    assert.equal(
      uuid5('6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'www.example.com'),
      '2ed6657d-e927-568b-95e1-2665a8aea6a2',
    );
  });
});

describe('What a profile can say', () => {
  const withServers = (incoming: Partial<Provider['incoming'][number]>, outgoing = {}) =>
    record({ incoming: [imap(incoming)], outgoing: [smtp(outgoing)] });

  test('is STARTTLS on its own ports, because the port decides how a device begins TLS', () => {
    const starttls = { security: 'starttls' } as const;
    const { mail } = profileOf(withServers({ ...starttls, port: 143 }, { ...starttls, port: 587 }));
    assert.equal(mail['IncomingMailServerPortNumber'], 143);
    assert.equal(mail['IncomingMailServerUseSSL'], true);
    assert.equal(mail['OutgoingMailServerPortNumber'], 587);
    assert.equal(mail['OutgoingMailServerUseSSL'], true);
  });

  for (const [what, provider, expected] of [
    ['STARTTLS on the port of implicit TLS', withServers({ security: 'starttls', port: 993 }), 'security'],
    ['STARTTLS on a port of its own', withServers({ security: 'starttls', port: 1143 }), 'security'],
    ['implicit TLS on the port of STARTTLS', withServers({}, { port: 587 }), 'security'],
    ['no TLS', withServers({ security: 'none', port: 143 }), 'security'],
    ['OAuth2 alone', withServers({ auth: ['OAuth2'] }), 'oauth2-only'],
    ['OAuth2 alone for sending', withServers({}, { auth: ['OAuth2'] }), 'oauth2-only'],
    ['encrypted passwords alone, which may be SCRAM', withServers({ auth: ['password-encrypted'] }), 'sign-in'],
    ['no sign-in for fetching', withServers({ auth: ['client-IP-address'] }), 'sign-in'],
    ['no access', vault, 'no-access'],
    ['a service that has ended', ended, 'no-access'],
  ] as const) {
    test(`is not ${what}`, () => assert.equal(refusalOf(provider), expected));
  }

  test('is not a server that differs from customer to customer, where the customer is unknown', () => {
    assert.equal(refusalOf(hoster, 'mx-name'), 'no-server');
    const { mail } = profileOf(hoster, { answer: answer(hoster, { matchedBy: 'mx', mx: 'w1.mx.hoster.example' }) });
    assert.equal(mail['IncomingMailServerHostName'], 'w1.mx.hoster.example');
  });

  test('is POP3 where there is no IMAP', () => {
    const pop: Server = { ...imap({ port: 995 }), protocol: 'pop3' };
    assert.equal(profileOf(record({ incoming: [pop] })).mail['EmailAccountType'], 'EmailTypePOP');
  });

  test('is NTLM, and a password where the server takes both', () => {
    assert.equal(profileOf(withServers({ auth: ['NTLM'] })).mail['IncomingMailServerAuthentication'], 'EmailAuthNTLM');
    const both = withServers({ auth: ['password-encrypted', 'password-cleartext'] });
    assert.equal(profileOf(both).mail['IncomingMailServerAuthentication'], 'EmailAuthPassword');
  });

  test('is sending without sign-in, where there is nothing else', () => {
    const { mail } = profileOf(withServers({}, { auth: ['client-IP-address'] }), { local: 'fred' });
    assert.equal(mail['OutgoingMailServerAuthentication'], 'EmailAuthNone');
    assert.ok(!('OutgoingMailServerUsername' in mail));
    assert.ok(!('OutgoingPasswordSameAsIncomingPassword' in mail));
    assert.equal(profileOf(corporate).mail['OutgoingMailServerHostName'], 'smtp.corporate.example');
  });

  test('is nothing under quarantine', () => {
    const quarantine = new Map([['post.example' as Domain, { at: '2026-11-01T00:00:00Z', why: 'Changed hands.' }]]);
    const knowledge = { ...nothingKnown, quarantine };
    const result = renderProfile({ answer: answer(post), knowledge, language: 'en' });
    assert.deepEqual(result, { refusal: 'no-server' });
  });

  test('is said, or why not, for every record', () => {
    for (const provider of records) {
      const refusal = refusalOf(provider);
      if (refusal === 'a profile') profileOf(provider, { local: '"<&>"' });
      else assert.ok(refusals.includes(refusal));
    }
  });

  test('survives names that break careless XML', () => {
    assert.equal(profileOf(odd).profile['PayloadDisplayName'], odd.name);
  });
});

describe('Why there is no profile', () => {
  for (const refusal of refusals) {
    test(`is said in both languages: ${refusal}`, () => {
      for (const language of ['en', 'de'] as const) {
        const sentence = sayRefusal(refusal, 'Example Post', language);
        assert.match(sentence, /Example Post/);
        assert.match(sentence, /\.$/);
      }
      assert.notEqual(sayRefusal(refusal, 'X', 'en'), sayRefusal(refusal, 'X', 'de'));
    });
  }
});

describe('A property list', () => {
  test('comes back as it went in', () => {
    const value = {
      text: ' <a> & "b"\n\'c\' ]]> 🐌',
      number: 993,
      yes: true,
      no: false,
      list: ['a', { b: 'c' }],
      none: [],
    };
    assert.deepEqual(parsePlist(renderPlist(value)), value);
  });

  test('leaves out what is undefined, and what XML forbids', () => {
    assert.deepEqual(parsePlist(renderPlist({ a: undefined, b: 'x\u0000y' })), { b: 'x\uFFFDy' });
  });
});
