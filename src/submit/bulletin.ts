/**
 * What reviewers are told where no process lives long enough to gather it (Workers): everything since the last time, out of
 * the database. Each is told once at least.
 */
import type { Notifier } from '../net/notify.ts';
import type { Language } from '../provider/phrases.ts';
import type { Store } from '../store/db.ts';
import { putMeta, readMeta } from '../store/meta.ts';
import { newestEvent, readNews } from '../store/submissions.ts';
import { letterToReviewers, newsworthy } from './notices.ts';
import type { Act } from './state.ts';

/** Events that are read at once; the rest is told the next time. */
const most = 500;

export interface BulletinPorts {
  readonly store: Store;
  readonly reviewers: Notifier;
  /** Where people reach this server, without a slash at its end. */
  readonly url: string;
  readonly language: Language;
}

/** The first time it only remembers where it stands. @throws {NotifyError} where it did not arrive: the next time tells it */
export async function tellReviewers({ store, reviewers, url, language }: BulletinPorts): Promise<void> {
  const told = await readMeta(store.db, 'told');
  const after = told === undefined ? await newestEvent(store.db) : Number(told);
  const rows = told === undefined ? [] : await readNews(store.db, after, most);
  const news = rows
    .filter(({ act }) => newsworthy.has(act))
    .map(({ at, submission, kind, id, act, who, why, holdUntil }) => {
      return {
        at,
        number: submission,
        kind,
        id,
        act: act as Act,
        who,
        why,
        holdUntil: act === 'hold' ? holdUntil : null,
      };
    });
  if (news.length > 0) {
    const letter = letterToReviewers(news, url, language);
    await reviewers.send({ ...letter, data: { server: url, submissions: news } });
  }
  const last = rows.at(-1)?.n ?? after;
  if (String(last) !== told) await store.atomically([putMeta(store.db, 'told', String(last))]);
}
