/** What agents and servers say to each other (docs/agents.md), as schemas: both sides read by them. */
import * as z from 'zod';
import { type EndpointKey, statusNames } from '../../provider/model.ts';

/** Taken as it is: whoever gets one parses it (endpoint.ts). */
const endpoint = z.string() as unknown as z.ZodType<EndpointKey>;

export const AgentWish = z
  .object({
    hold: z.int().min(0).max(1000).describe('How many endpoints the agent wants to have altogether.'),
    done: z.int().min(0).max(1_000_000).describe('How many it has reported in this run.'),
  })
  .meta({ id: 'AgentWish' });

export const AgentWork = z
  .object({
    run: z.int().nullable().describe('The number of the run; null: there is nothing to do, and no run.'),
    endpoints: z.array(endpoint).describe('All that the agent has now. Whatever else it thought it had, it has lost.'),
    planned: z.int().describe('How many were due when the run began.'),
    lease: z.int().describe('Milliseconds from now on; ask again well before they are over.'),
  })
  .meta({ id: 'AgentWork' });

export const AgentReports = z
  .object({ evidence: z.array(z.unknown()).min(1).max(100).describe('One for each probe: the schema Evidence.') })
  .meta({ id: 'AgentReports' });

export const AgentReceipt = z
  .object({
    taken: z.array(endpoint).describe('Endpoints that this run has seen, with this report or an earlier one.'),
    refused: z.array(z.object({ index: z.int(), why: z.string() })).describe('Evidence that is none.'),
  })
  .meta({ id: 'AgentReceipt' });

export const AgentEnd = z
  .object({
    controls: z.array(z.boolean()).max(10).optional().describe('Of each control host: it could not be reached.'),
    cutOff: z.boolean().optional().describe('The agent stops: nobody else is asked.'),
  })
  .meta({ id: 'AgentEnd' });

export const AgentEnding = z
  .union([
    z.object({
      verdict: z.enum(['sound', 'inconclusive']),
      reason: z.string().nullable().describe('Why it is inconclusive, and moved nothing.'),
      changes: z
        .array(
          z.object({
            endpoint,
            from: z.enum(statusNames),
            to: z.enum(statusNames),
            reason: z.string(),
            at: z.iso.datetime(),
          }),
        )
        .describe('Statuses that moved.'),
    }),
    z.object({
      witnesses: z
        .array(endpoint)
        .describe('Look at these, too, and end the run again: it is not clear whose fault it is.'),
    }),
  ])
  .meta({ id: 'AgentEnding' });
