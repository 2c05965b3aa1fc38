import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAddress } from '../../src/name/address.ts';
import { fillUsername, placeholders, usernameOrAddress } from '../../src/provider/login.ts';

/** The user name that a template makes of an address as typed. */
function filled(template: string, typed: string): string | undefined {
  const { local = '', domain } = parseAddress(typed);
  return fillUsername(template, { local, domain });
}

test('the three placeholders are the address, its local part and its domain', () => {
  assert.equal(filled('%EMAILADDRESS%', 'fred@mail.example'), 'fred@mail.example');
  assert.equal(filled('%EMAILLOCALPART%', 'fred@mail.example'), 'fred');
  assert.equal(filled('%EMAILDOMAIN%', 'fred@mail.example'), 'mail.example');
});

test('each of the placeholders is known', () => {
  for (const placeholder of placeholders) assert.ok(!filled(placeholder, 'fred@mail.example')?.includes('%'));
});

test('placeholders may stand together and beside other text', () => {
  assert.equal(filled('%EMAILLOCALPART%%EMAILDOMAIN%', 'fred@mail.example'), 'fredmail.example');
  assert.equal(filled('%EMAILLOCALPART%.%EMAILDOMAIN%', 'fred@mail.example'), 'fred.mail.example');
  assert.equal(filled('MAIL\\%EMAILLOCALPART%', 'fred@mail.example'), 'MAIL\\fred');
  assert.equal(filled('%EMAILLOCALPART%@other.example', 'fred@mail.example'), 'fred@other.example');
});

test('the local part is taken to the letter, the domain in its final form', () => {
  assert.equal(filled('%EMAILADDRESS%', 'Fred+Tag@STRASSE.example'), 'Fred+Tag@strasse.example');
  assert.equal(filled('%EMAILADDRESS%', '用户@straße.example'), '用户@xn--strae-oqa.example');
});

test('what stands in the address is never expanded again', () => {
  assert.equal(filled('%EMAILLOCALPART%', '%EMAILDOMAIN%@mail.example'), '%EMAILDOMAIN%');
  assert.equal(filled('%EMAILADDRESS%', "$&$'$1@mail.example"), "$&$'$1@mail.example");
});

test('a placeholder that nobody knows stays as it is', () => {
  assert.equal(filled('%REALNAME%.%EMAILLOCALPART%', 'fred@mail.example'), '%REALNAME%.fred');
});

test('“ask” has no answer', () => {
  assert.equal(filled('ask', 'fred@mail.example'), undefined);
});

test('a format that cannot ask says the address', () => {
  assert.equal(usernameOrAddress('ask'), '%EMAILADDRESS%');
  assert.equal(usernameOrAddress('%EMAILLOCALPART%'), '%EMAILLOCALPART%');
});
