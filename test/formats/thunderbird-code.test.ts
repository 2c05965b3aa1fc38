import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { accountCode, filledCode } from '../../src/formats/thunderbird-code.ts';
import type { Domain } from '../../src/name/domain.ts';
import type { Provider } from '../../src/provider/model.ts';
import { imap, record, smtp } from '../records.ts';

const domain = 'domain.example' as Domain;

function codeOf(over: Partial<Provider>) {
  return accountCode(record({ id: 'domain.example', ...over }));
}

describe('The QR code of Thunderbird for Android', () => {
  test('is that of the specification’s own example', () => {
    const code = codeOf({
      incoming: [imap({ host: 'imap.domain.example' })],
      outgoing: [smtp({ host: 'smtp.domain.example' })],
    });
    assert.ok(code);
    assert.deepEqual(JSON.parse(filledCode(code, { local: 'user', domain, name: 'Jane Doe' }) ?? ''), [
      1,
      [1, 1],
      [0, 'imap.domain.example', 993, 3, 1, 'user@domain.example'],
      [
        [
          [0, 'smtp.domain.example', 465, 3, 1, 'user@domain.example'],
          ['user@domain.example', 'Jane Doe'],
        ],
      ],
    ]);
  });

  test('says STARTTLS, POP3 and user names that are not the address', () => {
    const code = codeOf({
      incoming: [{ ...imap({ port: 110, security: 'starttls', username: '%EMAILLOCALPART%' }), protocol: 'pop3' }],
    });
    assert.deepEqual(code?.[2].slice(2), [110, 2, 1, '%EMAILLOCALPART%']);
    assert.equal(code?.[2][0], 1);
    assert.equal(JSON.parse(filledCode(code, { local: 'user', domain, name: '' }) ?? '')[2][5], 'user');
  });

  test('takes OAuth2 only where the app knows the sign-in page', () => {
    const servers = {
      incoming: [imap({ auth: ['OAuth2', 'password-cleartext'] })],
      outgoing: [smtp({ auth: ['OAuth2', 'password-cleartext'] })],
    };
    const oauth2 = {
      issuer: 'https://accounts.google.com',
      authorization: 'https://accounts.google.com/o/oauth2/auth',
      token: 'https://oauth2.googleapis.com/token',
      scopes: { imap: 'https://mail.google.com/' },
      sources: ['help'],
    };
    assert.equal(codeOf({ ...servers, oauth2 })?.[2][4], 6);
    assert.equal(codeOf({ ...servers, oauth2: { ...oauth2, issuer: 'https://id.domain.example' } })?.[2][4], 1);
  });

  const unsayable: readonly (readonly [string, Partial<Provider>])[] = [
    ['a server without encryption', { incoming: [imap({ port: 143, security: 'none' })] }],
    ['a user name that has to be asked for', { incoming: [imap({ username: 'ask', hint: { en: 'x', de: 'x' } })] }],
    ['a host that differs from customer to customer', { incoming: [imap({ host: '{mx}' })] }],
    ['a sign-in that the app refuses', { incoming: [imap({ auth: ['NTLM', 'GSSAPI'] })] }],
    ['no server to send with', { outgoing: [] }],
  ];
  for (const [what, over] of unsayable) {
    test(`is not made for ${what}`, () => assert.equal(codeOf(over), undefined));
  }

  test('is not made for an address that is not ASCII, and keeps a name on one line', () => {
    const code = codeOf({});
    assert.ok(code);
    assert.equal(filledCode(code, { local: 'jürgen', domain, name: '' }), undefined);
    assert.match(filledCode(code, { local: 'user', domain, name: 'Jane\r\nDoe' }) ?? '', /"Jane Doe"\]\]\]\]$/);
  });

  test('has nothing but ASCII in it, because readers guess at encodings', () => {
    const code = codeOf({});
    assert.ok(code);
    const text = filledCode(code, { local: 'user', domain, name: 'Jürgen 🐌' }) ?? '';
    assert.match(text, /^[\x20-\x7e]+$/);
    assert.equal(JSON.parse(text)[3][0][1][1], 'Jürgen 🐌');
  });
});
