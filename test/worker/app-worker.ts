/** The app in workerd, for the tests of web/: each test's own, told by twin.ts what it serves. */
import type { Hono } from 'hono';
import { compileAtlas } from '../../src/atlas/atlas.ts';
import { withHosted } from '../../src/atlas/hosted.ts';
import { createApp } from '../../src/web/app.ts';
import { type Deps, type Served, served } from '../../src/web/served.ts';
import { decode, encode, type Note, type Told } from './wire.ts';

interface Twin {
  readonly app: Hono;
  readonly notes: Note[];
  current: Served | undefined;
}

const twins = new Map<string, Twin>();

export default {
  async fetch(request: Request): Promise<Response> {
    const id = request.headers.get('X-Twin') ?? '';
    if (request.headers.has('X-Twin-Told')) {
      const told = decode(await request.text()) as Told;
      const twin = twins.get(id) ?? make(id, told);
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
    asked.headers.delete('X-Twin');
    const response = await twin.app.fetch(asked);
    const answer = new Response(response.body, response);
    answer.headers.set('X-Twin-Notes', encodeURIComponent(encode(twin.notes.splice(0))));
    return answer;
  },
};

function make(id: string, { calls, functions, setUp }: Told): Twin {
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
  const { asker, isNear, mayMeasure, process, messages, about, ...rest } = setUp;
  const twin: Twin = {
    notes,
    current: undefined,
    app: createApp({
      ...(far as unknown as Deps),
      ...rest,
      ...(messages !== undefined && { messages: () => messages as never }),
      ...(about !== undefined && { about: () => about as never }),
      served: () => twin.current,
      asker: () => asker,
      isNear: () => isNear,
      mayMeasure: () => mayMeasure,
      process: () => process as never,
      missed: (...args) => notes.push({ kind: 'missed', args }),
      defect: (error, route) => notes.push({ kind: 'defect', message: (error as Error).message, route }),
    }),
  };
  return twin;
}
