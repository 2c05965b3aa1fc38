/** What `/comparisons` gives, as schemas: a part of contract.ts. */
import * as z from 'zod';
import { states } from '../../discover/compare.ts';
import { mechanisms, trustLevels } from '../../provider/model.ts';

const Words = z.object({ en: z.string(), de: z.string() });
const Compared = z.object({
  n: z.int().describe('A number of this server’s own, growing.'),
  domain: z.string(),
  at: z.iso.datetime().describe('When the domain was asked.'),
  verdict: z
    .enum(['agrees', 'differs', 'nothing', 'unknown'])
    .describe('nothing: the domain publishes nothing. unknown: it could not be asked.'),
  says: Words,
  current: z.boolean().describe('The record is the same today.'),
  changed: z.boolean().describe('Another result than the newest conclusive one before.'),
  differences: z
    .array(
      z.object({
        mechanism: z.enum([...mechanisms, 'all']).describe('all: they disagree with each other.'),
        service: z.string().describe('“imap tls”, “caldav”'),
        state: z.enum(states),
        level: z.enum(['note', 'differs', 'unknown']),
        ours: z.string().optional(),
        theirs: z.string().optional(),
        says: Words,
      }),
    )
    .describe('What is not the same on both sides. That they differ says that one is wrong, not which.'),
  sources: z.array(z.object({ mechanism: z.enum(mechanisms), where: z.string(), trust: z.enum(trustLevels) })),
});

export const ComparisonList = z
  .object({
    provider: z.string(),
    domains: z
      .array(
        z.object({
          domain: z.string(),
          due: z.iso.datetime().nullable().describe('When it is asked next; null: it is not.'),
          newest: Compared.nullable().describe('The newest conclusive result; null: there is none.'),
        }),
      )
      .describe('Those that the record lists by name.'),
    comparisons: z.array(Compared).describe('Newest first; what has not changed is not kept for long.'),
    next: z.int().nullable().describe('For “before”, to get the older ones; null: there are none.'),
  })
  .meta({ id: 'ComparisonList' });
