/** What verification says comes back into every answer: order, quarantine, dates. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseDomain } from '../../src/name/domain.ts';
import { endpointKey, type Knowledge, nothingKnown, type Server, type StatusName } from '../../src/provider/model.ts';
import { mxHosts, testApp } from './app.ts';
import { post, village } from './records.ts';

const since = '2026-11-20T10:00:00.000Z';

function quarantined(...names: string[]): Knowledge {
  return {
    ...nothingKnown,
    quarantine: new Map(names.map((name) => [parseDomain(name), { at: since, why: 'Gone.' }])),
  };
}

function withStatus(...pairs: readonly (readonly [Server | undefined, StatusName])[]): Knowledge {
  return {
    ...nothingKnown,
    statuses: new Map(
      pairs.flatMap(([server, status]) => (server ? [[endpointKey(server), { status }] as const] : [])),
    ),
  };
}

const ports = (xml: string) => [...xml.matchAll(/<port>(\d+)<\/port>/g)].map(([, port]) => Number(port));
const text = async (response: Promise<Response>) => (await response).text();

describe('A status', () => {
  test('changes the order in the XML at once, and back again: nothing stale is kept', async () => {
    const { get, learn } = testApp();
    const before = await get('/v1.1/post.example');
    assert.deepEqual(ports(await before.text()), [993, 143, 995, 465, 587]);
    learn(withStatus([post.incoming[0], 'failing'], [post.incoming[1], 'verified']));
    const now = await get('/v1.1/post.example');
    assert.deepEqual(ports(await now.text()), [143, 993, 995, 465, 587]);
    assert.notEqual(now.headers.get('ETag'), before.headers.get('ETag'));
    learn(nothingKnown);
    const after = await get('/v1.1/post.example', { 'If-None-Match': before.headers.get('ETag') ?? '' });
    assert.equal(after.status, 304);
  });

  test('keeps the last server of a protocol, however dead', async () => {
    const { get } = testApp({ knowledge: withStatus([village.incoming[0], 'dead'], [village.outgoing[0], 'dead']) });
    assert.deepEqual(ports(await text(get('/v1.1/village.example'))), [993, 465]);
  });
});

describe('Quarantine', () => {
  test('takes a host out of XML and JSON at once, and JSON says so', async () => {
    const { get, learn } = testApp();
    assert.match(await text(get('/v1.1/post.example')), /imap\.post\.example/);
    learn(quarantined('imap.post.example'));
    const xml = await text(get('/v1.1/post.example'));
    assert.doesNotMatch(xml, /imap\.post\.example/);
    assert.match(xml, /pop\.post\.example/);
    for (const path of ['/api/v1/lookup?domain=post.example', '/api/v1/providers/post.example']) {
      const { incoming, withheld } = (await (await get(path)).json()) as { incoming: Server[]; withheld: unknown };
      assert.ok(!incoming.some(({ host }) => host === 'imap.post.example'));
      assert.deepEqual(withheld, [{ host: 'imap.post.example', since, why: 'Gone.' }]);
    }
  });

  test('of the whole domain leaves nothing to give: XML says so with a code of its own, JSON with 200', async () => {
    const { get } = testApp({ knowledge: quarantined('post.example') });
    for (const path of [
      '/v1.1/post.example',
      '/mx/v1.1/post.example',
      '/mail/config-v1.1.xml?emailaddress=max@post.example',
      '/api/v1/providers/post.example/autoconfig.xml',
    ]) {
      const response = await get(path);
      const problem = (await response.json()) as { code: string; detail: string };
      assert.equal(response.status, 404, path);
      assert.equal(problem.code, 'withheld', path);
      assert.match(problem.detail, /^Nothing can be given for Example Post now: imap\.post\.example, /);
    }
    const response = await get('/api/v1/lookup?domain=post.example');
    assert.equal(response.status, 200);
    assert.deepEqual(((await response.json()) as { outgoing: unknown }).outgoing, []);
  });

  test('reaches the customers’ own servers that an MX led to', async () => {
    const { get } = testApp({
      mx: { 'shop.zz': mxHosts('w0123.mx.hoster.example') },
      knowledge: quarantined('hoster.example'),
    });
    assert.equal((await get('/mx/v1.1/shop.zz')).status, 404);
    const { incoming, outgoing } = (await (await get('/api/v1/lookup?domain=shop.zz')).json()) as {
      incoming: Server[];
      outgoing: Server[];
    };
    assert.deepEqual(incoming, []);
    assert.deepEqual(outgoing[0]?.host, 'mail.shop.zz');
  });
});

describe('GET /api/v1/statuses', () => {
  test('gives what was seen, a line each, and another text when more is known', async () => {
    const { get, learn } = testApp();
    const empty = await get('/api/v1/statuses');
    assert.deepEqual([empty.status, await empty.text()], [200, '']);
    const [first] = post.incoming;
    assert.ok(first);
    const known = { status: 'verified', reason: 'ok', since, checkedAt: since } as const;
    learn({ ...nothingKnown, statuses: new Map([[endpointKey(first), known]]) });
    const now = await get('/api/v1/statuses');
    assert.equal(now.headers.get('Content-Type'), 'application/x-ndjson; charset=utf-8');
    assert.deepEqual(JSON.parse(await now.text()), {
      endpoint: endpointKey(first),
      status: 'verified',
      code: 'ok',
      since,
      checkedAt: since,
    });
    assert.equal((await get('/api/v1/statuses', { 'If-None-Match': now.headers.get('ETag') ?? '' })).status, 304);
  });
});
