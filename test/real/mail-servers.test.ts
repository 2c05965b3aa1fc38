/** The real mail servers themselves: that they are whole, and that nothing of them stays. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ImapFlow } from 'imapflow';
import { createTransport } from 'nodemailer';
import { type MailServers, noMailServers, startMailServers } from './mail-servers.ts';

/** What a client hears that says these lines, one after the other, and does not read in between. */
async function talk(host: string, port: number, ...lines: string[]): Promise<string> {
  const socket = connect(port, host).setEncoding('latin1');
  let text = '';
  socket.on('data', (chunk: string) => (text += chunk));
  socket.write(lines.map((line) => `${line}\r\n`).join(''));
  await once(socket, 'close');
  return text;
}

describe('real mail servers', { skip: noMailServers() }, () => {
  test('a message goes in by submission and comes out by IMAP', async () => {
    await using servers = await startMailServers();
    const [from, to] = servers.accounts;
    assert.ok(from && to);
    const tls = { ca: readFileSync(servers.ca), servername: 'mail.example.test' };
    for (const secure of [true, false]) {
      const { host, port, tlsPort } = servers.submission;
      const transport = createTransport({
        host,
        port: secure ? tlsPort : port,
        secure,
        requireTLS: !secure,
        tls,
        auth: { user: from.address, pass: from.password },
      });
      await transport.sendMail({ from: from.address, to: to.address, subject: `secure: ${secure}`, text: 'x' });
      transport.close();
    }
    const inbox = new ImapFlow({
      host: servers.imap.host,
      port: servers.imap.tlsPort,
      secure: true,
      tls,
      auth: { user: to.address, pass: to.password },
      logger: false,
    });
    try {
      await inbox.connect();
      const arrived = async (): Promise<unknown> => inbox.status('INBOX', { messages: true });
      for (const end = Date.now() + 5000; !/"messages":2/.test(JSON.stringify(await arrived())); await sleep(50)) {
        assert.ok(Date.now() < end, servers.log());
      }
    } catch (error) {
      throw new Error(servers.log(), { cause: error });
    } finally {
      await inbox.logout();
    }
  });

  test('two of them, with different certificates, side by side; a stranger sees other capabilities', async () => {
    const started = await Promise.all([startMailServers(), startMailServers({ certificate: 'rsa1024' })]);
    try {
      for (const { imap, strangersHost } of started) {
        const ask = (host: string): Promise<string> => talk(host, imap.port, 'a CAPABILITY', 'b LOGOUT');
        assert.doesNotMatch(await ask(imap.host), /LOGINDISABLED/);
        assert.match(await ask(strangersHost), / LOGINDISABLED/);
      }
    } finally {
      await Promise.all(started.map((servers) => servers.stop()));
    }
    assert.deepEqual(started.filter(remains), []);
  });

  test('a test that dies leaves nothing behind', async () => {
    const program = `
      import { startMailServers } from ${JSON.stringify(new URL('mail-servers.ts', import.meta.url).href)};
      console.log(JSON.stringify(await startMailServers()));
      setInterval(() => {}, 1000);`;
    const dying = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(dying.stdout.setEncoding('utf8'), 'data')) as [string];
    const servers = JSON.parse(line) as MailServers;
    assert.ok(remains(servers));
    dying.kill('SIGKILL');
    for (const end = Date.now() + 10_000; remains(servers); await sleep(100)) assert.ok(Date.now() < end);
    await assert.rejects(talk(servers.imap.host, servers.imap.port), { code: 'ECONNREFUSED' });
    await assert.rejects(talk(servers.mx.host, servers.mx.port), { code: 'ECONNREFUSED' });
  });
});

function remains({ ca }: Pick<MailServers, 'ca'>): boolean {
  return existsSync(dirname(ca));
}
