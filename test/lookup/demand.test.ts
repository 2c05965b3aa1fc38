/** What people ask for and do not get: only what many ask for is ever told. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Demand } from '../../src/lookup/demand.ts';
import type { Miss } from '../../src/lookup/ladder.ts';
import { type Domain, parseDomain } from '../../src/name/domain.ts';

const miss = (domain: string, more: Partial<Miss> = {}): Miss => ({
  domain: parseDomain(domain),
  reason: 'unknown-domain',
  ...more,
});
const network = (n: number) => `192.0.${n}.0/24`;
function ask(demand: Demand, missed: Miss, networks: number) {
  for (let n = 0; n < networks; n++) demand.note(missed, network(n));
}

describe('a name that is not answered', () => {
  test('counts when many networks ask for it', () => {
    const demand = new Demand();
    ask(demand, miss('popular.example.com'), 25);
    assert.deepEqual(demand.take(), [{ kind: 'domain', name: 'popular.example.com', times: 25 }]);
  });

  test('is never told when few ask, however often', () => {
    const demand = new Demand();
    for (let i = 0; i < 1000; i++) ask(demand, miss('own-domain.example.com'), 19);
    assert.deepEqual(demand.take(), []);
  });

  test('is not counted where askers cannot be told apart', () => {
    const demand = new Demand();
    for (let i = 0; i < 1000; i++) demand.note(miss('popular.example.com'), undefined);
    assert.deepEqual(demand.take(), []);
  });

  test('is told once, and then only what came since', () => {
    const demand = new Demand();
    ask(demand, miss('popular.example.com'), 20);
    demand.take();
    assert.deepEqual(demand.take(), []);
    ask(demand, miss('popular.example.com'), 2);
    assert.deepEqual(demand.take(), [{ kind: 'domain', name: 'popular.example.com', times: 2 }]);
  });

  test('is forgotten after a day in which it did not count', () => {
    let now = 0;
    const demand = new Demand({ networks: 2, forget: 1000 }, () => now);
    ask(demand, miss('rare.example.com'), 1);
    now = 2000;
    demand.take();
    demand.note(miss('rare.example.com'), network(7));
    assert.deepEqual(demand.take(), []);
  });

  test('leads to who receives its mail, where that is somebody else', () => {
    const demand = new Demand({ networks: 2 });
    const mx = [{ preference: 10, host: parseDomain('mx1.operator.example') }];
    ask(demand, miss('a.example.com', { mx }), 1);
    demand.note(miss('b.example.net', { mx }), network(1));
    assert.deepEqual(demand.take(), [{ kind: 'mx', name: 'operator.example', times: 2 }]);
    ask(demand, miss('self.example', { mx: [{ preference: 0, host: 'mx.self.example' as Domain }] }), 2);
    assert.deepEqual(demand.take(), [{ kind: 'domain', name: 'self.example', times: 2 }]);
  });

  test('that was left out counts, and one that DNS could not tell does not', () => {
    const demand = new Demand({ networks: 1 });
    demand.note(miss('unsure.example.com', { reason: 'left-out' }), network(1));
    demand.note(miss('broken.example.com', { reason: 'dns-timeout' }), network(1));
    demand.note(miss('nobody.example.com', { reason: 'no-mx' }), network(1));
    assert.deepEqual(
      demand.take().map(({ name }) => name),
      ['unsure.example.com'],
    );
  });

  test('is one of a bounded number', () => {
    const demand = new Demand({ networks: 1, names: 3 });
    for (let i = 0; i < 10; i++) demand.note(miss(`d${i}.example.com`), network(1));
    assert.deepEqual(
      demand.take().map(({ name }) => name),
      ['d7.example.com', 'd8.example.com', 'd9.example.com'],
    );
  });
});
