import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Domain } from '../../src/name/domain.ts';
import type { AddressAnswer, NameServerAnswer } from '../../src/net/dns/resolver.ts';
import { nameChange, remembered, sayAlarm } from '../../src/verify/quarantine.ts';

const noon = '2026-11-20T12:00:00.000Z';
const one = '2026-11-20T13:00:00.000Z';
const before = { servers: ['ns1.a.example', 'ns2.a.example'] as Domain[], at: noon };

const servers = (...names: string[]): NameServerAnswer => ({ kind: 'servers', servers: names as Domain[] });
const gone = { kind: 'none', exists: false } as const;
const there: AddressAnswer = { kind: 'addresses', addresses: ['192.0.2.1'] };

describe('The name servers of a domain', () => {
  test('that are the same say nothing', () => {
    assert.deepEqual(nameChange(before, servers('ns1.a.example', 'ns2.a.example'), undefined, one), {
      kind: 'unchanged',
    });
  });

  test('that are seen for the first time are remembered', () => {
    const change = nameChange(undefined, servers('ns1.a.example'), undefined, one);
    assert.equal(change.kind, 'first-seen');
    assert.deepEqual(remembered(undefined, change, one), { servers: ['ns1.a.example'], at: one });
  });

  for (const now of [
    ['ns2.a.example', 'ns3.a.example'],
    ['ns1.a.example'],
    ['ns1.a.example', 'ns2.a.example', 'ns.b.example'],
  ]) {
    test(`of which some stay are the owner’s work: ${now.join(', ')}`, () => {
      const change = nameChange(before, servers(...now), undefined, one);
      assert.equal(change.kind, 'some-changed');
      assert.deepEqual(remembered(before, change, one).servers, now);
    });
  }

  test('that all changed are an alarm; they are taken over, so that a person can lift it for good', () => {
    const change = nameChange(before, servers('ns1.b.example'), undefined, one);
    assert.equal(change.kind, 'all-changed');
    const after = remembered(before, change, one);
    assert.equal(nameChange(after, servers('ns1.b.example'), undefined, one).kind, 'unchanged');
  });
});

describe('A domain that is not there', () => {
  test('is an alarm when it was not there an hour ago, and not before', () => {
    const first = nameChange(before, gone, gone, noon);
    assert.deepEqual(first, { kind: 'missing', since: noon });
    const missing = remembered(before, first, noon);
    assert.equal(nameChange(missing, gone, gone, '2026-11-20T12:59:59.000Z').kind, 'missing');
    assert.deepEqual(nameChange(missing, gone, gone, one), { kind: 'gone', since: noon });
  });

  test('and comes back with its name servers was a slip', () => {
    const missing = { ...before, missingSince: noon };
    const change = nameChange(missing, servers('ns1.a.example', 'ns2.a.example'), undefined, one);
    assert.deepEqual(remembered(missing, change, one), { ...before, at: one });
  });

  test('and comes back with others belongs to somebody else', () => {
    const missing = { ...before, missingSince: noon };
    assert.equal(nameChange(missing, servers('ns.parking.example'), undefined, one).kind, 'all-changed');
  });
});

describe('Nothing follows', () => {
  const unclear: Record<string, [NameServerAnswer, AddressAnswer | undefined]> = {
    'from a time-out': [{ kind: 'failed', why: 'timeout' }, undefined],
    'from a server that cannot tell': [{ kind: 'failed', why: 'server-failure' }, undefined],
    'for a hoster’s customer, which is no zone of its own': [{ kind: 'none', exists: true }, undefined],
    'where DNS contradicts itself': [gone, there],
    'where the second question fails': [gone, { kind: 'failed', why: 'timeout' }],
  };
  for (const [sentence, [answer, addresses]] of Object.entries(unclear)) {
    test(sentence, () => {
      const change = nameChange({ ...before, missingSince: noon }, answer, addresses, one);
      assert.deepEqual(change, { kind: 'unclear' });
      assert.deepEqual(remembered({ ...before, missingSince: noon }, change, one), {
        ...before,
        missingSince: noon,
        at: one,
      });
    });
  }
});

test('An alarm is a sentence that says what was seen', () => {
  const domain = 'mail.example' as Domain;
  assert.equal(
    sayAlarm(domain, { kind: 'all-changed', before: before.servers, servers: ['ns.b.example' as Domain] }, 'en'),
    'All name servers of mail.example are others: they were ns1.a.example, ns2.a.example, they are ns.b.example.',
  );
  assert.equal(
    sayAlarm(domain, { kind: 'gone', since: noon }, 'de'),
    'Die Domain mail.example gibt es seit 2026-11-20 nicht mehr.',
  );
});
