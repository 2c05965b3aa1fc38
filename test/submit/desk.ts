/** A desk over a real database, with a clock of the test's own and checks that say what the test says. */
import assert from 'node:assert/strict';
import { compileAtlas } from '../../src/atlas/atlas.ts';
import { load } from '../../src/catalog/load.ts';
import type { Curated, Provider } from '../../src/provider/model.ts';
import type { Store } from '../../src/store/db.ts';
import { readCurated } from '../../src/store/providers.ts';
import type { NewAct, SubmissionRow } from '../../src/store/submissions.ts';
import { createToken, type Role } from '../../src/store/tokens.ts';
import type { Checker } from '../../src/submit/checking.ts';
import type { By, Desk } from '../../src/submit/desk.ts';
import { type CheckResult, type CheckState, checkNames, type Draft } from '../../src/submit/model.ts';
import { defaultPolicy, type Policy } from '../../src/submit/policy.ts';
import { CheckQueue } from '../../src/submit/queue.ts';
import { Refusal, type RefusalCode } from '../../src/submit/refusal.ts';
import { curated, record } from '../records.ts';
import { deskStore } from '../worker/twin.ts';

const says = { en: 'So it is.', de: 'So ist es.' };

/** A check that found nothing, or what the test says. */
export function result(name: CheckResult['name'], state: CheckState = 'passed', ...items: CheckResult['items']) {
  return { name, state, says, items };
}

export function item(code: string, about: string, state: CheckState = 'attention'): CheckResult['items'][number] {
  return { code, about, state, says };
}

/** Every check passes, except those that the test names. */
export function checksThat(...others: readonly CheckResult[]): Checker {
  return async (_, told) => {
    for (const name of checkNames) await told(others.find((one) => one.name === name) ?? result(name));
  };
}

export interface TestDesk {
  readonly desk: Desk;
  readonly store: Store;
  readonly queue: CheckQueue;
  /** What was done, in order. */
  readonly happened: { readonly row: SubmissionRow; readonly done: Pick<NewAct, 'set' | 'event'> }[];
  readonly notes: string[];
  /** Hours go by. */
  wait(hours: number): void;
  /** What is served under an id now. */
  served(id: string): Promise<Provider | undefined>;
  /** Somebody with a token. */
  person(name: string, role?: Role): Promise<By>;
  load(data: Partial<Curated>): Promise<void>;
  close(): Promise<void>;
}

export interface TestDeskOptions {
  /** `loaded`: what is in the store already. */
  readonly data?: Partial<Curated> | 'loaded';
  readonly checks?: Desk['checks'];
  readonly policy?: Partial<Policy>;
  readonly run?: Checker;
  readonly mostOpen?: number;
  readonly store?: Store;
}

/** What mail.example is, as the data say. */
export const mail = record();

export async function testDesk({
  data = { providers: [mail] },
  policy = {},
  run = checksThat(),
  mostOpen = 100,
  checks = checkNames,
  store: given,
}: TestDeskOptions = {}): Promise<TestDesk> {
  const store = given ?? (await deskStore());
  let now = Date.parse('2026-11-20T10:00:00.000Z');
  const happened: TestDesk['happened'] = [];
  const notes: string[] = [];
  const atlas = async () => compileAtlas(await readCurated(store.db));
  const desk: Desk = {
    store,
    policy: { ...defaultPolicy, ...policy },
    checks,
    mostOpen,
    atlas,
    // A second goes by whenever somebody looks.
    now: () => new Date((now += 1000)),
    changed: async () => {},
    check: (number, block) => queue.add(number, block),
    happened: (row, done) => void happened.push({ row, done }),
  };
  const note = (message: string) => void notes.push(message);
  const queue = new CheckQueue({ desk, run, note, defect: note });
  const loadData = async (facts: Partial<Curated>) => {
    await load(store, curated(facts), JSON.stringify(facts), desk.now().toISOString());
  };
  if (data !== 'loaded') await loadData(data);
  return {
    desk,
    store,
    queue,
    happened,
    notes,
    wait: (hours) => void (now += hours * 3_600_000),
    served: async (id) => (await atlas()).records.get(id),
    async person(name, role = 'reviewer') {
      await createToken(store, name, role, desk.now().toISOString());
      return { actor: role === 'admin' ? 'admin' : 'reviewer', who: name };
    },
    load: loadData,
    async close() {
      await queue.stop();
      store.close();
    },
  };
}

/** A draft of a change, or of whatever the test says. */
export function draft(facts: Partial<Draft> & { readonly record?: Provider } = {}): Draft {
  const kind = facts.kind ?? 'change';
  return { kind, id: facts.record?.id ?? 'mail.example', reason: 'It moved.', language: 'en', ...facts };
}

/** The refusal that comes of it; anything else fails the test. */
export async function refusal(work: Promise<unknown>, code: RefusalCode): Promise<Refusal> {
  const error = await work.then(
    () => assert.fail(`not refused: ${code} was expected`),
    (caught: unknown) => caught,
  );
  if (!(error instanceof Refusal)) throw error;
  assert.equal(error.code, code, error.message);
  return error;
}
