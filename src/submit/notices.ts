/**
 * What submitters and reviewers are told by mail: plain text, in both languages. Pure; who hears when is for postman.ts.
 *
 * Nobody has proved that an address is their own. So whoever gets the first notice reads nothing that a stranger chose: not
 * the reason, and of a new record not even its name. After that a reviewer has looked. What people wrote is quoted.
 */
import type { Language } from '../provider/phrases.ts';
import type { NewEvent, SubmissionRow } from '../store/submissions.ts';
import type { Draft, Says } from './model.ts';
import { plain, say } from './say.ts';
import { actNames, kindNames, sayStanding } from './standing.ts';
import type { Act } from './state.ts';

export interface Letter {
  /** One line. */
  readonly subject: string;
  readonly text: string;
}

/** Of what a submitter hears. */
export type Notice = 'received' | 'asked' | 'declined' | 'held' | 'stopped' | 'published';

/** Which notice follows from an act, for the submitter; undefined: none. Nobody is told what they have done themselves. */
export function noticeOf({ act, actor }: Pick<NewEvent, 'act' | 'actor'>): Notice | undefined {
  return actor === 'submitter' ? undefined : notices[act as Act];
}

const notices: Partial<Record<Act, Notice>> = {
  ask: 'asked',
  decline: 'declined',
  expire: 'declined',
  hold: 'held',
  stop: 'stopped',
  publish: 'published',
};

export interface Told {
  readonly number: number;
  readonly draft: Pick<Draft, 'kind' | 'id' | 'language'>;
  /** The reviewer's words. */
  readonly why: string;
  readonly holdUntil: string | null;
  readonly answerUntil?: string | null | undefined;
  /** Of this server, without a slash at its end. */
  readonly url: string;
  /** Where the receiver ends these notices. */
  readonly ends: string;
}

const subjects: Readonly<Record<Notice, Says>> = {
  received: { en: 'Submission {number} was received', de: 'Einsendung {number} ist eingegangen' },
  asked: { en: 'Submission {number}: a question', de: 'Einsendung {number}: eine Rückfrage' },
  declined: { en: 'Submission {number} was declined', de: 'Einsendung {number} wurde abgelehnt' },
  held: { en: 'Submission {number} is accepted and held', de: 'Einsendung {number} ist angenommen und wartet noch' },
  stopped: { en: 'Submission {number} was stopped', de: 'Einsendung {number} wurde angehalten' },
  published: { en: 'Submission {number} is accepted', de: 'Einsendung {number} ist angenommen' },
};

const bodies: Readonly<Record<Notice, Says>> = {
  received: {
    en: 'Somebody, most likely you, has submitted {what} at {url} and has given this address for notices. You will hear when a reviewer has decided.\n\nIf that was not you, you need do nothing: at most a few more notices can come, none of them written by whoever gave your address.',
    de: 'Bei {url} ist {what} eingereicht worden, vermutlich von Ihnen; für Nachrichten wurde diese Adresse angegeben. Sie hören von uns, sobald darüber entschieden ist.\n\nWaren Sie das nicht, müssen Sie nichts tun: Es können höchstens noch ein paar Nachrichten folgen, und keine davon stammt von der Person, die Ihre Adresse angegeben hat.',
  },
  asked: {
    en: 'A reviewer has a question about your submission {number} ({id}):\n\n{why}\n\n{standing} Answer with another draft:\n\n  mailatlas submit --change {number} FILE --receipt FILE --server {url}',
    de: 'Zu Ihrer Einsendung {number} ({id}) gibt es eine Rückfrage:\n\n{why}\n\n{standing} Antworten Sie mit einem neuen Entwurf:\n\n  mailatlas submit --change {number} DATEI --receipt DATEI --server {url}',
  },
  declined: {
    en: 'Your submission {number} ({id}) was declined:\n\n{why}\n\nYour address has been erased; this is the last notice.',
    de: 'Ihre Einsendung {number} ({id}) wurde abgelehnt:\n\n{why}\n\nIhre Adresse ist gelöscht; dies ist die letzte Nachricht.',
  },
  held: {
    en: 'Two reviewers have accepted submission {number} ({id}). {standing}\n\nIf the entry is yours and this is wrong, stop it now:\n\n  mailatlas submit --stop {number} --receipt FILE --server {url}',
    de: 'Einsendung {number} ({id}) hat zwei Zustimmungen. {standing}\n\nWenn es Ihr Eintrag ist und das nicht stimmt, halten Sie sie jetzt an:\n\n  mailatlas submit --stop {number} --receipt DATEI --server {url}',
  },
  stopped: {
    en: 'Submission {number} ({id}) was accepted, and has been stopped before it was served. {standing}\n\n{why}',
    de: 'Einsendung {number} ({id}) war angenommen und wurde angehalten, bevor sie ausgeliefert wurde. {standing}\n\n{why}',
  },
  published: {
    en: 'Your submission {number} ({id}) is accepted. {standing}\n\n{why}\n\nYour address has been erased; this is the last notice.',
    de: 'Ihre Einsendung {number} ({id}) ist angenommen. {standing}\n\n{why}\n\nIhre Adresse ist gelöscht; dies ist die letzte Nachricht.',
  },
};

const foot: Says = {
  en: '-- \nNo more notices, and this address erased: {ends}',
  de: '-- \nKeine Nachrichten mehr, und diese Adresse löschen: {ends}',
};

/** What the submitter is told. */
export function letterTo(notice: Notice, told: Told): Letter {
  const { number, draft, why, holdUntil, answerUntil, url, ends } = told;
  const { kind, id, language } = draft;
  const state = { asked: 'asked', declined: 'declined', published: 'published' }[notice as string] ?? 'waiting';
  const standing = sayStanding({ kind, state: state as SubmissionRow['state'], holdUntil, answerUntil });
  const facts = { number, id, url, ends, standing, what: kindNames[kind], why: '{why}' };
  const isLast = notice === 'declined' || notice === 'published';
  const text = [say(bodies[notice], facts)[language], ...(isLast ? [] : [say(foot, facts)[language]])].join('\n\n');
  return {
    subject: say(subjects[notice], facts)[language],
    // Filled in last: nothing in the reviewer’s words is a place to fill in.
    text: `${text.replace('{why}', () => quote(why)).replaceAll(/\n{3,}/g, '\n\n')}\n`,
  };
}

/** Each line of what somebody wrote, marked as theirs (RFC 3676 section 4.5). */
function quote(text: string): string {
  return text
    .split(/\r?\n/)
    .filter((line, i, all) => line !== '' || all.length > 1)
    .map((line) => `> ${plain(line)}`)
    .join('\n');
}

/** Something that reviewers are told. */
export interface News {
  readonly at: string;
  readonly number: number;
  readonly kind: Draft['kind'];
  readonly id: string;
  readonly act: Act;
  readonly who: string;
  readonly why: string;
  readonly holdUntil: string | null;
}

/** What reviewers hear of, and at once: what somebody with a token does. `checked`: one more waits for them. */
export const newsworthy: ReadonlySet<string> = new Set<Act>([
  'checked',
  'accept',
  'hold',
  'stop',
  'publish',
  'rollback',
]);

const mostListed = 50;

const review: Readonly<Record<'subject' | 'waits' | 'done' | 'held' | 'more' | 'foot', Says>> = {
  subject: { en: 'Submissions: {count} to look at', de: 'Einsendungen: {count} anzusehen' },
  waits: { en: '{number}  {what}, {id}: waits for a reviewer', de: '{number}  {what}, {id}: wartet auf Durchsicht' },
  done: { en: '{number}  {what}, {id}: {did} by {who}', de: '{number}  {what}, {id}: {did} ({who})' },
  held: {
    en: '    It will be served from {time} (UTC). If you do not know of this, a token may be stolen: mailatlas review stop {number}',
    de: '    Ab {time} (UTC) wird sie ausgeliefert. Ist Ihnen das neu, ist womöglich ein Token gestohlen: mailatlas review stop {number}',
  },
  more: { en: '… and {count} more', de: '… und {count} weitere' },
  foot: { en: 'mailatlas review --server {url}', de: 'mailatlas review --server {url}' },
};

/** What reviewers are told of all that happened in a while, the oldest first. */
export function letterToReviewers(news: readonly News[], url: string, language: Language): Letter {
  const lines = news.slice(0, mostListed).flatMap(({ number, kind, id, act, who, why, holdUntil }) => {
    const facts = { number, id, what: kindNames[kind], did: actNames[act], who: who || 'mailatlas' };
    const time = holdUntil?.slice(0, 16).replace('T', ' ') ?? '';
    return [
      say(act === 'checked' ? review.waits : review.done, facts)[language],
      ...(act === 'hold' ? [say(review.held, { ...facts, time })[language]] : []),
      ...(why === '' ? [] : [quote(why).replaceAll(/^/gm, '    ')]),
    ];
  });
  const left = news.length - mostListed;
  return {
    subject: say(review.subject, { count: news.length })[language],
    text: `${[...lines, ...(left > 0 ? [say(review.more, { count: left })[language]] : []), '', say(review.foot, { url })[language]].join('\n')}\n`,
  };
}
