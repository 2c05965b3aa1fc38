/** Submissions on a terminal. What stands in them was written by strangers: nothing of it reaches the terminal raw. */
import type * as z from 'zod';
import { actNames, checkNamed, checkStateNames, kindNames, sayStanding as standing } from '../submit/standing.ts';
import type {
  DryRun as Dry,
  SubmissionFollowed,
  SubmissionMade,
  SubmissionReviewed,
} from '../web/contract/submissions.ts';
import { paint, table, visible } from './say.ts';

export type Followed = z.infer<typeof SubmissionFollowed>;
export type Made = z.infer<typeof SubmissionMade>;
export type DryRun = z.infer<typeof Dry>;
export type Reviewed = z.infer<typeof SubmissionReviewed>;
type Check = Followed['checks'][number];
type Event = Followed['events'][number] & { readonly who?: string; readonly confirmed?: readonly string[] };

type Speech = 'en' | 'de';

export const words = {
  en: {
    submission: 'submission',
    receipt: 'receipt:',
    receiptIn: 'the receipt is in',
    once: 'this is the only time that the receipt is shown: with it the submission is followed and withdrawn',
    further: 'to see how far it is:',
    preview: 'mail clients find it, before anybody has reviewed it, at',
    dryRun: 'the checks run; nothing is submitted, and it may take some minutes',
    remarks: 'filled in or left out on the way:',
    prove: 'to prove that you speak for these domains, put into their zones, and run --recheck then:',
    by: 'by',
    submitter: 'the submitter',
    confirmed: 'confirmed',
  },
  de: {
    submission: 'Einsendung',
    receipt: 'Quittung:',
    receiptIn: 'Die Quittung steht in',
    further: 'So geht es weiter:',
    once: 'Die Quittung wird nur dieses eine Mal gezeigt; mit ihr lässt sich die Einsendung verfolgen und zurückziehen',
    preview: 'Vor der Durchsicht finden Mailprogramme den Entwurf unter',
    dryRun: 'Die Prüfungen laufen; eingereicht wird nichts, und es kann einige Minuten dauern',
    remarks: 'Unterwegs ergänzt oder weggelassen:',
    prove: 'Um zu zeigen, dass Sie für diese Domains sprechen: in deren Zone eintragen, dann --recheck:',
    by: 'von',
    submitter: 'der einsendenden Person',
    confirmed: 'bestätigt',
  },
} as const;

const colours = { passed: 'green', attention: 'yellow', failed: 'red', unknown: 'yellow' } as const;

/** A check in one line, and below it what was found: what is not in order, all of it, or nothing. */
export function sayCheck(
  { name, state, says, items }: Check,
  speech: Speech,
  wanted: 'open' | 'all' | 'none' = 'open',
): string {
  const colour = state === 'pending' || state === 'running' ? 'dim' : colours[state];
  const head = `${checkNamed[name][speech]}: ${paint(colour, checkStateNames[state][speech])}`;
  const shown = items.filter((item) => wanted === 'all' || (wanted === 'open' && item.state !== 'passed'));
  return [
    says === '' ? head : `${head}. ${visible(says)}`,
    ...shown.map((item) => `  ${marks[item.state]} ${visible(item.says)}`),
  ].join('\n');
}

const marks = { pending: '·', running: '·', passed: '+', attention: '!', failed: 'x', unknown: '?' } as const;

export function sayRemarks(remarks: DryRun['remarks'], speech: Speech): string {
  return [words[speech].remarks, ...remarks.map(({ where, says }) => `  ${visible(where)}: ${visible(says)}`)].join(
    '\n',
  );
}

/** What reviewers have said to whoever submitted it; empty where they have said nothing. */
export function sayWords(events: readonly Event[], speech: Speech): string {
  const said = events.filter(({ act, why }) => why !== '' && act !== 'submit');
  return said.map((event) => sayEvent(event, speech)).join('\n');
}

/** The whole history. */
export function sayEvent({ at, actor, who, act, why, confirmed = [] }: Event, speech: Speech): string {
  const name = Object.hasOwn(actNames, act) ? actNames[act as keyof typeof actNames][speech] : visible(act);
  const person = who || (actor === 'submitter' ? words[speech].submitter : '');
  const by = person === '' ? '' : ` ${words[speech].by} ${visible(person)}`;
  const taken = confirmed.length === 0 ? [] : [`  ${words[speech].confirmed}: ${confirmed.map(visible).join(', ')}`];
  return [`${at.slice(0, 16).replace('T', ' ')} ${name}${by}`, ...quoted(why), ...taken].join('\n');
}

/** Lines of a stranger's text, each marked as such. */
export function quoted(text: string): string[] {
  return text === '' ? [] : text.split(/\r?\n/).map((line) => `  > ${visible(line)}`);
}

/** The lines for zones that are still missing; empty where every proof is held. */
export function sayProofs({ proof }: Pick<Followed, 'proof'>, speech: Speech): string {
  const missing = proof.filter(({ held }) => !held);
  if (missing.length === 0) return '';
  return [words[speech].prove, ...missing.map(({ line }) => `  ${visible(line)}`)].join('\n');
}

export function sayStanding(
  seen: Pick<Followed, 'kind' | 'state' | 'holdUntil' | 'answerUntil'>,
  speech: Speech,
): string {
  return standing(seen)[speech];
}

/** `submission 12: a new record, hoster.example` */
export function sayTitle({ number, kind, id }: Pick<Followed, 'number' | 'kind' | 'id'>, speech: Speech): string {
  return `${words[speech].submission} ${number}: ${kindNames[kind][speech]}, ${visible(id)}`;
}

/** The queue, one submission a line. */
export function sayQueue(
  rows: readonly Pick<Reviewed, 'number' | 'kind' | 'id' | 'state' | 'origin' | 'at' | 'holdUntil'>[],
): string {
  return table(
    rows.map(({ number, kind, id, state, origin, at, holdUntil }) => [
      String(number),
      kind,
      visible(id),
      holdUntil === null ? state : `held until ${holdUntil.slice(0, 16).replace('T', ' ')}`,
      at.slice(0, 10),
      origin === 'stranger' ? '' : origin,
    ]),
  );
}
