/** `mailatlas load --evidence URL`: what another instance has seen, told where our own verifier has nothing to say. */
import { compileAtlas } from '../atlas/atlas.ts';
import { getText } from '../net/get-text.ts';
import type { Store } from '../store/db.ts';
import { putHeard } from '../store/heard.ts';
import { readCurated } from '../store/providers.ts';
import { endpoints } from '../verify/endpoint.ts';
import { ExchangeError, mostOctets, readStatusLines } from '../verify/exchange.ts';
import { Complaint, misuse } from './say.ts';

export interface EvidenceReport {
  /** The host that was asked. */
  readonly from: string;
  readonly heard: number;
  readonly strange: number;
  readonly stale: number;
}

const timeout = 60_000;
const route = '/api/v1/statuses';

/** @throws {Complaint} for what is no URL */
export function evidenceUrl(text: string): URL {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    throw misuse(`“${text}” is no URL of an instance, such as https://mailatlas.example`, 'load');
  }
  if (url.pathname === '/') url.pathname = route;
  return url;
}

/** @throws {Complaint} where nothing usable came; the database is as it was then */
export async function loadEvidence(store: Store, url: URL): Promise<EvidenceReport> {
  const own = new Set(endpoints(compileAtlas(await readCurated(store.db)).curated).map(({ key }) => key));
  const now = new Date().toISOString();
  const { heard, strange, stale } = await read(url, { own, from: url.host, now });
  const statements = putHeard(store.db, heard);
  if (statements.length > 0) await store.atomically(statements);
  return { from: url.host, heard: heard.length, strange, stale };
}

async function read(url: URL, options: Parameters<typeof readStatusLines>[1]) {
  try {
    return readStatusLines(await getText(url, { most: mostOctets, timeout }), options);
  } catch (error) {
    if (!(error instanceof ExchangeError) && (error as Error).name !== 'HttpError') throw error;
    throw new Complaint(`nothing could be learnt from ${url.href}: ${(error as Error).message}`, {
      tip: `an instance tells what it has seen at ${route}`,
    });
  }
}

export function sayEvidence({ from, heard, strange, stale }: EvidenceReport): string {
  return `${heard} statuses from ${from}; ${strange} of servers that are not in these data, ${stale} too old`;
}
