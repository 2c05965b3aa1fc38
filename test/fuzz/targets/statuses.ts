/** Lines of another instance: what it says of servers. */
import assert from 'node:assert/strict';
import { ExchangeError, readStatusLines } from '../../../src/verify/exchange.ts';
import { readOrRefused } from '../holds.ts';
import type { Target } from '../target.ts';

const endpoint = 'imap://imap.post.example:993?security=tls';
const now = '2026-11-20T10:00:00.000Z';
const line = (facts: object) =>
  JSON.stringify({
    endpoint,
    status: 'verified',
    code: 'ok',
    since: '2026-11-01T00:00:00Z',
    checkedAt: '2026-11-20T09:00:00Z',
    ...facts,
  });

export const statuses: Target = {
  name: 'statuses',
  holds: 'what is heard is of our own endpoints, not of the future, and in the form in which instants are compared',
  form: 'lines',
  seeds: () => [
    `${line({})}\n`,
    `${line({ status: 'dead', code: 'tcp.refused' })}\n${line({ endpoint: 'smtp://a.example:465?security=tls' })}\n`,
  ],
  words: [
    '"checkedAt":',
    '2099-01-01T00:00:00Z',
    '+999999-01-01T00:00:00Z',
    '0000-01-01T00:00:00Z',
    '"status":"failing"',
    '\n',
  ],
  run(input) {
    const read = readOrRefused(
      () => readStatusLines(input, { own: new Set([endpoint]), from: 'a.example', now }),
      ExchangeError,
    );
    for (const one of read?.heard ?? []) {
      assert.equal(one.endpoint, endpoint);
      assert.ok(one.checkedAt <= '2026-11-20T10:10:00.000Z' && one.staleAt > now);
      for (const at of [one.since, one.checkedAt, one.staleAt])
        assert.match(at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    }
    return read;
  },
};
