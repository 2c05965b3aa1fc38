/** The routes of agents, over a real store with tokens, leases and checks in it. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, type TestContext, test } from 'node:test';
import type { EndpointKey } from '../../src/provider/model.ts';
import { readChecks } from '../../src/store/seen/checks.ts';
import { listEndpoints, readStatuses } from '../../src/store/seen/statuses.ts';
import { readDue } from '../../src/store/seen/watches.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import { authenticate, createToken, type Role, revokeToken } from '../../src/store/tokens.ts';
import { agency } from '../../src/verify/agents/agency.ts';
import type { Evidence } from '../../src/verify/evidence.ts';
import { judge } from '../../src/verify/judge.ts';
import { testApp } from './app.ts';

const keys = ['a', 'b', 'c'].map((name) => `imap://imap.${name}.example:993?security=tls` as EndpointKey);
const [a, b] = keys as [EndpointKey, EndpointKey];

describe('An agent', () => {
  test('is given work, reports, and has its run judged', async (t) => {
    const { post, store } = await house(t);
    const leases = await post('leases', { hold: 2, done: 0 });
    assert.deepEqual(leases, { status: 200, body: { run: 1, endpoints: [a, b], planned: 3, lease: 180_000 } });
    const reports = await post('reports', { evidence: [refused(a), refused(b)] });
    assert.deepEqual(reports, { status: 200, body: { taken: [a, b], refused: [] } });
    const [check] = await readChecks(store.db, [a], 5);
    assert.deepEqual([check?.code, check?.vantage, check?.run], ['tcp.refused', 'berlin', 1]);
    const { body } = await post('end', {});
    assert.deepEqual(body, { verdict: 'sound', reason: null, changes: [] });
    assert.equal((await readStatuses(store.db, new Date().toISOString())).get(a)?.status, 'unverified');
  });

  test('may say everything twice', async (t) => {
    const { post, store } = await house(t);
    for (const _ of [1, 2]) assert.equal((await post('leases', { hold: 1, done: 0 })).status, 200);
    for (const _ of [1, 2]) {
      const { body } = await post('reports', { evidence: [refused(a)] });
      assert.deepEqual(body, { taken: [a], refused: [] });
    }
    assert.equal((await readChecks(store.db, [a], 5)).length, 1);
    for (const _ of [1, 2]) assert.equal((await post('end', {})).status, 200);
  });

  test('cannot add to a run that is over', async (t) => {
    const { post } = await house(t);
    await post('leases', { hold: 1, done: 0 });
    await post('end', {});
    for (const [what, body] of [
      ['leases', { hold: 1, done: 0 }],
      ['reports', { evidence: [refused(a)] }],
    ] as const) {
      const answer = await post(what, body);
      assert.deepEqual([answer.status, answer.body['code']], [409, 'run-over']);
    }
  });
});

describe('Who is no agent', () => {
  const cases: [string, string | undefined, number, string][] = [
    ['has no token', undefined, 401, 'no-token'],
    ['has a token that is none', 'Bearer mat_0000000000000000000000000000', 401, 'no-token'],
    ['signs in otherwise', 'Basic YmVybGluOmJlcmxpbg==', 401, 'no-token'],
  ];
  for (const [sentence, authorization, status, code] of cases) {
    test(`${sentence}: ${status}`, async (t) => {
      const { post } = await house(t);
      const answer = await post('leases', { hold: 1, done: 0 }, { authorization });
      assert.deepEqual([answer.status, answer.body['code']], [status, code]);
    });
  }

  test('is told how to sign in, and nobody may keep or read the answer elsewhere', async (t) => {
    const { send } = await house(t);
    const response = await send('leases', { hold: 1, done: 0 }, undefined);
    assert.equal(response.headers.get('WWW-Authenticate'), 'Bearer realm="mailatlas"');
    assert.equal(response.headers.get('Cache-Control'), 'no-store');
    assert.equal(response.headers.get('Access-Control-Allow-Origin'), null);
  });

  for (const role of ['reviewer', 'admin'] as const) {
    test(`has a token of another role (${role}): 403`, async (t) => {
      const { post, token } = await house(t);
      const answer = await post('leases', { hold: 1, done: 0 }, { authorization: await token('anna', role) });
      assert.deepEqual([answer.status, answer.body['code']], [403, 'wrong-role']);
    });
  }

  test('was one until its token was revoked, in the middle of a run', async (t) => {
    const { post, store } = await house(t);
    await post('leases', { hold: 1, done: 0 });
    await store.atomically([revokeToken(store.db, 'berlin', new Date().toISOString())]);
    const answer = await post('reports', { evidence: [refused(a)] });
    assert.equal(answer.status, 401);
    assert.deepEqual(await readChecks(store.db, keys, 5), []);
  });

  test('is not this machine: an agent cannot be called local', async (t) => {
    const { post, token } = await house(t);
    const answer = await post('leases', { hold: 1, done: 0 }, { authorization: await token('local', 'agent') });
    assert.deepEqual([answer.status, answer.body['code']], [403, 'wrong-role']);
  });
});

describe('Evidence', () => {
  test('of an endpoint that was not given out is not wanted', async (t) => {
    const { post, store } = await house(t);
    await post('leases', { hold: 1, done: 0 });
    const strange = 'imap://imap.stranger.example:993?security=tls' as EndpointKey;
    const { body } = await post('reports', { evidence: [refused(b), refused(strange)] });
    assert.deepEqual(body, { taken: [], refused: [] });
    assert.deepEqual(await readChecks(store.db, [...keys, strange], 5), []);
  });

  test('in another agent’s run is not wanted', async (t) => {
    const { post, token, store } = await house(t);
    await post('leases', { hold: 1, done: 0 });
    const vienna = await token('vienna', 'agent');
    // The same id: runs of two vantages are two runs.
    const answer = await post('reports', { evidence: [refused(a)] }, { authorization: vienna });
    assert.equal(answer.status, 409);
    assert.deepEqual(await readChecks(store.db, keys, 5), []);
  });

  test('that says who looked is not believed, and what nobody asked for is not kept', async (t) => {
    const { post, store } = await house(t);
    await post('leases', { hold: 1, done: 0 });
    await post('reports', { evidence: [{ ...refused(a), vantage: 'local', verdict: 'ok', extra: 'x'.repeat(1000) }] });
    const [check] = await readChecks(store.db, [a], 1);
    assert.equal(check?.vantage, 'berlin');
    const { vantage, ...kept } = (check?.evidence ?? {}) as Evidence;
    const { vantage: _, at: __, ...sent } = refused(a);
    assert.equal(vantage, 'berlin');
    assert.deepEqual({ ...kept, at: undefined }, { ...sent, at: undefined });
  });

  const forged: Record<string, (good: Evidence) => unknown> = {
    'that is nothing': () => null,
    'that is a text': () => 'tcp.refused',
    'of no endpoint': (good) => ({ ...good, endpoint: 'https://mail.example/' }),
    'of an endpoint in another form': (good) => ({ ...good, endpoint: `${good.endpoint}&x=1` }),
    'of another day': (good) => ({ ...good, at: 'yesterday' }),
    'from nowhere': (good) => ({ ...good, attempts: [{ ...good.attempts[0], address: '<b>there</b>' }] }),
    'with a fault that there is not': (good) => ({
      ...good,
      attempts: [{ ...good.attempts[0], fault: { phase: 'connect', kind: 'cursed' } }],
    }),
    'with times that are none': (good) => ({ ...good, dns: { ...good.dns, ms: -1 } }),
    'with a line without an end': (good) => ({
      ...good,
      attempts: [{ ...good.attempts[0], transcript: [{ from: 'S', text: 'x'.repeat(5000) }] }],
    }),
    'with very many attempts': (good) => ({ ...good, attempts: Array.from({ length: 33 }, () => good.attempts[0]) }),
    'that is larger than anybody reads': (good) => ({
      ...good,
      attempts: Array.from({ length: 30 }, () => ({
        ...good.attempts[0],
        transcript: Array.from({ length: 100 }, () => ({ from: 'S', text: 'x'.repeat(200) })),
      })),
    }),
  };
  for (const [sentence, forge] of Object.entries(forged)) {
    test(`${sentence} is refused, and the other evidence beside it taken`, async (t) => {
      const { post, store } = await house(t);
      await post('leases', { hold: 2, done: 0 });
      const { status, body } = await post('reports', { evidence: [forge(refused(a)), refused(b)] });
      assert.equal(status, 200);
      assert.deepEqual(body['taken'], [b]);
      assert.equal((body['refused'] as { index: number; why: string }[])[0]?.index, 0);
      assert.equal((await readChecks(store.db, keys, 5)).length, 1);
    });
  }

  test('that is refused is not asked for again at once', async (t) => {
    const { post, store } = await house(t);
    await post('leases', { hold: 1, done: 0 });
    await post('reports', { evidence: [{ ...refused(a), at: 'yesterday' }] });
    await post('end', {});
    assert.deepEqual((await readDue(store.db, 'berlin', new Date().toISOString())).due, 2);
  });

  test('of more than a mebibyte is not read', async (t) => {
    const { post } = await house(t);
    await post('leases', { hold: 1, done: 0 });
    const { status, body } = await post('reports', { evidence: ['x'.repeat(1_100_000)] });
    assert.deepEqual([status, body['code']], [413, 'too-large']);
  });

  const malformed: Record<string, string> = {
    'that is no JSON': '{',
    'that is a list': '[]',
    'without evidence': '{"evidence":[]}',
    'of very much': JSON.stringify({ evidence: Array.from({ length: 101 }, () => 1) }),
  };
  for (const [sentence, text] of Object.entries(malformed)) {
    test(`in a report ${sentence} is malformed`, async (t) => {
      const { post } = await house(t);
      await post('leases', { hold: 1, done: 0 });
      const { status, body } = await post('reports', text);
      assert.deepEqual([status, body['code']], [400, 'malformed-request']);
    });
  }
});

test('A run has a UUID and a number, and a wish has bounds', async (t) => {
  const { post } = await house(t);
  assert.equal((await post('leases', { hold: 1, done: 0 }, { run: '1' })).status, 400);
  assert.equal((await post('leases', { hold: 1_000_000, done: 0 })).status, 400);
  assert.equal((await post('leases', { hold: 1 })).status, 400);
});

/** The server has no port 993 open. */
function refused(endpoint: EndpointKey): Evidence {
  const transcript = [{ from: '--' as const, text: 'refused' }];
  const fault = { phase: 'connect' as const, kind: 'refused' as const };
  const attempts = [{ address: '192.0.2.1', ms: {}, fault, transcript }];
  const at = new Date().toISOString();
  return { endpoint, at, vantage: 'berlin', dns: { ms: 1, addresses: ['192.0.2.1'] }, attempts };
}

interface How {
  readonly authorization?: string | undefined;
  readonly run?: string;
}

async function house(t: TestContext) {
  const store = openSqlite(':memory:');
  t.after(() => store.close());
  await listEndpoints(store, keys, new Date().toISOString());
  const now = () => new Date().toISOString();
  const { app } = testApp({
    setUp: {
      authenticate: (secret, role) => authenticate(store, secret, role, now()),
      agents: agency({ store, judge: (evidence, at) => judge(evidence, at), list: () => Promise.resolve() }),
    },
  });
  const token = async (name: string, role: Role) => `Bearer ${await createToken(store, name, role, now())}`;
  const berlin = await token('berlin', 'agent');
  const run = `${randomUUID()}.1`;
  const send = async (what: string, body: unknown, authorization: string | undefined, id: string = run) =>
    app.request(`/api/v1/agent/runs/${id}/${what}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...(authorization && { Authorization: authorization }) },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  const post = async (what: string, body: unknown, how: How = {}) => {
    const response = await send(what, body, 'authorization' in how ? how.authorization : berlin, how.run);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  return { store, post, send, token };
}
