/** `GET /provider/{id}`, over a store that a real run has filled. */
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { recordDigest } from '../../../src/atlas/digest.ts';
import type { Domain } from '../../../src/name/domain.ts';
import { nothingKnown } from '../../../src/provider/model.ts';
import type { PastComparison } from '../../../src/store/seen/comparisons.ts';
import { readKnowledge } from '../../../src/store/seen/knowledge.ts';
import { openSqlite } from '../../../src/store/sqlite.ts';
import { liveThrough } from '../../months.ts';
import { curated, record } from '../../records.ts';
import { testApp } from '../app.ts';
import { cloud, ended, hoster, office, post, vault, village } from '../records.ts';
import { memoryOf, verified } from './verified.ts';

const german = { 'Accept-Language': 'de' };

async function read(
  get: (path: string, headers?: Record<string, string>) => Promise<Response>,
  path: string,
  headers = {},
) {
  const response = await get(path, headers);
  assert.equal(response.status, 200, path);
  return await response.text();
}

/** The article of the endpoint on this port. */
function article(body: string, port: number): string {
  return body.split('<article').find((part) => part.includes(`:${port}</span></h3>`)) ?? '';
}

describe('The page of a record', () => {
  test('shows its servers with how they are, in the words of the last check', async (t) => {
    const { get, ports } = await verified(t);
    const body = await read(get, '/provider/example.test');
    assert.match(body, /<h1>Tested &amp; &lt;Mail&gt;<\/h1>/);
    assert.match(article(body, ports.good), /mark good.*answers.*speaks IMAP with TLSv1\.3 and a good certificate/s);
    assert.match(
      article(body, ports.expired),
      /The certificate of mail\.example\.test:\d+ \(127\.0\.0\.1\) has expired/,
    );
    assert.match(article(body, ports.closed), /refuses connections/);
  });

  test('shows the last conversation line by line, with TLS, certificate and what was offered for sign-in', async (t) => {
    const { get, ports } = await verified(t);
    const part = article(await read(get, '/provider/example.test'), ports.good);
    assert.match(part, /<li class="x"><abbr title="Beside">–<\/abbr><span>TLSv1\.3 TLS_AES/);
    assert.match(part, /<li class="c"><abbr title="Client">C<\/abbr><span>\w+ CAPABILITY<\/span>/);
    assert.match(part, /<li class="s"><abbr title="Server">S<\/abbr><span>\* CAPABILITY IMAP4rev1/);
    assert.match(part, /issued by<\/dt><dd>CN=/);
    assert.match(part, /OAuth2[^<]*: <span class="mark bad">.*?not offered/s);
  });

  test('says in German what it says in English', async (t) => {
    const { get, ports } = await verified(t);
    const body = await read(get, '/provider/example.test', german);
    assert.match(
      article(body, ports.expired),
      /Das Zertifikat von mail\.example\.test:\d+ \(127\.0\.0\.1\) ist abgelaufen/,
    );
    assert.match(body, /<h2 id="seen">Was zu sehen war<\/h2>/);
  });

  test('names what each source vouches for, what was decided, and what changed', async (t) => {
    const { get } = await verified(t, [post]);
    const body = await read(get, '/provider/post.example');
    assert.match(body, /<section[^>]*aria-labelledby="sources">.*IMAP 993.*SMTP 465/s);
    assert.match(body, /587 \(somebody\).*Help says so\./s);
    assert.match(body, /<section[^>]*aria-labelledby="changes">.*new record/s);
    assert.match(body, /href="\/api\/v1\/providers\/post\.example\/feed\.atom/);
  });

  test('says what the provider publishes itself, as it was compared last', async () => {
    const compared: PastComparison = {
      n: 1,
      changed: true,
      domain: 'post.example' as Domain,
      record: 'post.example',
      digest: recordDigest(post),
      at: '2026-11-20T10:00:00.000Z',
      verdict: 'differs',
      proposal: null,
      differences: [
        {
          mechanism: 'srv',
          service: 'imap tls',
          state: 'host-differs',
          level: 'differs',
          ours: 'a.example:993',
          theirs: 'b.example:993',
        },
        { mechanism: 'later', service: 'x <y>', state: 'of-a-later-version', level: 'odd' },
      ],
      sources: [{ mechanism: 'autoconfig', where: 'https://autoconfig.post.example/', trust: 'tls' }],
    };
    const { get } = testApp({ history: { compared: () => Promise.resolve([compared]) } });
    const body = await read(get, '/provider/post.example');
    assert.match(body, /id="published".*differs from our record.*a\.example:993.*b\.example:993.*another host/s);
    assert.match(body, /autoconfig <span class="mono">https:\/\/autoconfig\.post\.example\//);
    assert.match(
      await read(testApp().get, '/provider/post.example', german),
      /Das hat von hier noch niemand verglichen/,
    );
  });

  test('leads to alternatives, and from an id of former times to that of today', async () => {
    const { get } = testApp({
      curated: curated({ providers: [record({ id: 'new.example', formerly: ['old.example'] }), post, village] }),
    });
    assert.match(
      await read(get, '/provider/post.example'),
      /Accounts of villagers: <a href="\/provider\/village\.example">/,
    );
    const moved = await get('/provider/OLD.example?lang=de');
    assert.deepEqual([moved.status, moved.headers.get('Location')], [308, '/provider/new.example?lang=de']);
    const browser = { Accept: 'text/html' };
    assert.equal((await get('/provider/nobody.example', browser)).status, 404);
  });

  test('takes out what is under quarantine, and says so', async () => {
    const quarantine = new Map([
      ['imap.post.example' as Domain, { at: '2026-11-20T10:00:00.000Z', why: 'It changed hands.' }],
    ]);
    const { get } = testApp({ knowledge: { ...nothingKnown, quarantine } });
    const body = await read(get, '/provider/post.example');
    assert.match(body, /It changed hands\./);
    assert.doesNotMatch(body, /<td[^>]*>[^/]*imap\.post\.example/);
  });

  test('of somebody with a bridge says that its servers are on the own computer', async () => {
    assert.match(
      await read(testApp().get, '/provider/vault.example'),
      /helper program on your computer.*127\.0\.0\.1/s,
    );
  });

  for (const one of [office, hoster, cloud, vault, ended, village])
    test(`is there for ${one.id}, too, though nobody has looked at its servers`, async () => {
      for (const headers of [{}, german]) {
        const body = await read(testApp().get, `/provider/${one.id}`, headers);
        assert.match(body, /<h1>/);
        assert.doesNotMatch(body, /undefined|NaN|\[object|\{mx\}:/);
      }
    });

  test('is small, though three months are on it', async (t) => {
    const store = await threeMonths(t);
    const knowledge = await readKnowledge(store.db, new Date().toISOString());
    const { get } = testApp({ knowledge, ...memoryOf(store) });
    const body = await read(get, '/provider/post.example');
    assert.match(body, /\d+ of \d\d days without a failure/);
    assert.match(body, /<path class="stroke"/);
    assert.equal(body.match(/<tr><th scope="row"><time/g)?.length, 13 * (post.incoming.length + post.outgoing.length));
    assert.ok(gzipSync(body).length < 30_000, `${gzipSync(body).length} octets`);
  });
});

async function threeMonths(t: TestContext) {
  const store = openSqlite(':memory:');
  t.after(() => store.close());
  await liveThrough({ store, curated: curated({ providers: [post] }), days: 91, now: Date.now() });
  return store;
}
