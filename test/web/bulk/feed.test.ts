/** `feed.atom`: what changed, read from a real store, and read back by our own reader of XML. test/real/ has the grammar. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { childrenOf, type Element, parseXml } from '../../../src/formats/xml.ts';
import { type TestApp, testApp } from '../app.ts';
import { time, world } from './feed-world.ts';

interface Read {
  readonly feed: Element;
  readonly entries: readonly Element[];
  readonly titles: readonly string[];
}

async function read({ get }: TestApp, path: string): Promise<Read> {
  const response = await get(path);
  assert.equal(response.status, 200);
  assert.equal(response.headers.get('Content-Type'), 'application/atom+xml; charset=utf-8');
  const feed = parseXml(await response.text());
  const entries = childrenOf(feed, 'entry');
  return { feed, entries, titles: entries.map((entry) => textOf(entry, 'title')) };
}

function textOf(element: Element, name: string): string {
  return childrenOf(element, name)[0]?.text ?? '';
}

const path = '/api/v1/providers/mail.example/feed.atom';

describe('The feed of a record', () => {
  test('says what changed about it and its servers, newest first, in words', async (t) => {
    const { feed, entries, titles } = await read(await world(t), path);
    assert.deepEqual(titles, [
      'mail.example is free again',
      'mail.example is under quarantine',
      'IMAP imap2.mail.example:993 answers again',
      'IMAP imap2.mail.example:993 fails',
      'the settings changed',
      'new record',
    ]);
    assert.deepEqual(
      entries.map((entry) => textOf(entry, 'updated')),
      [9, 8, 6, 5, 3, 1].map(time),
    );
    assert.equal(textOf(feed, 'updated'), time(9));
    const says = entries.map((entry) => textOf(entry, 'content'));
    assert.match(says[4] ?? '', /imap imap\.mail\.example:993 .* is gone/);
    assert.match(says[4] ?? '', /imap imap2\.mail\.example:993 .* is new/);
    assert.match(says[3] ?? '', /certificate/);
  });

  test('says it in German, too', async (t) => {
    const { feed, titles, entries } = await read(await world(t), `${path}?lang=de`);
    assert.equal(feed.attributes['lang'], 'de');
    assert.equal(titles[3], 'IMAP imap2.mail.example:993 geht nicht');
    assert.match(
      textOf(entries[4]!, 'content'),
      /Empfang: imap imap2\.mail\.example:993 .*, Benutzername .* kommt hinzu\./,
    );
  });

  test('has identifiers that stay and are nobody else’s', async (t) => {
    const ids = async (app: TestApp, query = '') => {
      const { feed, entries } = await read(app, path + query);
      return [feed, ...entries].map((element) => textOf(element, 'id'));
    };
    const first = await ids(await world(t));
    assert.equal(new Set(first).size, first.length);
    for (const id of first)
      assert.match(id, /^urn:uuid:[\da-f]{8}-[\da-f]{4}-5[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    assert.deepEqual(await ids(await world(t, { url: 'https://atlas.example' })), first, 'wherever the server is');
    assert.ok(
      (await ids(await world(t), '?lang=de')).every((id) => !first.includes(id)),
      'another text',
    );
  });

  test('links only to the URL that the operator has named, and says nothing of where it was asked', async (t) => {
    const links = (element: Element) =>
      childrenOf(element, 'link').map(({ attributes: { rel, href } }) => `${rel} ${href}`);
    const unnamed = await (await world(t)).get(path, { Host: 'evil.example' });
    assert.doesNotMatch(await unnamed.text(), /<link|evil/);
    const { feed, entries } = await read(await world(t, { url: 'https://atlas.example' }), `${path}?lang=de`);
    assert.deepEqual(links(feed), [`self https://atlas.example${path}?lang=de`]);
    assert.deepEqual(entries.flatMap(links).slice(-2), [
      'alternate https://atlas.example/provider/mail.example',
      'alternate https://atlas.example/provider/mail.example',
    ]);
  });

  test('escapes a name once as text, and twice as HTML in XML', async (t) => {
    const { feed } = await read(await world(t), path);
    assert.equal(textOf(feed, 'title'), 'Müller & Söhne <b>: mail settings and servers');
    const text = await (await (await world(t)).get(path)).text();
    assert.match(text, /Müller &amp; Söhne &lt;b&gt;/);
    assert.match(text, /&lt;p&gt;/);
  });

  test('has an ETag, and 304 for those who have it', async (t) => {
    const app = await world(t);
    const first = await app.get(path);
    assert.equal(first.headers.get('Cache-Control'), 'public, max-age=60');
    const again = await app.get(path, { 'If-None-Match': first.headers.get('ETag') ?? '' });
    assert.equal(again.status, 304);
    assert.equal((await app.get(`${path}?lang=de`)).headers.get('Cache-Control'), 'private, max-age=60');
  });

  test('moves with the id of its record, and is not there for others', async (t) => {
    const app = await world(t);
    const moved = await app.get('/api/v1/providers/post.example/feed.atom?lang=de');
    assert.deepEqual([moved.status, moved.headers.get('Location')], [308, `${path}?lang=de`]);
    assert.equal((await app.get('/api/v1/providers/nobody.example/feed.atom')).status, 404);
    assert.equal((await app.get(`${path}?lang=fr`)).status, 400);
  });

  test('is linked from the record as JSON, where the server knows its own URL', async (t) => {
    const json = async (app: TestApp) =>
      (await (await app.get('/api/v1/providers/mail.example')).json()) as { feed?: string };
    assert.equal((await json(await world(t, { url: 'https://atlas.example' }))).feed, `https://atlas.example${path}`);
    assert.ok(!('feed' in (await json(await world(t)))));
  });

  test('of a record of which nothing is known to have happened is empty, and valid all the same', async () => {
    const { feed, entries } = await read(testApp(), '/api/v1/providers/post.example/feed.atom');
    assert.deepEqual([entries.length, textOf(feed, 'updated')], [0, '1970-01-01T00:00:00.000Z']);
  });
});

describe('The feed of all records', () => {
  test('names whom each change concerns', async (t) => {
    const { titles } = await read(await world(t), '/api/v1/feed.atom');
    assert.deepEqual(titles, [
      'Müller & Söhne <b>, Other: mail.example is free again',
      'Müller & Söhne <b>, Other: mail.example is under quarantine',
      'Müller & Söhne <b>, Other: IMAP imap2.mail.example:993 answers again',
      'Müller & Söhne <b>, Other: IMAP imap2.mail.example:993 fails',
      'Müller & Söhne <b>: the settings changed',
      'Other: new record',
      'Müller & Söhne <b>: new record',
    ]);
  });
});
