/** Domains that change hands, told by a DNS server that changes its mind; the clock is a test's, the packets are real. */
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import type { Domain } from '../../src/name/domain.ts';
import { nodeResolver } from '../../src/net/dns/resolver-node.ts';
import { instant } from '../../src/net/instant.ts';
import { liftQuarantine, readQuarantine } from '../../src/store/seen/quarantine.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import { type WatchOptions, watchNames } from '../../src/verify/watch-names.ts';
import { startDns, type ZoneEntry } from '../dns-server.ts';
import { JumpingClock } from './simulated.ts';

const hour = 3_600_000;
const day = 24 * hour;

interface World {
  readonly zone: Record<string, ZoneEntry>;
  readonly clock: JumpingClock;
  /** Watches once, after so many milliseconds; says which domains are under quarantine then. */
  readonly after: (milliseconds: number, hosts?: readonly string[]) => Promise<readonly string[]>;
  readonly watch: (facts?: Partial<WatchOptions>) => ReturnType<typeof watchNames>;
  readonly store: ReturnType<typeof openSqlite>;
  readonly questions: string[];
}

const hosts = ['imap.mail.zz', 'smtp.mail.zz', 'imap.post.zz'];

async function world(t: TestContext, zone: Record<string, ZoneEntry>): Promise<World> {
  const dns = await startDns(zone);
  const store = openSqlite(':memory:');
  t.after(async () => {
    store.close();
    await dns.stop();
  });
  const clock = new JumpingClock();
  const resolver = nodeResolver(dns.address);
  const watch = (facts: Partial<WatchOptions> = {}) => watchNames({ store, resolver, hosts, clock, ...facts });
  const after = async (milliseconds: number, of: readonly string[] = hosts) => {
    clock.pass(milliseconds);
    await watch({ hosts: of });
    return (await readQuarantine(store.db)).map(({ name }) => name);
  };
  return { zone, clock, after, watch, store, questions: dns.questions };
}

const zone = () => ({
  'mail.zz': { NS: ['ns1.host.zz', 'ns2.host.zz'] } as ZoneEntry,
  'post.zz': { NS: ['ns1.post.zz'] } as ZoneEntry,
});

describe('Watching the domains of mail servers', () => {
  test('asks for each registrable domain once a day, however many hosts it has', async (t) => {
    const { after, questions } = await world(t, zone());
    assert.deepEqual(await after(0), []);
    assert.deepEqual(questions.toSorted(), ['mail.zz', 'post.zz']);
    await after(12 * hour);
    assert.equal(questions.length, 2);
    await after(12 * hour);
    assert.equal(questions.length, 4);
  });

  test('puts a domain under quarantine whose name servers all changed, and no other', async (t) => {
    const { zone: now, after, store } = await world(t, zone());
    await after(0);
    now['mail.zz'] = { NS: ['ns2.host.zz', 'ns3.host.zz'] };
    assert.deepEqual(await after(day), [], 'one stayed');
    now['mail.zz'] = { NS: ['ns1.parking.zz', 'ns2.parking.zz'] };
    assert.deepEqual(await after(day), ['mail.zz']);
    const [why] = await readQuarantine(store.db);
    assert.match(why?.why ?? '', /^All name servers of mail\.zz are others: they were ns2\.host\.zz, ns3\.host\.zz, /);
    assert.equal(why?.by, 'verify');
  });

  test('stays so until a person lifts it, and then the new name servers are the known ones', async (t) => {
    const { zone: now, after, store, clock } = await world(t, zone());
    await after(0);
    now['mail.zz'] = { NS: ['ns1.new.zz'] };
    assert.deepEqual(await after(day), ['mail.zz']);
    now['mail.zz'] = { NS: ['ns1.host.zz', 'ns2.host.zz'] };
    assert.deepEqual(await after(day), ['mail.zz'], 'coming back does not lift it');
    await store.atomically(liftQuarantine(store.db, 'mail.zz' as Domain, { at: instant(clock.now()), by: 'Ada' }));
    assert.deepEqual(await after(day), []);
  });

  test('believes that a domain is gone when it is so an hour later', async (t) => {
    const { zone: now, after, watch, clock } = await world(t, zone());
    await after(0);
    now['mail.zz'] = 'nxdomain';
    assert.deepEqual(await after(day), [], 'once is not enough');
    assert.deepEqual(await after(hour / 2), []);
    clock.pass(hour / 2);
    const { alarms } = await watch();
    assert.deepEqual(
      alarms.map(({ domain, alarm }) => [domain, alarm.kind]),
      [['mail.zz', 'gone']],
    );
    clock.pass(day);
    assert.deepEqual((await watch()).alarms, [], 'told once');
  });

  test('believes it of one more domain where some are under quarantine already', async (t) => {
    const many = Array.from({ length: 5 }, (_, i) => `mail${i}.zz`);
    const { zone: now, after } = await world(t, Object.fromEntries(many.map((name) => [name, { NS: [`ns.${name}`] }])));
    await after(0, many);
    for (const name of many.slice(0, 3)) now[name] = 'nxdomain';
    await after(day, many);
    assert.deepEqual(await after(hour, many), many.slice(0, 3));
    now['mail3.zz'] = 'nxdomain';
    await after(day, many);
    assert.deepEqual(await after(hour, many), many.slice(0, 4));
  });

  test('forgets a slip of an hour', async (t) => {
    const { zone: now, after } = await world(t, zone());
    await after(0);
    now['mail.zz'] = 'nxdomain';
    await after(day);
    now['mail.zz'] = { NS: ['ns1.host.zz', 'ns2.host.zz'] };
    await after(hour);
    now['mail.zz'] = 'nxdomain';
    assert.deepEqual(await after(day), []);
  });

  for (const trouble of ['servfail', 'nodata'] as const) {
    test(`learns nothing from ${trouble}`, async (t) => {
      const { zone: now, after } = await world(t, zone());
      await after(0);
      now['mail.zz'] = trouble;
      assert.deepEqual(await after(day), []);
      assert.deepEqual(await after(day), []);
    });
  }

  test('believes no resolver that says so of very many at once', async (t) => {
    const many = Array.from({ length: 20 }, (_, i) => `mail${i}.zz`);
    const {
      zone: now,
      watch,
      clock,
      store,
    } = await world(t, Object.fromEntries(many.map((name) => [name, { NS: [`ns.${name}`] }])));
    await watch({ hosts: many });
    for (const name of many) now[name] = { NS: ['ns.portal.zz'] };
    clock.pass(day);
    const report = await watch({ hosts: many });
    assert.deepEqual([report.disbelieved, report.alarms], [20, []]);
    assert.deepEqual(await readQuarantine(store.db), []);
    for (const name of many.slice(3)) now[name] = { NS: [`ns.${name}`] };
    clock.pass(day);
    assert.equal((await watch({ hosts: many })).alarms.length, 3, 'what was known before is still known');
  });

  test('is bounded: the rest waits for the next call', async (t) => {
    const { watch } = await world(t, zone());
    assert.equal((await watch({ most: 1 })).asked, 1);
    assert.equal((await watch({ most: 1 })).asked, 1);
    assert.equal((await watch({ most: 1 })).asked, 0);
  });

  test('does not wait for slow answers when it is stopped', async (t) => {
    const { zone: now, watch, store } = await world(t, zone());
    now['mail.zz'] = 'silent';
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 50);
    const begun = performance.now();
    const { alarms } = await watch({ signal: stop.signal });
    assert.ok(performance.now() - begun < 9000, 'an answer has ten seconds');
    assert.deepEqual([alarms, await readQuarantine(store.db)], [[], []]);
  });

  test('writes nothing when it is stopped', async (t) => {
    const { watch, store } = await world(t, zone());
    const { alarms } = await watch({ signal: AbortSignal.abort() });
    assert.deepEqual([alarms, await readQuarantine(store.db)], [[], []]);
  });
});
