import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { assert as check, property, string } from 'fast-check';
import { base64, redactAll, redactor } from '../../../src/verify/login/secrets.ts';

const password = 'pä$$"w\\ort 7';
const redact = redactor(password, ['fred@mail.example']);

function encoded(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}

describe('a password leaves every text in which it stands', () => {
  for (const [what, text] of Object.entries({
    'as it is': `535 “${password}” is wrong`,
    'in base64, as AUTH LOGIN sends it': `C: ${encoded(password)}`,
    'in base64 with the user name, as AUTH PLAIN sends it': `AUTH PLAIN ${encoded(`\0fred@mail.example\0${password}`)}`,
    'with an identity to act for': `AUTH PLAIN ${encoded(`fred@mail.example\0fred@mail.example\0${password}`)}`,
    'anywhere inside other base64': `x ${encoded(`user=somebody else ${password} and more`)}`,
    'in JSON': JSON.stringify({ password }),
    'in an IMAP string': `LOGIN fred "${password.replaceAll(/["\\]/g, '\\$&')}"`,
    'in a URL': `imap://fred:${encodeURIComponent(password)}@mail.example`,
    'as octets': Buffer.from(password).toString('latin1'),
    'in hexadecimal': Buffer.from(password).toString('hex'),
  }))
    test(what, () => {
      const said = redact(text);
      assert.match(said, /•••/);
      for (const form of [password, encoded(password), 'w\\ort', 'w\\\\ort', encodeURIComponent(password)])
        assert.ok(!said.includes(form), said);
    });

  test('whatever the password and what stands around it in base64', () => {
    check(
      property(string({ minLength: 6, unit: 'binary' }), string(), string(), (secret, before, after) => {
        const text = encoded(`${before}${secret}${after}`);
        assert.notEqual(redactor(secret, [])(text), text);
      }),
    );
  });
});

test('other text stays as it is', () => {
  assert.equal(redact('535 5.7.8 wrong password'), '535 5.7.8 wrong password');
  assert.equal(redactor('ab', [])('YWJj is base64 of abc'), 'YWJj is base64 of •••c');
});

test('every text of a value is redacted, nothing else is touched', () => {
  const value = { lines: [{ text: `PASS ${password}` }], ms: 7, ok: true, none: null };
  assert.deepEqual(redactAll(value, redact), { lines: [{ text: 'PASS •••' }], ms: 7, ok: true, none: null });
});

test('base64 is that of RFC 4648', () => assert.equal(base64(new TextEncoder().encode('foobar')), 'Zm9vYmFy'));
