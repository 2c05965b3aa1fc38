/** Telling the operator, over real sockets: a web server and a mail server on loopback. */
import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import { mail, webhook } from '../../src/net/notify-node.ts';
import { type Client, startMailServer } from '../verify/mail-server.ts';
import { smtp } from '../verify/well-behaved.ts';

const message = {
  subject: 'mailatlas: 1 server fails',
  text: 'Ein Server geht nicht: größer.\n',
  data: { changes: [1] },
};

interface Hook {
  readonly url: string;
  readonly requests: { method: string | undefined; type: string | undefined; body: string }[];
}

/** @param answers to the first request, the second …; the last one is for all that follow */
async function hook(t: TestContext, ...answers: ((response: ServerResponse) => void)[]): Promise<Hook> {
  const requests: Hook['requests'] = [];
  const server = createServer((request: IncomingMessage, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      requests.push({ method: request.method, type: request.headers['content-type'], body });
      answers[Math.min(requests.length, answers.length) - 1]?.(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, requests };
}

const status =
  (code: number, headers = {}) =>
  (response: ServerResponse) =>
    response.writeHead(code, headers).end('x');
const quick = { pause: 1, timeout: 500 };

describe('A webhook', () => {
  test('gets the JSON by POST, once', async (t) => {
    const { url, requests } = await hook(t, status(204));
    await webhook(url, quick).send(message);
    assert.deepEqual(requests, [{ method: 'POST', type: 'application/json', body: '{"changes":[1]}' }]);
  });

  test('that has a bad moment is asked again', async (t) => {
    const { url, requests } = await hook(t, status(503), (response) => response.destroy(), status(200));
    await webhook(url, quick).send(message);
    assert.equal(requests.length, 3);
  });

  test('that never works is asked three times, and then it is told', async (t) => {
    const { url, requests } = await hook(t, status(500));
    await assert.rejects(webhook(url, quick).send(message), { name: 'NotifyError', message: 'it answered 500' });
    assert.equal(requests.length, 3);
  });

  test('that does not want it is not asked again', async (t) => {
    const { url, requests } = await hook(t, status(410));
    await assert.rejects(webhook(url, quick).send(message), { message: 'it answered 410' });
    assert.equal(requests.length, 1);
  });

  test('that sends us elsewhere is not followed', async (t) => {
    const elsewhere = await hook(t, status(200));
    const { url } = await hook(t, status(307, { Location: elsewhere.url }));
    await assert.rejects(webhook(url, quick).send(message), { message: 'it answered 307' });
    assert.equal(elsewhere.requests.length, 0);
  });

  test('that never answers is not waited for for ever', async (t) => {
    const { url } = await hook(t, () => undefined);
    const one = webhook(url, { timeout: 100, attempts: 1 });
    await assert.rejects(one.send(message), { message: 'it did not answer in 0.1 seconds' });
  });

  test('that is not there is told', async (t) => {
    const { url } = await hook(t, status(200));
    const gone = new URL(url);
    gone.port = '9';
    await assert.rejects(webhook(gone.href, { ...quick, attempts: 1 }).send(message), { name: 'NotifyError' });
  });

  for (const url of ['nonsense', 'ftp://mail.example/', 'https://user:password@mail.example/']) {
    test(`must be a URL that can be posted to: ${url}`, () => {
      assert.throws(() => webhook(url), { name: 'NotifyError' });
    });
  }

  test('is named in the log without its path, which is often a secret', () => {
    assert.equal(webhook('https://chat.example/hooks/secret').name, 'the webhook at chat.example');
  });
});

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
