/** What the doctor says of DNS servers, of the server as people reach it, and of another machine's clock. */
import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecure } from 'node:https';
import type { AddressInfo } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { examineData } from '../../../src/cli/doctor/data.ts';
import { examineResolvers } from '../../../src/cli/doctor/network.ts';
import { askTime, examineOwnUrl } from '../../../src/cli/doctor/web.ts';
import { startServer } from '../../../src/node.ts';
import type { Health } from '../../../src/store/file/health-node.ts';
import { startDns, type ZoneEntry } from '../../dns-server.ts';
import { logTo } from '../../log.ts';
import { type CertificateKind, pki } from '../../pki.ts';

const data = fileURLToPath(new URL('../data', import.meta.url));
const now = new Date();
const about = { version: '1.0.0', health: undefined, now };

describe('the doctor asks each DNS server', () => {
  const cases: [what: string, said: ZoneEntry, state: string, says: RegExp][] = [
    ['one that answers', ['10 mx.iana.example'], 'ok', /answers in \d+ ms$/],
    ['one that is slow', { after: 700, MX: ['10 mx.iana.example'] }, 'warning', /takes \d+ ms$/],
    ['one that refuses', 'servfail', 'fault', /refuses to answer$/],
    ['one that never answers', 'silent', 'fault', /does not answer within two seconds$/],
    [
      'one that knows only its own network',
      'nxdomain',
      'fault',
      /there is no iana\.org: it does not know the Internet$/,
    ],
  ];
  for (const [what, said, state, says] of cases) {
    test(what, async (t) => {
      const dns = await startDns({ 'iana.org': said });
      t.after(() => dns.stop());
      let [found] = await examineResolvers([dns.address]);
      // A busy machine makes a quick server slow now and then, not each time.
      const more = state === 'ok' ? 9 : 0;
      for (let i = 0; i < more && found?.state === 'warning'; i++) [found] = await examineResolvers([dns.address]);
      assert.equal(found?.state, state);
      assert.match(found?.says ?? '', says);
      assert.ok(found?.says.startsWith(dns.address));
    });
  }

  test('and says so where there is none', async () => {
    assert.equal((await examineResolvers([]))[0]?.says, 'no DNS server is known');
  });
});

describe('the doctor looks at the server from outside', () => {
  test('a real one: what it serves, held against the database', async (t) => {
    const options = { db: ':memory:', data, host: '127.0.0.1', port: 0, log: logTo(() => {}) };
    const server = await startServer({ ...options, version: '1.0.0' });
    t.after(() => server.close());
    const look = (facts: object) => examineOwnUrl(server.url, { ...about, ...facts }, { timeout: 60_000 });
    assert.deepEqual(
      (await look({ health: { revision: 4 } as Health })).map(({ says }) => says),
      [`${server.url} serves 4 records, revision 4`],
    );
    assert.deepEqual(
      (await look({ version: '1.1.0', health: { revision: 9 } as Health })).map(({ check, state }) => [check, state]),
      [
        ['url', 'ok'],
        ['version', 'warning'],
        ['served', 'warning'],
      ],
    );
  });

  const ready: RequestListener = (_, response) =>
    void response.end(JSON.stringify({ status: 'ready', version: '1.0.0', providers: 4, revision: 4 }));
  const certificates: [kind: CertificateKind, check: string, state: string, says: RegExp][] = [
    ['good-ec', 'certificate', 'ok', /by Test Root, ends in 36\d days$/],
    ['soon', 'certificate', 'warning', /ends in [45] days$/],
    ['expired', 'url', 'fault', /its certificate is no good \(CERT_HAS_EXPIRED\)$/],
    ['untrusted', 'url', 'fault', /its certificate is no good \(SELF_SIGNED_CERT_IN_CHAIN\)$/],
    ['wrong-host', 'url', 'fault', /its certificate is no good \(ERR_TLS_CERT_ALTNAME_INVALID\)$/],
  ];
  for (const [kind, check, state, says] of certificates) {
    test(`its certificate: ${kind}`, async (t) => {
      const { ca, leaf } = await pki();
      const port = await listening(t, createSecure(await leaf(kind), ready));
      const findings = await examineOwnUrl(`https://localhost:${port}`, about, { ca, timeout: 60_000 });
      const found = findings.find((one) => one.check === check);
      assert.equal(found?.state, state, JSON.stringify(findings));
      assert.match(found?.says ?? '', says);
    });
  }

  test('nobody there, somebody else there, a name that is not there', async (t) => {
    const [closed, other] = [
      await free(),
      await listening(
        t,
        createServer((_, response) => void response.end('hello')),
      ),
    ];
    const say = async (url: string) => (await examineOwnUrl(url, about, { timeout: 60_000 })).map(({ says }) => says);
    assert.deepEqual(await say(`http://127.0.0.1:${closed}`), [
      `http://127.0.0.1:${closed} cannot be reached: refused`,
    ]);
    assert.deepEqual(await say(`http://127.0.0.1:${other}`), [
      `http://127.0.0.1:${other}/readyz answers 200, not as a mailatlas server does`,
    ]);
    assert.match(
      (await say('http://nobody.invalid')).join(),
      /cannot be reached: unreachable: nobody\.invalid has no address$/,
    );
  });
});

describe('the doctor asks another machine for the time', () => {
  test('which is wrong by a day, or says nothing of it', async (t) => {
    const yesterday = new Date(Date.now() - 86_400_000).toUTCString();
    const late = await listening(
      t,
      createServer((_, response) => void response.setHeader('Date', yesterday).end()),
    );
    const told = await askTime(`http://127.0.0.1:${late}/`, { timeout: 60_000 });
    assert.ok(told && 'at' in told);
    assert.equal(told.at, Date.parse(yesterday));
    const silent = createServer((_, response) => {
      response.sendDate = false;
      response.end();
    });
    const none = await askTime(`http://127.0.0.1:${await listening(t, silent)}/`, { timeout: 60_000 });
    assert.match(none && 'says' in none ? none.says : '', /does not say what time it is$/);
  });
});

describe('the doctor looks at the data', () => {
  test('good ones, loaded or not', () => {
    const look = (loaded: string | undefined) =>
      examineData(data, 'everybody', { loaded } as Health, now).findings.map(({ state, says }) => `${state}: ${says}`);
    const good = `ok: 4 records in ${data}, without an error`;
    assert.deepEqual(look(undefined), [good, 'warning: nothing was loaded yet']);
    assert.deepEqual(look('another'), [good, 'warning: the database was loaded from other data than these']);
  });

  test('none', () => {
    assert.equal(examineData('/nowhere', 'everybody', undefined, now).findings[0]?.state, 'fault');
  });
});

async function listening(t: TestContext, server: ReturnType<typeof createServer>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, resolve));
  t.after(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** A port on which nobody listens. */
async function free(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
