/** Review over HTTP, for those with a token. */
import type { Context } from 'hono';
import { countSubmissions, listSubmissions, type SubmissionRow } from '../../store/submissions.ts';
import type { Role } from '../../store/tokens.ts';
import type { By, Desk } from '../../submit/desk.ts';
import { type State, states } from '../../submit/model.ts';
import { accept, ask, decline } from '../../submit/review.ts';
import { rollback } from '../../submit/rollback.ts';
import { forReviewer, summary } from '../../submit/show.ts';
import { isOpen } from '../../submit/state.ts';
import { recheck, stop } from '../../submit/submissions.ts';
import { bearerOf, tokenOf } from '../bearer.ts';
import { Acceptance, MaybeReasoned, Reasoned, SubmissionsQuery } from '../contract/submissions.ts';
import { HttpProblem } from '../http/errors.ts';
import { parseQuery } from '../http/parse-query.ts';
import { numberIn } from '../http/query.ts';
import { sendJson } from '../http/respond.ts';
import { languageOf } from '../pages/language.ts';
import type { Deps } from '../served/served.ts';
import { reasonOf } from './said.ts';
import { refusable, submissionOf, submissionsOf, unknown } from './submissions.ts';

const shown = 100;

/** Tokens and receipts open the same doors; what they are, they say at their beginning. */
export function hasToken(c: Context): boolean {
  return bearerOf(c)?.startsWith('mat_') === true;
}

export function reviewRoutes(deps: Deps) {
  const reviewer = async (c: Context, role: Role): Promise<By> => {
    const { name: who, role: actual } = await tokenOf(deps, c, role);
    return { actor: actual === 'admin' ? 'admin' : 'reviewer', who };
  };
  /** A decision about the submission that the path names. */
  const decision =
    (decide: (desk: Desk, row: SubmissionRow, by: By, c: Context) => Promise<SubmissionRow>) =>
    async (c: Context): Promise<Response> => {
      const { desk } = submissionsOf(deps);
      const by = await reviewer(c, 'reviewer');
      const row = await refusable(decide(desk, await named(desk, c), by, c));
      return sendJson(c, await forReviewer(desk, row, languageOf(c)), 'no-store');
    };

  return {
    /** `GET /api/v1/submissions?state=` */
    list: async (c: Context): Promise<Response> => {
      const { desk } = submissionsOf(deps);
      await reviewer(c, 'reviewer');
      const { state, before } = parseQuery(SubmissionsQuery, c);
      const wanted = state === undefined ? states.filter(isOpen) : (state.split(',') as State[]);
      const page = { limit: shown, ...(before !== undefined && { before: Number(before) }) };
      const rows = await listSubmissions(desk.store.db, wanted, page);
      const counts = await countSubmissions(desk.store.db);
      const next = rows.length === shown ? (rows.at(-1)?.number ?? null) : null;
      return sendJson(c, { counts, submissions: rows.map((row) => summary(desk, row)), next }, 'no-store');
    },

    /** `GET /api/v1/submissions/{number}` with a token. */
    see: decision((_, row) => Promise.resolve(row)),

    accept: decision(async (desk, { number }, by, c) => {
      const { reason = '', confirm = [], version } = await reasonOf(Acceptance, c);
      return accept(desk, number, by, { reason, confirm, seen: version });
    }),
    decline: decision(async (desk, row, by, c) => decline(desk, row, by, await reasonOf(Reasoned, c))),
    ask: decision(async (desk, row, by, c) => ask(desk, row, by, await reasonOf(Reasoned, c))),
    stop: decision(async (desk, row, by, c) => stop(desk, row, by, (await reasonOf(MaybeReasoned, c)).reason ?? '')),
    recheck: decision((desk, row, by) => recheck(desk, row, by)),

    /** `POST /api/v1/revisions/{n}/rollback`, for admins. */
    rollback: async (c: Context): Promise<Response> => {
      const { desk } = submissionsOf(deps);
      const by = await reviewer(c, 'admin');
      const { reason } = await reasonOf(Reasoned, c);
      const n = numberIn(c.req.param('n'));
      if (n === undefined) throw new HttpProblem('unknown-revision', 'There is no such revision.');
      const row = await refusable(rollback(desk, n, by, reason)).catch((error: unknown) => {
        const isUnknown = error instanceof HttpProblem && error.code === 'unknown-submission';
        throw isUnknown ? new HttpProblem('unknown-revision', error.message) : error;
      });
      return sendJson(c, await forReviewer(desk, row, languageOf(c)), 'no-store');
    },
  };
}

/** The submission that the path names. @throws {HttpProblem} where there is none */
export async function named(desk: Desk, c: Context): Promise<SubmissionRow> {
  const row = await submissionOf(desk, c.req.param('number'));
  if (!row) throw unknown();
  return row;
}
