/** Runs over pretended mail servers: politeness, the canary, and what is left when a run is cut off. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { EndpointKey, StatusName } from '../../src/provider/model.ts';
import type { Store } from '../../src/store/db.ts';
import { readChecks } from '../../src/store/seen/checks.ts';
import { readRuns } from '../../src/store/seen/runs.ts';
import { listEndpoints, readStatuses } from '../../src/store/seen/statuses.ts';
import { showUp } from '../../src/store/seen/vantages.ts';
import { readDue, takeThese } from '../../src/store/seen/watches.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import { type Endpoint, parseEndpoint } from '../../src/verify/endpoint.ts';
import type { Evidence } from '../../src/verify/evidence.ts';
import { Pace } from '../../src/verify/pace.ts';
import { type RunOptions, verify } from '../../src/verify/run.ts';
import { settle } from '../../src/verify/settle.ts';
import type { FindingCode } from '../../src/verify/verdict.ts';
import { JumpingClock, type SimulationOptions, simulation, start } from './simulated.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
const all = { most: Number.POSITIVE_INFINITY };
const temporary = mkdtempSync(join(tmpdir(), 'mailatlas-run-'));
after(() => rmSync(temporary, { recursive: true }));

describe('a run over 500 endpoints of which 5 % are faulty', () => {
  const keys = Array.from({ length: 500 }, (_, i) => keyOf(`imap.p${i % 250}.example`, i < 250 ? 993 : 143));
  const faulty = (endpoint: Endpoint) => Number(/\d+/.exec(endpoint.host)?.[0]) % 20 === 0;
  const wrong = (endpoint: Endpoint): FindingCode | undefined => (faulty(endpoint) ? 'tls.expired' : undefined);

  test('checks each once, and tells the faulty from the others', async () => {
    const { store, sim, run } = await house(keys, { wrong });
    const results: string[] = [];
    const report = await run({ onResult: ({ verdict }) => results.push(verdict.outcome) });
    assert.deepEqual([report.verdict, report.done, report.planned], ['sound', 500, 500]);
    assert.equal(new Set(sim.visits.map(({ key }) => key)).size, 500);
    assert.equal(results.filter((outcome) => outcome === 'fails').length, 26);
    assert.deepEqual(await count(store), { verified: 474, unverified: 26 }, 'one failure is no status');
    store.close();
  });

  test('comes back to the faulty ones until they are failing, and leaves the others alone', async () => {
    const { store, clock, sim, run } = await house(keys, { wrong });
    while (clock.now() < start + 6 * 60 * minute) {
      await run();
      clock.pass(minute);
    }
    assert.deepEqual(await count(store), { verified: 474, failing: 26 });
    const visits = Map.groupBy(sim.visits, ({ key }) => key);
    for (const [key, seen] of visits) assert.equal(seen.length > 1, faulty(parseEndpoint(key)), key);
    store.close();
  });

  test('is polite: never two connections to one owner, and half a minute between two to one host', async () => {
    const { store, sim, run } = await house(keys, { wrong, takes: ({ host }) => 50 + host.length * 20 });
    await run({ concurrency: 16 });
    assert.equal(sim.most(), 16);
    for (const [host, visits] of Map.groupBy(sim.visits, (visit) => visit.host)) {
      assert.equal(visits.length, 2);
      assert.ok(visits[1]!.from - visits[0]!.to >= 30_000, host);
    }
    store.close();
  });
});

describe('politeness', () => {
  test('is owed to an owner as a whole: hosts of one domain are called one after another, without a pause', async () => {
    const keys = ['imap', 'smtp', 'pop'].map((name) => keyOf(`${name}.one.example`));
    const { store, sim, run } = await house(keys);
    await run();
    const [first, second, third] = sim.visits;
    assert.ok(first!.to <= second!.from && second!.to <= third!.from);
    assert.ok(third!.to - first!.from < 30_000);
    store.close();
  });

  test('is owed to an address, once it is known that two names lead to it', async () => {
    const keys = [keyOf('imap.one.example'), keyOf('imap.two.example')];
    const { store, clock, sim, run } = await house(keys, { addressOf: () => '192.0.2.1' });
    await run();
    clock.pass(minute);
    await run({ which: keys });
    const [first, second] = sim.visits.slice(2);
    assert.ok(second!.from - first!.to >= 30_000);
    store.close();
  });

  test('lasts from one run to the next', async () => {
    const keys = [keyOf('imap.one.example')];
    const { store, sim, run } = await house(keys);
    await run();
    await run({ which: keys });
    assert.ok(sim.visits[1]!.from - sim.visits[0]!.to >= 30_000);
    store.close();
  });
});

describe('the canary', () => {
  const keys = Array.from({ length: 20 }, (_, i) => keyOf(`imap.p${i}.example`));
  const failing =
    (most: number, code: FindingCode) =>
    ({ host }: Endpoint): FindingCode | undefined =>
      Number(/\d+/.exec(host)?.[0]) < most ? code : undefined;

  for (const [failed, code, verdict] of [
    [6, 'tcp.timeout', 'sound'],
    [7, 'tcp.timeout', 'inconclusive'],
    [20, 'dns.servfail', 'inconclusive'],
    [20, 'tls.expired', 'sound'],
  ] as const) {
    test(`${failed} of 20 owners fail with ${code}: the run is ${verdict}`, async () => {
      const { store, run } = await house(keys, { wrong: failing(failed, code) });
      const report = await run();
      assert.equal(report.verdict, verdict);
      assert.equal((await readRuns(store.db, 1))[0]?.verdict, verdict);
      store.close();
    });
  }

  test('a run in which most cannot be reached is recorded, moves nothing, and is done again later', async () => {
    let network = true;
    const { store, clock, run } = await house(keys, { wrong: () => (network ? undefined : 'tcp.timeout') });
    await run();
    clock.pass(1.3 * day);
    network = false;
    for (let i = 0; i < 5; i++) {
      const report = await run({ which: keys });
      assert.equal(report.verdict, 'inconclusive');
      clock.pass(2 * 60 * minute);
    }
    assert.deepEqual(await count(store, clock.now()), { verified: 20 });
    assert.equal((await readChecks(store.db, keys, 1000)).length, 20 * 6);
    assert.equal((await readDue(store.db, 'local', new Date(clock.now()).toISOString())).due, 0);
    assert.match((await readRuns(store.db, 1))[0]?.reason ?? '', /^20 of 20 owners .* own network\.$/);
    clock.pass(1.3 * day);
    network = true;
    assert.equal((await run()).done, 20);
    assert.deepEqual(await count(store, clock.now()), { verified: 20 });
    store.close();
  });

  test('who was failing before says nothing of the network: suspects can be looked at alone', async () => {
    const { store, clock, run } = await house(keys, { wrong: failing(2, 'tcp.refused') });
    await run();
    for (let hour = 0; hour < 15; hour++) {
      await run();
      clock.pass(60 * minute);
    }
    assert.deepEqual(await count(store, clock.now()), { verified: 18, failing: 2 });
    store.close();
  });

  test('in a small run, verified servers of others are witnesses: when they cannot be reached either, it is us', async () => {
    let network = true;
    const { store, clock, sim, run } = await house(keys, { wrong: () => (network ? undefined : 'tcp.timeout') });
    await run();
    network = false;
    clock.pass(minute);
    const before = sim.visits.length;
    const report = await run({ which: keys.slice(0, 1) });
    assert.deepEqual([report.verdict, report.done], ['inconclusive', 4]);
    assert.equal(sim.visits.length - before, 4);
    store.close();
  });

  test('a suspect does not fail because the network does: its re-checks have witnesses, too', async () => {
    let network = true;
    const suspect = ({ host }: Endpoint) => host === 'imap.p0.example';
    const wrong = (endpoint: Endpoint) =>
      !network || (suspect(endpoint) && clock.now() === start) ? 'tcp.reset' : undefined;
    const { store, clock, run } = await house(keys, { wrong, takes: () => 0 });
    await run();
    network = false;
    for (let hour = 0; hour < 12; hour++) {
      clock.pass(60 * minute);
      const { run: n, verdict } = await run();
      if (n !== undefined) assert.equal(verdict, 'inconclusive');
    }
    assert.deepEqual(await count(store, clock.now()), { verified: 19, unverified: 1 });
    store.close();
  });

  test('in a small run whose witnesses answer, it is them', async () => {
    const { store, clock, sim, run } = await house(keys);
    await run();
    clock.pass(minute);
    const report = await run({ which: keys.slice(0, 1), ...simulation({ clock, wrong: failing(1, 'tcp.refused') }) });
    assert.deepEqual([report.verdict, report.done], ['sound', 4]);
    assert.equal(sim.visits.length, 20);
    store.close();
  });

  test('nobody is asked where nothing is in doubt', async () => {
    const { store, sim, run } = await house(keys.slice(0, 3), { wrong: failing(1, 'tls.expired') });
    await run({ controls: [parseEndpoint('imap://control.example:993')] });
    assert.equal(sim.visits.length, 3);
    store.close();
  });

  for (const [answer, verdict] of [
    [undefined, 'sound'],
    ['tcp.timeout', 'inconclusive'],
  ] as const) {
    test(`control hosts decide, where there are any: they ${answer ? 'fail, too' : 'answer'}`, async () => {
      const controls = ['one', 'two'].map((name) => parseEndpoint(`imap://control.${name}.test:993`));
      const wrong = (endpoint: Endpoint) =>
        endpoint.host.endsWith('.test') ? answer : failing(2, 'tcp.refused')(endpoint);
      const { store, run } = await house(keys, { wrong });
      const report = await run({ controls });
      assert.deepEqual([report.verdict, report.done], [verdict, 20]);
      store.close();
    });
  }
});

describe('IPv6', () => {
  const keys = Array.from({ length: 12 }, (_, i) => keyOf(`imap.p${i}.example`));
  const isSilent = (endpoint: Endpoint, silent: (i: number) => boolean) =>
    silent(Number(/\d+/.exec(endpoint.host)?.[0]));
  /** Hosts with both kinds of addresses, of which the IPv6 ones of some are never heard of; the last one has no other. */
  const lives = async (silent: (i: number) => boolean) => {
    const { store, clock, sim, run } = await house(keys);
    const probe = async (endpoint: Endpoint): Promise<Evidence> => {
      const seen = await sim.probe(endpoint);
      const [four] = seen.attempts;
      const fault = { phase: 'connect', kind: 'timeout' } as const;
      const lost = isSilent(endpoint, silent);
      const alone = endpoint.host === 'imap.p11.example';
      const text = lost && alone ? 'tcp.timeout' : 'ok';
      const transcript = [{ from: '--' as const, text }];
      const six = { address: '2001:db8::1', ms: lost ? {} : { connect: 1 }, ...(lost && { fault }), transcript };
      return { ...seen, attempts: alone ? [six] : [four!, six] };
    };
    const judge: RunOptions['judge'] = (evidence) => {
      const says = 'Not every address works.';
      const some = evidence.attempts.length > 1 && evidence.attempts.some(({ fault }) => fault);
      return { ...sim.judge(evidence), warnings: some ? [{ code: 'address.some-fail', says }] : [] };
    };
    for (let hours = 0; hours < 5 * 24; hours++) {
      await run({ probe, judge });
      clock.pass(60 * minute);
    }
    const told = await count(store, clock.now());
    store.close();
    return told;
  };

  test('that leads nowhere from here is our own: it degrades nobody, and condemns nobody', async () => {
    assert.deepEqual(await lives(() => true), { verified: 11, unverified: 1 });
  });

  test('that works for others is theirs: who is silent there is degraded, or fails', async () => {
    assert.deepEqual(await lives((i) => i === 3 || i === 11), { verified: 10, degraded: 1, failing: 1 });
  });
});

describe('a run that does not come to its end', () => {
  const keys = Array.from({ length: 40 }, (_, i) => keyOf(`imap.p${i}.example`));

  test('is stopped at once when it is told to: what was seen counts, what was under way is free again', async () => {
    const { store, clock, run } = await house(keys, { takes: ({ host }) => (host === 'imap.p5.example' ? day : 100) });
    const stop = new AbortController();
    const report = await run({
      concurrency: 4,
      signal: stop.signal,
      onResult: (_, { done }) => done === 10 && stop.abort(),
    });
    assert.deepEqual([report.done, report.verdict], [10, 'sound']);
    assert.deepEqual(await count(store), { verified: 10, unverified: 30 });
    assert.equal((await readDue(store.db, 'local', new Date(clock.now()).toISOString())).due, 30);
    store.close();
  });

  test('because the store fails, fails with it, and keeps what was written', async () => {
    const { store, run } = await house(keys);
    let writes = 0;
    const broken: Store = {
      ...store,
      atomically: (statements) =>
        ++writes > 20 ? Promise.reject(new Error('disk full')) : store.atomically(statements),
    };
    await assert.rejects(run({ store: broken }), { message: 'disk full' });
    assert.ok((await readChecks(store.db, keys, 100)).length >= 10);
    store.close();
  });

  test('because it was killed, is settled by the next one with what there is of it', async () => {
    const file = join(temporary, 'killed.db');
    const killed = openSqlite(file);
    await listEndpoints(killed, keys, new Date(start).toISOString());
    killed.close();
    const child = await startChild(file, 12);
    await said(child, 12);
    child.kill('SIGKILL');
    await once(child, 'exit');

    const store = openSqlite(file);
    const written = (await readChecks(store.db, keys, 1000)).length;
    assert.ok(written >= 12, 'what was told was written');
    assert.deepEqual(await count(store), { unverified: 40 }, 'nobody has judged the run yet');
    const clock = new JumpingClock();
    const sim = simulation({ clock });
    const options = { store, clock, random: () => 0.5, which: all, probe: sim.probe, judge: sim.judge };
    // The child's leases are of its own clock, which began at the same instant.
    clock.pass(2 * minute);
    assert.equal((await verify(options)).run, undefined, 'the leases of the dead still hold: waited for, not broken');
    clock.pass(2 * minute);
    const report = await verify(options);
    assert.equal(report.done, 40 - written, 'what the dead one has seen is not looked at again');
    assert.deepEqual(await count(store, clock.now()), { verified: 40 });
    const [second, first] = await readRuns(store.db, 5);
    assert.deepEqual([first?.verdict, first?.done, second?.done], ['sound', written, 40 - written]);
    store.close();
  });

  test('may be settled twice without harm', async () => {
    const { store, clock, run } = await house(keys.slice(0, 12));
    const report = await run();
    const before = await readStatuses(store.db, new Date(clock.now()).toISOString());
    const [done] = await readRuns(store.db, 1);
    assert.ok(done && done.n === report.run);
    await settle(store, done, { verdict: 'sound', reason: null }, { clock, random: () => 0.9 });
    assert.deepEqual(await readStatuses(store.db, new Date(clock.now()).toISOString()), before);
    store.close();
  });
});

describe('several verifiers of one vantage', () => {
  const keys = Array.from({ length: 60 }, (_, i) => keyOf(`imap.p${i}.example`));

  test('share the work: each endpoint is looked at once', async () => {
    const { store, clock, sim } = await house(keys);
    const base = { store, clock, random: () => 0.5, which: all, probe: sim.probe, judge: sim.judge, concurrency: 8 };
    const reports = await Promise.all([verify(base), verify(base)]);
    assert.equal(sim.visits.length, 60);
    assert.equal(reports[0].done + reports[1].done, 60);
    assert.deepEqual(await count(store), { verified: 60 });
    store.close();
  });

  test('who asks for what another one is looking at is told so', async () => {
    const { store, run } = await house(keys);
    const [now, until] = [start, start + minute].map((at) => new Date(at).toISOString()) as [string, string];
    await showUp(store, 'local', now);
    await takeThese(store, { by: 'another', vantage: 'local', now, until }, keys.slice(0, 10));
    const report = await run({ which: keys });
    assert.deepEqual([report.done, report.elsewhere], [50, 10]);
    store.close();
  });

  test('a lease is renewed while its run lives, however slow its servers are', async () => {
    const slow = keys.slice(0, 3);
    const { store, clock, sim } = await house(slow, { takes: () => 10 * minute });
    const base = { store, clock, random: () => 0.5, which: all, probe: sim.probe, judge: sim.judge, concurrency: 1 };
    const first = verify(base);
    for (let i = 0; i < 5; i++) {
      await clock.sleep(5 * minute);
      assert.equal((await verify(base)).run, undefined);
    }
    assert.equal((await first).done, 3);
    assert.equal(sim.visits.length, 3);
    store.close();
  });
});

test('where nothing is due, no run is made', async () => {
  const { store, run } = await house([]);
  const report = await run();
  assert.deepEqual([report.run, report.done, await readRuns(store.db, 1)], [undefined, 0, []]);
  store.close();
});

test('a scheduler takes a run’s worth at a time', async () => {
  const keys = Array.from({ length: 30 }, (_, i) => keyOf(`imap.p${i}.example`));
  const { store, run } = await house(keys);
  assert.equal((await run({ which: { most: 20 } })).done, 20);
  assert.equal((await run({ which: { most: 20 } })).done, 10);
  store.close();
});

/** A store in memory that lists these endpoints, pretended servers, and a way to run over what is due. */
async function house(keys: readonly EndpointKey[], options: Omit<SimulationOptions, 'clock'> = {}) {
  const store = openSqlite(':memory:');
  const clock = new JumpingClock();
  await listEndpoints(store, keys, new Date(start).toISOString());
  const sim = simulation({ clock, ...options });
  const pace = new Pace();
  const base: RunOptions = { store, clock, pace, random: () => 0.5, which: all, probe: sim.probe, judge: sim.judge };
  return { store, clock, sim, run: (more: Partial<RunOptions> = {}) => verify({ ...base, ...more }) };
}

function keyOf(host: string, port = 993): EndpointKey {
  return `imap://${host}:${port}?security=${port === 993 ? 'tls' : 'starttls'}` as EndpointKey;
}

/** How many endpoints have each status. */
async function count(store: Store, now = start): Promise<Partial<Record<StatusName, number>>> {
  const counts: Partial<Record<StatusName, number>> = {};
  for (const { status } of (await readStatuses(store.db, new Date(now).toISOString())).values()) {
    counts[status] = (counts[status] ?? 0) + 1;
  }
  return counts;
}

/** Another process that runs over what is due in `file` and prints a dot for each result; after some it gets none. */
async function startChild(file: string, quick: number): Promise<ChildProcess> {
  const program = `
    import { openSqlite } from ${JSON.stringify(new URL('../../src/store/sqlite.ts', import.meta.url))};
    import { verify } from ${JSON.stringify(new URL('../../src/verify/run.ts', import.meta.url))};
    import { simulation, start } from ${JSON.stringify(new URL('simulated.ts', import.meta.url))};
    const [file, quick] = process.argv.slice(1);
    const begun = Date.now();
    const now = () => start + Date.now() - begun;
    const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
    const clock = { now, sleep };
    const { probe: good, judge } = simulation({ clock });
    let visits = 0;
    const probe = (endpoint) => (visits++ < Number(quick) ? good(endpoint) : new Promise(() => undefined));
    const store = openSqlite(file);
    await verify({ store, clock, probe, judge, which: { most: 1000 }, concurrency: 4, onResult: () => process.stdout.write('.') });`;
  return spawn(process.execPath, ['--input-type=module', '-e', program, file, String(quick)], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** Waits until a child has printed so many dots; not for ever. */
async function said(child: ChildProcess, dots: number): Promise<void> {
  let seen = 0;
  const end = AbortSignal.timeout(60_000);
  while (seen < dots) {
    const [chunk] = (await once(child.stdout!, 'data', { signal: end })) as [Buffer];
    seen += chunk.length;
  }
}
