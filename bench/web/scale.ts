/** Whether a large atlas answers as fast as a small one, and what memory it takes. */
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { readDataDir } from '../../src/catalog/files.ts';
import { load } from '../../src/catalog/load.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import { generated, smallOnes } from '../generated.ts';
import { median } from '../machine.ts';
import { type Running, serve } from '../serving.ts';
import { memoryOf, type Question, wrk } from './wrk.ts';

export interface Scale {
  readonly domains: number;
  readonly perSecond: number;
  /** Megabytes, resident, before anybody has asked. */
  readonly memory: number;
}

const sizes = [1000, 1_000_000];
/** So many names are asked in turn, of providers with few domains: their documents are of one length in both. */
const askedNames = 10_000;
const warmUp = 2;

/** The small one first. */
export async function scale(folder: string, rounds: number, seconds: number): Promise<Scale[]> {
  const running: { domains: number; server: Running; questions: Question[]; memory: number; rates: number[] }[] = [];
  try {
    for (const domains of sizes) {
      process.stderr.write(`bench: an atlas of ${domains.toLocaleString('en')} domains\n`);
      const db = join(folder, `scale-${domains}.db`);
      const questions = await make(db, domains);
      const server = await serve(['--db', db]);
      running.push({ domains, server, questions, memory: memoryOf(server.pid), rates: [] });
    }
    for (let round = -1; round < rounds; round++) {
      for (const { server, questions, rates } of running) {
        const run = await wrk(server, { folder, questions, seconds: round < 0 ? warmUp : seconds });
        if (round >= 0) rates.push(run.perSecond);
      }
    }
    return running.map(({ domains, memory, rates }) => ({ domains, memory, perSecond: median(rates) }));
  } finally {
    await Promise.all(running.map(({ server }) => server.stop()));
  }
}

/** A store that says of itself that it was loaded from the shipped data, so that `serve` takes it as it is. */
async function make(db: string, domains: number): Promise<Question[]> {
  const { digest } = readDataDir(fileURLToPath(new URL('../../data', import.meta.url)));
  const curated = generated(domains);
  const store = openSqlite(db);
  await load(store, curated, digest, new Date().toISOString());
  store.close();
  const names = smallOnes(curated).flatMap((one) => one.domains);
  const step = Math.max(1, names.length / askedNames);
  const asked = Array.from({ length: Math.min(askedNames, names.length) }, (_, i) => names[Math.floor(i * step)]);
  return asked.map((name) => ({ path: `/v1.1/${name}` }));
}
