/** The part of the OpenAPI document that is about agents (docs/agents.md). */
import type * as z from 'zod';
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject } from 'zod-openapi';
import {
  AgentEnd,
  AgentEnding,
  AgentReceipt,
  AgentReports,
  AgentWish,
  AgentWork,
} from '../../verify/agents/protocol.ts';
import { RunPath } from './contract.ts';
import { json, malformed, problems, tooLarge } from './openapi-parts.ts';

const refusals: [number, string][] = [
  malformed,
  [401, 'There is no good token'],
  [403, 'The token is of another role'],
  [404, 'Nothing is verified here'],
];
const runOver: [number, string] = [409, 'The run was judged already'];

const said = (
  summary: string,
  schema: z.ZodType,
  responses: ZodOpenApiOperationObject['responses'],
): { post: ZodOpenApiOperationObject } => ({
  post: {
    summary,
    security: [{ token: [] }],
    requestParams: { path: RunPath },
    requestBody: { content: { 'application/json': { schema } } },
    responses,
  },
});

export const agentPaths: ZodOpenApiPathsObject = {
  '/api/v1/agent/runs/{run}/leases': said(
    'Work for an agent: endpoints to look at, leased to its run; leases that it has last longer',
    AgentWish,
    {
      200: json('What the agent is to look at', AgentWork),
      ...problems(...refusals, runOver, tooLarge, [429, 'The agent has begun too many runs']),
    },
  ),
  '/api/v1/agent/runs/{run}/reports': said(
    'What an agent has seen; a report that comes twice is one. At most 1 MiB',
    AgentReports,
    {
      200: json('What of it was wanted', AgentReceipt),
      ...problems(...refusals, runOver, [413, 'The body is larger than 1 MiB']),
    },
  ),
  '/api/v1/agent/runs/{run}/end': said('An agent is done: the run is judged, and moves statuses', AgentEnd, {
    200: json('How it was judged, or whom to look at first', AgentEnding),
    ...problems(...refusals, tooLarge),
  }),
};
