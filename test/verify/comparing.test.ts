/** Weeks of comparison on a clock that jumps, over a real store; domains publish what the test says. */
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import type { Discovery } from '../../src/discover/model.ts';
import type { Domain } from '../../src/name/domain.ts';
import type { Curated } from '../../src/provider/model.ts';
import { readComparisons, readPublishersDue } from '../../src/store/seen/comparisons.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import { publishers, startComparing } from '../../src/verify/comparing.ts';
import { curated, imap, record, smtp } from '../records.ts';
import { JumpingClock, start } from './simulated.ts';

const hour = 3_600_000;
const day = 24 * hour;
const mail = record({ id: 'mail.zz', domains: ['*.mail.zz', 'briefe.zz', 'mail.zz'] });

/** What a domain publishes by autoconfig: mail servers at this host; undefined: nothing. */
function discovery(domain: Domain, host: string | undefined, at: number, code?: 'timeout'): Discovery {
  const facts = { id: domain, domains: [domain], sources: {} };
  const found = { incoming: [imap({ host: `imap.${host}` })], outgoing: [smtp({ host: `smtp.${host}` })] };
  return {
    domain,
    at: new Date(at).toISOString(),
    placeholder: true,
    findings:
      host === undefined
        ? []
        : [
            {
              mechanism: 'autoconfig',
              where: `https://autoconfig.${domain}/mail/config-v1.1.xml`,
              trust: { level: 'tls', certified: [] },
              record: { ...facts, ...found },
              remarks: [],
            },
          ],
    attempts: code ? [{ mechanism: 'autoconfig', asked: domain, code }] : [],
    srv: [],
    mx: { kind: 'none', exists: true },
  };
}

interface House {
  readonly clock: JumpingClock;
  readonly store: ReturnType<typeof openSqlite>;
  readonly asked: { domain: string; hour: number }[];
  readonly notes: string[];
  /** What was told of followed files: `same`, or the first host of the proposal. */
  readonly told: string[];
  curated: Curated;
  /** A host, “silence”, or nothing. */
  publishes: (domain: Domain) => string | undefined;
  /** A process that compares; returns what ends it. */
  readonly run: () => () => Promise<void>;
}

function house(t: TestContext): House {
  const clock = new JumpingClock();
  const store = openSqlite(':memory:');
  const asked: House['asked'] = [];
  const notes: string[] = [];
  const told: string[] = [];
  const hours = () => Math.floor((clock.now() - start) / hour);
  const world: House = {
    clock,
    store,
    asked,
    notes,
    told,
    curated: curated({ providers: [mail] }),
    publishes: () => 'mail.zz',
    run: () => {
      const running = startComparing({
        store,
        discover: async (domain) => {
          asked.push({ domain, hour: hours() });
          const host = world.publishes(domain);
          return host === 'silence'
            ? discovery(domain, undefined, clock.now(), 'timeout')
            : discovery(domain, host, clock.now());
        },
        curated: () => world.curated,
        onFollowed: async ({ id }, seen) => {
          const host = seen.kind === 'same' ? seen.kind : seen.proposal.incoming[0]?.host;
          told.push(`${id} ${host} ${hours()}`);
        },
        clock,
        random: () => 0.5,
        note: (text) => notes.push(text),
      });
      t.after(() => running.stop());
      return () => running.stop();
    },
  };
  t.after(() => store.close());
  return world;
}

const ofDomain = (asked: House['asked'], name: string) => asked.filter(({ domain }) => domain === name);

describe('Comparison as a habit', () => {
  test('asks each domain that a record names, the main one in the first day, then each once a week', async (t) => {
    const world = house(t);
    world.run();
    await world.clock.sleep(15 * day);
    assert.deepEqual(
      ofDomain(world.asked, 'mail.zz').map(({ hour: at }) => at),
      [12, 7 * 24 + 12, 14 * 24 + 12],
    );
    assert.deepEqual(
      ofDomain(world.asked, 'briefe.zz').map(({ hour: at }) => at),
      [84, 7 * 24 + 84],
    );
    assert.equal(new Set(world.asked.map(({ domain }) => domain)).size, 2, 'nobody knows the names below a wildcard');
    assert.deepEqual(world.notes, []);
  });

  test('keeps what differs, and says when it changed', async (t) => {
    const world = house(t);
    world.curated = curated({ providers: [record({ id: 'mail.zz' })] });
    world.run();
    await world.clock.sleep(9 * day);
    world.publishes = () => 'new.zz';
    await world.clock.sleep(7 * day);
    const [newest, before, first] = await readComparisons(world.store.db, 'mail.zz', { limit: 10 });
    assert.deepEqual([newest?.verdict, newest?.changed], ['differs', true]);
    assert.deepEqual(
      newest?.differences.map(({ state, service, ours, theirs }) => [state, service, ours, theirs]),
      [
        ['host-differs', 'imap tls', 'imap.mail.zz:993', 'imap.new.zz:993'],
        ['host-differs', 'smtp tls', 'smtp.mail.zz:465', 'smtp.new.zz:465'],
      ],
    );
    assert.deepEqual(newest?.sources, [
      { mechanism: 'autoconfig', where: 'https://autoconfig.mail.zz/mail/config-v1.1.xml', trust: 'tls' },
    ]);
    assert.deepEqual([before?.verdict, before?.changed, first?.changed], ['agrees', false, true]);
  });

  test('tries again the next day where nobody could tell', async (t) => {
    const world = house(t);
    world.publishes = () => 'silence';
    world.run();
    await world.clock.sleep(3 * day);
    assert.deepEqual(
      ofDomain(world.asked, 'mail.zz').map(({ hour: at }) => at),
      [12, 36, 60],
    );
  });

  test('asks within the hour when a record has changed, and nobody whose record is gone', async (t) => {
    const world = house(t);
    world.run();
    await world.clock.sleep(4 * day);
    world.curated = curated({
      providers: [{ ...mail, domains: ['mail.zz'], incoming: [imap({ host: 'imap2.mail.zz' })] }],
    });
    await world.clock.sleep(hour);
    assert.deepEqual(
      ofDomain(world.asked, 'mail.zz').map(({ hour: at }) => at),
      [12, 96],
    );
    world.curated = curated();
    await world.clock.sleep(20 * day);
    assert.equal(world.asked.filter(({ hour: at }) => at > 97).length, 0);
    assert.deepEqual(await readPublishersDue(world.store.db, ['mail.zz']), new Map());
  });

  test('proposes what a followed file says otherwise when it has said so for a day, and says when it agrees', async (t) => {
    const world = house(t);
    const follow = { mechanism: 'autoconfig' } as const;
    world.curated = curated({ providers: [record({ id: 'mail.zz', follow }), record({ id: 'other.zz' })] });
    world.run();
    await world.clock.sleep(2 * day);
    assert.deepEqual(world.told, ['mail.zz same 12']);
    world.publishes = () => 'new.zz';
    await world.clock.sleep(7 * day);
    // Seen on the eighth day, again on the ninth, and then once a week.
    assert.deepEqual(world.told.slice(1), ['mail.zz imap.new.zz 204']);
    world.publishes = () => 'newer.zz';
    await world.clock.sleep(9 * day);
    assert.deepEqual(world.told.slice(2), ['mail.zz imap.newer.zz 396']);
    world.publishes = () => 'silence';
    await world.clock.sleep(8 * day);
    assert.equal(world.told.length, 3, 'a file that is not there says nothing');
  });

  test('of two processes on one database asks each domain once', async (t) => {
    const world = house(t);
    world.run();
    world.run();
    await world.clock.sleep(7 * day);
    const names = world.asked.map(({ domain }) => domain).sort();
    assert.deepEqual(names, ['briefe.zz', 'mail.zz']);
  });

  test('asks at most 240 domains an hour, however many are due', async (t) => {
    const world = house(t);
    const domains = Array.from({ length: 500 }, (_, i) => `d${String(i).padStart(3, '0')}.zz`);
    world.curated = curated({ providers: [record({ id: 'd000.zz', domains })] });
    world.run();
    await world.clock.sleep(7 * day);
    const perHour = Map.groupBy(world.asked, ({ hour: at }) => at);
    assert.equal(world.asked.length, 500);
    assert.ok([...perHour.values()].every((some) => some.length <= 240));
  });

  test('ends at once, though a domain takes its time, and another process may ask', async (t) => {
    const world = house(t);
    const slow = Promise.withResolvers<void>();
    const running = startComparing({
      store: world.store,
      discover: async (domain) => {
        world.asked.push({ domain, hour: 0 });
        await slow.promise;
        return discovery(domain, 'late.zz', world.clock.now());
      },
      curated: () => world.curated,
      clock: world.clock,
      random: () => 0,
      note: (text) => world.notes.push(text),
    });
    while (world.asked.length === 0) await new Promise(setImmediate);
    await running.stop();
    slow.resolve();
    await new Promise(setImmediate);
    assert.deepEqual(await readComparisons(world.store.db, 'mail.zz', { limit: 9 }), [], 'what comes late is not kept');
    const before = world.asked.length;
    world.run();
    await world.clock.sleep(hour);
    assert.equal(world.asked.length, before + 2);
  });

  test('rests while the database cannot be used, and says so once', async (t) => {
    const world = house(t);
    const stop = world.run();
    world.store.close();
    await world.clock.sleep(day);
    await stop();
    assert.equal(world.notes.length, 1);
    assert.match(world.notes[0] ?? '', /^comparison rests for ten minutes: /);
  });
});

describe('Who is asked', () => {
  test('is no domain of a special-use name, and none whose owner asked to be left alone', () => {
    const domains = ['alone.zz', 'mail.alone.zz', 'mail.example', 'mail.zz'];
    const noProbe = [{ name: 'alone.zz', since: '2026-11-01', note: 'They asked.' }];
    const listed = publishers({ providers: [record({ id: 'mail.zz', domains })], noProbe });
    assert.deepEqual(
      listed.map(({ domain }) => domain),
      ['mail.zz'],
    );
  });
});
