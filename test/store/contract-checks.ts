/** What every store promises of checks, statuses, leases, runs and quarantine. Called by contract.ts for each driver. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sql } from 'drizzle-orm';
import type { Domain } from '../../src/name/domain.ts';
import type { EndpointKey } from '../../src/provider/model.ts';
import { keptChanges, keptRows, type NewCheck, putCheck, readChecks, readRunChecks } from '../../src/store/checks.ts';
import type { Store } from '../../src/store/db.ts';
import { knowledgeVersion } from '../../src/store/generation.ts';
import { type Heard, putHeard } from '../../src/store/heard.ts';
import { readKnowledge } from '../../src/store/knowledge.ts';
import {
  liftQuarantine,
  putNameServers,
  putQuarantine,
  readNameServers,
  readQuarantine,
  readQuarantineHistory,
} from '../../src/store/quarantine.ts';
import { endRun, keepAlive, readAbandoned, readRuns, startRun } from '../../src/store/runs.ts';
import {
  dueEndpoints,
  holdBack,
  listEndpoints,
  type Move,
  moveStatuses,
  readDue,
  readStates,
  readStatuses,
  readVerified,
  releaseLeases,
  renewLeases,
  takeDue,
  takeThese,
} from '../../src/store/statuses.ts';

const [a, b, c] = ['a', 'b', 'c'].map(keyOf) as [EndpointKey, EndpointKey, EndpointKey];

export function checksContract(name: string, open: () => Store | Promise<Store>): void {
  const promise = (sentence: string, body: (store: Store) => Promise<void>): void => {
    test(sentence, async () => {
      const store = await open();
      try {
        await body(store);
      } finally {
        store.close();
      }
    });
  };

  describe(`checks in a store on ${name}`, () => {
    promise('read back as they were written, newest first', async (store) => {
      const [first, second] = [
        seen(a, { run: 7 }),
        seen(b, { code: 'cert', warnings: ['cert.expires', 'quit.impolite'] }),
      ];
      await put(store, first, second);
      assert.deepEqual(await readChecks(store.db, [a, b], 10), [
        { ...second, n: 2, changed: true },
        { ...first, n: 1, changed: true },
      ]);
      assert.deepEqual(await readChecks(store.db, [c], 10), []);
    });

    promise('keep their evidence where something changed, and for the last one', async (store) => {
      const codes = ['ok', 'ok', 'ok', 'tls.expired', 'tls.expired', 'ok', 'ok', 'ok'];
      for (const [i, code] of codes.entries()) await put(store, seen(a, { code, evidence: { i } }), seen(b));
      const kept = (await readChecks(store.db, [a], 10)).toReversed();
      assert.deepEqual(
        kept.map(({ evidence, changed }) => [changed, (evidence as { i: number } | null)?.i]),
        [
          [true, 0],
          [false, undefined],
          [false, undefined],
          [true, 3],
          [false, undefined],
          [true, 5],
          [false, undefined],
          [false, 7],
        ],
      );
    });

    promise('are bounded for each endpoint: rows without a change, and changes', async (store) => {
      await put(store, seen(b), ...Array.from({ length: keptRows + 30 }, () => seen(a)));
      assert.equal((await readChecks(store.db, [a], 1000)).length, keptRows + 1, 'the first one was a change');
      const flapping = Array.from({ length: keptChanges + 30 }, (_, i) =>
        seen(c, { code: i % 2 ? 'ok' : 'tcp.reset' }),
      );
      await put(store, ...flapping);
      assert.equal((await readChecks(store.db, [c], 1000)).length, keptChanges);
      assert.equal((await readChecks(store.db, [b], 1000)).length, 1, 'nobody else’s goes');
    });

    promise('are read for any number of endpoints, up to a limit', async (store) => {
      const keys = Array.from({ length: 250 }, (_, i) => keyOf(`h${i}`));
      await put(store, ...keys.map((key) => seen(key)));
      assert.deepEqual(
        (await readChecks(store.db, keys, 3)).map(({ endpoint }) => endpoint),
        [keys[249], keys[248], keys[247]],
      );
    });

    promise('of a run are read page by page, oldest first', async (store) => {
      await put(store, seen(a, { run: 1 }), seen(b, { run: 2 }), seen(b, { run: 1 }), seen(c, { run: 1 }));
      const page = await readRunChecks(store.db, 1, 0, 2);
      assert.deepEqual(
        page.map(({ n, endpoint }) => [n, endpoint]),
        [
          [1, a],
          [3, b],
        ],
      );
      assert.deepEqual(
        (await readRunChecks(store.db, 1, 3, 2)).map(({ n }) => n),
        [4],
      );
    });
  });

  describe(`statuses in a store on ${name}`, () => {
    promise('of new endpoints are unverified, and due at once', async (store) => {
      await listEndpoints(store, [a, b], time(0));
      assert.deepEqual(
        await readStatuses(store.db, time(0)),
        new Map([a, b].map((key) => [key, { status: 'unverified', since: time(0), reason: 'new' }])),
      );
      assert.deepEqual(await readDue(store.db, time(0)), { due: 2, next: time(0) });
    });

    promise('are told until they are stale', async (store) => {
      await listEndpoints(store, [a], time(0));
      await store.atomically(moveStatuses(store.db, [move(a, 1, { staleAt: time(100) })]));
      const checkedAt = time(1);
      assert.deepEqual((await readStatuses(store.db, time(99))).get(a), {
        status: 'verified',
        since: time(0),
        reason: 'ok',
        checkedAt,
      });
      assert.deepEqual((await readStatuses(store.db, time(100))).get(a), {
        status: 'unverified',
        since: time(100),
        reason: 'stale',
        checkedAt,
      });
    });

    promise('are moved once by each check: a report that comes twice, or late, is harmless', async (store) => {
      await listEndpoints(store, [a], time(0));
      await store.atomically(moveStatuses(store.db, [move(a, 5, { state: { seen: 5 } })]));
      await store.atomically(
        moveStatuses(store.db, [move(a, 5, { status: 'dead' }), move(a, 4, { status: 'failing' })]),
      );
      assert.deepEqual((await readStates(store.db, [a, b])).get(a), { endpoint: a, state: { seen: 5 }, applied: 5 });
      assert.equal((await readStatuses(store.db, time(1))).get(a)?.status, 'verified');
    });

    promise('have a version that moves with them', async (store) => {
      await listEndpoints(store, [a], time(0));
      const before = await knowledgeVersion(store.db);
      await store.atomically(moveStatuses(store.db, []));
      assert.equal(await knowledgeVersion(store.db), before);
      for (const n of [1, 2]) await store.atomically(moveStatuses(store.db, [move(a, n)]));
      assert.equal(await knowledgeVersion(store.db), '2');
    });

    promise('of endpoints that no record names stay, and are due no more until one does', async (store) => {
      await listEndpoints(store, [a, b], time(0));
      await store.atomically(moveStatuses(store.db, [move(a, 1)]));
      await listEndpoints(store, [b], time(1));
      assert.equal((await readStatuses(store.db, time(1))).get(a)?.status, 'verified');
      await store.atomically(moveStatuses(store.db, [move(a, 2)]));
      assert.deepEqual(
        (await takeDue(store, lease('me', 5000), 10)).map(({ endpoint }) => endpoint),
        [b],
      );
      await listEndpoints(store, [a, b], time(6000));
      assert.deepEqual(
        (await takeDue(store, lease('me', 6000), 10)).map(({ endpoint }) => endpoint),
        [b, a],
      );
    });

    promise('that are verified are found, the longest unchecked first', async (store) => {
      await listEndpoints(store, [a, b, c], time(0));
      await store.atomically(
        moveStatuses(store.db, [
          move(a, 2, { checkedAt: time(20) }),
          move(b, 1, { checkedAt: time(10) }),
          move(c, 3, { status: 'failing', checkedAt: time(1) }),
        ]),
      );
      assert.deepEqual(await readVerified(store.db, time(30), 5), [b, a]);
    });
  });

  describe(`leases in a store on ${name}`, () => {
    promise('go to one holder at a time, the longest due first', async (store) => {
      await listEndpoints(store, [c], time(0));
      await listEndpoints(store, [a, b, c], time(1));
      const mine = await takeDue(store, lease('me', 2), 2);
      const yours = await takeDue(store, lease('you', 2), 2);
      assert.deepEqual(keysOf(mine), [c, a]);
      assert.deepEqual(keysOf(yours), [b]);
      assert.deepEqual(await readDue(store.db, time(2)), { due: 0, next: time(0) });
    });

    promise('that have expired can be taken by another, and not before', async (store) => {
      await listEndpoints(store, [a], time(0));
      await takeDue(store, lease('me', 0), 5);
      assert.deepEqual(await takeDue(store, lease('you', 9), 5), []);
      assert.deepEqual(keysOf(await takeDue(store, lease('you', 10), 5)), [a]);
    });

    promise('can be made longer, and given back', async (store) => {
      await listEndpoints(store, [a], time(0));
      await takeDue(store, lease('me', 0), 5);
      await store.atomically([renewLeases(store.db, { by: 'me', until: time(30) })]);
      assert.deepEqual(await takeDue(store, lease('you', 10), 5), []);
      await store.atomically([releaseLeases(store.db, 'you'), releaseLeases(store.db, 'me')]);
      assert.deepEqual(keysOf(await takeDue(store, lease('you', 11), 5)), [a]);
    });

    promise('are taken on named endpoints too, any number, due or not, if they are free', async (store) => {
      const many = Array.from({ length: 250 }, (_, i) => keyOf(`h${i}`));
      await listEndpoints(store, many, time(1000));
      await takeThese(store, lease('you', 0), [many[0]!]);
      assert.equal((await takeThese(store, lease('me', 0), many)).length, 249);
    });

    promise('end with the check, and the endpoint waits for the run to be judged', async (store) => {
      await listEndpoints(store, [a, b], time(0));
      await takeDue(store, lease('me', 0), 5);
      await store.atomically([
        holdBack(store.db, a, { by: 'me', until: time(500) }),
        holdBack(store.db, b, { by: 'you', until: time(500) }),
      ]);
      assert.deepEqual(
        keysOf(await takeDue(store, lease('you', 20), 5)),
        [b],
        'who does not hold it cannot hold it back',
      );
      assert.deepEqual(keysOf(await takeDue(store, lease('me', 500), 5)), [b, a]);
    });

    promise('tell what the machine remembers', async (store) => {
      await listEndpoints(store, [a, b], time(0));
      await store.atomically(moveStatuses(store.db, [move(a, 9, { dueAt: time(1), state: { wait: 5 } })]));
      assert.deepEqual(await takeDue(store, lease('me', 2), 5), [
        { endpoint: b, state: undefined, applied: 0 },
        { endpoint: a, state: { wait: 5 }, applied: 9 },
      ]);
    });

    promise('are found by the index of due times, never by reading all statuses', async (store) => {
      const plan = await store.db.all<{ detail: string }>(
        sql`EXPLAIN QUERY PLAN ${dueEndpoints(store.db, time(0), 5).getSQL()}`,
      );
      assert.deepEqual(
        plan.map(({ detail }) => detail),
        ['SEARCH status USING INDEX status_due (due_at<?)'],
      );
    });
  });

  describe(`runs in a store on ${name}`, () => {
    const facts = { vantage: 'local', started: time(0), aliveUntil: time(10), planned: 3 };

    promise('have numbers, and say how far they are', async (store) => {
      const n = await startRun(store, { ...facts, by: 'me' });
      assert.equal(await startRun(store, { ...facts, by: 'you' }), n + 1);
      await store.atomically([keepAlive(store.db, n, { aliveUntil: time(20), planned: 4, done: 2 })]);
      const run = (await readRuns(store.db, 5)).at(-1);
      assert.deepEqual(run, {
        ...facts,
        n,
        by: 'me',
        aliveUntil: time(20),
        planned: 4,
        done: 2,
        ended: null,
        verdict: null,
        reason: null,
      });
    });

    promise('end once, with a verdict and the number of their checks', async (store) => {
      const n = await startRun(store, { ...facts, by: 'me' });
      await put(store, seen(a, { run: n }), seen(b, { run: n }), seen(c));
      await store.atomically([
        endRun(store.db, n, { ended: time(5), verdict: 'inconclusive', reason: 'The network.' }),
      ]);
      await store.atomically([endRun(store.db, n, { ended: time(6), verdict: 'sound', reason: null })]);
      const [run] = await readRuns(store.db, 5);
      assert.deepEqual(
        [run?.ended, run?.verdict, run?.reason, run?.done],
        [time(5), 'inconclusive', 'The network.', 2],
      );
    });

    promise('are abandoned when nobody has heard of them for long, unless they have ended', async (store) => {
      const [one, two] = [
        await startRun(store, { ...facts, by: 'one' }),
        await startRun(store, { ...facts, by: 'two' }),
      ];
      assert.deepEqual(await readAbandoned(store.db, time(9)), []);
      assert.deepEqual(await readAbandoned(store.db, time(10)), [one, two]);
      await store.atomically([endRun(store.db, one, { ended: time(9), verdict: 'sound', reason: null })]);
      assert.deepEqual(await readAbandoned(store.db, time(10)), [two]);
    });
  });

  describe(`what other instances say, in a store on ${name}`, () => {
    const said = {
      endpoint: a,
      vantage: 'other.example',
      status: 'verified',
      reason: 'ok',
      since: time(1),
      checkedAt: time(10),
      staleAt: time(100),
      heardAt: time(20),
    } as const;
    const { staleAt: _, heardAt: __, endpoint: ___, ...told } = said;
    const hear = (store: Store, facts: Partial<Heard> = {}) =>
      store.atomically(putHeard(store.db, [{ ...said, ...facts }]));

    promise('is told where our own verifier has nothing to say, with who says it', async (store) => {
      const version = await knowledgeVersion(store.db);
      await hear(store);
      assert.notEqual(await knowledgeVersion(store.db), version);
      assert.deepEqual(await readStatuses(store.db, time(30)), new Map([[a, told]]));
      await listEndpoints(store, [a], time(0));
      assert.deepEqual((await readStatuses(store.db, time(30))).get(a), told);
    });

    promise('gives way to whatever our own verifier says, and moves nothing of it', async (store) => {
      await hear(store);
      await listEndpoints(store, [a], time(0));
      await store.atomically(moveStatuses(store.db, [move(a, 1, { status: 'failing', reason: 'tcp.refused' })]));
      assert.equal((await readStatuses(store.db, time(30))).get(a)?.status, 'failing');
      assert.equal((await readStates(store.db, [a])).get(a)?.applied, 1);
    });

    promise('gives way to our own fresher look, even one that said nothing', async (store) => {
      await hear(store);
      await listEndpoints(store, [a], time(0));
      await store.atomically(moveStatuses(store.db, [move(a, 1, { status: 'unverified', checkedAt: time(11) })]));
      assert.equal((await readStatuses(store.db, time(30))).get(a)?.vantage, undefined);
    });

    promise('is worth nothing when it is old, and only the newest counts', async (store) => {
      await hear(store);
      await hear(store, { checkedAt: time(9), status: 'dead' });
      assert.equal((await readStatuses(store.db, time(30))).get(a)?.status, 'verified');
      await hear(store, { checkedAt: time(11), status: 'dead' });
      assert.equal((await readStatuses(store.db, time(30))).get(a)?.status, 'dead');
      assert.deepEqual(await readStatuses(store.db, time(100)), new Map());
    });
  });

  describe(`quarantine in a store on ${name}`, () => {
    const host = 'imap.gone.example' as Domain;
    const entry = { name: host, at: time(0), why: 'Its domain is not registered any more.', by: 'verify' };

    promise('holds a name until a person lifts it; the first reason stays', async (store) => {
      await store.atomically([entry, { ...entry, why: 'Again.' }].flatMap((one) => putQuarantine(store.db, one)));
      assert.deepEqual(await readQuarantine(store.db), [entry]);
      await store.atomically(liftQuarantine(store.db, host, { at: time(1), by: 'Ada' }));
      assert.deepEqual(await readQuarantine(store.db), []);
      await store.atomically(putQuarantine(store.db, { ...entry, at: time(2) }));
      assert.deepEqual(await readQuarantine(store.db), [{ ...entry, at: time(2) }]);
    });

    promise('keeps who put what there, and who lifted it', async (store) => {
      await store.atomically(putQuarantine(store.db, entry));
      await store.atomically(liftQuarantine(store.db, host, { at: time(1), by: 'Ada' }));
      await store.atomically(putQuarantine(store.db, { ...entry, at: time(2), by: 'Bob' }));
      assert.deepEqual(await readQuarantineHistory(store.db, 5), [
        { ...entry, at: time(2), by: 'Bob', liftedAt: null, liftedBy: null },
        { ...entry, liftedAt: time(1), liftedBy: 'Ada' },
      ]);
      assert.equal((await readQuarantineHistory(store.db, 1)).length, 1);
    });

    promise('is part of what is known, whose version moves with it', async (store) => {
      const before = await knowledgeVersion(store.db);
      await listEndpoints(store, [a], time(0));
      await store.atomically(putQuarantine(store.db, entry));
      assert.notEqual(await knowledgeVersion(store.db), before);
      assert.deepEqual(await readKnowledge(store.db, time(0)), {
        statuses: new Map([[a, { status: 'unverified', since: time(0), reason: 'new' }]]),
        quarantine: new Map([[host, { at: entry.at, why: entry.why }]]),
        signIns: new Map(),
      });
    });

    promise('remembers who answers for a domain, the newest', async (store) => {
      const domain = 'gone.example' as Domain;
      await store.atomically([
        putNameServers(store.db, domain, { servers: names('ns2.x.example', 'ns1.x.example'), at: time(0) }),
      ]);
      assert.deepEqual(
        await readNameServers(store.db, [domain]),
        new Map([[domain, { servers: ['ns1.x.example', 'ns2.x.example'], at: time(0) }]]),
      );
      const missing = { servers: [], at: time(1), missingSince: time(1) };
      await store.atomically([putNameServers(store.db, domain, missing)]);
      assert.deepEqual((await readNameServers(store.db, [domain])).get(domain), missing);
    });
  });
}

function names(...texts: readonly string[]): Domain[] {
  return texts as Domain[];
}

function keyOf(name: string): EndpointKey {
  return `imap://${name}.example:993?security=tls` as EndpointKey;
}

/** So many seconds after the beginning. */
function time(seconds: number): string {
  return new Date(Date.parse('2026-11-20T10:00:00.000Z') + seconds * 1000).toISOString();
}

/** For ten seconds from this second on. */
function lease(by: string, from: number) {
  return { by, now: time(from), until: time(from + 10) };
}

function keysOf(rows: readonly { endpoint: EndpointKey }[]): EndpointKey[] {
  return rows.map(({ endpoint }) => endpoint);
}

function seen(endpoint: EndpointKey, facts: Partial<NewCheck> = {}): NewCheck {
  const says = 'It works.';
  const rest = { run: null, code: 'ok', outcome: 'works', warnings: [], ms: 120, certDays: 60 } as const;
  return { endpoint, at: time(0), vantage: 'local', ...rest, says, evidence: { endpoint }, ...facts };
}

async function put(store: Store, ...checks: readonly NewCheck[]): Promise<void> {
  for (const check of checks) await store.atomically(putCheck(store.db, check));
}

function move(endpoint: EndpointKey, applied: number, facts: Partial<Move> = {}): Move {
  const times = { since: time(0), checkedAt: time(1), staleAt: time(300), dueAt: time(5000) };
  return { endpoint, status: 'verified', reason: 'ok', ...times, state: {}, applied, ...facts };
}
