/** `GET /api/v1/providers/{id}/probes`, over a real store with checks in it. */
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { endpointKey, nothingKnown } from '../../src/provider/model.ts';
import { type NewCheck, putCheck } from '../../src/store/seen/checks.ts';
import { readDueAt, readHistory, readLastEvidence } from '../../src/store/seen/history.ts';
import { listEndpoints } from '../../src/store/seen/statuses.ts';
import { showUp } from '../../src/store/seen/vantages.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import { testApp } from './app.ts';
import { post } from './records.ts';

interface Probes {
  provider: string;
  endpoints: {
    endpoint: string;
    status: string;
    reason: string;
    since: string | null;
    due: string | null;
    auth: { auth: string; standing: string; by?: string }[];
    evidence?: unknown;
  }[];
  checks: { n: number; endpoint: string; code: string; warnings: string[]; changed: boolean }[];
  next: number | null;
}

const at = '2026-11-20T10:00:00.000Z';
const [first, second] = post.incoming.map(endpointKey);
assert.ok(first && second);

function evidence(endpoint: string, mechanisms: string[]) {
  const capabilities = { names: ['IMAP4REV1'], mechanisms, starttls: false };
  return {
    endpoint,
    at,
    vantage: 'local',
    dns: { ms: 1, addresses: [] },
    attempts: [{ address: '192.0.2.1', capabilities }],
  };
}

async function probes(
  t: TestContext,
  query = '',
  codes: readonly string[] = ['ok', 'tls.expired', 'ok'],
): Promise<Probes> {
  const store = openSqlite(':memory:');
  t.after(() => store.close());
  await showUp(store, 'local', at);
  await listEndpoints(store, [first!, second!], at);
  for (const [i, code] of codes.entries()) {
    const facts = { endpoint: i % 2 === 0 ? first! : second!, at, vantage: 'local', run: 1, ms: 12, certDays: 60 };
    const outcome = code === 'ok' ? 'works' : 'fails';
    const check: NewCheck = {
      ...facts,
      code,
      outcome,
      warnings: ['quit.impolite'],
      says: 'A sentence.',
      evidence: evidence(facts.endpoint, i > 1 ? ['PLAIN'] : ['LOGIN']),
    };
    await store.atomically(putCheck(store.db, check));
  }
  const since = '2026-11-19T10:00:00.000Z';
  const statuses = new Map([[first!, { status: 'verified', reason: 'ok', since, checkedAt: at } as const]]);
  const { get } = testApp({
    knowledge: { ...nothingKnown, statuses },
    history: {
      checks: (keys, page) => readHistory(store.db, keys, page),
      evidence: (keys) => readLastEvidence(store.db, keys),
      due: (keys) => readDueAt(store.db, keys),
    },
  });
  const response = await get(`/api/v1/providers/post.example/probes${query}`);
  assert.equal(response.status, 200);
  assert.equal(response.headers.get('Cache-Control'), 'private, max-age=60');
  return (await response.json()) as Probes;
}

describe('The probes of a record', () => {
  test('say of each endpoint how it stands and when it is looked at next', async (t) => {
    const { provider, endpoints } = await probes(t);
    assert.equal(provider, 'post.example');
    assert.equal(endpoints.length, post.incoming.length + post.outgoing.length);
    const { auth: _, ...well } = endpoints[0]!;
    assert.deepEqual(well, {
      endpoint: first,
      status: 'verified',
      reason: 'ok',
      since: '2026-11-19T10:00:00.000Z',
      checkedAt: at,
      due: at,
    });
    assert.deepEqual([endpoints[2]?.status, endpoints[2]?.due], ['unverified', null]);
  });

  test('hold the record’s claims of sign-in against what the last probe saw', async (t) => {
    const [one, , never] = (await probes(t)).endpoints;
    assert.deepEqual(
      one?.auth.map(({ auth, standing, by }) => [auth, standing, by]),
      [
        ['OAuth2', 'contradicted', undefined],
        ['password-cleartext', 'advertised', 'PLAIN'],
      ],
    );
    assert.deepEqual(
      never?.auth.map(({ standing }) => standing),
      ['unverifiable'],
    );
  });

  test('list the checks, newest first, page by page', async (t) => {
    const all = await probes(t);
    assert.deepEqual(
      all.checks.map(({ n, code, changed, warnings }) => [n, code, changed, warnings]),
      [
        [3, 'ok', false, ['quit.impolite']],
        [2, 'tls.expired', true, ['quit.impolite']],
        [1, 'ok', true, ['quit.impolite']],
      ],
    );
    assert.equal(all.next, null);
    const page = await probes(t, '?limit=2');
    assert.deepEqual([page.checks.map(({ n }) => n), page.next], [[3, 2], 2]);
    const rest = await probes(t, '?limit=2&before=2');
    assert.deepEqual([rest.checks.map(({ n }) => n), rest.next], [[1], null]);
  });

  test('bring the evidence only when it is asked for', async (t) => {
    assert.ok(!('evidence' in (await probes(t)).endpoints[0]!));
    const [one, , never] = (await probes(t, '?evidence=1')).endpoints;
    assert.deepEqual(one?.evidence, evidence(first, ['PLAIN']));
    assert.equal(never?.evidence, null);
  });

  test('of a record that has none, or only hosts that differ from customer to customer, are empty', async () => {
    const { get } = testApp();
    for (const id of ['vault.example', 'hoster.example']) {
      const { endpoints, checks } = (await (await get(`/api/v1/providers/${id}/probes`)).json()) as Probes;
      assert.deepEqual([endpoints, checks], [[], []]);
    }
  });
});
