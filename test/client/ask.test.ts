/** Asking a server with the client library: only when told to, and only about the domain. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { askServer } from '../../src/client/client.ts';
import { scriptedMx, testApp } from '../web/app.ts';

const { app } = testApp({ mx: scriptedMx });
const asked: string[] = [];
const fetchFrom: typeof fetch = async (input, init) => {
  assert.ok(input instanceof URL);
  asked.push(input.href);
  return app.request(input.href, init);
};
const ask = (typed: string, mx?: boolean) =>
  askServer('https://atlas.example/', typed, { fetch: fetchFrom, ...(mx !== undefined && { mx }) });

describe('Asking a server', () => {
  test('sends the domain alone, and fills the user names in here', async () => {
    const result = await ask('Fred@post.example');
    assert.equal(asked.at(-1), 'https://atlas.example/api/v1/lookup?domain=post.example');
    assert.ok('answer' in result);
    assert.deepEqual(
      result.answer.incoming.map(({ username }) => username),
      ['Fred@post.example', 'Fred@post.example', 'Fred'],
    );
    const [, sieve] = result.answer.services;
    assert.equal(sieve?.username, null, 'nobody knows');
  });

  test('lets the server ask DNS unless that is forbidden', async () => {
    const result = await ask('firm.zz');
    assert.ok('answer' in result && result.answer.trust === 'dns');
    assert.deepEqual(await ask('firm.zz', false), {
      miss: { reason: 'unknown-domain', says: 'The atlas does not know firm.zz.' },
    });
  });

  test('tells no answer apart from a server that does not answer', async () => {
    const gone = await ask('gone.example');
    assert.ok('miss' in gone);
    assert.equal(gone.miss.reason, 'left-out');
    await assert.rejects(ask('slow.zz'), /^Error: atlas\.example answers 503/);
    await assert.rejects(ask('no domain'), { name: 'NameError' });
    for (const status of [200, 502]) {
      const page = () => Promise.resolve(new Response('<h1>Bad Gateway</h1>', { status }));
      const proxy = askServer('https://atlas.example/', 'post.example', { fetch: page });
      await assert.rejects(proxy, new RegExp(`^Error: atlas\\.example answers ${status}`));
    }
  });
});
