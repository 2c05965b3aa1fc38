/** The shipped data asked by key: every name gets the same bytes as from memory, and what is new is seen. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Hono } from 'hono';
import { curatedOf, parseCatalog } from '../../../src/catalog/catalog.ts';
import { readDataDir } from '../../../src/catalog/files.ts';
import { load } from '../../../src/catalog/load.ts';
import { shippedData } from '../../../src/cli/options.ts';
import type { Domain } from '../../../src/name/domain.ts';
import { stem } from '../../../src/name/pattern.ts';
import { type Curated, endpointKey } from '../../../src/provider/model.ts';
import type { Store } from '../../../src/store/db.ts';
import { advance, readGeneration } from '../../../src/store/generation.ts';
import { putQuarantine } from '../../../src/store/seen/quarantine.ts';
import { listEndpoints, moveStatuses } from '../../../src/store/seen/statuses.ts';
import { openSqlite } from '../../../src/store/sqlite.ts';
import { endpoints } from '../../../src/verify/endpoint.ts';
import { createApp } from '../../../src/web/app.ts';
import { fromStore } from '../../../src/web/served/from-store.ts';
import { Keeper } from '../../../src/web/served/keeper.ts';
import { KeeperByKey } from '../../../src/web/served/keeper-by-key.ts';
import type { Deps } from '../../../src/web/served/served.ts';

const at = new Date().toISOString();
let store: Store;
let curated: Curated;
let whole: Keeper;
let byKey: KeeperByKey;
let inMemory: Hono;
let asked: Hono;

before(async () => {
  store = openSqlite(':memory:');
  curated = curatedOf(parseCatalog(readDataDir(shippedData)));
  await load(store, curated, 'digest', at);
  [whole, byKey] = [new Keeper(store), new KeeperByKey(store)];
  inMemory = appOf({ served: () => whole.served });
  asked = appOf({ served: () => undefined, source: () => byKey.source });
  await both();
});
after(() => store.close());

function appOf(where: Pick<Deps, 'served' | 'source'>, asker?: string): Hono {
  return createApp({
    ...where,
    ...fromStore(store),
    resolver: { mx: () => Promise.resolve({ kind: 'none', exists: false }) },
    asker: () => asker,
    missed: () => undefined,
    mayMeasure: () => true,
    isNear: () => false,
    version: '1.2.3',
    defect: (error) => {
      throw error;
    },
  });
}

async function both(): Promise<void> {
  await Promise.all([whole.refresh(), byKey.look()]);
}

async function same(path: string): Promise<Response> {
  const [one, other] = await Promise.all([inMemory.request(path), asked.request(path)]);
  assert.equal(other.status, one.status, path);
  assert.equal(await other.clone().text(), await one.text(), path);
  return other;
}

describe('asked by key', () => {
  test('every domain, wildcard and name of MX hosts gets the same answer', async () => {
    const names = new Set([
      ...curated.providers.flatMap(({ domains, mx = [] }) => [...domains, ...mx].map(stem)),
      ...curated.others.flatMap(({ mx }) => mx.map(stem)),
      ...curated.leftOut.map(({ domain }) => stem(domain)),
      'amazonaws.com',
      'co.uk',
      'nobody.zz',
    ]);
    assert.ok(names.size > 1000);
    for (const name of names) await same(`/api/v1/lookup?domain=${name}`);
    const wild = [...names].filter((_, i) => i % 10 === 0);
    for (const name of wild) await same(`/v1.1/below.${name}`);
  });

  test('every record gets the same page of JSON, and so does the list', async () => {
    for (const { id, formerly = [] } of curated.providers)
      for (const one of [id, ...formerly]) await same(`/api/v1/providers/${one}`);
    for (const page of [1, 2, 3, 99]) await same(`/api/v1/providers?page=${page}`);
    await same('/readyz');
  });

  test('what is known of servers, and what is under quarantine, comes with the next look', async () => {
    const record = curated.providers.find(({ id }) => id === 'gmx.net');
    assert.ok(record?.incoming[0]);
    const endpoint = endpointKey(record.incoming[0]);
    const earlier = await (await same('/api/v1/lookup?domain=gmx.net')).text();
    await listEndpoints(
      store,
      endpoints(curated).map(({ key }) => key),
      at,
    );
    await store.atomically([
      ...moveStatuses(store.db, [
        {
          endpoint,
          status: 'failing',
          reason: 'tcp.refused',
          since: at,
          checkedAt: at,
          staleAt: null,

          applied: 1,
        },
      ]),
      ...putQuarantine(store.db, { name: 'web.de' as Domain, at, why: 'A test.', by: 'a test' }),
    ]);
    await both();
    assert.notEqual(await (await same('/api/v1/lookup?domain=gmx.net')).text(), earlier);
    assert.match(await (await same('/v1.1/web.de')).text(), /"code":"withheld"/);
  });

  test('a record that is loaded comes with the next look, too', async () => {
    const [first, ...others] = curated.providers;
    assert.ok(first);
    await load(store, { ...curated, providers: [{ ...first, name: 'Newly named' }, ...others] }, 'other', at);
    await both();
    assert.match(await (await same(`/api/v1/providers/${first.id}`)).text(), /"name":"Newly named"/);
  });

  test('the whole atlas comes as lines, to the byte, and so do statuses', async () => {
    const lines = (await (await same('/api/v1/atlas.ndjson')).text()).trimEnd().split('\n');
    assert.ok(lines.length > curated.providers.length);
    assert.match(lines.at(-2) ?? '', /"endpoint"/, 'with what is known');
    assert.match(await (await same('/api/v1/statuses')).text(), /"status":"failing"/);
  });

  test('records are found by name, domain, country, protocol and access, in the same order', async () => {
    const texts = ['gmx', 'GMX.de', 't-on', 'post', '%C4%8CESK', 'cesky', 'nobody', 'info@t-online.de', '%25', '_'];
    const filters = [
      'country=de',
      'access=none',
      'protocol=jmap',
      'country=FR&protocol=imap&page=2',
      'country=US&q=cox',
    ];
    for (const query of [...texts.map((text) => `q=${text}`), ...filters]) await same(`/api/v1/providers?${query}`);
    // Of a million domains only those that begin like this are found.
    const found = (await (await asked.request('/api/v1/providers?q=mx.de')).json()) as { total: number };
    assert.equal(found.total, 0);
  });

  test('the status page counts the same servers', async () => {
    const [one, other] = await Promise.all(
      [inMemory, asked].map(async (app) => (await app.request('http://127.0.0.1/status?lang=en')).text()),
    );
    const tiles = (page = '') => /<dl class="tiles">.*?<\/dl>/s.exec(page)?.[0];
    assert.ok(tiles(one));
    assert.equal(tiles(other), tiles(one));
    assert.match(other ?? '', /imap\.gmx\.net/, 'what fails is named');
    assert.match(other ?? '', /web\.de/, 'and what is under quarantine');
  });

  test('the feed of all records has what changed, without whose a server is', async () => {
    const feed = await (await asked.request('/api/v1/feed.atom')).text();
    assert.match(feed, /Newly named: the settings changed/);
  });

  test('whoever wants all of it again and again is told to wait', async () => {
    const busy = appOf({ served: () => undefined, source: () => byKey.source }, '192.0.2.0/24');
    const answers = [];
    for (let i = 0; i < 3; i++) {
      const response = await busy.request('/api/v1/statuses');
      await response.text();
      answers.push(response.status);
    }
    assert.deepEqual(answers, [200, 200, 429]);
  });

  test('half of an atlas that changes on the way is not passed off as all of it', async () => {
    const response = await asked.request('/api/v1/atlas.ndjson');
    await store.atomically(advance(store.db, await readGeneration(store.db)));
    await assert.rejects(response.text());
    await both();
  });

  test('what needs everything at once is not there', async () => {
    for (const path of ['/api/v1/providers?status=failing', '/api/v1/bundle']) {
      const response = await asked.request(path);
      assert.equal(response.status, 404, path);
      assert.match(await response.text(), /"code":"not-at-once"/);
    }
    const metrics = await (await asked.request('/metrics')).text();
    assert.match(metrics, new RegExp(`^mailatlas_providers ${curated.providers.length}$`, 'm'));
    assert.doesNotMatch(metrics, /^mailatlas_endpoints/m, 'nobody has counted them');
  });
});
