/** Verification as a habit, on a clock that jumps: hours pass in no time. */
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import type { Curated, EndpointKey, Provider } from '../../src/provider/model.ts';
import type { Store } from '../../src/store/db.ts';
import { readRuns } from '../../src/store/seen/runs.ts';
import { readStatuses } from '../../src/store/seen/statuses.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import type { Endpoint } from '../../src/verify/endpoint.ts';
import { startSchedule } from '../../src/verify/schedule.ts';
import type { FindingCode } from '../../src/verify/verdict.ts';
import { curated, record } from '../records.ts';
import { JumpingClock, simulation } from './simulated.ts';

const hour = 3_600_000;
const day = 24 * hour;

describe('a schedule', () => {
  test('looks at everything once a day, give or take a fifth', async (t) => {
    const { clock, sim, stop } = house(t, { records: () => records(12) });
    await clock.sleep(4.9 * day);
    await stop();
    const visits = Map.groupBy(sim.visits, ({ key }) => key);
    assert.equal(visits.size, 24);
    for (const [key, seen] of visits) assert.ok(seen.length >= 4 && seen.length <= 7, `${key}: ${seen.length}`);
  });

  test('finds out within a day that a server fails, and that it is back', async (t) => {
    let broken = false;
    const wrong = ({ host }: Endpoint) => (broken && host === 'imap.p3.example' ? 'tcp.refused' : undefined);
    const key = 'imap://imap.p3.example:993?security=tls' as EndpointKey;
    const { store, clock, stop } = house(t, { records: () => records(12), wrong });
    const status = async () => (await readStatuses(store.db, new Date(clock.now()).toISOString())).get(key)?.status;
    await clock.sleep(hour);
    assert.equal(await status(), 'verified');
    broken = true;
    await clock.sleep(1.2 * day + 13 * hour);
    assert.equal(await status(), 'failing');
    broken = false;
    await clock.sleep(1.2 * day + hour);
    assert.equal(await status(), 'verified');
    await stop();
  });

  test('takes up what a record names from now on, and leaves what none names any more', async (t) => {
    let served: readonly Provider[] = records(2);
    const { clock, sim, stop } = house(t, { records: () => served });
    await clock.sleep(hour);
    served = [...records(2).slice(1), record({ id: 'new.example' })];
    await clock.sleep(hour);
    assert.ok(sim.visits.some(({ host }) => host === 'imap.new.example'));
    sim.visits.length = 0;
    await clock.sleep(2 * day);
    assert.ok(!sim.visits.some(({ host }) => host === 'imap.p0.example'));
    await stop();
  });

  test('says once that the network is down, and that it is down again', async (t) => {
    let network = true;
    const { clock, store, notes, stop } = house(t, {
      records: () => records(20),
      wrong: () => (network ? undefined : 'dns.timeout'),
    });
    await clock.sleep(hour);
    network = false;
    await clock.sleep(2.4 * day);
    assert.equal(notes.length, 1, notes.join('\n'));
    assert.match(notes[0] ?? '', /^20 of 20 owners .* own network$|^Servers of others/);
    const statuses = await readStatuses(store.db, new Date(clock.now()).toISOString());
    assert.ok([...statuses.values()].every(({ status }) => status === 'verified'));
    await stop();
  });

  test('is not held up by a clock that ran ahead for a year and was set back', async (t) => {
    const { store, clock, sim, stop } = house(t, { records: () => records(12) });
    await clock.sleep(hour);
    clock.adjust(365 * day);
    await clock.sleep(hour);
    clock.adjust(-365 * day);
    sim.visits.length = 0;
    await clock.sleep(2 * hour);
    assert.equal(new Set(sim.visits.map(({ key }) => key)).size, 24, 'all are looked at again, soon');
    for (const { status, checkedAt = '' } of (await readStatuses(store.db, '2026')).values())
      assert.ok(status === 'verified' && Date.parse(checkedAt) < clock.now(), checkedAt);
    await stop();
  });

  test('goes on after the store has failed, and says so once', async (t) => {
    let full = true;
    const wrap = (store: Store): Store => ({
      ...store,
      atomically: (statements) => (full ? Promise.reject(new Error('disk full')) : store.atomically(statements)),
    });
    const { clock, sim, notes, stop } = house(t, { records: () => records(2), wrap });
    await clock.sleep(hour);
    assert.deepEqual([notes, sim.visits], [['verification rests for a minute: disk full'], []]);
    full = false;
    await clock.sleep(hour);
    assert.equal(sim.visits.length, 4);
    await stop();
  });

  test('tells of every run, and makes none while nothing is due', async (t) => {
    let told = 0;
    const { clock, store, stop } = house(t, { records: () => records(3), onRun: () => void told++ });
    await clock.sleep(12 * hour);
    assert.equal(told, 1);
    assert.equal((await readRuns(store.db, 10)).length, 1);
    await stop();
  });

  test('stops at once, whatever its servers do', async (t) => {
    const { clock, store, stop } = house(t, { records: () => records(3), takes: () => 1000 * day });
    await clock.sleep(hour);
    await stop();
    assert.deepEqual(
      (await readRuns(store.db, 10)).map(({ done, verdict }) => [done, verdict]),
      [[0, 'sound']],
    );
  });
});

interface House {
  records: () => readonly Provider[];
  wrong?: (endpoint: Endpoint) => FindingCode | undefined;
  takes?: () => number;
  wrap?: (store: Store) => Store;
  onRun?: () => void;
}

function house(t: TestContext, { records: served, wrap = (store) => store, onRun, ...more }: House) {
  const store = openSqlite(':memory:');
  const clock = new JumpingClock();
  const sim = simulation({ clock, ...more });
  const notes: string[] = [];
  let dice = 0;
  const schedule = startSchedule({
    store: wrap(store),
    clock,
    probe: sim.probe,
    judge: sim.judge,
    random: () => (dice = (dice + 0.37) % 1),
    curated: () => asOne(served()),
    note: (message) => notes.push(message),
    ...(onRun && { onRun }),
  });
  t.after(async () => {
    await schedule.stop();
    store.close();
  });
  return { store, clock, sim, notes, stop: () => schedule.stop() };
}

/** The same object for the same records: another one means that they have changed. */
const known = new WeakMap<readonly Provider[], Curated>();
function asOne(providers: readonly Provider[]): Curated {
  const one = known.get(providers) ?? curated({ providers });
  known.set(providers, one);
  return one;
}

/** Records p0.example, p1.example …: the same array each time it is asked for. */
function records(count: number): readonly Provider[] {
  return (made[count] ??= Array.from({ length: count }, (_, i) => record({ id: `p${i}.example` })));
}
const made: Record<number, readonly Provider[]> = {};
