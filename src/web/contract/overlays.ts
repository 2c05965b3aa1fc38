/** What the API of what was published here takes and gives: for `mailatlas export --from`. */
import * as z from 'zod';
import { Provider } from '../../provider/schema.ts';

/** Entries of one page, and of one note. */
export const mostOverlays = 100;

const digest = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in hex')
  .describe('SHA-256 of the record’s canonical JSON, hex.');
const number = z.int().positive();

export const OverlayList = z
  .object({
    overlays: z
      .array(
        z.object({
          number: number.describe('Another one after every publication of the record.'),
          id: z.string(),
          baseDigest: digest.nullable().describe('Of the data that it was made from; null: it is a new record.'),
          record: Provider.nullable().describe('Null: the record is gone.'),
        }),
      )
      .describe('The oldest first, at most a hundred.'),
    next: number.nullable().describe('For “after”, to get the next ones; null: there are none.'),
  })
  .meta({ id: 'OverlayList' });

export const OverlaysQuery = z.object({
  after: z
    .string()
    .regex(/^\d{1,15}$/, 'must be a number')
    .optional()
    .describe('Only those with a larger number.'),
});

export const OverlayPath = z.object({ number: z.string().describe('The number of an overlay.') });

export const InData = z
  .strictObject({
    records: z
      .array(
        z.strictObject({
          id: z.string().max(300),
          digest: digest.nullable().describe('Of the record as the data have it; null: they have none.'),
        }),
      )
      .max(mostOverlays),
  })
  .meta({ id: 'InData' });

export const Exported = z
  .object({ submissions: z.array(number).describe('Those that are done now: the data have what is served.') })
  .meta({ id: 'Exported' });

export const Discarded = z.object({ number, id: z.string() }).meta({ id: 'Discarded' });
