/** A real D1 database for tests: workerd runs it on this machine, and nobody outside is asked. */
import { fileURLToPath } from 'node:url';
import type { D1Database } from '@cloudflare/workers-types';
import { emptied } from './d1-distant.ts';
import { createTestHarness } from './harness.ts';

export interface D1Server {
  /** The database, migrated and empty: whatever was in it is gone. */
  fresh(): Promise<D1Database>;
  close(): Promise<void>;
}

export async function startD1(): Promise<D1Server> {
  const migrations = fileURLToPath(new URL('../../migrations', import.meta.url));
  const server = createTestHarness({
    workers: [
      {
        config: {
          name: 'd1',
          main: fileURLToPath(new URL('d1-worker.ts', import.meta.url)),
          compatibility_date: '2026-11-01',
          d1_databases: [{ binding: 'DB', database_name: 'test', database_id: 'test', migrations_dir: migrations }],
        },
      },
    ],
  });
  await server.listen();
  await server.getWorker<{ DB: D1Database }>().applyD1Migrations('DB');
  return {
    fresh: await emptied((asked) => server.fetch('/', { method: 'POST', body: JSON.stringify(asked) })),
    close: () => server.close(),
  };
}
