/** A process that is killed at any moment loses nothing and does nothing twice. */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readOverlays } from '../../src/store/overlays.ts';
import { readRecord } from '../../src/store/providers.ts';
import { readRevisions } from '../../src/store/revisions.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import { countSubmissions, readEvents, readFormerDrafts, readResults } from '../../src/store/submissions.ts';
import { mail } from './desk.ts';

const program = fileURLToPath(new URL('./killed.ts', import.meta.url));

/** Runs it until it asks for the n-th time whether it may go on, and kills it there. @returns whether it came so far */
async function run(file: string, killedAt: number): Promise<boolean> {
  const child = fork(program, [file], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...process.env, NODE_COMPILE_CACHE: join(dirname(file), 'compiled') },
  });
  let said = '';
  child.stderr?.on('data', (chunk) => {
    said += String(chunk);
  });
  let asked = 0;
  child.on('message', () => {
    if (++asked === killedAt) child.kill('SIGKILL');
    else child.send('go on');
  });
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  if (signal === 'SIGKILL') return true;
  assert.equal(code, 0, said);
  return false;
}

async function lookInto(file: string) {
  const store = openSqlite(file);
  const { db } = store;
  const acts = async (number: number) => (await readEvents(db, number)).map(({ act, who }) => `${act} ${who}`.trim());
  const found = {
    counts: await countSubmissions(db),
    first: await acts(1),
    second: await acts(2),
    results: (await readResults(db, 1)).map(({ name, state }) => `${name} ${state}`),
    former: await readFormerDrafts(db, 1),
    overlays: await readOverlays(db),
    causes: (await readRevisions(db, 'mail.example', 9)).map(({ cause }) => cause),
    served: (await readRecord(db, 'mail.example'))?.record,
  };
  store.close();
  return found;
}

describe('a submission whose server is killed with SIGKILL', () => {
  test('after any batch that is written ends as if nothing had been', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'mailatlas-kill-'));
    try {
      const whole = join(folder, 'whole.db');
      await run(whole, Number.POSITIVE_INFINITY);
      const wanted = await lookInto(whole);
      assert.deepEqual(wanted.counts, { declined: 1, published: 1 });
      assert.deepEqual(wanted.first, ['submit', 'checked', 'accept anna', 'hold bert', 'publish', 'rollback root']);
      assert.deepEqual(wanted.second, ['submit root', 'publish root']);
      assert.deepEqual(wanted.causes, ['submission 2', 'submission 1', 'load']);
      assert.deepEqual(wanted.served, mail);

      let next = 1;
      let kills = 0;
      const killInTurn = async () => {
        for (let killedAt = next++; ; killedAt = next++) {
          const file = join(folder, `${killedAt}.db`);
          if (!(await run(file, killedAt))) return;
          kills++;
          await run(file, Number.POSITIVE_INFINITY);
          assert.deepEqual(await lookInto(file), wanted, `killed at the ${killedAt}th question`);
        }
      };
      await Promise.all(Array.from({ length: availableParallelism() }, killInTurn));
      t.diagnostic(`killed at ${kills} places`);
      assert.ok(kills >= 12);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
