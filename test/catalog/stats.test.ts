import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { stats } from '../../src/catalog/stats.ts';
import type { Provider, Source } from '../../src/provider/model.ts';
import { curated, handler, imap, leftOut, record, smtp } from '../records.ts';

describe('stats', () => {
  test('count nothing where there is nothing', () => {
    assert.deepEqual(stats(curated()), {
      providers: 0,
      domains: 0,
      wildcards: 0,
      mxPatterns: 0,
      leftOut: 0,
      access: {},
      kinds: {},
      countries: {},
      servers: {},
      auth: {},
      backing: {},
      decisions: 0,
      oldestSeen: null,
    });
  });

  test('tell domains from wildcards, and count MX patterns of records only', () => {
    const providers = [
      record({ id: 'a.example', domains: ['*.a.example', 'a.example', 'aa.example'], mx: ['*.mx.a.example'] }),
      record({ id: 'b.example', domains: [], mx: ['mx1.b.example', 'mx2.b.example'] }),
    ];
    const { domains, wildcards, mxPatterns, ...rest } = stats(
      curated({ providers, leftOut: [leftOut('gone.example')], others: [handler('gateway', '*.filter.example')] }),
    );
    assert.deepEqual({ domains, wildcards, mxPatterns }, { domains: 2, wildcards: 1, mxPatterns: 3 });
    assert.deepEqual([rest.providers, rest.leftOut], [2, 1]);
  });

  test('count records by access, kind and country', () => {
    const providers = [
      record({ id: 'a.example', kind: 'isp', country: 'AT' }),
      record({ id: 'b.example', kind: 'isp', country: 'DE' }),
      record({ id: 'c.example', kind: 'privacy', country: 'DE', access: 'none', incoming: [], outgoing: [] }),
    ];
    const { access, kinds, countries } = stats(curated({ providers }));
    assert.deepEqual(
      { access, kinds, countries },
      {
        access: { open: 2, none: 1 },
        kinds: { isp: 2, privacy: 1 },
        countries: { DE: 2, AT: 1 },
      },
    );
  });

  test('count servers by protocol, port and security, and every sign-in method of each', () => {
    const starttls = { port: 587, security: 'starttls' } as const;
    const provider = record({
      incoming: [imap({ auth: ['OAuth2', 'password-cleartext'] })],
      outgoing: [smtp(), smtp(starttls), smtp({ ...starttls, host: 'smtp2.mail.example' })],
    });
    const { servers, auth } = stats(curated({ providers: [provider] }));
    assert.deepEqual(servers, { 'smtp 587 starttls': 2, 'imap 993 tls': 1, 'smtp 465 tls': 1 });
    assert.deepEqual(auth, { 'password-cleartext': 4, OAuth2: 1 });
  });

  test('name the most frequent first, and equally frequent ones by the alphabet', () => {
    const countries = ['NL', 'DE', 'CH', 'DE', 'AT', 'CH', 'DE'];
    const providers = countries.map((country, i) => record({ id: `p${i}.example`, country }));
    assert.deepEqual(Object.entries(stats(curated({ providers })).countries), [
      ['DE', 3],
      ['CH', 2],
      ['AT', 1],
      ['NL', 1],
    ]);
  });

  test('count decisions, and find the oldest day on which a page was seen', () => {
    const decision = { field: 'auth', chosen: 'a', rejected: 'b', because: 'c' };
    const seen = (day: string): Provider['sources'] => ({ help: { url: 'https://a.example/', seen: day, says: 'x' } });
    const providers = [
      record({ id: 'a.example', decisions: [decision, decision], sources: seen('2026-11-20') }),
      record({ id: 'b.example', decisions: [decision], sources: seen('2012-04') }),
      record({ id: 'c.example' }),
    ];
    const { decisions, oldestSeen } = stats(curated({ providers }));
    assert.deepEqual({ decisions, oldestSeen }, { decisions: 3, oldestSeen: '2012-04' });
  });
});

describe('the evidence of a server is its best source', () => {
  const url = 'https://mail.example/help';
  const read: Source = { url, says: 'imap.mail.example 993' };
  const linked: Source = { url };
  const list: Source = { list: 'one/list', revision: '1111111' };
  const other: Source = { list: 'other/list', revision: '2222222' };

  const cases: [why: string, sources: Source[], backing: string][] = [
    ['a page that says something beats lists', [list, other, read], 'read'],
    ['so does an autoconfig file', [{ autoconfig: url, says: 'the same' }], 'read'],
    ['and DNS', [{ dns: 'mail.example', says: 'SRV 993' }], 'read'],
    ['two lists beat one', [list, other], 'several-lists'],
    ['a page that was only linked adds nothing to lists', [list, linked], 'one-list'],
    ['a list is no page that was read, even with its own words', [{ ...list, says: '993' }], 'one-list'],
    ['a page that nobody read is the least', [linked], 'page-not-read'],
    ['a source that the record does not have counts for nothing', [], 'page-not-read'],
  ];
  for (const [why, sources, evidence] of cases) {
    test(why, () => {
      const keys = sources.map((_, i) => `source-${i}`);
      const provider = {
        ...record(),
        incoming: [imap({ sources: keys.length > 0 ? keys : ['nowhere'] })],
        outgoing: [],
        sources: Object.fromEntries(sources.map((source, i) => [`source-${i}`, source])),
      };
      assert.deepEqual(stats(curated({ providers: [provider] })).backing, { [evidence]: 1 });
    });
  }

  test('each server is counted by its own sources', () => {
    const provider = record({
      incoming: [imap({ sources: ['help'] })],
      outgoing: [smtp({ sources: ['list'] })],
      sources: { help: read, list },
    });
    const { backing } = stats(curated({ providers: [provider] }));
    assert.deepEqual(backing, { read: 1, 'one-list': 1 });
  });
});
