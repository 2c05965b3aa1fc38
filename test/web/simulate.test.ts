/** `GET /api/v1/simulate`: who may ask how much, what nobody may keep, and what is asked wrongly. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Simulation } from '../../src/discover/clients/simulate.ts';
import { offlineSimulations, testApp } from './app.ts';

const { app, get } = testApp({ setUp: { simulated: offlineSimulations } });
const path = '/api/v1/simulate';

async function problem(query: string): Promise<[number, string]> {
  const response = await get(`${path}${query}`);
  assert.match(response.headers.get('cache-control') ?? '', /^no-store$/, query);
  return [response.status, ((await response.json()) as { code: string }).code];
}

describe('GET /api/v1/simulate', () => {
  test('says what each client would do, and what it ends with', async () => {
    const response = await get(`${path}?domain=post.example`);
    assert.deepEqual(
      [response.status, response.headers.get('cache-control'), response.headers.get('etag')],
      [200, 'no-store', null],
    );
    const { domain, record, told, clients } = (await response.json()) as Simulation;
    assert.deepEqual([domain, record, told], ['post.example', 'post.example', false]);
    assert.equal(clients.length, 10);
    const bird = clients.find(({ client }) => client === 'thunderbird');
    assert.ok(bird?.settings?.incoming[0]);
    assert.equal(bird.steps[bird.by ?? -1]?.kind, 'ispdb');
  });

  test('of one client alone, and of an address only the domain', async () => {
    const answer = (await (await get(`${path}?domain=Fred@Post.Example&client=geary`)).json()) as Simulation;
    assert.deepEqual(
      answer.clients.map(({ client }) => client),
      ['geary'],
    );
    assert.ok(!JSON.stringify(answer).toLowerCase().includes('fred'));
  });

  test('refuses what is asked wrongly, and is never kept', async () => {
    assert.deepEqual(await problem(''), [400, 'no-domain-given']);
    assert.deepEqual(await problem('?domain='), [400, 'no-domain-given']);
    assert.deepEqual(await problem('?domain=a..b'), [400, 'malformed-name']);
    assert.deepEqual(await problem('?domain=%FF'), [400, 'malformed-query']);
    assert.deepEqual(await problem('?domain=post.example&client=eudora'), [400, 'malformed-query']);
    assert.deepEqual(await problem(`?domain=${'a'.repeat(3000)}`), [400, 'malformed-name']);
    assert.deepEqual(await problem('?domain=busy.zz'), [429, 'too-many-questions']);
    assert.equal((await app.request(path, { method: 'POST' })).status, 405);
  });

  test('asks no others where an operator serves their own domains', async () => {
    const own = testApp({ setUp: { simulated: offlineSimulations, hosting: { only: true } } });
    assert.equal((await own.get(`${path}?domain=post.example`)).status, 200);
    const other = await own.get(`${path}?domain=elsewhere.zz`);
    assert.deepEqual([other.status, ((await other.json()) as { code: string }).code], [404, 'not-served-here']);
  });

  test('is not there where domains cannot be asked', async () => {
    const response = await testApp().get(`${path}?domain=post.example`);
    assert.equal(((await response.json()) as { code: string }).code, 'unknown-route');
  });
});
