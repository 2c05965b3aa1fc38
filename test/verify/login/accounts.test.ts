import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { assert as check, property, string } from 'fast-check';
import { AccountsError, parseAccounts } from '../../../src/verify/login/accounts.ts';

const secret = 'hunter2-Ünique';

/** `2:5 [0].password: is missing` */
function wrong(text: string): string {
  try {
    parseAccounts(text);
  } catch (error) {
    assert.ok(error instanceof AccountsError);
    assert.ok(!`${error.stack}`.includes(secret), 'the password stands in the error');
    return `${error.place.line}:${error.place.column} ${error.field === '' ? '' : `${error.field}: `}${error.message}`;
  }
  return 'nothing';
}

describe('the file of accounts', () => {
  test('is a list of addresses with passwords, and user names where these are others', () => {
    const text = `[
      {"address": "Fred@MAIL.example", "password": "p\\u00e4\\"ss"},
      {"username": "f.bloggs", "password": " 1 ", "address": "fred@kabel.example"}
    ]\n`;
    assert.deepEqual(parseAccounts(text), [
      { local: 'Fred', domain: 'mail.example', password: 'pä"ss' },
      { local: 'fred', domain: 'kabel.example', password: ' 1 ', username: 'f.bloggs' },
    ]);
  });

  test('may begin with a byte order mark', () => {
    assert.equal(parseAccounts('\uFEFF[{"address": "a@mail.example", "password": "x"}]').length, 1);
  });
});

describe('what is wrong is told by place and field, and never by content', () => {
  const entry = `"address": "a@mail.example", "password": "${secret}"`;
  const cases: [text: string, says: string | RegExp][] = [
    ['', /^1:1 must begin with “\[”/],
    [`{${entry}}`, /^1:1 must begin with “\[”/],
    ['[]', /^1:1 there is no account/],
    [`[{${entry}}`, '1:61 needs a “,” or “]” here'],
    [`[{${entry}}] x`, '1:63 there is text behind the end of the list'],
    [`[\n  {"password": "${secret}"}\n]`, '2:3 [0].address: is missing'],
    [`[\n  {"address": "a@mail.example"}\n]`, '2:3 [0].password: is missing'],
    [`[{${entry}, "${secret}": "x"}]`, /^1:62 \[0\]: has a field that is none of address, password, username$/],
    [`[{${entry}, "password": "x"}]`, '1:62 [0].password: stands here twice'],
    [`[{${entry}},\n {${entry}}]`, '2:2 [1].address: the same address stands here twice'],
    [`[{"address": "a@mail.example", "password": ${secret}}]`, '1:44 [0].password: must be a text in double quotes'],
    [`[{"address": "a@mail.example", "password": 7}]`, '1:44 [0].password: must be a text in double quotes'],
    [`[{"address": "a@mail.example", "password": "${secret}}]`, /^1:44 \[0\]\.password: is a text that does not end/],
    [
      `[{"address": "a@mail.example", "password": "${secret}\\x"}]`,
      /^1:44 \[0\]\.password: is a text that does not end/,
    ],
    ['[{"address": "a@mail.example", "password": ""}]', '1:44 [0].password: is empty'],
    [`[{"address": "a@mail.example", "password": "${secret}\\r\\n"}]`, /^1:44 \[0\]\.password: has a line end/],
    [`[{"address": "${secret} x", "password": "x"}]`, '1:14 [0].address: is no e-mail address'],
    [`[{"address": "mail.example", "password": "x"}]`, '1:14 [0].address: is a domain, but must be an address'],
    [`[{${entry} "username": "x"}]`, '1:61 [0]: needs a “,” or “}” here'],
    ['[{"address" "x"}]', '1:13 [0]: has a field without “:” and a value'],
    ['[7]', '1:2 [0]: must be a map in braces'],
  ];
  for (const [text, says] of cases)
    test(text.replaceAll('\n', '⏎') || '(empty)', () => {
      if (typeof says === 'string') assert.equal(wrong(text), says);
      else assert.match(wrong(text), says);
    });

  test('whatever the file says, there is an answer', () => {
    check(
      property(string({ unit: 'binary' }), (text) => typeof wrong(`[{"password": "${secret}", ${text}`) === 'string'),
    );
  });

  test('what JSON.parse reads as accounts, this reads, too', () => {
    check(
      property(string({ minLength: 1, unit: 'grapheme' }), (password) => {
        if (/[\0\r\n]/.test(password)) return;
        const text = JSON.stringify([{ address: 'a@mail.example', password }], null, 2);
        assert.equal(parseAccounts(text)[0]?.password, password);
      }),
    );
  });
});
