/** What the API of submissions takes and gives: the schemas that handlers and OpenAPI share. */
import * as z from 'zod';
import { Provider } from '../../provider/schema.ts';
import { mostReason } from '../../submit/draft/draft.ts';
import { checkNames, checkStates, kinds, states } from '../../submit/model.ts';

const state = z.enum(states);

const Check = z
  .object({
    name: z.enum(checkNames),
    state: z
      .enum(checkStates)
      .describe(
        'attention: a reviewer must look. failed: it cannot be published like this. unknown: nobody knows now.',
      ),
    says: z.string(),
    items: z.array(
      z.object({
        about: z.string().describe('A field, host, domain or endpoint.'),
        state: z.enum(checkStates),
        code: z.string().describe('Stable; for programs.'),
        says: z.string(),
      }),
    ),
  })
  .meta({ id: 'SubmissionCheck' });

const Remarks = z
  .array(z.object({ where: z.string(), says: z.string() }))
  .describe('What was filled in or left out on the way.');

const summary = {
  number: z.int(),
  kind: z.enum(kinds),
  id: z.string().describe('The record it is about.'),
  state,
  origin: z.enum(['stranger', 'follow', 'rollback']),
  at: z.iso.datetime(),
  changedAt: z.iso.datetime(),
  holdUntil: z.iso.datetime().nullable().describe('It is accepted, and published then unless somebody stops it.'),
  answerUntil: z.iso.datetime().nullable().describe('A reviewer has asked; without an answer it is declined then.'),
};

const event = {
  at: z.iso.datetime(),
  actor: z.enum(['submitter', 'reviewer', 'admin', 'operator', 'mailatlas']),
  act: z.string(),
  from: state.nullable(),
  to: state,
  why: z.string(),
};

const followed = {
  ...summary,
  checks: z.array(Check),
  events: z.array(z.object(event)).describe('What was done with it, the oldest first.'),
  proof: z
    .array(
      z.object({
        domain: z.string(),
        name: z.string().describe('Of the TXT record.'),
        value: z.string(),
        line: z.string().describe('The same for a zone file.'),
        held: z.boolean().describe('It was seen there.'),
      }),
    )
    .describe('How control of each domain is proved.'),
};

export const SubmissionFollowed = z.object(followed).meta({ id: 'Submission' });

export const SubmissionMade = z
  .object({
    ...followed,
    receipt: z.string().describe('The secret that opens it, shown this once: follow and withdraw with it as Bearer.'),
    preview: z.string().describe('Below it, mail clients find the draft: put /v1.1/{domain} behind it.'),
    remarks: Remarks,
  })
  .meta({ id: 'SubmissionMade' });

export const DryRun = z
  .object({
    dryRun: z.literal(true),
    kind: z.enum(kinds),
    id: z.string(),
    checks: z.array(Check),
    remarks: Remarks,
    record: Provider.optional().describe('The record as it would be submitted.'),
  })
  .meta({ id: 'SubmissionDryRun' });

const Draft = z.object({
  kind: z.enum(kinds),
  id: z.string(),
  record: Provider.optional(),
  reason: z.string(),
  language: z.enum(['en', 'de']),
});

export const SubmissionReviewed = z
  .object({
    ...summary,
    version: z.int().describe('Another one after every act: whoever accepts says which one they have looked at.'),
    draft: Draft,
    former: z
      .array(z.object({ draft: Draft, until: z.iso.datetime() }))
      .describe('What it said before, the oldest first.'),
    served: Provider.nullable().describe('The record as it is served now.'),
    checks: z.array(Check),
    events: z.array(
      z.object({ ...event, who: z.string().describe('The name of the token.'), confirmed: z.array(z.string()) }),
    ),
    needs: z.object({
      confirm: z.array(z.string()).describe('What whoever accepts has to confirm by name.'),
      reviewers: z.int(),
      movesTo: z
        .array(z.string())
        .describe('Domains to which people of served domains would be sent, and are not now.'),
      takesAway: z.array(z.string()).describe('Names that nobody would answer for any more, where they are many.'),
      proofs: z.object({ needed: z.array(z.string()), held: z.array(z.string()) }),
    }),
    acceptedBy: z.array(z.string()),
  })
  .meta({ id: 'SubmissionReviewed' });

export const SubmissionList = z
  .object({
    counts: z.partialRecord(state, z.int()).describe('How many there are in each state.'),
    submissions: z.array(z.object(summary)).describe('The newest first, at most a hundred.'),
    next: z.int().nullable().describe('For “before”, to get the older ones; null: there are none.'),
  })
  .meta({ id: 'SubmissionList' });

const number = /^[1-9]\d{0,14}$/;

export const SubmissionsQuery = z.object({
  state: z
    .string()
    .regex(new RegExp(`^(${states.join('|')})(,(${states.join('|')}))*$`), `must be some of ${states.join(', ')}`)
    .optional()
    .describe('Only those in these states, with commas between them (default: checking,waiting,asked).'),
  before: z.string().regex(number, 'must be a number from 1').optional().describe('Only those with a smaller number.'),
});

export const SubmitQuery = z.object({
  dry_run: z.enum(['0', '1']).optional().describe('1: run every check and store nothing; takes up to three minutes.'),
  lang: z.enum(['en', 'de']).optional().describe('Of the sentences (default: what Accept-Language prefers).'),
});

export const SubmissionPath = z.object({ number: z.string().describe('The number of a submission.') });
export const RevisionPath = z.object({ n: z.string().describe('The number of a revision.') });
export const PreviewPath = z.object({
  token: z.string().describe('The secret part of the preview’s address.'),
  domain: z.string().describe('A mail domain of the draft.'),
});

const reason = z
  .string()
  .trim()
  .max(mostReason)
  .describe('Plain text for the submitter and for the history; links with https:// only.');

export const Reasoned = z.strictObject({ reason: reason.min(1) }).meta({ id: 'Reasoned' });
export const MaybeReasoned = z.strictObject({ reason: reason.optional() }).meta({ id: 'MaybeReasoned' });
export const Acceptance = z
  .strictObject({
    reason: reason.optional(),
    version: z.int().describe('The version that the reviewer has looked at.'),
    confirm: z
      .array(z.string().max(300))
      .max(500)
      .optional()
      .describe('What the reviewer takes upon themselves: see “needs.confirm”.'),
  })
  .meta({ id: 'Acceptance' });
