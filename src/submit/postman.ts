/**
 * Who is told of what happens to submissions, and when. Anybody can give anybody's address: to one address go few mails a
 * day, and only one that no reviewer has caused. What reviewers are told is gathered, and at once where a token was used.
 * In memory: what a server has not sent when it is killed is not sent.
 */
import { Budget } from '../net/budget.ts';
import { elapsed } from '../net/elapsed.ts';
import type { Notifier } from '../net/notify.ts';
import type { Language } from '../provider/phrases.ts';
import { secretHash } from '../store/secret.ts';
import type { NewAct, SubmissionRow } from '../store/submissions.ts';
import { answerUntil } from './due.ts';
import type { Draft } from './model.ts';
import {
  type Letter,
  letterTo,
  letterToReviewers,
  type News,
  type Notice,
  newsworthy,
  noticeOf,
  type Told,
} from './notices.ts';
import type { Policy } from './policy.ts';
import { endOfNoticesOf } from './receipt.ts';
import type { Act } from './state.ts';

export interface PostmanPorts {
  /** Sends a mail to a stranger, with the address that ends such mails. Undefined: strangers get none. */
  readonly mail?: (to: string, letter: Letter, ends: string) => Promise<void>;
  /** Who review. */
  readonly reviewers: readonly Notifier[];
  /** Where people reach this server, without a slash at its end. */
  readonly url: string;
  /** How long a submitter has to answer a question. */
  readonly policy: Pick<Policy, 'answerDays'>;
  /** Of reviewers. */
  readonly language: Language;
  readonly note: (message: string) => void;
  /** Milliseconds before something is sent; tests do not wait. */
  readonly pauses?: Partial<Pauses>;
}

interface Pauses {
  /** For reviewers: what a stranger has done may wait for more of it, what a token has done may not. */
  readonly gather: number;
  readonly urgent: number;
  /** Before the second attempt; ten times as long before the third. */
  readonly again: number;
}

const day = 86_400_000;
const usual: Pauses = { gather: 600_000, urgent: 15_000, again: 60_000 };
const attempts = 3;
/** First notices, which a stranger causes; and all together. To one address, and in all. */
const limits = { first: { perBlock: 1, total: 100, window: day }, all: { perBlock: 6, total: 2000, window: day } };
const mostGathered = 500;

export class Postman {
  readonly #ports: PostmanPorts;
  readonly #pauses: Pauses;
  readonly #first = new Budget(limits.first);
  readonly #all = new Budget(limits.all);
  readonly #underWay = new Set<Promise<void>>();
  readonly #over = new AbortController();
  #news: News[] = [];
  #timer: { due: number; stop: () => void } | undefined;

  constructor(ports: PostmanPorts) {
    this.#ports = ports;
    this.#pauses = { ...usual, ...ports.pauses };
  }

  /** Something was done. Returns at once. */
  tell(row: SubmissionRow, { set, event }: Pick<NewAct, 'set' | 'event'>): void {
    const { kind, id, language } = JSON.parse(row.draft) as Draft;
    const { act, at, who, why } = event;
    const holdUntil = set.holdUntil ?? null;
    const until = {
      holdUntil,
      answerUntil: answerUntil({ state: set.state ?? row.state, changedAt: at }, this.#ports.policy),
    };
    const changed = set.contact !== undefined && set.contact !== null && set.contact !== row.contact;
    const contact = changed ? set.contact : row.contact;
    const notice = act === 'submit' || changed ? 'received' : noticeOf(event);
    if (notice && contact) this.#write(contact, notice, row, { kind, id, language }, why, until);
    if (newsworthy.has(act) && this.#ports.reviewers.length > 0 && this.#news.length < mostGathered) {
      this.#news.push({ at, number: row.number, kind, id, act: act as Act, who, why, holdUntil });
      this.#sendWithin(act === 'checked' ? this.#pauses.gather : this.#pauses.urgent);
    }
  }

  /** Sends what was gathered, and waits for what is under way; nothing is tried again. */
  async stop(): Promise<void> {
    this.#timer?.stop();
    this.#send();
    this.#over.abort();
    await Promise.all(this.#underWay);
  }

  #write(
    contact: string,
    notice: Notice,
    { number, receipt }: SubmissionRow,
    draft: Pick<Draft, 'kind' | 'id' | 'language'>,
    why: string,
    until: Pick<Told, 'holdUntil' | 'answerUntil'>,
  ): void {
    const { mail, url } = this.#ports;
    if (!mail || !this.#may(notice, contact)) return;
    const ends = `${url}/notices/${number}/${endOfNoticesOf(receipt)}`;
    const letter = letterTo(notice, { number, draft, why, ...until, url, ends });
    this.#do(`a notice of submission ${number}`, () => mail(contact, letter, ends), contact);
  }

  /** One mailbox under many names is one. */
  #may(notice: Notice, contact: string): boolean {
    const [local = '', domain = ''] = contact.toLowerCase().split(/@(?=[^@]*$)/);
    const mailbox = secretHash(`${local.replace(/\+.*/, '')}@${domain}`);
    return (notice !== 'received' || this.#first.take(mailbox)) && this.#all.take(mailbox);
  }

  #sendWithin(milliseconds: number): void {
    const due = elapsed() + milliseconds;
    if (this.#timer && this.#timer.due <= due) return;
    this.#timer?.stop();
    const timer = setTimeout(() => this.#send(), milliseconds);
    // Nobody's end is put off for it.
    timer.unref?.();
    this.#timer = { due, stop: () => clearTimeout(timer) };
  }

  #send(): void {
    this.#timer = undefined;
    if (this.#news.length === 0) return;
    const { reviewers, url, language } = this.#ports;
    const letter = letterToReviewers(this.#news, url, language);
    const data = { server: url, submissions: this.#news };
    this.#news = [];
    for (const notifier of reviewers) this.#do(notifier.name, () => notifier.send({ ...letter, data }));
  }

  /** @param secret what the log must not say */
  #do(what: string, send: () => Promise<void>, secret?: string): void {
    const work = (async () => {
      for (let attempt = 1; ; attempt++) {
        try {
          return await send();
        } catch (error) {
          if (attempt >= attempts || this.#over.signal.aborted) {
            const message = error instanceof Error ? error.message : String(error);
            return this.#ports.note(`${what} could not be sent: ${without(secret, message)}`);
          }
          await this.#wait(this.#pauses.again * 10 ** (attempt - 1));
        }
      }
    })();
    this.#underWay.add(work);
    void work.finally(() => this.#underWay.delete(work));
  }

  /** Until then, or until it is over. */
  #wait(milliseconds: number): Promise<void> {
    const { signal } = this.#over;
    return new Promise((go) => {
      const end = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        go();
      };
      const timer = setTimeout(end, milliseconds);
      timer.unref?.();
      signal.addEventListener('abort', end);
    });
  }
}

/** A mail server repeats the address to which it sends nothing. */
function without(secret: string | undefined, message: string): string {
  if (secret === undefined) return message;
  const [local = ''] = secret.split(/@(?=[^@]*$)/);
  const literal = new RegExp(`${RegExp.escape(local)}@\\S*[\\p{L}\\p{N}]`, 'giu');
  return message.replaceAll(literal, 'the address');
}
