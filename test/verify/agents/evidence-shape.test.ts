/** What comes from agents: all that a probe of ours writes may pass, whatever the server did, and nothing without bounds. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { EndpointKey } from '../../../src/provider/model.ts';
import { endpointKey } from '../../../src/provider/model.ts';
import { fitted, mostEvidence, readEvidence } from '../../../src/verify/agents/evidence-shape.ts';
import type { Attempt, Evidence } from '../../../src/verify/evidence.ts';
import { judge } from '../../../src/verify/judge.ts';
import { probe } from '../../../src/verify/probe/probe.ts';
import { type Script, startMailServer } from '../mail-server.ts';
import { host, probeOptions, resolverTo } from '../prober.ts';
import * as behaved from '../well-behaved.ts';

const endpoint = 'imap://mail.example.test:993?security=tls' as EndpointKey;

describe('evidence of ours passes whole', () => {
  const scripts: Record<string, Script> = {
    'of a good server': behaved.imap({ security: 'tls' }),
    'of one that is too talkative': behaved.imap({
      security: 'tls',
      greeting: [`* OK ${'x'.repeat(7000)}`],
      capabilities: Array.from({ length: 900 }, (_, i) => `IMAP4rev1-${i}-${'y'.repeat(i % 50)}`).slice(0, 150),
    }),
    'of one that says what is not allowed': behaved.imap({
      security: 'tls',
      answers: { CAPABILITY: ['garbage', '\u0000\u0001\u00ff', '* CAPABILITY IMAP4rev1', '{tag} OK'] },
    }),
    'of one that floods': async (client) => {
      await client.tls();
      await client.flood('x');
    },
    'of one that goes': async (client) => {
      await client.octets(6);
      await client.reset();
    },
    'of one that speaks plainly where TLS is due': behaved.imap({ security: 'none' }),
    'of one whose certificate has ended': behaved.imap({ security: 'tls', certificate: 'expired' }),
  };
  for (const [sentence, script] of Object.entries(scripts)) {
    test(sentence, async () => {
      const server = await startMailServer(script);
      const target = { protocol: 'imap', host, port: server.port, security: 'tls' } as const;
      const evidence = await probe(target, probeOptions);
      await server.stop();
      same(evidence);
      assert.equal(evidence.endpoint, endpointKey(target));
    });
  }

  test('of names that lead nowhere, or where nobody may go', async () => {
    const target = { protocol: 'pop3', host, port: 995, security: 'tls' } as const;
    same(await probe(target, { ...probeOptions, resolver: resolverTo({ kind: 'none', exists: false }) }));
    same(
      await probe(target, {
        ...probeOptions,
        resolver: resolverTo(['127.0.0.1', 'fe80::1']),
        guard: () => 'it is here',
      }),
    );
    same(await probe({ ...target, host: '::1', port: 1 }, { ...probeOptions, timeout: 2000 }));
  });

  function same(evidence: Evidence): void {
    const read = readEvidence(JSON.parse(JSON.stringify(evidence)));
    if (typeof read === 'string') assert.fail(read);
    assert.deepEqual(read, JSON.parse(JSON.stringify(evidence)));
    const now = new Date();
    assert.deepEqual(judge(read, now), judge(evidence, now));
  }
});

describe('evidence that is larger than anybody reads', () => {
  const attempt = (address: string, lines: number): Attempt => ({
    address,
    ms: { connect: 1 },
    greeting: { kind: 'ready', text: '* OK' },
    fault: { phase: 'capabilities', kind: 'closed' },
    transcript: Array.from({ length: lines }, () => ({ from: 'S' as const, text: 'x'.repeat(2000) })),
  });
  const evidence = (attempts: readonly Attempt[]): Evidence => ({
    endpoint,
    at: '2026-11-20T10:00:00.000Z',
    vantage: 'local',
    dns: { ms: 1, addresses: attempts.map(({ address }) => address) },
    attempts,
  });
  const addresses = Array.from({ length: 16 }, (_, i) => `192.0.2.${i}`);

  test('stays as it is while it is not', () => {
    const small = evidence(addresses.map((address) => attempt(address, 3)));
    assert.equal(fitted(small), small);
  });

  test('loses the conversations but the first, and its verdict stays', () => {
    const large = evidence(addresses.map((address) => attempt(address, 17)));
    const fit = fitted(large);
    assert.ok(JSON.stringify(fit).length <= mostEvidence);
    assert.deepEqual([fit.attempts.length, fit.attempts[0]?.transcript.length], [16, 17]);
    assert.deepEqual(judge(fit, new Date()), judge(large, new Date()));
    assert.ok(typeof readEvidence(fit) !== 'string');
  });

  test('loses later addresses where that is not enough', () => {
    const wide = addresses.map((address) => ({
      ...attempt(address, 1),
      tls: { version: 'TLSv1.3', cipher: 'x', chain: [certificate(1500)] },
    }));
    const fit = fitted(evidence(wide));
    assert.ok(JSON.stringify(fit).length <= mostEvidence);
    assert.ok(fit.attempts.length > 1 && fit.attempts.length < 16);
    assert.deepEqual([...fit.attempts.map(({ address }) => address), ...(fit.skipped ?? [])], addresses);
  });
});

function certificate(count: number) {
  const names = Array.from({ length: count }, (_, i) => `host-${i}.very-long-names.example.test`);
  const dates = { notBefore: '2026-01-01T00:00:00.000Z', notAfter: '2027-01-01T00:00:00.000Z' };
  const rest = { serial: '1', fingerprint: 'f', keyDigest: 'd', key: 'EC prime256v1', signature: 'ecdsa-with-SHA256' };
  return { subject: 'CN=x', issuer: 'CN=y', names, addresses: [], ...dates, ...rest };
}
