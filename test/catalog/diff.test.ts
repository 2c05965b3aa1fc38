import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { recordDigest } from '../../src/atlas/digest.ts';
import { changes, diffRecords, sayServer } from '../../src/catalog/diff.ts';
import type { Provider } from '../../src/provider/model.ts';
import { imap, record, smtp } from '../records.ts';

fc.configureGlobal({ seed: 35, numRuns: 200 });

const pop3 = { ...imap({ host: 'pop.mail.example', port: 995 }), protocol: 'pop3' } as const;
const submission = smtp({ port: 587, security: 'starttls' });

/** What is said of a record to which these facts were added. */
const said = (facts: Partial<Provider>, before: Partial<Provider> = {}): string[] =>
  changes(record(before), record(facts));

describe('records that differ', () => {
  const [a, b, c] = ['a.example', 'b.example', 'c.example'].map((id) => record({ id })) as [
    Provider,
    Provider,
    Provider,
  ];

  test('are told by id, whatever the order of the records', () => {
    const before = [c, record({ id: 'b.example' })];
    const after = [record({ id: 'b.example', name: 'B' }), a];
    const expected = [
      ['a.example', 'added'],
      ['b.example', 'changed'],
      ['c.example', 'removed'],
    ];
    for (const [old, now] of [
      [before, after],
      [before.toReversed(), after.toReversed()],
    ] as const)
      assert.deepEqual(
        diffRecords(old, now).map(({ id, kind }) => [id, kind]),
        expected,
      );
  });

  test('that are equal are not told', () => {
    assert.deepEqual(diffRecords([], []), []);
    assert.deepEqual(diffRecords([a, b], [b, a]), []);
    const turned = Object.fromEntries(Object.entries(a).toReversed()) as Provider;
    assert.deepEqual(diffRecords([a], [turned]), []);
  });

  test('that are new say for how many domains, and their servers', () => {
    const added = record({ domains: ['a.example', 'mail.example'], incoming: [imap({ auth: ['OAuth2', 'NTLM'] })] });
    assert.deepEqual(diffRecords([], [added]), [
      {
        id: 'mail.example',
        kind: 'added',
        says: [
          'new record for 2 domains',
          'imap imap.mail.example:993 tls, user name %EMAILADDRESS%, OAuth2 or NTLM',
          'smtp smtp.mail.example:465 tls, user name %EMAILADDRESS%, password-cleartext',
        ],
      },
    ]);
  });

  test('that are gone say for how many domains', () => {
    const says = ['the record for 1 domain is gone'];
    assert.deepEqual(diffRecords([a], []), [{ id: 'a.example', kind: 'removed', says }]);
  });

  test('whose id changed are one that is gone and one that is new', () => {
    const renamed = record({ id: 'z.example', formerly: ['a.example'] });
    assert.deepEqual(
      diffRecords([a], [renamed]).map(({ id, kind }) => `${kind} ${id}`),
      ['removed a.example', 'added z.example'],
    );
  });
});

describe('what changed in a record is told in words', () => {
  test('access', () => {
    assert.deepEqual(said({ access: 'none', incoming: [], outgoing: [] }, { incoming: [], outgoing: [] }), [
      'access was open, is none',
    ]);
  });

  test('a server that is new, one that is gone', () => {
    const line = 'pop3 pop.mail.example:995 tls, user name %EMAILADDRESS%, password-cleartext';
    assert.deepEqual(said({ incoming: [imap(), pop3] }), [`incoming: ${line} is new`]);
    assert.deepEqual(said({}, { incoming: [imap(), pop3] }), [`incoming: ${line} is gone`]);
  });

  test('a server on another host or port is another server', () => {
    assert.deepEqual(said({ outgoing: [submission] }), [
      'outgoing: smtp smtp.mail.example:465 tls, user name %EMAILADDRESS%, password-cleartext is gone',
      'outgoing: smtp smtp.mail.example:587 starttls, user name %EMAILADDRESS%, password-cleartext is new',
    ]);
    assert.equal(said({ incoming: [imap({ host: 'imap2.mail.example' })] }).length, 2);
  });

  const ways: [what: string, facts: Parameters<typeof imap>[0]][] = [
    ['security', { security: 'starttls' }],
    ['user name', { username: '%EMAILLOCALPART%' }],
    ['sign-in', { auth: ['OAuth2', 'password-cleartext'] }],
    ['order of sign-in', { auth: ['password-cleartext', 'OAuth2'] }],
  ];
  for (const [what, facts] of ways) {
    test(`the ${what} of a server`, () => {
      const [before, after] = [imap(), imap(facts)];
      assert.deepEqual(said({ incoming: [after] }), [`incoming: ${sayServer(before)} is now ${sayServer(after)}`]);
    });
  }

  test('the order of servers, which is preference', () => {
    const [one, two] = [
      [imap(), pop3],
      [pop3, imap()],
    ];
    assert.deepEqual(said({ incoming: two }, { incoming: one }), ['incoming: the order of preference changed']);
  });

  test('not the order, where only a server was put in between or taken out', () => {
    assert.equal(
      said({ incoming: [imap({ port: 143, security: 'starttls' }), imap(), pop3] }, { incoming: [imap(), pop3] })
        .length,
      1,
    );
    assert.equal(said({ outgoing: [submission] }, { outgoing: [smtp(), submission] }).length, 1);
  });

  test('what a person is told about a server, and who says so', () => {
    const ask = { username: 'ask', hint: { en: 'Your number' } };
    const sources = { help: { url: 'https://mail.example/help' }, list: { list: 'a/b', revision: '1234567' } };
    assert.deepEqual(
      said({ incoming: [imap({ ...ask, hint: { en: 'Your customer number' } })] }, { incoming: [imap(ask)] }),
      ['incoming: hint of imap imap.mail.example:993 changed'],
    );
    assert.deepEqual(said({ outgoing: [smtp({ sources: ['list', 'help'] })], sources }, { sources }), [
      'outgoing: sources of smtp smtp.mail.example:465 changed',
    ]);
  });

  test('domains and MX patterns, as sets', () => {
    const before = { domains: ['a.example', 'b.example', 'mail.example'], mx: ['*.mx.example'] };
    assert.deepEqual(said({ domains: ['*.c.example', 'mail.example'], mx: ['*.mx.example'] }, before), [
      '1 domain more: *.c.example',
      '2 domains less: a.example, b.example',
    ]);
    assert.deepEqual(said({ domains: before.domains, mx: ['a.mx.example', 'b.mx.example'] }, before), [
      '2 MX patterns more: a.mx.example, b.mx.example',
      '1 MX pattern less: *.mx.example',
    ]);
    assert.deepEqual(said({ domains: before.domains }, before), ['1 MX pattern less: *.mx.example']);
    assert.deepEqual(said({ domains: before.domains.toReversed() }, { domains: before.domains }), []);
  });

  test('short fields in full, longer ones by name', () => {
    const documentation = [{ url: 'https://mail.example/help', lang: 'de', about: 'imap' }] as const;
    assert.deepEqual(said({ name: 'Mail', country: 'AT' }), [
      'name was Example Mail, is Mail',
      'country was DE, is AT',
    ]);
    assert.deepEqual(said({ webmail: 'https://web.mail.example/' }), ['webmail is new: https://web.mail.example/']);
    assert.deepEqual(said({}, { operator: 'machines.example' }), ['operator is gone: machines.example']);
    assert.deepEqual(said({ documentation: [...documentation] }), ['documentation is new']);
    assert.deepEqual(said({}, { documentation: [...documentation] }), ['documentation is gone']);
    assert.deepEqual(said({ sources: { help: { url: 'https://mail.example/other' } } }), ['sources changed']);
  });

  test('in the order in which it hurts: access, servers, domains, the rest', () => {
    const after = record({
      name: 'B',
      access: 'closed',
      domains: ['b.example', 'mail.example'],
      mx: ['*.mx.example'],
      incoming: [],
      outgoing: [submission],
    });
    const words = changes(record(), after).map((line) => line.replace(/^(\S+ \S+).*/, '$1'));
    const expected = [
      'access was',
      'incoming: imap',
      'outgoing: smtp',
      'outgoing: smtp',
      '1 domain',
      '1 MX',
      'name was',
    ];
    assert.deepEqual(words, expected);
  });
});

test('whatever differs is told, and nothing is told where nothing differs', () => {
  const maybe = <T>(value: T) => fc.option(fc.constant(value), { nil: undefined });
  const server = fc.record({
    host: fc.constantFrom('imap.mail.example', 'imap2.mail.example'),
    username: fc.constantFrom('%EMAILADDRESS%', 'ask'),
    auth: fc.constantFrom<Provider['incoming'][number]['auth'][]>(['OAuth2'], ['NTLM', 'OAuth2']),
    hint: maybe({ en: 'Your number' }),
    sources: fc.constantFrom<string[][]>(['help'], ['list', 'help']),
  });
  const facts = fc.record({
    name: fc.constantFrom('A', 'B'),
    webmail: maybe('https://web.mail.example/'),
    mx: maybe(['*.mx.example']),
    domains: fc.constantFrom<string[][]>(['mail.example'], ['a.example', 'mail.example']),
    incoming: fc
      .uniqueArray(server, { selector: ({ host }) => host, maxLength: 2 })
      .map((all) => all.map(({ hint, ...rest }) => imap({ ...rest, ...(hint && { hint }) }))),
  });
  const provider = facts.map(({ webmail, mx, ...rest }) =>
    record({ ...rest, ...(webmail && { webmail }), ...(mx && { mx }) }),
  );
  fc.assert(
    fc.property(provider, provider, (before, after) => {
      const told = diffRecords([before], [after]);
      assert.equal(told.length, recordDigest(before) === recordDigest(after) ? 0 : 1);
      for (const { says } of told) for (const clause of says) assert.match(clause, /^[\p{Ll}\d].*[^.]$/u);
    }),
  );
});
