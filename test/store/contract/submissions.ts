/** What every store promises of submissions: who was faster wins, and nothing is half done. */
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import type { Store } from '../../../src/store/db.ts';
import { putMeta, readMeta } from '../../../src/store/meta.ts';
import { readRevision, readRevisions } from '../../../src/store/revisions.ts';
import {
  act,
  actWhile,
  countSubmissions,
  eraseDrafts,
  isRepeated,
  isTooLate,
  keepDraft,
  listSubmissions,
  type NewAct,
  newestEvent,
  putResult,
  putSubmission,
  readByPreview,
  readByReceipt,
  readDueHolds,
  readEvents,
  readFormerDrafts,
  readNews,
  readNumbers,
  readResults,
  readSince,
  readSubmission,
  resetChecks,
} from '../../../src/store/submissions.ts';
import { need } from '../../../src/submit/desk.ts';
import { accept, publishDue } from '../../../src/submit/review.ts';
import { rollback } from '../../../src/submit/rollback.ts';
import { submit } from '../../../src/submit/submissions.ts';
import { smtp } from '../../records.ts';
import { draft, mail, refusal, testDesk } from '../../submit/desk.ts';
import { promises } from './promises.ts';

const at = '2026-11-23T10:00:00.000Z';
const later = '2026-11-24T10:00:00.000Z';
const checks = ['rules', 'probes'];

export function submissionsContract(name: string, open: () => Store | Promise<Store>): void {
  const promise = promises(open);

  /** A submission with a receipt of this name. */
  async function put(store: Store, receipt: string): Promise<number> {
    const row = {
      state: 'checking',
      kind: 'change',
      id: 'mail.example',
      draft: '{}',
      baseDigest: null,
      receipt,
      preview: `preview of ${receipt}`,
      origin: 'stranger',
      undoes: null,
      contact: 'me@mail.example',
      at,
    } as const;
    const first = {
      at,
      actor: 'submitter',
      who: '',
      act: 'submit',
      toState: 'checking',
      why: '',
      confirmed: '[]',
    } as const;
    await store.atomically(putSubmission(store.db, row, first, checks));
    return (await readByReceipt(store.db, receipt))?.number ?? assert.fail();
  }

  const done = (number: number, version: number, facts: Partial<NewAct['event']> = {}): NewAct => ({
    number,
    version,
    from: 'checking',
    set: { state: 'waiting' },
    event: {
      at: later,
      actor: 'reviewer',
      who: 'anna',
      act: 'checked',
      toState: 'waiting',
      why: '',
      confirmed: '[]',
      ...facts,
    },
  });

  describe(`${name}: a submission`, () => {
    promise('begins with its event and its checks, and has a number of its own', async (store) => {
      assert.deepEqual([await put(store, 'a'), await put(store, 'b')], [1, 2]);
      const row = await readSubmission(store.db, 2);
      assert.deepEqual([row?.version, row?.state, row?.changedAt], [1, 'checking', at]);
      assert.deepEqual(
        (await readEvents(store.db, 2)).map((event) => [event.submission, event.act, event.fromState]),
        [[2, 'submit', null]],
      );
      assert.deepEqual(
        (await readResults(store.db, 2)).map((one) => [one.name, one.state]),
        [
          ['rules', 'pending'],
          ['probes', 'pending'],
        ],
      );
      assert.equal((await readByPreview(store.db, 'preview of b'))?.number, 2);
      assert.equal(await readSubmission(store.db, 3), undefined);
    });

    promise('with the receipt of another is none', async (store) => {
      await put(store, 'a');
      await assert.rejects(put(store, 'a'), (error) => isRepeated(error));
      assert.deepEqual(await countSubmissions(store.db), { checking: 1 });
      assert.equal((await readEvents(store.db, 1)).length, 1);
    });

    promise('is moved by whoever has seen it as it is; nothing of what came too late is written', async (store) => {
      const number = await put(store, 'a');
      await store.atomically(act(store.db, done(number, 1)));
      const late = [
        putMeta(store.db, 'loaded', 'late'),
        ...act(store.db, done(number, 1, { who: 'bert' })),
        putMeta(store.db, 'loaded', 'later'),
      ];
      await assert.rejects(store.atomically(late), (error) => isTooLate(error));
      assert.equal(await readMeta(store.db, 'loaded'), undefined);
      const row = await readSubmission(store.db, number);
      assert.deepEqual([row?.state, row?.version, row?.changedAt], ['waiting', 2, later]);
      assert.deepEqual(
        (await readEvents(store.db, number)).map(({ who }) => who),
        ['', 'anna'],
      );
    });

    promise('is moved while it is in a state, and otherwise left alone', async (store) => {
      const number = await put(store, 'a');
      const event = { ...done(number, 1).event, act: 'rollback', toState: 'declined' };
      await store.atomically(actWhile(store.db, number, 'published', event));
      assert.equal((await readSubmission(store.db, number))?.state, 'checking');
      await store.atomically(actWhile(store.db, number, 'checking', event));
      const row = await readSubmission(store.db, number);
      assert.deepEqual([row?.state, row?.version, row?.contact], ['declined', 2, null]);
      assert.deepEqual(
        (await readEvents(store.db, number)).map(({ act: did, fromState }) => [did, fromState]),
        [
          ['submit', null],
          ['rollback', 'checking'],
        ],
      );
    });

    promise('has results of the version that is current, and of no other', async (store) => {
      const number = await put(store, 'a');
      const result = { name: 'rules', state: 'passed', says: '{}', items: '[]', at: later } as const;
      await store.atomically([putResult(store.db, { number, version: 2 }, result)]);
      assert.equal((await readResults(store.db, number))[0]?.state, 'pending');
      await store.atomically([putResult(store.db, { number, version: 1 }, result)]);
      assert.equal((await readResults(store.db, number))[0]?.state, 'passed');
      await store.atomically(resetChecks(store.db, number, ['rules'], later));
      assert.deepEqual(
        (await readResults(store.db, number)).map(({ state }) => state),
        ['pending'],
      );
    });

    promise('remembers what it said before, until it is erased', async (store) => {
      const number = await put(store, 'a');
      await store.atomically([keepDraft(store.db, { number, draft: '{"a":1}' }, later)]);
      assert.deepEqual(await readFormerDrafts(store.db, number), [{ json: '{"a":1}', until: later }]);
      await store.atomically(eraseDrafts(store.db, number));
      assert.deepEqual(await readFormerDrafts(store.db, number), []);
      assert.deepEqual(await readResults(store.db, number), []);
    });

    promise('is listed by state, the newest first, page by page', async (store) => {
      for (const receipt of ['a', 'b', 'c', 'd']) await put(store, receipt);
      await store.atomically(act(store.db, done(2, 1)));
      const list = async (...args: Parameters<typeof listSubmissions> extends [unknown, ...infer R] ? R : never) =>
        (await listSubmissions(store.db, ...args)).map(({ number }) => number);
      assert.deepEqual(await list(['checking', 'waiting'], { limit: 9 }), [4, 3, 2, 1]);
      assert.deepEqual(await list(['checking'], { before: 4, limit: 1 }), [3]);
      assert.deepEqual(await readNumbers(store.db, 'checking'), [1, 3, 4]);
      assert.deepEqual(await countSubmissions(store.db), { checking: 3, waiting: 1 });
    });

    promise('is found by how long nothing was done to it, and by how many came after it', async (store) => {
      for (const receipt of ['a', 'b', 'c']) await put(store, receipt);
      await store.atomically(act(store.db, done(2, 1)));
      await store.atomically(act(store.db, done(3, 1, { at })));
      assert.deepEqual(await readNumbers(store.db, 'waiting'), [2, 3]);
      assert.deepEqual(await readNumbers(store.db, 'waiting', later), [3]);
      assert.deepEqual([await readSince(store.db, 3), await readSince(store.db, 4)], [at, undefined]);
    });

    promise('is news, event by event, to whoever says up to where they know them', async (store) => {
      assert.equal(await newestEvent(store.db), 0);
      await put(store, 'a');
      await put(store, 'b');
      const known = await newestEvent(store.db);
      await store.atomically(act(store.db, done(2, 1, { act: 'checked' })));
      const news = await readNews(store.db, known, 9);
      assert.deepEqual(
        news.map((one) => [one.n, one.submission, one.act, one.kind, one.id, one.holdUntil, one.at]),
        [[known + 1, 2, 'checked', 'change', 'mail.example', null, later]],
      );
      assert.equal((await readNews(store.db, 0, 2)).length, 2);
    });

    promise('that is held is due when the time is over', async (store) => {
      const number = await put(store, 'a');
      await store.atomically(act(store.db, { ...done(number, 1), set: { state: 'waiting', holdUntil: later } }));
      assert.deepEqual([await readDueHolds(store.db, at), await readDueHolds(store.db, later)], [[], [number]]);
    });
  });

  describe(`${name}: the road of a submission`, () => {
    promise('from a draft to what is served, and back', async (store) => {
      const its = await testDesk({ store });
      const renamed = { ...mail, name: 'Renamed Mail' };
      const { number } = await submit(its.desk, { draft: draft({ record: renamed }) });
      await its.queue.idle();
      const anna = await its.person('anna');
      assert.equal((await accept(its.desk, number, anna, { reason: '' })).state, 'published');
      assert.deepEqual(await its.served('mail.example'), renamed);
      const [{ n } = { n: 0 }] = await readRevisions(store.db, 'mail.example', 1);
      assert.deepEqual((await readRevision(store.db, n))?.before, mail);
      assert.equal((await rollback(its.desk, n, await its.person('root', 'admin'), 'No.')).state, 'published');
      assert.deepEqual(await its.served('mail.example'), mail);
      assert.equal((await need(its.desk, number)).state, 'declined');
    });

    promise('through a hold, once, whoever is first', async (store) => {
      const its = await testDesk({ store });
      const moved = { ...mail, outgoing: [smtp({ host: 'smtp.other.example' })] };
      const { number } = await submit(its.desk, { draft: draft({ record: moved }) });
      await its.queue.idle();
      for (const who of ['anna', 'bert']) await accept(its.desk, number, await its.person(who), { reason: '' });
      its.wait(80);
      await Promise.all([publishDue(its.desk), publishDue(its.desk)]);
      assert.deepEqual((await its.served('mail.example'))?.outgoing[0]?.host, 'smtp.other.example');
      assert.equal((await readEvents(store.db, number)).filter(({ act: did }) => did === 'publish').length, 1);
      await refusal(accept(its.desk, number, await its.person('carla'), { reason: '' }), 'not-now');
    });
  });
}
