/** PACC: the digest in DNS, and the document. Vectors as croessner/automx and Stalwart have them (drafts -02 and -03). */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isDigested, readDigest } from '../../src/formats/pacc/digest.ts';
import { PaccError, parsePacc } from '../../src/formats/pacc/parse.ts';

const octets = (text: string) => new TextEncoder().encode(text);
const document = (key: 'submit' | 'smtp') =>
  `{"authentication":{"oauth-public":{"issuer":"https://identity.example.test/"},"password":true},"info":{"help":{"documentation":"https://support.example.test/mail"},"provider":{"name":"Example Provider","shortName":"Example"}},"protocols":{"caldav":{"url":"https://sync.example.test/calendar/"},"imap":{"host":"imap.example.test"},"jmap":{"url":"https://jmap.example.test/session"},"pop3":{"host":"pop.example.test"},"${key}":{"host":"smtp.example.test"}}}`;
const digest = 'x4UCWvDe1w8ERAAFF8yaWut70DP8PNqw+p0oRsr6zxE=';
const read = (value: unknown) => parsePacc(JSON.stringify(value), 'example.test', { url: 'https://example.test/' });

describe('the digest in the TXT record', () => {
  test('is that of the document’s octets', () => {
    const submit = 'v=UAAC1; a=sha256; d=Yv17O1u1N+KeOhLF0eZv/RNE2t6o6NHAYCskZubeISE=';
    const smtp = 'v=UAAC1; a=sha256; d=MOA19C2fw1LnfpriQEArPk+FRkxoE7UVaunADBmu7G8=';
    assert.ok(isDigested(octets(document('submit')), [submit]));
    assert.ok(isDigested(octets(document('smtp')), ['v=spf1 -all', submit, smtp]), 'one of several is enough');
    assert.ok(!isDigested(octets(document('smtp')), [submit]));
    assert.ok(!isDigested(octets(`${document('submit')}\n`), [submit]), 'a line end more is another document');
  });

  const good = [
    `v=UAAC1;a=sha256;d=${digest}`,
    `d=${digest};a=sha256;v=UAAC1`,
    `v = UAAC1 ; a = sha256 ; d = ${digest} ; `,
    `v=UAAC1; x=ignored; a=sha256; d=${digest}`,
    `v=UAAC1; x=one; x=two; a=sha256; d=${digest}`,
    'v=UAAC1; a=sha256; d=x4UCWvDe1w8ERAAFF8yaWut70DP8PNqw+p0oRsr6zxF=',
  ];
  for (const text of good)
    test(`“${text}” is read`, () => {
      assert.deepEqual(Buffer.from(readDigest(text) ?? []), Buffer.from(digest, 'base64'));
    });

  const bad = [
    ` v=UAAC1; a=sha256; d=${digest}`,
    `v=uaac1; a=sha256; d=${digest}`,
    'v=UAAC1; a=sha256',
    'v=UAAC1; a=sha256; d=not-base64!',
    `v=UAAC1; a=sha256; d=${digest}; d=${digest}`,
    `v=UAAC1; a=sha512; d=${digest}`,
    'v=spf1 include:example.test -all',
    '',
  ];
  for (const text of bad) test(`“${text}” is not`, () => assert.equal(readDigest(text), undefined));
});

describe('the document', () => {
  test('has hosts with TLS on the usual ports, and the address as user name', () => {
    const { record } = parsePacc(document('submit'), 'example.test', { url: 'https://example.test/' });
    const line = ({ protocol, host, port, security, username, auth }: (typeof record.incoming)[number]) =>
      [protocol, host, port, security, username, ...auth].join(' ');
    assert.deepEqual(record.incoming.map(line), [
      'imap imap.example.test 993 tls %EMAILADDRESS% OAuth2 password-cleartext',
      'pop3 pop.example.test 995 tls %EMAILADDRESS% OAuth2 password-cleartext',
    ]);
    assert.deepEqual(
      record.outgoing.map(({ host, port }) => [host, port]),
      [['smtp.example.test', 465]],
    );
    assert.deepEqual(
      record.services?.map(({ protocol, url }) => [protocol, url]),
      [
        ['caldav', 'https://sync.example.test/calendar/'],
        ['jmap', 'https://jmap.example.test/session'],
      ],
    );
    assert.deepEqual([record.name, record.short], ['Example Provider', 'Example']);
  });

  test('says smtp in revision -02 and submit since -03', () => {
    assert.equal(parsePacc(document('smtp'), 'example.test', {}).record.outgoing.length, 1);
  });

  test('may have what nobody knows yet, with a remark', () => {
    const { record, remarks } = read({ protocols: { managesieve: { host: 'sieve.example.test' } }, new: 1 });
    assert.deepEqual([record.incoming, record.outgoing], [[], []]);
    assert.deepEqual(
      remarks.map(({ where }) => where),
      ['authentication', 'protocols.managesieve'],
    );
  });

  test('with a bad host or URL loses that one alone', () => {
    const { record } = read({
      protocols: { imap: { host: '10.0.0.1' }, pop3: { host: 'pop.example.test' }, jmap: { url: 'http://x.test/' } },
    });
    assert.deepEqual(
      record.incoming.map(({ protocol }) => protocol),
      ['pop3'],
    );
    assert.equal(record.services, undefined);
  });

  test('that is none is refused', () => {
    for (const text of ['', '[]', '"x"', '{"protocols":[]}', '<html>'])
      assert.throws(() => parsePacc(text, 'example.test', {}), PaccError, text);
  });
});
