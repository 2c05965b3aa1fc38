/** `GET /providers`: all records, searched and filtered by a form that needs no script. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { endpointKey, nothingKnown, type Status } from '../../../src/provider/model.ts';
import { curated, record } from '../../records.ts';
import { type TestAppOptions, testApp } from '../app.ts';
import { post, records } from '../records.ts';

async function read(path: string, headers: Record<string, string> = {}, options: TestAppOptions = {}) {
  const response = await testApp(options).get(path, headers);
  assert.equal(response.status, 200, path);
  const body = await response.text();
  const shown = [...body.matchAll(/<a href="\/provider\/([^"]+)">/g)].map(([, id]) => id);
  return { body, shown, response };
}

describe('The list of providers', () => {
  test('has all records, with what they are, where, and what they offer', async () => {
    const { body, shown } = await read('/providers');
    assert.deepEqual(new Set(shown), new Set(records.map(({ id }) => id)));
    assert.match(body, /role="status">10 providers/);
    assert.match(body, /Example Post<\/a><small>Free mail, Germany<\/small>.*?IMAP, POP3, SMTP, CalDAV/s);
    assert.match(body, /Müller &amp; Söhne &lt;&quot;Mail&quot;&gt;/);
  });

  test('is filtered by the form, which keeps what was chosen', async () => {
    const { body, shown } = await read('/providers?q=&country=at&protocol=imap&access=open&status=');
    assert.deepEqual(shown, ['village.example']);
    assert.match(body, /<option value="AT" selected>Austria<\/option>/);
    assert.match(body, /1 of 10 providers/);
  });

  test('is filtered by how the servers are that stand first', async () => {
    const status: Status = { status: 'failing', since: '2026-11-20T10:00:00.000Z', reason: 'tcp.timeout' };
    const statuses = new Map(post.outgoing.map((server) => [endpointKey(server), status]));
    const options = { knowledge: { ...nothingKnown, statuses } };
    const { body, shown } = await read('/providers?status=failing', {}, options);
    assert.deepEqual(shown, ['post.example']);
    assert.match(body, /mark bad.*?fails/s);
    assert.ok(!(await read('/providers?status=unverified', {}, options)).shown.includes('post.example'));
  });

  test('takes of an address its domain, and shows nobody’s name', async () => {
    const { body, shown, response } = await read('/providers?q=fred.bloggs%40post.example');
    assert.deepEqual(shown, ['post.example']);
    assert.doesNotMatch(body, /bloggs/);
    assert.equal(response.headers.get('Cache-Control'), 'no-store');
  });

  test('says where nothing is found, and what may help', async () => {
    const { body, shown } = await read('/providers?q=nobody.zz', { 'Accept-Language': 'de' });
    assert.deepEqual(shown, []);
    assert.match(body, /So einen Anbieter gibt es hier nicht.*?<a href="\/\?domain=nobody\.zz">/s);
  });

  test('goes on from page to page, with what was asked for', async () => {
    const many = Array.from({ length: 120 }, (_, i) => record({ id: `mail${String(i).padStart(3, '0')}.example` }));
    const options = { curated: curated({ providers: many }) };
    const { body, shown } = await read('/providers?q=mail&page=2', {}, options);
    assert.deepEqual([shown[0], shown.length], ['mail050.example', 50]);
    assert.match(
      body,
      /href="\/providers\?q=mail&amp;page=1">Back<.*Page 2 of 3.*href="\/providers\?q=mail&amp;page=3">Next/s,
    );
    const last = await read('/providers?page=3', {}, options);
    assert.equal(last.shown.length, 20);
    assert.doesNotMatch(last.body, />Next</);
  });

  test('refuses filters that are none, as a page', async () => {
    const response = await testApp().get('/providers?country=Germany', { Accept: 'text/html' });
    assert.equal(response.status, 400);
    assert.match(response.headers.get('Content-Type') ?? '', /^text\/html/);
  });
});
