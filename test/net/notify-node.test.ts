/** Telling the operator by mail, over a real socket: a mail server on loopback. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { mail } from '../../src/net/notify-node.ts';
import { type Client, startMailServer } from '../verify/mail-server.ts';
import { smtp } from '../verify/well-behaved.ts';

const message = {
  subject: 'mailatlas: 1 server fails',
  text: 'Ein Server geht nicht: größer.\n',
  data: { changes: [1] },
};

const takesMail = {
  MAIL: ['250 2.1.0 Ok'],
  RCPT: ['250 2.1.5 Ok'],
  DATA: async (client: Client) => {
    await client.say('354 Go on');
    while ((await client.line()) !== '.');
    await client.say('250 2.0.0 Queued');
  },
};

describe('Mail', () => {
  const to = { from: 'atlas@mail.example', to: 'ops@mail.example', timeout: 2000, name: 'atlas.example' };

  test('brings the text, and says that a program wrote it', async () => {
    await using server = await startMailServer(
      smtp({ security: 'none', capabilities: ['8BITMIME'], answers: takesMail }),
    );
    await mail({ ...to, smtp: `smtp://127.0.0.1:${server.port}` }).send(message);
    const said = server.received.join('\n');
    assert.match(said, /^EHLO atlas\.example$/m);
    assert.match(said, /^RCPT TO:<ops@mail\.example>$/m);
    assert.match(said, /^Subject: mailatlas: 1 server fails$/m);
    assert.match(said, /^Auto-Submitted: auto-generated$/m);
    assert.match(said, /Ein Server geht nicht: gr=C3=B6=C3=9Fer\./);
  });

  test('sends no password where the server offers no TLS', async () => {
    await using server = await startMailServer(
      smtp({ security: 'none', capabilities: ['AUTH PLAIN'], answers: takesMail }),
    );
    const careful = mail({ ...to, smtp: `smtp://fred:secret@127.0.0.1:${server.port}` });
    await assert.rejects(careful.send(message), { name: 'NotifyError' });
    assert.ok(!server.received.some((line) => line.startsWith('AUTH')));
  });

  test('that is refused is told in the server’s words', async () => {
    const answers = { ...takesMail, RCPT: ['550 5.1.1 No such user'] };
    await using server = await startMailServer(smtp({ security: 'none', capabilities: ['8BITMIME'], answers }));
    const refused = mail({ ...to, smtp: `smtp://127.0.0.1:${server.port}` });
    await assert.rejects(refused.send(message), { name: 'NotifyError', message: /No such user/ });
  });

  test('is named in the log without its password', () => {
    assert.equal(mail({ ...to, smtp: 'smtps://fred:secret@smtp.mail.example' }).name, 'mail through smtp.mail.example');
    assert.throws(() => mail({ ...to, smtp: 'mail.example' }), { name: 'NotifyError' });
  });
});
