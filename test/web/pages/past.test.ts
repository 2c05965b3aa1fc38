/** What plots and tables are made of: checks, summed up by day and week. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { EndpointKey } from '../../../src/provider/model.ts';
import type { PastCheck } from '../../../src/store/seen/history.ts';
import { median, pastOf } from '../../../src/web/pages/past.ts';

const now = Date.parse('2026-11-30T15:00:00.000Z');
let count = 0;

/** @param ago days before now */
function check(ago: number, some: Partial<PastCheck> = {}): PastCheck {
  const at = new Date(now - ago * 86_400_000).toISOString();
  const endpoint = 'imap://imap.post.example:993?security=tls' as EndpointKey;
  const well = { code: 'ok', outcome: 'works', says: 'A sentence.', ms: 100, certDays: 60 } as const;
  return { n: ++count, endpoint, at, vantage: 'local', warnings: [], changed: false, ...well, ...some };
}
const failed = { code: 'tcp.timeout', outcome: 'fails', ms: 10_000, certDays: null } as const;
const unclear = { code: 'tcp.no-ipv6', outcome: 'inconclusive', certDays: null } as const;

describe('The past of an endpoint', () => {
  test('has a mood for each day: only passes, only failures, both, or nothing that says anything', () => {
    const { days } = pastOf([check(4), check(3, failed), check(2), check(2.1, failed), check(1, unclear)], now);
    assert.deepEqual(days.slice(-5), ['good', 'bad', 'doubt', 'none', 'none']);
    assert.ok(days.slice(0, -5).every((mood) => mood === 'none'));
  });

  test('begins with the oldest check, in whole weeks: two at least, thirteen at most', () => {
    const length = (...ago: number[]) =>
      pastOf(
        ago.map((one) => check(one)),
        now,
      ).days.length;
    assert.deepEqual([length(), length(1), length(14), length(40), length(400, 1)], [14, 14, 21, 42, 91]);
    const { from, to } = pastOf([check(1)], now);
    assert.deepEqual([from, to], ['2026-11-17', '2026-11-30']);
  });

  test('knows how long the checks took that worked, and how the certificate aged', () => {
    const { times, certificate } = pastOf(
      [check(0, { ms: 50, certDays: 59 }), check(1, failed), check(2, { ms: 70 })],
      now,
    );
    assert.deepEqual(
      times.map(({ y }) => y),
      [70, 50],
    );
    assert.deepEqual(
      certificate.map(({ y }) => y),
      [60, 59],
    );
    assert.equal(Math.round(times[1]!.x - times[0]!.x), 2);
    assert.equal(pastOf([check(4.1, { certDays: 20 }), check(0, failed)], now).certDaysLeft, 16, 'it ages unseen');
  });

  test('is summed up by weeks, each of seven days', () => {
    const { weeks } = pastOf(
      [check(8), check(6, { ms: 300 }), check(5, failed), check(4, { ms: 200 }), check(3, { ms: 100, certDays: 57 })],
      now,
    );
    assert.deepEqual(
      weeks.map(({ from, to, checks, failed: bad, median: took, certDays }) => [from, to, checks, bad, took, certDays]),
      [
        ['2026-11-17', '2026-11-23', 1, 0, 100, 60],
        ['2026-11-24', '2026-11-30', 4, 1, 200, 57],
      ],
    );
  });

  test('names what changed, the newest first', () => {
    const { changes } = pastOf(
      [check(3, { changed: true }), check(2, { ...failed, changed: true }), check(1, failed)],
      now,
    );
    assert.deepEqual(
      changes.map(({ code }) => code),
      ['tcp.timeout', 'ok'],
    );
  });
});

test('The median is the middle one, the lower of two', () => {
  assert.deepEqual([median([]), median([3]), median([9, 1]), median([5, 1, 9])], [undefined, 3, 1, 5]);
});
