/** The whole atlas at once: signed, as lines, and what changed. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readPayload } from '../../../src/atlas/bundle.ts';
import { openBundle } from '../../../src/client/client.ts';
import { type EndpointKey, nothingKnown } from '../../../src/provider/model.ts';
import { bundler } from '../../../src/web/bulk/bundler.ts';
import { madeAt, ours } from '../../bundles.ts';
import { testApp } from '../app.ts';
import { records } from '../records.ts';

const learned = {
  ...nothingKnown,
  statuses: new Map([['imap://imap.post.example:993?security=tls' as EndpointKey, { status: 'verified' as const }]]),
};

describe('GET /api/v1/bundle', () => {
  let now = madeAt;
  const { get, learn } = testApp({ bundle: bundler(ours, () => now) });
  const fetched = async () => new Uint8Array(await (await get('/api/v1/bundle')).arrayBuffer());
  const opened = async () => openBundle(await fetched(), { keys: [ours.publicKey], now });

  test('gives a bundle that the client library opens, and that anybody may keep', async () => {
    const response = await get('/api/v1/bundle');
    assert.equal(response.headers.get('cache-control'), 'public, max-age=3600');
    assert.equal(response.headers.get('content-type'), 'application/vnd.mailatlas.bundle');
    assert.match(response.headers.get('etag') ?? '', /^"/);
    const atlas = await opened();
    assert.deepEqual([atlas.providers, atlas.changes], [records.length, 7]);
  });

  test('is the same for a day where nothing changes, so that a 304 is possible', async () => {
    const { revision } = await opened();
    now = new Date(now.getTime() + 86_399_000);
    assert.equal((await opened()).revision, revision);
    now = new Date(now.getTime() + 1000);
    assert.equal((await opened()).revision, revision + 86_400);
  });

  test('has what is new within a minute, and not more often', async () => {
    const { revision } = await opened();
    const status = async () => {
      const result = await (await opened()).lookup('post.example');
      return 'answer' in result ? result.answer.incoming[0]?.status : undefined;
    };
    now = new Date(now.getTime() + 1000);
    learn(learned);
    assert.equal(await status(), 'unverified');
    now = new Date(now.getTime() + 60_000);
    assert.equal(await status(), 'verified');
    assert.ok((await opened()).revision > revision, 'and a newer revision');
  });

  test('is not there where the operator gave no key', async () => {
    const response = await testApp().get('/api/v1/bundle');
    assert.equal(response.status, 404);
    assert.equal(((await response.json()) as { code: string }).code, 'no-bundle');
  });
});

describe('GET /api/v1/atlas.ndjson', () => {
  const { app, get, send, learn } = testApp();

  test('gives every record, list and status as one object a line', async () => {
    learn(learned);
    const response = await get('/api/v1/atlas.ndjson');
    assert.equal(response.headers.get('content-type'), 'application/x-ndjson; charset=utf-8');
    const text = await response.text();
    for (const line of text.trimEnd().split('\n')) assert.equal(typeof JSON.parse(line), 'object');
    const { curated, knowledge, head } = readPayload(text);
    assert.deepEqual(curated.providers.map(({ id }) => id).sort(), records.map(({ id }) => id).sort());
    assert.deepEqual([curated.others.length, curated.leftOut.length], [3, 2]);
    assert.deepEqual(knowledge.statuses, learned.statuses);
    assert.deepEqual(head, { changes: 7 }, 'the revision to ask for changes since');
  });

  test('says whether it is whole: a connection may have broken', async () => {
    const text = await (await get('/api/v1/atlas.ndjson')).text();
    assert.throws(() => readPayload(text.split('\n').slice(0, -3).join('\n')), { code: 'not-a-bundle' });
  });

  test('sends it as it is made', async () => {
    const { body } = await app.request('/api/v1/atlas.ndjson');
    const reader = body?.getReader();
    const first = await reader?.read();
    assert.equal(new TextDecoder().decode(first?.value), '{"mailatlas":{"changes":7}}\n');
    await reader?.cancel();
  });

  test('HEAD sends nothing', async () => {
    const response = await send('HEAD', '/api/v1/atlas.ndjson');
    assert.deepEqual([response.status, await response.text()], [200, '']);
  });
});

describe('GET /api/v1/changes', () => {
  const { get } = testApp();
  const changes = async (since: string) => (await get(`/api/v1/changes?since=${since}`)).json();

  test('says which records changed after a revision, oldest first', async () => {
    const all = (await changes('0')) as { changes: { n: number; id: string }[] };
    assert.deepEqual(
      all.changes.map(({ n, id }) => `${n} ${id}`),
      ['3 post.example', '7 post.example'],
    );
    assert.deepEqual(await changes('7'), { since: 7, revision: 7, more: false, changes: [] });
  });

  test('says when there are more than it gives, so that one asks again', async () => {
    const line = { at: '2026-11-01T10:00:00.000Z', id: 'a.example', oldDigest: null, newDigest: 'aa', cause: 'load' };
    const many = testApp({
      changes: (since, limit) =>
        Promise.resolve(
          Array.from({ length: 1500 - since }, (_, i) => ({ n: since + i + 1, ...line })).slice(0, limit),
        ),
    });
    const page = async (since: number) =>
      (await (await many.get(`/api/v1/changes?since=${since}`)).json()) as { more: boolean; changes: { n: number }[] };
    const first = await page(0);
    assert.deepEqual([first.more, first.changes.length, first.changes.at(-1)?.n], [true, 1000, 1000]);
    const second = await page(1000);
    assert.deepEqual([second.more, second.changes.at(-1)?.n], [false, 1500]);
  });

  test('is asked for anew each time, and changed answers alone are sent', async () => {
    const response = await get('/api/v1/changes?since=3');
    assert.equal(response.headers.get('cache-control'), 'private, no-cache');
    const etag = response.headers.get('etag') ?? '';
    assert.equal((await get('/api/v1/changes?since=3', { 'If-None-Match': etag })).status, 304);
  });

  for (const since of ['', '-1', '1.5', 'yesterday', '9999999999999999'])
    test(`“${since}” is a 400`, async () => assert.equal((await get(`/api/v1/changes?since=${since}`)).status, 400));
});
