/** Whether a run says more of the verifier than of the servers. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Jury, judgeAbandoned, judgeRun } from '../../src/verify/canary.ts';

describe('a jury', () => {
  test('counts owners, not servers: one that cannot be reached is enough to be counted', () => {
    const { size, failing } = jury('a ok', 'a tcp.timeout', 'a ok', 'b ok');
    assert.deepEqual({ size, failing }, { size: 2, failing: 1 });
  });

  test('has no place for those who failed before', () => {
    const { size, failing, anybodyFails } = jury('a tcp.timeout before', 'b ok');
    assert.deepEqual({ size, failing, anybodyFails }, { size: 1, failing: 0, anybodyFails: true });
  });

  test('hears only of dns and tcp: a bad certificate came over a good network', () => {
    assert.equal(jury('a tls.expired', 'b greeting.timeout').failing, 0);
  });

  const doubts: [string, boolean][] = [
    ['a ok', false],
    ['a tls.expired', false],
    ['a tcp.timeout', true],
    ['a tcp.timeout before', true],
    ['a tcp.timeout before, b ok', true],
    ['a tcp.timeout before, b ok, c ok', false],
    ['a tcp.timeout, b tcp.timeout, c ok', true],
    [many(10, 'tcp.timeout'), false],
  ];
  for (const [seen, doubt] of doubts) {
    test(`of “${seen.slice(0, 60)}” ${doubt ? 'needs witnesses' : 'needs nobody else'}`, () => {
      assert.equal(jury(...seen.split(', ')).isInDoubt, doubt);
    });
  }
});

describe('a run', () => {
  const verdict = (seen: string, asked?: Parameters<typeof judgeRun>[1]) =>
    judgeRun(jury(...seen.split(', ')), asked).verdict;

  test('is inconclusive where more than three of ten fail', () => {
    assert.equal(verdict(`${many(7, 'ok')}, x tcp.timeout, y tcp.timeout, z tcp.timeout`), 'sound');
    assert.equal(
      verdict(`${many(6, 'ok')}, w tcp.refused, x tcp.timeout, y dns.servfail, z dns.timeout`),
      'inconclusive',
    );
  });

  test('that is small believes its witnesses, if there are two', () => {
    assert.equal(verdict('a tcp.timeout', { witnesses: [true, true] }), 'inconclusive');
    assert.equal(verdict('a tcp.timeout', { witnesses: [true, false] }), 'sound');
    assert.equal(verdict('a tcp.timeout', { witnesses: [true] }), 'sound');
    assert.equal(verdict('a tcp.timeout'), 'sound', 'it makes a suspect, no more');
  });

  test('is inconclusive where all control hosts fail', () => {
    assert.equal(verdict('a tcp.timeout', { controls: [true, true] }), 'inconclusive');
    assert.equal(verdict('a tcp.timeout', { controls: [true, false] }), 'sound');
  });

  test('that was cut off while it was in doubt is inconclusive', () => {
    assert.equal(judgeAbandoned(jury('a tcp.timeout')).verdict, 'inconclusive');
    assert.equal(judgeAbandoned(jury('a ok', 'b tls.expired')).verdict, 'sound');
  });
});

/** From lines such as `owner code`, and `before` where it failed before, too. */
function jury(...lines: readonly string[]): Jury {
  const found = new Jury();
  for (const line of lines) {
    const [owner = '', code = '', before] = line.split(' ');
    found.add({ owner, code, outcome: code === 'ok' ? 'works' : 'fails', well: before === undefined });
  }
  return found;
}

function many(count: number, code: string): string {
  return Array.from({ length: count }, (_, i) => `o${i} ${code}`).join(', ');
}
