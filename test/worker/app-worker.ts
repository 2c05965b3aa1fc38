/** The app in workerd, for the tests of web/: each test's own, told by twin.ts what it serves. */
import type { D1Database } from '@cloudflare/workers-types';
import type { Hono } from 'hono';
import { compileAtlas } from '../../src/atlas/atlas.ts';
import { withHosted } from '../../src/atlas/hosted.ts';
import { openD1 } from '../../src/store/d1.ts';
import { readCurated } from '../../src/store/providers.ts';
import type { Desk } from '../../src/submit/desk.ts';
import type { CheckResult } from '../../src/submit/model.ts';
import { createApp } from '../../src/web/app.ts';
import { type Deps, type Served, served } from '../../src/web/served/served.ts';
import { answerStatements } from './d1-worker.ts';
import { decode, encode, type Note, type Told } from './wire.ts';

interface Twin {
  readonly app: Hono;
  readonly notes: Note[];
  current: Served | undefined;
  /** Of the request. */
  now: Date;
}

const twins = new Map<string, Twin>();

export default {
  async fetch(request: Request, { DB }: { DB: D1Database }): Promise<Response> {
    const id = request.headers.get('X-Twin');
    // The test itself asks the database.
    if (id === null) return answerStatements(request, DB);
    if (request.headers.has('X-Twin-Told')) {
      const told = decode(await request.text()) as Told;
      const twin = twins.get(id) ?? make(id, told, DB);
      twins.set(id, twin);
      if (told.served) {
        const { curated, hosted, knowledge, revision } = told.served;
        twin.current = served(withHosted(compileAtlas(curated), hosted), knowledge, revision);
      }
      return new Response();
    }
    const twin = twins.get(id);
    if (!twin) return new Response(`there is no app ${id}`, { status: 500 });
    // Taken in whole, as Cloudflare's front does: an app may answer without having read to the end.
    const body = request.method === 'GET' || request.method === 'HEAD' ? null : await request.arrayBuffer();
    const asked = new Request(request.url, { method: request.method, headers: request.headers, body });
    twin.now = new Date(request.headers.get('X-Twin-Now') ?? Date.now());
    for (const name of ['X-Twin', 'X-Twin-Now']) asked.headers.delete(name);
    const response = await twin.app.fetch(asked);
    const answer = new Response(response.body, response);
    answer.headers.set('X-Twin-Notes', encodeURIComponent(encode(twin.notes.splice(0))));
    return answer;
  },
};

function make(id: string, { calls, functions, setUp }: Told, DB: D1Database): Twin {
  const notes: Note[] = [];
  const call =
    (name: string) =>
    async (...args: unknown[]) => {
      const response = await fetch(`${calls}/${id}/${name}`, { method: 'POST', body: encode(args) });
      const text = await response.text();
      if (!response.ok) throw new Error(text);
      return decode(text);
    };
  const far: Record<string, unknown> = {};
  for (const name of functions) {
    const [first = '', second] = name.split('.');
    if (second === undefined) far[first] = call(name);
    else far[first] = { ...(far[first] as object), [second]: call(name) };
  }
  const { asker, isNear, mayMeasure, process, dnsAnswers, databaseBytes, messages, about, desk, ...rest } = setUp;
  const twin: Twin = {
    notes,
    current: undefined,
    now: new Date(),
    app: createApp({
      ...(far as unknown as Deps),
      ...rest,
      ...(messages !== undefined && { messages: () => messages as never }),
      ...(about !== undefined && { about: () => about as never }),
      ...(desk && {
        submissions: {
          desk: deskOver(DB, desk, notes, () => twin.now),
          async dryRun(draft, block, told = () => undefined) {
            const results = (await call('submissions.dryRun')(draft, block)) as CheckResult[];
            results.forEach(told);
            return results;
          },
        },
      }),
      served: () => twin.current,
      asker: () => asker,
      isNear: () => isNear,
      mayMeasure: () => mayMeasure,
      process: () => process as never,
      dnsAnswers: () => dnsAnswers as never,
      databaseBytes: () => databaseBytes as never,
      missed: (...args) => notes.push({ kind: 'missed', args }),
      defect: (error, route) => notes.push({ kind: 'defect', message: (error as Error).message, route }),
    }),
  };
  return twin;
}

function deskOver(DB: D1Database, plain: NonNullable<Told['setUp']['desk']>, notes: Note[], now: () => Date): Desk {
  const store = openD1(DB);
  return {
    ...plain,
    store,
    now,
    atlas: async () => compileAtlas(await readCurated(store.db)),
    changed: async () => {},
    check: (...args) => void notes.push({ kind: 'check', args }),
    happened: (...args) => void notes.push({ kind: 'happened', args }),
  };
}
