/** Autodiscover's XML, held against what Outlook and Thunderbird make of it. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { renderAutodiscover, renderError } from '../../src/formats/autodiscover/render.ts';
import { parseRequest } from '../../src/formats/autodiscover/request.ts';
import { pointToXml, refuseProtocol } from '../../src/formats/autodiscover/v2.ts';
import { XmlError } from '../../src/formats/xml.ts';
import type { Domain } from '../../src/name/domain.ts';
import {
  type Answer,
  endpointKey,
  type Knowledge,
  nothingKnown,
  type Provider,
  type Server,
} from '../../src/provider/model.ts';
import { imap, record, smtp } from '../records.ts';
import { answer, cloud, corporate, ended, hoster, legacy, odd, post, records, vault, village } from '../web/records.ts';

/** The texts of a `Protocol`, by element. */
type Protocol = Record<string, string>;

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseTagValue: false,
  isArray: (name) => name === 'Protocol',
});

function read(text: string | undefined) {
  assert.ok(text !== undefined, 'there is a document');
  assert.equal(XMLValidator.validate(text), true);
  return parser.parse(text) as {
    Autodiscover: {
      '@xmlns': string;
      Response: {
        '@xmlns'?: string;
        Account: { AccountType: string; Action: string; Protocol: Protocol[] };
        Error: { '@Time': string; '@Id': string; ErrorCode: string; Message: string; DebugData: string };
      };
    };
  };
}

function protocolsOf(of: Answer, local?: string, knowledge: Knowledge = nothingKnown): Protocol[] {
  return read(renderAutodiscover(of, knowledge, local)).Autodiscover.Response.Account.Protocol;
}

const typesOf = (provider: Provider) => protocolsOf(answer(provider)).map(({ Type }) => Type);

describe('Settings as Autodiscover', () => {
  test('have the namespaces with http://, and say that these are the settings of a mail account', () => {
    const { Autodiscover } = read(renderAutodiscover(answer(post), nothingKnown, 'fred'));
    assert.equal(Autodiscover['@xmlns'], 'http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006');
    const outlook = 'http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a';
    assert.equal(Autodiscover.Response['@xmlns'], outlook);
    assert.equal(Autodiscover.Response.Account.AccountType, 'email');
    assert.equal(Autodiscover.Response.Account.Action, 'settings');
  });

  test('are in UTF-8 without a byte order mark', () => {
    assert.match(renderAutodiscover(answer(post), nothingKnown) ?? '', /^<\?xml version="1\.0" encoding="utf-8"\?>\n</);
  });

  test('have one Protocol of a type, the best, because Outlook takes one', () => {
    assert.deepEqual(typesOf(post), ['IMAP', 'POP3', 'SMTP']);
  });

  test('say everything that is “on” where it is missing', () => {
    const [first] = protocolsOf(answer(post), 'fred');
    assert.deepEqual(first, {
      Type: 'IMAP',
      Server: 'imap.post.example',
      Port: '993',
      LoginName: 'fred@briefe.example',
      DomainRequired: 'off',
      SPA: 'off',
      SSL: 'on',
      Encryption: 'SSL',
      AuthRequired: 'on',
    });
  });

  test('say STARTTLS as Encryption TLS with SSL on: off would be plaintext to Thunderbird', () => {
    const provider = record({
      incoming: [imap({ port: 143, security: 'starttls' })],
      outgoing: [smtp({ port: 587, security: 'starttls' })],
    });
    for (const { SSL, Encryption } of protocolsOf(answer(provider))) {
      assert.deepEqual({ SSL, Encryption }, { SSL: 'on', Encryption: 'TLS' });
    }
  });

  test('fill in each server’s own form of the user name', () => {
    const [imapOne, popOne, smtpOne] = protocolsOf(answer(post, { domain: 'post.example' }), 'fred');
    assert.equal(imapOne?.['LoginName'], 'fred@post.example');
    assert.equal(popOne?.['LoginName'], 'fred');
    assert.equal(smtpOne?.['LoginName'], 'fred@post.example');
  });

  test('have no user name where no address is known: clients take the address then', () => {
    for (const protocol of protocolsOf(answer(post))) assert.equal(protocol['LoginName'], undefined);
  });

  test('fall back to the address where the user name cannot be told from it', () => {
    for (const { LoginName } of protocolsOf(answer(cloud), 'fred')) assert.equal(LoginName, 'fred@cloud.example');
  });

  test('let Outlook use one set of credentials only where the user names are the same', () => {
    assert.equal(protocolsOf(answer(post)).at(-1)?.['UsePOPAuth'], 'on');
    const two = record({ incoming: [imap({ username: '%EMAILLOCALPART%' })] });
    assert.equal(protocolsOf(answer(two)).at(-1)?.['UsePOPAuth'], 'off');
  });

  test('escape whatever a local part may hold', () => {
    const local = `"<b>&'q' ]]>"`;
    const text = renderAutodiscover(answer(post), nothingKnown, local) ?? '';
    assert.ok(!text.includes('<b>'));
    assert.equal(read(text).Autodiscover.Response.Account.Protocol[0]?.['LoginName'], `${local}@briefe.example`);
  });

  test('never name a server without TLS', () => {
    assert.deepEqual(
      protocolsOf(answer(legacy)).map(({ Server, Port }) => `${Server}:${Port}`),
      ['imap.legacy.example:993', 'smtp.legacy.example:587'],
    );
    const plain = record({ incoming: [imap({ port: 143, security: 'none' })] });
    assert.equal(renderAutodiscover(answer(plain), nothingKnown), undefined);
  });

  test('leave out what OAuth2, NTLM or an IP address alone opens, and have nothing where nothing is left', () => {
    assert.deepEqual(
      protocolsOf(answer(corporate)).map(({ Server }) => Server),
      ['imap.corporate.example', 'smtp.corporate.example'],
    );
    const oauth = record({ incoming: [imap({ auth: ['OAuth2'] })], outgoing: [smtp({ auth: ['OAuth2'] })] });
    assert.equal(renderAutodiscover(answer(oauth), nothingKnown), undefined);
  });

  test('ask for no sign-in where the only outgoing server knows people by their network', () => {
    const isp = record({ outgoing: [smtp({ auth: ['client-IP-address'] })] });
    const { AuthRequired, LoginName, UsePOPAuth } = protocolsOf(answer(isp), 'fred').at(-1) ?? {};
    assert.deepEqual(
      { AuthRequired, LoginName, UsePOPAuth },
      { AuthRequired: 'off', LoginName: undefined, UsePOPAuth: 'off' },
    );
  });

  test('are there for POP3 alone', () => {
    const pop: Server = { ...imap({ port: 995 }), protocol: 'pop3' };
    assert.deepEqual(typesOf(record({ incoming: [pop] })), ['POP3', 'SMTP']);
  });

  test('are not there without access, nor where host templates cannot be filled in', () => {
    for (const provider of [vault, ended]) assert.equal(renderAutodiscover(answer(provider), nothingKnown), undefined);
    assert.equal(renderAutodiscover(answer(hoster, { matchedBy: 'mx-name' }), nothingKnown), undefined);
    assert.equal(
      protocolsOf(answer(hoster, { matchedBy: 'mx', mx: 'w1.mx.hoster.example' }))[0]?.['Server'],
      'w1.mx.hoster.example',
    );
  });

  test('are of what may be given now: nothing under quarantine, what fails behind what answers', () => {
    const quarantine = new Map([
      ['imap.post.example' as Domain, { at: '2026-11-01T00:00:00Z', why: 'Changed hands.' }],
    ]);
    const withheld = { ...nothingKnown, quarantine };
    assert.deepEqual(
      protocolsOf(answer(post), undefined, withheld).map(({ Type }) => Type),
      ['POP3', 'SMTP'],
    );
    const [tls, starttls] = post.incoming;
    assert.ok(tls && starttls);
    const statuses = new Map([
      [endpointKey(tls), { status: 'dead' as const }],
      [endpointKey(starttls), { status: 'verified' as const }],
    ]);
    assert.equal(protocolsOf(answer(post), undefined, { ...nothingKnown, statuses })[0]?.['Port'], '143');
  });

  for (const provider of [...records, odd, village]) {
    test(`${provider.id}: well-formed, or not there`, () => {
      const text = renderAutodiscover(answer(provider), nothingKnown, 'fred');
      if (text !== undefined) assert.equal(XMLValidator.validate(text), true);
    });
  }
});

describe('Autodiscover errors', () => {
  const now = new Date('2026-11-20T16:56:32.641Z');

  test('say code, message and why, with the time of day', () => {
    const { Response } = read(renderError(600, 'No <address>.', 'outlook', now)).Autodiscover;
    assert.equal(Response['@xmlns'], undefined, 'the namespace of the root is that of an error');
    assert.deepEqual(Response.Error, {
      '@Time': '16:56:32.6410000',
      '@Id': '0',
      ErrorCode: '600',
      Message: 'Invalid Request',
      DebugData: 'No <address>.',
    });
  });

  test('are in ActiveSync’s own namespace for an ActiveSync client', () => {
    const { Response } = read(renderError(601, 'Only mail.', 'mobilesync', now)).Autodiscover;
    assert.equal(
      Response['@xmlns'],
      'http://schemas.microsoft.com/exchange/autodiscover/mobilesync/responseschema/2006',
    );
    assert.equal(Response.Error.ErrorCode, '601');
  });
});

describe('An Autodiscover request', () => {
  const ns = 'http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006';
  const outlook = 'http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a';
  const mobilesync = 'http://schemas.microsoft.com/exchange/autodiscover/mobilesync/responseschema/2006';

  test('of Outlook and Thunderbird', () => {
    const text = `\uFEFF<?xml version="1.0" encoding="utf-8"?>
      <Autodiscover xmlns="${ns}"><Request>
        <EMailAddress> fred@post.example </EMailAddress>
        <AcceptableResponseSchema>${outlook}</AcceptableResponseSchema>
      </Request></Autodiscover>`;
    assert.deepEqual(parseRequest(text), { address: 'fred@post.example', accepts: 'outlook' });
  });

  test('of an ActiveSync client', () => {
    const text = `<Autodiscover xmlns="${ns.replace('outlook', 'mobilesync')}"><Request>
      <EMailAddress>fred@post.example</EMailAddress>
      <AcceptableResponseSchema>${mobilesync}</AcceptableResponseSchema></Request></Autodiscover>`;
    assert.equal(parseRequest(text).accepts, 'mobilesync');
  });

  for (const [what, inner, expected] of [
    [
      'with prefixes and in another case',
      '<a:EmailAddress>x@y.zz</a:EmailAddress>',
      { address: 'x@y.zz', accepts: 'outlook' },
    ],
    ['with elements that nobody knows', '<LegacyDN>/o=x</LegacyDN>', { address: undefined, accepts: 'outlook' }],
    ['with an empty address', '<EMailAddress/>', { address: undefined, accepts: 'outlook' }],
    [
      'that accepts several schemas, the known one last',
      `<AcceptableResponseSchema>urn:x</AcceptableResponseSchema><AcceptableResponseSchema>${outlook}</AcceptableResponseSchema>`,
      { address: undefined, accepts: 'outlook' },
    ],
    [
      'that accepts something else',
      '<AcceptableResponseSchema>urn:x</AcceptableResponseSchema>',
      { address: undefined, accepts: 'other' },
    ],
    [
      'with escaped markup in the address',
      '<EMailAddress>&lt;b&gt;@y.zz</EMailAddress>',
      { address: '<b>@y.zz', accepts: 'outlook' },
    ],
  ] as const) {
    test(what, () => {
      const text = `<a:autoDiscover xmlns:a="${ns}"><a:REQUEST>${inner}</a:REQUEST></a:autoDiscover>`;
      assert.deepEqual(parseRequest(text), expected);
    });
  }

  for (const [what, text] of [
    ['nothing', ''],
    ['no XML', 'EMailAddress=fred@post.example'],
    ['XML that ends early', `<Autodiscover xmlns="${ns}"><Request>`],
    ['another document', '<clientConfig/>'],
    ['without Request', '<Autodiscover/>'],
    [
      'an entity bomb',
      '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;&b;">]><Autodiscover><Request>&c;</Request></Autodiscover>',
    ],
    [
      'an external entity',
      '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><Autodiscover><Request><EMailAddress>&x;</EMailAddress></Request></Autodiscover>',
    ],
  ] as const) {
    test(`is not: ${what}`, () => assert.throws(() => parseRequest(text), XmlError));
  }
});

describe('Autodiscover version 2', () => {
  for (const protocol of ['AutodiscoverV1', 'autodiscoverv1', 'AUTODISCOVERV1']) {
    test(`knows ${protocol}, and says where the XML is`, () => {
      assert.equal(refuseProtocol(protocol), undefined);
      const Url = 'https://atlas.example/autodiscover/autodiscover.xml';
      assert.deepEqual(pointToXml('https://atlas.example'), { Protocol: 'AutodiscoverV1', Url });
    });
  }

  test('refuses another protocol in Microsoft’s own form', () => {
    assert.deepEqual(refuseProtocol('ActiveSync'), {
      ErrorCode: 'InvalidProtocol',
      ErrorMessage: "The given protocol value 'ActiveSync' is invalid. Supported values are 'AutodiscoverV1'",
    });
    assert.equal(refuseProtocol(undefined)?.ErrorCode, 'MandatoryParameterMissing');
  });

  test('repeats nothing that is no word', () => {
    const { ErrorMessage } = refuseProtocol('<script>alert(1)</script>') ?? assert.fail('refused');
    assert.doesNotMatch(ErrorMessage, /script/);
  });
});
