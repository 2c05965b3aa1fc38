/** `serve --compare` put together on Node: domains are asked, results kept and told, and a followed file opens a submission. */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { recordDigest } from '../src/atlas/digest.ts';
import { curatedOf, parseCatalog } from '../src/catalog/catalog.ts';
import { readDataDir } from '../src/catalog/files.ts';
import { nodeDiscoverer } from '../src/discover/discover-node.ts';
import type { Domain } from '../src/name/domain.ts';
import { type ServerOptions, startServer } from '../src/node.ts';
import type { Provider } from '../src/provider/model.ts';
import { listPublishers, putComparison } from '../src/store/seen/comparisons.ts';
import { openSqlite } from '../src/store/sqlite.ts';
import { createToken } from '../src/store/tokens.ts';
import { comparisonOf } from '../src/verify/comparing.ts';
import { autoconfig } from './discover/world.ts';
import { startDns } from './dns-server.ts';
import { logTo } from './log.ts';
import { pki } from './pki.ts';
import { soon } from './soon.ts';
import { startWeb } from './web-server.ts';

const day = 86_400_000;
const where = 'https://autoconfig.folge.zz/mail/config-v1.1.xml';
const server = (list: string, protocol: string, host: string, port: number) => `${list}:
  - protocol: ${protocol}
    host: ${host}
    port: ${port}
    security: tls
    username: "%EMAILADDRESS%"
    auth:
      - password-cleartext
    sources:
      - help
`;
const text = `# yaml-language-server: $schema=../provider.schema.json

id: folge.zz
name: Folge
short: Folge
kind: isp
country: DE
website: https://folge.zz/
access: open
domains:
  - folge.zz
${server('incoming', 'imap', 'imap.folge.zz', 993)}${server('outgoing', 'smtp', 'smtp.folge.zz', 465)}follow:
  mechanism: autoconfig
  url: ${where}
sources:
  help:
    url: https://folge.zz/help
`;

interface World {
  readonly db: string;
  readonly record: Provider;
  readonly web: Awaited<ReturnType<typeof startWeb>>;
  readonly dns: Awaited<ReturnType<typeof startDns>>;
  readonly discover: NonNullable<ServerOptions['discover']>;
  /** Starts the server; the domain is due at once. */
  readonly serve: (more?: Partial<ServerOptions>) => Promise<{ ask: Ask; stop: () => Promise<void> }>;
}
type Ask = (path: string, init?: RequestInit) => Promise<{ status: number; body: string }>;

/** A provider that has asked us to follow its file, and has moved its servers. */
async function world(t: TestContext): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'mailatlas-compare-'));
  const web = await startWeb({ [where]: autoconfig('neu.folge.zz') });
  const dns = await startDns({ 'folge.zz': ['10 mx.folge.zz'], 'autoconfig.folge.zz': { A: ['127.0.0.1'] } });
  const stops: (() => Promise<void>)[] = [];
  t.after(async () => {
    await Promise.all(stops.map((stop) => stop()));
    await Promise.all([dns.stop(), web.stop()]);
    rmSync(folder, { recursive: true });
  });
  const data = join(folder, 'data');
  cpSync(new URL('cli/data', import.meta.url), data, { recursive: true });
  writeFileSync(join(data, 'providers/folge.zz.yml'), text);
  const record = curatedOf(parseCatalog(readDataDir(data))).providers.find(({ id }) => id === 'folge.zz');
  assert.ok(record);
  const discover = { ca: (await pki()).ca, ports: web.ports, allowPrivate: true, resolver: dns.address };
  const db = join(folder, 'db');
  const serve: World['serve'] = async (more) => {
    // It would be asked some time today; somebody has listed it already, and it is due.
    const store = openSqlite(db);
    const due = { domain: 'folge.zz' as Domain, record: record.id, digest: recordDigest(record) };
    await listPublishers(store, [due], () => '2026-11-20T10:00:00.000Z');
    store.close();
    const running = await startServer({
      db,
      data,
      host: '127.0.0.1',
      port: 0,
      compare: true,
      contact: 'https://mail.example/probes',
      discover,
      version: '0.0.0-test',
      log: logTo(() => undefined),
      ...more,
    });
    stops.push(() => running.close().catch(() => undefined));
    const ask: Ask = async (path, init) => {
      const response = await fetch(new URL(path, running.url), init);
      return { status: response.status, body: await response.text() };
    };
    return { ask, stop: () => running.close() };
  };
  return { db, record, web, dns, discover, serve };
}

describe('What domains publish', () => {
  test('is compared with the records where the operator wants it, kept, told and counted', {
    timeout: 120_000,
  }, async (t) => {
    const { serve, web, dns } = await world(t);
    const { ask, stop } = await serve();
    await soon('the comparison', async () => {
      const { comparisons } = JSON.parse((await ask('/api/v1/providers/folge.zz/comparisons')).body);
      assert.deepEqual(
        comparisons.map(({ domain, verdict }: { domain: string; verdict: string }) => [domain, verdict]),
        [['folge.zz', 'differs']],
      );
    });
    assert.match((await ask('/metrics')).body, /^mailatlas_compared\{verdict="differs"\} 1$/m);
    assert.match(String(web.asked[0]?.headers['user-agent']), /mail\.example\/probes/);
    assert.ok(!dns.questions.includes('post.example'), 'special-use names are nobody’s');
    // Nothing holds the server up.
    await stop();
  });

  test('opens a submission where the record follows it and it has said so for a day, which a reviewer finds', async (t) => {
    const { serve, record, db, discover, dns } = await world(t);
    const store = openSqlite(db);
    const seen = await nodeDiscoverer(discover).discover('folge.zz' as Domain);
    const yesterday = { ...seen, at: new Date(Date.now() - day).toISOString() };
    await store.atomically(putComparison(store.db, comparisonOf(record, yesterday), yesterday.at));
    const token = await createToken(store, 'Ada', 'reviewer', yesterday.at);
    store.close();

    const checker = { discoverer: discover, resolvers: [dns.address], askNameServers: false };
    const prober = { resolver: dns.address, timeout: 2 };
    const { ask } = await serve({ submissions: { checker: { ...checker, prober } } });
    const headers = { Authorization: `Bearer ${token}` };
    interface Shown {
      number: number;
      state: string;
      origin: string;
      draft?: { record: Provider; reason: string };
    }
    await soon('the submission', async () => {
      const { submissions } = JSON.parse((await ask('/api/v1/submissions?state=waiting', { headers })).body);
      assert.deepEqual(
        submissions.map(({ number, state, origin }: Shown) => [number, state, origin]),
        [[1, 'waiting', 'follow']],
      );
    });
    const whole = (await ask('/api/v1/submissions/1', { headers })).body;
    assert.match(whole, /imap\.neu\.folge\.zz/);
    assert.ok(whole.includes(where), 'it says which file');
    assert.match((await ask('/v1.1/folge.zz')).body, /<hostname>imap\.folge\.zz</, 'nothing is published by itself');
  });

  test('opens nothing at the first look', async (t) => {
    const { serve, dns, discover } = await world(t);
    const { ask } = await serve({ submissions: { checker: { discoverer: discover, resolvers: [dns.address] } } });
    await soon('the comparison', async () => {
      const { comparisons } = JSON.parse((await ask('/api/v1/providers/folge.zz/comparisons')).body);
      assert.equal(comparisons.length, 1);
    });
    const metrics = (await ask('/metrics')).body;
    assert.doesNotMatch(metrics, /^mailatlas_submissions\{[^}]*\} [1-9]/m);
    const { domains } = JSON.parse((await ask('/api/v1/providers/folge.zz/comparisons')).body);
    const wait = Date.parse(domains[0].due) - Date.now();
    assert.ok(wait > 0.7 * day && wait < 1.3 * day, 'and looks again tomorrow');
  });
});
