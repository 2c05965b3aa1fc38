import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { parseCatalog } from '../../src/catalog/catalog.ts';
import { canonical, draftText, modeline } from '../../src/catalog/format.ts';
import { importFile } from '../../src/catalog/import.ts';
import { lint } from '../../src/catalog/lint.ts';
import { sayProblem } from '../../src/catalog/problem.ts';
import { renderAutoconfig } from '../../src/formats/autoconfig/render.ts';
import type { Draft } from '../../src/formats/draft.ts';
import { nothingKnown } from '../../src/provider/model.ts';
import { quickly } from '../quickly.ts';
import { answer, post } from '../web/records.ts';

fc.configureGlobal({ seed: 7, numRuns: 100 });

/** Any UTF-16 code unit, halves of characters too. */
const anyUnit = fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit));

const source = { url: 'https://mail.example/settings', says: 'imap.mail.example 993' };
const today = '2026-11-20';

/** One file of each kind that says all that its kind can say. */
const files = {
  'mail.example.xml': `<clientConfig version="1.1">
  <emailProvider id="mail.example">
    <domain>mail.example</domain>
    <domain>briefe.example</domain>
    <displayName>Example: Mail # "one"</displayName>
    <displayShortName>Example</displayShortName>
    <incomingServer type="imap">
      <hostname>imap.mail.example</hostname><port>993</port><socketType>SSL</socketType>
      <authentication>OAuth2</authentication><authentication>plain</authentication><username>%EMAILADDRESS</username>
    </incomingServer>
    <outgoingServer type="smtp">
      <hostname>smtp.mail.example</hostname><port>465</port><socketType>SSL</socketType>
      <authentication>OAuth2</authentication><username>%EMAILLOCALPART%</username>
    </outgoingServer>
    <documentation url="https://mail.example/help"><descr lang="de">Hilfe</descr></documentation>
    <enable visiturl="https://mail.example/settings"><instruction>Do it</instruction></enable>
  </emailProvider>
  <addressbook type="carddav">
    <url>https://dav.mail.example/</url><authentication system="http">Basic</authentication>
  </addressbook>
  <webMail><loginPage url="https://web.mail.example/"/></webMail>
  <oAuth2>
    <authURL>https://id.mail.example/auth</authURL><tokenURL>https://id.mail.example/token</tokenURL>
    <issuer>id.mail.example</issuer><scope>mail offline_access</scope>
  </oAuth2>
</clientConfig>`,
  'mail.example.md': `---
name: Example
status: PREPARATION
domains:
  - mail.example
  - "*.mail.example"
server:
  - { type: imap, socket: SSL, hostname: imap.mail.example, port: 993 }
  - { type: smtp, socket: SSL, hostname: smtp.mail.example, port: 465, username_pattern: EMAILLOCALPART }
before_login_hint: |
  Their text.
  Two lines of it.
last_checked: 2021-06
website: https://mail.example/
---

# A page
`,
  'seed.json': JSON.stringify({
    provider: 'Example Inc.',
    domains: ['mail.example'],
    servers: [
      { type: 'imap', name: 'imap.mail.example' },
      { type: 'smtp', name: 'smtp.mail.example' },
      { type: 'caldav', url: 'https://dav.mail.example/', port: 443 },
    ],
  }),
};

function draftOf(file: string, text: string): Draft {
  const imported = importFile({ file, text }, source);
  assert.ok('draft' in imported, JSON.stringify(imported));
  return imported.draft;
}

function problemOf(file: string, text: string): string {
  const imported = importFile({ file, text }, source);
  assert.ok('problem' in imported, JSON.stringify(imported));
  assert.equal(imported.file, file);
  return imported.problem;
}

/** What the linter says of a draft, as `field: what`. */
function findings(draft: Draft): string[] {
  const file = `${draft.record.id}.yml`;
  const catalog = parseCatalog({ providers: [{ file, text: draftText(draft) }], lists: {} });
  return lint(catalog, today).map(({ field, says }) => `${field}: ${says.replace(/;.*/, '')}`);
}

describe('a file is read by its ending', () => {
  test('.xml is autoconfig, .md is provider-db, .json is a seed of automx2', () => {
    for (const [file, text] of Object.entries(files)) {
      const { record } = draftOf(file, text);
      assert.equal(record.id, 'mail.example');
      assert.equal(record.incoming[0]?.host, 'imap.mail.example');
    }
  });

  test('whatever folder it is in, and whatever the folder is called', () => {
    for (const [file, text] of Object.entries(files)) draftOf(`/a.md/b.json/c.xml/${file}`, text);
  });

  test('and not by what is in it', () => {
    const [xml, md, json] = Object.values(files) as [string, string, string];
    for (const [file, text] of [
      ['a.xml', md],
      ['a.xml', json],
      ['a.md', xml],
      ['a.md', json],
      ['a.json', xml],
      ['a.json', md],
    ] as const)
      problemOf(file, text);
  });

  test('another ending is no file that can be imported', () => {
    for (const file of ['a.yml', 'a.txt', 'xml', 'a.xml.bak', 'a', ''])
      assert.equal(problemOf(file, files['mail.example.xml']), 'is no file that can be imported');
  });

  test('the source it is given is the one that every fact of the draft names', () => {
    for (const [file, text] of Object.entries(files)) {
      const { sources, incoming, outgoing } = draftOf(file, text).record;
      assert.deepEqual(Object.keys(sources), ['import']);
      assert.equal(sources['import']?.url, source.url);
      for (const server of [...incoming, ...outgoing]) assert.deepEqual(server.sources, ['import']);
    }
  });
});

describe('what cannot be read is a problem, in words, and never an exception', () => {
  const unreadable: [what: string, file: string, text: string, says: string | RegExp][] = [
    ['an empty XML file', 'a.xml', '', /^line 1: /],
    [
      'XML with a document type',
      'a.xml',
      '<!DOCTYPE a><a/>',
      'the file has a document type declaration, which is not read',
    ],
    ['XML of another kind', 'a.xml', '<a/>', 'the root element is <a>, not <clientConfig>'],
    ['HTML, as servers answer', 'a.xml', '<html><body><p>Not found</body></html>', /^line 1: /],
    ['a page without front matter', 'a.md', '# A page\n', 'is no file that can be imported'],
    ['front matter without domains', 'a.md', '---\nname: a\n---\n', 'is no file that can be imported'],
    ['front matter that is a list', 'a.md', '---\n- a\n---\n', 'is no file that can be imported'],
    ['front matter that is no YAML', 'a.md', '---\ndomains: [\n---\n', /^the front matter is no YAML: /],
    [
      'a key twice',
      'a.md',
      '---\nname: a\nname: b\ndomains: [a.example]\n---\n',
      /^the front matter is no YAML: .*unique/,
    ],
    [
      'an alias of nothing',
      'a.md',
      '---\nname: *a\ndomains: [a.example]\n---\n',
      /^the front matter is no YAML: .*alias/,
    ],
    ['an empty JSON file', 'a.json', '', /JSON/],
    ['half a JSON file', 'a.json', '{"domains": ["a.example"]', /JSON/],
    ['JSON of another kind', 'a.json', '{"name": "mailatlas"}', 'is no file that can be imported'],
    ['JSON that is no map', 'a.json', 'null', 'is no file that can be imported'],
  ];
  for (const [what, file, text, says] of unreadable) {
    test(what, () => {
      const problem = problemOf(file, text);
      if (typeof says === 'string') assert.equal(problem, says);
      else assert.match(problem, says);
      assert.match(problem, /^\P{Cc}+$/u);
    });
  }

  test('YAML that blows up: aliases of aliases, and very deep lists', () => {
    const laughs = Array.from({ length: 9 }, (_, i) => `l${i + 1}: &l${i + 1} [${`*l${i},`.repeat(10)}]`).join('\n');
    const bomb = `---\nl0: &l0 [ha]\n${laughs}\ndomains: [a.example]\n---\n`;
    assert.match(
      quickly(() => problemOf('a.md', bomb)),
      /^the front matter is no YAML/,
    );
    quickly(() => problemOf('a.md', `---\ndomains: ${'['.repeat(3000)}${']'.repeat(3000)}\n---\n`));
    quickly(() => problemOf('a.json', `{"servers":[],"domains":${'['.repeat(50_000)}${']'.repeat(50_000)}}`));
  });

  test('a file of many megabytes', () => {
    const long = 'x'.repeat(3 * 1024 * 1024);
    assert.equal(problemOf('a.xml', `<a>${long}</a>`), 'the file is larger than 1 MB');
    problemOf('a.md', `---\nname: ${long}\ndomains: [a.example]\n---\n`);
  });
});

describe('a draft', () => {
  for (const [file, text] of Object.entries(files)) {
    test(`of ${file} is canonical YAML`, () => {
      const written = draftText(draftOf(file, text));
      assert.ok(written.startsWith(`${modeline}\n\n`));
      assert.deepEqual(canonical(written, 'mail.example.yml'), { text: written });
    });

    test(`of ${file} has every remark as a comment above the record, one a line, in the order of the file`, () => {
      const draft = draftOf(file, text);
      assert.ok(draft.remarks.length > 0);
      const comments = draftText(draft)
        .split('\n')
        .slice(2)
        .filter((line) => line.startsWith('#'));
      assert.deepEqual(
        comments,
        draft.remarks.map(({ where, says }) => `# ${where}: ${says}`),
      );
    });
  }

  const missing = (...fields: string[]): RegExp => new RegExp(`^(${fields.join('|')}): is missing$`);

  test('of autoconfig lacks only what such a file cannot say', () => {
    const found = findings(draftOf('mail.example.xml', files['mail.example.xml']));
    assert.equal(found.length, 4);
    for (const one of found) assert.match(one, missing('kind', 'country', 'website', 'access'));
  });

  test('of provider-db lacks only what such a file cannot say', () => {
    const found = findings(draftOf('mail.example.md', files['mail.example.md']));
    assert.equal(found.length, 4);
    for (const one of found) assert.match(one, missing('short', 'kind', 'country', 'access'));
  });

  test('of an automx2 seed lacks only what such a file cannot say', () => {
    const found = findings(draftOf('seed.json', files['seed.json']));
    assert.equal(found.length, 4);
    for (const one of found) assert.match(one, missing('kind', 'country', 'website', 'access'));
  });

  test('with these added is a record in which the linter finds nothing', () => {
    const rest = {
      kind: 'freemail',
      country: 'DE',
      website: 'https://mail.example/',
      access: 'open',
      short: 'Example',
    } as const;
    for (const [file, text] of Object.entries(files)) {
      const { record } = draftOf(file, text);
      const written = draftText({ record: { ...record, ...rest, sources: { import: source } }, remarks: [] });
      const catalog = parseCatalog({ providers: [{ file: 'mail.example.yml', text: written }], lists: {} });
      assert.deepEqual(lint(catalog, today).map(sayProblem), []);
    }
  });

  test('of our own XML has nothing to remark', () => {
    assert.deepEqual(draftOf('post.xml', renderAutoconfig(answer(post), nothingKnown) ?? '').remarks, []);
  });

  test('is written whatever a stranger’s file says', () => {
    const texts = fc.oneof(
      fc.string({ unit: anyUnit, maxLength: 300 }),
      fc.constantFrom(
        '\u0001',
        '\u0085',
        '\u2028',
        'a\nb: c',
        '# x',
        '---',
        '...',
        '%YAML',
        '"',
        '\uD800',
        'x'.repeat(700_000),
      ),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const servers = [
          { type: text, [text]: 1 },
          { type: 'imap', name: text, port: text, user_name: text },
        ];
        const seed = { provider: text, domains: ['a.example', text], servers, [text]: text };
        const draft = draftOf(
          'a.json',
          JSON.stringify({ ...seed, servers: [...servers, { type: 'caldav', url: text }] }),
        );
        const file = `${draft.record.id}.yml`;
        const written = draftText(draft);
        assert.deepEqual(canonical(written, file), { text: written });
        for (const one of findings(draft)) assert.match(one, /: is missing$/);
      }),
    );
  });
});
