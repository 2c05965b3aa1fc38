/** Statuses between instances: what goes out, what comes in, and what does not. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { EndpointKey, Status } from '../../src/provider/model.ts';
import { readStatusLines, statusLines } from '../../src/verify/exchange.ts';

const now = '2026-11-20T10:00:00.000Z';
const keyOf = (name: string) => `imap://${name}.example:993?security=tls` as EndpointKey;
const own = new Set([keyOf('a'), keyOf('b')]);
const read = (...lines: readonly unknown[]) =>
  readStatusLines(lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'), {
    own,
    from: 'other.example',
    now,
  });
const line = (facts: Record<string, unknown> = {}) => ({
  endpoint: keyOf('a'),
  status: 'verified',
  code: 'ok',
  since: '2026-11-01T00:00:00Z',
  checkedAt: '2026-11-20T09:00:00Z',
  ...facts,
});

describe('What an instance tells others', () => {
  const seen = { reason: 'ok', since: '2026-11-01T00:00:00.000Z', checkedAt: '2026-11-20T09:00:00.000Z' };
  const statuses = new Map<EndpointKey, Status>([
    [keyOf('b'), { status: 'failing', ...seen, reason: 'tls.expired' }],
    [keyOf('a'), { status: 'verified', ...seen }],
    [keyOf('never'), { status: 'unverified', reason: 'new' }],
    [keyOf('hearsay'), { status: 'verified', ...seen, vantage: 'third.example' }],
  ]);

  test('is what it has seen itself: a line each, sorted; hearsay is not passed on', () => {
    assert.equal(
      statusLines(statuses),
      `{"endpoint":"${keyOf('a')}","status":"verified","code":"ok","since":"2026-11-01T00:00:00.000Z","checkedAt":"2026-11-20T09:00:00.000Z"}
{"endpoint":"${keyOf('b')}","status":"failing","code":"tls.expired","since":"2026-11-01T00:00:00.000Z","checkedAt":"2026-11-20T09:00:00.000Z"}
`,
    );
  });

  test('is understood by the next one', () => {
    const { heard } = read(statusLines(statuses));
    assert.deepEqual(
      heard.map(({ endpoint, status, reason, vantage }) => [endpoint, status, reason, vantage]),
      [
        [keyOf('a'), 'verified', 'ok', 'other.example'],
        [keyOf('b'), 'failing', 'tls.expired', 'other.example'],
      ],
    );
  });
});

describe('What another instance tells', () => {
  test('is taken with when it was seen and until when it is worth something', () => {
    assert.deepEqual(read(line()).heard, [
      {
        endpoint: keyOf('a'),
        vantage: 'other.example',
        status: 'verified',
        reason: 'ok',
        since: '2026-11-01T00:00:00.000Z',
        checkedAt: '2026-11-20T09:00:00.000Z',
        staleAt: '2026-11-23T09:00:00.000Z',
        heardAt: now,
      },
    ]);
  });

  test('concerns only servers of one’s own records', () => {
    const { heard, strange } = read(line(), line({ endpoint: keyOf('stranger') }));
    assert.deepEqual([heard.length, strange], [1, 1]);
  });

  for (const [what, checkedAt] of [
    ['too old', '2026-11-17T10:00:00Z'],
    ['of the future, which would win for ever', '2027-01-01T00:00:00Z'],
  ]) {
    test(`is not taken where it is ${what}`, () => {
      const { heard, stale } = read(line({ checkedAt }));
      assert.deepEqual([heard.length, stale], [0, 1]);
    });
  }

  const wrong: Record<string, [unknown, RegExp]> = {
    'no JSON': ['<html>', /^line 1 is not JSON$/],
    'no object': ['[]', /^line 1: /],
    'an unknown status': [line({ status: 'fine' }), /^line 1: status: /],
    unverified: [line({ status: 'unverified' }), /^line 1: status: /],
    'a code that is none': [line({ code: '<script>' }), /^line 1: code: /],
    'a date that is none': [line({ checkedAt: 'yesterday' }), /^line 1: checkedAt: /],
  };
  for (const [what, [text, says]] of Object.entries(wrong)) {
    test(`is refused as a whole where a line is ${what}`, () => {
      assert.throws(() => read(text, line()), { name: 'ExchangeError', message: says });
    });
  }

  test('is refused where it does not end', () => {
    assert.throws(() => read('{}\n'.repeat(100_001)), { name: 'ExchangeError', message: /more than 100000 lines/ });
  });
});
