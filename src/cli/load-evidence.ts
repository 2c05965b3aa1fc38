/** `mailatlas load --evidence URL`: what another instance has seen, told where our own verifier has nothing to say. */
import type { Store } from '../store/db.ts';
import { readCurated } from '../store/providers.ts';
import { endpoints } from '../verify/endpoint.ts';
import { HeardNothing, type HeardReport, hear, statusesPath } from '../verify/hear.ts';
import { Complaint, misuse } from './say.ts';

export type EvidenceReport = HeardReport;

/** @throws {Complaint} for what is no URL */
export function evidenceUrl(text: string): URL {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    throw misuse(`“${text}” is no URL of an instance, such as https://mailatlas.example`, 'load');
  }
  if (url.pathname === '/') url.pathname = statusesPath;
  return url;
}

/** @throws {Complaint} where nothing usable came; the database is as it was then */
export async function loadEvidence(store: Store, url: URL): Promise<EvidenceReport> {
  const own = new Set(endpoints(await readCurated(store.db)).map(({ key }) => key));
  try {
    return await hear(store, url, { own, now: new Date().toISOString() });
  } catch (error) {
    if (!(error instanceof HeardNothing)) throw error;
    throw new Complaint(error.message, { tip: `an instance tells what it has seen at ${statusesPath}` });
  }
}

export function sayEvidence({ from, heard, strange, stale }: EvidenceReport): string {
  return `${heard} statuses from ${from}; ${strange} of servers that are not in these data, ${stale} too old`;
}
