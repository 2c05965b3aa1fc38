/** The part of the OpenAPI document that is about submissions and their review. */
import * as z from 'zod';
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject } from 'zod-openapi';
import { Beside, Submission } from '../../submit/draft/draft.ts';
import { json, later, malformed, problems, tooLarge } from './openapi-parts.ts';
import { Discarded, Exported, InData, OverlayList, OverlayPath, OverlaysQuery } from './overlays.ts';
import {
  Acceptance,
  DryRun,
  MaybeReasoned,
  PreviewPath,
  Reasoned,
  RevisionPath,
  SubmissionFollowed,
  SubmissionList,
  SubmissionMade,
  SubmissionPath,
  SubmissionReviewed,
  SubmissionsQuery,
  SubmitQuery,
} from './submissions.ts';

const noToken: [number, string] = [401, 'There is no good token or receipt'];
const wrongRole: [number, string] = [403, 'The token is of another role'];
const notThere: [number, string] = [
  404,
  'There is no such submission or this is not its receipt, or none are taken here',
];
const noneTaken: [number, string] = [404, 'No submissions are taken here'];
const notNow: [number, string] = [
  409,
  'Not as it stands: somebody was faster, or something is missing; “code” says what',
];
const tooMany: [number, string] = [429, 'Too much from this network in this hour'];
const tooManyOpen: [number, string] = [503, 'Too many submissions are open; or the atlas is being loaded'];
const unsupported: [number, string] = [415, 'Neither JSON nor XML'];
const mistaken: [number, string] = [422, 'The draft is wrong; “mistakes” says each at its place'];

const token = [{ token: [] }];
const receipt = [{ receipt: [] }];
const draft: NonNullable<ZodOpenApiOperationObject['requestBody']> = {
  content: {
    'application/json': { schema: Submission.meta({ id: 'SubmissionDraft' }) },
    'text/xml': {
      schema: z.string().describe('A file in autoconfig’s format; what it cannot say stands in the query.'),
    },
    'application/xml': { schema: z.string() },
  },
};
const besides = Beside.omit({ contact: true });
const language = SubmitQuery.pick({ lang: true });
const path = SubmissionPath;
const body = (schema: z.ZodType) => ({ content: { 'application/json': { schema } } });

/** A decision of a reviewer. */
const decision = (summary: string, schema: z.ZodType) => ({
  post: {
    summary,
    security: token,
    requestParams: { path, query: language },
    requestBody: body(schema),
    responses: {
      200: json('The submission as it is now', SubmissionReviewed),
      ...problems(malformed, noToken, wrongRole, notThere, notNow, tooLarge, later),
    },
  },
});

/** What may be done with a token, or with the receipt. */
const either = (summary: string, schema?: z.ZodType) => ({
  post: {
    summary,
    security: [...token, ...receipt],
    requestParams: { path, query: language },
    ...(schema && { requestBody: body(schema) }),
    responses: {
      200: json('The submission as it is now', z.union([SubmissionFollowed, SubmissionReviewed])),
      ...problems(malformed, noToken, wrongRole, notThere, notNow, tooLarge, tooMany, later),
    },
  },
});

export const submissionPaths: ZodOpenApiPathsObject = {
  '/api/v1/submissions': {
    get: {
      summary: 'The queue of reviewers, newest first',
      security: token,
      requestParams: { query: SubmissionsQuery },
      responses: {
        200: json('At most a hundred', SubmissionList),
        ...problems(malformed, noToken, wrongRole, notThere),
      },
    },
    post: {
      summary: 'Submit a new record, a change, a report of a mistake or a removal; or only try it',
      description: 'Reviewers send their token along: then they cannot accept it themselves.',
      security: [{}, ...token],
      requestParams: {
        query: SubmitQuery.extend(besides.shape),
        header: z.object({
          'Idempotency-Key': z
            .string()
            .optional()
            .describe(
              'A secret of 16 to 200 characters: whoever repeats the request with it gets the same submission.',
            ),
          From: z.string().optional().describe('With XML: an address for notices, kept while the submission is open.'),
        }),
      },
      requestBody: draft,
      responses: {
        200: json('The dry run; or the same submission again', z.union([DryRun, SubmissionMade])),
        201: json('It was taken in', SubmissionMade),
        ...problems(
          malformed,
          noToken,
          wrongRole,
          notThere,
          [409, 'The same is open already; “number” says which'],
          tooLarge,
          unsupported,
          mistaken,
          tooMany,
          tooManyOpen,
        ),
      },
    },
  },
  '/api/v1/submissions/{number}': {
    get: {
      summary: 'How far a submission is: with the receipt what concerns its submitter, with a token everything',
      security: [...receipt, ...token],
      requestParams: { path, query: language },
      responses: {
        200: json('The submission', z.union([SubmissionFollowed, SubmissionReviewed])),
        ...problems(malformed, noToken, wrongRole, notThere, later),
      },
    },
    put: {
      summary: 'Another draft in its place: an answer to what was asked',
      security: receipt,
      requestParams: { path, query: language.extend(besides.shape) },
      requestBody: draft,
      responses: {
        200: json('It is being checked again', SubmissionFollowed),
        ...problems(malformed, noToken, notThere, notNow, tooLarge, unsupported, mistaken, tooMany, tooManyOpen),
      },
    },
    delete: {
      summary: 'Withdraw a submission: what was submitted is deleted',
      security: receipt,
      requestParams: { path, query: language },
      responses: {
        200: json('It is withdrawn', SubmissionFollowed),
        ...problems(malformed, noToken, notThere, notNow),
      },
    },
  },
  '/api/v1/submissions/{number}/recheck': either('Run every check again, against what is served now'),
  '/api/v1/submissions/{number}/stop': either('Take an acceptance back while the submission is held', MaybeReasoned),
  '/api/v1/submissions/{number}/accept': decision(
    'Accept: publish, hold, or wait for a second reviewer, as it needs',
    Acceptance,
  ),
  '/api/v1/submissions/{number}/decline': decision('Decline, with the reason', Reasoned),
  '/api/v1/submissions/{number}/ask': decision('Ask the submitter something', Reasoned),
  '/api/v1/revisions/{n}/rollback': {
    post: {
      summary: 'Make the record what it was before a revision; for admins',
      security: token,
      requestParams: { path: RevisionPath, query: language },
      requestBody: body(Reasoned),
      responses: {
        200: json('The submission that takes it back: published, or waiting for a second reviewer', SubmissionReviewed),
        ...problems(malformed, noToken, wrongRole, [404, 'There is no such revision'], notNow, tooLarge, later),
      },
    },
  },
  '/api/v1/overlays': {
    get: {
      summary: 'What was published here and stands in front of the data, until they have it',
      security: token,
      requestParams: { query: OverlaysQuery },
      responses: {
        200: json('At most a hundred', OverlayList),
        ...problems(malformed, noToken, wrongRole, noneTaken),
      },
    },
  },
  '/api/v1/overlays/exported': {
    post: {
      summary: 'Say what the data have now: submissions whose records are the same there are done; for admins',
      security: token,
      requestBody: body(InData),
      responses: {
        200: json('Which are done', Exported),
        ...problems(malformed, noToken, wrongRole, noneTaken, tooLarge),
      },
    },
  },
  '/api/v1/overlays/{number}': {
    delete: {
      summary: 'Let the data win: what was published goes, and the next load serves the file again; for admins',
      security: token,
      requestParams: { path: OverlayPath },
      responses: {
        200: json('It is gone', Discarded),
        ...problems(noToken, wrongRole, [404, 'There is no such overlay (any more)']),
      },
    },
  },
  '/preview/{token}/v1.1/{domain}': {
    get: {
      summary: 'A draft as a mail client would get it, before anybody has reviewed it',
      requestParams: { path: PreviewPath },
      responses: {
        200: { description: 'Autoconfig XML', content: { 'text/xml': { schema: z.string() } } },
        ...problems(malformed, [
          404,
          'There is no such draft, it is not open any more, or it has nothing for the domain',
        ]),
      },
    },
  },
};
