import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { backingOf } from '../../src/catalog/backing.ts';
import { type Seen, worklist } from '../../src/catalog/todo.ts';
import { endpointKey, type Provider, type Source, type Statuses, type StatusName } from '../../src/provider/model.ts';
import { imap, record, smtp } from '../records.ts';

const today = '2026-11-20';
const none: ReadonlyMap<string, string> = new Map();
const unseen: Seen = { statuses: new Map(), differing: new Map() };

const url = 'https://mail.example/help';
const read: Source = { url, seen: '2026-01', says: 'imap 993, smtp 465' };
const linked: Source = { url };
const list: Source = { list: 'one/list', revision: '1111111' };
const other: Source = { list: 'other/list', revision: '2222222' };

/** A record whose two servers rest on these sources. */
const resting = (incoming: readonly Source[], outgoing = incoming, facts: Partial<Provider> = {}): Provider => {
  const sources = Object.fromEntries([...incoming, ...outgoing].map((source, i) => [`s${i}`, source]));
  const keys = Object.keys(sources);
  return record({
    incoming: [imap({ sources: keys.slice(0, incoming.length) })],
    outgoing: [smtp({ sources: keys.slice(incoming.length) })],
    sources,
    ...facts,
  });
};

const says = (provider: Provider, until?: string): readonly string[] =>
  worklist([provider], unseen, until === undefined ? none : new Map([[provider.id, until]]), today)[0]?.says ?? [];
const weight = (provider: Provider, until?: string): number =>
  worklist([provider], unseen, until === undefined ? none : new Map([[provider.id, until]]), today)[0]?.weight ?? 0;

describe('what is to be done', () => {
  test('is nothing where a page of these years was read for every server', () => {
    assert.deepEqual(worklist([resting([read])], unseen, none, today), []);
    assert.deepEqual(worklist([], unseen, none, today), []);
  });

  test('is nothing for servers that a record does not have', () => {
    const closed = record({ access: 'none', incoming: [], outgoing: [], sources: { read } });
    assert.deepEqual(worklist([closed], unseen, none, today), []);
  });

  for (const [what, sources, clause] of [
    ['a single list', [list], 'rest on a single list: find a second witness'],
    ['one list twice', [list, { ...list, revision: '3333333' }], 'rest on a single list: find a second witness'],
    ['several lists', [list, other], 'rest on lists alone: find the provider’s own page'],
    ['a page that nobody has read', [linked], 'rest on a page that nobody has read: read it'],
  ] as const) {
    test(`is a better source for servers that rest on ${what}`, () => {
      assert.deepEqual(says(resting(sources)), [`imap 993, smtp 465 ${clause}`]);
      assert.deepEqual(says(resting([read], sources)), [`smtp 465 ${clause}`]);
    });
  }

  for (const [status, clause] of [
    ['failing', 'fail: find what the provider has changed'],
    ['dead', 'have been dead for weeks: close the record, or find the new servers'],
    ['degraded', 'work with a warning: see why'],
    ['verified', undefined],
    ['unverified', undefined],
  ] as const) {
    test(`for a server that is ${status} is ${clause ?? 'nothing'}`, () => {
      const provider = resting([read]);
      const [server] = provider.incoming;
      assert.ok(server);
      const statuses: Statuses = new Map([[endpointKey(server), { status: status satisfies StatusName }]]);
      const [task] = worklist([provider], { ...unseen, statuses }, none, today);
      assert.deepEqual(task?.says, clause && [`imap 993 ${clause}`]);
    });
  }

  for (const [domains, clause] of [
    [['mail.example'], 'mail.example publishes other settings themselves'],
    [['a.example', 'b.example', 'c.example', 'd.example'], 'a.example, b.example, c.example and 1 more publish'],
  ] as const) {
    test(`where ${domains.length} of its domains publish something else begins with what they say`, () => {
      const differing = new Map([['mail.example', domains]]);
      const [task] = worklist([resting([read])], { ...unseen, differing }, none, today);
      assert.ok(task?.says[0]?.startsWith(clause.replace('themselves', 'itself')), task?.says[0]);
      assert.equal(task?.weight, 10);
    });
  }

  test('is told the weightiest first', () => {
    assert.deepEqual(says(resting([list, other], [list])), [
      'smtp 465 rest on a single list: find a second witness',
      'imap 993 rest on lists alone: find the provider’s own page',
    ]);
  });

  test('is a page to be read again after two years', () => {
    for (const seen of ['2023-12-31', '2023', '2024-10', '2024-11-19'])
      assert.deepEqual(says(resting([{ ...read, seen }])), [`no page was read since ${seen}`], seen);
    for (const seen of ['2024', '2024-11', '2024-11-20', '2025', '2025-01', '2026-11-20'])
      assert.deepEqual(says(resting([{ ...read, seen }])), [], seen);
  });

  test('counts the youngest page, and pages only: a list was not read on the day it was checked', () => {
    const old = { ...read, seen: '2019-05' };
    assert.deepEqual(says(resting([old, read])), []);
    assert.deepEqual(says(resting([old, { ...list, seen: '2026-01' }])), ['no page was read since 2019-05']);
    assert.deepEqual(says(resting([{ ...list, seen: '2019' }, other])), [
      'imap 993, smtp 465 rest on lists alone: find the provider’s own page',
    ]);
  });

  test('is what the linter is told to overlook', () => {
    assert.deepEqual(says(resting([read]), '2027-01-01'), ['a lint finding is excused until 2027-01-01']);
  });
});

describe('how much it weighs', () => {
  test('grows with the doubt: lists, a page to be read, a single list', () => {
    const weights = [[list, other], [linked], [list]].map((sources) => weight(resting(sources)));
    assert.deepEqual(
      weights,
      weights.toSorted((a, b) => a - b),
    );
    assert.equal(new Set(weights).size, 3);
  });

  test('grows with the share of the servers that are in doubt', () => {
    assert.ok(weight(resting([list])) > weight(resting([read], [list])));
  });

  test('grows with the number of domains, slowly', () => {
    const domains = (n: number) => Array.from({ length: n }, (_, i) => `d${String(i).padStart(3, '0')}.example`);
    const at = (n: number) => weight(resting([list], [list], { domains: domains(n) }));
    assert.ok(at(10) > at(1));
    assert.ok(at(100) > at(10));
    assert.ok(at(100) < 5 * at(1));
  });

  test('grows where customers’ domains lead to the record by their MX', () => {
    assert.ok(weight(resting([list], [list], { mx: ['*.mx.example'] })) > weight(resting([list])));
  });

  test('grows with every reason', () => {
    assert.ok(weight(resting([list]), '2027-01-01') > weight(resting([list])));
  });
});

describe('the list', () => {
  test('has the weightiest record first, and equal ones by id', () => {
    const at = (id: string, sources: readonly Source[]) => resting(sources, sources, { id, domains: [id] });
    const records = [
      at('c.example', [list, other]),
      at('b.example', [list]),
      at('a.example', [list]),
      at('d.example', [read]),
    ];
    const expected = ['a.example', 'b.example', 'c.example'];
    for (const order of [records, records.toReversed()])
      assert.deepEqual(
        worklist(order, unseen, none, today).map(({ id }) => id),
        expected,
      );
  });

  test('says the id, a whole weight and clauses', () => {
    const [task] = worklist([resting([list])], unseen, none, today);
    // Two servers on one list (4) for one domain (1 + log2 of 2).
    assert.deepEqual(task, {
      id: 'mail.example',
      weight: 8,
      says: ['imap 993, smtp 465 rest on a single list: find a second witness'],
    });
  });
});

describe('what a server rests on at best', () => {
  const evidence = (...sources: Source[]) => {
    const provider = resting(sources);
    const [server] = provider.incoming;
    assert.ok(server);
    return backingOf(provider, server);
  };

  test('is a page, an autoconfig file or DNS that was read', () => {
    assert.equal(evidence(list, other, read), 'read');
    assert.equal(evidence({ autoconfig: url, says: 'x' }), 'read');
    assert.equal(evidence({ dns: 'mail.example', says: 'SRV 993' }), 'read');
  });

  test('is several lists where they are different ones', () => {
    assert.equal(evidence(list, other), 'several-lists');
    assert.equal(evidence(list, linked), 'one-list');
    assert.equal(evidence(list, { ...list, revision: '3333333' }), 'one-list');
  });

  test('is the page that was not read where there is nothing else', () => {
    assert.equal(evidence(linked), 'page-not-read');
  });

  test('does not count a source for being named twice, or for not being there', () => {
    const provider = resting([list]);
    assert.equal(backingOf(provider, imap({ sources: ['s0', 's0'] })), 'one-list');
    assert.equal(backingOf(provider, imap({ sources: ['constructor', 'nobody'] })), 'page-not-read');
  });
});
