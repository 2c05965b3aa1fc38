/** A whole server on Node: data folder, SQLite, atlas, DNS and HTTP put together, on loopback and temporary folders. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, get as httpGet, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { after, describe, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import Sqlite from 'better-sqlite3';
import { recordDigest } from '../src/atlas/digest.ts';
import { curatedOf, parseCatalog } from '../src/catalog/catalog.ts';
import { readDataDir } from '../src/catalog/files.ts';
import { loadFiles } from '../src/catalog/load.ts';
import { openBundle } from '../src/client/client.ts';
import type { Domain } from '../src/name/domain.ts';
import { type RunningServer, type ServerOptions, startServer } from '../src/node.ts';
import type { EndpointKey, Provider } from '../src/provider/model.ts';
import type { Store } from '../src/store/db.ts';
import { putOverlay } from '../src/store/overlays.ts';
import { liftQuarantine, putQuarantine } from '../src/store/seen/quarantine.ts';
import { listEndpoints, moveStatuses } from '../src/store/seen/statuses.ts';
import { openSqlite } from '../src/store/sqlite.ts';
import { ours as trusted } from './bundles.ts';
import { autoconfig } from './discover/world.ts';
import { startDns, type Zone } from './dns-server.ts';
import { freePort } from './free-ports.ts';
import { logTo } from './log.ts';
import { pki } from './pki.ts';
import { soon } from './soon.ts';
import { startWeb } from './web-server.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const temporary = mkdtempSync(join(tmpdir(), 'mailatlas-node-'));
after(() => rmSync(temporary, { recursive: true }));
let folders = 0;

describe('a server', () => {
  test('answers mail clients, programs and operators', async (t) => {
    const { server, notes } = await start(t);
    assert.match(server.url, /^http:\/\/127\.0\.0\.1:\d+$/);
    assert.equal(server.providers, 4);
    const xml = await ask(server, '/v1.1/post.example');
    assert.equal(xml.status, 200);
    assert.match(xml.body, /<hostname>imap\.post\.example<\/hostname>/);
    const json = await ask(server, '/api/v1/lookup?email=max@post.example&mx=0');
    assert.equal(JSON.parse(json.body).incoming[0].username, 'max@post.example');
    const revisions = await ask(server, '/api/v1/providers/post.example/revisions');
    assert.equal(JSON.parse(revisions.body).revisions.length, 1);
    assert.deepEqual(JSON.parse((await ask(server, '/healthz')).body), { status: 'ok', version: '0.0.0-test' });
    assert.deepEqual(JSON.parse((await ask(server, '/readyz')).body), {
      status: 'ready',
      version: '0.0.0-test',
      providers: 4,
      revision: 4,
    });
    assert.deepEqual(notes, []);
  });

  test('tells its metrics to programs on this machine, and to others only where the operator wants it', async (t) => {
    const { server } = await start(t);
    const own = await ask(server, '/metrics');
    assert.equal(own.status, 200);
    assert.match(own.body, /^mailatlas_providers 4$/m);
    assert.match(own.body, /^process_resident_memory_bytes [1-9]\d+$/m);
    const forwarded = { 'X-Forwarded-For': '192.0.2.1' };
    assert.equal((await ask(server, '/metrics', forwarded)).status, 404);
    const open = await start(t, { metrics: true });
    assert.equal((await ask(open.server, '/metrics', forwarded)).status, 200);
  });

  test('tells them to no page that is open in a browser on this machine', async (t) => {
    const { server } = await start(t);
    const { headers } = await ask(server, '/metrics', { Origin: 'https://evil.example' });
    assert.equal(headers.get('Access-Control-Allow-Origin'), null);
    // A name of the page's owner that leads to this machine (DNS rebinding).
    const agent = new Agent();
    t.after(() => agent.destroy());
    assert.match(await answerTo(new URL('/metrics', server.url), agent, 'evil.example:8143'), /unknown-route/);
    assert.match(await answerTo(new URL('/metrics', server.url), agent, 'localhost:8143'), /mailatlas_providers/);
  });

  test('links to itself by the URL it was given, and signs profiles with the key it was given', async (t) => {
    const sign = (profile: string) => new Uint8Array(Buffer.from(`signed: ${profile}`));
    const { server } = await start(t, { url: 'https://atlas.example', signer: () => sign });
    const json = await ask(server, '/autodiscover/autodiscover.json?Protocol=AutodiscoverV1');
    assert.equal(JSON.parse(json.body).Url, 'https://atlas.example/autodiscover/autodiscover.xml');
    const profile = await ask(server, '/api/v1/providers/post.example/mail.mobileconfig');
    assert.match(profile.body, /^signed: <\?xml/);
  });

  test('asks the DNS server it was given, for the MX step', async (t) => {
    const dns = await startDns({ 'customer.de': ['10 a.mx.hosting.example'] });
    t.after(() => dns.stop());
    const { server } = await start(t, { resolver: dns.address });
    const { status, body } = await ask(server, '/mx/v1.1/customer.de');
    assert.equal(status, 200);
    assert.match(body, /<domain>customer\.de<\/domain>/);
    assert.deepEqual(dns.questions, ['customer.de']);
  });

  test('tells the MX hosts of any domain where the operator wants it, and asks DNS once for both', async (t) => {
    const dns = await startDns({ 'customer.de': ['20 b.mx.hosting.example', '10 a.mx.hosting.example'] });
    t.after(() => dns.stop());
    const { server } = await start(t, { resolver: dns.address, mxService: true });
    assert.equal((await ask(server, '/dns/mx/customer.de')).body, 'a.mx.hosting.example\nb.mx.hosting.example');
    assert.equal((await ask(server, '/mx/v1.1/customer.de')).status, 200);
    assert.deepEqual(dns.questions, ['customer.de']);
  });

  test('asks a domain itself, where a program wants it to', async (t) => {
    const web = await startWeb({ 'https://autoconfig.self-made.zz/mail/config-v1.1.xml': autoconfig('self-made.zz') });
    const here = { A: ['127.0.0.1'] };
    const dns = await startDns({ 'self-made.zz': ['10 mx.self-made.zz'], 'autoconfig.self-made.zz': here });
    t.after(() => Promise.all([dns.stop(), web.stop()]));
    const discover = { ca: (await pki()).ca, ports: web.ports, allowPrivate: true };
    const { server } = await start(t, { resolver: dns.address, discover });
    const answer = await ask(server, '/api/v1/lookup?domain=self-made.zz&published=1');
    assert.equal(answer.status, 200, answer.body);
    const { trust, publication, incoming } = JSON.parse(answer.body);
    assert.deepEqual(
      [trust, publication.certified],
      ['self', [{ host: 'autoconfig.self-made.zz', issuer: 'Test Root' }]],
    );
    assert.equal(incoming[0].host, 'imap.self-made.zz');
    await ask(server, '/api/v1/lookup?domain=self-made.zz&published=1');
    assert.equal(web.asked.filter(({ url }) => url.includes('config-v1.1.xml')).length, 1, 'remembered');
  });

  test('replays what mail clients would do with a domain, and again from memory', async (t) => {
    const web = await startWeb({ 'https://autoconfig.self-made.zz/mail/config-v1.1.xml': autoconfig('self-made.zz') });
    const dns = await startDns({ 'autoconfig.self-made.zz': { A: ['127.0.0.1'] } });
    t.after(() => Promise.all([dns.stop(), web.stop()]));
    const discover = { ca: (await pki()).ca, ports: web.ports, allowPrivate: true };
    const { server } = await start(t, { resolver: dns.address, discover });
    const answer = await ask(server, '/api/v1/simulate?domain=self-made.zz&client=thunderbird');
    assert.deepEqual([answer.status, answer.headers.get('cache-control')], [200, 'no-store'], answer.body);
    const [{ settings, steps }] = JSON.parse(answer.body).clients;
    assert.deepEqual([settings.incoming[0].host, steps[0].trust], ['imap.self-made.zz', 'tls']);
    const { length } = web.asked;
    assert.equal((await ask(server, '/api/v1/simulate?domain=self-made.zz')).status, 200);
    assert.equal(web.asked.length, length, 'remembered');
    assert.equal((await problemAt(server, '/api/v1/simulate?domain=a..b')).code, 'malformed-name');
  });

  test('sends nobody into its own network to ask a domain', async (t) => {
    const web = await startWeb({ 'https://autoconfig.self-made.zz/mail/config-v1.1.xml': autoconfig('self-made.zz') });
    const dns = await startDns({ 'autoconfig.self-made.zz': { A: ['127.0.0.1'] }, 'self-made.zz': ['10 mx.x.zz'] });
    t.after(() => Promise.all([dns.stop(), web.stop()]));
    const { server } = await start(t, { resolver: dns.address, discover: { ca: (await pki()).ca, ports: web.ports } });
    assert.equal((await problemAt(server, '/api/v1/lookup?domain=self-made.zz&published=1')).code, 'unknown-domain');
    assert.deepEqual(web.asked, []);
  });

  test('knows a gateway by any of its patterns, as the command line does', async (t) => {
    const dns = await startDns({ 'filtered.de': ['10 in.one.filter.example', '10 in.two.filter.example'] });
    t.after(() => dns.stop());
    const { server } = await start(t, { resolver: dns.address });
    assert.equal((await problemAt(server, '/mx/v1.1/filtered.de')).code, 'gateway');
  });

  test('cannot have the port of another one, which goes on answering', async (t) => {
    const { server } = await start(t);
    const port = Number(new URL(server.url).port);
    await assert.rejects(start(t, { port }), { code: 'EADDRINUSE' });
    assert.equal((await ask(server, '/v1.1/post.example')).status, 200);
  });

  test('started again on the same database loads nothing anew', async (t) => {
    const { server, db, data } = await start(t);
    await server.close();
    const again = await start(t, { db, data });
    assert.equal(JSON.parse((await ask(again.server, '/readyz')).body).revision, 4);
  });

  test('gives a record’s document a new ETag when the record changes, and no other one’s', async (t) => {
    const { server, data } = await start(t);
    const before = await etags(server);
    edit(data, 'providers/post.example.yml', 'name: Example Post', 'name: Example Post and Parcel');
    await server.reload();
    const now = await etags(server);
    assert.notEqual(now.post, before.post);
    assert.equal(now.hosting, before.hosting);
    const [stale, fresh] = await Promise.all([
      ask(server, '/v1.1/post.example', { 'If-None-Match': before.post }),
      ask(server, '/v1.1/post.example', { 'If-None-Match': now.post }),
    ]);
    assert.equal(stale.status, 200);
    assert.match(stale.body, /Example Post and Parcel/);
    assert.equal(fresh.status, 304);
  });

  async function etags(server: RunningServer) {
    const of = async (path: string) => (await ask(server, path)).headers.get('ETag') ?? assert.fail('no ETag');
    return { post: await of('/v1.1/post.example'), hosting: await of('/v1.1/hosting.example') };
  }
});

describe('a server without good data', () => {
  test('does not start where there is no data folder', async (t) => {
    const data = join(temporary, 'nowhere');
    await assert.rejects(start(t, { data }), { name: 'DataError', message: /there is no .*nowhere\/providers$/ });
  });

  test('does not start where the data are broken and nothing was loaded before, and says what is wrong', async (t) => {
    const data = newData();
    edit(data, 'providers/kabel.example.yml', 'country: AT', 'country: Austria');
    const notes: string[] = [];
    await assert.rejects(start(t, { data, notes }), { name: 'StoreError', message: 'there is nothing to serve' });
    assert.match(notes.join('\n'), /^the data have 1 error and were not loaded/);
    assert.match(notes.join('\n'), /kabel\.example\.yml:\d+:\d+: error: country: is "Austria"/);
  });

  test('does not start where the data folder is empty', async (t) => {
    const data = newData();
    rmSync(join(data, 'providers'), { recursive: true });
    cpSync(newData(), data, { recursive: true, filter: (path) => !path.endsWith('.yml') });
    await assert.rejects(start(t, { data }), { name: 'StoreError', message: 'there is nothing to serve' });
  });

  test('serves what was loaded before where the data are broken now', async (t) => {
    const first = await start(t);
    await first.server.close();
    edit(first.data, 'providers/kabel.example.yml', 'country: AT', 'country: Austria');
    const { server, notes } = await start(t, { db: first.db, data: first.data });
    assert.equal((await ask(server, '/v1.1/kabel.example')).status, 200);
    assert.equal(notes.at(-1), 'what was loaded before is served');
  });
});

describe('the whole atlas', () => {
  test('is had from a server as a signed bundle, and what changed after it', async (t) => {
    const { server } = await start(t, { bundleSigner: trusted });
    const { body } = await ask(server, '/api/v1/bundle');
    const atlas = await openBundle(new TextEncoder().encode(body), { keys: [trusted.publicKey] });
    assert.ok('answer' in (await atlas.lookup('post.example')));
    const changesSince = async (n: number | null) => {
      const { body: text } = await ask(server, `/api/v1/changes?since=${n}`);
      const answer = JSON.parse(text) as { changes: { id: string }[] };
      return answer.changes.map(({ id }) => id).sort();
    };
    assert.deepEqual(await changesSince(atlas.changes), []);
    assert.ok((await changesSince(0)).includes('post.example'));
  });
});

describe('reload()', () => {
  test('serves what has changed in the data: records, domains and lists', async (t) => {
    const { server, data } = await start(t);
    edit(data, 'providers/post.example.yml', 'host: imap.post.example', 'host: imap2.post.example');
    edit(data, 'providers/kabel.example.yml', '  - kabel.example', '  - fernsehen.example\n  - kabel.example');
    edit(data, 'left-out.yml', 'domain: gone.example', 'domain: lost.example');
    await server.reload();
    assert.match((await ask(server, '/v1.1/post.example')).body, /imap2\.post\.example/);
    assert.equal((await ask(server, '/v1.1/fernsehen.example')).status, 200);
    assert.equal((await problemAt(server, '/v1.1/lost.example')).code, 'left-out');
    assert.equal((await problemAt(server, '/v1.1/gone.example')).code, 'unknown-domain');
  });

  test('of a broken file is noted, and the old atlas goes on answering; the mended file is served', async (t) => {
    const { server, data, notes } = await start(t);
    edit(data, 'providers/post.example.yml', 'port: 993', 'port: 143');
    edit(data, 'providers/kabel.example.yml', 'name: Example Kabel', 'name: Example Cable');
    await server.reload();
    assert.match(notes.join('\n'), /post\.example\.yml:\d+:\d+: error: incoming\[0\]\.security: is tls, but 143/);
    assert.match((await ask(server, '/v1.1/post.example')).body, /<port>993<\/port>/);
    // All of it or nothing: the good change waits for the broken one.
    assert.match((await ask(server, '/v1.1/kabel.example')).body, /Example Kabel/);

    edit(data, 'providers/post.example.yml', 'port: 143', 'port: 993');
    await server.reload();
    assert.match((await ask(server, '/v1.1/kabel.example')).body, /Example Cable/);
  });

  test('rejects where the data folder is gone, and the old atlas goes on answering', async (t) => {
    const { server, data } = await start(t);
    renameSync(data, `${data}-away`);
    await assert.rejects(server.reload(), { name: 'DataError' });
    assert.equal((await ask(server, '/v1.1/post.example')).status, 200);
  });

  test('serves what was published here since, though the data are the same', async (t) => {
    const { server, db, data } = await start(t);
    await publish(db, data, { name: 'As published here' });
    await server.reload();
    assert.match((await ask(server, '/v1.1/post.example')).body, /As published here/);
  });

  test('puts its own data back after somebody’s load of others was interrupted between two batches', async (t) => {
    const { server, db, data } = await start(t);
    const newer = newData();
    edit(newer, 'providers/post.example.yml', 'name: Example Post', 'name: Changed');
    edit(newer, 'providers/kabel.example.yml', 'name: Example Kabel', 'name: Changed');
    // A driver that takes few statements at once, and loses its connection after the first batch (as D1 can).
    const store = openSqlite(db);
    let batches = 0;
    const losing: Store = {
      ...store,
      batchSize: 1,
      atomically: async (statements) => {
        if (++batches > 1) throw new Error('the connection is lost');
        await store.atomically(statements);
      },
    };
    await assert.rejects(loadFiles(losing, readDataDir(newer), '2026-11-20T10:00:00.000Z'), /connection is lost/);
    store.close();
    await server.reload();
    for (const record of recordsOf(data)) {
      const { body } = await ask(server, `/api/v1/providers/${record.id}`);
      assert.equal(JSON.parse(body).provider.name, record.name);
    }
  });
});

describe('a running server sees, within a few polls, what another process does to its database', () => {
  test('mailatlas load', async (t) => {
    const { server, db } = await start(t);
    const other = newData();
    edit(other, 'providers/post.example.yml', 'name: Example Post', 'name: Loaded Elsewhere');
    await mailatlas('load', '--db', db, '--data', other);
    await soon('the loaded name', async () => {
      assert.match((await ask(server, '/v1.1/post.example')).body, /Loaded Elsewhere/);
    });
  });

  test('mailatlas quarantine, and its end', async (t) => {
    const { server, db } = await start(t);
    const hosts = async () => (await ask(server, '/v1.1/post.example')).body;
    assert.match(await hosts(), /imap\.post\.example/);
    await mailatlas('quarantine', 'imap.post.example', '--why', 'It was sold.', '--db', db);
    await soon('the host is withheld', async () => assert.doesNotMatch(await hosts(), /imap\.post\.example/));
    const { withheld } = JSON.parse((await ask(server, '/api/v1/lookup?domain=post.example&mx=0')).body);
    assert.deepEqual([withheld[0].host, withheld[0].why], ['imap.post.example', 'It was sold.']);
    await mailatlas('quarantine', 'imap.post.example', '--lift', '--db', db);
    await soon('the host is given again', async () => assert.match(await hosts(), /imap\.post\.example/));
  });

  test('a load of the lists alone', async (t) => {
    const { server, db } = await start(t);
    const other = newData();
    edit(other, 'left-out.yml', 'domain: gone.example', 'domain: lost.example');
    await mailatlas('load', '--db', db, '--data', other);
    await soon('the list', async () => {
      assert.equal((await problemAt(server, '/v1.1/lost.example')).code, 'left-out');
    });
  });

  test('a record that is published, once it is loaded', async (t) => {
    const { server, db, data } = await start(t);
    await publish(db, data, { name: 'As published here' });
    await mailatlas('load', '--db', db, '--data', data);
    await soon('what was published', async () => {
      assert.match((await ask(server, '/v1.1/post.example')).body, /As published here/);
    });
    const { revisions } = JSON.parse((await ask(server, '/api/v1/providers/post.example/revisions')).body);
    assert.equal(revisions.length, 2);
  });

  test('a record that is withdrawn, once it is loaded', async (t) => {
    const { server, db, data } = await start(t);
    await publish(db, data, null);
    await mailatlas('load', '--db', db, '--data', data);
    await soon('the withdrawal', async () => {
      assert.equal((await problemAt(server, '/v1.1/post.example')).code, 'unknown-domain');
    });
  });

  test('and what was published is served by the next server that starts with other data', async (t) => {
    const { server, db, data, notes } = await start(t);
    await publish(db, data, { name: 'As published here' });
    await server.close();
    edit(data, 'providers/post.example.yml', 'name: Example Post', 'name: The File Has Moved On');
    const again = await start(t, { db, data });
    assert.match((await ask(again.server, '/v1.1/post.example')).body, /As published here/);
    assert.deepEqual(notes, []);
    assert.match(again.notes.join('\n'), /^post\.example: the data have changed since .* which is still served$/m);
  });

  test('a database that cannot be read for a while: the atlas stays, and the next good state is served', async (t) => {
    const { server, db, data, notes } = await start(t);
    const other = new Sqlite(db);
    other.exec(`ALTER TABLE provider RENAME TO elsewhere;
      UPDATE meta SET value = value + 1 WHERE key = 'generation'`);
    await soon('the note', () => {
      assert.match(notes.join('\n'), /^the database cannot be read, the atlas stays as it is: .*provider/);
    });
    assert.equal((await ask(server, '/v1.1/post.example')).status, 200);
    other.exec('ALTER TABLE elsewhere RENAME TO provider');
    other.close();
    edit(data, 'providers/post.example.yml', 'name: Example Post', 'name: Back Again');
    await mailatlas('load', '--db', db, '--data', data);
    await soon('the new name', async () => {
      assert.match((await ask(server, '/v1.1/post.example')).body, /Back Again/);
    });
  });

  test('a database that stays unreadable, which it tells once', {}, async (t) => {
    const { db, notes } = await start(t);
    const other = new Sqlite(db);
    other.exec(`ALTER TABLE provider RENAME TO elsewhere; UPDATE meta SET value = value + 1 WHERE key = 'generation'`);
    other.close();
    await soon('the note', () => assert.notEqual(notes.length, 0));
    await delay(3 * 500);
    assert.equal(notes.length, 1);
  });
});

describe('the statuses of servers', () => {
  const endpoint = 'imap://imap.post.example:993?security=tls' as EndpointKey;
  const times = { since: '2026-11-20T10:00:00.000Z' };
  const move = { endpoint, status: 'failing', reason: 'tls.expired', ...times, applied: 1, staleAt: null } as const;
  const statusOf = async (server: RunningServer) => {
    const { incoming } = JSON.parse((await ask(server, '/api/v1/lookup?domain=post.example&mx=0')).body);
    return [incoming[0].status, incoming[0].checkedAt];
  };

  test('are told as another process moves them, and the atlas stays', async (t) => {
    const { server, db } = await start(t);
    assert.deepEqual(await statusOf(server), ['unverified', null]);
    const before = (await ask(server, '/v1.1/post.example')).headers.get('ETag');
    const other = openSqlite(db);
    await listEndpoints(other, [endpoint], times.since);
    await other.atomically(moveStatuses(other.db, [{ ...move, checkedAt: times.since }]));
    other.close();
    await soon('the status', async () => assert.deepEqual(await statusOf(server), ['failing', times.since]));
    assert.equal((await ask(server, '/v1.1/post.example')).headers.get('ETag'), before);
  });

  test('are beside a quarantine, which takes a host out of every answer within a second', async (t) => {
    const { server, db } = await start(t);
    const host = 'imap.post.example' as Domain;
    const entry = { name: host, at: times.since, why: 'Its domain has changed hands.', by: 'Ada' };
    const other = openSqlite(db);
    await other.atomically(putQuarantine(other.db, entry));
    await soon('the gap', async () => {
      assert.doesNotMatch((await ask(server, '/v1.1/post.example')).body, /imap\.post\.example/);
    });
    await other.atomically(liftQuarantine(other.db, host, { at: times.since, by: 'Ada' }));
    other.close();
    await soon('the host', async () => {
      assert.match((await ask(server, '/v1.1/post.example')).body, /imap\.post\.example/);
    });
  });

  test('of another instance are told where this one knows nothing, with its name, and not passed on', async (t) => {
    const [theirs, ours] = [await start(t), await start(t)];
    const other = openSqlite(theirs.db);
    const checkedAt = new Date().toISOString();
    await listEndpoints(other, [endpoint], times.since);
    await other.atomically(moveStatuses(other.db, [{ ...move, checkedAt }]));
    other.close();
    await soon('their status', async () =>
      assert.match((await ask(theirs.server, '/api/v1/statuses')).body, /failing/),
    );
    await mailatlas('load', '--db', ours.db, '--data', ours.data, '--evidence', theirs.server.url);
    await soon('our status', async () => assert.deepEqual(await statusOf(ours.server), ['failing', checkedAt]));
    const { incoming } = JSON.parse((await ask(ours.server, '/api/v1/lookup?domain=post.example&mx=0')).body);
    assert.equal(incoming[0].answers.vantage, new URL(theirs.server.url).host);
    assert.equal((await ask(ours.server, '/api/v1/statuses')).body, '');
  });

  test('are told from the start by a server that finds them', async (t) => {
    const { server, db, data } = await start(t);
    await server.close();
    const other = openSqlite(db);
    await listEndpoints(other, [endpoint], times.since);
    await other.atomically(moveStatuses(other.db, [{ ...move, checkedAt: times.since }]));
    other.close();
    const again = await start(t, { db, data });
    assert.deepEqual(await statusOf(again.server), ['failing', times.since]);
  });

  test('come from the server’s own verifier, where the operator wants one', async (t) => {
    const dns = await startDns({});
    t.after(() => dns.stop());
    const { server } = await start(t, {
      verify: { prober: { resolver: dns.address, contact: 'https://mail.example/probes' } },
    });
    await soon('the check', async () => {
      const [status, checkedAt] = await statusOf(server);
      assert.equal(status, 'unverified', 'one failure moves nothing');
      assert.match(checkedAt, /^20\d\d-/);
    });
    assert.ok(dns.questions.includes('imap.post.example'));
    await within(longAfterwards, server.close());
  });
});

describe('close()', () => {
  const zone: Zone = { 'customer.de': { after: 400, MX: ['10 a.mx.hosting.example'] } };

  test('lets a request under way finish, takes no new one, and frees the port', async (t) => {
    const dns = await startDns(zone);
    t.after(() => dns.stop());
    const port = await freePort();
    const { server, db, data } = await start(t, { resolver: dns.address, port });
    const underWay = answerTo(new URL('/mx/v1.1/customer.de', server.url), new Agent());
    await soon('the question', () => assert.deepEqual(dns.questions, ['customer.de']));
    const closed = server.close();
    await assert.rejects(answerTo(new URL('/healthz', server.url), new Agent()), { code: 'ECONNREFUSED' });
    assert.match(await underWay, /<domain>customer\.de<\/domain>/);
    await closed;
    const again = await start(t, { port, db, data });
    assert.equal((await ask(again.server, '/healthz')).status, 200);
  });

  test('does not wait for connections that are kept open between requests', async (t) => {
    const { server } = await start(t);
    const agent = new Agent({ keepAlive: true });
    t.after(() => agent.destroy());
    await answerTo(new URL('/healthz', server.url), agent);
    await within(beforeIdleOnesEnd, server.close());
  });

  test('does not wait for a connection on which nothing was ever asked', async (t) => {
    await closesBeside(t, '');
  });

  test('does not wait for a client that never finishes its question', async (t) => {
    await closesBeside(t, 'GET /healthz HTTP/1.1\r\nHost: a');
  });

  test('closes a kept connection after the answer to the request under way', async (t) => {
    const dns = await startDns(zone);
    t.after(() => dns.stop());
    const { server } = await start(t, { resolver: dns.address });
    const agent = new Agent({ keepAlive: true });
    t.after(() => agent.destroy());
    const underWay = answerTo(new URL('/mx/v1.1/customer.de', server.url), agent);
    await soon('the question', () => assert.equal(dns.questions.length, 1));
    const closed = server.close();
    await underWay;
    await within(beforeIdleOnesEnd, closed);
  });

  /** A few seconds of grace are for requests under way; a client that sends nothing must not hold the process up. */
  async function closesBeside(t: TestContext, sent: string): Promise<void> {
    const { server } = await start(t);
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    t.after(() => socket.destroy());
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write(sent);
    // The server has it once it has answered somebody who came later.
    await ask(server, '/healthz');
    await within(longAfterwards, server.close());
  }
});

describe('mailatlas serve', () => {
  test('twice at once on one new database: both answer', async (t) => {
    const [db, data] = [newPath('db'), newData()];
    const both = await Promise.all([serve(t, db, data), serve(t, db, data)]);
    for (const { url } of both) {
      assert.equal((await fetch(new URL('/v1.1/post.example', url))).status, 200);
    }
    const ends = await Promise.all(both.map(({ end }) => end('SIGTERM')));
    assert.deepEqual(ends, [0, 0]);
    const sqlite = new Sqlite(db, { readonly: true });
    assert.equal(sqlite.pragma('integrity_check', { simple: true }), 'ok');
    const count = (table: string) => sqlite.prepare(`SELECT count(*) FROM ${table}`).pluck().get();
    assert.deepEqual([count('provider'), count('revision')], [4, 4], 'each change is told once');
    sqlite.close();
  });

  test('reads the data again on SIGHUP, and ends with 0 on SIGINT', async (t) => {
    const data = newData();
    const { url, child, end } = await serve(t, newPath('db'), data);
    edit(data, 'providers/post.example.yml', 'name: Example Post', 'name: After the Signal');
    child.kill('SIGHUP');
    await soon('the new name', async () => {
      assert.match(await (await fetch(new URL('/v1.1/post.example', url))).text(), /After the Signal/);
    });
    assert.equal(await end('SIGINT'), 0);
  });
});

interface Started {
  server: RunningServer;
  db: string;
  data: string;
  notes: string[];
}

/** A server with its own database and its own copy of the data, which the test closes. */
async function start(
  t: TestContext,
  given: Partial<Omit<Started, 'server'>> & Partial<Omit<ServerOptions, 'db' | 'data' | 'log'>> = {},
): Promise<Started> {
  const { db = newPath('db'), data = newData(), notes = [], ...more } = given;
  const server = await startServer({
    host: '127.0.0.1',
    port: 0,
    version: '0.0.0-test',
    log: logTo((message) => notes.push(message)),
    ...more,
    db,
    data,
  });
  // Closed already, or held up by a client that the test has sent away by then.
  t.after(() => Promise.race([server.close().catch(() => undefined), delay(500)]));
  return { server, db, data, notes };
}

function newPath(ending: string): string {
  return join(temporary, `${++folders}.${ending}`);
}

function newData(): string {
  const path = newPath('data');
  cpSync(new URL('cli/data', import.meta.url), path, { recursive: true });
  return path;
}

function edit(data: string, file: string, from: string, to: string): void {
  const path = join(data, file);
  const text = readFileSync(path, 'utf8');
  assert.ok(text.includes(from), `${file} must contain “${from}”`);
  writeFileSync(path, text.replace(from, to));
}

async function ask(server: RunningServer, path: string, headers: Record<string, string> = {}) {
  const response = await fetch(new URL(path, server.url), { headers });
  return { status: response.status, headers: response.headers, body: await response.text() };
}

async function problemAt(server: RunningServer, path: string): Promise<{ code: string }> {
  return JSON.parse((await ask(server, path)).body);
}

function answerTo(url: URL, agent: Agent, host = url.host): Promise<string> {
  return new Promise((resolve, reject) => {
    httpGet(url, { agent, headers: { Host: host } }, (response: IncomingMessage) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve(Buffer.concat(chunks).toString()));
    }).on('error', reject);
  });
}

function recordsOf(data: string): readonly Provider[] {
  return curatedOf(parseCatalog(readDataDir(data))).providers;
}

/** Publishes a change of post.example (null: its removal) by another connection to the database. */
async function publish(db: string, data: string, change: Partial<Provider> | null): Promise<void> {
  const base = recordsOf(data).find(({ id }) => id === 'post.example') ?? assert.fail();
  const store = openSqlite(db);
  const record = change && { ...base, ...change };
  await store.atomically(
    putOverlay(store.db, { id: base.id, baseDigest: recordDigest(base), record }, '2026-11-20T10:00:00.000Z'),
  );
  store.close();
}

const main = join(root, 'src/cli/main.ts');

/** Runs a command to its end, which must be good. */
async function mailatlas(...args: string[]): Promise<void> {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
  const [code] = await once(child, 'close');
  assert.equal(code, 0, complaints);
}

/** Starts `mailatlas serve` and waits until it says where. */
async function serve(t: TestContext, db: string, data: string) {
  const child = spawn(process.execPath, [main, 'serve', '--port', '0', '--db', db, '--data', data], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = once(child, 'close') as Promise<[number | null]>;
  t.after(() => child.kill('SIGKILL'));
  return {
    child,
    url: await Promise.race([urlSaidBy(child), closed.then(([code]) => assert.fail(`it ended with ${code}`))]),
    end: async (signal: NodeJS.Signals): Promise<number | null> => {
      child.kill(signal);
      const [code] = await closed;
      return code;
    },
  };
}

function urlSaidBy(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const url = /serves 4 providers on (http:\S+)\n/.exec(said)?.[1];
      if (url !== undefined) resolve(url);
    });
    child.stderr?.on('data', (chunk: Buffer) => reject(new Error(chunk.toString())));
  });
}

const delay = (milliseconds: number) =>
  new Promise<void>((resolve) => {
    setTimeout(resolve, milliseconds).unref();
  });

/** Milliseconds: node:http ends idle connections by itself after five seconds, whoever says nothing after fifteen. */
const [beforeIdleOnesEnd, longAfterwards] = [4500, 12_000] as const;

async function within(milliseconds: number, promise: Promise<unknown>): Promise<void> {
  const late = delay(milliseconds).then(() => assert.fail(`not within ${milliseconds} ms`));
  await Promise.race([promise, late]);
}
