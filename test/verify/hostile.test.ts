/** Servers that mean harm, or are broken beyond words: every probe ends in time, holds little, and says the right thing. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { maxBytes } from '../../src/net/wire.ts';
import type { MailProtocol } from '../../src/verify/endpoint.ts';
import type { Evidence } from '../../src/verify/evidence.ts';
import { judge } from '../../src/verify/judge.ts';
import { maskAddresses, type Patience } from '../../src/verify/probe/session.ts';
import { pki, unreadable } from '../pki.ts';
import { quickly } from '../quickly.ts';
import { type Client, type Script, startMailServer } from './mail-server.ts';
import { probeAndJudge } from './prober.ts';
import { imap, pop3, smtp } from './well-behaved.ts';

const behaved = { imap, pop3, smtp };

const protocols: readonly MailProtocol[] = ['imap', 'pop3', 'smtp'];
/** Milliseconds: for what comes, however busy the machine is, and for what never does. */
const [long, short] = [20_000, 300] as const;
const patience: Patience = { connect: long, tls: long, greeting: long, answer: long, quit: short };
const gigabyte = 2 ** 30;

/** @param waits with less patience, or for the whole probe */
async function probed(
  script: Script,
  protocol: MailProtocol,
  security: 'tls' | 'starttls',
  { timeout = 60_000, ...waits }: Partial<Patience> & { readonly timeout?: number } = {},
) {
  await using server = await startMailServer(script);
  const options = { patience: { ...patience, ...waits }, timeout };
  const result = await probeAndJudge({ protocol, security, port: server.port }, options);
  // The other side has seen us leave: nothing hangs on behind the evidence.
  return { ...result, sent: server.connections.reduce((sum, { sent }) => sum + sent, 0) };
}

function size(evidence: Evidence): number {
  return JSON.stringify(evidence).length;
}

describe('a server that sends without end', () => {
  const floods: [what: string, flood: (client: Client) => Promise<void>][] = [
    ['one line of a gigabyte', (client) => client.flood('x'.repeat(65_536), gigabyte)],
    ['lines that are no greeting', (client) => client.flood('* hello\r\n'.repeat(5000), gigabyte)],
    ['greetings that go on', (client) => client.flood('220-hello\r\n'.repeat(5000), gigabyte)],
    ['NULs', (client) => client.flood('\0'.repeat(65_536), gigabyte)],
    ['line ends', (client) => client.flood('\r\n'.repeat(32_768), gigabyte)],
  ];
  for (const [what, flood] of floods) {
    for (const protocol of protocols) {
      test(`${what}, to ${protocol}`, async () => {
        const before = process.memoryUsage().rss;
        const { evidence, verdict, sent } = await probed(flood, protocol, 'starttls');
        assert.equal(verdict.outcome, 'fails');
        assert.ok(size(evidence) < maxBytes, `${size(evidence)} characters of evidence`);
        // What the two ends of a loopback connection buffer is more than we take.
        assert.ok(sent < gigabyte / 8, `${sent} octets were taken`);
        assert.ok(process.memoryUsage().rss - before < gigabyte / 8);
      });
    }
  }

  test('behind a good greeting, as an answer', async () => {
    const script = behaved.smtp({
      security: 'tls',
      answers: { EHLO: (client) => client.flood(`250-${'x'.repeat(200)}\r\n`, gigabyte) },
    });
    const { evidence, verdict } = await probed(script, 'smtp', 'tls');
    assert.equal(verdict.code, 'caps.too-long');
    assert.ok(size(evidence) < maxBytes);
  });
});

describe('a server that takes its time', () => {
  test('and drips its greeting an octet at a time is not waited for', async () => {
    const drip: Script = (client) => client.drip(`* OK ${'x'.repeat(500)}\r\n`, 50);
    const { verdict } = await probed(drip, 'imap', 'starttls', { greeting: short });
    assert.equal(verdict.code, 'greeting.timeout');
  });

  test('and drips lines, each in time, meets the end of the whole probe', async () => {
    const script: Script = async (client) => {
      for (let n = 0; n < 1000; n++) {
        await client.say('220-still there');
        await client.wait(20);
      }
    };
    const { verdict } = await probed(script, 'smtp', 'starttls', { timeout: 2000 });
    assert.equal(verdict.code, 'greeting.timeout');
  });

  test('and never closes is left', async () => {
    const script: Script = async (client) => {
      await behaved.imap({ security: 'tls', answers: { LOGOUT: (c) => c.hang() } })(client);
    };
    const { verdict } = await probed(script, 'imap', 'tls');
    assert.equal(verdict.code, 'ok');
  });

  test('and reads nothing does not hold us', async () => {
    const script: Script = async (client) => {
      await client.say('* OK ready');
      await client.hang();
    };
    const { verdict } = await probed(script, 'imap', 'starttls', { answer: short });
    assert.equal(verdict.code, 'caps.timeout');
  });
});

describe('a conversation that breaks off', () => {
  /** Everything a good server says, cut after so many octets. */
  const cutAfter =
    (protocol: MailProtocol, octets: number): Script =>
    async (client) => {
      let left = octets;
      const say = client.say.bind(client);
      client.say = async (...lines: readonly string[]) => {
        const text = lines.map((line) => `${line}\r\n`).join('');
        if (text.length > left) {
          await client.send(text.slice(0, left));
          await client.close();
        }
        left -= text.length;
        await say(...lines);
      };
      await behaved[protocol]({ security: 'starttls' })(client);
    };
  const allowed = /^(?:ok|greeting\.(?:closed|garbage|tempfail)|caps\.closed|starttls\.(?:broken|missing))$/;

  for (const protocol of protocols) {
    test(`is the right class at each octet (${protocol})`, async () => {
      const classes = new Set<string>();
      for (let octets = 0; octets < 330; octets += 3) {
        const { verdict, evidence } = await probed(cutAfter(protocol, octets), protocol, 'starttls');
        classes.add(verdict.code);
        assert.match(verdict.code, allowed, `after ${octets} octets`);
        assert.equal(evidence.attempts.length, 1);
      }
      for (const code of ['greeting.closed', 'caps.closed', 'starttls.broken']) assert.ok(classes.has(code), code);
    });
  }
});

test('a certificate that nobody can read, sent along with a good one, is left out and harms nobody', async () => {
  const { leaf } = await pki();
  const [good, { cert: other }] = [await leaf('good'), await leaf('good-ec')];
  const certificate = { ...good, cert: good.cert + unreadable(other) };
  const script = behaved.imap({ security: 'tls', certificate });
  const { evidence, verdict } = await probed(script, 'imap', 'tls');
  const { tls } = evidence.attempts[0] ?? {};
  assert.deepEqual([tls?.chain.length, tls?.chainError], [1, undefined]);
  // The test's own server cannot read it either, and breaks off after the handshake.
  assert.match(verdict.code, /^(?:ok|greeting\.closed)$/);
});

describe('what a server says', () => {
  test('does not become somebody’s address in the evidence', async () => {
    const script = behaved.smtp({
      security: 'starttls',
      greeting: ['220 mx.example at your service, [198.51.100.7] (2001:db8:77::1) at 12:30:45'],
    });
    const { evidence } = await probed(script, 'smtp', 'starttls');
    const text = JSON.stringify(evidence);
    assert.doesNotMatch(text, /198\.51\.100\.7|2001:db8:77/);
    assert.match(text, /at your service, \[\(address\)\] \(\(address\)\) at 12:30:45/);
  });

  test('does not become somebody’s address as SMTP writes IPv6 (RFC 5321 section 4.1.3), or with IPv4 in it', async () => {
    const script = behaved.smtp({
      security: 'starttls',
      greeting: ['220 at 12:30:45 for [IPv6:2001:db8:77::1], ::ffff:192.0.2.9'],
    });
    const { evidence } = await probed(script, 'smtp', 'starttls');
    assert.equal(evidence.attempts[0]?.greeting?.text, 'at 12:30:45 for [IPv6:(address)], (address)');
  });

  test('does not steer the terminal or the log of whoever reads the verdict', async () => {
    const script = behaved.imap({ security: 'starttls', greeting: ['\x1b]0;owned\x07 \x9b31m hello'] });
    const { verdict } = await probed(script, 'imap', 'starttls');
    assert.equal(verdict.code, 'greeting.garbage');
    assert.match(verdict.says, /owned.*hello/);
    assert.doesNotMatch(JSON.stringify(verdict), /\\u00|\p{Cc}/u);
  });

  for (const [what, line] of [
    ['words of a limit that never come to an end', `421-${'too many '.repeat(900)}`],
    ['what may be the beginning of an address', `220-${'a'.repeat(8000)}`],
  ] as const) {
    test(`is judged in no time: ${what}`, async () => {
      const lines = Array.from({ length: 30 }, () => line);
      const script = behaved.smtp({ security: 'starttls', greeting: [...lines, `${line.slice(0, 3)} end`] });
      await using server = await startMailServer(script);
      const { evidence } = await probeAndJudge({ protocol: 'smtp', security: 'starttls', port: server.port });
      quickly(() => judge(evidence, new Date()), 75);
      for (let n = 0; n < 30; n++) quickly(() => maskAddresses(line, ''), 75);
      assert.ok(size(evidence) < maxBytes / 2, `${size(evidence)} characters of evidence`);
    });
  }

  test('in eight bits is kept, and NULs are not', async () => {
    const script = behaved.imap({ security: 'starttls', greeting: ['* OK gr\xfc\xdf\0e'] });
    const { verdict, evidence } = await probed(script, 'imap', 'starttls');
    assert.equal(verdict.code, 'ok');
    assert.equal(evidence.attempts[0]?.greeting?.text, '* OK grüße');
  });

  test('in a hundred lines is cut in the transcript, and read to its end', async () => {
    const capabilities = [...Array.from({ length: 150 }, (_, i) => `X-${i}`), 'AUTH PLAIN'];
    const { verdict, evidence } = await probed(behaved.smtp({ security: 'tls', capabilities }), 'smtp', 'tls');
    assert.equal(verdict.code, 'ok');
    assert.deepEqual(evidence.attempts[0]?.capabilities?.mechanisms, ['PLAIN']);
    assert.equal(evidence.attempts[0]?.transcript.at(-1)?.text, '… and more');
  });

  for (const [what, capabilities] of [
    ['long keywords', Array.from({ length: 190 }, (_, i) => `X${i}${'x'.repeat(1200)}`)],
    ['lines that are none', Array.from({ length: 190 }, (_, i) => `?${i}${'?'.repeat(1200)}`)],
  ] as const) {
    test(`is kept in few words: ${what}`, async () => {
      const script = behaved.smtp({ security: 'tls', capabilities: [...capabilities, 'AUTH PLAIN'] });
      const { verdict, evidence } = await probed(script, 'smtp', 'tls');
      assert.equal(verdict.code, 'ok');
      assert.deepEqual(evidence.attempts[0]?.capabilities?.mechanisms, ['PLAIN']);
      assert.ok(size(evidence) < maxBytes / 2, `${size(evidence)} characters of evidence`);
    });
  }

  test('is not answered before it is finished (PREGREET)', async () => {
    const script: Script = async (client) => {
      await client.say('220-mail.example.test please wait');
      await client.quiet(200);
      await client.say('220 mail.example.test ESMTP');
      await client.hear(/^EHLO /);
      await client.say('250 mail.example.test');
      await client.hear('QUIT');
      await client.say('221 bye');
    };
    const { verdict } = await probed(script, 'smtp', 'starttls');
    assert.equal(verdict.code, 'starttls.missing');
  });

  test('after the answer to STARTTLS is the only thing that may come: we say nothing until TLS stands', async () => {
    const script: Script = async (client) => {
      await client.say('+OK ready');
      await client.hear('CAPA');
      await client.say('+OK', 'STLS', '.');
      await client.hear('STLS');
      await client.quiet(100);
      await client.say('+OK go');
      // The first octet of a TLS record of type handshake (RFC 8446 section 5.1).
      assert.equal((await client.octets(1))[0], 0x16);
      await client.close();
    };
    const { verdict } = await probed(script, 'pop3', 'starttls');
    assert.equal(verdict.code, 'starttls.broken');
  });
});

test('nobody signs in and no message is begun, whatever is offered', async () => {
  for (const protocol of protocols) {
    for (const security of ['tls', 'starttls', 'none'] as const) {
      await using server = await startMailServer(behaved[protocol]({ security }));
      await probeAndJudge({ protocol, security, port: server.port });
      for (const line of server.received)
        assert.doesNotMatch(line, /^(?:\S+ )?(?:AUTH|AUTHENTICATE|LOGIN|USER|PASS|APOP|MAIL|RCPT|DATA)\b/i);
    }
  }
});
