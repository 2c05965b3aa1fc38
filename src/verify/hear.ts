/** Asks another instance what it has seen, and remembers it where our own verifier has nothing to say (exchange.ts). */
import { getText, HttpError } from '../net/http/get-text.ts';
import { inParts, type Store } from '../store/db.ts';
import { putHeard } from '../store/seen/heard.ts';
import { ExchangeError, mostOctets, readStatusLines } from './exchange.ts';

export const statusesPath = '/api/v1/statuses';

/** What came of it. */
export interface HeardReport {
  /** The host that was asked. */
  readonly from: string;
  readonly heard: number;
  readonly strange: number;
  readonly stale: number;
}

/** Milliseconds for everything. */
const timeout = 60_000;
/** Statements at once. Half a list does no harm: each line is worth something by itself. */
const batch = 200;

/** @throws {HeardNothing} where nothing usable came: the store is as it was then */
export async function hear(
  store: Store,
  url: URL,
  { own, now }: { readonly own: ReadonlySet<string>; readonly now: string },
): Promise<HeardReport> {
  const { heard, strange, stale } = await read(url, own, now);
  for (const some of inParts(heard, batch)) await store.atomically(putHeard(store.db, some));
  return { from: url.host, heard: heard.length, strange, stale };
}

/** Why nothing could be learnt, as a clause in lower case without a full stop. */
export class HeardNothing extends Error {
  override readonly name = 'HeardNothing';
}

async function read(url: URL, own: ReadonlySet<string>, now: string) {
  try {
    return readStatusLines(await getText(url, { most: mostOctets, timeout }), { own, from: url.host, now });
  } catch (error) {
    if (!(error instanceof ExchangeError || error instanceof HttpError)) throw error;
    throw new HeardNothing(`nothing could be learnt from ${url.href}: ${error.message}`);
  }
}
