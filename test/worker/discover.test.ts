/** What domains publish, asked in workerd by its own sockets and over HTTPS for DNS: the same as on Node. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { discover } from '../../src/discover/discover.ts';
import type { Discovery } from '../../src/discover/model.ts';
import { parseDomain } from '../../src/name/domain.ts';
import { sites, startWorld, type World, zone } from '../discover/world.ts';
import { type DohServer, startDoh } from '../doh-server.ts';
import { pki } from '../pki.ts';
import type { Wish } from './discover-worker.ts';
import type { createTestHarness } from './harness.ts';

const folder = mkdtempSync(join(tmpdir(), 'mailatlas-discover-'));
let world: World;
let doh: DohServer;
let server: ReturnType<typeof createTestHarness>;

before(async () => {
  world = await startWorld({ sites: { 'https://untrusted.zz/': 'x', 'https://wrong.zz/': 'x' } });
  doh = await startDoh(world.zone);
  // The roots that workerd trusts beside its own; it reads them when it starts.
  process.env['NODE_EXTRA_CA_CERTS'] = join(folder, 'ca.pem');
  writeFileSync(join(folder, 'ca.pem'), (await pki()).ca);
  const harness = await import('./harness.ts');
  server = harness.createTestHarness({
    workers: [
      {
        config: {
          name: 'discover',
          main: fileURLToPath(new URL('discover-worker.ts', import.meta.url)),
          compatibility_date: '2026-11-01',
          compatibility_flags: ['nodejs_compat'],
        },
      },
    ],
  });
  await server.listen();
});
after(async () => {
  await Promise.all([server.close(), world.stop(), doh.stop()]);
  rmSync(folder, { recursive: true });
});

/** Milliseconds: nobody whom both are compared for is slow, and a busy machine makes no difference between them. */
const patient = 60_000;

async function ask<A>(wish: Partial<Wish>): Promise<A> {
  const all = { doh: doh.url, ports: [...world.web.ports], timeout: patient, ...wish };
  return (await server.fetch('/', { method: 'POST', body: JSON.stringify(all) })).json() as Promise<A>;
}

/** Without the moment, the words of each runtime's own faults, and who certified hosts, which a Worker is not told. */
function comparable({ at: _, findings, attempts, ...rest }: Discovery): unknown {
  return {
    ...rest,
    findings: findings.map((one) => ({ ...one, trust: one.trust.level })),
    attempts: attempts.map(({ mechanism, asked, code }) => [mechanism, asked, code]),
  };
}

const domains = [...new Set([...Object.keys(sites).map((url) => new URL(url).hostname), ...Object.keys(zone)])]
  .map((name) => name.split('.').slice(-2).join('.'))
  // What is slow takes both of them all of their time, and neither of the last two is sure how far it came.
  .filter((name, i, all) => all.indexOf(name) === i && !['slow.zz', 'late.zz'].includes(name));

describe('A domain asked from workerd', { concurrency: 2 }, () => {
  for (const domain of domains) {
    test(`${domain} is found as on Node`, async () => {
      const [{ discovery, told }, theirs] = await Promise.all([
        ask<{ discovery: Discovery; told: string[] }>({ domain }),
        discover(parseDomain(domain), world.ports, { timeout: patient }),
      ]);
      assert.deepEqual(comparable(discovery), JSON.parse(JSON.stringify(comparable(theirs))));
      assert.equal(told.length, 5);
    });
  }

  test('ends at the deadline, whoever is slow', async () => {
    const { discovery } = await ask<{ discovery: Discovery }>({ domain: 'slow.zz', timeout: 1500 });
    assert.ok(discovery.attempts.some(({ code }) => code === 'timeout'));
  });
});

describe('A socket of workerd', () => {
  test('reaches the address it is given, under the name of the URL', async () => {
    assert.deepEqual(await ask({ url: 'https://ua-auto-config.parked.zz/nothing' }), {
      status: 404,
      text: '<html>Not here</html>',
    });
    assert.equal(world.web.asked.at(-1)?.headers['host'], 'ua-auto-config.parked.zz');
  });

  test('takes no certificate that is not good for that name', async () => {
    for (const host of ['autoconfig.expired.zz', 'untrusted.zz', 'wrong.zz', 'unnamed.zz'])
      assert.deepEqual(await ask({ url: `https://${host}/` }), { fault: 'tls' }, host);
  });

  test('says so where nobody listens, and where somebody never answers', async () => {
    assert.deepEqual(await ask({ url: 'https://both.zz/', ports: [[443, 1]] }), { fault: 'unreachable' });
    const silent = 'https://slow.zz/.well-known/autoconfig/mail/config-v1.1.xml';
    assert.deepEqual(await ask({ url: silent, timeout: 500 }), { fault: 'timeout' });
  });
});
