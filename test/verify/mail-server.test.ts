/** The scripted mail server, looked at by clients that others wrote: Node's sockets, imapflow, nodemailer. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { ImapFlow } from 'imapflow';
import { createTransport } from 'nodemailer';
import { pki } from '../pki.ts';
import { soon } from '../soon.ts';
import { type MailServer, type Script, startMailServer } from './mail-server.ts';
import { imap, pop3, smtp } from './well-behaved.ts';

/** Everything that the server sends until it ends the connection, and how that ended. */
async function hearOut(socket: Socket): Promise<{ text: string; error?: string }> {
  let text = '';
  let error: NodeJS.ErrnoException | undefined;
  socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
  socket.once('error', (problem) => (error = problem));
  await once(socket, 'close').catch(() => undefined);
  return error ? { text, error: error.code ?? error.message } : { text };
}

/** One connection to a server with this script: says these lines at once, hears everything. */
async function talk(script: Script, ...lines: string[]): Promise<{ text: string; error?: string }> {
  await using server = await startMailServer(script);
  const socket = connect(server.port, server.host);
  if (lines.length > 0) socket.write(lines.map((line) => `${line}\r\n`).join(''));
  return await hearOut(socket);
}

async function tlsTo({ port, host }: MailServer, options = {}): Promise<{ text: string; error?: string }> {
  const { ca } = await pki();
  return await hearOut(connectTls({ port, host, ca, servername: 'mail.example.test', ...options }));
}

describe('what a script can do', () => {
  test('say lines and hear lines', async () => {
    const script: Script = async (client) => {
      await client.say('220-one', '220 two');
      await client.hear(/^EHLO \S+$/);
      await client.say('250 mail.example.test');
      await client.hear('quit');
    };
    assert.deepEqual(await talk(script, 'EHLO me.example', 'QUIT'), {
      text: '220-one\r\n220 two\r\n250 mail.example.test\r\n',
    });
  });

  test('say that the client did otherwise than it should, when it is stopped', async () => {
    const server = await startMailServer(async (client) => {
      await client.hear('EHLO me.example');
    });
    const socket = connect(server.port, server.host).resume();
    socket.write('HELO me.example\r\n');
    await once(socket, 'close');
    await assert.rejects(server.stop(), /expected EHLO me\.example and heard “HELO me\.example”/);
  });

  test('notice a client that does not wait for the whole greeting', async () => {
    const server = await startMailServer(async (client) => {
      await client.say('220-mail.example.test');
      await client.quiet(100);
      await client.say('220 mail.example.test');
    });
    const socket = connect(server.port, server.host).resume();
    socket.write('EHLO early\r\n');
    await once(socket, 'close');
    await assert.rejects(server.stop(), /spoke before its turn: “EHLO early”/);
  });

  test('drip, send any octet, close', async () => {
    const before = performance.now();
    const heard = await talk(async (client) => {
      await client.drip('* O', 30);
      await client.send(Uint8Array.of(0, 255, 10));
    });
    assert.deepEqual(heard, { text: '* O\0ÿ\n' });
    assert.ok(performance.now() - before >= 85);
  });

  test('reset the connection', async () => {
    const heard = await talk(async (client) => {
      await client.say('220 mail.example.test');
      await sleep(20);
      await client.reset();
    });
    assert.deepEqual(heard, { text: '220 mail.example.test\r\n', error: 'ECONNRESET' });
  });

  test('reset it within TLS', async () => {
    await using server = await startMailServer(async (client) => {
      await client.tls();
      await client.say('* OK');
      await sleep(20);
      await client.reset();
    });
    assert.deepEqual(await tlsTo(server), { text: '* OK\r\n', error: 'ECONNRESET' });
  });

  test('flood: the server sends only what the client takes, and ends when the client leaves', async () => {
    await using server = await startMailServer((client) => client.flood('x', 1024 ** 3));
    const socket = connect(server.port, server.host);
    await once(socket, 'readable'); // and nothing is read
    await sleep(50);
    socket.destroy();
    await sleep(50);
    const sent = server.connections[0]?.sent ?? 0;
    assert.ok(sent > 0 && sent < 32 * 1024 ** 2, `${sent} octets`);
  });

  test('hang until the client leaves or the server is stopped', async () => {
    const server = await startMailServer((client) => client.hang());
    const socket = connect(server.port, server.host);
    const heard = hearOut(socket);
    await soon('the connection', () => assert.equal(server.connections.length, 1));
    await server.stop();
    assert.deepEqual(await heard, { text: '' });
  });

  test('begin TLS with a client that has left already, which ends the script', { timeout: 60_000 }, async () => {
    for (let delay = 0; delay < 10; delay += 1) {
      await using server = await startMailServer((client) => client.tls('good-ec'));
      const socket = connect(server.port, server.host);
      await once(socket, 'connect');
      await sleep(delay);
      socket.resetAndDestroy();
    }
  });

  test('leave in the middle of a handshake', async () => {
    await using server = await startMailServer(async (client) => {
      await client.octets(100);
    });
    assert.equal((await tlsTo(server)).error, 'ECONNRESET');
  });

  for (const [description, code] of [
    [40, 'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE'],
    [70, 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION'],
    [80, 'ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR'],
    [112, 'ERR_SSL_TLSV1_UNRECOGNIZED_NAME'],
    [120, 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL'],
  ] as const) {
    test(`answer the TLS hello with alert ${description}`, async () => {
      await using server = await startMailServer((client) => client.alert(description));
      assert.equal((await tlsTo(server)).error, code);
    });
  }

  test('speak an old TLS only', async () => {
    await using server = await startMailServer(smtp({ security: 'tls', tls: { maxVersion: 'TLSv1' } }));
    assert.equal((await tlsTo(server)).error, 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION');
    const socket = connectTls({
      port: server.port,
      host: server.host,
      rejectUnauthorized: false,
      minVersion: 'TLSv1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    });
    await once(socket, 'secureConnect');
    socket.end('QUIT\r\n');
    await hearOut(socket);
    assert.equal(server.connections[1]?.tlsVersion, 'TLSv1');
  });

  test('want a certificate of the client', async () => {
    const tls = { requestCert: true, rejectUnauthorized: true };
    await using server = await startMailServer(smtp({ security: 'tls', tls }));
    const { error } = await tlsTo(server);
    assert.equal(error, 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED');
  });

  test('tell the first connection from the second, and which name TLS was for', async () => {
    await using server = await startMailServer([
      (client) => client.alert(40),
      async (client) => {
        await client.tls('good-ec');
        await client.say('* OK');
      },
    ]);
    await tlsTo(server);
    assert.deepEqual(await tlsTo(server), { text: '* OK\r\n' });
    assert.deepEqual(
      server.connections.map(({ serverName, tlsVersion }) => [serverName, tlsVersion]),
      [
        [undefined, undefined],
        ['mail.example.test', 'TLSv1.3'],
      ],
    );
  });
});

describe('a well-behaved server', () => {
  for (const security of ['tls', 'starttls', 'none'] as const) {
    const tls = async () => ({ ca: (await pki()).ca, servername: 'mail.example.test' });

    test(`SMTP, ${security}: nodemailer greets it`, async () => {
      await using server = await startMailServer(smtp({ security, answers: { AUTH: ['235 2.7.0 welcome'] } }));
      const { host, port } = server;
      const transport = createTransport({
        host,
        port,
        secure: security === 'tls',
        requireTLS: security === 'starttls',
        ignoreTLS: security === 'none',
        tls: await tls(),
        auth: { user: 'u', pass: 'p' },
      });
      assert.equal(await transport.verify(), true);
      transport.close();
      const hello = server.received.filter((line) => line.startsWith('EHLO')).length;
      assert.equal(hello, security === 'starttls' ? 2 : 1);
    });

    test(`IMAP, ${security}: imapflow signs in and out`, async () => {
      const answers = { LOGIN: ['{tag} OK welcome'], AUTHENTICATE: ['{tag} OK welcome'], NAMESPACE: ['{tag} OK'] };
      await using server = await startMailServer(imap({ security, answers }));
      const { host, port } = server;
      const client = new ImapFlow({
        host,
        port,
        secure: security === 'tls',
        doSTARTTLS: security === 'starttls',
        tls: await tls(),
        auth: { user: 'u', pass: 'p' },
        logger: false,
        verifyOnly: true,
      });
      await client.connect();
      assert.equal(client.capabilities.has('AUTH=PLAIN'), true);
      assert.ok(server.received.some((line) => line.endsWith('LOGOUT')));
    });

    test(`POP3, ${security}`, async () => {
      await using server = await startMailServer(pop3({ security }));
      const { host, port } = server;
      const socket = security === 'tls' ? connectTls({ host, port, ...(await tls()) }) : connect(port, host);
      socket.write('CAPA\r\nQUIT\r\n');
      const { text } = await hearOut(socket);
      assert.match(text, security === 'starttls' ? /\r\nSTLS\r\n/ : /\r\nUSER\r\n/);
      assert.match(text, /\+OK Logging out\.\r\n$/);
    });
  }
});
