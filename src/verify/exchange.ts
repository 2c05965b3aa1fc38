/**
 * Statuses between instances: one line of JSON an endpoint (`GET /api/v1/statuses`). What another instance says is told where
 * our own verifier has nothing to say, with that instance's name; it moves no status of ours and is never passed on.
 */
import * as z from 'zod';
import { later } from '../net/instant.ts';
import { type EndpointKey, type Status, type Statuses, statusNames } from '../provider/model.ts';
import type { Heard } from '../store/seen/heard.ts';
import { deadInterval, interval } from './status.ts';

/** One line. What is not verified is not worth a line. */
export const StatusLine = z.object({
  endpoint: z.string().max(300).describe('imap://imap.mail.example:993?security=tls'),
  status: z.enum(statusNames).exclude(['unverified']),
  code: z
    .string()
    .regex(/^[a-z0-9.-]{1,40}$/)
    .describe('Why: a verdict’s code, or ok, unsteady.'),
  since: z.iso.datetime().describe('Since when it has this status.'),
  checkedAt: z.iso.datetime().describe('The newest conclusive check.'),
});

/** More is no list of mail servers. Octets, and lines. */
export const mostOctets = 16 * 1024 * 1024;
export const mostLines = 100_000;

/** What this instance has seen itself, sorted by endpoint, a line each. */
export function statusLines(statuses: Statuses): string {
  return [...statuses]
    .flatMap(([endpoint, one]) => lineOf(endpoint, one))
    .sort()
    .map((line) => `${line}\n`)
    .join('');
}

function lineOf(endpoint: EndpointKey, { status, reason, since, checkedAt, vantage }: Status): string[] {
  if (status === 'unverified' || vantage !== undefined || !reason || !since || !checkedAt) return [];
  return [JSON.stringify({ endpoint, status, code: reason, since, checkedAt })];
}

export interface Exchanged {
  readonly heard: readonly Heard[];
  /** Lines of endpoints that no record of ours names. */
  readonly strange: number;
  /** Lines that say nothing any more: too old, or of the future. */
  readonly stale: number;
}

/** Why the lines of another instance cannot be used, as a clause in lower case without a full stop. */
export class ExchangeError extends Error {
  override readonly name = 'ExchangeError';
}

/**
 * Reads lines for the endpoints of one's own atlas.
 * @param from the host of the other instance
 * @param now ISO 8601
 * @throws {ExchangeError} for a line that is none: nothing of the text is used then
 */
export function readStatusLines(
  text: string,
  { own, from, now }: { readonly own: ReadonlySet<string>; readonly from: string; readonly now: string },
): Exchanged {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (lines.length > mostLines) throw new ExchangeError(`it has more than ${mostLines} lines`);
  const heard: Heard[] = [];
  let [strange, stale] = [0, 0];
  for (const [i, line] of lines.entries()) {
    const { endpoint, status, code, since, checkedAt } = parseLine(line, i + 1);
    const staleAt = later(checkedAt, 3 * (status === 'dead' ? deadInterval : interval));
    // Clocks differ by minutes, not by more: a day of the future would win for ever.
    if (!own.has(endpoint)) strange++;
    else if (staleAt <= now || checkedAt > later(now, 600_000)) stale++;
    else {
      const times = { since: later(since, 0), checkedAt: later(checkedAt, 0), staleAt, heardAt: now };
      heard.push({ endpoint: endpoint as EndpointKey, vantage: from, status, reason: code, ...times });
    }
  }
  return { heard, strange, stale };
}

function parseLine(line: string, number: number): z.infer<typeof StatusLine> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new ExchangeError(`line ${number} is not JSON`);
  }
  const result = StatusLine.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new ExchangeError(`line ${number}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
}
