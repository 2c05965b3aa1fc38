/** What `/simulate` takes and gives, as schemas: a part of contract.ts. */
import * as z from 'zod';
import { clientNames, refusals, replayCodes, stepKinds, unsures } from '../../discover/clients/model.ts';
import { differenceFields, verdicts } from '../../discover/clients/verdict.ts';
import { attemptCodes } from '../../discover/model.ts';
import { trustLevels } from '../../provider/model.ts';
import { auths, securities } from '../../provider/schema.ts';

export const SimulateQuery = z.object({
  domain: z
    .string()
    .optional()
    .describe('A mail domain, in any form people type; of an address only the domain is used.'),
  client: z.enum(clientNames).optional().describe('Only this client; all without it.'),
});

const ClientServer = z.object({
  protocol: z.enum(['imap', 'pop3', 'smtp', 'jmap']),
  host: z.string().describe('As the client read it: a stranger may have written it.'),
  port: z.int(),
  security: z.enum(securities),
  username: z.string().describe('As the client would send it, for the address of “address”.'),
  auth: z.array(z.enum(auths)).optional().describe('In its order; missing: it looks what the server offers.'),
});
const Settings = z
  .object({ incoming: z.array(ClientServer), outgoing: z.array(ClientServer) })
  .describe('The first of each is what it takes; the others are what it tries or offers next.');

export const SimulationAnswer = z
  .object({
    domain: z.string(),
    at: z.iso.datetime().describe('When the domain was asked; an answer is repeated for a minute.'),
    address: z.string().describe('The made-up address that clients set up here.'),
    told: z.boolean().describe('Servers were told that address.'),
    record: z.string().optional().describe('The id of our record; missing: there is none.'),
    clients: z.array(
      z.object({
        client: z.enum(clientNames),
        verdict: z.enum(verdicts).describe('What it ends with, held against our record.'),
        differences: z.array(
          z.object({
            which: z.enum(['incoming', 'outgoing']),
            field: z.enum(differenceFields),
            ours: z.string(),
            theirs: z.string(),
          }),
        ),
        unsure: z.array(z.enum(unsures)).describe('Why the real client might end otherwise.'),
        by: z.int().optional().describe('The step that decided, as an index of “steps”.'),
        settings: Settings.optional(),
        steps: z
          .array(
            z.object({
              kind: z.enum(stepKinds),
              asked: z.string().optional().describe('The URL or DNS name; EMAILADDRESS stands for the address.'),
              code: z.enum([...attemptCodes, ...replayCodes]).describe('How the question ended.'),
              refused: z.enum(refusals).optional().describe('Why the client makes nothing of the answer.'),
              detail: z
                .string()
                .optional()
                .describe('What the other side said, or where; a stranger’s words, bounded.'),
              trust: z
                .enum(trustLevels)
                .optional()
                .describe('What the way to the answer rests on; missing for our own.'),
              settings: Settings.optional(),
            }),
          )
          .describe('In the client’s order.'),
      }),
    ),
  })
  .meta({ id: 'Simulation' });
