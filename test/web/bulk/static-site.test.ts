/** The static site: every file against what a live server answers at the same moment. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { curatedOf, parseCatalog } from '../../../src/catalog/catalog.ts';
import { readDataDir } from '../../../src/catalog/files.ts';
import { shippedData } from '../../../src/cli/options.ts';
import { literalDomains } from '../../../src/provider/hosts.ts';
import { type Curated, type EndpointKey, type Knowledge, nothingKnown } from '../../../src/provider/model.ts';
import { bundler } from '../../../src/web/bulk/bundler.ts';
import { headersFile, redirectsFile, type SiteFile, siteFiles } from '../../../src/web/bulk/static-site.ts';
import { madeAt, ours } from '../../bundles.ts';
import { imap, record } from '../../records.ts';
import { testApp } from '../app.ts';
import { curated as world } from '../records.ts';

const shipped = curatedOf(parseCatalog(readDataDir(shippedData)));
const knowledge: Knowledge = {
  ...nothingKnown,
  statuses: new Map([
    ['imap://imap.post.example:993?security=tls' as EndpointKey, { status: 'failing' }],
    [
      'imap://imap.post.example:143?security=starttls' as EndpointKey,
      { status: 'verified', checkedAt: '2026-11-20T09:00:00.000Z', since: '2026-11-01T00:00:00.000Z' },
    ],
  ]),
  quarantine: new Map([['imap.village.example' as never, { at: '2026-11-19T00:00:00.000Z', why: 'It was sold.' }]]),
};

async function siteOf(curated: Curated, known: Knowledge): Promise<Map<string, SiteFile>> {
  const bundle = bundler(ours, () => madeAt);
  const files = new Map<string, SiteFile>();
  for await (const file of siteFiles({ curated, knowledge: known, revision: 7, version: '9.9.9', bundle })) {
    assert.ok(!files.has(file.path), `${file.path} is written twice`);
    files.set(file.path, file);
  }
  return files;
}

/** The media type that the `_headers` file gives a path: the last rule that fits. */
function typeOf(path: string): string {
  const lines = headersFile().split('\n');
  const rules = lines.flatMap((line, i) => {
    const type = /^ {2}Content-Type: (.+)$/.exec(lines[i + 1] ?? '')?.[1];
    return type === undefined ? [] : [[line, type] as const];
  });
  const fits = (rule: string) =>
    new RegExp(`^${rule.replaceAll('.', '\\.').replace('*', '.*').replace(':id', '[^/]+')}$`).test(`/${path}`);
  const [, found] = rules.findLast(([rule]) => fits(rule)) ?? [];
  // Servers know this ending by themselves.
  return found ?? (path.endsWith('.json') ? 'application/json; charset=utf-8' : '');
}

for (const [what, curated, known] of [
  ['a small world with statuses and quarantine', world, knowledge],
  ['the shipped data', shipped, nothingKnown],
] as const) {
  describe(`The static site of ${what}`, () => {
    let files: Map<string, SiteFile>;
    before(async () => {
      files = await siteOf(curated, known);
    });

    test('is byte for byte what a live server answers, with the same media types', async () => {
      const { get } = testApp({ curated, knowledge: known, bundle: bundler(ours, () => madeAt) });
      for (const { path, request, body } of files.values()) {
        const response = await get(request);
        assert.equal(response.status, 200, request);
        assert.ok(Buffer.from(await response.arrayBuffer()).equals(body), path);
        assert.equal(typeOf(path), response.headers.get('content-type'), path);
      }
    });

    test('has every domain for which there is an XML, and the JSON of every domain', async () => {
      const { get } = testApp({ curated, knowledge: known });
      for (const domain of curated.providers.flatMap(literalDomains)) {
        assert.ok(files.has(`api/v1/lookup/${domain}.json`), domain);
        assert.equal(files.has(`v1.1/${domain}`), (await get(`/v1.1/${domain}`)).status === 200, domain);
      }
    });

    test('has every record, every page of the list, all lines and the bundle', () => {
      for (const { id } of curated.providers) assert.ok(files.has(`api/v1/providers/${id}.json`), id);
      const pages = [...files.keys()].filter((path) => /^api\/v1\/providers(-\d+)?\.json$/.test(path));
      assert.equal(pages.length, Math.ceil(curated.providers.length / 100));
      for (const path of ['api/v1/atlas.ndjson', 'api/v1/bundle']) assert.ok(files.has(path));
    });

    test('needs no path that is a file and a folder at once, or that differs by case alone', () => {
      const folders = new Set(
        [...files.keys()].flatMap((path) => path.split('/').map((_, i, parts) => parts.slice(0, i).join('/'))),
      );
      for (const path of files.keys()) {
        assert.ok(!folders.has(path), path);
        assert.equal(path, path.toLowerCase());
        assert.match(path, /^[\w.-]+(\/[\w.-]+)*$/);
      }
    });
  });
}

describe('A name that clients ask for instead of an MX host', () => {
  test('has a file where it leads to one record, and none where it leads nowhere', async () => {
    const files = await siteOf(world, knowledge);
    assert.ok(files.has('v1.1/protection.office.example'));
    assert.ok(!files.has('v1.1/filter.example'));
  });
});

describe('_redirects', () => {
  test('leads from the ids of former times to those of today', () => {
    assert.equal(
      redirectsFile(world),
      '/api/v1/providers/oldpost.example.json /api/v1/providers/post.example.json 308\n',
    );
  });
});

describe('_headers', () => {
  test('lets everybody read, keep for an hour, and guess no media type', () => {
    assert.match(
      headersFile(),
      /^\/\*\n {2}Access-Control-Allow-Origin: \*\n {2}Cache-Control: public, max-age=3600\n {2}X-Content-Type-Options: nosniff\n/,
    );
  });

  test('has no more rules than Cloudflare reads (100), and one star each', () => {
    const rules = headersFile()
      .split('\n')
      .filter((line) => line.startsWith('/'));
    assert.ok(rules.length < 100);
    for (const rule of rules) assert.ok(rule.split('*').length <= 2, rule);
  });
});

describe('A record that templates make different for each customer', () => {
  test('has no document that would hold a template', async () => {
    const hoster = record({ id: 'a.example', domains: [], mx: ['*.mx.a.example'], incoming: [imap({ host: '{mx}' })] });
    const files = await siteOf({ ...world, providers: [hoster] }, knowledge);
    for (const { path, body } of files.values())
      if (!/^api\/v1\/(providers|atlas|bundle|lookup)/.test(path))
        assert.doesNotMatch(Buffer.from(body).toString(), /\{mx\}/);
    assert.ok(!files.has('api/v1/providers/a.example/zone.txt'));
  });
});
