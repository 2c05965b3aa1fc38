/** The verifier against real Dovecot, Postfix and Knot DNS: every kind of endpoint, certificate and DNS answer. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import type { Security } from '../../src/provider/model.ts';
import type { MailProtocol } from '../../src/verify/endpoint.ts';
import type { Evidence } from '../../src/verify/evidence.ts';
import { judge } from '../../src/verify/judge.ts';
import { nodeProber, type ProberOptions } from '../../src/verify/probe/prober-node.ts';
import type { FindingCode, Verdict, WarningCode } from '../../src/verify/verdict.ts';
import { startDns } from '../dns-server.ts';
import { type CertificateKind, certificateKinds } from '../pki.ts';
import { noRealDns, type RealDns, startRealDns } from './dns.ts';
import { hasIpv6, type MailServers, noMailServers, startMailServers } from './mail-servers.ts';

interface Claim {
  readonly protocol: MailProtocol;
  readonly port: number;
  readonly security: Security;
  readonly host?: string;
}
type Judged = Verdict & { readonly evidence: Evidence };

const protocols = ['imap', 'pop3', 'smtp'] as const;

/** At 127.0.0.1 Dovecot counts a client of this machine as secured, at 127.0.0.2 as a stranger. Nobody is at 127.0.0.9. */
const zone = `
  mail     A     127.0.0.1
  imap     A     127.0.0.2
  pop      A     127.0.0.2
  smtp     A     127.0.0.2
  several  A     127.0.0.1
  several  A     127.0.0.2
  several  AAAA  ::1
  partly   A     127.0.0.9
  partly   A     127.0.0.1
  gone     A     127.0.0.9
  text     TXT   "no address"
  example  CNAME mail
`;

let dns: RealDns;
let servers: MailServers;
const skip = noMailServers() || noRealDns();
before(async () => {
  if (!skip) [dns, servers] = await Promise.all([startRealDns(zone), startMailServers()]);
});
after(async () => {
  if (!skip) await Promise.all([dns.stop(), servers.stop()]);
});

/** Probes an endpoint, by default of a host in the certificates. */
async function probed(claim: Claim, options: ProberOptions = {}, ca = servers.ca): Promise<Judged> {
  const usual = { resolver: dns.address, ca: readFileSync(ca, 'utf8'), allowPrivate: true, anyPort: true };
  const evidence = await nodeProber({ ...usual, ...options }).probe({ host: 'mail.example.test', ...claim });
  return { ...judge(evidence, new Date()), evidence };
}

function portsOf({ imap, pop3, submission }: MailServers): Record<MailProtocol, { port: number; tlsPort: number }> {
  return { imap, pop3, smtp: submission };
}

function claimOf(protocol: MailProtocol, security: Security, of = servers): Claim {
  const { port, tlsPort } = portsOf(of)[protocol];
  return { protocol, security, port: security === 'tls' ? tlsPort : port };
}

function brief({ code, warnings }: Verdict): unknown {
  return [code, ...warnings.map((warning) => warning.code)];
}

describe('Dovecot and Postfix', { skip }, () => {
  const hosts = { imap: 'imap.example.test', pop3: 'pop.example.test', smtp: 'smtp.example.test' } as const;

  for (const protocol of protocols) {
    const host = hosts[protocol];

    test(`${protocol}, tls`, async () => {
      const judged = await probed({ ...claimOf(protocol, 'tls'), host });
      assert.deepEqual(brief(judged), ['ok'], judged.says);
      const [attempt] = judged.evidence.attempts;
      assert.deepEqual(attempt?.capabilities?.mechanisms, ['PLAIN', 'LOGIN']);
      assert.equal(attempt?.capabilities?.starttls, false);
      assert.equal(attempt?.tls?.version, 'TLSv1.3');
      assert.equal(attempt?.fault, undefined);
    });

    test(`${protocol}, starttls: no password before TLS, passwords within`, async () => {
      const judged = await probed({ ...claimOf(protocol, 'starttls'), host });
      assert.deepEqual(brief(judged), ['ok'], judged.says);
      const [attempt] = judged.evidence.attempts;
      assert.deepEqual(attempt?.before?.mechanisms, []);
      assert.equal(attempt?.before?.login ?? false, false);
      assert.equal(attempt?.before?.starttls, true);
      assert.deepEqual(attempt?.capabilities?.mechanisms, ['PLAIN', 'LOGIN']);
    });

    test(`${protocol}, none`, async () => {
      const judged = await probed({ ...claimOf(protocol, 'none'), host });
      assert.deepEqual(brief(judged), ['ok', 'security.none'], judged.says);
      assert.deepEqual(judged.evidence.attempts[0]?.capabilities?.mechanisms, []);
    });

    test(`${protocol}: TLS at the port for STARTTLS`, async () => {
      const judged = await probed({ ...claimOf(protocol, 'starttls'), security: 'tls' });
      assert.equal(judged.code, 'tls.plaintext-on-tls-port', judged.says);
      assert.equal(judged.evidence.attempts[0]?.explained?.kind, 'plain-greeting');
    });
  }

  test('a password is offered in the open to whom Dovecot counts as secured, and only to them', async () => {
    const claim = claimOf('imap', 'starttls');
    assert.deepEqual(brief(await probed(claim)), ['ok', 'auth.plaintext-offered']);
    assert.deepEqual(brief(await probed(claim, { sourceAddress: '127.0.0.2' })), ['ok']);
  });

  test('each protocol at the port of another', async () => {
    for (const [asked, there] of [
      ['imap', 'pop3'],
      ['imap', 'smtp'],
      ['pop3', 'imap'],
      ['pop3', 'smtp'],
      ['smtp', 'imap'],
      ['smtp', 'pop3'],
    ] as const) {
      for (const security of ['tls', 'starttls'] as const) {
        const judged = await probed({ ...claimOf(there, security), protocol: asked });
        assert.equal(judged.code, 'greeting.wrong-protocol', `${asked} at ${there}, ${security}: ${judged.says}`);
      }
    }
  });

  test('forty probes at once', async () => {
    const claims = Array.from({ length: 40 }, (_, i) =>
      claimOf(protocols[i % 3] ?? 'imap', i % 2 ? 'tls' : 'starttls'),
    );
    const codes = await Promise.all(claims.map(async (claim) => (await probed(claim)).code));
    assert.deepEqual(new Set(codes), new Set(['ok']), String(codes));
  });

  test('nobody tried to sign in or to send', () => {
    const log = servers.log();
    const commands = [...log.matchAll(/ (ehlo|helo|auth|mail|rcpt|data)=\S+/g)].map(([, command]) => command);
    assert.deepEqual([...new Set(commands)], ['ehlo']);
    assert.deepEqual(log.match(/.*auth failed.*|.*\(.*[1-9]\d* attempts.*/g), null);
  });
});

describe('what takes its time', { skip, concurrency: 8 }, () => {
  for (const security of ['starttls', 'none'] as const) {
    test(`postscreen, ${security}: keeps its greeting back for six seconds, and nobody speaks before it`, async () => {
      const judged = await probed({ protocol: 'smtp', port: servers.postscreen.port, security });
      assert.equal(judged.code, 'ok', judged.says);
      const [attempt] = judged.evidence.attempts;
      // It is told seven: it counts whole seconds (event_request_timer), and the first of them may be as good as over.
      assert.ok((attempt?.ms.greeting ?? 0) >= 5900, JSON.stringify(attempt?.ms));
      assert.match(attempt?.transcript[0]?.text ?? '', /^220-/);
      const log = servers.log();
      assert.match(log, /postscreen.* PASS NEW/);
      assert.deepEqual(log.match(/.*PREGREET.*/g), null);
    });
  }

  for (const protocol of protocols) {
    test(`${protocol}: STARTTLS at the port for TLS, where the server waits for our hello`, async () => {
      // Thirty seconds: nobody knows yet that this is not just a slow greeting.
      const judged = await probed({ ...claimOf(protocol, 'tls'), security: 'starttls' });
      assert.equal(judged.code, 'tls.tls-on-plaintext-port', judged.says);
    });
  }

  const expected: Record<CertificateKind, [code: FindingCode | 'ok', ...warnings: WarningCode[]]> = {
    good: ['ok'],
    'good-ec': ['ok'],
    soon: ['ok', 'cert.expires'],
    expired: ['tls.expired'],
    'not-yet-valid': ['tls.not-yet-valid'],
    'wrong-host': ['tls.hostname'],
    'self-signed': ['tls.self-signed'],
    untrusted: ['tls.untrusted'],
    rsa1024: ['tls.weak-key'],
    sha1: ['tls.weak-key'],
    intermediate: ['ok'],
    'incomplete-chain': ['tls.incomplete-chain'],
    'expired-intermediate': ['tls.expired'],
    'cn-only': ['tls.hostname'],
    wildcard: ['ok'],
    'fragment-wildcard': ['tls.hostname'],
    'ip-only': ['tls.hostname'],
  };
  for (const kind of Object.keys(certificateKinds) as CertificateKind[]) {
    test(`certificate, ${kind}: ${certificateKinds[kind]}`, async () => {
      await using own = await startMailServers({ certificate: kind });
      for (const protocol of protocols) {
        for (const security of ['tls', 'starttls'] as const) {
          // As a stranger, or Dovecot would offer a password before TLS.
          const judged = await probed(claimOf(protocol, security, own), { sourceAddress: '127.0.0.2' }, own.ca);
          assert.deepEqual(brief(judged), expected[kind], `${protocol}, ${security}: ${judged.says}`);
          assert.ok(judged.says.includes('mail.example.test'), judged.says);
        }
      }
      if (kind === 'ip-only') {
        const judged = await probed({ ...claimOf('imap', 'tls', own), host: '127.0.0.1' }, {}, own.ca);
        assert.deepEqual(brief(judged), ['ok'], judged.says);
      }
    });
  }
});

describe('DNS', { skip }, () => {
  const at = (host: string, options?: ProberOptions): Promise<Judged> =>
    probed({ ...claimOf('imap', 'tls'), host }, options);

  test('several addresses of both families: each is tried', async () => {
    const judged = await at('several.example.test');
    assert.deepEqual(
      new Set(judged.evidence.attempts.map(({ address, capabilities }) => `${address} ${capabilities?.names[0]}`)),
      new Set(['127.0.0.1 IMAP4REV1', '127.0.0.2 IMAP4REV1', `::1 ${hasIpv6 ? 'IMAP4REV1' : undefined}`]),
    );
    // The certificate is for other hosts: all three show that.
    assert.equal(judged.code, 'tls.hostname');
  });

  test('an alias is checked under its own name', async () => {
    assert.equal((await at('example.example.test')).code, 'tls.hostname');
  });

  test('one address of two does not answer', async () => {
    await using own = await startMailServers({ certificate: 'wildcard' });
    const judged = await probed({ ...claimOf('imap', 'tls', own), host: 'partly.example.test' }, {}, own.ca);
    assert.deepEqual(brief(judged), ['ok', 'address.some-fail'], judged.says);
    assert.match(judged.warnings[0]?.says ?? '', /127\.0\.0\.9/);
  });

  test('no address answers, no address, no name', async () => {
    assert.equal((await at('gone.example.test')).code, 'tcp.refused');
    assert.equal((await at('text.example.test')).code, 'dns.nodata');
    assert.equal((await at('nowhere.example.test')).code, 'dns.nxdomain');
  });

  test('a server that cannot tell, and one that never answers', async () => {
    const broken = await startDns({ 'mail.example.test': 'servfail', 'imap.example.test': 'silent' });
    try {
      assert.equal((await at('mail.example.test', { resolver: broken.address })).code, 'dns.servfail');
      assert.equal((await at('imap.example.test', { resolver: broken.address, timeout: 1 })).code, 'dns.timeout');
    } finally {
      await broken.stop();
    }
    assert.match((await at('mail.example.test', { resolver: broken.address })).code, /^dns\.(?:servfail|timeout)$/);
  });

  test('a name that moves and dies', async () => {
    await using moving = await startRealDns('mail A 127.0.0.1');
    const code = async () => (await at('mail.example.test', { resolver: moving.address })).code;
    assert.equal(await code(), 'ok');
    await moving.change('mail A 127.0.0.9');
    assert.equal(await code(), 'tcp.refused');
    await moving.change('mail TXT "moved"');
    assert.equal(await code(), 'dns.nodata');
    await moving.change('');
    assert.equal(await code(), 'dns.nxdomain');
  });

  test('private addresses and other ports are not dialled unless somebody says so', async () => {
    const log = servers.log();
    assert.equal((await at('mail.example.test', { allowPrivate: false })).code, 'policy.blocked-address');
    assert.equal((await at('127.0.0.1', { allowPrivate: false })).code, 'policy.blocked-address');
    assert.equal((await at('mail.example.test', { anyPort: false })).code, 'policy.port');
    assert.equal(servers.log(), log);
  });
});
