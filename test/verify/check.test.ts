/** What the row of a check says of its probe. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EndpointKey } from '../../src/provider/model.ts';
import { checkOf } from '../../src/verify/check.ts';
import type { Attempt, Evidence } from '../../src/verify/evidence.ts';
import type { Verdict } from '../../src/verify/verdict.ts';

const endpoint = 'imap://imap.mail.example:993?security=tls' as EndpointKey;
const warnings = [{ code: 'cert.expires', says: 'It ends soon.' }] as const;
const verdict: Verdict = { code: 'ok', ok: true, outcome: 'works', says: 'It works.', also: [], warnings };

test('a check has its verdict, how long it took, and how long the certificate lasts', () => {
  const seen = evidence([
    attempt({ connect: 10, quit: 120 }, '2027-01-01T00:00:00.000Z'),
    attempt({ connect: 30 }, '2026-12-01T00:00:00.000Z'),
  ]);
  const { evidence: kept, ...row } = checkOf(seen, verdict, 7);
  assert.equal(kept, seen);
  assert.deepEqual(row, {
    endpoint,
    at: seen.at,
    vantage: 'berlin',
    run: 7,
    code: 'ok',
    outcome: 'works',
    warnings: ['cert.expires'],
    says: 'It works.',
    ms: 155,
    certDays: 10,
  });
});

test('a check without a certificate says so', () => {
  const { certDays, ms } = checkOf(evidence([]), verdict, null);
  assert.deepEqual([certDays, ms], [null, 5]);
});

function evidence(attempts: readonly Attempt[]): Evidence {
  const dns = { ms: 5, addresses: ['192.0.2.1'] };
  return { endpoint, at: '2026-11-20T10:00:00.000Z', vantage: 'berlin', dns, attempts };
}

function attempt(ms: Attempt['ms'], notAfter: string): Attempt {
  const certificate = { notAfter } as NonNullable<Attempt['tls']>['chain'][number];
  const tls = { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', chain: [certificate] };
  return { address: '192.0.2.1', ms, tls, transcript: [] };
}
