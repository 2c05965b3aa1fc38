/**
 * The real core of Delta Chat sets accounts up from our answers, against a real Dovecot and a real Postfix: which URLs it
 * asks, what it makes of each answer, and where it is signed in in the end.
 */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { draftText } from '../../src/catalog/format.ts';
import { deltaChat as client } from '../../src/discover/clients/delta-chat.ts';
import { type RunningServer, startServer } from '../../src/node.ts';
import type { Provider } from '../../src/provider/model.ts';
import { logTo } from '../log.ts';
import { pki } from '../pki.ts';
import { imap, record, smtp } from '../records.ts';
import { type Front, noDeltaChat, type SetUp, startDeltaChat, startFront } from './delta-chat.ts';
import { type MailServers, noMailServers, startMailServers } from './mail-servers.ts';
import { inOwnNetwork, noOwnNetwork, runInOwnNetwork } from './network.ts';

const domain = 'example.test';
const host = `mail.${domain}`;
const autoconfigHost = `autoconfig.${domain}`;
const autodiscoverHost = `autodiscover.${domain}`;
const ispdbHost = 'autoconfig.thunderbird.net';
const webHosts = [domain, autoconfigHost, autodiscoverHost, ispdbHost];

if (inOwnNetwork) {
  describe('The core of Delta Chat', () => {
    const folder = mkdtempSync(join(tmpdir(), 'mailatlas-delta-chat-test-'));
    let mail: MailServers;
    let server: RunningServer;
    let front: Front;
    let certificates: ReadonlyMap<string, string>;
    let version = '';

    before(async () => {
      // Who signs in as “test” is test@example.test.
      mail = await startMailServers({ dovecot: `auth_default_realm = ${domain}\n` });
      mkdirSync(join(folder, 'providers'), { recursive: true });
      write(tls());
      server = await startServer({
        db: ':memory:',
        data: folder,
        host: '127.0.0.1',
        port: 0,
        resolver: '127.0.0.1:9',
        version: 'test',
        log: logTo((message) => notes.push(message)),
      });
      front = await startFront(server.url, webHosts);
      const mailCertificate = (await (await pki()).leaf('good')).cert;
      certificates = new Map([[host, mailCertificate], ...webHosts.map((name) => [name, front.certificate] as const)]);
    });
    after(async () => {
      await front?.[Symbol.asyncDispose]();
      await server?.close();
      await mail?.stop();
      rmSync(folder, { recursive: true, force: true });
    });
    const notes: string[] = [];

    const tls = (username = '%EMAILADDRESS%'): Provider =>
      record({
        id: domain,
        incoming: [imap({ host, port: mail.imap.tlsPort, username })],
        outgoing: [smtp({ host, port: mail.submission.tlsPort, username })],
      });
    const starttls = (): Provider =>
      record({
        id: domain,
        incoming: [imap({ host, port: mail.imap.port, security: 'starttls' })],
        outgoing: [smtp({ host, port: mail.submission.port, security: 'starttls' })],
      });
    function write(provider: Provider): void {
      writeFileSync(join(folder, 'providers', `${domain}.yml`), draftText({ record: provider, remarks: [] }));
    }
    /** Sets the account up at a domain of which only these web hosts are there. */
    async function setUp(provider: Provider, hosts: readonly string[]): Promise<SetUp> {
      write(provider);
      await server.reload();
      assert.deepEqual(
        notes.filter((line) => !line.includes('were loaded')),
        [],
      );
      front.log.length = 0;
      const [account] = mail.accounts;
      assert.ok(account);
      await using core = await startDeltaChat(certificates, [host, ...hosts]);
      ({ version } = core);
      return await core.setUp(account.address, account.password);
    }
    const tlsServers = (username = `test@${domain}`) => [
      `imap ${host}:${mail.imap.tlsPort} tls ${username}`,
      `smtp ${host}:${mail.submission.tlsPort} tls ${username}`,
    ];
    const starttlsServers = () => [
      `imap ${host}:${mail.imap.port} starttls test@${domain}`,
      `smtp ${host}:${mail.submission.port} starttls test@${domain}`,
    ];
    const urls = client.steps.flatMap((step) =>
      'url' in step
        ? [step.url.replace('{domain}', domain).replace('{address}', encodeURIComponent(`test@${domain}`))]
        : step.kind === 'ispdb'
          ? [`https://${ispdbHost}/v1.1/${domain}`]
          : [],
    );

    test('takes our autoconfig from the domain’s own host, and is signed in at both servers', async () => {
      const { asked, servers, error } = await setUp(tls(), [autoconfigHost]);
      assert.equal(error, undefined);
      assert.deepEqual(asked, urls.slice(0, 1));
      assert.deepEqual(front.log, [`GET ${urls[0]} 200`]);
      assert.deepEqual(servers, tlsServers());
      assert.match(mail.log(), /imap-login: (Info: )?Login: user=<test@example\.test>.*TLS/);
      assert.match(
        mail.log(),
        /submissions\/smtpd.*sasl_method=PLAIN, sasl_username=test@example\.test|submissions\/smtpd\[\d+\]: disconnect.*auth=1/,
      );
    });

    test('takes it from the well-known place', async () => {
      const { asked, servers } = await setUp(tls(), [domain]);
      assert.deepEqual(asked, urls.slice(0, 2));
      assert.deepEqual(servers, tlsServers());
    });

    test('reads our Autodiscover, which says STARTTLS in a way that it does not read: it tries TLS, then STARTTLS', async () => {
      const { asked, servers, tried, error } = await setUp(starttls(), [autodiscoverHost]);
      assert.equal(error, undefined);
      assert.deepEqual(asked, urls.slice(0, 4));
      assert.deepEqual(front.log, [`GET ${urls[3]} 200`]);
      const ofImap = tried.filter((one) => one.includes(`:${mail.imap.port}:`));
      // Behind the set-up it connects again, to fetch mail.
      assert.deepEqual(ofImap.slice(0, 2), [`${host}:${mail.imap.port}:tls`, `${host}:${mail.imap.port}:starttls`]);
      for (const one of starttlsServers()) assert.ok(servers.includes(one), one);
    });

    test('takes our answer from the central database, when all else has nothing', async () => {
      const { asked, servers } = await setUp(starttls(), [ispdbHost]);
      assert.deepEqual(asked, urls);
      assert.deepEqual(front.log, [`GET ${urls.at(-1)} 200`]);
      assert.deepEqual(servers, starttlsServers());
    });

    test('fills in the local part where the record says so', async () => {
      const { servers, error } = await setUp(tls('%EMAILLOCALPART%'), [autoconfigHost]);
      // Postfix asks Dovecot, which knows the realm.
      assert.equal(error, undefined);
      assert.deepEqual(servers, tlsServers('test'));
    });

    test('asks what the simulation says, in this order, and would guess then', async () => {
      const { asked, tried, error } = await setUp(tls(), []);
      // Where it fails it asks all of it once more, to write into its log what it had used.
      assert.deepEqual(asked, [...urls, ...urls]);
      assert.ok(error);
      const first = tried.find((one) => one.startsWith('imap.'));
      assert.equal(first, `imap.${domain}:993:tls`);
    });

    test('is what docs/clients.md speaks of', async () => {
      const text = readFileSync(new URL('../../docs/clients.md', import.meta.url), 'utf8');
      assert.ok(text.includes(`@deltachat/stdio-rpc-server ${version.replace(/^v/, '')}`), version);
    });
  });
} else {
  const skip = noDeltaChat() || noOwnNetwork() || noMailServers();
  test('The core of Delta Chat, in a network of its own', { skip }, async () => {
    await runInOwnNetwork(import.meta.filename);
  });
}
