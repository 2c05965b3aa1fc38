/** Telling the operator, over a real socket: a web server on loopback. */
import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import { webhook } from '../../src/net/webhook.ts';

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
/** Again at once, and with all the time that a busy machine needs. */
const quick = { pause: 1, timeout: 60_000 };

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
