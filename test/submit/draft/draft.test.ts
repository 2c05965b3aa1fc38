import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { parseProvider } from '../../../src/catalog/catalog.ts';
import { renderAutoconfig } from '../../../src/formats/autoconfig/render.ts';
import type { Domain } from '../../../src/name/domain.ts';
import { nothingKnown, type Provider } from '../../../src/provider/model.ts';
import { readDraft, readXmlDraft } from '../../../src/submit/draft/draft.ts';
import { mistakeCodes } from '../../../src/submit/draft/mistake.ts';
import { german } from '../../../src/submit/draft/shape.ts';
import { imap, record, smtp } from '../../records.ts';

fc.configureGlobal({ seed: 6, numRuns: 300 });

const served = record({ services: [{ protocol: 'caldav', url: 'https://dav.mail.example/', ...imapSignIn() }] });
const known = (id: string): Provider | undefined => (id === served.id ? served : undefined);

function imapSignIn() {
  const { username, auth, sources } = imap();
  return { username, auth, sources };
}

/** As little as a stranger can say of a new provider. */
const little = {
  kind: 'new',
  record: {
    id: 'New.Example.',
    name: 'New Mail',
    kind: 'hosting',
    country: 'DE',
    website: 'https://new.example/',
    domains: ['new.example', 'Bücher.example', 'new.example'],
    incoming: [{ protocol: 'imap', host: 'IMAP.new.example', port: 993 }],
    outgoing: [{ protocol: 'smtp', host: 'smtp.new.example', security: 'starttls' }],
  },
};

function read(body: unknown) {
  return readDraft(typeof body === 'string' ? body : JSON.stringify(body), known);
}
function mistakesOf(body: unknown): string[] {
  const result = read(body);
  return 'mistakes' in result ? result.mistakes.map(({ at, code }) => `${at} ${code}`) : [];
}
const withRecord = (facts: object) => ({ ...little, record: { ...little.record, ...facts } });

describe('a draft in JSON', () => {
  test('may leave out what follows from the rest, and write names as people do', () => {
    const result = read(little);
    assert.ok('draft' in result, JSON.stringify(result));
    const { record: made, ...rest } = result.draft;
    assert.deepEqual(rest, { kind: 'new', id: 'new.example', reason: '', language: 'en' });
    const signIn = { username: '%EMAILADDRESS%', auth: ['password-cleartext'], sources: ['provider'] };
    assert.deepEqual(made, {
      ...little.record,
      id: 'new.example',
      short: 'New Mail',
      access: 'open',
      domains: ['new.example', 'xn--bcher-kva.example'],
      incoming: [{ protocol: 'imap', host: 'imap.new.example', port: 993, security: 'tls', ...signIn }],
      outgoing: [{ protocol: 'smtp', host: 'smtp.new.example', port: 587, security: 'starttls', ...signIn }],
      sources: { provider: { url: 'https://new.example/' } },
    });
    assert.ok(result.remarks.some(({ where }) => where === 'outgoing[0].port'));
  });

  test('names as its source the first page that it gives, which nobody has read yet', () => {
    const documentation = [{ url: 'https://new.example/help', lang: 'en', about: 'imap' }];
    const result = read(withRecord({ documentation }));
    assert.ok('draft' in result);
    assert.deepEqual(result.draft.record?.sources, { provider: { url: 'https://new.example/help' } });
  });

  test('that is a whole record comes out as it is', () => {
    const result = read({ kind: 'change', record: served, reason: ' Port.\nSee https://mail.example/help ' });
    assert.ok('draft' in result);
    assert.deepEqual(result.draft.record, served);
    assert.deepEqual(result.remarks, []);
    assert.equal(result.draft.reason, 'Port.\nSee https://mail.example/help');
  });

  test('has an address for notices beside it, never in it', () => {
    const result = read({ ...little, contact: ' Anna <anna@New.Example> ', language: 'de' });
    assert.ok('draft' in result);
    assert.equal(result.contact, 'anna@new.example');
    assert.equal(JSON.stringify(result.draft).includes('anna'), false);
    assert.equal(result.draft.language, 'de');
    for (const contact of [
      'anna',
      'new.example',
      'a@b.example\r\nBcc: c@d.example',
      '"a b"@new.example',
      'a@localhost',
    ])
      assert.deepEqual(mistakesOf({ ...little, contact }), ['/contact contact'], contact);
  });

  const cases: [what: string, body: unknown, ...mistakes: string[]][] = [
    ['no JSON', '{"kind": "new",\n "record": {]', ' json'],
    ['a list', '[]', ' type'],
    ['a megabyte', `{"reason": "${'x'.repeat(1024 * 1024)}"}`, ' too-large'],
    [
      'lists in lists',
      `{"kind":"new","record":${'['.repeat(5000)}${']'.repeat(5000)}}`,
      '/record/0/0/0/0/0/0/0/0/0/0/0 too-deep',
    ],
    [
      'thousands of values',
      { ...little, record: { domains: Array.from({ length: 6000 }, () => 1) } },
      '/record/domains/4996 too-many',
    ],
    ['a key that stands twice', '{"kind":"new","kind":"remove"}', '/kind duplicate-key'],
    [
      'a key that stands twice, one of them escaped',
      '{"kind":"new","record":{"id":"a.example","\\u0069d":"b.example"}}',
      '/record/id duplicate-key',
    ],
    ['the prototype', '{"kind":"new","record":{"__proto__":{"access":"open"}}}', '/record/__proto__ forbidden-key'],
    [
      'a constructor',
      '{"kind":"new","record":{"sources":{"constructor":{}}}}',
      '/record/sources/constructor forbidden-key',
    ],
    ['half a character', '{"kind":"new","reason":"\\ud800"}', '/reason broken'],
    ['NUL', '{"kind":"new","record":{"name":"a\\u0000b"}}', '/record/name broken'],
    ['an infinite number', '{"kind":"new","record":{"incoming":[{"port":1e999}]}}', '/record/incoming/0/port number'],
    [
      'a number that is not what it was',
      '{"kind":"new","record":{"incoming":[{"port":9007199254740993}]}}',
      '/record/incoming/0/port number',
    ],
    ['an unknown field', { ...little, state: 'published' }, '/state unknown-field'],
    ['an unknown field of the record', withRecord({ client_secret: 'x' }), '/record/client_secret unknown-field'],
    ['an unknown kind', { ...little, kind: 'publish' }, '/kind choice'],
    [
      'nothing of what only the provider knows',
      { kind: 'new', record: { id: 'new.example' } },
      '/record/name missing',
      '/record/short missing',
      '/record/kind missing',
      '/record/country missing',
      '/record/website missing',
      '/record/incoming missing',
      '/record/outgoing missing',
    ],
    [
      'several mistakes at once',
      withRecord({ country: 'de', webmail: 'http://new.example/', kind: 'x' }),
      '/record/webmail link',
    ],
    [
      'mistakes of shape',
      withRecord({ country: 'de', webmail: 'new.example', kind: 'x', domains: 7 }),
      '/record/kind choice',
      '/record/country form',
      '/record/webmail form',
      '/record/domains type',
    ],
    [
      'more domains than anybody has',
      withRecord({ domains: Array.from({ length: 501 }, (_, i) => `d${i}.example`) }),
      '/record/domains too-many',
    ],
    [
      'an endless list',
      withRecord({ documentation: Array.from({ length: 31 }, () => ({})) }),
      '/record/documentation too-many',
    ],
    ['a host of one label', withRecord({ incoming: [imap({ host: 'localhost' })] }), '/record/incoming/0/host form'],
    [
      'an address by IPv6',
      withRecord({ incoming: [imap({ host: '::ffff:10.0.0.1' })] }),
      '/record/incoming/0/host form',
    ],
    ['a wildcard in the middle', withRecord({ domains: ['new.example', 'a.*.example'] }), '/record/domains/1 form'],
    ['an id that is a path', { ...little, id: '../../etc/passwd' }, '/id form'],
    ['an id that is not the record’s', { ...little, id: 'other.example' }, '/record/id other-id'],
    ['a new record that is there already', { kind: 'new', record: served }, '/kind served'],
    ['a change of what is not there', { ...little, kind: 'change' }, '/id unserved'],
    ['a removal without a reason', { kind: 'remove', id: 'mail.example' }, '/reason no-reason'],
    ['a report of nothing', { kind: 'report', reason: 'wrong' }, '/id missing'],
    [
      'a removal with a record',
      { kind: 'remove', id: 'mail.example', reason: 'ours', record: served },
      '/record not-wanted',
    ],
    ['a change without a record', { kind: 'change', id: 'mail.example' }, '/record no-record'],
    ['a reason of a book', { ...little, reason: 'x'.repeat(2001) }, '/reason too-long'],
  ];
  for (const [what, body, ...mistakes] of cases)
    test(`is refused: ${what}`, () => assert.deepEqual(mistakesOf(body), mistakes));

  const texts: [what: string, text: string, code: string][] = [
    ['HTML', '<b>New</b> Mail', 'html'],
    ['an end tag', 'New</title>', 'html'],
    ['a character reference', 'New &#x3c;b', 'html'],
    ['a line break', 'New\nMail', 'control'],
    ['an escape sequence', 'New \u001b[31mMail', 'control'],
    ['text that runs backwards', 'New \u202elia\u202cM', 'invisible'],
    ['a zero-width space', 'Ne\u200bw', 'invisible'],
    ['a soft hyphen', 'Ne\u00adw', 'invisible'],
    ['a tag character', 'New\u{e0041}', 'invisible'],
    ['a letter that shows nothing', 'New\u3164', 'invisible'],
    ['a private character', 'New \ue000', 'broken'],
    ['a tower of accents', 'Ne\u0301\u0302\u0303\u0304w', 'marks'],
    ['a script', 'javascript:alert(1)', 'link'],
    ['a link without TLS', 'http://new.example', 'link'],
    ['inline data', 'data:text/html,x', 'link'],
  ];
  for (const [what, text, code] of texts)
    test(`takes no text with ${what}, wherever it stands`, () => {
      const places: [object, string][] = [
        [withRecord({ name: text }), '/record/name'],
        [withRecord({ incoming: [{ ...imap(), hint: { de: text } }] }), '/record/incoming/0/hint/de'],
        [withRecord({ setup: [{ kind: 'note', when: 'always', term: { en: text } }] }), '/record/setup/0/term/en'],
        [withRecord({ sources: { a: { url: 'https://new.example/', says: text } } }), '/record/sources/a/says'],
        [withRecord({ decisions: [{ field: 'x', chosen: text }] }), '/record/decisions/0/chosen'],
        [{ ...little, reason: text.replace('\n', '\v') }, '/reason'],
      ];
      for (const [body, at] of places) assert.deepEqual(mistakesOf(body), [`${at} ${code}`]);
    });

  test('may say what people say', () => {
    for (const reason of [
      'a < b && c > d',
      'See https://new.example/hilfe?x=1&y=2.',
      'Größe: 5 %',
      'data: as before',
      'メール\r\nالبريد',
    ])
      assert.deepEqual(mistakesOf({ ...little, reason }), [], reason);
  });

  test('whatever is sent is a draft or mistakes, each with a place and two sentences', () => {
    const anyText = fc.string({ unit: 'binary', maxLength: 40 });
    const body = fc.oneof(
      anyText,
      fc.json(),
      fc
        .dictionary(fc.constantFrom(...Object.keys(little.record)), fc.jsonValue())
        .map((facts) => JSON.stringify(withRecord(facts))),
      anyText.map((name) => JSON.stringify(withRecord({ name }))),
    );
    fc.assert(
      fc.property(body, (text) => {
        const result = readDraft(text, known);
        if ('draft' in result) return;
        assert.ok(result.mistakes.length > 0);
        for (const { at, says } of result.mistakes) {
          assert.match(at, /^(\/.*)?$/);
          for (const sentence of [says.en, says.de]) assert.match(sentence, /^[\p{Lu}„].*[.!?:]?$/su);
          assert.doesNotMatch(`${at}${says.en}${says.de}`, /[\p{Cc}\p{Cf}\p{Cs}]/u);
        }
      }),
    );
  });
});

const beside = { country: 'DE', provider: 'hosting', website: 'https://new.example/' };
const xml = (servers: string, id = 'new.example', more = '') =>
  `<clientConfig version="1.1"><emailProvider id="${id}"><domain>${id}</domain><displayName>New Mail</displayName>${servers}</emailProvider>${more}</clientConfig>`;
const server = (type: string, host: string, port: number, socket: string) =>
  `<${type === 'smtp' ? 'outgoing' : 'incoming'}Server type="${type}"><hostname>${host}</hostname><port>${port}</port><socketType>${socket}</socketType><username>%EMAILADDRESS%</username><authentication>password-cleartext</authentication></${type === 'smtp' ? 'outgoing' : 'incoming'}Server>`;
const both = server('imap', 'imap.new.example', 993, 'SSL') + server('smtp', 'smtp.new.example', 587, 'STARTTLS');

describe('a draft in autoconfig XML', () => {
  test('is a new record, with what such a file does not say given beside it', () => {
    const result = readXmlDraft(xml(both), { ...beside, documentation: 'https://new.example/help' }, known);
    assert.ok('draft' in result, JSON.stringify(result));
    const { kind, id, record: made } = result.draft;
    assert.deepEqual(
      [kind, id, made?.name, made?.country, made?.kind],
      ['new', 'new.example', 'New Mail', 'DE', 'hosting'],
    );
    assert.deepEqual(made?.sources, { provider: { url: 'https://new.example/help' } });
    assert.deepEqual(
      made?.outgoing.map(({ port, security }) => `${port} ${security}`),
      ['587 starttls'],
    );
  });

  test('changes a served record only in what the file can say', () => {
    const servers = server('imap', 'imap.mail.example', 993, 'SSL') + server('smtp', 'smtp2.mail.example', 465, 'SSL');
    const result = readXmlDraft(
      xml(servers, 'mail.example', '').replace('</domain>', '</domain><domain>More.Example</domain>'),
      {},
      known,
    );
    assert.ok('draft' in result, JSON.stringify(result));
    assert.equal(result.draft.kind, 'change');
    assert.deepEqual(result.draft.record, {
      ...served,
      domains: ['mail.example', 'more.example'],
      outgoing: [smtp({ host: 'smtp2.mail.example', sources: ['provider'] })],
      sources: { ...served.sources, provider: { url: 'https://mail.example/' } },
    });
  });

  test('says what is missing beside it, and what in it cannot be used', () => {
    const codes = (text: string, more: Record<string, string> = beside) => {
      const result = readXmlDraft(text, more, known);
      return 'mistakes' in result ? result.mistakes.map(({ at, code }) => `${at} ${code}`) : [];
    };
    assert.deepEqual(codes(xml(both), {}), [
      '/record/kind missing',
      '/record/country missing',
      '/record/website missing',
    ]);
    assert.deepEqual(codes(xml(server('imap', '127.0.0.1', 993, 'SSL'))), ['incomingServer[imap] element']);
    assert.deepEqual(codes(xml(both.replace('imap.new.example', 'localhost'))), ['incomingServer[imap] element']);
    assert.deepEqual(codes('<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>' + xml(both)), [' xml']);
    assert.deepEqual(codes('<!DOCTYPE x SYSTEM "file:///etc/passwd">' + xml(both)), [' xml']);
    assert.deepEqual(codes('<html/>'), [' xml']);
    assert.deepEqual(codes(`${xml(both)}${' '.repeat(10 * 1024 * 1024)}`), [' too-large']);
    assert.deepEqual(codes(xml(both).replace('New Mail', '&lt;script&gt;')), ['/record/name html']);
    assert.deepEqual(codes(xml(both), { ...beside, country: 'Germany', more: 'x' }), [
      '/country form',
      '/more unknown-field',
    ]);
  });
});

test('whatever is sent as XML is a draft or mistakes, however it was damaged', () => {
  const whole = xml(both);
  const damage = fc.record({
    at: fc.nat(whole.length),
    drop: fc.nat(40),
    put: fc.string({ unit: 'binary', maxLength: 20 }),
  });
  const beyond = fc.constantFrom('<a>'.repeat(9000), '<!--'.repeat(9000), '&#0;', '<x '.repeat(9000), ']]>', '<?xml?>');
  fc.assert(
    fc.property(damage, fc.option(beyond, { nil: '' }), ({ at, drop, put }, more) => {
      const result = readXmlDraft(whole.slice(0, at) + put + more + whole.slice(at + drop), beside, known);
      assert.ok('draft' in result || result.mistakes.length > 0);
    }),
  );
});

describe('what is served already', () => {
  const folder = new URL('../../../data/providers/', import.meta.url);
  const shipped = readdirSync(folder).flatMap(
    (file) => parseProvider({ file, text: readFileSync(new URL(file, folder), 'utf8') }).value ?? [],
  );

  test('can be sent as a change just as it is: the bounds and the rules for texts fit every record', () => {
    assert.ok(shipped.length > 200);
    for (const one of shipped) {
      const result = readDraft(JSON.stringify({ kind: 'change', record: one }), () => one);
      assert.ok('draft' in result, `${one.id}: ${JSON.stringify(result)}`);
      assert.deepEqual(result.draft.record, one);
    }
  });

  test('can be sent in our own XML', () => {
    for (const one of shipped.filter(({ access, mx, domains }) => access === 'open' && !mx && domains.length > 0)) {
      const answer = { domain: one.id as Domain, provider: one, matchedBy: 'domain' } as const;
      const result = readXmlDraft(renderAutoconfig(answer, nothingKnown) ?? '', {}, () => one);
      assert.ok('draft' in result, `${one.id}: ${JSON.stringify(result)}`);
      assert.deepEqual(
        [result.draft.record?.incoming, result.draft.record?.setup, result.draft.record?.sources],
        [one.incoming, one.setup, one.sources],
      );
    }
  });
});

test('every form that the schema demands has its German sentence, and every mistake both languages', () => {
  const sources = ['schema.ts', 'fields.ts'].map((file) =>
    readFileSync(new URL(`../../../src/provider/${file}`, import.meta.url), 'utf8'),
  );
  const said = [...sources.join('').matchAll(/'(must (?:be|not)[^']*)'/g)].map(([, text]) => text ?? '');
  assert.deepEqual(
    [...new Set(said)].filter((text) => !(text in german)),
    [],
  );
  assert.ok(mistakeCodes.length > 20);
});
