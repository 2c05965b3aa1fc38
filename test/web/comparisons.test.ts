/** `GET /api/v1/providers/{id}/comparisons`, over a real store. */
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { recordDigest } from '../../src/atlas/digest.ts';
import type { Domain } from '../../src/name/domain.ts';
import {
  listPublishers,
  type NewComparison,
  putComparison,
  readComparisons,
  readNewestComparisons,
  readPublishersDue,
} from '../../src/store/seen/comparisons.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import { testApp } from './app.ts';
import { post } from './records.ts';

interface Compared {
  n: number;
  domain: string;
  verdict: string;
  says: { de: string };
  current: boolean;
  changed: boolean;
  differences: { state: string; says: { en: string } }[];
}
interface Comparisons {
  provider: string;
  domains: { domain: string; due: string | null; newest: Compared | null }[];
  comparisons: Compared[];
  next: number | null;
}

const [at, due] = ['2026-11-20T10:00:00.000Z', '2026-11-27T10:00:00.000Z'];
const differences = [
  { mechanism: 'srv', service: 'imap tls', state: 'host-differs', level: 'differs', ours: 'a:993', theirs: 'b:993' },
];

async function comparisons(t: TestContext, query = ''): Promise<Comparisons> {
  const store = openSqlite(':memory:');
  t.after(() => store.close());
  const [letters, main] = ['briefe.example', 'post.example'] as Domain[] as [Domain, Domain];
  const digest = recordDigest(post);
  await listPublishers(store, [{ domain: main, record: post.id, digest }], () => at);
  const result = (domain: Domain, facts: Partial<NewComparison>): NewComparison => {
    return {
      domain,
      record: post.id,
      digest,
      at,
      verdict: 'agrees',
      differences: [],
      sources: [],
      proposal: null,
      ...facts,
    };
  };
  for (const one of [
    result(letters, { digest: 'of an older record', verdict: 'nothing' }),
    result(main, {}),
    result(main, { verdict: 'differs', differences }),
    result(main, { verdict: 'unknown' }),
  ])
    await store.atomically(putComparison(store.db, one, due));
  const { get } = testApp({
    history: {
      comparisons: (record, page) => readComparisons(store.db, record, page),
      compared: (record) => readNewestComparisons(store.db, record),
      asked: (domains) => readPublishersDue(store.db, domains),
    },
  });
  const response = await get(`/api/v1/providers/post.example/comparisons${query}`);
  assert.equal(response.status, 200);
  assert.equal(response.headers.get('Cache-Control'), 'private, max-age=60');
  return (await response.json()) as Comparisons;
}

describe('The comparisons of a record', () => {
  test('say of each of its domains how it compared last, and when it is asked next', async (t) => {
    const { provider, domains } = await comparisons(t);
    assert.equal(provider, 'post.example');
    assert.deepEqual(
      domains.map(({ domain, newest, due: next }) => [domain, newest?.verdict, newest?.current, next]),
      [
        ['briefe.example', 'nothing', false, null],
        ['post.example', 'differs', true, due],
        ['xn--strae-oqa.example', undefined, undefined, null],
      ],
    );
    const { newest } = domains[1]!;
    assert.equal(newest?.says.de, 'weicht von unserem Datensatz ab');
    assert.deepEqual(
      newest?.differences.map(({ state, says }) => [state, says.en]),
      [['host-differs', 'another host']],
    );
  });

  test('are listed newest first, page by page', async (t) => {
    const all = await comparisons(t);
    assert.deepEqual(
      all.comparisons.map(({ n, verdict, changed }) => [n, verdict, changed]),
      [
        [4, 'unknown', false],
        [3, 'differs', true],
        [2, 'agrees', true],
        [1, 'nothing', true],
      ],
    );
    assert.equal(all.next, null);
    const page = await comparisons(t, '?limit=2&before=4');
    assert.deepEqual([page.comparisons.map(({ n }) => n), page.next], [[3, 2], 2]);
  });

  test('of a record that nobody has compared are empty', async () => {
    const response = await testApp().get('/api/v1/providers/hoster.example/comparisons');
    assert.deepEqual(await response.json(), { provider: 'hoster.example', domains: [], comparisons: [], next: null });
  });
});
