/** The login check at scripted servers: what real ones seldom do, and what bad ones may. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AccountReport } from '../../../src/verify/login/login.ts';
import { type Client, type MailServer, type Script, startMailServer } from '../mail-server.ts';
import { type Answer, imap, type Manners, pop3, smtp } from '../well-behaved.ts';
import { checkAt, conversation, formsOf, incoming, outgoing, visitOf } from './login-hands.ts';

const password = 'corréct "horse" \\battery';
const username = 'test@example.test';

/** No form of the password in a report, nor anywhere a server heard it before TLS. */
function keepsSecret(report: AccountReport): void {
  const said = JSON.stringify(report);
  for (const form of [...formsOf(password, username), 'battery', JSON.stringify(password).slice(1, -1)])
    assert.ok(!said.includes(form), form);
}

/** The password never came to this server. */
function heardNothing(server: MailServer): void {
  const heard = server.received.join('\n');
  assert.doesNotMatch(heard, /AUTH |AUTHENTICATE|LOGIN|PASS |USER /);
  for (const form of formsOf(password, username)) assert.ok(!heard.includes(form));
}

/** Signed in by SASL PLAIN, whatever is sent. */
const plain: Answer = async (client) => {
  await client.say('+ ');
  await client.line();
  await client.say('+OK welcome');
};

const empty = { STAT: ['+OK 0 0'] };

async function checkSmtp(script: Script | readonly [Script, ...Script[]], security: 'tls' | 'starttls' = 'tls') {
  const server = await startMailServer(script);
  const mailbox = await startMailServer(pop3({ security: 'tls', answers: { AUTH: plain, ...empty } }));
  const report = await checkAt({
    servers: { incoming: [incoming('pop3', mailbox.port)], outgoing: [outgoing(server.port, security)] },
    password,
    patience: 300,
  });
  await mailbox.stop();
  await server.stop();
  keepsSecret(report);
  return { server, report, visit: visitOf(report, server.port), codes: report.findings.map(({ code }) => code) };
}

async function checkPop3(manners: Partial<Manners>, security: 'tls' | 'starttls' = 'tls') {
  const server = await startMailServer(pop3({ security, ...manners }));
  const report = await checkAt({
    servers: { incoming: [incoming('pop3', server.port, security)], outgoing: [] },
    password,
  });
  await server.stop();
  keepsSecret(report);
  return { server, report, visit: visitOf(report, server.port), codes: report.findings.map(({ code }) => code) };
}

async function checkImap(manners: Partial<Manners>, security: 'tls' | 'starttls' = 'tls') {
  const server = await startMailServer(imap({ security, ...manners }));
  const report = await checkAt({
    servers: { incoming: [incoming('imap', server.port, security)], outgoing: [] },
    password,
  });
  await server.stop();
  keepsSecret(report);
  return { server, report, visit: visitOf(report, server.port), codes: report.findings.map(({ code }) => code) };
}

describe('SMTP: no password goes', { timeout: 60_000 }, () => {
  test('to a server that offers no sign-in, which nodemailer would call verified', async () => {
    const { server, codes, visit } = await checkSmtp(
      smtp({ security: 'tls', capabilities: ['PIPELINING', '8BITMIME'] }),
    );
    assert.deepEqual(codes, ['auth.mechanism-missing']);
    assert.equal(visit.level, 'L2');
    heardNothing(server);
  });

  test('to a server that offers it only before TLS', async () => {
    const { server, codes } = await checkSmtp(
      smtp({ security: 'starttls', before: ['STARTTLS', 'AUTH PLAIN'], capabilities: ['8BITMIME'] }),
      'starttls',
    );
    assert.deepEqual(codes, ['auth.mechanism-missing']);
    heardNothing(server);
  });

  test('to a server that offers it to the probe, and not to us', async () => {
    const { server, codes, visit } = await checkSmtp([
      smtp({ security: 'tls' }),
      smtp({ security: 'tls', capabilities: ['8BITMIME'] }),
    ]);
    assert.deepEqual(codes, ['auth.mechanism-missing']);
    assert.equal(visit.steps.find(({ broke }) => broke)?.name, 'hello');
    heardNothing(server);
  });

  test('without TLS, when STARTTLS is gone at the second connection', async () => {
    const { server, codes } = await checkSmtp(
      [
        smtp({ security: 'starttls' }),
        smtp({ security: 'starttls', before: ['AUTH PLAIN LOGIN'], answers: { STARTTLS: ['502 5.5.1 what?'] } }),
      ],
      'starttls',
    );
    assert.deepEqual(codes, ['auth.temporary']);
    heardNothing(server);
  });

  for (const certificate of ['self-signed', 'untrusted', 'wrong-host', 'fragment-wildcard', 'cn-only'] as const)
    for (const security of ['tls', 'starttls'] as const)
      test(`to a certificate that is bad (${certificate}, ${security}), not even when it was good for the probe`, async () => {
        const bad = await checkSmtp(smtp({ security, certificate }), security);
        assert.match(bad.visit.verdict.code, /^tls\./);
        assert.deepEqual(bad.visit.steps, []);
        assert.equal(bad.report.outcome, 'fails');
        heardNothing(bad.server);

        const swapped = await checkSmtp([smtp({ security }), smtp({ security, certificate })], security);
        assert.ok(swapped.visit.verdict.ok);
        assert.deepEqual(swapped.codes, ['auth.temporary']);
        heardNothing(swapped.server);
      });

  test('a second time, when a server hangs up instead of answering', async () => {
    const hangUp: Answer = async (client) => client.reset();
    const { codes, report } = await checkSmtp(smtp({ security: 'tls', answers: { AUTH: hangUp } }));
    assert.deepEqual(codes, ['auth.temporary']);
    assert.match(report.stopped ?? '', /^smtp:/);
  });
});

describe('SMTP: the report', { timeout: 60_000 }, () => {
  test('does not repeat a password that the server repeats', async () => {
    const echo: Answer = async (client, line) => {
      const heard = Buffer.from(line.split(' ')[2] ?? '', 'base64');
      await client.say(`535 5.7.8 wrong: ${line} is ${heard.toString('latin1').replaceAll('\0', ' ')}`);
    };
    const { codes, visit, report } = await checkSmtp(smtp({ security: 'tls', answers: { AUTH: echo } }));
    assert.deepEqual(codes, ['auth.failed']);
    assert.match(report.findings[0]?.heard ?? '', /^535 5\.7\.8 wrong: AUTH PLAIN ••• is +test@example\.test •••$/);
    assert.match(conversation(visit), /C: AUTH PLAIN •••\nS: 535 /);
  });

  test('has AUTH LOGIN without what was typed', async () => {
    const login: Answer = async (client) => {
      await client.say('334 VXNlcm5hbWU6');
      await client.line();
      await client.say('334 UGFzc3dvcmQ6');
      assert.equal(Buffer.from(await client.line(), 'base64').toString(), password);
      await client.say('235 2.7.0 welcome');
    };
    const { visit } = await checkSmtp(
      smtp({ security: 'tls', capabilities: ['AUTH LOGIN'], answers: { AUTH: login } }),
    );
    assert.match(
      conversation(visit),
      /C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: •••\nS: 334 UGFzc3dvcmQ6\nC: •••\nS: 235/,
    );
  });

  test('takes another 2yz than 235 for no sign-in', async () => {
    const { report } = await checkSmtp(smtp({ security: 'tls', answers: { AUTH: ['250 ok'] } }));
    assert.match(report.stopped ?? '', /^smtp:/);
    assert.deepEqual(report.deliveries, []);
  });

  const accepted = { AUTH: ['235 2.7.0 welcome'], MAIL: ['250 ok'], RCPT: ['250 ok'] };
  test('says where a message broke: at DATA, for now', async () => {
    const data: Answer = async (client) => {
      await client.say('354 go on');
      while ((await client.line()) !== '.');
      await client.say('451 4.3.0 try again later');
    };
    const { codes, visit } = await checkSmtp(smtp({ security: 'tls', answers: { ...accepted, DATA: data } }));
    assert.deepEqual(codes, ['send.tempfail']);
    assert.equal(visit.level, 'L3');
    assert.equal(visit.steps.find(({ broke }) => broke)?.name, 'data');
  });

  test('says that a connection broke in the middle of a message', async () => {
    const data: Answer = async (client) => client.reset();
    const { codes, report } = await checkSmtp(smtp({ security: 'tls', answers: { ...accepted, DATA: data } }));
    assert.deepEqual(codes, ['send.tempfail']);
    assert.equal(report.stopped, undefined);
  });
});

describe('POP3', { timeout: 60_000 }, () => {
  test('signs in with USER and PASS where SASL is not offered, in UTF-8', async () => {
    const heard: string[] = [];
    const pass: Answer = async (client: Client, line: string) => {
      heard.push(Buffer.from(line, 'latin1').toString('utf8'));
      await client.say('+OK welcome');
    };
    const { report, visit } = await checkPop3({
      capabilities: ['USER', 'TOP'],
      answers: { USER: ['+OK'], PASS: pass },
    });
    assert.equal(report.outcome, 'works');
    assert.deepEqual(heard, [`PASS ${password}`]);
    assert.match(conversation(visit), /C: USER test@example\.test\nS: \+OK\nC: PASS •••\nS: \+OK welcome/);
  });

  test('signs in where the server knows no CAPA', async () => {
    const answers = { CAPA: ['-ERR what?'], USER: ['+OK'], PASS: ['+OK'] };
    assert.equal((await checkPop3({ answers })).report.outcome, 'works');
  });

  test('signs in after STLS', async () => {
    const { report, server } = await checkPop3({ answers: { AUTH: plain } }, 'starttls');
    assert.equal(report.outcome, 'works');
    assert.ok(server.connections.every(({ tlsVersion }) => tlsVersion === 'TLSv1.3'));
  });

  test('stops at a refusal, and at a user name that is refused before any password', async () => {
    const refused = await checkPop3({ capabilities: ['USER'], answers: { USER: ['+OK'], PASS: ['-ERR [AUTH] no'] } });
    assert.deepEqual(refused.codes, ['auth.failed']);
    const unknown = await checkPop3({ capabilities: ['USER'], answers: { USER: ['-ERR who?'] } });
    assert.deepEqual(unknown.codes, ['auth.failed']);
    assert.ok(refused.report.stopped && unknown.report.stopped);
  });

  test('says nothing to a server that offers neither SASL nor USER', async () => {
    const { codes, server } = await checkPop3({ capabilities: ['TOP', 'SASL GSSAPI'] });
    assert.deepEqual(codes, ['auth.mechanism-missing']);
    heardNothing(server);
  });
});

describe('IMAP', { timeout: 60_000 }, () => {
  test('says nothing to a server that has switched LOGIN off and offers nothing else', async () => {
    const { codes, server } = await checkImap({ capabilities: ['IMAP4rev1', 'LOGINDISABLED'] });
    assert.deepEqual(codes, ['auth.mechanism-missing']);
    heardNothing(server);
  });

  test('says nothing to a server that wants OAuth2', async () => {
    const { codes, server } = await checkImap({ capabilities: ['IMAP4rev1', 'AUTH=XOAUTH2', 'LOGINDISABLED'] });
    assert.deepEqual(codes, ['auth.oauth-required']);
    heardNothing(server);
  });

  test('says nothing before TLS', async () => {
    const { codes, server } = await checkImap({ before: ['IMAP4rev1', 'AUTH=PLAIN'] }, 'starttls');
    assert.deepEqual(codes, []);
    heardNothing(server);
  });

  test('shows LOGIN without the password, also where the server repeats it', async () => {
    const login: Answer = async (client, line) => client.say(`${line.split(' ')[0]} NO [AUTHENTICATIONFAILED] ${line}`);
    const { visit, codes } = await checkImap({ capabilities: ['IMAP4rev1'], answers: { LOGIN: login } });
    assert.deepEqual(codes, ['auth.failed']);
    assert.match(conversation(visit), /C: \S+ LOGIN •••\nS: \S+ NO \[AUTHENTICATIONFAILED\]/);
  });
});
