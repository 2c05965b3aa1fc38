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

const four = { address: '192.0.2.1', ms: { connect: 1 }, transcript: [] } as const;
const silent = { phase: 'connect', kind: 'timeout' } as const;
const six = (more: Partial<Attempt>): Attempt => ({ address: '2001:db8::1', ms: {}, transcript: [], ...more });
const fares: [string, readonly Attempt[], string | undefined][] = [
  ['that has none', [four], undefined],
  ['that answers', [four, six({ ms: { connect: 3 } })], 'answers'],
  ['that refuses: packets come back', [four, six({ fault: { phase: 'connect', kind: 'refused' } })], 'answers'],
  ['of which one answers', [four, six({ fault: silent }), six({ ms: { connect: 3 } })], 'answers'],
  ['that is silent beside good IPv4', [four, six({ fault: silent })], 'silent'],
  ['that is silent and all that there is', [six({ fault: silent })], 'alone'],
  [
    'that is silent beside bad IPv4',
    [four, { ...four, fault: { phase: 'tls', kind: 'reset' } }, six({ fault: silent })],
    undefined,
  ],
];
for (const [what, attempts, ipv6] of fares)
  test(`a host with IPv6 ${what}: ${ipv6 ?? 'nothing to say'}`, () => {
    assert.equal(checkOf(evidence(attempts), verdict, 7).ipv6, ipv6);
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
