/** How `serve` is told about submissions. */
import { defaultPolicy } from '../submit/policy.ts';
import type { DeskOptions } from '../web/submissions/desk-node.ts';
import { readProberOptions } from './prober-options.ts';
import { misuse } from './say.ts';

export const submissionOptions = {
  submissions: { type: 'boolean' },
  'no-submissions': { type: 'boolean' },
  'publish-proved': { type: 'boolean' },
  'hold-hours': { type: 'string' },
  'proof-resolver': { type: 'string', multiple: true },
} as const;

type Values = Parameters<typeof readProberOptions>[0] & {
  readonly submissions?: boolean;
  readonly 'no-submissions'?: boolean;
  readonly 'publish-proved'?: boolean;
  readonly 'hold-hours'?: string;
  readonly 'proof-resolver'?: string[];
} & { readonly url?: string; readonly only?: string };

/**
 * Undefined where nobody can submit: without being told otherwise, that is where people cannot reach the server or whoever
 * runs it.
 */
export function readSubmissionOptions(values: Values): DeskOptions | undefined {
  if (values.submissions && values['no-submissions']) {
    throw misuse('--submissions and --no-submissions are opposites', 'serve');
  }
  if (values.submissions && values.only !== undefined) {
    throw misuse('--submissions is for the whole atlas, not for --only', 'serve');
  }
  const isReachable = values.url !== undefined && values.contact !== undefined && values.only === undefined;
  const isOn = values.submissions === true || (isReachable && values['no-submissions'] !== true);
  const hours = values['hold-hours'] === undefined ? defaultPolicy.holdHours : Number(values['hold-hours']);
  if (!(Number.isInteger(hours) && hours >= 1 && hours <= 8760)) {
    throw misuse('--hold-hours takes hours, from 1 to 8760', 'serve');
  }
  if (!isOn) {
    if (values['publish-proved'] || values['hold-hours'] !== undefined || values['proof-resolver']) {
      throw misuse('--publish-proved, --hold-hours and --proof-resolver are for --submissions', 'serve');
    }
    return undefined;
  }
  const prober = readProberOptions(values, 'serve');
  const { resolver, ca, allowPrivate, contact } = prober;
  return {
    policy: { holdHours: hours, publishes: values['publish-proved'] ? 'proved' : 'reviewers' },
    checker: {
      prober,
      discoverer: {
        ...(resolver !== undefined && { resolver }),
        ...(ca !== undefined && { ca }),
        ...(allowPrivate && { allowPrivate }),
        ...(contact !== undefined && { contact }),
      },
      resolvers: values['proof-resolver'] ?? (resolver === undefined ? [] : [resolver]),
    },
  };
}
