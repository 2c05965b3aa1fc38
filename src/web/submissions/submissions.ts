/** Submissions over HTTP: what strangers can do, and those who hold a receipt. */
import type { Context } from 'hono';
import { compileAtlas } from '../../atlas/atlas.ts';
import { renderAutoconfig } from '../../formats/autoconfig/render.ts';
import { lookup } from '../../lookup/ladder.ts';
import { parseDomain } from '../../name/domain.ts';
import { nothingKnown } from '../../provider/model.ts';
import { isSecret, secretHash } from '../../store/secret.ts';
import { readByPreview, readSubmission, type SubmissionRow } from '../../store/submissions.ts';
import { type Desk, draftOf, submitter } from '../../submit/desk.ts';
import { Beside, type ReadDraft, readDraft, readXmlDraft } from '../../submit/draft/draft.ts';
import type { CheckResult, Draft } from '../../submit/model.ts';
import { previewOf } from '../../submit/receipt.ts';
import { Refusal } from '../../submit/refusal.ts';
import { forSubmitter, showCheck } from '../../submit/show.ts';
import { isOpen } from '../../submit/state.ts';
import { recheck, redraft, stop, withdraw } from '../../submit/submissions.ts';
import { bearerOf, tokenOf } from '../bearer.ts';
import { MaybeReasoned, SubmitQuery } from '../contract/submissions.ts';
import { bodyText, mediaTypeOf } from '../http/body.ts';
import { HttpProblem } from '../http/errors.ts';
import { parseQuery } from '../http/parse-query.ts';
import { numberIn, queryParameters } from '../http/query.ts';
import { documentOf, needsSecret, send, sendJson, xml } from '../http/respond.ts';
import { languageOf } from '../pages/language.ts';
import type { Deps } from '../served/served.ts';
import type { Intake } from './intake.ts';
import { reasonOf } from './said.ts';

/** Where submissions are taken in. */
export interface Submissions {
  readonly desk: Desk;
  /** Runs every check of a draft that is not submitted. */
  dryRun(
    draft: Draft,
    block: string | undefined,
    told?: (result: CheckResult) => void,
  ): Promise<readonly CheckResult[]>;
}

/** The routes of those who submit. */
export function submissionRoutes(deps: Deps, intake: Intake) {
  return {
    /** `POST /api/v1/submissions` */
    submit: async (c: Context): Promise<Response> => {
      const ports = submissionsOf(deps);
      const query = parseQuery(SubmitQuery, c);
      const who = bearerOf(c) === undefined ? '' : (await tokenOf(deps, c, 'reviewer')).name;
      intake.charge(c, 'submit');
      const { draft, contact, remarks: filled } = await readBody(ports.desk, c);
      const remarks = contact !== undefined && ports.desk.isSilent ? [...filled, notKept] : filled;
      if (query.dry_run === '1') {
        const { kind, id, record } = draft;
        const checks = (await intake.tryOut(c, draft)).map((one) => showCheck(one, languageOf(c)));
        return sendJson(c, { dryRun: true, kind, id, checks, remarks, ...(record && { record }) }, 'no-store');
      }
      const key = keyOf(c);
      const { number, receipt, row, repeated } = await intake.submit(c, { draft, contact, key, who });
      const shown = await forSubmitter(ports.desk, row, languageOf(c));
      const preview = `${deps.url ?? ''}/preview/${previewOf(receipt)}`;
      const response = sendJson(c, { ...shown, receipt, preview, remarks }, 'no-store');
      return repeated ? response : new Response(response.body, { status: 201, headers: created(response, number) });
    },

    /** `GET /api/v1/submissions/{number}` with its receipt. */
    follow: async (c: Context): Promise<Response> => {
      const { desk } = submissionsOf(deps);
      return show(c, desk, await withReceipt(desk, c));
    },

    /** `PUT /api/v1/submissions/{number}`: another draft in its place. */
    change: async (c: Context): Promise<Response> => {
      const ports = submissionsOf(deps);
      const { desk } = ports;
      const row = await withReceipt(desk, c);
      intake.charge(c, 'change');
      const { draft, contact } = await readBody(desk, c);
      const now = await refusable(redraft(desk, row, { draft, contact, block: deps.asker(c) }));
      return show(c, desk, now);
    },

    /** `DELETE /api/v1/submissions/{number}` */
    withdraw: async (c: Context): Promise<Response> => {
      const { desk } = submissionsOf(deps);
      return show(c, desk, await refusable(withdraw(desk, await withReceipt(desk, c))));
    },

    /** `POST /api/v1/submissions/{number}/recheck` with its receipt. */
    recheck: async (c: Context): Promise<Response> => {
      const ports = submissionsOf(deps);
      const row = await withReceipt(ports.desk, c);
      intake.charge(c, 'change');
      return show(c, ports.desk, await refusable(recheck(ports.desk, row, submitter, deps.asker(c))));
    },

    /** `POST /api/v1/submissions/{number}/stop` with its receipt. */
    stop: async (c: Context): Promise<Response> => {
      const { desk } = submissionsOf(deps);
      const row = await withReceipt(desk, c);
      const { reason = '' } = await reasonOf(MaybeReasoned, c);
      return show(c, desk, await refusable(stop(desk, row, submitter, reason)));
    },
  };
}

/** `GET /preview/{token}/v1.1/{domain}`: the draft as a mail client would get it, before anybody has reviewed it. */
export function previewRoute(deps: Deps) {
  return async (c: Context): Promise<Response> => {
    needsSecret(c);
    const { desk } = submissionsOf(deps);
    const row = await readByPreview(desk.store.db, secretHash(c.req.param('token') ?? ''));
    const record = row && isOpen(row.state) ? draftOf(row).record : undefined;
    if (!record) throw unknown();
    const domain = parseDomain(c.req.param('domain') ?? '');
    const atlas = compileAtlas({ providers: [record], others: [], leftOut: [], noProbe: [] });
    const found = await lookup(atlas, domain);
    const text = 'answer' in found ? renderAutoconfig(found.answer, nothingKnown) : undefined;
    if (text === undefined) throw new HttpProblem('unknown-domain', `The draft gives no settings for ${domain}.`);
    return send(c, documentOf(text, xml), 'no-store', { 'X-Robots-Tag': 'noindex' });
  };
}

/** @throws {HttpProblem} where none are taken */
export function submissionsOf({ submissions, hosting, source }: Takers): Submissions {
  if (submissions) return submissions;
  throw new HttpProblem(
    'no-submissions',
    hosting?.only
      ? 'This server answers for domains of its operator’s own, and takes no submissions.'
      : source
        ? 'The atlas of this server is too large to hold a draft against all of it: it takes no submissions.'
        : 'This server takes no submissions; its operator turns them on (serve --submissions).',
  );
}

/** What tells whether submissions are taken, and why not. */
export type Takers = Pick<Deps, 'submissions' | 'hosting' | 'source'>;

/** What a refusal of submit/ is over HTTP. */
const problems = {
  unknown: 'unknown-submission',
  'too-late': 'decided-meanwhile',
  'not-now': 'not-now',
  'not-yours': 'not-yours',
  own: 'not-yours',
  'moved-on': 'moved-on',
  claimed: 'claimed',
  failed: 'checks-failed',
  confirm: 'unconfirmed',
  again: 'accepted-already',
  full: 'too-many-open',
  hurry: 'too-many-submissions',
  'no-going-back': 'no-going-back',
} as const satisfies Record<Refusal['code'], HttpProblem['code']>;

/** @throws {HttpProblem} in place of a refusal */
export async function refusable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Refusal) throw new HttpProblem(problems[error.code], error.message, error.more);
    throw error;
  }
}

/** A number that is not there and the receipt of another are the same to whoever asks. */
export function unknown(): HttpProblem {
  return new HttpProblem('unknown-submission', 'There is no such submission, or this is not its receipt.');
}

/** The submission of a number as it was typed; undefined where there is none. */
export async function submissionOf({ store }: Pick<Desk, 'store'>, text?: string): Promise<SubmissionRow | undefined> {
  const number = numberIn(text);
  return number === undefined ? undefined : readSubmission(store.db, number);
}

/** Of a hash that nobody has: what is not there is compared with it, so that it takes as long. */
const nobodys = secretHash('');

async function withReceipt(desk: Desk, c: Context): Promise<SubmissionRow> {
  const receipt = bearerOf(c);
  if (receipt === undefined) throw new HttpProblem('no-token', 'This needs the receipt of the submission, as Bearer.');
  return ofReceipt(desk, c.req.param('number') ?? '', receipt);
}

/** The submission of this number, for whoever holds its receipt. @throws {HttpProblem} for everybody else */
export async function ofReceipt(desk: Desk, text: string, receipt: string): Promise<SubmissionRow> {
  const row = await submissionOf(desk, text);
  if (!isSecret(receipt, row?.receipt ?? nobodys) || !row) throw unknown();
  return row;
}

async function show(c: Context, desk: Desk, row: SubmissionRow): Promise<Response> {
  return sendJson(c, await forSubmitter(desk, row, languageOf(c)), 'no-store');
}

function created(response: Response, number: number): Headers {
  const headers = new Headers(response.headers);
  headers.set('Location', `/api/v1/submissions/${number}`);
  return headers;
}

/** What is said beside a file in autoconfig's format stands in the query; an address must not, and is in the header `From`. */
const besides = Object.keys(Beside.shape).filter((name) => name !== 'contact');

const notKept = {
  where: 'contact',
  says: 'nobody is written to from here, and the address was not kept; the receipt shows how far it is',
};

/** The draft of a body. @throws {HttpProblem} with every mistake in it */
async function readBody(desk: Desk, c: Context): Promise<Extract<ReadDraft, { draft: Draft }>> {
  const type = mediaTypeOf(c);
  const isXml = type === 'text/xml' || type === 'application/xml';
  if (!isXml && type !== 'application/json') {
    throw new HttpProblem('unsupported-type', 'Send JSON (application/json) or an autoconfig file (text/xml).');
  }
  const text = await bodyText(c);
  if (text === undefined) throw new HttpProblem('malformed-request', 'The body is no UTF-8.');
  const atlas = await desk.atlas();
  const served = (id: string) => atlas.records.get(id);
  const from = c.req.header('From');
  const read = isXml
    ? readXmlDraft(
        text,
        { ...queryParameters(c.req.url, besides), ...(from !== undefined && { contact: from }) },
        served,
      )
    : readDraft(text, served);
  if (!('mistakes' in read)) return read;
  const language = languageOf(c);
  const mistakes = read.mistakes.map((one) => ({ at: one.at, code: one.code, says: one.says[language] }));
  const first = read.mistakes[0];
  const where = first?.at ? `${first.at}: ` : '';
  throw new HttpProblem('malformed-draft', `${where}${first?.says.en ?? 'The draft is wrong.'}`, { mistakes });
}

/** The key of a request that may be repeated (draft-ietf-httpapi-idempotency-key-header). */
function keyOf(c: Context): string | undefined {
  const key = c.req.header('Idempotency-Key');
  if (key === undefined || /^[\x21-\x7e]{16,200}$/.test(key)) return key;
  throw new HttpProblem('malformed-request', 'An Idempotency-Key is a secret of 16 to 200 characters, such as a UUID.');
}
