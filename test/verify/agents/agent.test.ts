/** Agents as processes, a server over HTTP, mail servers over sockets: what happens when one of them goes. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { after, describe, type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { EndpointKey } from '../../../src/provider/model.ts';
import type { Store } from '../../../src/store/db.ts';
import { readChecks } from '../../../src/store/seen/checks.ts';
import { readRuns } from '../../../src/store/seen/runs.ts';
import { listEndpoints, readStatuses } from '../../../src/store/seen/statuses.ts';
import { openSqlite } from '../../../src/store/sqlite.ts';
import { authenticate, createToken, revokeToken } from '../../../src/store/tokens.ts';
import { agency } from '../../../src/verify/agents/agency.ts';
import { judge } from '../../../src/verify/judge.ts';
import { type Listening, listen } from '../../../src/web/http/listen-node.ts';
import { startDns } from '../../dns-server.ts';
import { freePort } from '../../free-ports.ts';
import { soon } from '../../soon.ts';
import { testApp } from '../../web/app.ts';
import { startMailServer } from '../mail-server.ts';
import * as behaved from '../well-behaved.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const temporary = mkdtempSync(join(tmpdir(), 'mailatlas-agent-'));
after(() => rmSync(temporary, { recursive: true }));
let files = 0;

describe('two agents', () => {
  test('of one vantage, of which one is killed in mid-lease: the other takes over what it had', async (t) => {
    const { store, url, token, keys, greetAll } = await house(t, { count: 16, quick: 2, lease: 3000 });
    const secret = await token('berlin');
    const doomed = agent(t, url, secret);
    await doomed.said(2);
    agent(t, url, secret);
    await soon('the run of the other one', async () => assert.equal((await readRuns(store.db, 10)).length, 2));
    doomed.child.kill('SIGKILL');
    greetAll();
    await all(store, keys, 'verified');
    await soon('the end of all runs', async () => {
      for (const { verdict } of await readRuns(store.db, 100)) assert.equal(verdict, 'sound');
    });
    const seen = Map.groupBy(await readChecks(store.db, keys, 1000), ({ endpoint }) => endpoint);
    for (const [key, checks] of seen) assert.equal(checks.length, 1, `${key} was looked at twice`);
  });

  test('of two vantages, of which one is killed: the other looks at everything all the same', async (t) => {
    const { store, url, token, keys, greetAll } = await house(t, { count: 10, quick: 2 });
    const doomed = agent(t, url, await token('berlin'));
    await doomed.said(2);
    doomed.child.kill('SIGKILL');
    greetAll();
    agent(t, url, await token('vienna'));
    await all(store, keys, 'verified');
    await soon('the run of the dead one', async () => {
      const runs = Map.groupBy(await readRuns(store.db, 10), ({ vantage }) => vantage);
      assert.deepEqual([...runs.keys()].sort(), ['berlin', 'vienna']);
      assert.deepEqual(
        runs.get('berlin')?.map(({ ended }) => ended !== null),
        [true],
      );
      // What the dead one still held, the other one may have looked at in a run of its own.
      const theirs = runs.get('vienna') ?? [];
      assert.ok(theirs.every(({ ended }) => ended !== null));
      assert.equal(
        theirs.reduce((sum, { done }) => sum + done, 0),
        10,
      );
    });
    const from = Map.groupBy(await readChecks(store.db, keys, 1000), ({ vantage }) => vantage);
    assert.equal(from.get('vienna')?.length, 10);
    assert.ok((from.get('berlin')?.length ?? 0) >= 2, 'what was reported counts');
  });
});

describe('a server', () => {
  test('that goes and comes back loses nothing: its agents ask until it answers', async (t) => {
    const { store, url, token, keys, stop, start, greetAll } = await house(t, { count: 12, quick: 2, lease: 20_000 });
    const berlin = agent(t, url, await token('berlin'));
    await berlin.said(2);
    await stop();
    greetAll();
    await berlin.complained(/the server is asked again and again: it cannot be reached \(ECONNREFUSED\)/);
    await start();
    await all(store, keys, 'verified');
    await berlin.complained(/the server answers again/);
    assert.deepEqual(
      (await readRuns(store.db, 10)).map(({ done, verdict }) => [done, verdict]),
      [[12, 'sound']],
      'it was the same run',
    );
  });

  test('that was away for longer than the leases lasted has the work done again', async (t) => {
    const { store, url, token, keys, stop, start, greetAll } = await house(t, { count: 6, quick: 1 });
    const berlin = agent(t, url, await token('berlin'));
    await berlin.said(1);
    await stop();
    greetAll();
    await delay(1500);
    await start();
    agent(t, url, await token('vienna'));
    await all(store, keys, 'verified');
    berlin.child.kill('SIGTERM');
    assert.deepEqual(await once(berlin.child, 'exit'), [0, null]);
  });
});

describe('an agent', () => {
  test('that is told to stop says what it has seen, and gives back the rest', async (t) => {
    const { store, url, token, keys, greetWaiting, greetAll } = await house(t, { count: 12, quick: 3, lease: 60_000 });
    const berlin = agent(t, url, await token('berlin'));
    await berlin.said(3);
    berlin.child.kill('SIGTERM');
    const ended = once(berlin.child, 'exit');
    await soon('its end', () => {
      // Those that it is looking at.
      greetWaiting();
      assert.notEqual(berlin.child.exitCode, null);
    });
    assert.deepEqual(await ended, [0, null]);
    greetAll();
    const [run] = await readRuns(store.db, 1);
    assert.ok(run?.ended && run.verdict === 'sound' && run.done >= 3 && run.done < 12);
    const told = [...(await readStatuses(store.db, new Date().toISOString())).values()];
    assert.equal(told.filter(({ status }) => status === 'verified').length, run.done);
    agent(t, url, await token('vienna'));
    await all(store, keys, 'verified');
  });

  test('whose token is revoked ends, and says why', async (t) => {
    const { store, url, token, greetAll } = await house(t, { count: 12, quick: 1 });
    const berlin = agent(t, url, await token('berlin'));
    await berlin.said(1);
    const exited = once(berlin.child, 'exit');
    await store.atomically([revokeToken(store.db, 'berlin', new Date().toISOString())]);
    greetAll();
    const [code] = await exited;
    assert.notEqual(code, 0);
    await berlin.complained(/AgentRefused: it answered 401: This needs a good token of role agent/);
  });
});

describe('mailatlas agent', () => {
  test('looks at what is due, and is done with --once', async (t) => {
    const { store, url, token, dns, named } = await house(t, { count: 0 });
    const { code, stdout } = await mailatlas(
      ['agent', '--server', url, '--once', '--resolver', dns, '--allow-private', '--json'],
      await token('berlin'),
    );
    assert.equal(code, 0);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      lines.slice(0, -1).map(({ endpoint, verdict }) => [endpoint, verdict.code]),
      [[named, 'dns.nxdomain']],
    );
    assert.deepEqual([lines.at(-1).done, lines.at(-1).verdict], [1, 'sound']);
    assert.equal((await readChecks(store.db, [named], 1))[0]?.vantage, 'berlin');
  });

  test('tells people what it has seen, and stops when it is told to', async (t) => {
    const { url, token, dns } = await house(t, { count: 0 });
    const child = spawn(process.execPath, args(['agent', '--server', url, '--resolver', dns]), {
      env: { ...process.env, MAILATLAS_TOKEN: await token('berlin') },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
    assert.equal(String(chunk), 'run 1: 1 looked at, 1 fail, 0 cannot be told; 0 statuses moved\n');
    child.kill('SIGTERM');
    assert.deepEqual(await once(child, 'exit'), [0, null]);
  });

  test('says what is wrong where the server wants none of it', async (t) => {
    const { url } = await house(t, { count: 0 });
    const { code, stderr } = await mailatlas(['agent', '--server', url], 'mat_000000000000000000000000');
    assert.equal(code, 3);
    assert.equal(
      stderr,
      `mailatlas: ${url} refuses: it answered 401: This needs a good token of role agent, as Bearer\n` +
        '  hint: have another token made: mailatlas token create --role agent --name NAME\n',
    );
  });
});

interface House {
  /** Mail servers. */
  readonly count: number;
  /** So many connections are greeted at once, the others when the test says so; all of them, unless it does. */
  readonly quick?: number;
  /** Milliseconds. */
  readonly lease?: number;
}

/** Mail servers on loopback, a database that lists them, and a server over HTTP that gives them out. */
async function house(t: TestContext, { count, quick = Number.POSITIVE_INFINITY, lease = 1000 }: House) {
  let left = quick;
  const waiting: (() => void)[] = [];
  const greetWaiting = () => {
    for (const greet of waiting.splice(0)) greet();
  };
  const greetAll = () => {
    left = Number.POSITIVE_INFINITY;
    greetWaiting();
  };
  const servers = await Promise.all(
    Array.from({ length: count }, () =>
      startMailServer(async (client) => {
        if (left-- <= 0) await new Promise<void>((resolve) => waiting.push(resolve));
        await behaved.imap({ security: 'none' })(client);
      }),
    ),
  );
  const dns = await startDns({});
  const keys = servers.map(({ port }, i) => `imap://mail.p${i}.example:${port}?security=none` as EndpointKey);
  const named = 'imap://imap.nowhere.example:993?security=tls' as EndpointKey;
  const file = join(temporary, `${++files}.db`);
  const store = openSqlite(file);
  await listEndpoints(store, count === 0 ? [named] : keys, new Date().toISOString());
  const port = await freePort();
  let running: { listening: Listening; store: Store } | undefined;
  const start = async () => {
    // Another process would open the file itself.
    const own = openSqlite(file);
    const { app } = testApp({
      setUp: {
        authenticate: (secret, role) => authenticate(own, secret, role, new Date().toISOString()),
        agents: agency({
          store: own,
          judge: (seen, now) => judge(seen, now),
          lease,
          pause: 0,
          list: () => Promise.resolve(),
        }),
      },
    });
    const listening = await listen(app, { host: '127.0.0.1', port });
    running = { listening, store: own };
  };
  const stop = async () => {
    await running?.listening.close();
    running?.store.close();
    running = undefined;
  };
  await start();
  t.after(async () => {
    greetAll();
    await stop();
    store.close();
    await Promise.all([dns.stop(), ...servers.map((server) => server.stop().catch(() => undefined))]);
  });
  const token = async (name: string) => (await createToken(store, name, 'agent', new Date().toISOString())) ?? '';
  return {
    store,
    keys,
    named,
    dns: dns.address,
    url: `http://127.0.0.1:${port}`,
    token,
    start,
    stop,
    greetWaiting,
    greetAll,
  };
}

function agent(t: TestContext, url: string, token: string) {
  const program = fileURLToPath(new URL('agent-process.ts', import.meta.url));
  const child: ChildProcess = spawn(process.execPath, [program, url, token], { stdio: ['ignore', 'pipe', 'pipe'] });
  const heard = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream]?.on('data', (chunk: Buffer) => {
      heard[stream] += String(chunk);
    });
  t.after(() => child.kill('SIGKILL'));
  return {
    child,
    /** Until it has reported so many servers. */
    said: (dots: number) => soon('reports', () => assert.ok(heard.stdout.split('.').length > dots, heard.stderr)),
    complained: (words: RegExp) => soon('a complaint', () => assert.match(heard.stderr, words)),
  };
}

async function all(store: Store, keys: readonly EndpointKey[], status: string): Promise<void> {
  await soon(`all ${status}`, async () => {
    const told = await readStatuses(store.db, new Date().toISOString());
    assert.deepEqual(
      keys.map((key) => told.get(key)?.status),
      keys.map(() => status),
    );
  });
}

function args(given: readonly string[]): string[] {
  return [join(root, 'src/cli/main.ts'), ...given, '--contact', 'https://mail.example/probes'];
}

async function mailatlas(given: readonly string[], token: string) {
  const child = spawn(process.execPath, args(given), { env: { ...process.env, MAILATLAS_TOKEN: token } });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += String(chunk)));
  child.stderr.on('data', (chunk: Buffer) => (stderr += String(chunk)));
  const [code] = (await once(child, 'close')) as [number];
  return { code, stdout, stderr };
}
