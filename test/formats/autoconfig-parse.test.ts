/**
 * Other people's autoconfig XML. Every test takes the smallest file that is complete and changes one thing in it; what
 * became of it must be in the draft or in the remarks: nothing is dropped in silence.
 */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { parseCatalog, parseProvider } from '../../src/catalog/catalog.ts';
import { readDataDir } from '../../src/catalog/files.ts';
import { draftText } from '../../src/catalog/format.ts';
import { shippedData } from '../../src/cli/options.ts';
import { parseAutoconfig } from '../../src/formats/autoconfig/parse.ts';
import { renderAutoconfig } from '../../src/formats/autoconfig/render.ts';
import { widelyUnderstood } from '../../src/formats/autoconfig/vocabulary.ts';
import type { Draft } from '../../src/formats/draft.ts';
import { type Element, parseXml, XmlError } from '../../src/formats/xml.ts';
import { type Domain, parseDomain } from '../../src/name/domain.ts';
import { literalDomains } from '../../src/provider/hosts.ts';
import { usernameOrAddress } from '../../src/provider/login.ts';
import { type Answer, nothingKnown, type Server } from '../../src/provider/model.ts';
import { quickly } from '../quickly.ts';

fc.configureGlobal({ seed: 1124, numRuns: 80 });

/** Any UTF-16 code unit, halves of characters too. */
const anyUnit = fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit));

const source = { url: 'https://mail.example/config-v1.1.xml' };

const minimal = `<?xml version="1.0" encoding="UTF-8"?>
<clientConfig version="1.1">
  <emailProvider id="mail.example">
    <domain>mail.example</domain>
    <displayName>Example Mail</displayName>
    <displayShortName>Example</displayShortName>
    <incomingServer type="imap">
      <hostname>imap.mail.example</hostname>
      <port>993</port>
      <socketType>SSL</socketType>
      <authentication>password-cleartext</authentication>
      <username>%EMAILADDRESS%</username>
    </incomingServer>
    <outgoingServer type="smtp">
      <hostname>smtp.mail.example</hostname>
      <port>465</port>
      <socketType>SSL</socketType>
      <authentication>password-cleartext</authentication>
      <username>%EMAILADDRESS%</username>
    </outgoingServer>
  </emailProvider>
</clientConfig>
`;

/** The draft of the minimal file. */
const draft: Draft['record'] = {
  id: 'mail.example',
  name: 'Example Mail',
  short: 'Example',
  domains: ['mail.example'],
  incoming: [
    {
      protocol: 'imap',
      host: 'imap.mail.example',
      port: 993,
      security: 'tls',
      username: '%EMAILADDRESS%',
      auth: ['password-cleartext'],
      sources: ['import'],
    },
  ],
  outgoing: [
    {
      protocol: 'smtp',
      host: 'smtp.mail.example',
      port: 465,
      security: 'tls',
      username: '%EMAILADDRESS%',
      auth: ['password-cleartext'],
      sources: ['import'],
    },
  ],
  sources: { import: source },
};

/** The minimal file with the first `old` replaced. */
function changed(old: string, by: string): string {
  assert.ok(minimal.includes(old), `the minimal file has no ${JSON.stringify(old)}`);
  return minimal.replace(old, () => by);
}

/** The minimal file with more inside `<emailProvider>`, or behind it. */
const withMore = (xml: string): string => changed('  </emailProvider>', `${xml}\n  </emailProvider>`);
const withRoot = (xml: string): string => changed('</emailProvider>', `</emailProvider>\n${xml}`);

/** What differs from the draft of the minimal file, and the remarks as `where: says`. */
function read(text: string): { facts: Partial<Draft['record']>; remarks: string[] } {
  const { record, remarks } = parseAutoconfig(text, source);
  const facts = Object.entries(record).filter(([key, value]) => {
    const before = (draft as Record<string, unknown>)[key];
    return JSON.stringify(before) !== JSON.stringify(value);
  });
  const gone = Object.keys(draft).filter((key) => !Object.hasOwn(record, key));
  return {
    facts: Object.fromEntries([...facts, ...gone.map((key) => [key, undefined])]) as Partial<Draft['record']>,
    remarks: remarks.map(({ where, says }) => `${where}: ${says}`),
  };
}

/** The text gives these facts beside those of the minimal file, and these remarks. */
function gives(text: string, facts: Partial<Draft['record']>, ...remarks: string[]): void {
  assert.deepEqual(read(text), { facts, remarks });
}

const [imap, smtp] = [draft.incoming[0], draft.outgoing[0]];
assert.ok(imap && smtp);

/** With the one IMAP server changed. */
const imapIs = (facts: Partial<typeof imap>) => ({ incoming: [{ ...imap, ...facts }] });
const noImap = { incoming: [] };
const incomplete = 'incomingServer[imap]: is incomplete; left out';

test('a file as it should be gives a draft and no remark', () => {
  assert.deepEqual(parseAutoconfig(minimal, source), { record: draft, remarks: [] });
});

describe('the file', () => {
  test('may be of any version, or of none', () => {
    for (const version of ['version="1.0"', 'version="1.2"', 'version="9"', ''])
      gives(changed('version="1.1"', version), {});
  });

  test('may have a byte order mark, comments, CDATA and a namespace', () => {
    gives(`\uFEFF${minimal}`, {});
    gives(changed('<port>', '<!-- <port>143</port> --><port>'), {});
    gives(changed('Example Mail', '<![CDATA[Example Mail]]>'), {});
    gives(changed('<clientConfig', '<clientConfig xmlns="urn:x"'), {});
    gives(
      minimal.replaceAll(/<(\/?)(\w)/g, '<$1x:$2').replace('<x:clientConfig', '<x:clientConfig xmlns:x="urn:x"'),
      {},
    );
  });

  test('may have its elements in any order', () => {
    const [head, body] = minimal.split('<displayName>');
    const turned = `${head}<displayName>${body}`.replace(
      /( {4}<domain>.*\n)([\s\S]*)( {2}<\/emailProvider>)/,
      '$2$1$3',
    );
    assert.notEqual(turned, minimal);
    gives(turned, {});
  });

  test('must be autoconfig XML', () => {
    for (const [text, says] of [
      ['<autodiscover/>', 'the root element is <autodiscover>, not <clientConfig>'],
      [`<${'a'.repeat(900)}/>`, `the root element is <${'a'.repeat(80)}…>, not <clientConfig>`],
      ['<clientConfig/>', 'there is no <emailProvider>'],
      ['<clientConfig><emailProvider/></clientConfig>', 'there is neither a domain nor a usable id'],
      ['<clientConfig><emailProvider id="no host"/></clientConfig>', 'there is neither a domain nor a usable id'],
    ] as const)
      assert.throws(() => parseAutoconfig(text, source), new XmlError(says));
  });

  test('that says nothing but a name gives that name', () => {
    const { record, remarks } = parseAutoconfig('<clientConfig><emailProvider id="a.example"/></clientConfig>', source);
    assert.deepEqual(record, { id: 'a.example', domains: [], incoming: [], outgoing: [], sources: { import: source } });
    assert.deepEqual(remarks, []);
  });

  test('with two providers is read as its first one', () => {
    gives(
      withRoot('<emailProvider id="b.example"><domain>b.example</domain></emailProvider>'),
      {},
      'emailProvider: only the first one is read',
    );
  });
});

describe('the id', () => {
  test('in capitals, or with a dot at its end, is the domain it means', () => {
    for (const id of ['MAIL.example', 'mail.example.']) gives(changed('id="mail.example"', `id="${id}"`), {});
  });

  test('that is none of the domains, or missing, gives way to the first of them', () => {
    for (const id of ['freemail', 'other.example', '']) {
      const says = `emailProvider@id: “${id}” is none of the domains; mail.example was taken`;
      gives(changed('id="mail.example"', `id="${id}"`), {}, says);
    }
    gives(changed(' id="mail.example"', ''), {}, 'emailProvider@id: “” is none of the domains; mail.example was taken');
  });
});

describe('a domain', () => {
  const more = (...domains: string[]): string => changed('<domain>', `${domains.join('')}<domain>`);

  test('is one of a sorted set', () => {
    gives(more('<domain>z.example</domain><domain>b.example</domain><domain>mail.example</domain>'), {
      domains: ['b.example', 'mail.example', 'z.example'],
    });
  });

  test('in another form is put into ours', () => {
    const domains = ['mail.example', 'xn--mller-kva.example'];
    const says = 'domain: “Müller.example.” was written xn--mller-kva.example';
    gives(more('<domain>Müller.example.</domain>'), { domains }, says);
  });

  test('that is none is left out', () => {
    for (const name of ['localhost', '192.0.2.1', '%EMAILDOMAIN%', '*.mail.example', 'a b.example', 'a@mail.example'])
      gives(more(`<domain>${name}</domain>`), {}, `domain: “${name}” is not a host name; left out`);
    gives(more('<domain/>'), {}, 'domain: “” is not a host name; left out');
  });

  test('with purpose="mx" is one of MX hosts: a record has patterns for that', () => {
    const says = 'domain: mx.mail.example is a domain of MX hosts: see “mx”; left out';
    gives(more('<domain purpose="mx">mx.mail.example</domain>'), {}, says);
  });

  test('beside the provider, on the root, is one all the same', () => {
    gives(withRoot('<domain>b.example</domain>'), { domains: ['b.example', 'mail.example'] });
  });
});

describe('the name', () => {
  test('is one line', () => {
    gives(changed('Example Mail', 'Example\n      Mail &amp;\tCo.'), { name: 'Example Mail & Co.' });
  });

  test('that is too long is cut, not in the middle of a character, with no space at the end', () => {
    const cut = 'displayName: is longer than 60 characters; cut';
    gives(changed('Example Mail', 'x'.repeat(61)), { name: 'x'.repeat(60) }, cut);
    gives(changed('Example Mail', `${'x'.repeat(59)} y`), { name: 'x'.repeat(59) }, cut);
    gives(changed('Example Mail', `${'x'.repeat(59)}🐌`), { name: 'x'.repeat(59) }, cut);
    const says = 'displayShortName: is longer than 20 characters; cut';
    gives(changed('>Example<', `>${'y'.repeat(25)}<`), { short: 'y'.repeat(20) }, says);
  });

  test('that is a template is kept for the curator to replace', () => {
    const says = `displayName: “%EMAILDOMAIN%” is a template: write the provider's name`;
    gives(changed('Example Mail', '%EMAILDOMAIN%'), { name: '%EMAILDOMAIN%' }, says);
  });

  test('that is empty is no name', () => {
    gives(changed('Example Mail', ' '), { name: undefined } as never, 'displayName: is empty; left out');
    gives(changed('>Example<', '><'), { short: undefined } as never, 'displayShortName: is empty; left out');
  });

  test('that is missing is missing, which the linter tells', () => {
    gives(changed('<displayName>Example Mail</displayName>', ''), { name: undefined } as never);
  });

  test('that is there twice is the first one', () => {
    gives(withMore('<displayName>Another</displayName>'), {}, 'displayName: is there already; left out');
  });

  test('may be misspelt displayNameShort, as in one file of the ISPDB', () => {
    gives(minimal.replaceAll('displayShortName', 'displayNameShort'), {});
    gives(withMore('<displayNameShort>B</displayNameShort>'), {}, 'displayNameShort: is there already; left out');
  });
});

describe('a server', () => {
  test('may be for IMAP, POP3 and SMTP', () => {
    gives(minimal.replace('type="imap"', 'type="pop3"'), imapIs({ protocol: 'pop3' }));
  });

  test('stands in the order of the file, which is preference', () => {
    const another = (
      type: string,
    ) => `<incomingServer type="${type}"><hostname>${type}.b.example</hostname><port>1</port>
      <socketType>STARTTLS</socketType><authentication>NTLM</authentication></incomingServer>`;
    const { record } = parseAutoconfig(
      changed('<incomingServer', `${another('pop3')}${another('imap')}<incomingServer`),
      source,
    );
    assert.deepEqual(
      record.incoming.map(({ host }) => host),
      ['pop3.b.example', 'imap.b.example', 'imap.mail.example'],
    );
  });

  test('of a protocol that is not known is left out', () => {
    const says = 'incomingServer[nntp]: “nntp” is not understood; left out';
    gives(changed('type="imap"', 'type="nntp"'), noImap, says);
    gives(changed('type="imap"', 'type="owa"'), noImap, 'incomingServer[owa]: “owa” is not understood; left out');
    gives(changed('type="imap"', ''), noImap, 'incomingServer: “” is not understood; left out');
    gives(changed('type="smtp"', 'type="lmtp"'), { outgoing: [] }, 'outgoingServer[lmtp]: is not understood; left out');
    gives(changed('type="imap"', 'type="smtp"'), noImap, 'incomingServer[smtp]: “smtp” is not understood; left out');
  });

  test('with a template for a host is left out: one record per host', () => {
    const says = 'incomingServer[imap]/hostname: “imap.%EMAILDOMAIN%” is not a host name; left out';
    gives(changed('imap.mail.example', 'imap.%EMAILDOMAIN%'), noImap, says, incomplete);
  });

  test('with a host in capitals or another script has it in our form', () => {
    const says = 'incomingServer[imap]/hostname: “IMAP.Mail.Example” was written imap.mail.example';
    gives(changed('imap.mail.example', 'IMAP.Mail.Example'), {}, says);
  });

  test('whose port is none is left out', () => {
    for (const port of ['0', '65536', '-1', '99.3', '0x3e1', 'imaps', '9 93', '1e3', '']) {
      const says = `incomingServer[imap]/port: “${port}” is not a port; left out`;
      gives(changed('993', port), noImap, says, incomplete);
    }
  });

  test('lacks something: it is told what, and left out', () => {
    const field = (name: string) => new RegExp(`<${name}>.*</${name}>`);
    const without = (name: string): string => minimal.replace(field(name), '');
    const at = 'incomingServer[imap]';
    gives(without('hostname'), noImap, `${at}/hostname: “” is not a host name; left out`, incomplete);
    gives(without('port'), noImap, `${at}/port: “” is not a port; left out`, incomplete);
    gives(without('socketType'), noImap, `${at}/socketType: “” is not understood; left out`, incomplete);
    gives(without('authentication'), noImap, incomplete);
  });

  test('without a user name is signed in to with the address', () => {
    gives(changed('<username>%EMAILADDRESS%</username>', ''), {});
  });

  test('says in three words what is encrypted, TLS being a fourth', () => {
    for (const [word, security] of [
      ['SSL', 'tls'],
      ['ssl', 'tls'],
      ['TLS', 'tls'],
      ['STARTTLS', 'starttls'],
      ['plain', 'none'],
      ['PLAIN', 'none'],
    ] as const)
      gives(changed('SSL', word), security === 'tls' ? {} : imapIs({ security }));
    for (const word of ['TLS 1.2', 'auto', 'constructor', '__proto__']) {
      const says = `incomingServer[imap]/socketType: “${word}” is not understood; left out`;
      gives(changed('SSL', word), noImap, says, incomplete);
    }
  });

  test('has the first of what it says twice, as in Thunderbird', () => {
    for (const [name, value] of [
      ['hostname', 'b.example'],
      ['port', '143'],
      ['socketType', 'plain'],
      ['username', '%EMAILLOCALPART%'],
    ] as const) {
      const twice = changed('    </incomingServer>', `<${name}>${value}</${name}></incomingServer>`);
      gives(twice, {}, `incomingServer[imap]/${name}: is there already; left out`);
    }
  });

  for (const element of [
    'pop3',
    'restriction',
    'addThisServer',
    'useGlobalPreferredServer',
    'password',
    'owaURL',
    'leaveMessagesOnServer',
    'url',
    'foo',
    'toString',
  ]) {
    test(`may have <${element}>, which is told and left out`, () => {
      const { facts, remarks } = read(changed('    </incomingServer>', `<${element}>x</${element}></incomingServer>`));
      assert.deepEqual(facts, {});
      assert.equal(remarks.length, 1);
      assert.match(remarks[0] ?? '', /^incomingServer\[imap\]\/\S+: is not understood; left out$/);
    });
  }
});

describe('a user name', () => {
  const user = (text: string): string => changed('%EMAILADDRESS%', text);

  test('is a text with placeholders', () => {
    for (const username of ['%EMAILLOCALPART%', '%EMAILLOCALPART%.%EMAILDOMAIN%', 'x-%EMAILLOCALPART%'])
      gives(user(username), imapIs({ username }));
  });

  test('whose placeholder lost a percent sign is mended: two files of the ISPDB', () => {
    for (const typo of ['%EMAILADDRESS', 'EMAILADDRESS%', 'EMAILADDRESS'])
      gives(user(typo), {}, `incomingServer[imap]/username: “${typo}” was mended to %EMAILADDRESS%`);
    const says =
      'incomingServer[imap]/username: “%EMAILLOCALPART@EMAILDOMAIN%” was mended to %EMAILLOCALPART%@%EMAILDOMAIN%';
    gives(user('%EMAILLOCALPART@EMAILDOMAIN%'), imapIs({ username: '%EMAILLOCALPART%@%EMAILDOMAIN%' }), says);
  });

  test('that does not follow from the address is left out, with its server', () => {
    for (const username of [
      'fred',
      '%USERNAME%',
      '%emailaddress%',
      '%%EMAILADDRESS%%',
      '%EMAILADDRESS% x',
      '%EMAILFOO%',
    ]) {
      const says = `incomingServer[imap]/username: “${username}” is no user name that follows from the address; left out`;
      gives(user(username), noImap, says, incomplete);
    }
    assert.deepEqual(read(user(`%EMAILADDRESS%${'x'.repeat(110)}`)).facts, noImap);
    assert.deepEqual(read(user('\u0007%EMAILADDRESS%')).facts, noImap);
  });
});

describe('authentication', () => {
  const auth = (xml: string): string => changed('<authentication>password-cleartext</authentication>', xml);
  const at = 'incomingServer[imap]/authentication';

  for (const word of [
    'OAuth2',
    'password-encrypted',
    'NTLM',
    'GSSAPI',
    'TLS-client-cert',
    'client-IP-address',
    'none',
  ] as const) {
    test(`${word} is ${word}, in any case`, () => {
      gives(auth(`<authentication>${word}</authentication>`), imapIs({ auth: [word] }));
      gives(auth(`<authentication>${word.toUpperCase()}</authentication>`), imapIs({ auth: [word] }));
    });
  }

  for (const [old, word] of [
    ['plain', 'password-cleartext'],
    ['secure', 'password-encrypted'],
    ['http-basic', 'password-cleartext'],
    ['http-digest', 'password-encrypted'],
    ['OAuth', 'OAuth2'],
  ] as const) {
    test(`${old} of older versions, or of the draft’s slips, is ${word}, with a remark`, () => {
      const facts = word === 'password-cleartext' ? {} : imapIs({ auth: [word] });
      gives(auth(`<authentication>${old}</authentication>`), facts, `${at}: “${old}” was read as ${word}`);
    });
  }

  test('system="http" Basic and Digest are passwords', () => {
    gives(auth('<authentication system="http">Basic</authentication>'), {});
    gives(auth('<authentication system="http">Digest</authentication>'), imapIs({ auth: ['password-encrypted'] }));
    const says = `${at}: “Bearer” is not understood; left out`;
    gives(auth('<authentication system="http">Bearer</authentication>'), noImap, says, incomplete);
  });

  test('system="sasl" names a mechanism, for which there is no word: the next one counts', () => {
    const xml = '<authentication system="sasl">SCRAM-SHA-256</authentication><authentication>OAuth2</authentication>';
    const says = `${at}: the SASL mechanism SCRAM-SHA-256 has no word of its own; left out`;
    gives(auth(xml), imapIs({ auth: ['OAuth2'] }), says);
  });

  test('has several methods in the order of preference, each once', () => {
    const methods = ['OAuth2', 'password-encrypted', 'password-cleartext', 'OAuth2'];
    const xml = methods.map((method) => `<authentication>${method}</authentication>`).join('');
    gives(auth(xml), imapIs({ auth: ['OAuth2', 'password-encrypted', 'password-cleartext'] }));
  });

  test('that nobody knows is left out, and the server where it is the only one', () => {
    for (const word of ['SMTP-after-POP', 'XOAUTH2', 'foo', 'constructor', '']) {
      const says = `${at}: “${word}” is not understood; left out`;
      gives(auth(`<authentication>${word}</authentication>`), noImap, says, incomplete);
      gives(
        auth(`<authentication>${word}</authentication><authentication>NTLM</authentication>`),
        imapIs({ auth: ['NTLM'] }),
        says,
      );
    }
  });
});

describe('a service', () => {
  const service = (protocol: string, url: string, auth: readonly string[] = ['password-cleartext']) =>
    ({ services: [{ protocol, url, username: '%EMAILADDRESS%', auth, sources: ['import'] }] }) as Partial<
      Draft['record']
    >;
  const section = (element: string, type: string, inner: string): string =>
    `<${element} type="${type}">${inner}<authentication>password-cleartext</authentication></${element}>`;
  const at = (url: string): string => `<url>${url}</url>`;
  const url = 'https://dav.mail.example/x';

  for (const [element, type, protocol = type] of [
    ['incomingServer', 'jmap'],
    ['incomingServer', 'ews'],
    ['incomingServer', 'activeSync'],
    ['incomingServer', 'activesync', 'activeSync'],
    ['incomingServer', 'graph'],
    ['calendar', 'caldav'],
    ['addressbook', 'carddav'],
    ['addressBook', 'carddav'],
    ['fileShare', 'webdav'],
  ] as const) {
    test(`<${element} type="${type}"> is ${protocol}, on the root or in the provider`, () => {
      gives(withRoot(section(element, type, at(url))), service(protocol, url));
      gives(withMore(section(element, type, at(url))), service(protocol, url));
    });
  }

  test('of version 1.1 has its address in serverURL; where there are both, url counts', () => {
    gives(withRoot(section('addressBook', 'carddav', `<serverURL>${url}</serverURL>`)), service('carddav', url));
    gives(
      withRoot(section('calendar', 'caldav', `<serverURL>https://old.example/</serverURL>${at(url)}`)),
      service('caldav', url),
      'calendar[caldav]/serverURL: is not understood; left out',
    );
  });

  test('without an address that is the same for everybody is left out', () => {
    for (const bad of [
      '',
      'http://dav.mail.example/',
      'dav.mail.example',
      'https://dav.mail.example/%EMAILADDRESS%/',
      'https://%EMAILDOMAIN%/',
      'https://dav mail.example/',
      'wss://dav.mail.example/',
    ])
      assert.deepEqual(read(withRoot(section('calendar', 'caldav', at(bad)))), {
        facts: {},
        remarks: [
          `calendar[caldav]/url: “${bad}” is no https:// URL without placeholders; left out`,
          'calendar[caldav]: is incomplete; left out',
        ],
      });
  });

  test('has other elements, which are told and left out', () => {
    const says = 'calendar[caldav]/hostname: is not understood; left out';
    gives(
      withRoot(section('calendar', 'caldav', `${at(url)}<hostname>x.example</hostname>`)),
      service('caldav', url),
      says,
    );
  });

  test('that there is no word for is left out', () => {
    for (const [element, type] of [
      ['chatServer', 'xmpp'],
      ['chatServer', 'matrix'],
      ['videoConference', 'opentalk'],
    ] as const)
      gives(withRoot(section(element, type, at(url))), {}, `${element}[${type}]: is not understood; left out`);
    gives(withRoot(section('calendar', 'ical', at(url))), {}, 'calendar[ical]: “ical” is not understood; left out');
  });

  const sieve = `<setupServer type="managesieve"><hostname>sieve.mail.example</hostname><port>4190</port>
    <socketType>STARTTLS</socketType><authentication>plain</authentication><username>%EMAILADDRESS%</username></setupServer>`;

  test('may be ManageSieve, which has a host and a port', () => {
    const services: Draft['record']['services'] = [
      {
        protocol: 'managesieve',
        host: 'sieve.mail.example',
        port: 4190,
        security: 'starttls',
        username: '%EMAILADDRESS%',
        auth: ['password-cleartext'],
        sources: ['import'],
      },
    ];
    const says = 'setupServer[managesieve]/authentication: “plain” was read as password-cleartext';
    gives(withRoot(sieve), { services }, says);
    const { facts, remarks } = read(withRoot(sieve.replace('4190', 'x')));
    assert.deepEqual([facts, remarks.at(-1)], [{}, 'setupServer[managesieve]: is incomplete; left out']);
  });
});

describe('Exchange in Thunderbird’s own section', () => {
  const exchange = (inner: string): string =>
    withMore(`<incomingServer type="exchange">${inner}<authentication>OAuth2</authentication></incomingServer>`);
  const common = { username: '%EMAILADDRESS%', auth: ['OAuth2'], sources: ['import'] } as const;
  const ews = { protocol: 'ews', url: 'https://x.example/ews', ...common };
  const eas = { protocol: 'activeSync', url: 'https://x.example/eas', ...common };
  const at = 'incomingServer[exchange]';

  test('is two services', () => {
    const xml = `<ewsURL>${ews.url}</ewsURL><easURL>${eas.url}</easURL>`;
    gives(exchange(xml), { services: [ews, eas] } as never);
  });

  test('may say exchangeURL, as newer versions do', () => {
    gives(exchange(`<exchangeURL>${ews.url}</exchangeURL>`), { services: [ews] } as never);
    gives(
      exchange(`<exchangeURL>https://y.example/</exchangeURL><ewsURL>${ews.url}</ewsURL>`),
      { services: [ews] } as never,
      `${at}/exchangeURL: is not understood; left out`,
    );
  });

  test('has a host and a port too, which the URLs say, and the webmail', () => {
    const xml = `<hostname>x.example</hostname><port>443</port><socketType>SSL</socketType><ewsURL>${ews.url}</ewsURL>
      <owaURL>https://x.example/owa</owaURL>`;
    gives(
      exchange(xml),
      { services: [ews] } as never,
      ...['hostname', 'port', 'socketType'].map((name) => `${at}/${name}: is in the URLs; left out`),
      `${at}/owaURL: is the webmail: see “webmail”; left out`,
    );
  });

  test('without an address or a method is left out', () => {
    gives(exchange(''), {}, `${at}: is incomplete; left out`);
    const says = `${at}/ewsURL: “http://x.example/” is no https:// URL without placeholders; left out`;
    gives(exchange('<ewsURL>http://x.example/</ewsURL>'), {}, says, `${at}: is incomplete; left out`);
    gives(
      exchange('<easURL>https://x.example/eas</easURL>').replace('>OAuth2<', '>x<'),
      {},
      `${at}/authentication: “x” is not understood; left out`,
      `${at}: is incomplete; left out`,
    );
  });
});

describe('OAuth2', () => {
  const block = `<oAuth2>
    <authURL>https://id.mail.example/auth</authURL>
    <tokenURL>https://id.mail.example/token</tokenURL>
    <issuer>id.mail.example</issuer>
    <scope>mail  offline_access calendar</scope>
  </oAuth2>`;
  const signingIn = (xml: string): string => xml.replace('>password-cleartext<', '>OAuth2<');
  const withOAuth2 = imapIs({ auth: ['OAuth2'] });
  const oauth2 = {
    issuer: 'https://id.mail.example',
    authorization: 'https://id.mail.example/auth',
    token: 'https://id.mail.example/token',
    scopes: { imap: 'mail calendar', offline: 'offline_access' },
    sources: ['import'],
  };

  test('has one scope for everything, which a record says for each protocol that signs in with it', () => {
    gives(signingIn(withRoot(block)), { ...withOAuth2, oauth2 });
  });

  test('may stand anywhere: on the root, in the provider, before the servers, before the calendar', () => {
    const calendar = `<calendar type="caldav"><url>https://dav.mail.example/</url><authentication>OAuth2</authentication></calendar>`;
    gives(signingIn(withMore(block)), { ...withOAuth2, oauth2 });
    gives(signingIn(changed('<domain>', `${block}<domain>`)), { ...withOAuth2, oauth2 });
    gives(signingIn(changed('<emailProvider', `${block}<emailProvider`)), { ...withOAuth2, oauth2 });
    const { record } = parseAutoconfig(signingIn(withRoot(block + calendar)), source);
    assert.deepEqual(record.oauth2?.scopes, { ...oauth2.scopes, caldav: 'mail calendar' });
  });

  test('has an issuer that is a bare host or a URL', () => {
    const url = block.replace('<issuer>id', '<issuer>https://id');
    gives(signingIn(withRoot(url)), { ...withOAuth2, oauth2 });
  });

  test('never keeps a client id or secret', () => {
    const client = block.replace('</oAuth2>', '<clientID>i</clientID><clientSecret>s3cret</clientSecret></oAuth2>');
    const says = ['oAuth2/clientID: is never kept; left out', 'oAuth2/clientSecret: is never kept; left out'];
    gives(signingIn(withRoot(client)), { ...withOAuth2, oauth2 }, ...says);
    assert.doesNotMatch(JSON.stringify(parseAutoconfig(withRoot(client), source)), /s3cret/);
  });

  test('without a scope has none: the linter asks for it', () => {
    const { scopes: _, ...rest } = oauth2;
    const empty = block.replace(/<scope>.*<\/scope>/, '');
    gives(signingIn(withRoot(empty)), { ...withOAuth2, oauth2: { ...rest, scopes: {} } }, 'oAuth2/scope: is empty');
    const long = block.replace('mail  offline_access', 'x'.repeat(301));
    const says = 'oAuth2/scope: is longer than 300 characters; left out';
    gives(signingIn(withRoot(long)), { ...withOAuth2, oauth2: { ...rest, scopes: {} } }, says);
  });

  test('lacks an address, or has one that is none: the whole block is left out', () => {
    for (const [name, value] of [
      ['authURL', ''],
      ['tokenURL', 'http://id.mail.example/token'],
      ['issuer', ''],
      ['issuer', 'http://id.mail.example'],
      ['issuer', '%EMAILDOMAIN%'],
    ] as const) {
      const xml = block.replace(new RegExp(`<${name}>.*</${name}>`), `<${name}>${value}</${name}>`);
      const { facts, remarks } = read(signingIn(withRoot(xml)));
      assert.deepEqual(facts, withOAuth2);
      assert.match(
        remarks[0] ?? '',
        new RegExp(`^oAuth2/${name}: “.*” is no https:// URL without placeholders; left out$`),
      );
      assert.deepEqual(remarks.slice(1), ['oAuth2: is incomplete; left out']);
    }
  });

  test('has other elements, or is there twice: told and left out', () => {
    const more = block.replace('</oAuth2>', '<foo/><scope>x</scope></oAuth2>');
    const says = ['oAuth2/foo: is not understood; left out', 'oAuth2/scope: is there already; left out'];
    gives(signingIn(withRoot(more)), { ...withOAuth2, oauth2 }, ...says);
    gives(signingIn(withRoot(block + block)), { ...withOAuth2, oauth2 }, 'oAuth2: is there already; left out');
  });
});

describe('what a person must do first', () => {
  const url = 'https://mail.example/settings?a=1&b=2';
  const setup: Draft['record']['setup'] = [{ kind: 'enable-access', when: 'always', url, sources: ['import'] }];
  const enable = (attribute = 'visiturl'): string =>
    `<enable ${attribute}="https://mail.example/settings?a=1&amp;b=2"><instruction lang="en">Do it</instruction></enable>`;

  test('is in <enable>, whose sentences are somebody’s', () => {
    const says = 'enable/instruction: is somebody’s text; left out';
    gives(withMore(enable()), { setup }, says);
    gives(withMore(enable('visitURL')), { setup }, says);
  });

  test('may stand on the root by mistake', () => {
    gives(withRoot(enable()), { setup }, 'enable/instruction: is somebody’s text; left out');
  });

  test('without an address is left out', () => {
    const says = 'enable@visiturl: “” is no https:// URL without placeholders; left out';
    gives(withMore('<enable/>'), {}, says);
    gives(withMore('<enable><foo/></enable>'), {}, 'enable/foo: is not understood; left out', says);
  });

  test('in <instruction> alone is left out', () => {
    gives(
      withMore('<instruction url="https://mail.example/"><descr>x</descr></instruction>'),
      {},
      'instruction: is not understood; left out',
    );
  });
});

describe('documentation', () => {
  const page = (inner: string, url = 'https://mail.example/help?a=1&amp;b=2'): string =>
    withMore(`<documentation url="${url}">${inner}</documentation>`);
  const doc = (lang: string): Partial<Draft['record']> => ({
    documentation: [{ url: 'https://mail.example/help?a=1&b=2', lang, about: 'settings' }],
  });
  const says = 'documentation/descr: is somebody’s text; only the language of the first is kept';

  test('is an address and the language of its first description', () => {
    gives(page(''), doc('en'));
    gives(page('<descr lang="de">Hilfe</descr><descr lang="en">Help</descr>'), doc('de'), says);
  });

  test('has the language as a record writes it, whatever the file does', () => {
    for (const [given, lang] of [
      ['DE', 'de'],
      ['de-AT', 'de'],
      ['', 'en'],
      ['d', 'en'],
      ['Ελ', 'en'],
    ] as const)
      gives(page(`<descr lang="${given}">x</descr>`), doc(lang), says);
    gives(page('<descr>x</descr>'), doc('en'), says);
  });

  test('without an address of its own is left out', () => {
    for (const url of ['', 'http://mail.example/', '/help', 'https://', 'https://mail.example/ x'])
      gives(page('', url), {}, `documentation@url: “${url}” is no https:// URL without placeholders; left out`);
  });

  test('has other elements, which are told and left out', () => {
    gives(page('<foo/>'), doc('en'), 'documentation/foo: is not understood; left out');
  });
});

describe('the webmail', () => {
  const page = '<loginPage url="https://web.mail.example/"/>';
  const webmail = 'https://web.mail.example/';

  test('is the address of its login page', () => {
    gives(withRoot(`<webMail>${page}</webMail>`), { webmail });
    gives(withMore(`<webMail>${page}</webMail>`), { webmail });
  });

  test('comes with ids of form fields, which nobody keeps', () => {
    const info = '<loginPageInfo url="https://x.example/"><username>%EMAILADDRESS%</username></loginPageInfo>';
    gives(
      withRoot(`<webMail>${page}${info}<foo/></webMail>`),
      { webmail },
      'webMail/loginPageInfo: is not kept; left out',
      'webMail/foo: is not understood; left out',
    );
  });

  test('without an address is left out; the first that has one counts', () => {
    const says = 'webMail/loginPage@url: “” is no https:// URL without placeholders; left out';
    gives(withRoot('<webMail/>'), {}, says);
    gives(
      withRoot(`<webMail/><webMail>${page}</webMail><webMail/>`),
      { webmail },
      says,
      'webMail: is there already; left out',
    );
  });
});

test('elements that have no place in a record are told and left out', () => {
  for (const element of ['clientConfigUpdate', 'inputField', 'foo', 'toString', 'valueOf']) {
    for (const text of [withMore(`<${element} url="https://x.example/"/>`), withRoot(`<${element}>x</${element}>`)]) {
      const { facts, remarks } = read(text);
      assert.deepEqual([facts, remarks.length], [{}, 1], element);
      assert.match(remarks[0] ?? '', /^\S+: is not understood; left out$/);
    }
  }
});

test('a remark is one line of bounded length, whatever it quotes', () => {
  const long = 'x'.repeat(5000);
  const { remarks } = parseAutoconfig(changed('imap.mail.example', `a\u0007b\nc ${long}`), source);
  assert.match(remarks[0]?.says ?? '', /^“a b c x+ … x+” is not a host name; left out$/);
  for (const { where, says } of remarks) assert.match(`${where}${says}`, /^\P{Cc}{1,300}$/u);
});

/** Hand-written: every element of draft-ietf-mailmaint-autoconfig-06. */
const everyElement = `<?xml version="1.0" encoding="UTF-8"?>
<clientConfig version="1.2">
  <emailProvider id="example.com">
    <domain>example.com</domain>
    <domain>example.net</domain>
    <domain purpose="mx">mx.example-hosting.com</domain>
    <displayName>Example Mail Service</displayName>
    <displayShortName>Example</displayShortName>
    <incomingServer type="jmap"><url>https://jmap.example.com/session</url><authentication>OAuth2</authentication>
      <authentication system="http">Basic</authentication><authentication system="http">Digest</authentication>
      <username>%EMAILADDRESS%</username></incomingServer>
    <incomingServer type="imap"><hostname>imap.example.com</hostname><port>993</port><socketType>SSL</socketType>
      <authentication>OAuth2</authentication><authentication system="sasl">SCRAM-SHA-256-PLUS</authentication>
      <authentication>password-cleartext</authentication><username>%EMAILADDRESS%</username></incomingServer>
    <incomingServer type="imap"><hostname>imap.example.com</hostname><port>143</port><socketType>STARTTLS</socketType>
      <authentication>password-encrypted</authentication><authentication>GSSAPI</authentication>
      <authentication>NTLM</authentication><authentication>TLS-client-cert</authentication>
      <username>%EMAILLOCALPART%</username></incomingServer>
    <incomingServer type="pop3"><hostname>pop.example.com</hostname><port>995</port><socketType>SSL</socketType>
      <authentication>password-cleartext</authentication><username>%EMAILADDRESS%</username></incomingServer>
    <incomingServer type="ews"><url>https://mail.example.com/EWS/Exchange.asmx</url>
      <authentication system="http">Basic</authentication><username>%EMAILADDRESS%</username></incomingServer>
    <incomingServer type="activeSync"><url>https://mail.example.com/Microsoft-Server-ActiveSync</url>
      <authentication>OAuth2</authentication><username>%EMAILADDRESS%</username></incomingServer>
    <incomingServer type="graph"><url>https://graph.example.com/</url><authentication>OAuth2</authentication>
      <username>%EMAILADDRESS%</username></incomingServer>
    <outgoingServer type="smtp"><hostname>smtp.example.com</hostname><port>465</port><socketType>SSL</socketType>
      <authentication>OAuth2</authentication><authentication>password-cleartext</authentication>
      <username>%EMAILADDRESS%</username></outgoingServer>
    <outgoingServer type="smtp"><hostname>relay.lan.example.com</hostname><port>25</port>
      <socketType>plain</socketType><authentication>client-IP-address</authentication></outgoingServer>
    <documentation url="https://www.example.com/help/mail/"><descr lang="en">Configure a mail app for IMAP</descr>
      <descr lang="de">Mail-Programm mit IMAP einrichten</descr></documentation>
  </emailProvider>
  <addressbook type="carddav"><url>https://dav.example.com/contacts/</url>
    <authentication system="http">Basic</authentication><username>%EMAILADDRESS%</username></addressbook>
  <calendar type="caldav"><url>https://dav.example.com/calendars/</url>
    <authentication system="http">Basic</authentication><username>%EMAILADDRESS%</username></calendar>
  <fileShare type="webdav"><url>https://files.example.com/dav/</url>
    <authentication system="http">Basic</authentication><username>%EMAILADDRESS%</username></fileShare>
  <chatServer type="xmpp"><url>wss://chat.example.com/xmpp-websocket</url><authentication>OAuth2</authentication>
    <username>%EMAILADDRESS%</username></chatServer>
  <chatServer type="xmpptcp"><hostname>xmpp.example.com</hostname><port>5223</port><socketType>SSL</socketType>
    <authentication>password-cleartext</authentication><username>%EMAILADDRESS%</username></chatServer>
  <chatServer type="matrix"><url>https://matrix.example.com</url><authentication>OAuth2</authentication>
    <username>%EMAILADDRESS%</username></chatServer>
  <videoConference type="opentalk"><url>https://talk.example.com/login</url><authentication>OAuth2</authentication>
    <username>%EMAILADDRESS%</username></videoConference>
  <setupServer type="managesieve"><hostname>sieve.example.com</hostname><port>4190</port>
    <socketType>STARTTLS</socketType><authentication>password-cleartext</authentication>
    <username>%EMAILADDRESS%</username></setupServer>
  <oAuth2><authURL>https://login.example.com/auth</authURL><tokenURL>https://login.example.com/token</tokenURL>
    <issuer>login.example.com</issuer><scope>IMAP POP3 SMTP CalDAV CardDAV WebDAV offline_access</scope>
    <clientID>open</clientID><clientSecret>none</clientSecret></oAuth2>
  <clientConfigUpdate url="https://autoconfig.example.com/mail/config-v1.1.xml"/>
</clientConfig>
`;

/** Hand-written: what version 1.1 and the files of the ISPDB have that the draft does not. */
const legacy = `<?xml version="1.0" encoding="UTF-8"?>
<clientConfig version="1.1">
  <emailProvider id="legacy.example">
    <domain>legacy.example</domain>
    <displayName>%EMAILDOMAIN%</displayName>
    <displayShortName>Legacy</displayShortName>
    <incomingServer type="pop3"><hostname>pop.%EMAILDOMAIN%</hostname><port>995</port><socketType>SSL</socketType>
      <username>%EMAILLOCALPART%.%EMAILDOMAIN%</username><authentication>plain</authentication><pop3>
      <leaveMessagesOnServer>true</leaveMessagesOnServer><downloadOnBiff>true</downloadOnBiff>
      <daysToLeaveMessagesOnServer>14</daysToLeaveMessagesOnServer><checkInterval minutes="15"/></pop3>
      </incomingServer>
    <incomingServer type="exchange"><hostname>mail.legacy.example</hostname><port>443</port>
      <socketType>SSL</socketType><username>%EMAILADDRESS%</username><authentication>OAuth2</authentication>
      <owaURL>https://mail.legacy.example/owa/</owaURL><ewsURL>https://mail.legacy.example/ews/exchange.asmx</ewsURL>
      <easURL>https://mail.legacy.example/Microsoft-Server-ActiveSync</easURL>
      <useGlobalPreferredServer>true</useGlobalPreferredServer></incomingServer>
    <outgoingServer type="smtp"><hostname>smtp.legacy.example</hostname><port>587</port>
      <socketType>STARTTLS</socketType><username>%EMAILADDRESS%</username><authentication>secure</authentication>
      <restriction>client-IP-address</restriction><addThisServer>true</addThisServer>
      <useGlobalPreferredServer>false</useGlobalPreferredServer></outgoingServer>
    <outgoingServer type="smtp"><hostname>smtp2.legacy.example</hostname><port>25</port><socketType>plain</socketType>
      <authentication>SMTP-after-POP</authentication></outgoingServer>
    <documentation url="https://legacy.example/help"><descr lang="en">Settings</descr></documentation>
    <instruction url="https://legacy.example/help2"><descr lang="en">More settings</descr></instruction>
    <enable visiturl="https://legacy.example/settings?a=1&amp;b=2">
      <instruction>Switch on IMAP/POP in your settings</instruction>
      <instruction lang="de">IMAP/POP in den Einstellungen einschalten</instruction></enable>
    <inputField key="USERNAME" label="Screen name"/>
  </emailProvider>
  <addressBook type="carddav"><username>%EMAILADDRESS%</username><authentication>http-basic</authentication>
    <serverURL>https://dav.legacy.example/contacts</serverURL></addressBook>
  <webMail><loginPage url="https://webmail.legacy.example/"/>
    <loginPageInfo url="https://webmail.legacy.example/login"><username>%EMAILADDRESS%</username>
    <usernameField id="user" name="login"/><passwordField name="password"/><loginButton id="submit"/></loginPageInfo>
    </webMail>
</clientConfig>
`;

describe('no element is dropped in silence', () => {
  /** A word nobody could have thought of, which stands for the one element that is looked for. */
  const mark = 'zzz-mark';

  interface Place {
    /** The element and those around it, as a remark would name them: `incomingServer[imap]/hostname`. */
    readonly path: readonly string[];
    readonly text: string;
    readonly attributes: Readonly<Record<string, string>>;
    readonly leaf: boolean;
  }
  function* places(element: Element, above: readonly string[] = []): Iterable<Place> {
    const { name, attributes, text, children } = element;
    const label = attributes['type'] === undefined ? name : `${name}[${attributes['type']}]`;
    const path = [...above, label];
    yield { path, text, attributes, leaf: children.length === 0 };
    for (const child of children) yield* places(child, path);
  }

  /** Whether a remark speaks of the element or of one around it. */
  function remarked({ remarks }: Draft, path: readonly string[]): boolean {
    const inner = path.filter((label) => label !== 'clientConfig' && label !== 'emailProvider');
    const names = new Set(inner.map((_, i) => inner.slice(0, i + 1).join('/')));
    return remarks.some(({ where }) => names.has(where.replace(/@\w+$/, '')));
  }

  for (const [name, xml] of [
    ['every element of the draft', everyElement],
    ['every element of older files', legacy],
  ] as const) {
    test(`in a file with ${name}: what it says is in the draft, or a remark speaks of it`, () => {
      const result = parseAutoconfig(xml, source);
      const record = JSON.stringify(result.record);
      const words: Record<string, string> = {
        SSL: 'tls',
        STARTTLS: 'starttls',
        plain: 'none',
        Basic: 'password-cleartext',
        Digest: 'password-encrypted',
      };
      let seen = 0;
      for (const { path, text, attributes, leaf } of places(parseXml(xml))) {
        if (!leaf) continue;
        seen++;
        if (remarked(result, path)) continue;
        const values = [...text.split(/\s+/), attributes['url'] ?? ''].filter((value) => value !== '');
        assert.ok(values.length > 0, `${path.join('/')} says nothing, and there is no remark`);
        for (const value of values) assert.ok(record.includes(words[value] ?? value), `${path.join('/')}: ${value}`);
      }
      assert.ok(seen > 40);
    });

    test(`in a file with ${name}: change any text, and the draft or the remarks change`, () => {
      const before = JSON.stringify(parseAutoconfig(xml, source));
      const texts = [...xml.matchAll(/>([^<>\s][^<>]*)</g)];
      assert.ok(texts.length > 20);
      for (const { 0: found, 1: text = '', index } of texts) {
        const after = `${xml.slice(0, index)}>${mark}.example<${xml.slice(index + found.length)}`;
        const path = pathAt(xml, index);
        // A remark that speaks of all the element, whatever it says, is enough.
        if (remarked(parseAutoconfig(xml, source), path)) continue;
        assert.notEqual(JSON.stringify(parseAutoconfig(after, source)), before, `${path.join('/')}: ${text}`);
      }
    });

    test(`in a file with ${name}: an element more, anywhere, is in the remarks`, () => {
      const quiet = new Set(['clientConfig', 'emailProvider']);
      for (const { index, 1: tag = '' } of xml.matchAll(/<\/(\w+)>/g)) {
        const path = pathAt(xml, index);
        const isSection = new RegExp(`<${tag}( [^>]*)?>\\s*<`).test(xml);
        if (!isSection || remarked(parseAutoconfig(xml, source), path)) continue;
        const after = `${xml.slice(0, index)}<${mark}>x</${mark}>${xml.slice(index)}`;
        const { remarks } = parseAutoconfig(after, source);
        const where = path.filter((label) => !quiet.has(label)).join('/');
        assert.ok(
          remarks.some((remark) => remark.where === (where === '' ? mark : `${where}/${mark}`)),
          `${where}: ${JSON.stringify(remarks)}`,
        );
      }
    });
  }

  /** The elements that are open at a place in a text. */
  function pathAt(xml: string, index: number): string[] {
    const open: string[] = [];
    for (const { 1: closing, 2: name = '', 3: type, 4: empty } of xml
      .slice(0, index + 1)
      .matchAll(/<(\/?)(\w+)(?: type="(\w+)")?[^<>]*?(\/?)>/g)) {
      if (closing) open.pop();
      else if (!empty) open.push(type === undefined ? name : `${name}[${type}]`);
    }
    return open;
  }
});

describe('what we write we read back', () => {
  const shipped = parseCatalog(readDataDir(shippedData)).records.flatMap(({ value }) => value ?? []);
  const answers = shipped
    .filter(({ access }) => access === 'open')
    .map((provider): Answer => {
      const [own] = literalDomains(provider);
      return own === undefined
        ? { provider, domain: 'customer.zz' as Domain, matchedBy: 'mx', trust: 'dns', mx: parseDomain('mx7.hoster.zz') }
        : { provider, domain: parseDomain(own), matchedBy: 'domain', trust: 'curated' };
    });

  /** What the format can say of servers: no plaintext beside TLS, no method that would make a client discard the file. */
  function sayable(servers: readonly Server[], { domain, mx }: Answer): unknown[] {
    const usable = servers.filter(({ auth }) => auth.some((method) => widelyUnderstood.has(method)));
    const secure = usable.filter(({ security }) => security !== 'none');
    const kept = secure.length > 0 ? secure : usable;
    return [
      ...kept.filter(({ protocol }) => protocol !== 'pop3'),
      ...kept.filter(({ protocol }) => protocol === 'pop3'),
    ].map(({ protocol, host, port, security, username, auth }) => ({
      protocol,
      host: host === '{mx}' ? mx : host.replace('{domain}', domain),
      port,
      security,
      username: usernameOrAddress(username),
      auth,
      sources: ['import'],
    }));
  }

  test('of every shipped record: domains, servers, names, documentation, and nothing to remark', () => {
    let documents = 0;
    for (const answer of answers) {
      const { provider } = answer;
      const xml = renderAutoconfig(answer, nothingKnown);
      if (xml === undefined) continue;
      documents++;
      const { record, remarks } = parseAutoconfig(xml, source);
      const own = answer.matchedBy === 'domain';
      assert.deepEqual(
        { ...record, documentation: record.documentation?.map(({ url }) => url) },
        {
          id: own && provider.domains.includes(provider.id) ? provider.id : record.domains[0],
          name: provider.name,
          short: provider.short,
          domains: own ? literalDomains(provider) : [answer.domain],
          incoming: sayable(provider.incoming, answer),
          outgoing: sayable(provider.outgoing, answer),
          documentation: provider.documentation?.map(({ url }) => url),
          sources: { import: source },
        },
        provider.id,
      );
      const expected = record.id === provider.id ? [] : ['emailProvider@id'];
      assert.deepEqual(
        remarks.map(({ where }) => where),
        expected,
        provider.id,
      );
    }
    assert.ok(documents > 100 && documents > answers.length * 0.9, `${documents} of ${answers.length}`);
  });
});

describe('any text', () => {
  /** A draft that is canonical YAML, or an XmlError. */
  function draftOrError(text: string): void {
    try {
      const result = parseAutoconfig(text, source);
      const { problems } = parseProvider({ text: draftText(result), file: `${result.record.id}.yml` });
      const other = problems.filter(({ says }) => !says.startsWith('is missing'));
      assert.deepEqual(other, [], text);
    } catch (error) {
      if (!(error instanceof XmlError)) throw error;
    }
  }

  test('is a draft or an XmlError', () => {
    fc.assert(fc.property(fc.string({ unit: anyUnit, maxLength: 80 }), draftOrError));
  });

  test('inside a file is a draft or an XmlError', () => {
    const texts = [...minimal.matchAll(/>([^<>\s][^<>]*)<|"([^"]+)"/g)].map(({ index }) => index + 1);
    const anything = fc.oneof(
      fc.string({ unit: anyUnit, maxLength: 80 }),
      fc.constantFrom(
        '',
        ' ',
        '%EMAILADDRESS%',
        '%',
        'https://',
        'https://x.example',
        '__proto__',
        '\u0085',
        '&#7;',
        '# a',
        '{mx}',
        'ask',
      ),
    );
    fc.assert(
      fc.property(fc.constantFrom(...texts), anything, (at, text) => {
        const end = minimal.slice(at).search(/[<"]/) + at;
        draftOrError(minimal.slice(0, at) + text + minimal.slice(end));
      }),
    );
  });

  const names = [
    'clientConfig emailProvider domain displayName displayShortName incomingServer outgoingServer hostname port',
    'socketType authentication username oAuth2 authURL tokenURL issuer scope documentation descr enable instruction',
    'webMail loginPage calendar url ewsURL x',
  ].flatMap((line) => line.split(' '));
  const values = ' imap smtp exchange caldav SSL OAuth2 993 a.example https://a.example/ %EMAILADDRESS% é'.split(' ');
  const element = fc.letrec((tie) => ({
    xml: fc
      .tuple(
        fc.constantFrom(...names),
        fc.option(
          fc.tuple(fc.constantFrom('type', 'url', 'id', 'lang', 'visiturl', 'purpose'), fc.constantFrom(...values)),
        ),
        fc.oneof(
          { maxDepth: 4 },
          fc.constantFrom(...values),
          fc.array(tie('xml'), { maxLength: 6 }).map((all) => all.join('')),
        ),
      )
      .map(
        ([name, attribute, inner]) =>
          `<${name}${attribute ? ` ${attribute[0]}="${attribute[1]}"` : ''}>${inner}</${name}>`,
      ),
  })).xml;

  test('made of the format’s own elements, in whatever disorder, is a draft', () => {
    fc.assert(fc.property(fc.array(element, { maxLength: 8 }), (all) => draftOrError(withMore(all.join('')))));
    fc.assert(fc.property(element, (xml) => draftOrError(withRoot(xml))));
  });

  test('that is long is read in bounded time, whatever it is full of', () => {
    const fill = (unit: string): string => unit.repeat(60_000 / unit.length);
    for (const unit of ['<domain>a</domain>', '<x/>', '<displayName/>', '<oAuth2/>', '<webMail/>'])
      quickly(() => parseAutoconfig(withMore(fill(unit)), source));
    for (const unit of ['<hostname/>', '<y/>', '<authentication>x</authentication>']) {
      const xml = changed('    </incomingServer>', `${fill(unit)}${fill('<port/>')}</incomingServer>`);
      quickly(() => parseAutoconfig(xml, source));
    }
    for (const unit of ['%', '%EMAILADDRESS', 'a.', ' '])
      quickly(() => parseAutoconfig(changed('%EMAILADDRESS%', fill(unit)), source));
  });
});
