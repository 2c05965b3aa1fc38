/**
 * The whole road of a submission with nothing but real programs: curl and the command line, Dovecot and Postfix as what is
 * submitted, Knot DNS for the proof, Thunderbird that sets itself up before anybody has reviewed it, git for what is exported.
 * In a network of its own, where mail servers are at their usual ports.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type RunningServer, startServer } from '../../src/node.ts';
import { logTo } from '../log.ts';
import { noRealDns, type RealDns, startRealDns } from './dns.ts';
import { type MailServers, noMailServers, startMailServers } from './mail-servers.ts';
import { inOwnNetwork, noOwnNetwork, redirect, runInOwnNetwork } from './network.ts';
import { startThunderbird, thunderbirdPath } from './thunderbird.ts';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const domain = 'example.test';
const zone = 'mail A 127.0.0.1';

/** What a small provider sends: the settings of its own machines, in autoconfig's format. */
const settings = (smtpHost: string) => `<?xml version="1.0"?>
<clientConfig version="1.1">
  <emailProvider id="${domain}">
    <domain>${domain}</domain>
    <displayName>Small Mail</displayName>
    <displayShortName>Small</displayShortName>
    <incomingServer type="imap">
      <hostname>mail.${domain}</hostname><port>993</port><socketType>SSL</socketType>
      <username>%EMAILADDRESS%</username><authentication>password-cleartext</authentication>
    </incomingServer>
    <outgoingServer type="smtp">
      <hostname>${smtpHost}</hostname><port>465</port><socketType>SSL</socketType>
      <username>%EMAILADDRESS%</username><authentication>password-cleartext</authentication>
    </outgoingServer>
  </emailProvider>
</clientConfig>
`;

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

interface Shown {
  readonly number: number;
  readonly receipt: string;
  readonly preview: string;
  readonly state: string;
  readonly checks: readonly {
    readonly name: string;
    readonly state: string;
    readonly items: { about: string; code: string; state: string }[];
  }[];
  readonly proof: readonly { readonly name: string; readonly value: string; readonly held: boolean }[];
  readonly version: number;
  readonly needs: { readonly confirm: string[]; readonly reviewers: number };
}

if (inOwnNetwork) {
  describe('the road of a submission', () => {
    const folder = mkdtempSync(join(tmpdir(), 'mailatlas-road-'));
    const at = (name: string) => join(folder, name);
    let dns: RealDns;
    let mail: MailServers;
    let ports: AsyncDisposable;
    let server: RunningServer;
    let number = 0;
    let receipt = '';
    let preview = '';

    const run = (program: string, args: readonly string[], env: Record<string, string> = {}): Promise<Ran> =>
      new Promise((resolve) => {
        const options = { cwd: folder, env: { ...process.env, LANG: 'C', ...env }, timeout: 120_000 };
        const child = execFile(program, args, options, (_, out, err) => resolve({ code: child.exitCode, out, err }));
      });
    const mailatlas = (args: readonly string[], env?: Record<string, string>) =>
      run(process.execPath, [main, ...args], env);
    const worked = async (work: Promise<Ran>): Promise<string> => {
      const { code, out, err } = await work;
      assert.equal(code, 0, `${out}\n${err}`);
      return out;
    };
    const review = (name: string, ...args: string[]) =>
      mailatlas(['review', ...args, '--server', server.url, '--token-file', at(`${name}.token`)]);
    const curl = async (...args: string[]): Promise<string> =>
      worked(run('curl', ['-sS', '--max-time', '60', ...args]));
    const status = (path: string) => curl('-o', '/dev/null', '-w', '%{http_code}', `${server.url}${path}`);
    const seen = async (name = 'anna', which = number) =>
      JSON.parse(await worked(review(name, 'show', String(which), '--json'))) as Shown;
    const accepted = async (which: number) => {
      const { version, needs } = await seen('anna', which);
      const confirmed = needs.confirm.flatMap((word) => ['--confirm', word]);
      return worked(review('anna', 'accept', String(which), '--seen', String(version), ...confirmed));
    };
    const git = (...args: string[]) => worked(run('git', ['-C', at('data'), ...args]));

    before(async () => {
      [dns, mail] = await Promise.all([startRealDns(zone), startMailServers()]);
      ports = await redirect([
        [993, mail.imap.tlsPort],
        [465, mail.submission.tlsPort],
        // The proof is asked of the domain's own name server, too, at its own port.
        [53, Number(dns.address.split(':')[1])],
      ]);
      cpSync(new URL('../cli/data', import.meta.url), at('data'), { recursive: true });
      await git('init', '-q');
      await git('add', '.');
      await git('-c', 'user.name=t', '-c', 'user.email=t@example.test', 'commit', '-qm', 'As it was');
      for (const [name, role] of [
        ['anna', 'reviewer'],
        ['root', 'admin'],
      ] as const) {
        const made = await worked(mailatlas(['token', 'create', '--role', role, '--name', name, '--db', 'atlas.db']));
        writeFileSync(at(`${name}.token`), made, { mode: 0o600 });
      }
      const ca = readFileSync(mail.ca, 'utf8');
      const hands = { resolver: dns.address, ca, allowPrivate: true };
      server = await startServer({
        db: at('atlas.db'),
        data: at('data'),
        host: '127.0.0.1',
        port: 0,
        resolver: dns.address,
        contact: 'ops@example.test',
        submissions: { checker: { prober: hands, discoverer: { ...hands, timeout: 3 }, resolvers: [dns.address] } },
        version: 'test',
        log: logTo((message) => assert.fail(message)),
      });
    });
    after(async () => {
      await server?.close();
      await ports?.[Symbol.asyncDispose]();
      await Promise.all([dns?.stop(), mail?.stop()]);
      rmSync(folder, { recursive: true, force: true });
    });

    test('begins with curl: a file with a mistake in it, which the checks find by calling the servers', async () => {
      writeFileSync(at('small.xml'), settings(`smtp.${domain}`));
      const beside = `country=DE&provider=hosting&website=https://www.${domain}/&documentation=https://www.${domain}/help`;
      const url = `${server.url}/api/v1/submissions?${beside}`;
      const made = JSON.parse(
        await curl('-H', 'Content-Type: text/xml', '-H', `From: post@${domain}`, '--data-binary', '@small.xml', url),
      ) as Shown;
      ({ number, receipt } = made);
      preview = `${server.url}${new URL(made.preview, server.url).pathname}`;
      assert.equal(made.state, 'checking');
      writeFileSync(at('receipt'), receipt, { mode: 0o600 });
      const followed = await mailatlas([
        'submit',
        '--follow',
        String(number),
        '--receipt',
        'receipt',
        '--server',
        server.url,
      ]);
      assert.equal(followed.code, 1, followed.err);
      assert.match(followed.out, /^connections: failed/m);
      assert.match(followed.out, new RegExp(`smtp\\.${domain} does not exist in DNS`));
      const { checks } = await seen();
      const probes = checks.find(({ name }) => name === 'probes')?.items ?? [];
      assert.deepEqual(probes.map(({ about, code }) => `${code} ${about}`).sort(), [
        `dns.nxdomain smtp://smtp.${domain}:465?security=tls`,
        `probe-works imap://mail.${domain}:993?security=tls`,
      ]);
    });

    test('a reviewer cannot publish what fails, and asks', async () => {
      const { version, needs } = await seen();
      const confirmed = needs.confirm.flatMap((word) => ['--confirm', word]);
      const refused = await review('anna', 'accept', String(number), '--seen', String(version), ...confirmed);
      assert.deepEqual(
        [refused.code, /cannot be published like this: probes/.test(refused.err)],
        [1, true],
        refused.err,
      );
      await worked(review('anna', 'ask', String(number), '--reason', `There is no smtp.${domain}.`));
      const asked = JSON.parse(
        await curl('-H', `Authorization: Bearer ${receipt}`, `${server.url}/api/v1/submissions/${number}`),
      ) as { state: string; events: { why: string }[] };
      assert.deepEqual([asked.state, asked.events.at(-1)?.why], ['asked', `There is no smtp.${domain}.`]);
    });

    test('another draft answers by the command line; then only the proof is missing, and Knot gives it', async () => {
      writeFileSync(at('small.xml'), settings(`mail.${domain}`));
      const options = ['--receipt', 'receipt', '--server', server.url];
      const beside = ['--country', 'DE', '--provider', 'hosting', '--website', `https://www.${domain}/`];
      const help = ['--documentation', `https://www.${domain}/help`];
      const changed = await worked(
        mailatlas(['submit', '--change', String(number), 'small.xml', ...beside, ...help, ...options]),
      );
      assert.match(changed, /^connections: passed/m);
      const [line] = /^ {2}_mailatlas\.\S+ IN TXT ".*"$/m.exec(changed) ?? assert.fail(changed);
      await dns.change(`${zone}\n${line.trim()}`);
      const again = await worked(mailatlas(['submit', '--recheck', String(number), ...options]));
      assert.match(again, /^proof of control: passed/m);
      const { checks } = await seen();
      const { proof } = JSON.parse(
        await curl('-H', `Authorization: Bearer ${receipt}`, `${server.url}/api/v1/submissions/${number}`),
      ) as Shown;
      assert.deepEqual(
        proof.map(({ name, held }) => [name, held]),
        [[`_mailatlas.${domain}`, true]],
      );
      assert.deepEqual(
        checks.filter(({ state }) => state !== 'passed').map(({ name }) => name),
        [],
      );
      assert.deepEqual((await seen()).needs.confirm, []);
    });

    test('Thunderbird sets itself up from the preview, before anybody has reviewed it', async (t) => {
      if (thunderbirdPath() === undefined) return t.skip('Thunderbird is not installed; npm run test:real installs it');
      assert.equal(await status(`/v1.1/${domain}`), '404');
      const thunderbird = await startThunderbird({ autoconfigBase: `${preview}/v1.1/` });
      try {
        const config = await thunderbird.findConfig(`test@${domain}`);
        assert.ok(!('error' in config), JSON.stringify(config));
        assert.equal(config.source, 'xml-from-db');
        assert.deepEqual(
          [config.incoming, config.outgoing].map((one) => [one.hostname, one.port, one.socketType, one.username]),
          [
            [`mail.${domain}`, 993, 'SSL', `test@${domain}`],
            [`mail.${domain}`, 465, 'SSL', `test@${domain}`],
          ],
        );
      } finally {
        await thunderbird.stop();
      }
    });

    test('one reviewer accepts it, and the next question is answered with it, in every format', async () => {
      assert.match(await accepted(number), /It is served\./);
      const xml = await curl(`${server.url}/v1.1/${domain}`);
      assert.match(xml, new RegExp(`<hostname>mail\\.${domain}</hostname>`));
      for (const path of [
        `/api/v1/lookup?domain=${domain}`,
        `/api/v1/providers/${domain}/autoconfig.xml`,
        `/api/v1/providers/${domain}/mail.mobileconfig`,
        `/mail/config-v1.1.xml?emailaddress=test@${domain}`,
      ])
        assert.equal(await status(path), '200', path);
      // The settings that are served open a real mailbox.
      const address = [`mail.${domain}:993:127.0.0.1`, '--cacert', mail.ca, '-u', `test@${domain}:secret`];
      const inbox = await curl('--resolve', ...address, `imaps://mail.${domain}/`, '-X', 'EXAMINE INBOX');
      assert.match(inbox, /EXISTS/);
      assert.equal(await status(new URL(`${preview}/v1.1/${domain}`).pathname), '404', 'the preview is over');
    });

    test('it is exported as a canonical file that git can commit; the next load finds it there', async () => {
      const exported = await worked(mailatlas(['export', '--db', 'atlas.db', '--data', 'data']));
      assert.match(exported, new RegExp(domain.replace('.', '\\.')));
      assert.equal((await git('status', '--porcelain')).trim(), `?? providers/${domain}.yml`);
      await worked(mailatlas(['fmt', '--check', `data/providers/${domain}.yml`]));
      const text = readFileSync(at(`data/providers/${domain}.yml`), 'utf8');
      assert.match(text, /^name: Small Mail$/m);
      assert.match(text, new RegExp(`submission-${number}:`));
      const load = JSON.parse(await worked(mailatlas(['load', '--db', 'atlas.db', '--data', 'data', '--json']))) as {
        retired: { id: string }[];
      };
      assert.deepEqual(
        load.retired.map(({ id }) => id),
        [domain],
      );
      assert.equal((await seen()).state, 'exported');
      await git('add', '.');
      await git('-c', 'user.name=t', '-c', 'user.email=t@example.test', 'commit', '-qm', 'What was submitted');
    });

    test('a change keeps the comments of the file, and an admin takes it back', async () => {
      const file = at(`data/providers/${domain}.yml`);
      writeFileSync(
        file,
        readFileSync(file, 'utf8').replace('name: Small Mail', '# As on their sign.\nname: Small Mail'),
      );
      await git('-c', 'user.name=t', '-c', 'user.email=t@example.test', 'commit', '-qam', 'A comment');
      await worked(mailatlas(['load', '--db', 'atlas.db', '--data', 'data']));
      const record = await worked(review('anna', 'show', String(number), '--record'));
      writeFileSync(at('change.yml'), record.replace('name: Small Mail', 'name: Small Mail of Example'));
      const submitted = await worked(
        mailatlas(['submit', 'change.yml', '--reason', 'A longer name.', '--receipt', 'other', '--server', server.url]),
      );
      const second = Number(/^submission (\d+): a change/m.exec(submitted)?.[1]);
      await accepted(second);
      assert.match(await curl(`${server.url}/v1.1/${domain}`), /<displayName>Small Mail of Example</);
      await worked(mailatlas(['export', '--db', 'atlas.db', '--data', 'data']));
      const diff = await git('diff', '-U0');
      assert.match(diff, /^-name: Small Mail$/m);
      assert.match(diff, /^\+name: Small Mail of Example$/m);
      assert.doesNotMatch(diff, /^-# As on their sign\./m);

      const { changes } = JSON.parse(await curl(`${server.url}/api/v1/changes?since=0`)) as {
        changes: { n: number; cause: string }[];
      };
      const n = changes.find(({ cause }) => cause === `submission ${second}`)?.n;
      await worked(review('root', 'rollback', String(n), '--reason', 'It is too long.'));
      assert.match(await curl(`${server.url}/v1.1/${domain}`), /<displayName>Small Mail</);
    });
  });
} else {
  const skip = noMailServers() || noRealDns() || noOwnNetwork();
  test('The road of a submission, in a network of its own', { skip }, async () => {
    await runInOwnNetwork(import.meta.filename, 480_000);
  });
}
