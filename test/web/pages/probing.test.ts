import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { testApp } from '../app.ts';

describe('GET /about/probing', () => {
  const read = async (headers: Record<string, string> = {}, contact?: string) => {
    const response = await testApp(contact === undefined ? {} : { contact }).get('/about/probing', headers);
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('Content-Type'), 'text/html; charset=utf-8');
    return { body: await response.text(), headers: response.headers };
  };

  test('says what is done, what never, and how to be left alone', async () => {
    const { body } = await read();
    for (const part of ['once a day', 'no password is tried', 'No message is sent', 'data/no-probe.yml']) {
      assert.ok(body.includes(part), part);
    }
  });

  test('speaks German to those who prefer it', async () => {
    const { body, headers } = await read({ 'Accept-Language': 'de-AT,de;q=0.9,en;q=0.8' });
    assert.match(body, /<html lang="de">/);
    assert.equal(headers.get('Content-Language'), 'de');
  });

  test('names whoever runs the server, or says that nobody is probed', async () => {
    assert.match((await read({}, 'https://mail.example/probes')).body, /<a href="https:\/\/mail\.example\/probes">/);
    assert.match((await read({}, 'ops@mail.example')).body, /<a href="mailto:ops@mail\.example">/);
    assert.match((await read({}, 'Ops <script>')).body, /<strong>Ops &lt;script&gt;<\/strong>/);
    assert.match((await read()).body, /This server probes nobody/);
  });
});
