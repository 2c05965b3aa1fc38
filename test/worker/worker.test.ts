/**
 * The Worker as it is deployed: its own wrangler.toml, D1, cache and cron in workerd, DNS over HTTPS from a server of the
 * test's own. What it answers is what a Node server answers of the same data, to the byte, whether the atlas is in memory or
 * asked by key.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Hono } from 'hono';
import { newKey, signerOf } from '../../src/atlas/keys.ts';
import { readDataDir } from '../../src/catalog/files.ts';
import { loadFiles } from '../../src/catalog/load.ts';
import { openBundle } from '../../src/client/client.ts';
import { nodeSimulator } from '../../src/discover/clients/simulate-node.ts';
import { simulatedStep } from '../../src/discover/clients/simulated.ts';
import { nodeDiscoverer } from '../../src/discover/discover-node.ts';
import { discoveries } from '../../src/discover/discovered.ts';
import { publishedStep } from '../../src/discover/published.ts';
import { nodeResolver } from '../../src/net/dns/resolver-node.ts';
import { endpointKey } from '../../src/provider/model.ts';
import { openD1 } from '../../src/store/d1.ts';
import { toldAsSql } from '../../src/store/script.ts';
import { readStatuses } from '../../src/store/seen/statuses.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import { createToken } from '../../src/store/tokens.ts';
import { type AgentReport, runAgent } from '../../src/verify/agents/agent.ts';
import type { Endpoint } from '../../src/verify/endpoint.ts';
import type { Evidence } from '../../src/verify/evidence.ts';
import { judge } from '../../src/verify/judge.ts';
import { Pace } from '../../src/verify/pace.ts';
import { createApp } from '../../src/web/app.ts';
import { fromStore } from '../../src/web/served/from-store.ts';
import { Keeper } from '../../src/web/served/keeper.ts';
import type { Served } from '../../src/web/served/served.ts';
import type { Env } from '../../src/worker.ts';
import { type DnsServer, startDns, type Zone } from '../dns-server.ts';
import { type DohServer, startDoh } from '../doh-server.ts';
import { logTo } from '../log.ts';
import { createTestHarness } from './harness.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const zone: Zone = {
  'firm.zz': ['0 firm-zz.mail.protection.outlook.com'],
  'torn.zz': ['10 a.mail.protection.outlook.com', '10 b.elsewhere.zz'],
  'silent.zz': 'null-mx',
  'broken.zz': 'servfail',
  'self.zz': 'nodata',
  '_imaps._tcp.self.zz': { SRV: ['0 1 993 imap.self.zz'] },
  '_submissions._tcp.self.zz': { SRV: ['0 1 465 smtp.self.zz'] },
  'imap.self.zz': { A: ['192.0.2.1'] },
  'smtp.self.zz': { A: ['192.0.2.1'] },
  // Leads inside, as strangers try it.
  'inside.zz': { A: ['169.254.169.254'] },
  'autoconfig.inside.zz': { A: ['127.0.0.1'] },
};
/** Asked of both servers; the answers must be the same. */
const asked = [
  ...[
    't-online.de',
    'gmx.net',
    'web.de',
    'gmail.com',
    'outlook.com',
    'icloud.com',
    'yahoo.com',
    'zoho.eu',
    'proton.me',
    'orange.fr',
  ].flatMap((domain) => [`/v1.1/${domain}`, `/v1.1/${domain}?version=1.2`, `/api/v1/lookup?domain=${domain}`]),
  ...['firm.zz', 'torn.zz', 'silent.zz', 'broken.zz', 'gone.zz'].flatMap((domain) => [
    `/mx/v1.1/${domain}`,
    `/v1.1/${domain}`,
    `/api/v1/lookup?domain=${domain}`,
  ]),
  ...['self.zz', 'inside.zz', 'gone.zz', 'gmx.net'].map((domain) => `/api/v1/lookup?domain=${domain}&published=1`),
  '/v1.1/mail.protection.outlook.com',
  '/v1.1/amazonaws.com',
  '/v1.1/not_a_domain',
  '/api/v1/lookup?email=max@gmx.de',
  '/mail/config-v1.1.xml?emailaddress=max+lists@gmx.de',
  '/api/v1/providers/gmx.net',
  '/api/v1/providers/gmx.net/autoconfig.xml',
  '/api/v1/providers/gmx.net/mail.mobileconfig',
  '/api/v1/providers/gmx.net/zone.txt',
  '/api/v1/providers/gmx.net/pacc.json',
  '/api/v1/providers/gmx.net/revisions',
  '/api/v1/providers/gmx.net/probes',
  '/api/v1/providers/nobody.zz',
  '/api/v1/providers',
  '/api/v1/providers?page=2',
  '/api/v1/providers?q=gmx',
  '/api/v1/providers?country=de&protocol=imap',
  '/api/v1/atlas.ndjson',
  '/api/v1/changes?since=260',
  '/api/v1/messages',
  '/api/v1/openapi.json',
  '/healthz',
  '/readyz',
  '/nothing/here',
];

const key = newKey();
const { publicKey } = signerOf(key);
let dns: DnsServer;
let doh: DohServer;
let node: Hono;
const sql: string[] = [];

before(async () => {
  [dns, doh] = [await startDns(zone), await startDoh(zone)];
  const store = openSqlite(':memory:');
  const files = readDataDir(`${root}/data`);
  await loadFiles(
    toldAsSql(store, (statement) => sql.push(statement)),
    files,
    '2026-11-20T10:00:00.000Z',
  );
  const keeper = new Keeper(store);
  await keeper.refresh();
  const discoverer = nodeDiscoverer({ resolver: dns.address });
  const simulator = nodeSimulator({ resolver: dns.address });
  node = createApp({
    served: () => keeper.served,
    resolver: nodeResolver(dns.address),
    published: publishedStep(discoveries((domain) => discoverer.discover(domain))),
    simulated: simulatedStep((domain) => {
      const { index, knowledge } = keeper.served as Served;
      return simulator.simulate(domain, { index, knowledgeOf: () => knowledge });
    }),
    messages: () => keeper.messages,
    asker: () => undefined,
    missed: () => undefined,
    ...fromStore(store),
    mayMeasure: () => false,
    isNear: () => false,
    version: '0.1.0',
    url: 'https://atlas.example',
    defect: (error) => assert.fail(String(error)),
  });
});
after(async () => {
  await Promise.all([dns.stop(), doh.stop()]);
});

async function startWorker(vars: Partial<Record<keyof Env, string>> = {}) {
  const server = createTestHarness({
    workers: [
      {
        configPath: `${root}/wrangler.toml`,
        vars: { DOH: doh.url, URL: 'https://atlas.example', ...vars },
        secrets: { BUNDLE_KEY: key },
      },
    ],
  });
  await server.listen();
  const worker = server.getWorker<Env>();
  await worker.applyD1Migrations('DB');
  const { DB } = await worker.getEnv();
  await DB.exec(sql.join('\n'));
  return { server, worker, DB };
}

/** The list of what agents look at is made by the first of them, or each hour where the atlas is large. */
async function listedOn({ worker, DB }: Awaited<ReturnType<typeof startWorker>>): Promise<{ keys: number }> {
  assert.equal((await worker.scheduled({ cron: '17 * * * *' })).outcome, 'ok');
  const { results } = await DB.prepare('SELECT count(*) AS keys FROM status WHERE listed_at IS NOT NULL').all<{
    keys: number;
  }>();
  return results[0] ?? { keys: 0 };
}

/** What a probe sees of a server as it should be. */
function wellSeen(endpoint: Endpoint): Evidence {
  const capabilities = { names: ['IMAP4REV1'], mechanisms: ['PLAIN'], starttls: false };
  const dates = { notBefore: '2026-01-01T00:00:00.000Z', notAfter: '2099-01-01T00:00:00.000Z' };
  const digests = { serial: '01', fingerprint: 'f', keyDigest: 'd', key: 'EC prime256v1', signature: 'ecdsa' };
  const names = { subject: `CN=${endpoint.host}`, issuer: 'CN=Test Root', names: [endpoint.host], addresses: [] };
  const attempt = {
    address: '192.0.2.1',
    ms: { connect: 1, quit: 9 },
    greeting: { kind: 'ready' as const, text: 'ready' },
    ...(endpoint.security !== 'tls' && { before: { ...capabilities, mechanisms: [], starttls: true } }),
    ...(endpoint.security === 'starttls' && { starttls: { kind: 'ready' as const, text: 'go ahead' } }),
    ...(endpoint.security !== 'none' && {
      tls: { version: 'TLSv1.3', cipher: 'TLS_AES_128_GCM_SHA256', chain: [{ ...names, ...dates, ...digests }] },
    }),
    capabilities,
    transcript: [{ from: 'S' as const, text: 'ready' }],
  };
  const at = new Date().toISOString();
  return {
    endpoint: endpointKey(endpoint),
    at,
    vantage: 'berlin',
    dns: { ms: 1, addresses: ['192.0.2.1'] },
    attempts: [attempt],
  };
}

for (const [where, vars] of [
  ['in memory', {}],
  ['by key', { IN_MEMORY: '0' }],
] as const) {
  describe(`a Worker with the atlas ${where}`, () => {
    let running: Awaited<ReturnType<typeof startWorker>>;
    before(async () => {
      running = await startWorker(vars);
    });
    after(() => running.server.close());
    const ask = (path: string, init?: { headers: Record<string, string> }) =>
      running.server.fetch(`https://atlas.example${path}`, init);

    test('answers what a Node server answers, to the byte', async () => {
      for (const path of asked) {
        const [ours, theirs] = await Promise.all([ask(path), node.request(`https://atlas.example${path}`)]);
        assert.equal(ours.status, theirs.status, path);
        assert.equal(await ours.text(), await theirs.text(), path);
        for (const header of ['Content-Type', 'Cache-Control', 'ETag', 'Access-Control-Allow-Origin'])
          assert.equal(ours.headers.get(header), theirs.headers.get(header), `${header} of ${path}`);
      }
    });

    test('asks a domain itself, and replays what clients would do with it', async () => {
      for (const domain of ['self.zz', 'inside.zz', 'gmx.net', 'firm.zz']) {
        const path = `/api/v1/simulate?domain=${domain}`;
        const [ours, theirs] = await Promise.all([ask(path), node.request(`https://atlas.example${path}`)]);
        const [one, other] = [await ours.json(), await theirs.json()] as Record<string, unknown>[];
        assert.deepEqual({ ...one, at: '' }, { ...other, at: '' });
      }
      const found = (await (await ask('/api/v1/lookup?domain=self.zz&published=1')).json()) as Record<string, unknown>;
      assert.deepEqual([found['matchedBy'], found['trust']], ['published', 'self']);
    });

    test('shows people a check as it goes, also where two ask for the same at once', async () => {
      const pages = await Promise.all(
        ['en', 'de'].map(async (lang) => (await ask(`/check/self.zz?lang=${lang}`)).text()),
      );
      for (const page of pages) {
        assert.match(page, /imap\.self\.zz/);
        assert.match(page, /Thunderbird/);
        assert.match(page, /<\/html>/);
      }
    });

    test('says who runs it', async () => {
      const told = await startWorker({
        ...vars,
        ABOUT_EN: '# Imprint\n\nThe people of the village.',
        CONTACT: 'x@y.zz',
      });
      try {
        const page = await (await told.server.fetch('https://atlas.example/about')).text();
        assert.match(page, /The people of the village\./);
        assert.match(page, /x@y\.zz/);
      } finally {
        await told.server.close();
      }
    });

    test('answers by Host and by body, and never keeps what carries an address', async () => {
      const outlook =
        '<Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006"><Request><EMailAddress>max@gmx.de</EMailAddress><AcceptableResponseSchema>http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a</AcceptableResponseSchema></Request></Autodiscover>';
      const questions = [
        ['https://autoconfig.gmx.de/mail/config-v1.1.xml', {}],
        ['https://ua-auto-config.gmx.de/.well-known/user-agent-configuration.json', {}],
        ['https://atlas.example/Autodiscover/Autodiscover.xml', { method: 'POST', body: outlook }],
        [
          'https://atlas.example/mail.mobileconfig',
          { method: 'POST', body: new URLSearchParams({ email: 'max@gmx.de' }) },
        ],
        ['https://atlas.example/v1.1/gmx.de', { method: 'HEAD' }],
        ['https://atlas.example/v1.1/gmx.de', { method: 'DELETE' }],
      ] as const;
      for (const [url, init] of questions) {
        const [ours, theirs] = [await running.server.fetch(url, init), await node.request(url, init)];
        assert.equal(ours.status, theirs.status, url);
        assert.equal(await ours.text(), await theirs.text(), url);
        assert.equal(ours.headers.get('Cache-Control'), theirs.headers.get('Cache-Control'), url);
        assert.equal(ours.headers.get('CF-Cache-Status'), null, url);
      }
    });

    test('keeps answers by path for a minute, with the reader’s own caching, and none that depend on more', async () => {
      const first = await ask('/v1.1/web.de');
      const again = await ask('/v1.1/web.de');
      assert.equal(again.headers.get('CF-Cache-Status'), 'HIT');
      assert.equal(again.headers.get('Cache-Control'), 'public, max-age=3600');
      assert.equal(await again.text(), await first.text());
      const etag = again.headers.get('ETag') ?? '';
      const unchanged = await ask('/v1.1/web.de', { headers: { 'If-None-Match': etag } });
      assert.deepEqual([unchanged.status, unchanged.headers.get('ETag'), await unchanged.text()], [304, etag, '']);
      assert.equal((await ask('/v1.1/web.de', { headers: { 'If-None-Match': '"other"' } })).status, 200);
      await ask('/v1.1/nobody.zz');
      const miss = await ask('/v1.1/nobody.zz');
      assert.deepEqual([miss.status, miss.headers.get('CF-Cache-Status')], [404, 'HIT']);
      for (const path of [
        '/api/v1/lookup?domain=web.de',
        '/mx/v1.1/broken.zz',
        '/readyz',
        '/v1.1/web.de?version=1.2',
      ]) {
        await ask(path);
        assert.equal((await ask(path)).headers.get('CF-Cache-Status'), null, path);
      }
    });

    test('asks DNS for nobody more often than his network may', async () => {
      const from = (network: string, i: number) =>
        ask(`/mx/v1.1/d${i}.eager.zz`, { headers: { 'CF-Connecting-IP': `${network}.${i}` } });
      const answers = await Promise.all(Array.from({ length: 130 }, (_, i) => from('198.51.100', i)));
      // 60 in a minute; a minute may end while they come.
      const refused = answers.filter(({ status }) => status === 429).length;
      assert.ok(refused >= 10 && refused <= 70, `${refused} were refused`);
      assert.notEqual((await from('203.0.113', 99)).status, 429);
    });

    test('says that it cannot where everything is asked for at once, and only there', async () => {
      const answers = await Promise.all(
        ['/api/v1/atlas.ndjson', '/api/v1/statuses', '/api/v1/bundle', '/api/v1/providers?status=verified'].map(
          (path) => ask(path),
        ),
      );
      const statuses = answers.map(({ status }) => status);
      assert.deepEqual(statuses, where === 'in memory' ? [200, 200, 200, 200] : [200, 200, 404, 404]);
      if (where === 'in memory') {
        const opened = await openBundle(new Uint8Array(await answers[2]!.arrayBuffer()), { keys: [publicKey] });
        assert.ok('answer' in (await opened.lookup('max@gmx.de')));
      } else {
        assert.match(await answers[2]!.text(), /"code":"not-at-once"/);
      }
    });

    test('gives work to agents, and judges what they have seen', async () => {
      const store = openD1(running.DB);
      const { keys } = await listedOn(running);
      const now = new Date().toISOString();
      const secret = await createToken(store, 'berlin', 'agent', now);
      const reports: AgentReport[] = [];
      await runAgent({
        server: 'https://atlas.example',
        poster: {
          async post(url, body) {
            const headers = { Authorization: `Bearer ${secret}`, 'Content-Type': 'application/json' };
            const response = await running.server.fetch(url, { method: 'POST', headers, body });
            return { status: response.status, body: await response.text() };
          },
        },
        probe: (endpoint) => Promise.resolve(wellSeen(endpoint)),
        judge: (evidence, at) => judge(evidence, at),
        pace: new Pace(0),
        once: true,
        signal: new AbortController().signal,
        onRun: (report) => reports.push(report),
        log: logTo((message) => assert.fail(message)),
      });
      assert.deepEqual(
        reports.map(({ done, verdict, changes }) => [done, verdict, changes.length]),
        [
          [500, 'sound', 500],
          [keys - 500, 'sound', keys - 500],
        ],
      );
      const told = [...(await readStatuses(store.db, now)).values()];
      assert.equal(told.filter(({ status }) => status === 'verified').length, keys);
    });

    test('hears each hour what another instance has seen, and watches who answers for the hosts’ domains', async () => {
      const checkedAt = new Date().toISOString();
      const line = {
        endpoint: 'imap://imap.gmx.net:993?security=tls',
        status: 'verified',
        code: 'ok',
        since: checkedAt,
        checkedAt,
      };
      const verifier = createServer((request, response) => {
        response.end(request.url === '/api/v1/statuses' ? `${JSON.stringify(line)}\n` : '');
      });
      await new Promise<void>((resolve) => {
        verifier.listen(0, '127.0.0.1', resolve);
      });
      const evidence = `http://127.0.0.1:${(verifier.address() as AddressInfo).port}`;
      const listening = await startWorker({ ...vars, EVIDENCE: evidence });
      try {
        assert.equal((await listening.worker.scheduled({ cron: '17 * * * *' })).outcome, 'ok');
        const response = await listening.server.fetch('https://atlas.example/api/v1/lookup?domain=gmx.net');
        const { incoming } = (await response.json()) as {
          incoming: { host: string; port: number; answers: unknown }[];
        };
        const vantage = new URL(evidence).host;
        assert.deepEqual(incoming.find(({ port }) => port === 993)?.answers, {
          status: 'verified',
          since: checkedAt,
          at: checkedAt,
          vantage,
        });
        const watched = await listening.DB.prepare('SELECT count(*) AS n FROM name_servers').all<{ n: number }>();
        assert.equal(watched.results[0]?.n, 200);
      } finally {
        verifier.close();
        await listening.server.close();
      }
    });

    test('has had no defect in all this', () => {
      const complaints = running.server.getLogs().filter(({ level }) => level === 'error' || level === 'warn');
      assert.deepEqual(complaints, []);
    });
  });
}

test('What fails in an hour keeps nothing else from being done, and is told', async () => {
  const { server, worker, DB } = await startWorker({ EVIDENCE: 'http://127.0.0.1:9' });
  try {
    assert.equal((await worker.scheduled({ cron: '17 * * * *' })).outcome, 'exception');
    const { results } = await DB.prepare('SELECT count(*) AS n FROM name_servers').all<{ n: number }>();
    assert.equal(results[0]?.n, 200);
  } finally {
    await server.close();
  }
});

test('wrangler.toml has the version of the package', () => {
  const version = (text: string, form: RegExp) => form.exec(text)?.[1];
  const [toml, json] = ['wrangler.toml', 'package.json'].map((file) => readFileSync(`${root}/${file}`, 'utf8'));
  assert.equal(version(toml ?? '', /^VERSION = "(.+)"$/m), version(json ?? '', /^ {2}"version": "(.+)",$/m));
});

test('A Worker whose database cannot be read says so, and is there when it can be', async () => {
  const server = createTestHarness({ workers: [{ configPath: `${root}/wrangler.toml`, vars: { DOH: doh.url } }] });
  await server.listen();
  try {
    const early = await server.fetch('/v1.1/gmx.de');
    assert.deepEqual([early.status, early.headers.get('Cache-Control')], [503, 'no-store']);
    assert.match(await early.text(), /"code":"not-ready"/);
    const worker = server.getWorker<Env>();
    await worker.applyD1Migrations('DB');
    await (await worker.getEnv()).DB.exec(sql.join('\n'));
    assert.equal((await server.fetch('/v1.1/gmx.de')).status, 200);
  } finally {
    await server.close();
  }
});
