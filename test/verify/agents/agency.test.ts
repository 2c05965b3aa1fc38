/**
 * Agents of several vantages over one store, on a clock that jumps. Nothing but JSON passes between an agent and the agency,
 * and the agency is made anew for each question, as if the server had been restarted.
 */
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import type { EndpointKey, StatusName } from '../../../src/provider/model.ts';
import { readChecks } from '../../../src/store/seen/checks.ts';
import { readRuns } from '../../../src/store/seen/runs.ts';
import { listEndpoints, readStatuses } from '../../../src/store/seen/statuses.ts';
import { readVantages } from '../../../src/store/seen/vantages.ts';
import { readDue } from '../../../src/store/seen/watches.ts';
import { openSqlite } from '../../../src/store/sqlite.ts';
import { type Agency, type AgentRun, agency, TooManyRuns } from '../../../src/verify/agents/agency.ts';
import { type Asked, type Dispatch, RunOver, type Wish } from '../../../src/verify/dispatch.ts';
import { type Endpoint, parseEndpoint } from '../../../src/verify/endpoint.ts';
import type { Evidence } from '../../../src/verify/evidence.ts';
import { Pace } from '../../../src/verify/pace.ts';
import { type ProbingOptions, Run } from '../../../src/verify/run.ts';
import type { FindingCode } from '../../../src/verify/verdict.ts';
import { JumpingClock, pretendingJudge, simulation, type Visit } from '../simulated.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const keys = Array.from({ length: 20 }, (_, i) => keyOf(`imap.p${i}.example`));
const [first] = keys as [EndpointKey];

describe('agents of two vantages', () => {
  test('never call one owner at the same time, and let it rest before another one calls', async (t) => {
    const { agent, clock } = await house(t);
    const agents = [agent('berlin'), agent('vienna'), agent('berlin')];
    for (let i = 0; i < 5; i++) {
      await Promise.all(agents.map((one) => one.run({ concurrency: 3 })));
      clock.pass(20_000);
    }
    const visits = agents.flatMap((one) => one.visits).toSorted((one, other) => one.from - other.from);
    assert.equal(visits.length, 40);
    for (const [host, [one, other]] of Map.groupBy(visits, (visit) => visit.host))
      assert.ok(one && other && other.from - one.to >= 30_000, host);
  });

  test('look at everything, each for itself', async (t) => {
    const { agent, store, live } = await house(t);
    const [berlin, vienna] = [agent('berlin'), agent('vienna')];
    await live([berlin, vienna], 5 * minute);
    assert.deepEqual([berlin.visits.length, vienna.visits.length], [20, 20]);
    const seen = await readChecks(store.db, keys, 100);
    assert.deepEqual(
      Map.groupBy(seen, ({ vantage }) => vantage).get('vienna')?.length,
      20,
      'the token says who looked, whatever the evidence says',
    );
  });

  test('must agree before anything fails', async (t) => {
    const { agent, status, live } = await house(t);
    const down = new Set<string>();
    const broken = (place: string) => (endpoint: Endpoint) =>
      down.has(place) && endpoint.host === 'imap.p0.example' ? 'tcp.refused' : undefined;
    const places = ['berlin', 'vienna'].map((place) => agent(place, { wrong: broken(place) }));
    await live(places, 2 * hour);
    down.add('berlin');
    await live(places, 3 * day);
    assert.equal(await status(first), 'verified', 'it works from Vienna');
    down.add('vienna');
    await live(places, 2 * day);
    assert.equal(await status(first), 'failing');
    down.delete('vienna');
    await live(places, 2 * day);
    assert.equal(await status(first), 'verified', 'what works from one place works');
  });

  test('call each other: what fails at one is looked at by the other within minutes', async (t) => {
    const { agent, live } = await house(t);
    let isDown = false;
    const wrong = ({ host }: Endpoint) => (isDown && host === 'imap.p0.example' ? 'tcp.refused' : undefined);
    const [berlin, vienna] = [agent('berlin', { wrong }), agent('vienna', { wrong })];
    await live([berlin, vienna], 2 * hour);
    isDown = true;
    for (const one of [berlin, vienna]) one.visits.length = 0;
    while (![berlin, vienna].some(({ visits }) => visits.some(({ key }) => key === first))) {
      await live([berlin, vienna], minute);
    }
    await live([berlin, vienna], 2 * minute);
    for (const { visits } of [berlin, vienna]) assert.ok(visits.some(({ key }) => key === first));
  });

  test('of which one has gone are one', async (t) => {
    const { agent, status, live } = await house(t);
    let isDown = false;
    const wrong = ({ host }: Endpoint) => (isDown && host === 'imap.p0.example' ? 'tcp.refused' : undefined);
    const [berlin, vienna] = [agent('berlin', { wrong }), agent('vienna', { wrong })];
    await live([berlin, vienna], 2 * hour);
    isDown = true;
    await live([berlin], 4 * day);
    assert.equal(await status(first), 'failing', 'Vienna has not been heard of since');
  });

  test('of which one has no network condemn nobody', async (t) => {
    const { agent, status, live, store } = await house(t);
    let network = true;
    const berlin = agent('berlin', { wrong: () => (network ? undefined : 'tcp.timeout') });
    const vienna = agent('vienna');
    await live([berlin, vienna], 2 * hour);
    network = false;
    await live([berlin, vienna], 4 * day);
    for (const key of keys) assert.equal(await status(key), 'verified');
    const verdicts = new Set((await readRuns(store.db, 1000)).map(({ vantage, verdict }) => `${vantage} ${verdict}`));
    assert.deepEqual([...verdicts].sort(), ['berlin inconclusive', 'berlin sound', 'vienna sound']);
  });
});

describe('an agent without a network', () => {
  test('that is the only one condemns nobody either', async (t) => {
    const { agent, status, live } = await house(t);
    let network = true;
    const berlin = agent('berlin', { wrong: () => (network ? undefined : 'dns.timeout') });
    await live([berlin], 2 * hour);
    network = false;
    await live([berlin], 2.5 * day);
    for (const key of keys) assert.equal(await status(key), 'verified');
  });

  test('is found out in a small run by witnesses, which are called once', async (t) => {
    const { agent, store, live, clock } = await house(t);
    let network = true;
    const berlin = agent('berlin', { wrong: () => (network ? undefined : 'tcp.timeout') });
    await live([berlin], 2 * hour);
    // A new endpoint is due by itself.
    await listEndpoints(store, [...keys, keyOf('imap.new.example')], isoOf(clock.now()));
    network = false;
    berlin.visits.length = 0;
    const report = await berlin.run();
    assert.deepEqual([report.verdict, report.done, berlin.visits.length], ['inconclusive', 4, 4]);
    assert.match(report.reason ?? '', /^Servers of others/);
  });

  test('is found out by control hosts of its own, where it has any', async (t) => {
    const { agent } = await house(t);
    const control = parseEndpoint('imap://control.test:993');
    const berlin = agent('berlin', { wrong: ({ host }) => (host < 'imap.p11' ? 'tcp.timeout' : undefined) });
    const lone = agent('vienna', { wrong: ({ host }) => (host === 'imap.p0.example' ? 'tcp.timeout' : undefined) });
    assert.equal((await berlin.run({ controls: [control] })).verdict, 'inconclusive');
    assert.equal((await lone.run({ controls: [control] })).verdict, 'sound');
  });
});

describe('an agent that vanishes in the middle of its work', () => {
  test('is missed when its leases run out; another of its vantage goes on, and what it has seen counts', async (t) => {
    const { agent, store, clock, status } = await house(t);
    const gone = agent('berlin');
    const dead = gone.dispatch();
    const { endpoints } = await dead.take({ hold: 12, done: 0 });
    for (const key of endpoints.slice(0, 5)) await dead.report(await gone.probe(parseEndpoint(key)));
    const heir = agent('berlin');
    assert.equal((await heir.run()).done, 8, 'what the dead one has is not touched');
    clock.pass(4 * minute);
    assert.equal((await heir.run()).done, 7);
    for (const key of keys) assert.equal(await status(key), 'verified');
    const runs = await readRuns(store.db, 10);
    assert.deepEqual(runs.map(({ done, verdict }) => `${done} ${verdict}`).sort(), ['5 sound', '7 sound', '8 sound']);
  });

  test('and comes back is told that its run is over, and begins another one', async (t) => {
    const { agent, clock } = await house(t);
    const slow = agent('berlin');
    const late = slow.dispatch();
    const { endpoints } = await late.take({ hold: 12, done: 0 });
    const evidence = await slow.probe(parseEndpoint(endpoints[0]!));
    clock.pass(4 * minute);
    await agent('vienna').run();
    await assert.rejects(late.report(evidence), RunOver);
    await assert.rejects(late.take({ hold: 12, done: 0 }), RunOver);
    const ending = await late.end({});
    assert.deepEqual(ending, { verdict: 'sound', reason: null, changes: [] });
    clock.pass(minute);
    assert.equal((await slow.run()).done, 20);
  });
});

describe('a report', () => {
  test('that comes twice is one', async (t) => {
    const { agent, store } = await house(t);
    const berlin = agent('berlin');
    const run = berlin.dispatch();
    const { endpoints } = await run.take({ hold: 3, done: 0 });
    const evidence = await berlin.probe(parseEndpoint(endpoints[0]!));
    assert.deepEqual([await run.report(evidence), await run.report(evidence)], [true, true]);
    assert.equal((await readChecks(store.db, keys, 10)).length, 1);
  });

  test('of what was not given out, or was given to somebody else, is not wanted', async (t) => {
    const { agent, store } = await house(t);
    const [berlin, other] = [agent('berlin'), agent('berlin')];
    const [mine, theirs] = [berlin.dispatch(), other.dispatch()];
    await mine.take({ hold: 1, done: 0 });
    const { endpoints } = await theirs.take({ hold: 1, done: 0 });
    const forged = await berlin.probe(parseEndpoint(endpoints[0]!));
    assert.equal(await mine.report(forged), false);
    const strange = await berlin.probe(parseEndpoint('imap://imap.unheard-of.example:993'));
    assert.equal(await mine.report(strange), false);
    assert.equal((await readChecks(store.db, [...keys, strange.endpoint], 10)).length, 0);
  });

  test('with a clock that is wrong is of the time in which its run was', async (t) => {
    const { agent, store, clock } = await house(t);
    const berlin = agent('berlin');
    const run = berlin.dispatch();
    const began = clock.now();
    const { endpoints } = await run.take({ hold: 2, done: 0 });
    for (const [i, at] of ['2031-01-01T00:00:00.000Z', '2001-01-01T00:00:00.000Z'].entries())
      await run.report({ ...(await berlin.probe(parseEndpoint(endpoints[i]!))), at });
    for (const { at } of await readChecks(store.db, keys, 10))
      assert.ok(Date.parse(at) >= began && Date.parse(at) <= clock.now(), at);
  });
});

describe('leases', () => {
  test('are told whole: an answer that was lost costs nothing', async (t) => {
    const { agent } = await house(t);
    const run = agent('berlin').dispatch();
    const { endpoints: lost } = await run.take({ hold: 8, done: 0 });
    const { endpoints } = await run.take({ hold: 8, done: 0 });
    assert.deepEqual([...endpoints].sort(), [...lost].sort());
  });

  test('last as long as somebody asks', async (t) => {
    const { agent, clock } = await house(t);
    const run = agent('berlin').dispatch();
    await run.take({ hold: 20, done: 0 });
    for (let i = 0; i < 5; i++) {
      clock.pass(2 * minute);
      assert.equal((await run.take({ hold: 20, done: 0 })).endpoints.length, 20);
      assert.equal((await agent('berlin').run()).run, undefined);
    }
  });

  test('are not given out where nothing is due, and no run is made', async (t) => {
    const { agent, store } = await house(t);
    const berlin = agent('berlin');
    await berlin.run();
    assert.equal((await berlin.run()).run, undefined);
    assert.equal((await readRuns(store.db, 10)).length, 1);
    assert.equal((await readDue(store.db, 'berlin', isoOf(0))).due, 0);
  });

  test('are for so many runs of a vantage at a time', async (t) => {
    const { agent } = await house(t);
    for (let i = 0; i < 20; i++) await agent('berlin').dispatch().take({ hold: 1, done: 0 });
    await agent('vienna').dispatch().take({ hold: 1, done: 0 });
    await assert.rejects(agent('berlin').dispatch().take({ hold: 1, done: 0 }), TooManyRuns);
  });
});

test('a run that is judged tells who follows it, once', async (t) => {
  const { agent, told } = await house(t);
  const berlin = agent('berlin');
  const run = berlin.dispatch();
  const { endpoints } = await run.take({ hold: 20, done: 0 });
  for (const key of endpoints) await run.report(await berlin.probe(parseEndpoint(key)));
  const ending = await run.end({});
  assert.ok('verdict' in ending && ending.changes.length === 20);
  const again = await run.end({});
  assert.deepEqual(again, { verdict: 'sound', reason: null, changes: [] });
  assert.deepEqual(told, [20]);
});

interface Agent {
  readonly vantage: string;
  readonly visits: Visit[];
  probe(endpoint: Endpoint): Promise<Evidence>;
  dispatch(): Dispatch;
  run(more?: Partial<ProbingOptions>): ReturnType<Run['finish']>;
}

async function house(t: TestContext) {
  const store = openSqlite(':memory:');
  t.after(() => store.close());
  const clock = new JumpingClock();
  await listEndpoints(store, keys, isoOf(clock.now()));
  const told: number[] = [];
  const office = (): Agency =>
    agency({
      store,
      judge: pretendingJudge,
      clock,
      random: () => 0.5,
      list: () => Promise.resolve(),
      onRun: ({ changes }) => void told.push(changes.length),
    });
  let runs = 0;
  const agent = (
    vantage: string,
    { wrong }: { wrong?: (endpoint: Endpoint) => FindingCode | undefined } = {},
  ): Agent => {
    // What it says of itself is not believed.
    const { visits, probe, judge } = simulation({ clock, vantage: 'somewhere', ...(wrong && { wrong }) });
    const pace = new Pace();
    const dispatch = (): Dispatch => {
      const run: AgentRun = { vantage, id: `run ${++runs}` };
      return {
        take: async (wish: Wish) => overWire(await office().take(run, overWire(wish))),
        report: async (evidence) => (await office().report(run, [overWire(evidence)], [])).has(evidence.endpoint),
        end: async (asked: Asked) => overWire(await office().end(run, overWire(asked))),
      };
    };
    return {
      vantage,
      visits,
      probe,
      dispatch,
      run: (more = {}) => new Run(dispatch(), { probe, judge, clock, pace, ...more }).finish(),
    };
  };
  const isDue = async ({ vantage }: Agent) => {
    const known = (await readVantages(store.db)).has(vantage);
    return !known || (await readDue(store.db, vantage, isoOf(clock.now()))).due > 0;
  };
  /** They ask each minute, as agents do; minutes in which there is nothing to do are left out. */
  const live = async (agents: readonly Agent[], time: number) => {
    const end = clock.now() + time;
    while (clock.now() < end) {
      for (const one of agents) if (await isDue(one)) await one.run();
      const nexts = await Promise.all(agents.map((one) => readDue(store.db, one.vantage, isoOf(0))));
      const next = Math.min(end, ...nexts.map((due) => Date.parse(due.next ?? '9999-01-01')));
      clock.pass(Math.max(minute, next - clock.now()));
    }
  };
  const status = async (key: EndpointKey): Promise<StatusName | undefined> =>
    (await readStatuses(store.db, isoOf(clock.now()))).get(key)?.status;
  return { store, clock, agent, live, status, told };
}

function overWire<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

function isoOf(now: number): string {
  return new Date(now).toISOString();
}

function keyOf(host: string): EndpointKey {
  return `imap://${host}:993?security=tls` as EndpointKey;
}
