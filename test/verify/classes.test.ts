/**
 * Every class of the closed list, each produced by a server that does just that, over real sockets; told apart from its
 * neighbours. What no server can do by itself (an absent IPv6, a silent network) is done by the dialer or the resolver.
 */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { type FaultKind, WireFault } from '../../src/net/wire.ts';
import { nodeDialer } from '../../src/net/wire-node.ts';
import type { Security } from '../../src/provider/model.ts';
import type { MailProtocol } from '../../src/verify/endpoint.ts';
import type { Patience } from '../../src/verify/probe/session.ts';
import { type FindingCode, findings, type WarningCode, warningCodes } from '../../src/verify/verdict.ts';
import type { CertificateKind } from '../pki.ts';
import { type Script, startMailServer } from './mail-server.ts';
import { probeAndJudge, probeOptions, resolverTo } from './prober.ts';
import { imap, type Manners, pop3, smtp } from './well-behaved.ts';

const behaved = { imap, pop3, smtp };

const contact = 'https://mail.example/probes';
/** Milliseconds: for what comes, and for what never does. */
const [long, short] = [20_000, 300] as const;
const patience: Patience = { connect: long, tls: long, greeting: long, answer: long, quit: long };

const reached = new Set<string>();
const note = (verdict: Awaited<ReturnType<typeof probeAndJudge>>['verdict']) => {
  reached.add(verdict.code);
  for (const { code } of [...verdict.also, ...verdict.warnings]) reached.add(code);
};

interface Case {
  /** What the server does. */
  readonly when: string;
  readonly protocol?: MailProtocol;
  readonly security?: Security;
  readonly script: Script;
  /** What the server lets us wait for, and for ever: our patience for that alone is short. */
  readonly never?: readonly (keyof Patience)[];
  readonly code: FindingCode | 'ok';
  readonly also?: readonly FindingCode[];
  readonly warns?: readonly WarningCode[];
  /** What the sentence must say. */
  readonly says?: RegExp;
}

const say =
  (...lines: string[]): Script =>
  async (client) => {
    await client.say(...lines);
    await client.hang();
  };
const within =
  (script: Script): Script =>
  async (client) => {
    await client.tls();
    await script(client);
  };
const hang: Script = (client) => client.hang();
const close: Script = (client) => client.close();
const reset: Script = async (client) => {
  // Not before the connection stands, or it would be the connection that fails.
  await client.octets(1);
  await client.reset();
};

const good = (protocol: MailProtocol, manners: Partial<Manners>) =>
  behaved[protocol]({ security: 'starttls', ...manners });
const answering = (protocol: MailProtocol, answers: Manners['answers'], security: Security = 'starttls') =>
  behaved[protocol]({ security, ...(answers && { answers }) });
const certified = (certificate: CertificateKind) => behaved.imap({ security: 'tls', certificate });

const cases: readonly Case[] = [
  // Nothing is wrong.
  ...(['imap', 'pop3', 'smtp'] as const).flatMap((protocol) =>
    (['tls', 'starttls'] as const).map(
      (security): Case => ({
        when: `all is well (${protocol}, ${security})`,
        protocol,
        security,
        script: behaved[protocol]({ security }),
        code: 'ok',
        warns: [],
        says: /TLSv1\.3 and a good certificate/,
      }),
    ),
  ),
  {
    when: 'all is in the open',
    security: 'none',
    script: behaved.imap({ security: 'none' }),
    code: 'ok',
    warns: ['security.none'],
  },

  // TLS from the first byte.
  {
    when: 'it greets in the open',
    script: say('* OK ready'),
    never: ['answer'],
    code: 'tls.plaintext-on-tls-port',
    says: /\* OK ready.*STARTTLS/,
  },
  {
    when: 'it turns everybody away before TLS',
    protocol: 'smtp',
    script: say('421-4.7.0 too many connections', '421 4.7.0 bye'),
    code: 'limit.connections',
  },
  {
    when: 'it speaks TLS 1.1 alone',
    script: (c) =>
      c
        .tls('good', { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' })
        .then(hang.bind(undefined, c)),
    never: ['greeting'],
    code: 'tls.version',
    says: /TLSv1\.1/,
  },
  { when: 'it answers protocol_version', script: (c) => c.alert(70), code: 'tls.version' },
  { when: 'it answers handshake_failure', script: (c) => c.alert(40), code: 'tls.handshake' },
  { when: 'it answers internal_error', script: (c) => c.alert(80), code: 'tls.internal-error' },
  { when: 'it answers unrecognized_name', script: (c) => c.alert(112), code: 'tls.sni-rejected' },
  { when: 'it answers no_application_protocol', script: (c) => c.alert(120), code: 'tls.no-alpn' },
  {
    when: 'it wants a certificate of ours',
    script: async (c) => {
      await c.tls('good', { requestCert: true, rejectUnauthorized: true });
      await c.hang();
    },
    code: 'tls.client-cert-required',
  },
  { when: 'it closes before TLS', script: close, code: 'tls.closed' },
  { when: 'it resets before TLS', script: reset, code: 'tls.closed' },
  { when: 'it is silent', script: hang, never: ['tls'], code: 'tls.timeout' },

  // Certificates.
  {
    when: 'its certificate has ended',
    script: certified('expired'),
    code: 'tls.expired',
    says: /has expired: \d{4}-\d\d-\d\d\./,
  },
  { when: 'its certificate has not begun', script: certified('not-yet-valid'), code: 'tls.not-yet-valid' },
  {
    when: 'its certificate is for another host',
    script: certified('wrong-host'),
    code: 'tls.hostname',
    says: /other\.example\.test/,
  },
  {
    when: 'its certificate names it in the common name alone',
    script: certified('cn-only'),
    code: 'tls.hostname',
    says: /only the common name/,
  },
  {
    when: 'its certificate has a wildcard within a label',
    script: certified('fragment-wildcard'),
    code: 'tls.hostname',
    says: /m\*\.example\.test/,
  },
  { when: 'its certificate is for addresses alone', script: certified('ip-only'), code: 'tls.hostname' },
  { when: 'its certificate has a wildcard', script: certified('wildcard'), code: 'ok', warns: [] },
  { when: 'its certificate certifies itself', script: certified('self-signed'), code: 'tls.self-signed' },
  { when: 'its authority is unknown', script: certified('untrusted'), code: 'tls.untrusted' },
  {
    when: 'it forgets the intermediate certificate',
    script: certified('incomplete-chain'),
    code: 'tls.incomplete-chain',
    says: /Test intermediate/,
  },
  { when: 'it sends the intermediate certificate', script: certified('intermediate'), code: 'ok', warns: [] },
  {
    when: 'the intermediate certificate has ended',
    script: certified('expired-intermediate'),
    code: 'tls.expired',
    says: /one that certifies it/,
  },
  { when: 'its key has 1024 bits', script: certified('rsa1024'), code: 'tls.weak-key', says: /RSA 1024/ },
  { when: 'its certificate is signed with SHA-1', script: certified('sha1'), code: 'tls.weak-key', says: /SHA1/ },
  { when: 'its certificate ends in five days', script: certified('soon'), code: 'ok', warns: ['cert.expires'] },
  {
    when: 'its certificate has ended and is not for it: both are told',
    script: async (c) => {
      await c.tls('expired');
      await c.say('220 ftp FTP server');
      await c.hang();
    },
    code: 'tls.expired',
    also: ['greeting.wrong-protocol'],
  },

  // Greetings.
  {
    when: 'it says farewell for good, in words that contain those of a limit',
    protocol: 'pop3',
    script: within(say('-ERR this service has migrated to another corporate server')),
    code: 'greeting.rejected',
  },
  {
    when: 'its lines contradict each other: the worst one counts',
    protocol: 'smtp',
    script: within(say('554-no mail service here', '220 mail.example.test')),
    code: 'greeting.rejected',
  },
  {
    when: 'it refuses EHLO because of where we are',
    protocol: 'smtp',
    security: 'tls',
    script: answering(
      'smtp',
      { EHLO: ['554 5.7.1 Client host blocked using a block list'], HELO: ['554 5.7.1 blocked'] },
      'tls',
    ),
    code: 'limit.blocked',
  },
  {
    when: 'it has no place for us when asked what it can do (IMAP)',
    script: answering('imap', { CAPABILITY: ['* BYE Too many connections'] }, 'tls'),
    never: ['answer'],
    code: 'limit.connections',
  },
  {
    when: 'it breaks off when we name ourselves',
    script: answering('imap', { ID: (c) => c.close() }, 'tls'),
    code: 'ok',
    warns: ['quit.impolite'],
  },
  { when: 'it says nothing', script: within(hang), never: ['greeting'], code: 'greeting.timeout' },
  {
    when: 'it says nothing in the open, and speaks no TLS',
    security: 'starttls',
    script: hang,
    never: ['greeting', 'tls'],
    code: 'greeting.timeout',
  },
  { when: 'it closes without a word', script: within(close), code: 'greeting.closed' },
  {
    when: 'it closes in the middle of the greeting',
    script: within(async (c) => {
      await c.send('* OK rea');
      await c.close();
    }),
    code: 'greeting.closed',
  },
  {
    when: 'it speaks TLS at once where STARTTLS is claimed',
    security: 'starttls',
    script: behaved.imap({ security: 'tls' }),
    never: ['greeting'],
    code: 'tls.tls-on-plaintext-port',
    says: /TLSv1\.3/,
  },
  {
    when: 'it is an SMTP server',
    script: within(say('220 mail.example.test ESMTP')),
    code: 'greeting.wrong-protocol',
    says: /SMTP: 220/,
  },
  { when: 'it is a POP3 server', script: within(say('+OK ready')), code: 'greeting.wrong-protocol' },
  {
    when: 'it is an IMAP server',
    protocol: 'smtp',
    script: within(say('* OK ready')),
    code: 'greeting.wrong-protocol',
    says: /expected to be an SMTP server/,
  },
  {
    when: 'it is an FTP server',
    protocol: 'smtp',
    security: 'starttls',
    script: say('220 ProFTPD FTP server ready'),
    code: 'greeting.wrong-protocol',
    says: /FTP/,
  },
  {
    when: 'it is a web server',
    security: 'starttls',
    script: say('HTTP/1.1 400 Bad Request', '', ''),
    code: 'greeting.wrong-protocol',
    says: /HTTP/,
  },
  {
    when: 'it is an SSH server',
    security: 'starttls',
    script: say('SSH-2.0-OpenSSH_9.2'),
    code: 'greeting.wrong-protocol',
    says: /SSH/,
  },
  {
    when: 'it says something that is nothing',
    script: within(say('hello there')),
    code: 'greeting.garbage',
    says: /hello there/,
  },
  { when: 'it sends one line without an end', script: within((c) => c.flood('x')), code: 'greeting.too-long' },
  {
    when: 'it greets endlessly',
    protocol: 'smtp',
    script: within((c) => c.flood('220-and more\r\n')),
    code: 'greeting.too-long',
  },
  { when: 'it calls us signed in', security: 'starttls', script: say('* PREAUTH welcome'), code: 'greeting.preauth' },
  { when: 'it says BYE', script: within(say('* BYE server shutting down')), code: 'greeting.tempfail' },
  { when: 'it says BYE for good', script: within(say('* BYE [SYS/PERM] no service here')), code: 'greeting.rejected' },
  {
    when: 'it says BYE to too many',
    script: within(say('* BYE [UNAVAILABLE] Maximum number of connections from user+IP exceeded')),
    code: 'limit.connections',
  },
  { when: 'it says -ERR', protocol: 'pop3', script: within(say('-ERR no service')), code: 'greeting.rejected' },
  {
    when: 'it says -ERR for now',
    protocol: 'pop3',
    script: within(say('-ERR [SYS/TEMP] down for maintenance')),
    code: 'greeting.tempfail',
  },
  { when: 'it says 554', protocol: 'smtp', script: within(say('554 no SMTP service here')), code: 'greeting.rejected' },
  {
    when: 'it says 554 to the listed',
    protocol: 'smtp',
    script: within(say('554 5.7.1 blocked, see https://www.spamhaus.org/')),
    code: 'limit.blocked',
  },
  {
    when: 'it says 421',
    protocol: 'smtp',
    script: within(say('421 4.3.2 system not accepting network messages')),
    code: 'greeting.tempfail',
  },
  {
    when: 'it says 421 to the hasty',
    protocol: 'smtp',
    script: within(say('421 4.7.0 throttled')),
    code: 'limit.rate',
  },
  {
    when: 'it greylists',
    protocol: 'smtp',
    script: within(say('450 4.2.0 greylisted, see our page')),
    code: 'limit.greylist',
  },

  // Capabilities.
  {
    when: 'it does not answer EHLO',
    protocol: 'smtp',
    security: 'tls',
    script: answering('smtp', { EHLO: hang }, 'tls'),
    never: ['answer'],
    code: 'caps.timeout',
  },
  {
    when: 'it closes at EHLO',
    protocol: 'smtp',
    security: 'tls',
    script: answering('smtp', { EHLO: close }, 'tls'),
    code: 'caps.closed',
  },
  {
    when: 'it answers CAPABILITY endlessly',
    script: answering('imap', { CAPABILITY: (c) => c.flood('* CAPABILITY IMAP4rev1\r\n') }, 'tls'),
    code: 'caps.too-long',
  },
  {
    when: 'it refuses EHLO and HELO',
    protocol: 'smtp',
    security: 'tls',
    script: answering('smtp', { EHLO: ['550 go away'], HELO: ['550 go away'] }, 'tls'),
    code: 'ehlo.rejected',
  },
  {
    when: 'it is busy at EHLO',
    protocol: 'smtp',
    security: 'tls',
    script: answering('smtp', { EHLO: ['421 4.3.0 busy'] }, 'tls'),
    code: 'greeting.tempfail',
  },
  {
    when: 'it refuses CAPABILITY',
    script: answering('imap', { CAPABILITY: ['{tag} BAD no'] }, 'tls'),
    code: 'caps.rejected',
  },
  {
    when: 'it does not know CAPA, which it need not',
    protocol: 'pop3',
    security: 'tls',
    script: answering('pop3', { CAPA: ['-ERR unknown'] }, 'tls'),
    code: 'ok',
    warns: ['caps.unknown'],
  },
  {
    when: 'it knows HELO alone',
    protocol: 'smtp',
    security: 'tls',
    script: answering('smtp', { EHLO: ['500 what?'] }, 'tls'),
    code: 'ok',
    warns: ['caps.malformed'],
  },
  {
    when: 'it has a line that is no capability',
    protocol: 'smtp',
    security: 'tls',
    script: answering('smtp', { EHLO: ['250-mail.example.test', 'nonsense', '250 AUTH PLAIN'] }, 'tls'),
    code: 'ok',
    warns: ['caps.malformed'],
  },

  // STARTTLS.
  ...(['imap', 'pop3', 'smtp'] as const).flatMap((protocol): Case[] => {
    const [command, later, never] = {
      imap: ['STARTTLS', '{tag} NO [UNAVAILABLE] not now', '{tag} BAD no TLS'],
      pop3: ['STLS', '-ERR [SYS/TEMP] not now', '-ERR no TLS'],
      smtp: ['STARTTLS', '454 4.7.0 TLS not available', '502 5.5.1 no'],
    }[protocol] as [string, string, string];
    const ready = { imap: 'a2 OK begin', pop3: '+OK begin', smtp: '220 go ahead' }[protocol];
    const withdrawn = { imap: 'a2 NO STARTTLS failed', pop3: '-ERR STLS failed', smtp: '454 TLS failed' }[protocol];
    const injected = { imap: '* CAPABILITY IMAP4rev1 AUTH=PLAIN', pop3: '+OK', smtp: '250 AUTH PLAIN' }[protocol];
    return [
      {
        when: `${protocol}: it does not offer STARTTLS`,
        protocol,
        security: 'starttls',
        script: good(protocol, { before: ['PIPELINING', 'IMAP4rev1'] }),
        code: 'starttls.missing',
      },
      {
        when: `${protocol}: it offers STARTTLS and cannot now`,
        protocol,
        security: 'starttls',
        script: answering(protocol, { [command]: [later] }),
        code: 'starttls.tempfail',
      },
      {
        when: `${protocol}: it offers STARTTLS and refuses it`,
        protocol,
        security: 'starttls',
        script: answering(protocol, { [command]: [never] }),
        code: 'starttls.refused',
      },
      {
        when: `${protocol}: something follows the answer to STARTTLS`,
        protocol,
        security: 'starttls',
        script: answering(protocol, {
          [command]: async (c) => {
            await c.send(`${ready}\r\n${injected}\r\n`);
            await c.hang();
          },
        }),
        code: 'starttls.injected',
      },
      {
        when: `${protocol}: it takes its OK back`,
        protocol,
        security: 'starttls',
        script: answering(protocol, {
          [command]: async (c) => {
            await c.send(`${ready}\r\n${withdrawn}\r\n`);
            await c.hang();
          },
        }),
        code: 'starttls.broken',
      },
      {
        when: `${protocol}: it takes its OK back a little later`,
        protocol,
        security: 'starttls',
        script: answering(protocol, {
          [command]: async (c) => {
            await c.say(ready);
            await c.wait(50);
            await c.say(withdrawn);
            await c.hang();
          },
        }),
        code: 'starttls.broken',
      },
      {
        when: `${protocol}: no TLS follows`,
        protocol,
        security: 'starttls',
        script: answering(protocol, {
          [command]: async (c) => {
            await c.say(ready);
            await c.hang();
          },
        }),
        never: ['tls'],
        code: 'starttls.broken',
      },
      {
        when: `${protocol}: it closes instead of TLS`,
        protocol,
        security: 'starttls',
        script: answering(protocol, {
          [command]: async (c) => {
            await c.say(ready);
            await c.close();
          },
        }),
        code: 'starttls.broken',
      },
      {
        when: `${protocol}: it closes instead of an answer`,
        protocol,
        security: 'starttls',
        script: answering(protocol, { [command]: close }),
        code: 'starttls.broken',
      },
      {
        when: `${protocol}: its certificate has ended`,
        protocol,
        security: 'starttls',
        script: good(protocol, { certificate: 'expired' }),
        code: 'tls.expired',
      },
    ];
  }),
  {
    when: 'it offers STARTTLS within TLS',
    security: 'starttls',
    script: good('imap', { capabilities: ['IMAP4rev1', 'STARTTLS', 'AUTH=PLAIN'] }),
    code: 'ok',
    warns: ['starttls.offered-again'],
  },
  {
    when: 'it would take a password in the open',
    protocol: 'smtp',
    security: 'starttls',
    script: good('smtp', { before: ['STARTTLS', 'AUTH PLAIN'] }),
    code: 'ok',
    warns: ['auth.plaintext-offered'],
  },
  {
    when: 'TLS after STARTTLS is too old',
    security: 'starttls',
    script: good('imap', { tls: { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } }),
    code: 'tls.version',
  },

  // Taking leave.
  {
    when: 'it never closes',
    script: answering('imap', { LOGOUT: hang }, 'tls'),
    never: ['quit'],
    code: 'ok',
    warns: ['quit.impolite'],
  },
];

describe('the class of', () => {
  for (const { when, protocol = 'imap', security = 'tls', script, never, code, also, warns, says } of cases) {
    test(`${code}: ${when}`, async () => {
      await using server = await startMailServer(script);
      // Nobody waits for a farewell where no warning is of interest.
      const waits = { ...patience, ...(!warns && { quit: short }) };
      for (const phase of never ?? []) waits[phase] = short;
      const options = { patience: waits, contact };
      const { verdict } = await probeAndJudge({ protocol, security, port: server.port }, options);
      note(verdict);
      assert.equal(verdict.code, code, verdict.says);
      if (also)
        assert.deepEqual(
          verdict.also.map((finding) => finding.code),
          also,
        );
      if (warns)
        assert.deepEqual(
          verdict.warnings.map((warning) => warning.code),
          warns,
        );
      if (says) assert.match(verdict.says, says);
      assert.equal(verdict.ok, code === 'ok');
      const inconclusive = code !== 'ok' && findings[code] === 'inconclusive';
      assert.equal(verdict.outcome, code === 'ok' ? 'works' : inconclusive ? 'inconclusive' : 'fails');
      assert.match(verdict.says, /mail\.example\.test/);
    });
  }
});

describe('before anything is said', () => {
  const endpoint = { protocol: 'imap', port: 993, security: 'tls' } as const;
  const dns = [
    [{ kind: 'none', exists: false }, 'dns.nxdomain'],
    [{ kind: 'none', exists: true }, 'dns.nodata'],
    [{ kind: 'failed', why: 'server-failure' }, 'dns.servfail'],
    [{ kind: 'failed', why: 'timeout' }, 'dns.timeout'],
  ] as const;
  for (const [answer, code] of dns) {
    test(`DNS says ${JSON.stringify(answer)}: ${code}`, async () => {
      const { verdict, evidence } = await probeAndJudge(endpoint, { resolver: resolverTo(answer) });
      note(verdict);
      assert.equal(verdict.code, code);
      assert.equal(evidence.attempts.length, 0);
    });
  }

  test('DNS never answers: the time of the whole probe ends it', async () => {
    const resolver = { ...resolverTo([]), addresses: () => new Promise<never>(() => {}) };
    const { verdict } = await probeAndJudge(endpoint, { resolver, timeout: 100 });
    assert.equal(verdict.code, 'dns.timeout');
  });

  test('one address of several must not be dialled: none is', async () => {
    const guard = (address: string) => (address === '10.0.0.1' ? 'private' : undefined);
    const resolver = resolverTo(['127.0.0.1', '10.0.0.1']);
    const { verdict, evidence } = await probeAndJudge(endpoint, { guard, resolver });
    note(verdict);
    assert.equal(verdict.code, 'policy.blocked-address');
    assert.match(verdict.says, /10\.0\.0\.1 \(private\)/);
    assert.deepEqual(evidence.attempts, []);
  });

  test('a port that is not for mail is not dialled', async () => {
    const { verdict } = await probeAndJudge({ ...endpoint, port: 22 }, { ports: new Set([993]) });
    note(verdict);
    assert.equal(verdict.code, 'policy.port');
  });

  test('nobody listens: tcp.refused', async () => {
    const server = await startMailServer(hang);
    await server.stop();
    const { verdict } = await probeAndJudge({ ...endpoint, port: server.port });
    note(verdict);
    assert.equal(verdict.code, 'tcp.refused');
  });

  // What the network does is done by the dialer here, and by a real network in test/real.
  const network: [address: string, kind: FaultKind, detail: string | undefined, code: FindingCode][] = [
    ['192.0.2.1', 'timeout', undefined, 'tcp.timeout'],
    ['192.0.2.1', 'deadline', undefined, 'tcp.timeout'],
    ['192.0.2.1', 'reset', undefined, 'tcp.reset'],
    ['192.0.2.1', 'unreachable', 'EHOSTUNREACH', 'tcp.unreachable'],
    ['192.0.2.1', 'unreachable', 'ENETUNREACH', 'tcp.unreachable'],
    ['2001:db8::1', 'unreachable', 'ENETUNREACH', 'tcp.no-ipv6'],
    ['2001:db8::1', 'unreachable', 'EHOSTUNREACH', 'tcp.unreachable'],
    ['2001:db8::1', 'unreachable', 'EACCES', 'tcp.unreachable'],
    ['192.0.2.1', 'other', 'EMFILE', 'tcp.failed'],
  ];
  for (const [address, kind, detail, code] of network) {
    test(`${address}: ${kind} ${detail ?? ''} is ${code}`, async () => {
      const dialer = { dial: () => Promise.reject(new WireFault(kind, detail)) };
      const { verdict } = await probeAndJudge(endpoint, { dialer, resolver: resolverTo([address]) });
      note(verdict);
      assert.equal(verdict.code, code);
    });
  }
});

describe('a host with several addresses', () => {
  const endpoint = { protocol: 'imap', security: 'tls' } as const;

  test('works where one of them does, and the others are named', async () => {
    await using server = await startMailServer(behaved.imap({ security: 'tls' }));
    const resolver = resolverTo(['127.0.0.2', '127.0.0.1']);
    const { verdict, evidence } = await probeAndJudge({ ...endpoint, port: server.port }, { resolver });
    note(verdict);
    assert.equal(verdict.code, 'ok');
    assert.deepEqual(
      verdict.warnings.map(({ code }) => code),
      ['address.some-fail'],
    );
    assert.match(verdict.warnings[0]?.says ?? '', /127\.0\.0\.2 \(tcp\.refused\)/);
    assert.equal(evidence.attempts.length, 2);
  });

  test('has a turn for each of them before a fault of one is explained', async () => {
    await using silent = await startMailServer(hang);
    await using server = await startMailServer(behaved.imap({ security: 'starttls' }));
    const dialer: typeof probeOptions.dialer = {
      dial: (options) => {
        const port = options.address === '127.0.0.2' ? silent.port : options.port;
        return probeOptions.dialer.dial({ ...options, port, address: '127.0.0.1' });
      },
    };
    const { verdict, evidence } = await probeAndJudge(
      { protocol: 'imap', security: 'starttls', port: server.port },
      // To explain the silence of the first one takes all the time that there is.
      {
        resolver: resolverTo(['127.0.0.2', '127.0.0.1']),
        dialer,
        patience: { ...patience, greeting: 1000 },
        timeout: 4000,
      },
    );
    assert.equal(verdict.code, 'ok');
    assert.equal(evidence.skipped, undefined);
    assert.equal(silent.connections.length, 2);
  });

  test('is not judged by a local address that this machine does not have', async () => {
    const dialer = nodeDialer({ sourceAddress: '192.0.2.1' });
    const { verdict } = await probeAndJudge({ ...endpoint, port: 993 }, { dialer });
    assert.equal(verdict.code, 'tcp.failed');
  });

  test('is not judged by IPv6 that this machine does not have', async () => {
    await using server = await startMailServer(behaved.imap({ security: 'tls' }));
    const resolver = resolverTo(['127.0.0.1', '2001:db8::1']);
    const dialer: typeof probeOptions.dialer = {
      dial: (options) =>
        options.address.includes(':')
          ? Promise.reject(new WireFault('unreachable', 'ENETUNREACH'))
          : probeOptions.dialer.dial(options),
    };
    const { verdict } = await probeAndJudge({ ...endpoint, port: server.port }, { resolver, dialer });
    assert.equal(verdict.code, 'ok');
    assert.deepEqual(verdict.warnings, []);
  });

  test('is dialled at sixteen of them at most; the rest is named', async () => {
    const addresses = Array.from({ length: 20 }, (_, i) => `192.0.2.${i}`);
    const dialer = { dial: () => Promise.reject(new WireFault('refused')) };
    const { evidence } = await probeAndJudge({ ...endpoint, port: 993 }, { resolver: resolverTo(addresses), dialer });
    assert.equal(evidence.attempts.length, 16);
    assert.deepEqual(evidence.skipped, addresses.slice(16));
  });
});

after(() => {
  const missing = [...Object.keys(findings), ...warningCodes].filter((code) => !reached.has(code));
  assert.deepEqual(missing, [], 'classes that no test produced');
});
