/**
 * The autoconfig XML, rule by rule. Most rules are not in any standard: deployed clients force them on whoever wants to be
 * understood, so each test names the client that would stumble.
 */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { renderAutoconfig } from '../../src/formats/autoconfig/render.ts';
import { escapeXml } from '../../src/formats/escape.ts';
import { isCanonicalDomain } from '../../src/name/domain.ts';
import { literalDomains } from '../../src/provider/hosts.ts';
import { type Answer, nothingKnown, type Provider } from '../../src/provider/model.ts';
import { auths, Provider as ProviderSchema } from '../../src/provider/schema.ts';
import { imap, record, smtp } from '../records.ts';
import {
  answer,
  cloud,
  corporate,
  ended,
  hoster,
  legacy,
  odd,
  office,
  post,
  records,
  vault,
  village,
} from '../web/records.ts';

interface Section {
  /** The white space between the elements. */
  '#text': string;
  '@type': string;
  hostname: string;
  port: string;
  socketType: string;
  authentication: string[];
  username: string;
}
interface EmailProvider {
  '@id': string;
  domain: string[];
  displayName: string;
  displayShortName: string;
  incomingServer: Section[];
  outgoingServer: Section[];
  documentation?: { '@url': string }[];
}

const lists = new Set(['domain', 'incomingServer', 'outgoingServer', 'authentication', 'documentation']);
const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  isArray: (name) => lists.has(name),
});

/** XML 1.0 section 2.2 */
const legalCharacters = /^[\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u;

/** The XML of an answer, which must be there. */
function xmlOf(of: Answer): string {
  const xml = renderAutoconfig(of, nothingKnown);
  assert.ok(xml !== undefined, 'there is a document');
  return xml;
}

/** What a client reads out of the XML; fails where it is not well-formed. */
function read(xml: string): EmailProvider {
  assert.equal(XMLValidator.validate(xml), true);
  assert.match(xml, legalCharacters);
  const { clientConfig } = parser.parse(xml) as { clientConfig: { emailProvider: EmailProvider } };
  return clientConfig.emailProvider;
}

const readAnswer = (of: Answer): EmailProvider => read(xmlOf(of));

/** Servers as `imap:993 SSL`. */
function short(sections: readonly Section[]): string[] {
  return sections.map((section) => `${section['@type']}:${section.port} ${section.socketType}`);
}

/** Everything the small world can be asked for that has a document. */
const documents: readonly (readonly [name: string, xml: string])[] = [
  ...records.flatMap((provider) => literalDomains(provider).map((domain) => answer(provider, { domain }))),
  answer(village, { domain: 'mill.village.example', matchedBy: 'wildcard' }),
  answer(office, { domain: 'protection.office.example', matchedBy: 'mx-name' }),
  answer(office, { domain: 'firm.zz', matchedBy: 'mx', mx: 'firm-zz.protection.office.example' }),
  answer(hoster, { domain: 'shop.zz', matchedBy: 'mx', mx: 'w0123.mx.hoster.example' }),
].flatMap((of) => {
  const xml = renderAutoconfig(of, nothingKnown);
  return xml === undefined ? [] : [[`${of.domain} by ${of.matchedBy}`, xml] as const];
});

/** One test for each document of the small world. */
function eachDocument(rule: string, check: (provider: EmailProvider, xml: string) => void): void {
  test(rule, () => {
    assert.ok(documents.length > 10);
    for (const [name, xml] of documents) {
      try {
        check(read(xml), xml);
      } catch (error) {
        throw new Error(`${name}: ${error instanceof Error ? error.message : String(error)}\n${xml}`, { cause: error });
      }
    }
  });
}

describe('Thunderbird', () => {
  eachDocument('reads no element whose text has an attribute beside it, so there is none', (_, xml) => {
    assert.doesNotMatch(xml, /<\w+ [^>]*>[^<\s]/);
  });

  eachDocument('reads no element in a namespace, so there is none', (_, xml) => {
    assert.doesNotMatch(xml, /xmlns|<\w+:/);
  });

  eachDocument('and the ISPDB’s own checks refuse a byte order mark, so the declaration comes first', (_, xml) => {
    assert.ok(xml.startsWith('<?xml version="1.0" encoding="UTF-8"?>\n<clientConfig version="1.1">\n'));
  });

  eachDocument('refuses a file whose id is not like a host name', (provider) => {
    assert.ok(isCanonicalDomain(provider['@id']));
  });

  eachDocument('refuses a file without a domain, and knows no other names than A-labels', ({ domain }) => {
    assert.ok(domain.length > 0);
    for (const name of domain) assert.ok(isCanonicalDomain(name), name);
  });

  eachDocument('refuses a file without an incoming and an outgoing server', (provider) => {
    assert.ok(provider.incomingServer.length > 0);
    assert.ok(provider.outgoingServer.length > 0);
  });

  test('gets no file at all where one of the two is missing', () => {
    assert.equal(renderAutoconfig(answer(record({ incoming: [] })), nothingKnown), undefined);
    assert.equal(renderAutoconfig(answer(record({ outgoing: [] })), nothingKnown), undefined);
  });

  eachDocument('trims host names only, so there is no white space around any value', (provider) => {
    const values = [
      provider.displayName,
      provider.displayShortName,
      ...provider.domain,
      ...[...provider.incomingServer, ...provider.outgoingServer].flatMap((section) => [
        section.hostname,
        section.port,
        section.socketType,
        section.username,
        ...section.authentication,
      ]),
    ];
    for (const value of values) assert.match(value, /^\S(.*\S)?$/s);
  });

  eachDocument('knows these words of the format and no others', ({ incomingServer, outgoingServer }) => {
    for (const { '@type': type } of incomingServer) assert.ok(['imap', 'pop3'].includes(type));
    for (const { '@type': type } of outgoingServer) assert.equal(type, 'smtp');
    for (const { socketType, authentication, port } of [...incomingServer, ...outgoingServer]) {
      assert.ok(['SSL', 'STARTTLS', 'plain'].includes(socketType));
      for (const method of authentication) assert.ok((auths as readonly string[]).includes(method), method);
      assert.match(port, /^[1-9]\d{0,4}$/);
    }
  });

  eachDocument('reads one provider a file', (_, xml) => {
    assert.equal(xml.match(/<emailProvider /g)?.length, 1);
  });
});

describe('Thunderbird for Android', () => {
  test('discards the whole file for one plaintext section, so there is none beside a secure one', () => {
    const { incomingServer, outgoingServer } = readAnswer(answer(legacy));
    assert.deepEqual(short(incomingServer), ['imap:993 SSL']);
    assert.deepEqual(short(outgoingServer), ['smtp:587 STARTTLS']);
  });

  test('… nor before a secure one', () => {
    const { incoming, outgoing } = legacy;
    const turned = { ...legacy, incoming: incoming.toReversed(), outgoing: outgoing.toReversed() };
    assert.deepEqual(short(readAnswer(answer(turned)).incomingServer), ['imap:993 SSL']);
  });

  test('… nor beside a secure one of the other protocol', () => {
    const mixed = record({
      incoming: [
        imap({ port: 143, security: 'none' }),
        { ...imap({ host: 'pop.mail.example', port: 995 }), protocol: 'pop3' },
      ],
    });
    assert.deepEqual(short(readAnswer(answer(mixed)).incomingServer), ['pop3:995 SSL']);
  });

  test('cannot be helped where a provider has no TLS at all: the other clients get their plaintext', () => {
    const antique = record({
      incoming: [imap({ port: 143, security: 'none' })],
      outgoing: [smtp({ port: 25, security: 'none' })],
    });
    const { incomingServer, outgoingServer } = readAnswer(answer(antique));
    assert.deepEqual([...short(incomingServer), ...short(outgoingServer)], ['imap:143 plain', 'smtp:25 plain']);
  });

  test('… but a secure server that it cannot sign in to does not count', () => {
    const windows = record({
      incoming: [imap({ auth: ['NTLM'] }), imap({ port: 143, security: 'none' })],
    });
    assert.deepEqual(short(readAnswer(answer(windows)).incomingServer), ['imap:143 plain']);
  });

  eachDocument('discards the whole file for one section without a user name', ({ incomingServer, outgoingServer }) => {
    for (const { username } of [...incomingServer, ...outgoingServer]) {
      assert.match(username, /%EMAIL(ADDRESS|LOCALPART)%/);
    }
  });

  test('… also where SMTP wants none', () => {
    const relay = record({ outgoing: [smtp({ auth: ['password-cleartext', 'client-IP-address'] })] });
    assert.equal(readAnswer(answer(relay)).outgoingServer[0]?.username, '%EMAILADDRESS%');
  });

  eachDocument(
    'discards the whole file for one section without a sign-in method that it understands',
    ({ incomingServer, outgoingServer }) => {
      const understood = new Set(['OAuth2', 'password-cleartext', 'password-encrypted']);
      for (const { authentication } of [...incomingServer, ...outgoingServer]) {
        assert.ok(
          authentication.some((method) => understood.has(method)),
          authentication.join(),
        );
      }
    },
  );

  test('… so servers with NTLM, GSSAPI or an IP address alone are left out beside a good one', () => {
    const { incomingServer, outgoingServer } = readAnswer(answer(corporate));
    assert.deepEqual(
      [...incomingServer, ...outgoingServer].map(({ hostname }) => hostname),
      ['imap.corporate.example', 'smtp.corporate.example'],
    );
  });

  test('… and without a good one there is no file', () => {
    for (const method of ['NTLM', 'GSSAPI', 'TLS-client-cert', 'client-IP-address', 'none'] as const) {
      assert.equal(
        renderAutoconfig(answer(record({ incoming: [imap({ auth: [method] })] })), nothingKnown),
        undefined,
        method,
      );
      assert.equal(
        renderAutoconfig(answer(record({ outgoing: [smtp({ auth: [method] })] })), nothingKnown),
        undefined,
        method,
      );
    }
  });

  test('skips methods that it does not understand beside one that it does: they stay, in the record’s order', () => {
    const { incomingServer } = readAnswer(answer(corporate));
    assert.deepEqual(incomingServer[0]?.authentication, ['NTLM', 'password-cleartext']);
  });
});

describe('Geary', () => {
  eachDocument('takes the first incoming server, so IMAP stands before POP3', ({ incomingServer }) => {
    const types = incomingServer.map((section) => section['@type']);
    assert.deepEqual(types, [...types].sort());
  });

  test('… even where a record has POP3 first', () => {
    const turned = { ...post, incoming: post.incoming.toReversed() };
    assert.equal(readAnswer(answer(turned)).incomingServer[0]?.['@type'], 'imap');
  });
});

describe('aerc', () => {
  eachDocument('takes the last outgoing server, so it is encrypted where the first one is', ({ outgoingServer }) => {
    const encrypted = ({ socketType }: Section) => socketType !== 'plain';
    const [first] = outgoingServer;
    const last = outgoingServer.at(-1);
    assert.ok(first && last);
    assert.ok(encrypted(last) || !encrypted(first));
  });

  test('… also where a record has plaintext last', () => {
    assert.equal(readAnswer(answer(legacy)).outgoingServer.at(-1)?.socketType, 'STARTTLS');
  });
});

describe('Every client', () => {
  test('gets the record’s servers in the record’s order, in the words of the format', () => {
    const { incomingServer, outgoingServer } = readAnswer(answer(post));
    assert.deepEqual(short(incomingServer), ['imap:993 SSL', 'imap:143 STARTTLS', 'pop3:995 SSL']);
    assert.deepEqual(short(outgoingServer), ['smtp:465 SSL', 'smtp:587 STARTTLS']);
    assert.ok(incomingServer[0]);
    const { '#text': _, ...first } = incomingServer[0];
    assert.deepEqual(first, {
      '@type': 'imap',
      hostname: 'imap.post.example',
      port: '993',
      socketType: 'SSL',
      authentication: ['OAuth2', 'password-cleartext'],
      username: '%EMAILADDRESS%',
    });
    assert.equal(incomingServer[2]?.username, '%EMAILLOCALPART%');
  });

  test('gets this very text for a record', () => {
    assert.equal(
      renderAutoconfig(answer(odd), nothingKnown),
      `<?xml version="1.0" encoding="UTF-8"?>
<clientConfig version="1.1">
  <emailProvider id="odd.example">
    <domain>odd.example</domain>
    <displayName>Müller &amp; Söhne &lt;&quot;Mail&quot;&gt; ’𝒫ost’ &apos;🐌&apos;</displayName>
    <displayShortName>M&amp;S &lt;&quot;𝒫🐌&quot;&gt;</displayShortName>
    <incomingServer type="imap">
      <hostname>imap.odd.example</hostname>
      <port>993</port>
      <socketType>SSL</socketType>
      <authentication>password-cleartext</authentication>
      <username>%EMAILADDRESS%</username>
    </incomingServer>
    <outgoingServer type="smtp">
      <hostname>smtp.odd.example</hostname>
      <port>465</port>
      <socketType>SSL</socketType>
      <authentication>password-cleartext</authentication>
      <username>%EMAILADDRESS%</username>
    </outgoingServer>
    <documentation url="https://odd.example/?a=1&amp;b=&apos;2&apos;"/>
  </emailProvider>
</clientConfig>
`,
    );
  });

  test('gets no placeholder in a host, no services, no bridge and no setup steps: the format has no place for them', () => {
    for (const [, xml] of documents) {
      assert.doesNotMatch(xml, /<hostname>[^<]*[%{}]/);
      assert.doesNotMatch(xml, /caldav|managesieve|127\.0\.0\.1|App password/);
    }
  });
});

describe('The domains of a document', () => {
  test('are all of the record’s where the domain asked for is one of them', () => {
    assert.deepEqual(readAnswer(answer(post, { domain: 'briefe.example' })).domain, post.domains);
  });

  test('are without wildcards, which the format cannot say', () => {
    assert.deepEqual(readAnswer(answer(village, { domain: 'village.example' })).domain, ['village.example']);
  });

  for (const [why, of] of [
    ['a wildcard', answer(village, { domain: 'mill.village.example', matchedBy: 'wildcard' })],
    ['the MX', answer(office, { domain: 'firm.zz', matchedBy: 'mx', mx: 'x.protection.office.example' })],
    ['the name of MX hosts', answer(office, { domain: 'protection.office.example', matchedBy: 'mx-name' })],
  ] as const) {
    test(`are the one that was asked for where ${why} led to the record`, () => {
      assert.deepEqual(readAnswer(of).domain, [of.domain]);
    });
  }
});

describe('Host templates', () => {
  test('are filled in from the MX host and the domain of the customer', () => {
    const of = answer(hoster, { domain: 'shop.zz', matchedBy: 'mx', mx: 'w0123.mx.hoster.example' });
    const { incomingServer, outgoingServer } = readAnswer(of);
    assert.equal(incomingServer[0]?.hostname, 'w0123.mx.hoster.example');
    assert.equal(outgoingServer[0]?.hostname, 'mail.shop.zz');
  });

  test('that cannot be filled in leave the server out', () => {
    const both = { ...hoster, incoming: [...hoster.incoming, imap({ host: 'imap.{domain}' })] };
    const { incomingServer } = readAnswer(answer(both, { domain: 'shop.zz', matchedBy: 'mx' }));
    assert.deepEqual(
      incomingServer.map(({ hostname }) => hostname),
      ['imap.shop.zz'],
    );
  });

  test('that cannot be filled in leave no document where no server is left', () => {
    assert.equal(renderAutoconfig(answer(hoster, { domain: 'shop.zz', matchedBy: 'mx' }), nothingKnown), undefined);
  });

  test('are not filled in with the hoster’s own MX name: a customer’s server is not there', () => {
    const own = { ...hoster, incoming: [imap({ host: 'imap.{domain}' })] };
    assert.equal(
      renderAutoconfig(answer(own, { domain: 'mx.hoster.example', matchedBy: 'mx-name' }), nothingKnown),
      undefined,
    );
  });
});

describe('A record', () => {
  test('whose user name must be asked for falls back to the address: the best guess, which people can correct', () => {
    const { incomingServer, outgoingServer } = readAnswer(answer(cloud));
    assert.equal(incomingServer[0]?.username, '%EMAILADDRESS%');
    assert.equal(outgoingServer[0]?.username, '%EMAILADDRESS%');
  });

  test('without access has no document: the servers of its bridge are on the user’s own machine', () => {
    assert.equal(renderAutoconfig(answer(vault), nothingKnown), undefined);
  });

  test('that has ended has no document', () => assert.equal(renderAutoconfig(answer(ended), nothingKnown), undefined));
});

describe('Any text', () => {
  /** Code points of all kinds, and halves of surrogate pairs alone. */
  const anyText = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.string({ unit: 'grapheme', maxLength: 20 }),
    fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 30 }).map((units) => String.fromCharCode(...units)),
    fc
      .array(fc.constantFrom('<', '>', '&', '"', "'", ']]>', '<!--', '&amp;', '&#0;', '<?', 'a', 'é', '🐌', '\u0001'), {
        maxLength: 10,
      })
      .map((parts) => parts.join('')),
  );
  const shape = ProviderSchema.shape;
  const name = anyText.filter((text) => shape.name.safeParse(text).success);
  const shortName = anyText.filter((text) => shape.short.safeParse(text).success);
  const username = anyText
    .map((text) => `${text}%EMAILADDRESS%`)
    .filter((text) => shape.incoming.element.shape.username.safeParse(text).success);
  const url = anyText
    .map((text) => `https://odd.example/${text}`)
    .filter((text) => shape.documentation.unwrap().element.shape.url.safeParse(text).success);

  /** XML has no way to say these characters (section 2.2); everything else must come back as it was. */
  const sayable = (text: string) =>
    text.toWellFormed().replace(/[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD');

  test('that a record may hold becomes well-formed XML, and a parser reads the same text back', () => {
    fc.assert(
      fc.property(name, shortName, username, url, (long, brief, user, page) => {
        const of: Provider = record({
          name: long,
          short: brief,
          incoming: [imap({ username: user })],
          documentation: [{ url: page, lang: 'en', about: 'settings' }],
        });
        const provider = readAnswer(answer(of));
        assert.equal(provider.displayName, sayable(long));
        assert.equal(provider.displayShortName, sayable(brief));
        assert.equal(provider.incomingServer[0]?.username, sayable(user));
        assert.equal(provider.documentation?.[0]?.['@url'], sayable(page).replace(/\t/g, ' '));
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  test('is escaped into something that XML allows', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const escaped = escapeXml(text);
        assert.match(escaped, legalCharacters);
        assert.doesNotMatch(escaped, /[<>"']|&(?!(amp|lt|gt|quot|apos);)/);
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  for (const [text, escaped] of [
    ['<&>"\'', '&lt;&amp;&gt;&quot;&apos;'],
    ['&amp;', '&amp;amp;'],
    [']]>', ']]&gt;'],
    ['Müller 🐌 𝒫', 'Müller 🐌 𝒫'],
    ['a\u0000b\u0001c\u001fd', 'a\uFFFDb\uFFFDc\uFFFDd'],
    ['\uD800x\uDC00', '\uFFFDx\uFFFD'],
    ['\uFFFE\uFFFF', '\uFFFD\uFFFD'],
    ['\u0085\u2028', '\u0085\u2028'],
    ['', ''],
  ] as const) {
    test(`${JSON.stringify(text)} is ${JSON.stringify(escaped)}`, () => assert.equal(escapeXml(text), escaped));
  }
});
