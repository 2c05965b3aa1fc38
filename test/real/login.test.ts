/** The login check at real servers: Dovecot and Postfix on loopback. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parseCatalog } from '../../src/catalog/catalog.ts';
import { readDataDir } from '../../src/catalog/files.ts';
import type { AccountReport } from '../../src/verify/login/login.ts';
import {
  type CheckOptions,
  checkAt,
  conversation,
  formsOf,
  incoming,
  outgoing,
  visitOf,
} from '../verify/login/login-hands.ts';
import { startMailServer } from '../verify/mail-server.ts';
import { smtp } from '../verify/well-behaved.ts';
import { type MailServerOptions, type MailServers, noMailServers, startMailServers } from './mail-servers.ts';

const secret = 'secret';
const { lists } = readDataDir(fileURLToPath(new URL('../../data', import.meta.url)));
const messages = parseCatalog({ providers: [], lists }).messages.value?.messages ?? [];

/** Everything that the servers have, TLS first. */
function all({ imap, pop3, submission }: MailServers): CheckOptions['servers'] {
  return {
    incoming: [
      incoming('imap', imap.tlsPort),
      incoming('imap', imap.port, 'starttls'),
      incoming('pop3', pop3.tlsPort),
      incoming('pop3', pop3.port, 'starttls'),
    ],
    outgoing: [outgoing(submission.tlsPort), outgoing(submission.port, 'starttls')],
  };
}

async function check(servers: MailServers, options: Partial<CheckOptions> = {}): Promise<AccountReport> {
  return checkAt({ servers: all(servers), ca: readFileSync(servers.ca, 'utf8'), ...options });
}

function codes({ findings }: AccountReport): string[] {
  return findings.map(({ code }) => code);
}

const junk = String.raw`
namespace inbox {
  mailbox Junk {
    auto = subscribe
    special_use = \Junk
  }
}
`;

describe('the login check', { skip: noMailServers(), timeout: 120_000 }, () => {
  /** For the tests that want servers as they usually are. */
  let usual: MailServers;
  before(async () => {
    usual = await startMailServers();
  });
  after(() => usual.stop());

  test('signs in everywhere, sends, fetches the same text by IMAP and POP3, and leaves nothing behind', async () => {
    const servers = usual;
    const report = await check(servers);
    assert.deepEqual(report.findings, [], servers.log());
    assert.equal(report.outcome, 'works');
    const levels = report.visits.map(({ protocol, level }) => `${protocol} ${level}`);
    assert.deepEqual(levels, ['imap L4', 'imap L3', 'smtp L4', 'smtp L4', 'pop3 L4', 'pop3 L3']);
    assert.equal(report.deliveries.length, 2);
    for (const { arrivals, sender } of report.deliveries) {
      assert.deepEqual(
        arrivals.map(({ protocol, folder, spam, intact, deleted }) => ({ protocol, folder, spam, intact, deleted })),
        ['imap', 'pop3'].map((protocol) => ({ protocol, folder: 'INBOX', spam: false, intact: true, deleted: true })),
      );
      assert.ok(arrivals.every(({ ms }) => ms > 0 && ms < 10_000));
      assert.ok(sender?.revealed);
      assert.match(sender.line ?? '', /^Received: from \S+ \S+ \(your address\) by mail\.example\.test \(Postfix\)/);
      assert.ok(!sender.line?.includes('127.0.0.1'));
    }
    const again = await check(servers, { servers: { ...all(servers), outgoing: [] } });
    assert.equal(again.outcome, 'works');

    const said = JSON.stringify(report);
    for (const form of formsOf(secret, 'test@example.test')) assert.ok(!said.includes(form), form);
  });

  test('tells SMTP as the six steps that people learn', async () => {
    const servers = usual;
    const report = await check(servers);
    for (const port of [servers.submission.tlsPort, servers.submission.port]) {
      const { steps } = visitOf(report, port);
      assert.deepEqual(
        steps.map(({ name }) => name),
        ['connect', 'ready', 'hello', 'envelope', 'data', 'quit'],
      );
      const first = steps.map(({ lines }) => `${lines[0]?.from} ${lines[0]?.text.split(/[ :]/)[0]}`);
      assert.deepEqual(first, ['-- connected', 'S 220', 'C EHLO', 'C MAIL', 'C DATA', 'C QUIT']);
      assert.equal(steps[4]?.lines.at(-1)?.text.slice(0, 9), '250 2.0.0');
    }
    assert.match(conversation(visitOf(report, servers.submission.port)), /C: STARTTLS\nS: 220 .*\n--: TLS\nC: EHLO/);
  });

  test('deletes by IMAP where there is no POP3', async () => {
    const servers = usual;
    const { incoming: both, outgoing: sending } = all(servers);
    const imap = both.filter(({ protocol }) => protocol === 'imap');
    const report = await check(servers, { servers: { incoming: imap, outgoing: sending } });
    assert.equal(report.outcome, 'works');
    assert.ok(report.deliveries.every(({ arrivals: [only] }) => only?.deleted));
    assert.match(conversation(visitOf(report, servers.imap.tlsPort)), /C: \S+ UID EXPUNGE \d+\n/);
  });

  test('does all of it by POP3 where there is no IMAP', async () => {
    const servers = usual;
    const { incoming: both, outgoing: sending } = all(servers);
    const pop3 = both.filter(({ protocol }) => protocol === 'pop3');
    const report = await check(servers, { servers: { incoming: pop3, outgoing: sending } });
    assert.deepEqual(report.findings, []);
    assert.equal(report.outcome, 'works');
    assert.ok(
      report.deliveries.every(({ arrivals: [only] }) => only?.protocol === 'pop3' && only.intact && only.deleted),
    );
  });

  for (const protocol of ['imap', 'pop3', 'smtp'] as const)
    test(`tries a password that ${protocol} refuses nowhere else`, async () => {
      await using servers = await startMailServers();
      const { incoming: both, outgoing: sending } = all(servers);
      const only = { incoming: both.filter((server) => server.protocol === protocol), outgoing: sending };
      const report = await check(servers, { servers: only, password: 'wrong-password' });
      assert.deepEqual(codes(report), ['auth.failed']);
      assert.equal(report.outcome, 'fails');
      assert.equal(report.visits.length, 1);
      assert.equal(report.stopped, report.visits[0]?.endpoint);
      assert.ok(report.visits[0]?.steps.some(({ broke }) => broke));
      const attempts =
        servers.log().match(/Password mismatch|auth failed, \d+ attempts|SASL \w+ authentication failed/g) ?? [];
      // Dovecot writes it down when it has time.
      assert.ok(attempts.length <= 1, servers.log());
      for (const form of formsOf('wrong-password', 'test@example.test'))
        assert.ok(!JSON.stringify(report).includes(form));
    });

  for (const certificate of ['self-signed', 'expired', 'wrong-host', 'fragment-wildcard'] as const)
    test(`sends no password to a server whose certificate is bad (${certificate})`, async () => {
      await using servers = await startMailServers({ certificate });
      const report = await check(servers);
      assert.equal(report.outcome, 'fails');
      assert.deepEqual(report.deliveries, []);
      assert.ok(
        report.visits.length === 6 && report.visits.every(({ verdict, steps }) => !verdict.ok && steps.length === 0),
      );
      assert.match(report.visits[0]?.verdict.code ?? '', /^tls\./);
      assert.doesNotMatch(servers.log(), /Login: user=|sasl_method/);
    });

  test('sends no password where no sign-in is offered, and does not believe to be signed in', async () => {
    const servers = usual;
    const { incoming: both } = all(servers);
    const report = await check(servers, {
      servers: { incoming: both, outgoing: [outgoing(servers.mx.port, 'starttls')] },
    });
    assert.deepEqual(codes(report), ['auth.mechanism-missing']);
    const visit = visitOf(report, servers.mx.port);
    assert.equal(visit.level, 'L2');
    assert.deepEqual(visit.steps, []);
    assert.equal(report.stopped, undefined);
  });

  test('says where it broke when the recipient is refused', async () => {
    const postfix = `
smtpd_recipient_restrictions = check_recipient_access inline:{ { test@example.test = 550 5.1.1 User unknown here } }
`;
    await using servers = await startMailServers({ postfix });
    const report = await check(servers);
    assert.deepEqual(codes(report), ['send.rejected', 'send.rejected']);
    const visit = visitOf(report, servers.submission.tlsPort);
    assert.equal(visit.level, 'L3');
    assert.equal(visit.steps.find(({ broke }) => broke)?.name, 'envelope');
    assert.match(report.findings[0]?.heard ?? '', /^550 5\.1\.1 .*User unknown here/);
    assert.equal(report.stopped, undefined);
  });

  const toJunk: MailServerOptions = {
    postfix: `
recipient_delimiter = +
virtual_alias_maps = inline:{ { test@example.test = test+Junk@example.test } { test+Junk@example.test = test+Junk@example.test } }
propagate_unmatched_extensions =
`,
    dovecot: `${junk}
recipient_delimiter = +
lmtp_save_to_detail_mailbox = yes
`,
  };
  test('finds the message in the spam folder, warns, and deletes it there', async () => {
    await using servers = await startMailServers(toJunk);
    const report = await check(servers);
    assert.deepEqual([...new Set(codes(report))], ['fetch.spam-folder'], servers.log());
    assert.equal(report.outcome, 'works');
    for (const { arrivals } of report.deliveries)
      assert.deepEqual(
        arrivals.map(({ folder, spam, intact, deleted }) => ({ folder, spam, intact, deleted })),
        [{ folder: 'Junk', spam: true, intact: true, deleted: true }],
      );
  });

  test('recognises the report that the message will not come, explains it, and deletes it', async () => {
    // Postfix has taken the message when the next server does not; its report has no sender and goes another way.
    await using filter = await startMailServer(
      smtp({
        security: 'none',
        answers: { MAIL: ['250 Ok'], RCPT: ['554 5.7.1 Message content rejected'], DATA: ['503 No'] },
      }),
    );
    const postfix = `
virtual_mailbox_domains =
default_transport = $virtual_transport
sender_dependent_default_transport_maps = inline:{ { test@example.test = smtp:[127.0.0.1]:${filter.port} } }
`;
    await using servers = await startMailServers({ postfix });
    const servedBy = all(servers);
    const report = await check(servers, {
      servers: { ...servedBy, outgoing: servedBy.outgoing.slice(0, 1) },
      messages,
    });
    assert.deepEqual(codes(report), ['send.rejected'], servers.log());
    assert.equal(report.findings[0]?.explained?.id, 'content-rejected');
    const [delivery] = report.deliveries;
    assert.equal(delivery?.bounce?.action, 'failed');
    assert.equal(delivery?.bounce?.status, '5.7.1');
    assert.match(delivery?.bounce?.heard ?? '', /Message content rejected/);
    assert.deepEqual(delivery?.arrivals, []);
    assert.equal(report.findings[0]?.bounced, true);
    const imap = conversation(visitOf(report, servers.imap.tlsPort));
    assert.match(imap, /UID EXPUNGE/);
  });

  test('says that a message does not come, when its time is over', async () => {
    // Nobody listens there.
    const postfix = `
virtual_transport = lmtp:inet:127.0.0.1:1
`;
    await using servers = await startMailServers({ postfix });
    const servedBy = all(servers);
    const report = await check(servers, {
      servers: { ...servedBy, outgoing: servedBy.outgoing.slice(0, 1) },
      patience: 1500,
    });
    assert.deepEqual(codes(report), ['fetch.timeout']);
    assert.equal(report.outcome, 'inconclusive');
  });
});
