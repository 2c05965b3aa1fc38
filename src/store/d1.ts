/** The store on Workers: a D1 database, which wrangler has migrated. */
import type { D1Database } from '@cloudflare/workers-types';
import type { BatchItem } from 'drizzle-orm/batch';
import { drizzle } from 'drizzle-orm/d1';
import type { Store } from './db.ts';
import * as schema from './schema.ts';

/**
 * Statements of one batch, which D1 runs as one transaction and ends after 30 seconds. A Worker may run 1,000 queries for
 * one request; that a batch counts as one of them nobody promises (developers.cloudflare.com/d1/platform/limits).
 */
const batchSize = 500;

/** Opens nothing: D1 is asked for the first time with the first statement. */
export function openD1(d1: D1Database): Store {
  const db = drizzle(d1, { schema });
  return {
    db,
    batchSize,
    async atomically(statements) {
      const [first, ...rest] = [...statements] as BatchItem<'sqlite'>[];
      if (first) await db.batch([first, ...rest]);
    },
    // Who has written last, a database far away does not tell: readers ask for the generation.
    dataVersion: () => undefined,
    close() {},
  };
}
