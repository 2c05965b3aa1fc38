/** What every store promises of checks, statuses, leases, runs and quarantine. Called by contract.ts for each driver. */
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { type SQLWrapper, sql } from 'drizzle-orm';
import type { Domain } from '../../../src/name/domain.ts';
import type { EndpointKey } from '../../../src/provider/model.ts';
import type { Store } from '../../../src/store/db.ts';
import { knowledgeVersion } from '../../../src/store/generation.ts';
import {
  keptChanges,
  keptRows,
  type NewCheck,
  putCheck,
  readChecked,
  readChecks,
  readRunChecks,
} from '../../../src/store/seen/checks.ts';
import { type Heard, putHeard } from '../../../src/store/seen/heard.ts';
import { readDueAt, readHistory, readLastEvidence } from '../../../src/store/seen/history.ts';
import { readKnowledge } from '../../../src/store/seen/knowledge.ts';
import {
  liftQuarantine,
  putNameServers,
  putQuarantine,
  readNameServers,
  readQuarantine,
  readQuarantineHistory,
} from '../../../src/store/seen/quarantine.ts';
import {
  callWitnesses,
  closeRun,
  countOpenRuns,
  endRun,
  keepAlive,
  readAbandoned,
  readRun,
  readRuns,
  startRun,
} from '../../../src/store/seen/runs.ts';
import { listEndpoints, type Move, moveStatuses, readStatuses, readTold } from '../../../src/store/seen/statuses.ts';
import { readVantages, showUp } from '../../../src/store/seen/vantages.ts';
import {
  callOthers,
  dueEndpoints,
  holdBack,
  moveWatch,
  readDue,
  readHeld,
  readVerified,
  readWatches,
  releaseLeases,
  renewLeases,
  takeDue,
  takeThese,
  type WatchMove,
} from '../../../src/store/seen/watches.ts';
import { promises } from './promises.ts';

const [a, b, c] = ['a', 'b', 'c'].map(keyOf) as [EndpointKey, EndpointKey, EndpointKey];

export function checksContract(name: string, open: () => Store | Promise<Store>): void {
  const promise = promises(open);

  describe(`checks in a store on ${name}`, () => {
    promise('are told of as many endpoints as a record may have', async (store) => {
      const keys = Array.from({ length: 150 }, (_, i) => keyOf(`h${i}`));
      await put(store, seen(a), seen(keys[149] as EndpointKey));
      const told = await readHistory(store.db, keys, { limit: 10 });
      assert.deepEqual(
        told.map(({ endpoint }) => endpoint),
        [keys[149]],
      );
      assert.deepEqual([...(await readLastEvidence(store.db, keys)).keys()], [keys[149]]);
      assert.equal((await readDueAt(store.db, keys)).size, 0);
    });

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
      await list(store, [a, b], time(0));
      assert.deepEqual(
        await readStatuses(store.db, time(0)),
        new Map([a, b].map((key) => [key, { status: 'unverified', since: time(0), reason: 'new' }])),
      );
      assert.deepEqual(await readDue(store.db, here, time(0)), { due: 2, next: time(0) });
    });

    promise('are told until they are stale', async (store) => {
      await list(store, [a], time(0));
      await store.atomically(moveStatuses(store.db, [move(a, { staleAt: time(100) })]));
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
      await list(store, [a], time(0));
      await store.atomically(moveStatuses(store.db, [move(a, { applied: 5 })]));
      const late = [move(a, { applied: 5, status: 'dead' }), move(a, { applied: 4, status: 'failing' })];
      await store.atomically(moveStatuses(store.db, late));
      assert.equal((await readTold(store.db, [a])).get(a)?.status, 'verified');
    });

    promise('are moved only by who knows the newest of every vantage', async (store) => {
      await showUp(store, 'vienna', time(0));
      await list(store, [a], time(0));
      await store.atomically([
        moveWatch(store.db, watched(a, 5)),
        moveWatch(store.db, watched(a, 7, { vantage: 'vienna' })),
      ]);
      const status = async () => (await readTold(store.db, [a])).get(a)?.status;
      await store.atomically(moveStatuses(store.db, [move(a, { status: 'dead', applied: 5 })]));
      assert.equal(await status(), 'unverified', 'Vienna has seen it, too');
      await store.atomically(moveStatuses(store.db, [move(a, { status: 'degraded', applied: 12 })]));
      assert.equal(await status(), 'degraded');
    });

    promise('have a version that moves with them', async (store) => {
      await list(store, [a], time(0));
      const before = await knowledgeVersion(store.db);
      await store.atomically(moveStatuses(store.db, []));
      assert.equal(await knowledgeVersion(store.db), before);
      for (const applied of [1, 2]) await store.atomically(moveStatuses(store.db, [move(a, { applied })]));
      assert.equal(await knowledgeVersion(store.db), '2');
    });

    promise('of endpoints that no record names stay, and are due no more until one does', async (store) => {
      await list(store, [a, b], time(0));
      await store.atomically(moveStatuses(store.db, [move(a)]));
      await list(store, [b], time(1));
      assert.equal((await readStatuses(store.db, time(1))).get(a)?.status, 'verified');
      await store.atomically([moveWatch(store.db, watched(a, 2))]);
      assert.deepEqual(await takeDue(store, lease('me', 5000), 10), [b]);
      await list(store, [a, b], time(6000));
      assert.deepEqual(await takeDue(store, lease('me', 6000), 10), [b, a]);
    });
  });

  describe(`vantages in a store on ${name}`, () => {
    promise('watch all that is listed, each in its own time', async (store) => {
      await list(store, [a, b], time(0));
      await store.atomically([moveWatch(store.db, watched(a, 3, { dueAt: time(500) }))]);
      await showUp(store, 'vienna', time(9));
      assert.deepEqual(await readDue(store.db, 'vienna', time(9)), { due: 2, next: time(9) });
      assert.deepEqual(await readDue(store.db, here, time(9)), { due: 1, next: time(0) });
      await list(store, [a, c], time(10));
      assert.deepEqual((await readDue(store.db, 'vienna', time(10))).due, 2);
      assert.deepEqual(
        await readVantages(store.db),
        new Map([
          [here, time(10)],
          ['vienna', time(9)],
        ]),
      );
    });

    promise(
      'each look at everything, but never at one owner at the same time, nor just behind another',
      async (store) => {
        await showUp(store, 'vienna', time(0));
        const [imap, smtp] = ['imap://imap.a.example:993?security=tls', 'smtp://smtp.a.example:465?security=tls'].map(
          (key) => key as EndpointKey,
        ) as [EndpointKey, EndpointKey];
        await list(store, [imap, smtp, b], time(0));
        const elsewhere = (by: string, from: number) => ({ ...lease(by, from), vantage: 'vienna' });
        assert.deepEqual(await takeThese(store, lease('me', 0), [imap]), [imap]);
        assert.deepEqual(await takeDue(store, elsewhere('you', 1), 5), [b]);
        assert.equal((await readDue(store.db, 'vienna', time(1))).due, 0);
        assert.deepEqual(await takeDue(store, lease('me', 1), 5), [imap, smtp], 'who is there already may go on');
        await store.atomically(
          [imap, smtp].map((key) => holdBack(store.db, key, { by: 'me', until: time(500), rest: time(32) })),
        );
        assert.deepEqual(await takeDue(store, elsewhere('him', 20), 5), [b]);
        assert.deepEqual(await takeThese(store, elsewhere('her', 31), [imap]), [imap], 'who asks for it does not wait');
        await store.atomically([releaseLeases(store.db, 'her')]);
        assert.deepEqual(new Set(await takeDue(store, elsewhere('you', 33), 5)), new Set([imap, smtp, b]));
      },
    );

    promise('remember each on its own; a check moves a watch once, and none that is newer', async (store) => {
      await showUp(store, 'vienna', time(0));
      await list(store, [a, b], time(0));
      await store.atomically([moveWatch(store.db, watched(a, 5, { state: { seen: 5 } }))]);
      await store.atomically([
        moveWatch(store.db, watched(a, 5, { state: { seen: 'again' } })),
        moveWatch(store.db, watched(a, 4, { state: { seen: 4 } })),
      ]);
      const watches = (await readWatches(store.db, [a, c])).get(a) ?? [];
      assert.deepEqual(
        watches.toSorted((one, other) => (one.vantage < other.vantage ? -1 : 1)),
        [
          { endpoint: a, vantage: here, state: { seen: 5 }, applied: 5 },
          { endpoint: a, vantage: 'vienna', state: undefined, applied: 0 },
        ],
      );
    });

    promise('call each other: who is called looks at once, unless nobody is to look', async (store) => {
      await showUp(store, 'vienna', time(0));
      await list(store, [a, b], time(0));
      const later = { dueAt: time(500) };
      for (const vantage of [here, 'vienna']) {
        const moves = [a, b].map((key) => moveWatch(store.db, watched(key, 1, { ...later, vantage })));
        await store.atomically(moves);
      }
      await list(store, [a], time(1));
      await store.atomically([a, b].map((key) => callOthers(store.db, key, { vantage: here, now: time(2) })));
      assert.deepEqual(await readDue(store.db, here, time(2)), { due: 0, next: time(500) });
      assert.deepEqual(await readDue(store.db, 'vienna', time(2)), { due: 1, next: time(2) });
    });

    promise('that had a wrong clock wait for no day that is far away, but for the dead', async (store) => {
      await list(store, [a, b, c], time(0));
      const day = 86_400;
      const waits = { [a]: day, [b]: 7 * day };
      for (const [key, wait] of Object.entries(waits))
        await store.atomically([
          moveWatch(store.db, watched(key as EndpointKey, 1, { dueAt: time(7 * day), state: { wait: wait * 1000 } })),
        ]);
      await showUp(store, here, time(1));
      assert.deepEqual(await takeDue(store, lease('me', 1), 5), [c, a]);
    });

    promise('that nobody has heard of for a month are forgotten', async (store) => {
      await showUp(store, 'vienna', time(0));
      const later = time(31 * 86_400);
      await list(store, [a], later);
      assert.deepEqual(await readVantages(store.db), new Map([[here, later]]));
      assert.deepEqual((await readWatches(store.db, [a])).get(a)?.length, 1);
    });

    promise('find verified endpoints that they know, those that are due soonest first', async (store) => {
      await list(store, [a, b, c], time(0));
      await store.atomically([
        ...[a, b, c].map((key, i) => moveWatch(store.db, watched(key, 1, { dueAt: time(300 - i) }))),
        ...moveStatuses(
          store.db,
          [a, b, c].map((key) => move(key, { applied: 1, status: key === c ? 'failing' : 'verified' })),
        ),
      ]);
      await showUp(store, 'vienna', time(0));
      assert.deepEqual(await readVerified(store.db, { by: 'me', vantage: here, now: time(30) }, 5), [b, a]);
      assert.deepEqual(await readVerified(store.db, { by: 'me', vantage: 'vienna', now: time(30) }, 5), []);
    });
  });

  describe(`leases in a store on ${name}`, () => {
    promise('go to one holder at a time, the longest due first', async (store) => {
      await list(store, [c], time(0));
      await list(store, [a, b, c], time(1));
      assert.deepEqual(await takeDue(store, lease('me', 2), 2), [c, a]);
      assert.deepEqual(await takeDue(store, lease('you', 2), 2), [b]);
      assert.deepEqual(await readDue(store.db, here, time(2)), { due: 0, next: time(0) });
    });

    promise('are told whole, however often one asks', async (store) => {
      await list(store, [a, b, c], time(0));
      assert.deepEqual(await takeDue(store, lease('me', 0), 1), [a]);
      assert.deepEqual(await takeDue(store, lease('me', 1), 1), [a, b]);
      assert.deepEqual(await readHeld(store.db, { by: 'me', now: time(2) }), [a, b]);
      assert.deepEqual(await readHeld(store.db, { by: 'me', now: time(10) }), [b], 'the first one has run out');
    });

    promise('that have expired can be taken by another, and not before', async (store) => {
      await list(store, [a], time(0));
      await takeDue(store, lease('me', 0), 5);
      assert.deepEqual(await takeDue(store, lease('you', 9), 5), []);
      assert.deepEqual(await takeDue(store, lease('you', 10), 5), [a]);
    });

    promise('that end on a day that is far away are none: somebody’s clock was wrong', async (store) => {
      await list(store, [a], time(0));
      await takeDue(store, { ...lease('me', 0), until: time(86_400) }, 5);
      assert.deepEqual(await takeDue(store, lease('you', 1), 5), [a]);
    });

    promise('can be made longer, and given back', async (store) => {
      await list(store, [a], time(0));
      await takeDue(store, lease('me', 0), 5);
      await store.atomically([renewLeases(store.db, { by: 'me', until: time(30) })]);
      assert.deepEqual(await takeDue(store, lease('you', 10), 5), []);
      await store.atomically([releaseLeases(store.db, 'you'), releaseLeases(store.db, 'me')]);
      assert.deepEqual(await takeDue(store, lease('you', 11), 5), [a]);
    });

    promise('are taken on named endpoints too, any number, due or not, if they are free', async (store) => {
      const many = Array.from({ length: 250 }, (_, i) => keyOf(`h${i}`));
      await list(store, many, time(1000));
      await takeThese(store, lease('you', 0), [many[0]!]);
      assert.equal((await takeThese(store, lease('me', 0), many)).length, 249);
    });

    promise('end with the check, and the endpoint waits for the run to be judged', async (store) => {
      await list(store, [a, b], time(0));
      await takeDue(store, lease('me', 0), 5);
      await store.atomically([
        holdBack(store.db, a, { by: 'me', until: time(500) }),
        holdBack(store.db, b, { by: 'you', until: time(500) }),
      ]);
      assert.deepEqual(await takeDue(store, lease('you', 20), 5), [b], 'who does not hold it cannot hold it back');
      assert.deepEqual(await takeDue(store, lease('me', 500), 5), [b, a]);
    });

    promise('are needed for a check, where its writer says so, and a run that was not judged', async (store) => {
      await list(store, [a, b], time(0));
      const n = await startRun(store, { by: 'me', vantage: here, started: time(0), aliveUntil: time(9), planned: 2 });
      await takeThese(store, lease('me', 0), [a]);
      const write = (key: EndpointKey) => store.atomically(putCheck(store.db, seen(key, { run: n }), 'me'));
      await put(store, seen(b));
      for (const key of [a, b]) await write(key);
      assert.deepEqual(await readChecked(store.db, n, [a, b]), new Set([a]));
      assert.ok((await readChecks(store.db, [b], 1))[0]?.evidence, 'what is refused takes no evidence away');
      await store.atomically([closeRun(store.db, n, { verdict: 'sound', reason: null })]);
      await write(a);
      assert.equal((await readChecks(store.db, [a], 5)).length, 1);
    });

    promise('are found by the index of due times, never by reading all watches', async (store) => {
      const plan = await store.db.all<{ detail: string }>(
        sql`EXPLAIN QUERY PLAN ${dueEndpoints(store.db, { by: 'me', vantage: here, now: time(0) }, 5).getSQL()}`,
      );
      assert.deepEqual(
        plan.map(({ detail }) => detail),
        [
          'SEARCH watch USING INDEX watch_due (vantage=? AND due_at<?)',
          'CORRELATED SCALAR SUBQUERY 1',
          'SEARCH other USING INDEX watch_owner (owner=?)',
        ],
      );
      const renewal = await store.db.all<{ detail: string }>(
        sql`EXPLAIN QUERY PLAN ${(renewLeases(store.db, { by: 'me', until: time(1) }) as unknown as SQLWrapper).getSQL()}`,
      );
      assert.deepEqual(
        renewal.map(({ detail }) => detail),
        ['SEARCH watch USING INDEX watch_lease (lease_by=?)'],
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
        witnesses: null,
      });
    });

    promise('begin once, and are found by who holds their leases', async (store) => {
      const n = await startRun(store, { ...facts, by: 'me' });
      assert.equal(await startRun(store, { ...facts, by: 'me', planned: 99 }), n);
      assert.equal((await readRun(store.db, 'me'))?.planned, 3);
      assert.equal(await readRun(store.db, 'nobody'), undefined);
      await startRun(store, { ...facts, by: 'you', vantage: 'vienna' });
      assert.equal(await countOpenRuns(store.db, 'local'), 1);
    });

    promise('call their witnesses once', async (store) => {
      const n = await startRun(store, { ...facts, by: 'me' });
      for (const keys of [[a, b], [c]]) await store.atomically([callWitnesses(store.db, n, keys)]);
      assert.equal((await readRun(store.db, 'me'))?.witnesses, `${a} ${b}`);
    });

    promise('are judged once and end once, with the number of their checks', async (store) => {
      const n = await startRun(store, { ...facts, by: 'me' });
      await put(store, seen(a, { run: n }), seen(b, { run: n }), seen(c));
      await store.atomically([
        closeRun(store.db, n, { verdict: 'inconclusive', reason: 'The network.' }),
        endRun(store.db, n, time(5)),
      ]);
      await store.atomically([
        closeRun(store.db, n, { verdict: 'sound', reason: null }),
        keepAlive(store.db, n, { done: 99 }),
        endRun(store.db, n, time(6)),
      ]);
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
      const abandoned = async (now: string) => (await readAbandoned(store.db, now)).map(({ n }) => n);
      assert.deepEqual(await abandoned(time(9)), []);
      assert.deepEqual(await abandoned(time(10)), [one, two]);
      await store.atomically([closeRun(store.db, two, { verdict: 'sound', reason: null })]);
      await store.atomically([endRun(store.db, one, time(9))]);
      assert.deepEqual(await abandoned(time(10)), [two], 'who was judged is still to be settled');
      const days = 10 * 86_400;
      await startRun(store, { ...facts, by: 'ahead', started: time(days), aliveUntil: time(days + 10) });
      assert.equal((await abandoned(time(20))).length, 2, 'who has begun in ten days had a wrong clock');
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
      await store.atomically(moveStatuses(store.db, [move(a, { status: 'failing', reason: 'tcp.refused' })]));
      assert.equal((await readStatuses(store.db, time(30))).get(a)?.status, 'failing');
      assert.equal((await readTold(store.db, [a])).get(a)?.status, 'failing');
    });

    promise('gives way to our own fresher look, even one that said nothing', async (store) => {
      await hear(store);
      await listEndpoints(store, [a], time(0));
      await store.atomically(moveStatuses(store.db, [move(a, { status: 'unverified', checkedAt: time(11) })]));
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

const here = 'local';

/** This machine is there, and these endpoints are listed. */
async function list(store: Store, keys: readonly EndpointKey[], now: string): Promise<void> {
  await showUp(store, here, now);
  await listEndpoints(store, keys, now);
}

/** For ten seconds from this second on. */
function lease(by: string, from: number) {
  return { by, vantage: here, now: time(from), until: time(from + 10) };
}

function seen(endpoint: EndpointKey, facts: Partial<NewCheck> = {}): NewCheck {
  const says = 'It works.';
  const rest = { run: null, code: 'ok', outcome: 'works', warnings: [], ms: 120, certDays: 60 } as const;
  return { endpoint, at: time(0), vantage: 'local', ...rest, says, evidence: { endpoint }, ...facts };
}

async function put(store: Store, ...checks: readonly NewCheck[]): Promise<void> {
  for (const check of checks) await store.atomically(putCheck(store.db, check));
}

function move(endpoint: EndpointKey, facts: Partial<Move> = {}): Move {
  const times = { since: time(0), checkedAt: time(1), staleAt: time(300) };
  return { endpoint, status: 'verified', reason: 'ok', ...times, applied: 1, ...facts };
}

function watched(endpoint: EndpointKey, applied: number, facts: Partial<WatchMove> = {}): WatchMove {
  return { endpoint, vantage: here, state: {}, applied, dueAt: time(5000), ...facts };
}
