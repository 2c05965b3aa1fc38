import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { discover } from '../../../src/discover/discover.ts';
import { nodeResolver } from '../../../src/net/dns/resolver-node.ts';
import { nodeChecker } from '../../../src/submit/checks/checker-node.ts';
import { runChecks } from '../../../src/submit/checks/checks.ts';
import { proofName, proofValue } from '../../../src/submit/checks/proof.ts';
import { checkPublished, type Discover } from '../../../src/submit/checks/published.ts';
import { itemSentences } from '../../../src/submit/checks/sentences.ts';
import { summaries } from '../../../src/submit/checks/summaries.ts';
import { type CheckResult, checkNames, type Draft } from '../../../src/submit/model.ts';
import { autoconfig, startWorld, type World } from '../../discover/world.ts';
import { imap as imapServer, record, smtp as smtpServer } from '../../records.ts';
import { type MailServer, startMailServer } from '../../verify/mail-server.ts';
import { imap, smtp } from '../../verify/well-behaved.ts';
import { context, prober } from '../world.ts';

const proved = { number: 3, receiptDigest: 'ab'.repeat(32) };
let world: World;
let ask: Discover;
let servers: [MailServer, MailServer];

before(async () => {
  const sites = { 'https://autoconfig.new.zz/mail/config-v1.1.xml': autoconfig('new.zz') };
  world = await startWorld({
    sites,
    zone: { [proofName('new.zz')]: { TXT: [proofValue(proved)] }, 'new.zz': 'nodata' },
  });
  ask = (domain) => discover(domain, world.ports, { timeout: 8000 });
  servers = [await startMailServer(imap({ security: 'tls' })), await startMailServer(smtp({ security: 'tls' }))];
});
after(async () => {
  await Promise.all([world.stop(), ...servers.map((server) => server.stop())]);
});

const at = (id: string, host = id): Draft => ({
  kind: 'new',
  id,
  record: record({
    id,
    incoming: [imapServer({ host: `imap.${host}` })],
    outgoing: [smtpServer({ host: `smtp.${host}` })],
  }),
  reason: '',
  language: 'en',
});

describe('what the domains publish themselves', () => {
  const check = (draft: Draft, discoverer: Discover | undefined = ask, patience = 60_000) =>
    checkPublished(draft, undefined, discoverer, performance.now() + patience);
  const said = ({ state, items }: CheckResult) => [state, ...items.map(({ code, about }) => `${code} ${about}`)];

  test('is the same', async () => {
    const found = await check(at('new.zz'));
    assert.deepEqual(said(found), ['passed', 'publishes-same new.zz']);
    assert.match(found.items[0]?.says.en ?? '', /autoconfig\.new\.zz/);
  });

  test('is something else: each difference is told with both sides', async () => {
    const found = await check(at('new.zz', 'evil.zz'));
    assert.deepEqual(said(found), [
      'attention',
      'differs new.zz autoconfig imap tls',
      'differs new.zz autoconfig smtp tls',
    ]);
    assert.match(found.items[0]?.says.de ?? '', /imap\.evil\.zz:993.*imap\.new\.zz:993/);
  });

  test('is nothing, or nobody knows, or there is nothing to ask', async () => {
    assert.deepEqual(said(await check(at('empty.zz'))), ['passed', 'publishes-nothing empty.zz']);
    assert.deepEqual(said(await check(at('broken.zz'))), ['unknown', 'publishes-unknown broken.zz']);
    assert.deepEqual(said(await check(at('new.zz'), () => new Promise(() => {}), 20)), [
      'unknown',
      'publishes-unknown new.zz',
    ]);
    const { record: made } = at('new.zz');
    const hosted = { ...at('new.zz'), record: { ...made!, domains: [], mx: ['*.mx.new.zz'] } };
    assert.deepEqual(said(await check(hosted)), ['passed']);
    assert.equal((await checkPublished(at('new.zz'), undefined, undefined, 0)).state, 'unknown');
  });

  test('is asked of three domains, the new ones first, and told which not', async () => {
    const made = record({ id: 'b.zz', domains: ['a.zz', 'b.zz', 'c.zz', 'd.zz', '*.e.zz'] });
    const base = record({ id: 'b.zz', domains: ['a.zz', 'b.zz'] });
    const asked: string[] = [];
    const note: Discover = (domain) => {
      asked.push(domain);
      return ask(domain);
    };
    const found = await checkPublished({ ...at('b.zz'), record: made }, base, note, performance.now() + 60_000);
    assert.deepEqual(asked, ['b.zz', 'c.zz', 'd.zz']);
    assert.ok(said(found).includes('not-asked a.zz'));
  });
});

describe('all checks', () => {
  const all = async () => {
    const [imapPort, smtpPort] = servers.map(({ port }) => port);
    const resolver = nodeResolver(world.dns.address);
    // The certificates of the mail servers are for the host of the tests; ports stand for the real ones.
    const probe = prober();
    return context(
      {},
      {
        proved,
        texts: async (name) => [await resolver.txt(name)],
        discover: ask,
        probes: {
          ...context().probes,
          probe: (endpoint) =>
            probe({
              ...endpoint,
              host: 'mail.example.test',
              port: Number(endpoint.protocol === 'imap' ? imapPort : smtpPort),
            }),
        },
      },
    );
  };

  test('pass for a provider that does everything right, and each is told as it begins and ends', async () => {
    const told: string[] = [];
    const results = await runChecks(at('new.zz'), await all(), ({ name, state }) => {
      told.push(`${name} ${state}`);
    });
    assert.deepEqual(
      results.map(({ name, state }) => `${name} ${state}`),
      checkNames.map((name) => `${name} passed`),
      JSON.stringify(results, null, 1),
    );
    for (const name of checkNames)
      assert.ok(told.indexOf(`${name} running`) < told.indexOf(`${name} passed`), told.join());
    assert.equal(told.length, 2 * checkNames.length);
  });

  test('of a dry run are the same, without a proof', async () => {
    const { proved: _, ...dry } = await all();
    const results = await runChecks(at('new.zz'), dry);
    assert.deepEqual(
      results.filter(({ state }) => state !== 'passed').map(({ name, state }) => `${name} ${state}`),
      ['proof unknown'],
    );
  });

  test('that break off are unknown, and the operator hears of it', async () => {
    const heard: unknown[] = [];
    const broken = {
      ...(await all()),
      discover: () => Promise.reject(new Error('a defect')),
      onDefect: (error: unknown) => heard.push(error),
    };
    const results = await runChecks(at('new.zz'), broken);
    assert.equal(results.find(({ name }) => name === 'published')?.state, 'unknown');
    assert.equal(heard.length, 1);
  });

  test('where nothing can be asked are unknown, not passed', async () => {
    const results = await runChecks(at('new.zz'), context());
    const open = results.filter(({ state }) => state !== 'passed').map(({ name, state }) => `${name} ${state}`);
    assert.deepEqual(open, ['probes unknown', 'published unknown', 'proof unknown']);
  });

  test('have nothing to say of a report', async () => {
    const report: Draft = { kind: 'report', id: 'new.zz', reason: 'The port is wrong.', language: 'en' };
    for (const { state, items } of await runChecks(report, context())) assert.deepEqual([state, items], ['passed', []]);
  });
});

test('every sentence is there in both languages, and no place in it is filled in one only', () => {
  for (const [code, { en, de }] of [...Object.entries(itemSentences), ...Object.entries(summaries)]) {
    const places = (text: string) => new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
    const own = new Set(['says', 'german', 'field']);
    const missing = [...places(en).symmetricDifference(places(de))].filter((name) => !own.has(name ?? ''));
    assert.deepEqual(missing, [], code);
    assert.notEqual(en, de, code);
  }
});

describe('the checks as a server runs them', () => {
  test('ask DNS, the web and the mail servers, and nobody inside', async () => {
    const check = nodeChecker({
      prober: { resolver: world.dns.address },
      discoverer: { resolver: world.dns.address },
      resolvers: [world.dns.address],
      patience: { probes: 8000 },
      onDefect: (error) => {
        throw error;
      },
    });
    const asked = world.web.asked.length;
    const results = await check({ draft: at('new.zz'), atlas: context().atlas, proved });
    const states = Object.fromEntries(results.map(({ name, state }) => [name, state]));
    // Everything of this world is on loopback.
    assert.deepEqual(states, {
      ...Object.fromEntries(checkNames.map((name) => [name, 'passed'])),
      probes: 'failed',
      published: 'passed',
    });
    assert.equal(world.web.asked.length, asked);
  });

  test('end when they are told to, and tell nothing any more', async () => {
    const stop = new AbortController();
    const told: string[] = [];
    const dns = Promise.withResolvers<never[]>();
    const slow = context({}, { proved, texts: () => dns.promise, signal: stop.signal });
    const running = runChecks(at('new.zz'), slow, ({ name, state }) => {
      told.push(`${name} ${state}`);
    });
    stop.abort(new Error('the server stops'));
    await assert.rejects(running, /the server stops/);
    assert.equal(told.includes('proof unknown'), false);
    await assert.rejects(runChecks(at('new.zz'), slow), /the server stops/);
    // Nobody waits for it until its deadline any more.
    dns.resolve([]);
  });

  test('leave nothing at the signal, which is that of the server’s whole life', async () => {
    const { signal } = new AbortController();
    await runChecks(at('new.zz'), context({}, { signal }));
    assert.deepEqual(getEventListeners(signal, 'abort'), []);
  });
});
