import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { importFile } from '../../src/catalog/import.ts';
import type { Draft } from '../../src/formats/draft.ts';
import { frontMatterOf, parseProviderDb } from '../../src/formats/providerdb/parse.ts';

fc.configureGlobal({ seed: 911, numRuns: 200 });

const source = { list: 'chatmail/provider-db', revision: '1234567' };

/** A front matter as YAML gives it; every test below changes one thing in it. */
const minimal = {
  name: 'Example Mail',
  status: 'OK',
  domains: ['mail.example'],
  server: [
    { type: 'imap', socket: 'SSL', hostname: 'imap.mail.example', port: 993 },
    { type: 'smtp', socket: 'STARTTLS', hostname: 'smtp.mail.example', port: 587 },
  ],
};

const common = { username: '%EMAILADDRESS%', auth: ['password-cleartext'], sources: ['import'] };
const imap = { protocol: 'imap', host: 'imap.mail.example', port: 993, security: 'tls', ...common };
const smtp = { protocol: 'smtp', host: 'smtp.mail.example', port: 587, security: 'starttls', ...common };
const draft = {
  id: 'mail.example',
  name: 'Example Mail',
  domains: ['mail.example'],
  incoming: [imap],
  outgoing: [smtp],
  sources: { import: source },
};

/** The front matter with these facts gives the draft with those, and these remarks as `where: says`. */
function gives(facts: Record<string, unknown>, expected: Record<string, unknown>, ...remarks: string[]): void {
  const result = parseProviderDb({ ...minimal, ...facts }, source);
  assert.ok(result);
  const wanted = Object.entries({ ...draft, ...expected }).filter(([, value]) => value !== undefined);
  assert.deepEqual(result.record, Object.fromEntries(wanted));
  assert.deepEqual(said(result), remarks);
}

const said = ({ remarks }: Draft): string[] => remarks.map(({ where, says }) => `${where}: ${says}`);

/** With the IMAP server changed. */
const server = (facts: Record<string, unknown>): Record<string, unknown> => ({
  server: [{ ...minimal.server[0], ...facts }, minimal.server[1]],
});

describe('the front matter of a provider-db file', () => {
  test('is what stands between the first two lines of hyphens', () => {
    assert.equal(frontMatterOf('---\nname: a\n---\n\n# A page\n\n---\nb: 2\n---\n'), 'name: a');
    assert.equal(frontMatterOf('---\r\nname: a\r\nb: 1\r\n---\r\n'), 'name: a\r\nb: 1');
  });

  test('is nothing where there are none, or only one', () => {
    for (const text of ['', '# A page\n', '---\nname: a\n', ' ---\na: 1\n---\n', 'x\n---\na: 1\n---\n'])
      assert.equal(frontMatterOf(text), undefined);
  });
});

test('a file as it should be gives a draft and no remark', () => gives({}, {}));

describe('domains', () => {
  test('are a sorted set; the first that is no wildcard is the id', () => {
    const domains = ['*.mail.example', 'z.example', 'a.example', 'z.example'];
    gives({ domains }, { id: 'z.example', domains: ['*.mail.example', 'a.example', 'z.example'] });
  });

  test('are put into our form', () => {
    const domains = ['Mail.Example', '*.Straße.example'];
    gives(
      { domains },
      { domains: ['*.xn--strae-oqa.example', 'mail.example'] },
      'domains: “Mail.Example” was written mail.example',
      'domains: “Straße.example” was written xn--strae-oqa.example',
    );
  });

  test('that are none are left out', () => {
    const says = (name: string) => `domains: “${name}” is not a host name; left out`;
    gives({ domains: ['mail.example', 'localhost', null, ['x.example']] }, {}, says('localhost'), says(''), says(''));
  });

  test('are needed: a file without one is none', () => {
    for (const domains of [
      undefined,
      [],
      ['localhost'],
      ['*.mail.example'],
      'mail.example',
      { a: 'mail.example' },
      null,
    ])
      assert.equal(parseProviderDb({ ...minimal, domains }, source), undefined);
  });
});

describe('a server', () => {
  test('has one of three words for what is encrypted, in any case', () => {
    for (const [socket, security] of [
      ['ssl', 'tls'],
      ['STARTTLS', 'starttls'],
      ['PLAIN', 'none'],
    ])
      gives(server({ socket }), { incoming: [{ ...imap, security }] });
  });

  test('is signed in to with the address or its local part', () => {
    gives(server({ username_pattern: 'EMAIL' }), {});
    gives(server({ username_pattern: 'EMAILLOCALPART' }), { incoming: [{ ...imap, username: '%EMAILLOCALPART%' }] });
  });

  test('has a port as a number or a text', () => gives(server({ port: '993' }), {}));

  test('stays in the order of the file', () => {
    const [first, second] = minimal.server;
    const backup = { ...first, hostname: 'imap2.mail.example' };
    const incoming = [{ ...imap, host: 'imap2.mail.example' }, imap];
    gives({ server: [second, backup, first] }, { incoming });
  });

  for (const [field, value, says] of [
    ['type', 'pop3', '“pop3” is not understood'],
    ['type', undefined, '“” is not understood'],
    ['socket', 'TLS', '“TLS” is not understood'],
    ['socket', 'constructor', '“constructor” is not understood'],
    ['username_pattern', 'CUSTOM', '“CUSTOM” is not understood'],
    ['hostname', 'localhost', '“localhost” is not a host name'],
    ['hostname', undefined, '“” is not a host name'],
    ['port', 0, '“0” is not a port'],
    ['port', 99.3, '“99.3” is not a port'],
    ['port', true, '“” is not a port'],
  ] as const) {
    test(`whose ${field} is ${String(value)} is left out`, () => {
      const remarks = [`server[0].${field}: ${says}; left out`, 'server[0]: is incomplete; left out'];
      gives(server({ [field]: value }), { incoming: [] }, ...remarks);
    });
  }

  test('that is no map is left out', () => {
    const { remarks, record } = parseProviderDb({ ...minimal, server: ['imap.mail.example', null] }, source) as Draft;
    assert.deepEqual([record.incoming, record.outgoing], [[], []]);
    assert.equal(remarks.filter(({ says }) => says === 'is incomplete; left out').length, 2);
  });

  test('with a field that nobody knows is read without it, which is told', () => {
    gives(server({ username: 'EMAILLOCALPART' }), {}, 'server[0].username: is not understood; left out');
  });

  test('stands in a list: anything else is told', () => {
    gives({ server: minimal.server[0] }, { incoming: [], outgoing: [] }, 'server: is not a list; left out');
    gives({ server: undefined }, { incoming: [], outgoing: [] });
  });
});

describe('the name', () => {
  test('may be a number to YAML, and is cut where it is too long', () => {
    gives({ name: 163 }, { name: '163' });
    gives({ name: 'x'.repeat(61) }, { name: 'x'.repeat(60) }, 'name: is longer than 60 characters; cut');
  });

  test('that is none is missing, and told', () => {
    for (const name of [null, '', '  ', ['x'], true]) gives({ name }, { name: undefined }, 'name: is empty; left out');
    gives({ name: undefined }, { name: undefined });
  });
});

describe('the website', () => {
  test('is an https:// URL', () => gives({ website: 'https://mail.example/' }, { website: 'https://mail.example/' }));

  test('that is none is told and left out', () => {
    for (const website of ['http://mail.example/', 'mail.example', 'https://', ''])
      gives({ website }, {}, `website: “${website}” is no https:// URL without placeholders; left out`);
  });
});

describe('the day of the last check', () => {
  test('is when the source was seen', () => {
    for (const seen of ['2020-01', '2021-06-30'])
      gives({ last_checked: seen }, { sources: { import: { ...source, seen } } });
  });

  test('that is no date is told and left out', () => {
    for (const day of ['2020-13', '01/2020', 'yesterday'])
      gives({ last_checked: day }, {}, `last_checked: “${day}” is not a date; left out`);
  });
});

describe('what a record says in another way', () => {
  test('is left to the curator: something must be done first, broken, OAuth2', () => {
    gives({ status: 'PREPARATION' }, {}, 'status: is PREPARATION: something must be done first; see “setup”');
    gives({ status: 'BROKEN' }, {}, 'status: is BROKEN: see “access”');
    gives({ oauth2: 'gmail' }, {}, 'oauth2: names gmail: see “oauth2”; left out');
  });

  test('is told where it is a word nobody knows', () => {
    gives({ status: 'DEAD' }, {}, 'status: “DEAD” is not understood; left out');
  });

  test('is not kept where it is its authors’ text, or about one program', () => {
    for (const key of ['before_login_hint', 'after_login_hint', 'opt', 'config_defaults', 'foo', 'constructor'])
      gives({ [key]: 'x' }, {}, `${key}: is not kept; left out`);
  });
});

test('what is no map is no file of provider-db', () => {
  for (const value of [undefined, null, 'x', 1, [], [minimal]]) assert.equal(parseProviderDb(value, source), undefined);
});

test('a whole file, as the repository has it', () => {
  const text = `---
name: "163"
status: BROKEN
domains:
- 163.example
before_login_hint: >
  Does not work,
  since it wants an ID.
last_checked: 2021-06
website: https://mail.163.example/
---

Its page.
`;
  const imported = importFile({ file: '163.md', text }, source);
  assert.ok('draft' in imported);
  assert.deepEqual(imported.draft.record, {
    id: '163.example',
    name: '163',
    website: 'https://mail.163.example/',
    domains: ['163.example'],
    incoming: [],
    outgoing: [],
    sources: { import: { ...source, seen: '2021-06' } },
  });
  assert.deepEqual(said(imported.draft), [
    'before_login_hint: is not kept; left out',
    'status: is BROKEN: see “access”',
  ]);
});

test('any value gives a draft or nothing, and never throws', () => {
  const keys = fc.constantFrom('name', 'status', 'domains', 'server', 'website', 'oauth2', 'last_checked', '__proto__');
  fc.assert(
    fc.property(fc.dictionary(keys, fc.anything()), fc.anything(), (facts, value) => {
      parseProviderDb({ ...minimal, ...facts }, source);
      parseProviderDb({ ...minimal, server: [value] }, source);
      parseProviderDb(value, source);
    }),
  );
});
