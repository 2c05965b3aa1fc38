import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Domain } from '../../../src/name/domain.ts';
import type { MxAnswer, Resolver } from '../../../src/net/dns/resolver.ts';
import { onBehalfOf } from '../../../src/net/dns/resolver.ts';
import { cachedResolver, type ResolverLimits } from '../../../src/net/dns/resolver-cached.ts';

const second = 1000;
const minute = 60 * second;
const hosts: MxAnswer = { kind: 'hosts', hosts: [{ preference: 10, host: 'mx.hoster.example' as Domain }] };
const outOfBudget: MxAnswer = { kind: 'failed', why: 'budget' };
const household = '192.0.2.0/24';
const neighbour = '198.51.100.0/24';

/** A cached resolver before a DNS that we hold in our hands: its answers, its speed, its clock. */
function setUp(limits: Partial<ResolverLimits> = {}) {
  let time = 1_700_000_000_000;
  let gate: Promise<unknown> = Promise.resolve();
  const asked: string[] = [];
  const answers = new Map<string, MxAnswer>();
  const dns: Resolver = {
    async mx(domain) {
      asked.push(domain);
      await gate;
      return answers.get(domain) ?? hosts;
    },
  };
  const cached = cachedResolver(dns, limits, () => time);
  return {
    mx: (name: string, asker?: string) => cached.mx(name as Domain, asker),
    /** The questions that reached DNS. */
    asked,
    answers,
    pass: (milliseconds: number) => {
      time += milliseconds;
    },
    /** From now on DNS answers nothing until the function that this returns is called. */
    hold: () => {
      const { promise, resolve } = Promise.withResolvers<unknown>();
      gate = promise;
      return resolve;
    },
  };
}

describe('what is remembered', () => {
  test('MX hosts are kept for ten minutes', async () => {
    const { mx, asked, pass } = setUp();
    assert.deepEqual(await mx('a.example'), hosts);
    pass(10 * minute - 1);
    assert.deepEqual(await mx('a.example'), hosts);
    assert.deepEqual(asked, ['a.example']);
    pass(1);
    assert.deepEqual(await mx('a.example'), hosts);
    assert.deepEqual(asked, ['a.example', 'a.example']);
  });

  test('refusals are kept for five: no such name, no MX, null MX', async () => {
    const refusals: MxAnswer[] = [{ kind: 'none', exists: false }, { kind: 'none', exists: true }, { kind: 'null' }];
    for (const refusal of refusals) {
      const { mx, asked, answers, pass } = setUp();
      answers.set('a.example', refusal);
      assert.deepEqual(await mx('a.example'), refusal);
      pass(5 * minute - 1);
      assert.deepEqual(await mx('a.example'), refusal);
      assert.equal(asked.length, 1);
      pass(1);
      answers.set('a.example', hosts);
      assert.deepEqual(await mx('a.example'), hosts);
      assert.equal(asked.length, 2);
    }
  });

  test('failures are not kept: the next one who asks may have more luck', async () => {
    const failures: MxAnswer[] = [
      { kind: 'failed', why: 'timeout' },
      { kind: 'failed', why: 'server-failure' },
    ];
    for (const failure of failures) {
      const { mx, answers } = setUp();
      answers.set('a.example', failure);
      assert.deepEqual(await mx('a.example'), failure);
      answers.set('a.example', hosts);
      assert.deepEqual(await mx('a.example'), hosts);
    }
  });

  test('the time runs from the answer, not from the question', async () => {
    const { mx, asked, pass, hold } = setUp();
    const letGo = hold();
    const answer = mx('a.example');
    pass(2 * second);
    letGo(undefined);
    await answer;
    pass(10 * minute - 1);
    await mx('a.example');
    assert.equal(asked.length, 1);
  });

  test('no more names are kept than the limit says; the oldest goes first', async () => {
    const { mx, asked } = setUp({ names: 2 });
    for (const name of ['a.example', 'b.example', 'c.example']) await mx(name);
    asked.length = 0;
    for (const name of ['b.example', 'c.example', 'a.example']) await mx(name);
    assert.deepEqual(asked, ['a.example']);
  });

  test('a name that was asked anew counts as new', async () => {
    const { mx, asked, pass } = setUp({ names: 2 });
    await mx('a.example');
    pass(9 * minute);
    await mx('b.example');
    pass(minute); // a has run out, b has not
    await mx('a.example');
    await mx('c.example'); // b is the oldest now
    asked.length = 0;
    await mx('a.example');
    await mx('b.example');
    assert.deepEqual(asked, ['b.example']);
  });
});

describe('questions under way', () => {
  test('many who ask one name at a time cause one question', async () => {
    const { mx, asked, hold } = setUp();
    const letGo = hold();
    const answers = [mx('a.example', household), mx('a.example', neighbour), mx('a.example')];
    letGo(undefined);
    assert.deepEqual(await Promise.all(answers), [hosts, hosts, hosts]);
    assert.deepEqual(asked, ['a.example']);
  });

  test('that fail together are asked again afterwards', async () => {
    const { mx, asked, answers } = setUp();
    answers.set('a.example', { kind: 'failed', why: 'timeout' });
    await Promise.all([mx('a.example'), mx('a.example')]);
    await mx('a.example');
    assert.equal(asked.length, 2);
  });

  test('are bounded; one more is told so at once, and that is not remembered', async () => {
    const { mx, asked, hold } = setUp({ underWay: 2 });
    const letGo = hold();
    const first = [mx('a.example'), mx('b.example')];
    assert.deepEqual(await mx('c.example'), outOfBudget);
    const joined = mx('a.example'); // to wait for a question that is under way costs nothing
    letGo(undefined);
    assert.deepEqual(await Promise.all([...first, joined]), [hosts, hosts, hosts]);
    assert.deepEqual(await mx('c.example'), hosts);
    assert.deepEqual(asked, ['a.example', 'b.example', 'c.example']);
  });

  test('do not delay what is remembered', async () => {
    const { mx, hold } = setUp({ underWay: 1 });
    await mx('a.example');
    const letGo = hold();
    const slow = mx('b.example');
    assert.deepEqual(await mx('a.example'), hosts);
    letGo(undefined);
    await slow;
  });
});

describe('the budget of an asker', () => {
  test('is a number of questions in a minute; beyond it the answer is “budget” and DNS is not asked', async () => {
    const { mx, asked } = setUp({ perMinute: 2 });
    assert.deepEqual(await mx('a.example', household), hosts);
    assert.deepEqual(await mx('b.example', household), hosts);
    assert.deepEqual(await mx('c.example', household), outOfBudget);
    assert.deepEqual(asked, ['a.example', 'b.example']);
  });

  test('all askers together have one, too', async () => {
    const { mx, pass } = setUp({ totalPerMinute: 2 });
    assert.deepEqual(await mx('a.example', household), hosts);
    assert.deepEqual(await mx('b.example', neighbour), hosts);
    assert.deepEqual(await mx('c.example'), outOfBudget);
    pass(minute);
    assert.deepEqual(await mx('c.example'), hosts);
  });

  test('is its own: the neighbour may still ask', async () => {
    const { mx } = setUp({ perMinute: 1 });
    await mx('a.example', household);
    assert.deepEqual(await mx('b.example', household), outOfBudget);
    assert.deepEqual(await mx('b.example', neighbour), hosts);
  });

  test('is renewed after a minute', async () => {
    const { mx, pass } = setUp({ perMinute: 1 });
    await mx('a.example', household);
    pass(minute - 1);
    assert.deepEqual(await mx('b.example', household), outOfBudget);
    pass(1);
    assert.deepEqual(await mx('b.example', household), hosts);
    assert.deepEqual(await mx('c.example', household), outOfBudget);
  });

  test('is not charged for what is remembered or already under way', async () => {
    const { mx, hold } = setUp({ perMinute: 2 });
    await mx('a.example', household);
    for (let i = 0; i < 10; i++) assert.deepEqual(await mx('a.example', household), hosts);
    const letGo = hold();
    const both = [mx('b.example', neighbour), mx('b.example', household)];
    letGo(undefined);
    await Promise.all(both);
    assert.deepEqual(await mx('c.example', household), hosts);
    assert.deepEqual(await mx('d.example', household), outOfBudget);
  });

  test('is charged for failures too: they cost the most', async () => {
    const { mx, answers } = setUp({ perMinute: 1 });
    answers.set('a.example', { kind: 'failed', why: 'timeout' });
    await mx('a.example', household);
    assert.deepEqual(await mx('a.example', household), outOfBudget);
  });

  test('does not bind the operator’s own programs, which are no asker', async () => {
    const { mx } = setUp({ perMinute: 1 });
    for (const name of ['a.example', 'b.example', 'c.example']) assert.deepEqual(await mx(name), hosts);
  });

  test('is charged through a resolver on behalf of somebody', async () => {
    const { mx } = setUp({ perMinute: 1 });
    const shared: Resolver = { mx: (domain, asker) => mx(domain, asker) };
    const theirs = onBehalfOf(shared, household);
    assert.deepEqual(await theirs.mx('a.example' as Domain), hosts);
    assert.deepEqual(await theirs.mx('b.example' as Domain), outOfBudget);
    assert.equal(onBehalfOf(shared, undefined), shared);
  });
});
