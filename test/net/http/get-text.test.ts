import assert from 'node:assert/strict';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import { getText } from '../../../src/net/http/get-text.ts';

async function urlOf(t: TestContext, answer: (response: ServerResponse) => void): Promise<URL> {
  const server = createServer((_, response) => answer(response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
}

const bounds = { most: 1024 * 1024, timeout: 60_000 };

describe('Reading from another server', () => {
  test('gives the text, also where a character is cut in two', async (t) => {
    const bytes = Buffer.from('größer');
    const url = await urlOf(t, (response) => {
      response.write(bytes.subarray(0, 3));
      setTimeout(() => response.end(bytes.subarray(3)), 20);
    });
    assert.equal(await getText(url, bounds), 'größer');
  });

  test('ends where there is too much, whatever length was announced', async (t) => {
    const url = await urlOf(t, (response) => {
      const more = () => response.write('x'.repeat(65_536), () => setImmediate(more));
      more();
    });
    await assert.rejects(getText(url, bounds), { name: 'HttpError', message: 'its answer is longer than 1 MB' });
  });

  test('ends where it drips for too long', async (t) => {
    const url = await urlOf(t, (response) => response.write('x'));
    await assert.rejects(getText(url, { ...bounds, timeout: 100 }), { message: 'it did not answer in 0.1 seconds' });
  });

  test('follows nobody elsewhere, and tells what was answered', async (t) => {
    const url = await urlOf(t, (response) => response.writeHead(302, { Location: 'http://127.0.0.1:9/' }).end());
    await assert.rejects(getText(url, bounds), { message: 'it answered 302' });
    await assert.rejects(getText(new URL('http://127.0.0.1:9/'), bounds), { message: /^it cannot be reached/ });
  });
});
