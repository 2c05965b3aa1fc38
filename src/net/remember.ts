/**
 * Questions that strangers cause, remembered and budgeted: they choose the names, so that neither memory nor the questions
 * sent out may grow as they like. One name is asked once at a time. What a refusal looks like, and how long an answer is
 * worth, the caller says.
 */
import type { Domain } from '../name/domain.ts';
import { Budget } from './budget.ts';

export interface RememberLimits {
  /** How many names are kept; the oldest go first. */
  readonly names: number;
  /** How many questions may be under way. */
  readonly underWay: number;
  /** How many questions one address block may cause in a minute; remembered names cost nothing. */
  readonly perMinute: number;
  /** How many all together may, so that many networks cannot do what one may not. */
  readonly totalPerMinute: number;
}

export interface Remembered<A> {
  readonly ask: (domain: Domain) => Promise<A>;
  /** The answer for those who are over their budget. */
  readonly refused: A;
  /** Milliseconds for which an answer is kept; 0: not at all. */
  readonly keep: (answer: A) => number;
  readonly limits: RememberLimits;
  /** A clock in milliseconds. */
  readonly now: () => number;
}

const minute = 60_000;

/** @returns a function that asks on behalf of an address block */
export function remembering<A>({ ask, refused, keep, limits, now }: Remembered<A>) {
  const { names, underWay, perMinute, totalPerMinute } = limits;
  const known = new Map<Domain, { answer: A; until: number }>();
  const asking = new Map<Domain, Promise<A>>();
  const budget = new Budget({ perBlock: perMinute, total: totalPerMinute, window: minute }, now);

  const remember = (domain: Domain, answer: A) => {
    const time = keep(answer);
    if (time <= 0) return;
    known.delete(domain);
    known.set(domain, { answer, until: now() + time });
    const [oldest] = known.keys();
    if (known.size > names && oldest !== undefined) known.delete(oldest);
  };

  return (domain: Domain, asker?: string): Promise<A> => {
    const cached = known.get(domain);
    if (cached && cached.until > now()) return Promise.resolve(cached.answer);
    const same = asking.get(domain);
    if (same) return same;
    if (asking.size >= underWay || !budget.take(asker)) return Promise.resolve(refused);
    const question = ask(domain)
      .then((answer) => {
        remember(domain, answer);
        return answer;
      })
      .finally(() => asking.delete(domain));
    asking.set(domain, question);
    return question;
  };
}
