import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { authenticOf, speaksFor } from '../../src/provider/parties.ts';
import { record } from '../records.ts';

const own = record({
  domains: ['*.briefe.example', 'mail.example'],
  operator: 'machines.example',
  website: 'https://www.company.example/',
});

describe('Whoever speaks for a record', () => {
  for (const host of ['help.mail.example', 'mail.example', 'a.briefe.example', 'machines.example', 'company.example']) {
    test(`${host}: its domains, its operator, its site`, () => assert.ok(speaksFor(host, own)));
  }
  for (const host of ['example', 'notmail.example', 'mail.example.evil.example', '127.0.0.1', 'co.uk']) {
    test(`not ${host}`, () => assert.ok(!speaksFor(host, own)));
  }
});

describe('A server is authentic', () => {
  const said = { says: 'imap.mail.example' };
  const of = (...sources: string[]) => authenticOf({ sources }, { ...own, sources: all });
  const all = {
    old: { url: 'https://mail.example/old', seen: '2024', ...said },
    help: { url: 'https://mail.example/help', seen: '2026-11-19', ...said },
    undated: { dns: 'mx.mail.example', ...said },
    unread: { url: 'https://mail.example/faq', seen: '2026-11-20' },
    stranger: { url: 'https://blog.example/imap', seen: '2026-11-20', ...said },
    list: { list: 'somebody/list', revision: 'abcd', ...said },
  };

  test('by the newest page of the provider that somebody has read', () => {
    assert.deepEqual(of('old', 'help', 'stranger', 'unread'), { source: 'help', at: '2026-11-19' });
  });
  test('of two that are as new, by the one that the record names first', () => {
    const again = { ...all, faq: { ...all.help, url: 'https://mail.example/faq' } };
    const first = (...sources: string[]) => authenticOf({ sources }, { ...own, sources: again })?.source;
    assert.deepEqual([first('help', 'faq'), first('faq', 'help')], ['help', 'faq']);
  });
  test('also where nobody wrote down the day', () => {
    assert.deepEqual(of('undated', 'list'), { source: 'undated', at: null });
  });
  test('not by a page that nobody read, a stranger’s page or a list', () => {
    assert.equal(of('unread', 'stranger', 'list'), undefined);
  });
});
