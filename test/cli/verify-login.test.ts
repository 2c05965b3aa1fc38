/** `mailatlas verify --accounts FILE`, talking to scripted servers. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { after, before, describe, test } from 'node:test';
import { type DnsServer, startDns } from '../dns-server.ts';
import { pki } from '../pki.ts';
import { program } from '../program.ts';
import { formsOf } from '../verify/login/login-hands.ts';
import { type MailServer, startMailServer } from '../verify/mail-server.ts';
import { imap, smtp } from '../verify/well-behaved.ts';

const main = await program();
const password = 'corréct "horse" battery';
const folder = mkdtempSync(join(tmpdir(), 'mailatlas-accounts-'));
const accounts = join(folder, 'accounts.json');
const data = join(folder, 'data');
let dns: DnsServer;
let servers: { imap: MailServer; smtp: MailServer };

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Whatever it says, the password is not in it. */
async function verify(values: object = {}): Promise<Ran> {
  const options = {
    accounts,
    data,
    ca: join(folder, 'ca.pem'),
    resolver: dns.address,
    'allow-private': true,
    ...values,
  };
  const args = Object.entries(options).flatMap(([name, value]) => {
    if (typeof value === 'string') return [`--${name}`, value];
    return value ? [`--${name}`] : [];
  });
  // The compiled atlas of this run's data goes where the data is.
  const env = { ...process.env, XDG_CACHE_HOME: folder, LC_ALL: 'C', NO_COLOR: '1' };
  const ran = await new Promise<Ran>((resolve) => {
    execFile(process.execPath, [main, 'verify', ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
  for (const form of formsOf(password, 'fred@mail.test'))
    assert.ok(!(ran.stdout + ran.stderr).includes(form), `${ran.stdout}\n${ran.stderr}`);
  assert.ok(!(ran.stdout + ran.stderr).includes('battery'));
  // Nor does what the server says reach the terminal as a command.
  assert.doesNotMatch(ran.stdout, /[^\P{Cc}\n]/u);
  return ran;
}

function writeAccounts(text: string, mode = 0o600): void {
  writeFileSync(accounts, text);
  chmodSync(accounts, mode);
}

function server(protocol: string, port: number): string {
  return `  - protocol: ${protocol}
    host: mail.example.test
    port: ${port}
    security: tls
    username: "%EMAILADDRESS%"
    auth:
      - password-cleartext
    sources:
      - help
`;
}

const good = JSON.stringify([{ address: 'fred@mail.test', password }]);

before(async () => {
  dns = await startDns({ 'mail.example.test': { A: ['127.0.0.1'] } });
  servers = {
    imap: await startMailServer(
      imap({
        security: 'tls',
        answers: {
          AUTHENTICATE: async (client, line) => {
            await client.say('+ ');
            await client.say(
              `${line.split(' ')[0]} NO [AUTHENTICATIONFAILED] “${await client.line()}”\x1b[2J is wrong`,
            );
          },
        },
      }),
    ),
    smtp: await startMailServer(smtp({ security: 'tls' })),
  };
  mkdirSync(join(data, 'providers'), { recursive: true });
  writeFileSync(join(folder, 'ca.pem'), (await pki()).ca);
  writeFileSync(
    join(data, 'providers', 'mail.test.yml'),
    `id: mail.test
name: Example Mail
short: Example
kind: freemail
country: DE
website: https://mail.test/
access: open
domains:
  - mail.test
incoming:
${server('imap', servers.imap.port)}outgoing:
${server('smtp', servers.smtp.port)}sources:
  help:
    url: https://mail.test/help
    seen: 2026-11-20
    says: "mail.example.test"
`,
  );
});

after(async () => {
  await Promise.all([dns.stop(), servers.imap.stop(), servers.smtp.stop()]);
  rmSync(folder, { recursive: true });
});

describe('the file of accounts', () => {
  test('must be for one person alone, and the hint says how', async () => {
    for (const mode of [0o644, 0o640, 0o660, 0o700]) {
      writeAccounts(good, mode);
      const { code, stderr } = await verify();
      assert.equal(code, 3);
      assert.match(
        stderr,
        /^mailatlas: .*accounts\.json has passwords in it, and its mode 0\d{3} is not for one person/,
      );
      assert.match(stderr, /\n {2}hint: chmod 600 '.*accounts\.json'\n$/);
    }
  });

  test('may be one that only its owner can read, and nobody write', async () => {
    writeAccounts('[]', 0o400);
    assert.match((await verify()).stderr, /there is no account/);
  });

  test('must be the person’s own', { skip: process.getuid?.() !== 0 && 'only root can give files away' }, async () => {
    writeAccounts(good);
    chownSync(accounts, 65534, 65534);
    const { code, stderr } = await verify();
    chownSync(accounts, 0, 0);
    assert.equal(code, 3);
    assert.match(stderr, /belongs to somebody else/);
  });

  test('is judged itself where a link leads to it', async () => {
    writeAccounts(good, 0o644);
    const link = join(folder, 'link.json');
    symlinkSync(accounts, link);
    assert.match((await verify({ accounts: link })).stderr, /link\.json has passwords in it, and its mode 0644/);
  });

  test('must exist, and be a file', async () => {
    assert.match((await verify({ accounts: join(folder, 'none.json') })).stderr, /there is no .*none\.json/);
    assert.match((await verify({ accounts: folder })).stderr, /is no file/);
  });

  test('is told of by line and field', async () => {
    writeAccounts(`[\n  {"address": "fred@mail.test", "pasword": "${password.replaceAll('"', '')}"}\n]`);
    const { code, stderr } = await verify();
    assert.equal(code, 3);
    assert.match(stderr, /accounts\.json:2:33 \[0\]: has a field that is none of address, password, username\n/);
  });
});

describe('a sign-in that is refused', () => {
  test('is told in sentences, with the conversation, and tried nowhere else', async () => {
    writeAccounts(good);
    const { code, stdout, stderr } = await verify();
    assert.equal(stderr, '');
    assert.equal(code, 1);
    assert.match(
      stdout,
      /^fred@mail\.test \(mail\.test\): does not work\n {2}auth\.failed: mail\.example\.test:\d+ does not take/,
    );
    assert.match(stdout, /It says: “NO \[AUTHENTICATIONFAILED\] .*•••.* is wrong”/);
    assert.match(stdout, /The password was not tried at any other server/);
    assert.match(stdout, /\n {4}4 sign in \([\d.]+ ms\) ✗\n {6}C {2}\S+ AUTHENTICATE PLAIN\n/);
    assert.deepEqual(servers.smtp.connections, []);
  });

  test('is told in German', async () => {
    writeAccounts(good);
    const { stdout } = await verify({ lang: 'de' });
    assert.match(
      stdout,
      /geht nicht\n.*nimmt Benutzername und Passwort nicht an\. Er sagt: „NO .*\n.*an keinem weiteren Server/,
    );
  });

  test('is told as JSON', async () => {
    writeAccounts(good);
    const { stdout, code } = await verify({ json: true });
    assert.equal(code, 1);
    const [report] = JSON.parse(stdout);
    assert.equal(report.address, 'fred@mail.test');
    assert.equal(report.outcome, 'fails');
    assert.equal(report.findings[0].code, 'auth.failed');
    assert.match(report.findings[0].says, /does not take the user name and the password/);
    assert.equal(report.stopped, `imap://mail.example.test:${servers.imap.port}?security=tls`);
    assert.deepEqual(Object.keys(report.visits[0]).sort(), [
      'address',
      'endpoint',
      'level',
      'protocol',
      'steps',
      'verdict',
    ]);
  });
});

test('an address that no record is for is told of, and nothing is sent', async () => {
  writeAccounts(JSON.stringify([{ address: 'fred@elsewhere.test', password }]));
  const { stdout, code } = await verify();
  assert.equal(code, 1);
  assert.match(stdout, /^fred@elsewhere\.test: could not be decided\n {2}There is no record for this domain/);
});

test('loopback is not dialled unless it is allowed', async () => {
  writeAccounts(good);
  const { stdout } = await verify({ 'allow-private': false });
  assert.match(stdout, /policy\.(?:port|blocked-address)/);
  assert.doesNotMatch(stdout, /AUTHENTICATE/);
});

test('options that say nothing, or two things, are misuse', async () => {
  writeAccounts(good);
  for (const values of [{ wait: 'long' }, { wait: '0' }, { lang: 'fr' }, { timeout: 'x' }, { all: true }])
    assert.equal((await verify(values)).code, 2, JSON.stringify(values));
});
