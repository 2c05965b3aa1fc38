/** What a run has seen, for people. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EndpointKey } from '../../src/provider/model.ts';
import { sayResult, Tally } from '../../src/verify/report.ts';
import type { Result } from '../../src/verify/run.ts';
import type { FindingCode, Verdict } from '../../src/verify/verdict.ts';

test('codes are counted, what works before all, then the most frequent', () => {
  const tally = new Tally();
  for (const code of ['tls.expired', 'ok', 'tcp.refused', 'tls.expired', 'ok', 'limit.rate'] as const) {
    tally.add(result('a', code));
  }
  const { checked, counts } = tally.summary();
  assert.equal(checked, 6);
  assert.deepEqual(Object.entries(counts), [
    ['ok', 2],
    ['tls.expired', 2],
    ['limit.rate', 1],
    ['tcp.refused', 1],
  ]);
});

test('what does not simply work is kept, in order and apart: fails, unclear, works with a warning', () => {
  const tally = new Tally();
  const warned = result('d', 'ok', { warnings: [{ code: 'cert.expires', says: 'It ends soon.' }] });
  const [unclear, worse, bad] = [result('c', 'limit.rate'), result('b', 'tcp.refused'), result('a', 'tls.expired')];
  for (const one of [warned, unclear, worse, bad, result('e', 'ok')]) tally.add(one);
  const summary = tally.summary();
  assert.deepEqual(summary.fails, [bad, worse]);
  assert.deepEqual(summary.unclear, [unclear]);
  assert.deepEqual(summary.warned, [warned]);
});

test('an endpoint is named with the records that use it, and everything that is wrong with it', () => {
  const bad = result('a', 'tls.expired', { also: [{ code: 'tls.hostname', says: 'And for another host.' }] });
  assert.deepEqual(sayResult(bad, ['a.example', 'b.example']), [
    'imap://a.example:993?security=tls  (a.example, b.example)',
    '  tls.expired  Says tls.expired.',
    '  tls.hostname  And for another host.',
  ]);
  assert.match(sayResult(bad, ['1', '2', '3', '4', '5'])[0] ?? '', /\(1, 2, 3 and 2 more\)$/);
});

function result(host: string, code: 'ok' | FindingCode, facts: Partial<Verdict> = {}): Result {
  const outcome = code === 'ok' ? 'works' : code.startsWith('limit.') ? 'inconclusive' : 'fails';
  const verdict: Verdict = {
    code,
    ok: code === 'ok',
    outcome,
    says: `Says ${code}.`,
    also: [],
    warnings: [],
    ...facts,
  };
  return { endpoint: `imap://${host}.example:993?security=tls` as EndpointKey, verdict };
}
