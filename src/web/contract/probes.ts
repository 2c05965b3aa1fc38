/** What `/probes` takes and gives, as schemas: a part of contract.ts. */
import * as z from 'zod';
import { statusNames } from '../../provider/model.ts';
import { auths } from '../../provider/schema.ts';
import { PageQuery } from './contract.ts';

export const ProbesQuery = PageQuery.extend({
  evidence: z.enum(['0', '1']).optional().describe('1: with the evidence of each endpoint’s last probe.'),
});

const Checked = z.object({
  n: z.int().describe('A number of this server’s own, growing.'),
  endpoint: z.string(),
  at: z.iso.datetime().describe('When the probe began.'),
  vantage: z.string().describe('Who looked, from where.'),
  code: z.string().describe('ok, or what is wrong; stable.'),
  outcome: z.enum(['works', 'fails', 'inconclusive']),
  warnings: z.array(z.string()).describe('Codes.'),
  says: z.string().describe('For people.'),
  ms: z.int().describe('Milliseconds.'),
  certDays: z.int().nullable().describe('Whole days to the end of the certificate; null: none was seen.'),
  changed: z.boolean().describe('Another code than the time before.'),
});

const Probed = z.object({
  endpoint: z.string().describe('imap://imap.mail.example:993?security=tls'),
  status: z.enum(statusNames),
  reason: z.string().describe('Why it has this status: a verdict’s code, or new, ok, unsteady, stale.'),
  since: z.iso.datetime().nullable(),
  checkedAt: z.iso.datetime().nullable().describe('The newest conclusive check.'),
  vantage: z.string().optional().describe('Who says so, where it is another instance.'),
  due: z.iso.datetime().nullable().describe('When it is looked at next; null: it is not.'),
  auth: z
    .array(
      z.object({
        auth: z.enum(auths),
        standing: z.enum(['advertised', 'contradicted', 'unverifiable']),
        by: z.string().optional().describe('The mechanisms or commands that stand for it.'),
        says: z.string(),
      }),
    )
    .describe('The record’s claims of sign-in beside what the server offered; that it works, only a login can show.'),
  evidence: z
    .unknown()
    .optional()
    .describe('With “evidence=1”: everything that the last probe saw; null: there was none.'),
});

export const ProbeList = z
  .object({
    provider: z.string(),
    endpoints: z.array(Probed).describe('In the record’s order.'),
    checks: z.array(Checked).describe('Of all these endpoints, newest first.'),
    next: z.int().nullable().describe('For “before”, to get the older ones; null: there are none.'),
  })
  .meta({ id: 'ProbeList' });
