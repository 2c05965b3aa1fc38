import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { parseCatalog, parseProvider, problemsOf } from '../../src/catalog/catalog.ts';
import { sayProblem } from '../../src/catalog/problem.ts';

fc.configureGlobal({ seed: 3514, numRuns: 300 });

const file = 'mail.example.yml';

/** The least that a record of an open provider says. Every test below changes one thing in it. */
const minimal = `id: mail.example
name: Example Mail
short: Example
kind: freemail
country: DE
website: https://mail.example/
access: open
domains:
  - mail.example
incoming:
  - protocol: imap
    host: imap.mail.example
    port: 993
    security: tls
    username: "%EMAILADDRESS%"
    auth:
      - password-cleartext
    sources:
      - help
outgoing:
  - protocol: smtp
    host: smtp.mail.example
    port: 465
    security: tls
    username: "%EMAILADDRESS%"
    auth:
      - password-cleartext
    sources:
      - help
sources:
  help:
    url: https://mail.example/help
`;

const said = (text: string): string[] => parseProvider({ text, file }).problems.map(sayProblem);

/** The minimal record with the first `old` replaced. */
function changed(old: string, by: string): string {
  assert.ok(minimal.includes(old), `the minimal record has no ${JSON.stringify(old)}`);
  return minimal.replace(old, () => by);
}

function good(old: string, by: string): void {
  assert.deepEqual(said(changed(old, by)), []);
}

/** What is said, whole, but for the file, level and rule, which are the same everywhere. */
function bad(old: string, by: string, ...expected: string[]): void {
  const whole = expected.map((one) => `${file}:${one.replace(' ', ' error: ')} [shape]`);
  assert.deepEqual(said(changed(old, by)), whole);
}

const serverFields = 'protocol, host, port, security, username, hint, auth, sources';

test('a record as it should be gives a typed value and no problem', () => {
  const { value, problems } = parseProvider({ text: minimal, file });
  assert.deepEqual(problems, []);
  assert.equal(value?.incoming[0]?.port, 993);
  assert.deepEqual(Object.keys(value ?? {}).slice(0, 3), ['id', 'name', 'short']);
});

test('a problem is one line that editors make clickable: file:line:column, field, what is wrong, what to do', () => {
  assert.deepEqual(said(changed('short: Example', 'short: 163')), [
    'mail.example.yml:3:8: error: short: is a number, but must be a text; put it into quotes: "163" [shape]',
  ]);
});

test('where there is a problem there is no value', () => {
  assert.equal(parseProvider({ text: changed('kind: freemail', 'kind: spam'), file }).value, undefined);
  assert.equal(parseProvider({ text: `${minimal}\t`, file }).value, undefined);
});

describe('a field that is not known', () => {
  test('is named at its key, with the fields that may stand there', () => {
    const known = `here may stand: ${serverFields}`;
    bad('port: 993', 'port: 993\n    ssl: yes', `14:5: incoming[0].ssl: there is no such field; ${known}`);
  });

  test('makes two problems when it is a slip: the right one is missing, the wrong one is too much', () => {
    bad(
      'port: 993',
      'prot: 993',
      '11:5: incoming[0].port: is missing; The TCP port',
      `13:5: incoming[0].prot: there is no such field; here may stand: ${serverFields}`,
    );
  });

  test('at the top of the file is told all the fields of a record', () => {
    const [line] = said(`${minimal}clientid: secret\n`);
    assert.match(line ?? '', /^mail\.example\.yml:33:1: error: clientid: there is no such field; here may stand: id, /);
    assert.match(line ?? '', /, alternatives, documentation, follow, decisions, sources \[shape\]$/);
  });

  test('may be called like something that every JavaScript object has', () => {
    for (const name of ['__proto__', 'constructor', 'toString'])
      assert.match(said(`${minimal}${name}: 1\n`).join('\n'), new RegExp(`^${file}:33:1: error: ${name}: there is no`));
  });

  test('stays one line, without control characters, whatever the key is', () => {
    for (const key of ['"a\\n::error::b"', '"\\e[2J"', '""']) {
      const [line] = said(`${minimal}${key}: 1\n`);
      assert.match(line ?? '', /^mail\.example\.yml:33:1: error: \S[ -~“”]*: there is no such field; [ -~]*$/);
    }
  });

  test('is each reported where there are several', () => {
    const known = `here may stand: ${serverFields}`;
    bad(
      'port: 993',
      'port: 993\n    ssl: yes\n    tls: no',
      `14:5: incoming[0].ssl: there is no such field; ${known}`,
      `15:5: incoming[0].tls: there is no such field; ${known}`,
    );
  });

  const oauth2 = (scope: string) =>
    ['issuer', 'authorization', 'token']
      .map((name) => `  ${name}: https://id.mail.example/${name}\n`)
      .concat(`  scopes:\n    ${scope}: mail\n  sources:\n    - help\n`)
      .join('');

  test('among scopes is told the protocols', () => {
    good('domains:', `oauth2:\n${oauth2('imap')}domains:`);
    const [line] = said(changed('domains:', `oauth2:\n${oauth2('imapp')}domains:`));
    assert.match(line ?? '', /oauth2\.scopes\.imapp: there is no such field; here may stand: imap, pop3, smtp, /);
  });
});

describe('a field that is missing', () => {
  test('is explained by its description in the schema, at the map that lacks it', () => {
    bad(
      'name: Example Mail\n',
      '',
      '1:1: name: is missing; The provider’s name as it writes it itself; at most 60 characters',
    );
    bad('    security: tls\n', '', '11:5: incoming[0].security: is missing; one of: tls, starttls, none');
    bad('kind: freemail\n', '', '1:1: kind: is missing; one of: freemail, isp, hosting, education, business, privacy');
  });

  test('is one of all the others in a record that says nothing at all', () => {
    const missing = said('{}\n').map((line) => /error: (\w+): is missing/.exec(line)?.[1]);
    assert.deepEqual(missing, 'id name short kind country website access domains incoming outgoing sources'.split(' '));
  });

  test('is the whole record in an empty file', () => {
    for (const text of ['', '\n\n', '# a comment\n'])
      assert.deepEqual(said(text), ['mail.example.yml: error: is empty, but must be a map [shape]']);
  });
});

describe('a value of the wrong kind', () => {
  test('a number or a boolean where a text is wanted: quote it', () => {
    bad('short: Example', 'short: true', '3:8: short: is a boolean, but must be a text; put it into quotes: "true"');
    bad('- mail.example', '- 163', '9:5: domains[0]: is a number, but must be a text; put it into quotes: "163"');
    good('short: Example', 'short: "163"');
    good('country: DE', 'country: NO'); // Norway is a text
  });

  test('the tip quotes what stands in the file, not what YAML made of it', () => {
    const seen = 'url: https://mail.example/help\n    list: thunderbird/autoconfig\n    revision: ';
    for (const revision of ['8e10066', '1.0', '0123', '1234567890123456789012'])
      assert.match(
        said(changed('url: https://mail.example/help', seen + revision))[0] ?? '',
        new RegExp(`"${revision}"`),
      );
  });

  test('a text where a number is wanted', () => {
    bad('port: 993', 'port: "993"', '13:11: incoming[0].port: is "993", but must be a number');
    bad('port: 993', 'port: imaps', '13:11: incoming[0].port: is "imaps", but must be a number');
  });

  test('something that is no number, though YAML has a word for it', () => {
    bad('port: 993', 'port: .inf', '13:11: incoming[0].port: is Infinity, but must be a number');
    bad('port: 993', 'port: .nan', '13:11: incoming[0].port: is NaN, but must be a number');
  });

  test('nothing', () => {
    bad('short: Example', 'short: ~', '3:8: short: is empty, but must be a text');
    bad('short: Example', 'short:', '3:7: short: is empty, but must be a text');
    bad('port: 993', 'port:', '13:10: incoming[0].port: is empty, but must be a number');
  });

  test('one value where a list is wanted', () => {
    bad('domains:\n  - mail.example', 'domains: mail.example', '8:10: domains: is "mail.example", but must be a list');
    bad('sources:\n      - help', 'sources: help', '18:14: incoming[0].sources: is "help", but must be a list');
  });

  test('a map where a list is wanted, a list where a map is wanted', () => {
    bad(
      'auth:\n      - password-cleartext',
      'auth:\n      OAuth2: yes',
      '17:7: incoming[0].auth: is a map, but must be a list',
    );
    bad(
      'sources:\n  help:\n    url: https://mail.example/help',
      'sources:\n  - help',
      '31:3: sources: is a list, but must be a map',
    );
    bad('outgoing:\n', 'outgoing:\n  - smtp\n', '21:5: outgoing[0]: is "smtp", but must be a map');
  });

  test('a list or a map where a text is wanted', () => {
    bad('short: Example', 'short:\n  - Example', '4:3: short: is a list, but must be a text');
    bad('short: Example', 'short:\n  en: Example', '4:3: short: is a map, but must be a text');
  });

  test('a whole file that is no map', () => {
    assert.deepEqual(said('- id\n'), ['mail.example.yml:1:1: error: is a list, but must be a map [shape]']);
    assert.deepEqual(said('hello\n'), ['mail.example.yml:1:1: error: is "hello", but must be a map [shape]']);
  });
});

describe('a value that is not allowed', () => {
  test('a word that is none of the choices: the choices', () => {
    bad(
      'security: tls',
      'security: SSL',
      '14:15: incoming[0].security: is "SSL", but must be one of: tls, starttls, none',
    );
    bad('protocol: imap', 'protocol: smtp', '11:15: incoming[0].protocol: is "smtp", but must be one of: imap, pop3');
    bad('access: open', 'access: yes', '7:9: access: is "yes", but must be one of: open, none, closed');
  });

  test('inside a list the item is named', () => {
    bad(
      '- password-cleartext',
      '- OAuth2\n      - plain',
      '18:9: incoming[0].auth[1]: is "plain", but must be one of: OAuth2, password-cleartext, password-encrypted, NTLM, GSSAPI, TLS-client-cert, client-IP-address, none',
    );
  });

  test('a text that is too long: how long it may be', () => {
    bad('short: Example', 'short: Example Mail International', '3:8: short: is too long: at most 20');
    bad('name: Example Mail', `name: ${'x'.repeat(61)}`, '2:7: name: is too long: at most 60');
    good('name: Example Mail', `name: ${'x'.repeat(60)}`);
  });

  test('a list that must not be empty', () => {
    bad('auth:\n      - password-cleartext', 'auth: []', '16:11: incoming[0].auth: is empty');
    bad('domains:', 'setup: []\ndomains:', '8:8: setup: is empty');
  });

  test('a number out of range', () => {
    bad('port: 993', 'port: 0', '13:11: incoming[0].port: is too small: at least 1');
    bad('port: 993', 'port: 65536', '13:11: incoming[0].port: is too large: at most 65535');
    bad('port: 993', 'port: 99.3', '13:11: incoming[0].port: is 99.3, but must be a whole number');
  });

  test('a text with spaces at its ends, or of two lines', () => {
    bad(
      'short: Example',
      'short: " Example"',
      '3:8: short: is " Example", but must be one line without spaces at its ends',
    );
    bad('short: Example', 'short: "a\\nb"', '3:8: short: is "a\\nb", but must be one line without spaces at its ends');
  });

  test('a name that is not a lower-case A-label', () => {
    const host = 'must be a host name; in records with “mx” also {mx} or a name that ends in {domain}';
    for (const name of ['IMAP.mail.example', 'imap_1.mail.example', 'imap', 'straße.example', 'imap.mail.example.'])
      bad('host: imap.mail.example', `host: ${name}`, `12:11: incoming[0].host: is "${name}", but ${host}`);
    good('host: imap.mail.example', 'host: "{mx}"');
    good('host: imap.mail.example', 'host: "imap.{domain}"');
  });

  test('a host with a placeholder that the client would have to fill in', () => {
    assert.equal(said(changed('imap.mail.example', '"imap.%EMAILDOMAIN%"')).length, 1);
    assert.equal(said(changed('imap.mail.example', '"imap.{mx}"')).length, 1);
    assert.equal(said(changed('imap.mail.example', '"{domain}.mail.example"')).length, 1);
  });

  test('a domain that is neither a name nor "*." and a name', () => {
    for (const name of ['Mail.Example', '*', '*.', 'mail.*.example', '*mail.example'])
      bad(
        '- mail.example',
        `- "${name}"`,
        `9:5: domains[0]: is "${name}", but must be a domain such as example.com, or "*." and a domain`,
      );
    good('- mail.example', '- "*.mail.example"');
  });

  test('a link that is not https', () => {
    for (const link of ['http://mail.example/', 'mail.example', '//mail.example/', 'https://mail.example/<b>'])
      bad(
        'website: https://mail.example/',
        `website: ${link}`,
        `6:10: website: is "${link}", but must be an absolute https:// URL`,
      );
  });

  test('a user name that does not follow from the address', () => {
    const says = 'but must be %EMAILADDRESS%, %EMAILLOCALPART%, a text with these or %EMAILDOMAIN%, or: ask';
    for (const name of ['fred', '%FOO%', '%emailaddress%', '%EMAILADDRESS% x'])
      bad('"%EMAILADDRESS%"', `"${name}"`, `15:15: incoming[0].username: is "${name}", ${says}`);
    for (const name of ['ask', '%EMAILLOCALPART%', '%EMAILLOCALPART%@%EMAILDOMAIN%', 'x-%EMAILLOCALPART%'])
      good('"%EMAILADDRESS%"', `"${name}"`);
  });

  test('a date that is none', () => {
    const seen = (date: string) => `url: https://mail.example/help\n    seen: ${date}`;
    for (const date of ['20.11.2026', '2026-13', '2026-11-32', '2026-11-20T00:00:00Z'])
      bad(
        'url: https://mail.example/help',
        seen(date),
        `33:11: sources.help.seen: is "${date}", but must be a date: 2026, 2026-11 or 2026-11-20`,
      );
    for (const date of ['"2026"', '2026-11', '2026-11-20']) good('url: https://mail.example/help', seen(date));
  });

  test('a key of a map of our own making', () => {
    bad('  help:', '  Help:', '31:3: sources.Help: the key must be lower case, digits, hyphens');
    bad(
      'domains:',
      'alternatives:\n  - provider: b.example\n    when:\n      english: x\ndomains:',
      '11:7: alternatives[0].when.english: the key must be a two-letter language code',
    );
  });

  test('a value that is very long is cut in what is said about it', () => {
    const [line] = said(changed('https://mail.example/', 'x'.repeat(1900)));
    assert.match(line ?? '', /^mail\.example\.yml:6:10: error: website: is "x{76}…, but must be/);
  });
});

test('all problems of a file are told at once', () => {
  const text = changed('country: DE', 'country: Germany')
    .replace('port: 993', 'port: 0')
    .replace('- help\n', '- Help\n');
  assert.deepEqual(
    said(text).map((line) => line.split(' ')[0]),
    ['mail.example.yml:5:10:', 'mail.example.yml:13:11:', 'mail.example.yml:19:9:'],
  );
});

test('a file that is not restricted YAML is told that, and nothing about its fields', () => {
  assert.deepEqual(said('id: &x mail.example\nname: *x\n'), [
    'mail.example.yml:1:8: error: there is an anchor (&x); write the value out where it is needed [syntax]',
    'mail.example.yml:2:7: error: there is an alias (*x); write the value out; quote a text that starts with * [syntax]',
  ]);
});

test('the lists are parsed by their own schemas, and one that is absent is empty', () => {
  const text = 'domains:\n  - domain: gone.example\n    reason: bad\n    note: "Gone."\n';
  const catalog = parseCatalog({ providers: [], lists: { 'left-out.yml': { file: 'left-out.yml', text } } });
  assert.deepEqual(problemsOf(catalog).map(sayProblem), [
    'left-out.yml:3:13: error: domains[0].reason: is "bad", but must be one of: dead, moved, no-access, not-mail, unsure [shape]',
  ]);
  assert.deepEqual(catalog.others.value, { others: [] });
  assert.deepEqual(catalog.messages.value, { messages: [] });
  assert.deepEqual(catalog.exceptions.value, { exceptions: [] });
});

describe('whatever a file says', () => {
  /** Any JSON value as block YAML. Strings of JSON are strings of YAML. */
  function toYaml(value: unknown, indent: string): string {
    if (typeof value !== 'object' || value === null) return ` ${JSON.stringify(value)}\n`;
    const entries: [string, unknown][] = Array.isArray(value)
      ? value.map((item): [string, unknown] => ['-', item])
      : Object.entries(value).map(([key, item]): [string, unknown] => [`${JSON.stringify(key)}:`, item]);
    if (entries.length === 0) return Array.isArray(value) ? ' []\n' : ' {}\n';
    return `\n${entries.map(([start, item]) => `${indent}${start}${toYaml(item, `${indent}  `)}`).join('')}`;
  }

  /** Problems, each with a place and in words of our own. */
  function check(text: string): void {
    for (const line of said(text)) {
      assert.match(line, /^mail\.example\.yml:\d+:\d+: error: /);
      assert.doesNotMatch(line, /undefined|\[object|node:|\.ts:|ZodError|Invalid input/);
    }
  }

  test('any JSON value as a file is judged, never thrown at', () => {
    fc.assert(fc.property(fc.jsonValue({ stringUnit: 'grapheme' }), (value) => check(toYaml(value, ''))));
  });

  test('any JSON value in the place of any field is judged, never thrown at', () => {
    const record: Record<string, unknown> = JSON.parse(JSON.stringify(parseProvider({ text: minimal, file }).value));
    const server = (record['incoming'] as Record<string, unknown>[])[0] ?? {};
    const serverField = fc.constantFrom(...serverFields.split(', '));
    const field = fc.constantFrom(...Object.keys(record), 'restriction', 'oauth2', 'setup', 'services', 'alternatives');
    fc.assert(fc.property(field, fc.jsonValue(), (key, value) => check(toYaml({ ...record, [key]: value }, ''))));
    fc.assert(
      fc.property(serverField, fc.jsonValue(), (key, value) =>
        check(toYaml({ ...record, incoming: [{ ...server, [key]: value }] }, '')),
      ),
    );
  });
});
