/** The other end of d1-distant.ts, in workerd: hands statements to D1's own binding. */
import type { D1Database } from '@cloudflare/workers-types';
import type { Asked } from './d1-distant.ts';

export default {
  fetch: (request: Request, { DB }: { DB: D1Database }) => answerStatements(request, DB),
};

/** Runs what the body says. */
export async function answerStatements(request: Request, DB: D1Database): Promise<Response> {
  const { how, statements } = (await request.json()) as Asked;
  const bound = statements.map(({ sql, values }) => DB.prepare(sql).bind(...values));
  const [only] = bound;
  try {
    if (how === 'batch') return Response.json({ result: await DB.batch(bound) });
    return Response.json({ result: how === 'raw' ? await only?.raw() : await only?.[how]() });
  } catch (error) {
    return Response.json({ error: (error as Error).message });
  }
}
