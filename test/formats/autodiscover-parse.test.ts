/** Autodiscover POX: the question, and the answers servers give. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseAutodiscover } from '../../src/formats/autodiscover/parse.ts';
import { autodiscoverRequest } from '../../src/formats/autodiscover/question.ts';
import { childrenOf, parseXml, XmlError } from '../../src/formats/xml.ts';

const response = (inner: string) => `<?xml version="1.0" encoding="utf-8"?>
<Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006">
  <Response xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a">${inner}</Response>
</Autodiscover>`;
const settings = (protocols: string) =>
  response(`<Account><AccountType>email</AccountType><Action>settings</Action>${protocols}</Account>`);
const imap = (more: string) => `<Protocol><Type>IMAP</Type><Server>imap.example.com</Server>${more}</Protocol>`;
const read = (text: string) => parseAutodiscover(text, 'example.com', { url: 'https://example.com/' });

function draft(text: string) {
  const answer = read(text);
  assert.equal(answer.kind, 'settings');
  return answer.draft;
}

/** `143 starttls`, of the one IMAP server. */
function imapOf(more: string): string {
  const [server] = draft(settings(imap(more))).record.incoming;
  return server ? `${server.port} ${server.security}` : 'none';
}

describe('the question', () => {
  test('names the address and the schema of the answer', () => {
    const root = parseXml(autodiscoverRequest("o'neil&co@example.com"));
    const [request] = childrenOf(root, 'Request');
    assert.ok(request);
    assert.equal(childrenOf(request, 'EMailAddress')[0]?.text, "o'neil&co@example.com");
    assert.match(childrenOf(request, 'AcceptableResponseSchema')[0]?.text ?? '', /^http:\/\/.*\/2006a$/);
  });
});

describe('settings', () => {
  test('are servers with what a client needs', () => {
    const { record } = draft(
      settings(
        `<Protocol><Type>IMAP</Type><Server>imap.example.com</Server><Port>993</Port><LoginName>%EMAILADDRESS%</LoginName>
         <SPA>off</SPA><SSL>on</SSL><Encryption>SSL</Encryption><AuthRequired>on</AuthRequired></Protocol>
         <Protocol><Type>SMTP</Type><Server>smtp.example.com</Server><Port>587</Port><LoginName>%EMAILLOCALPART%</LoginName>
         <SSL>on</SSL><Encryption>TLS</Encryption></Protocol>`,
      ),
    );
    const auth = ['password-cleartext'];
    const sources = ['import'];
    assert.deepEqual(record.incoming, [
      {
        protocol: 'imap',
        host: 'imap.example.com',
        port: 993,
        security: 'tls',
        username: '%EMAILADDRESS%',
        auth,
        sources,
      },
    ]);
    assert.deepEqual(record.outgoing, [
      {
        protocol: 'smtp',
        host: 'smtp.example.com',
        port: 587,
        security: 'starttls',
        username: '%EMAILLOCALPART%',
        auth,
        sources,
      },
    ]);
  });

  const modes: [more: string, mode: string, why: string][] = [
    ['<Port>993</Port>', '993 tls', 'SSL is on where nothing is said'],
    ['<Port>143</Port>', '143 starttls', '… and is STARTTLS on a port for it, as Thunderbird reads it'],
    ['<Port>143</Port><Encryption>TLS</Encryption>', '143 starttls', ''],
    ['<Port>143</Port><SSL>off</SSL><Encryption>TLS</Encryption>', '143 starttls', 'Encryption overrides SSL'],
    ['<Port>993</Port><SSL>on</SSL><Encryption>Auto</Encryption>', '993 tls', 'Auto goes by the port'],
    ['<Port>143</Port><SSL>off</SSL>', '143 none', ''],
    ['<Port>993</Port><SSL>on</SSL><Encryption>None</Encryption>', '993 none', ''],
    ['', '993 tls', 'no port means the usual one'],
    ['<Port>99999</Port>', 'none', 'a bad port is no port at all'],
  ];
  for (const [more, mode, why] of modes)
    test(`${more || 'nothing'} is ${mode} ${why}`, () => assert.equal(imapOf(more), mode));

  test('of a kind that is a word of JavaScript’s are Exchange’s own, as all that nobody knows', () => {
    for (const type of ['constructor', '__proto__', 'toString', 'hasOwnProperty'])
      assert.deepEqual(
        draft(settings(`<Protocol><Type>${type}</Type><Server>a.example</Server></Protocol>`)).record.incoming,
        [],
      );
  });

  test('that contradict themselves are remarked on', () => {
    const { remarks } = draft(settings(imap('<Port>143</Port><SSL>off</SSL><Encryption>TLS</Encryption>')));
    assert.ok(remarks.some(({ says }) => says.includes('plaintext')));
  });

  test('of Exchange are left out with a remark, but for the address of its web services', () => {
    const { record, remarks } = draft(
      settings(
        `<Protocol><Type>EXCH</Type><Server>x</Server><EwsUrl>https://outlook.example.com/EWS/Exchange.asmx</EwsUrl></Protocol>
         <Protocol><Type>EXPR</Type><EwsUrl>https://outlook.example.com/EWS/Exchange.asmx</EwsUrl></Protocol>
         <Protocol><Type>WEB</Type></Protocol>`,
      ),
    );
    assert.deepEqual(
      record.services?.map(({ protocol }) => protocol),
      ['ews'],
    );
    assert.deepEqual(
      remarks.map(({ where }) => where),
      ['Protocol[EXCH]', 'Protocol[EXPR]', 'Protocol[WEB]'],
    );
  });

  test('SPA and AuthRequired say how to sign in', () => {
    const { record } = draft(
      settings(
        `${imap('<SPA>on</SPA>')}<Protocol><Type>SMTP</Type><Server>s.example.com</Server><AuthRequired>off</AuthRequired></Protocol>`,
      ),
    );
    assert.deepEqual([record.incoming[0]?.auth, record.outgoing[0]?.auth], [['NTLM'], ['none']]);
  });
});

describe('other answers', () => {
  test('send the client on', () => {
    const account = (inner: string) => response(`<Account>${inner}</Account>`);
    const url = 'https://autodiscover.hoster.example/autodiscover/autodiscover.xml';
    assert.deepEqual(read(account(`<Action>redirectUrl</Action><RedirectUrl>${url}</RedirectUrl>`)), {
      kind: 'redirect-url',
      url,
    });
    assert.deepEqual(read(account('<Action>redirectAddr</Action><RedirectAddr>a@b.example</RedirectAddr>')), {
      kind: 'redirect-address',
      address: 'a@b.example',
    });
  });

  test('are errors with a code', () => {
    const error = response(
      '<Error Time="1" Id="0"><ErrorCode>600</ErrorCode><Message>Invalid Request</Message></Error>',
    );
    assert.deepEqual(read(error), { kind: 'error', code: '600' });
  });

  test('that are no Autodiscover at all are refused', () => {
    for (const text of [
      '',
      'x',
      '<html></html>',
      '<Autodiscover/>',
      response(''),
      '<!DOCTYPE a [<!ENTITY b "c">]><Autodiscover/>',
    ])
      assert.throws(() => read(text), XmlError, text);
  });
});
