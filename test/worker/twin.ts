/**
 * The tests of web/ against workerd: where MAILATLAS_TEST_ON is `workerd`, an app has a twin there, which is asked in its
 * place. What the twin needs of the test (DNS, history …) it asks back. An app that cannot be sent over, because a function of
 * the test's own makes its bytes, is asked in Node; suite.test.ts counts them.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import process from 'node:process';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { D1Database } from '@cloudflare/workers-types';
import type { HostedDomains } from '../../src/atlas/hosted.ts';
import { openD1 } from '../../src/store/d1.ts';
import type { Store } from '../../src/store/db.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import type { Desk } from '../../src/submit/desk.ts';
import type { Deps, Served } from '../../src/web/served/served.ts';
import { emptied } from './d1-distant.ts';
import type { createTestHarness } from './harness.ts';
import { decode, distantOf, encode, type Note, type Told } from './wire.ts';

/** Answers one request. */
export type Send = (
  method: string,
  url: string,
  headers: Readonly<Record<string, string>>,
  body?: string | Uint8Array<ArrayBuffer>,
) => Promise<Response>;

const isOn = process.env['MAILATLAS_TEST_ON'] === 'workerd';
const apps = new Map<string, Deps>();
const counts = { workerd: 0, node: 0 };

interface Running {
  readonly server: ReturnType<typeof createTestHarness>;
  readonly calls: Server;
  readonly url: string;
  /** The database that twins with a desk have, new. */
  fresh(): Promise<D1Database>;
}

let running: Promise<Running> | undefined;
if (isOn) {
  after(async () => {
    const { server, calls } = (await running) ?? {};
    await server?.close();
    calls?.close();
    process.stdout.write(`apps in workerd: ${counts.workerd}, in Node: ${counts.node}\n`);
  });
}

/** How the app of these dependencies is asked in workerd; undefined: it is asked in Node. */
export function twinOf(deps: Deps, hosted: HostedDomains): Send | undefined {
  if (!isOn) return undefined;
  const functions = distantOf(deps);
  const isElsewhere = deps.submissions && deps.submissions.desk.store.batchSize === Number.POSITIVE_INFINITY;
  if (!functions || isElsewhere) {
    counts.node += 1;
    return undefined;
  }
  counts.workerd += 1;
  const id = String(counts.workerd);
  apps.set(id, deps);
  let told: Served | undefined | 'nothing' = 'nothing';
  return async (method, url, headers, body) => {
    const { server, url: calls } = await (running ??= start());
    const current = deps.served();
    if (current !== told) {
      const text = encode(tell(deps, { hosted, functions, calls }));
      const telling = { method: 'POST', headers: { 'X-Twin': id, 'X-Twin-Told': 'yes' }, body: text };
      await reaching(() => server.fetch('/', telling));
      told = current;
    }
    // The Host is part of the URL.
    const { Host: _, ...others } = headers;
    const asking = {
      method,
      headers: {
        ...others,
        'X-Twin': id,
        ...(deps.submissions && { 'X-Twin-Now': deps.submissions.desk.now().toISOString() }),
      },
      redirect: 'manual' as const,
      ...(body !== undefined && { body }),
    };
    const response = (await reaching(() => server.fetch(url, asking))) as unknown as Response;
    const notes = decode(decodeURIComponent(response.headers.get('X-Twin-Notes') ?? '')) as Note[];
    for (const note of notes) pass(note, deps);
    return plain(method, response);
  };
}

/**
 * Asks once more where the connection was at its end already: workerd ends one that is idle for five seconds, and a test that
 * keeps Node busy for longer learns of that only when it asks again.
 */
async function reaching<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    const { code } = ((error as Error).cause ?? {}) as { code?: string };
    if (code !== 'UND_ERR_SOCKET') throw error;
    return ask();
  }
}

/** What happened in workerd happens here. */
function pass(note: Note, deps: Deps): void {
  const desk = deps.submissions?.desk;
  if (note.kind === 'missed') deps.missed(...(note.args as Parameters<Deps['missed']>));
  else if (note.kind === 'check') desk?.check(...(note.args as Parameters<Desk['check']>));
  else if (note.kind === 'happened') desk?.happened?.(...(note.args as Parameters<NonNullable<Desk['happened']>>));
  else deps.defect(new Error(note.message), note.route);
}

/** A new, empty store for a test's desk: on D1 where the tests run against workerd, so that its twin has the same. */
export async function deskStore(): Promise<Store> {
  return isOn ? openD1(await (await (running ??= start())).fresh()) : openSqlite(':memory:');
}

/** Without what the way there has added. */
function plain(method: string, response: Response): Response {
  const headers = new Headers(response.headers);
  for (const name of ['X-Twin-Notes', 'Transfer-Encoding', 'MF-Content-Encoding']) headers.delete(name);
  const { status } = response;
  const isEmpty = method === 'HEAD' || status === 204 || status === 304;
  return new Response(isEmpty ? null : response.body, { status, headers });
}

interface Telling extends Pick<Told, 'calls' | 'functions'> {
  readonly hosted: HostedDomains;
}

function tell(deps: Deps, { hosted, functions, calls }: Telling): Told {
  const { version, contact, url, mxService, hosting, submissions } = deps;
  const now = deps.served();
  const nobody = undefined as never;
  return {
    calls,
    functions,
    ...(now && {
      served: { curated: now.atlas.curated, knowledge: now.knowledge, revision: now.revision, hosted },
    }),
    setUp: {
      version,
      contact,
      ...(url !== undefined && { url }),
      ...(mxService !== undefined && { mxService }),
      ...(hosting && { hosting }),
      asker: deps.asker(nobody),
      isNear: deps.isNear(nobody),
      mayMeasure: deps.mayMeasure(nobody),
      process: deps.process?.(),
      dnsAnswers: deps.dnsAnswers?.(),
      databaseBytes: deps.databaseBytes?.(),
      ...(deps.messages && { messages: deps.messages() }),
      ...(deps.about && { about: deps.about() }),
      ...(submissions && { desk: plainOf(submissions.desk) }),
    },
  };
}

/** What of a desk is no function. */
function plainOf({ policy, checks, mostOpen, isSilent = false }: Desk): NonNullable<Told['setUp']['desk']> {
  return { policy, checks, mostOpen, isSilent };
}

async function start(): Promise<Running> {
  // Wrangler takes its time to load, which tests in Node need not wait for.
  const harness = await import('./harness.ts');
  const server = harness.createTestHarness({
    workers: [
      {
        config: {
          name: 'twins',
          main: fileURLToPath(new URL('app-worker.ts', import.meta.url)),
          compatibility_date: '2026-11-01',
          compatibility_flags: ['nodejs_compat'],
          d1_databases: [
            {
              binding: 'DB',
              database_name: 'twins',
              database_id: 'twins',
              migrations_dir: fileURLToPath(new URL('../../migrations', import.meta.url)),
            },
          ],
        },
      },
    ],
  });
  const calls = createServer((request, response) => {
    const [, id = '', name = ''] = (request.url ?? '').split('/');
    const answer = async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const deps = apps.get(id);
      const args = decode(Buffer.concat(chunks).toString()) as unknown[];
      return encode(await find(deps, name)?.(...args));
    };
    answer().then(
      (text) => response.end(text),
      (error: unknown) => response.writeHead(500).end((error as Error).message),
    );
  });
  await Promise.all([
    server.listen(),
    new Promise<void>((resolve) => {
      calls.listen(0, '127.0.0.1', resolve);
    }),
  ]);
  await server.getWorker<{ DB: D1Database }>().applyD1Migrations('DB');
  const fresh = await emptied((asked) => server.fetch('/', { method: 'POST', body: JSON.stringify(asked) }));
  return { server, calls, fresh, url: `http://127.0.0.1:${(calls.address() as AddressInfo).port}` };
}

type Call = (...args: unknown[]) => unknown;

/** `history.checks` of these dependencies. */
function find(deps: unknown, name: string): Call | undefined {
  const [first = '', second] = name.split('.');
  const room = (deps as Record<string, unknown>)[first];
  if (second === undefined) return room as Call | undefined;
  const inner = (room as Record<string, Call> | undefined)?.[second];
  return inner && ((...args) => Reflect.apply(inner, room, args));
}
