/** A server for one's own domains, whole: behind a proxy, with its own records and lists that change while it runs. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { after, describe, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import Sqlite from 'better-sqlite3';
import { networksOf } from '../src/net/networks.ts';
import { type RunningServer, type ServerOptions, startServer } from '../src/node.ts';
import { startDns } from './dns-server.ts';
import { logTo } from './log.ts';
import { soon } from './soon.ts';

const temporary = mkdtempSync(join(tmpdir(), 'mailatlas-hosting-'));
after(() => rmSync(temporary, { recursive: true }));
let folders = 0;

describe('behind a reverse proxy', () => {
  /** A minute's share of one network, and one more. */
  const share = 60;

  test('that the operator named, each network has its own share of DNS questions', async (t) => {
    const { server, exhaust, asks } = await behindProxy(t, ['127.0.0.1']);
    await exhaust('203.0.113.9');
    assert.equal(await asks(server, { 'X-Forwarded-For': '203.0.113.200' }), 429, 'the same network');
    assert.equal(await asks(server, { 'X-Forwarded-For': '203.0.113.9, 203.0.112.9' }), 404, 'another one');
    assert.equal(await asks(server, { 'X-Forwarded-For': '1.2.3.4, 203.0.113.9' }), 429, 'a pretext');
    assert.equal(await asks(server, { Forwarded: 'for=203.0.113.9' }), 429);
    assert.equal(await asks(server, { Forwarded: 'for=203.0.111.9' }), 404);
  });

  test('that nobody named, what it says counts for nothing', async (t) => {
    const { server, exhaust, asks } = await behindProxy(t, []);
    await exhaust('203.0.113.9');
    assert.equal(await asks(server, { 'X-Forwarded-For': '203.0.113.9' }), 404, 'this machine has no share');
  });

  async function behindProxy(t: TestContext, trusted: readonly string[]) {
    const dns = await startDns({});
    t.after(() => dns.stop());
    const { server } = await start(t, { resolver: dns.address, trustedProxies: networksOf(trusted) });
    let names = 0;
    const asks = async (of: RunningServer, headers: Record<string, string>): Promise<number> =>
      (await ask(of, `/mx/v1.1/stranger-${++names}.de`, headers)).status;
    const exhaust = async (address: string) => {
      for (let i = 0; i < share; i++) assert.equal(await asks(server, { 'X-Forwarded-For': address }), 404);
    };
    return { server, exhaust, asks };
  }
});

describe('with records of its own alone', () => {
  test('answers for them and for nobody else, and asks no DNS', async (t) => {
    const dns = await startDns({ 'customer.de': ['10 a.mx.hosting.example'] });
    t.after(() => dns.stop());
    const only = exampleData();
    rmSync(join(only, 'providers/hosting.example.yml'));
    const { server, notes } = await start(t, { hosting: { only: true }, data: only, resolver: dns.address });
    assert.equal((await ask(server, '/v1.1/post.example')).status, 200);
    for (const path of ['/v1.1/gmail.com', '/mx/v1.1/customer.de', '/api/v1/lookup?email=fred@customer.de']) {
      const { status, body } = await ask(server, path);
      assert.deepEqual([status, JSON.parse(body).code], [404, 'not-served-here'], path);
    }
    assert.deepEqual(dns.questions, []);
    assert.deepEqual(notes, []);
  });

  test('that name MX hosts asks DNS whose customer a domain is', async (t) => {
    const dns = await startDns({ 'customer.de': ['10 a.mx.hosting.example'], 'stranger.de': ['10 mx.stranger.de'] });
    t.after(() => dns.stop());
    const { server } = await start(t, { hosting: { only: true }, resolver: dns.address });
    assert.equal((await ask(server, '/mx/v1.1/customer.de')).status, 200);
    assert.equal(JSON.parse((await ask(server, '/mx/v1.1/stranger.de')).body).code, 'not-served-here');
  });

  test('takes a record that nobody else would believe, because it is the operator’s own word', async (t) => {
    const data = exampleData();
    const file = join(data, 'providers/kabel.example.yml');
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('mail.kabel.example', 'mx1.elsewhere-entirely.de'));
    await assert.rejects(start(t, { data }), { name: 'StoreError' });
    const { server } = await start(t, { data, hosting: { only: true } });
    assert.match((await ask(server, '/v1.1/kabel.example')).body, /mx1\.elsewhere-entirely\.de/);
  });
});

describe('from an automx2 seed', () => {
  const seed = {
    provider: 'Example Inc.',
    domains: ['firm.example', 'firm.test'],
    servers: [
      { type: 'imap', name: 'imap.hoster.example' },
      { type: 'smtp', name: 'smtp.hoster.example', port: 587, user_name: '%EMAILLOCALPART%' },
    ],
  };

  test('by import, four lines more and lint to a server that answers its clients', async (t) => {
    const folder = newPath('own');
    mkdirSync(folder);
    writeFileSync(join(folder, 'seed.json'), JSON.stringify(seed));
    assert.equal(mailatlas('import', join(folder, 'seed.json'), '--out', join(folder, 'providers')).status, 0);
    const unfinished = mailatlas('lint', '--only', folder);
    assert.deepEqual(
      [unfinished.status, unfinished.stdout.match(/\w+(?=: is missing)/g)],
      [1, ['kind', 'country', 'website', 'access']],
    );
    const file = join(folder, 'providers/firm.example.yml');
    const more = 'kind: business\ncountry: DE\nwebsite: https://www.firm.example/\naccess: open\ndomains:';
    writeFileSync(file, readFileSync(file, 'utf8').replace('domains:', more));
    assert.equal(mailatlas('lint', '--only', folder).stdout, '');

    const { server, notes } = await start(t, { data: folder, hosting: { only: true } });
    const { body } = await ask(server, '/mail/config-v1.1.xml?emailaddress=fred@firm.test');
    assert.match(body, /<hostname>imap\.hoster\.example<[\s\S]*<port>993<[\s\S]*<username>%EMAILADDRESS%</);
    assert.match(body, /<hostname>smtp\.hoster\.example<[\s\S]*<port>587<[\s\S]*<username>%EMAILLOCALPART%</);
    assert.equal((await ask(server, '/api/v1/lookup?email=fred@gmail.com')).status, 404);
    assert.deepEqual(notes, []);
  });

  function mailatlas(...args: string[]) {
    const main = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));
    return spawnSync(process.execPath, [main, ...args], { encoding: 'utf8' });
  }
});

describe('with a list of domains', () => {
  test('serves them by the records, each alone, and whoever is not in it no longer', async (t) => {
    const file = newPath('txt');
    writeFileSync(file, 'customer.de post.example\nsecond.de kabel.example\n');
    const { server, notes } = await start(t, { hosting: { only: true, domains: { file } } });
    const xml = await ask(server, '/v1.1/customer.de');
    assert.match(xml.body, /<hostname>imap\.post\.example</);
    assert.deepEqual(xml.body.match(/<domain>.*<\/domain>/g), ['<domain>customer.de</domain>']);
    assert.equal(JSON.parse((await ask(server, '/api/v1/lookup?domain=second.de&mx=0')).body).matchedBy, 'list');

    writeFileSync(file, 'second.de kabel.example\n');
    await server.reload();
    assert.equal((await ask(server, '/v1.1/customer.de')).status, 404);
    assert.deepEqual(notes, ['the list of domains was read again: it has 1, it had 2']);

    writeFileSync(file, 'second.de nobody.example\n');
    await server.reload();
    assert.equal((await ask(server, '/v1.1/second.de')).status, 200);
    assert.match(notes[1] ?? '', /line 1: there is no record “nobody\.example”; the list stays as it was$/);
  });

  test('sees a change by itself', async (t) => {
    const file = newPath('txt');
    writeFileSync(file, 'customer.de post.example\n');
    const { server } = await start(t, { hosting: { domains: { file } } });
    writeFileSync(file, 'customer.de post.example\nnew.de post.example\n');
    await soon('the new domain', async () => assert.equal((await ask(server, '/v1.1/new.de')).status, 200));
  });

  test('may name a record that came with the same change of the data', async (t) => {
    const [file, data] = [newPath('txt'), exampleData()];
    writeFileSync(file, 'customer.de post.example\n');
    const { server, notes } = await start(t, { data, hosting: { only: true, domains: { file } } });
    const post = readFileSync(join(data, 'providers/post.example.yml'), 'utf8');
    writeFileSync(join(data, 'providers/added.example.yml'), post.replaceAll('post.example', 'added.example'));
    writeFileSync(file, 'customer.de added.example\n');
    await server.reload();
    assert.match((await ask(server, '/v1.1/customer.de')).body, /imap\.added\.example/);
    assert.ok(
      notes.every((note) => !note.includes('stays')),
      notes.join('\n'),
    );
  });

  test('that is no good does not start, and says what a line is', async (t) => {
    const file = newPath('txt');
    writeFileSync(file, 'customer.de\n');
    await assert.rejects(start(t, { hosting: { domains: { file } } }), {
      name: 'StoreError',
      message: /^the list of domains is no good: .*\.txt, line 1: customer\.de has no record behind it/,
      tip: 'a line of it is “example.com” or “example.com record-id”',
    });
  });

  test('and logins from a mail server’s own tables, as PostfixAdmin has them', async (t) => {
    const db = newPath('sqlite');
    const mail = new Sqlite(db);
    t.after(() => mail.close());
    mail.exec(`
      CREATE TABLE domain (domain TEXT, active INTEGER);
      INSERT INTO domain VALUES ('ALL', 1), ('customer.de', 1), ('left.de', 0);
      CREATE TABLE mailbox (username TEXT, login TEXT);
      INSERT INTO mailbox VALUES ('max@customer.de', 'm4711');
    `);
    const sql = `SELECT domain, 'post.example' FROM domain WHERE active AND domain <> 'ALL'`;
    const logins = { db, sql: 'SELECT login FROM mailbox WHERE username = :address' };
    const { server, notes } = await start(t, { hosting: { only: true, domains: { db, sql }, logins } });
    const asked = async (email: string) =>
      JSON.parse((await ask(server, `/api/v1/lookup?email=${email}`)).body).incoming?.[0].username;
    assert.equal(await asked('Max@customer.de'), 'm4711');
    assert.equal(await asked('eva@customer.de'), 'eva@customer.de');
    assert.equal(await asked('max@left.de'), undefined);
    assert.deepEqual(notes, []);

    mail.exec('DROP TABLE mailbox');
    const { status, headers } = await ask(server, '/api/v1/lookup?email=max@customer.de');
    assert.deepEqual([status, headers.get('cache-control')], [503, 'no-store']);
    assert.equal((await ask(server, '/v1.1/customer.de')).status, 200);
    assert.deepEqual(notes, [
      `the question to ${db} failed: no such table: mailbox; try it with the sqlite3 program; whoever asks with an address is told to come again`,
    ]);
  });

  test('and a file of logins that changes', async (t) => {
    const file = newPath('txt');
    writeFileSync(file, 'max@post.example m4711\n');
    const { server, notes } = await start(t, { hosting: { logins: { file } } });
    const asked = async () => (await ask(server, '/mail/config-v1.1.xml?emailaddress=max@post.example')).body;
    assert.match(await asked(), /<username>m4711</);
    writeFileSync(file, 'max@post.example\n');
    await server.reload();
    assert.match(await asked(), /<username>m4711</);
    assert.ok(
      notes.every((note) => !note.includes('max')),
      notes.join('\n'),
    );
    writeFileSync(file, 'eva@post.example e1\n');
    await server.reload();
    assert.match(await asked(), /<username>%EMAILADDRESS%</);
  });
});

describe('GET /ask', () => {
  const path = '/ask?domain=autoconfig.post.example';

  test('is answered to a program on this machine that asks for itself', async (t) => {
    const { server } = await start(t, { hosting: { only: true } });
    assert.equal((await ask(server, path)).status, 200);
    assert.equal((await ask(server, '/ask?domain=autoconfig.gmail.com')).status, 404);
  });

  test('is not there for whom a proxy asks, trusted or not', async (t) => {
    for (const trusted of [[], ['127.0.0.1']]) {
      const { server } = await start(t, { hosting: { only: true }, trustedProxies: networksOf(trusted) });
      for (const name of ['X-Forwarded-For', 'Forwarded', 'X-Real-IP', 'Via'])
        assert.equal((await ask(server, path, { [name]: '127.0.0.1' })).status, 404, name);
    }
  });

  test('is answered to a trusted proxy on another machine, and to no other one', async (t) => {
    const own = Object.values(networkInterfaces())
      .flatMap((all) => all ?? [])
      .find(({ internal }) => !internal);
    if (!own) return t.skip('this machine has no address but loopback');
    for (const [trusted, expected] of [
      [[own.address], 200],
      [['192.0.2.1'], 404],
    ] as const) {
      const options = { hosting: { only: true }, host: own.address, trustedProxies: networksOf(trusted) };
      const { server } = await start(t, options);
      assert.equal((await ask(server, path)).status, expected);
    }
  });
});

/** A server over a copy of the example data, which the test closes. */
async function start(t: TestContext, options: Partial<ServerOptions> = {}) {
  const notes: string[] = [];
  const server = await startServer({
    db: ':memory:',
    data: options.data ?? exampleData(),
    host: '127.0.0.1',
    port: 0,
    version: '0.0.0-test',
    log: logTo((message) => notes.push(message)),
    ...options,
  });
  t.after(() => server.close().catch(() => undefined));
  return { server, notes };
}

function newPath(ending: string): string {
  return join(temporary, `${++folders}.${ending}`);
}

function exampleData(): string {
  const path = newPath('data');
  cpSync(new URL('cli/data', import.meta.url), path, { recursive: true });
  return path;
}

async function ask(server: RunningServer, path: string, headers: Record<string, string> = {}) {
  const response = await fetch(new URL(path, server.url), { headers });
  return { status: response.status, headers: response.headers, body: await response.text() };
}
