/** The verifier in networks that lose, refuse and cut: what no server can do by itself. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Security } from '../../src/provider/model.ts';
import type { Evidence } from '../../src/verify/evidence.ts';
import { judge } from '../../src/verify/judge.ts';
import { nodeProber, type ProberOptions } from '../../src/verify/probe/prober-node.ts';
import type { FindingCode, Verdict } from '../../src/verify/verdict.ts';
import { type DnsServer, startDns } from '../dns-server.ts';
import { pki } from '../pki.ts';
import { type MailServer, startMailServer } from '../verify/mail-server.ts';
import { smtp } from '../verify/well-behaved.ts';
import { firewall, inOwnNetwork, noOwnNetwork, runInOwnNetwork, withoutIpv6 } from './network.ts';

/** Our own servers, and what happens on the way to them. */
interface Place {
  readonly mail: MailServer;
  readonly dns: DnsServer;
}

async function probed(
  { mail, dns }: Place,
  security: Security = 'tls',
  options: ProberOptions = {},
): Promise<Verdict & { evidence: Evidence }> {
  const usual = { resolver: dns.address, ca: (await pki()).ca, allowPrivate: true, anyPort: true, timeout: 3 };
  const endpoint = { protocol: 'smtp', host: 'mail.example.test', port: mail.port, security } as const;
  const evidence = await nodeProber({ ...usual, ...options }).probe(endpoint);
  return { ...judge(evidence, new Date()), evidence };
}

/** A mail server at an address of loopback (or at all of them, `::`), and DNS that says that the host has these. */
async function place(
  security: Security,
  records: { A?: string[]; AAAA?: string[] },
  host = '::',
): Promise<Place & AsyncDisposable> {
  const mail = await startMailServer(smtp({ security }), { host });
  const dns = await startDns({ 'mail.example.test': records });
  return {
    mail,
    dns,
    async [Symbol.asyncDispose]() {
      await Promise.all([mail.stop(), dns.stop()]);
    },
  };
}

/** `PORT` is the mail server's. */
interface Case {
  readonly when: string;
  readonly security?: Security;
  readonly rule: string;
  readonly code: FindingCode;
}

const cases: readonly Case[] = [
  { when: 'nothing ever comes back', rule: 'tcp dport PORT drop', code: 'tcp.timeout' },
  { when: 'the port is closed', rule: 'tcp dport PORT reject with tcp reset', code: 'tcp.refused' },
  {
    when: 'a router says that the host is not there',
    rule: 'tcp dport PORT reject with icmpx type host-unreachable',
    code: 'tcp.unreachable',
  },
  {
    when: 'a router says that it knows no way',
    rule: 'tcp dport PORT reject with icmpx type no-route',
    code: 'tcp.unreachable',
  },
  {
    when: 'a firewall forbids it',
    rule: 'tcp dport PORT reject with icmpx type admin-prohibited',
    code: 'tcp.unreachable',
  },
  {
    when: 'the connection is cut as soon as it stands',
    rule: 'tcp dport PORT ct state established reject with tcp reset',
    code: 'tcp.reset',
  },
  {
    when: 'the connection is cut at our first octets, which begin TLS',
    rule: 'tcp dport PORT tcp flags & psh == psh reject with tcp reset',
    code: 'tls.closed',
  },
  {
    when: 'the connection is cut at our first octets, which are EHLO',
    security: 'starttls',
    rule: 'tcp dport PORT tcp flags & psh == psh reject with tcp reset',
    code: 'caps.closed',
  },
  {
    when: 'small packets pass and the one with the certificate does not (a path MTU that nobody tells)',
    rule: 'tcp sport PORT meta length > 600 drop',
    code: 'tls.timeout',
  },
  {
    when: 'our octets are lost after the greeting',
    security: 'starttls',
    rule: 'tcp dport PORT tcp flags & psh == psh drop',
    code: 'caps.timeout',
  },
  {
    when: 'the greeting is lost',
    security: 'starttls',
    rule: 'tcp sport PORT tcp flags & psh == psh drop',
    code: 'greeting.timeout',
  },
];

if (inOwnNetwork) {
  describe('the network between us and the server', { concurrency: 4 }, () => {
    for (const { when, security = 'tls', rule, code } of cases) {
      test(`${when}: ${code}`, async () => {
        await using at = await place(security, { A: ['127.0.0.1'] });
        await using _ = await firewall(rule.replace('PORT', String(at.mail.port)));
        const judged = await probed(at, security);
        assert.equal(judged.code, code, judged.says);
      });
    }

    test('a fifth of all packets is lost, and it works', async () => {
      await using at = await place('tls', { A: ['127.0.0.1'] });
      await using _ = await firewall(`tcp dport ${at.mail.port} numgen random mod 100 < 20 drop`);
      const judged = await probed(at, 'tls', { timeout: 60 });
      assert.equal(judged.code, 'ok', judged.says);
    });

    test('one address of two is silent: a warning names it', async () => {
      await using at = await place('tls', { A: ['127.0.0.2', '127.0.0.1'] });
      await using _ = await firewall(`ip daddr 127.0.0.2 tcp dport ${at.mail.port} drop`);
      const { code, warnings, evidence } = await probed(at, 'tls', { timeout: 60 });
      assert.equal(code, 'ok');
      assert.deepEqual(
        warnings.map((warning) => warning.code),
        ['address.some-fail'],
      );
      assert.match(warnings[0]?.says ?? '', /127\.0\.0\.2/);
      assert.equal(evidence.attempts.find(({ address }) => address === '127.0.0.2')?.fault?.phase, 'connect');
    });

    test('the name server is silent, or nobody listens there', async () => {
      await using at = await place('tls', { A: ['127.0.0.1'] });
      const port = at.dns.address.split(':')[1];
      {
        await using _ = await firewall(`udp dport ${port} drop`);
        assert.equal((await probed(at)).code, 'dns.timeout');
      }
      await using _ = await firewall(`udp dport ${port} reject`);
      assert.match((await probed(at)).code, /^dns\.(?:servfail|timeout)$/);
    });
  });

  describe('a machine', () => {
    test('with IPv6 reaches the server by it', async () => {
      await using at = await place('tls', { AAAA: ['::1'] });
      assert.equal((await probed(at)).code, 'ok');
    });

    test('without a way to IPv6 addresses says nothing of the server', async () => {
      await using at = await place('tls', { AAAA: ['2001:db8::1'] });
      const { code, outcome } = await probed(at);
      assert.deepEqual([code, outcome], ['tcp.no-ipv6', 'inconclusive']);
    });

    test('without any IPv6 neither, and IPv4 decides alone where there is some', async () => {
      await using _ = await withoutIpv6();
      await using both = await place('tls', { A: ['127.0.0.1'], AAAA: ['::1'] }, '127.0.0.1');
      const { code, warnings } = await probed(both);
      assert.deepEqual([code, warnings], ['ok', []]);
      await using six = await place('tls', { AAAA: ['::1'] }, '127.0.0.1');
      assert.equal((await probed(six)).code, 'tcp.no-ipv6');
    });
  });
} else {
  test('the verifier in a network of its own', { skip: noOwnNetwork() }, async () => {
    await runInOwnNetwork(import.meta.filename);
  });
}
