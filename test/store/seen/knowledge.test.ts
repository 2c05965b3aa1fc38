/** The knowledge as the store tells it and as it is read straight from the file: the two must say the same. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Domain } from '../../../src/name/domain.ts';
import { type EndpointKey, nothingKnown } from '../../../src/provider/model.ts';
import { putHeard } from '../../../src/store/seen/heard.ts';
import { readKnowledge } from '../../../src/store/seen/knowledge.ts';
import { readKnowledgeFile } from '../../../src/store/seen/knowledge-node.ts';
import { putQuarantine } from '../../../src/store/seen/quarantine.ts';
import { listEndpoints, moveStatuses } from '../../../src/store/seen/statuses.ts';
import { putSignIns } from '../../../src/store/sign-ins.ts';
import { openSqlite } from '../../../src/store/sqlite.ts';

const folder = mkdtempSync(join(tmpdir(), 'mailatlas-knowledge-'));
after(() => rmSync(folder, { recursive: true }));
const time = (second: number) => new Date(Date.UTC(2026, 10, 20, 10, 0, second)).toISOString();
const keyOf = (name: string) => `imap://${name}.example:993?security=tls` as EndpointKey;

test('A file says what its store says: own statuses, stale ones, what others say, quarantine', async () => {
  const file = join(folder, 'full.db');
  const store = openSqlite(file);
  const own = { new: undefined, well: 'verified', stale: 'failing', both: 'degraded', silent: 'unverified' } as const;
  await listEndpoints(store, Object.keys(own).map(keyOf), time(0));
  const moves = Object.entries(own).flatMap(([name, status]) =>
    status === undefined
      ? []
      : [
          {
            endpoint: keyOf(name),
            status,
            reason: 'because',
            since: time(1),
            checkedAt: name === 'silent' ? null : time(2),
            staleAt: name === 'stale' ? time(3) : null,
            applied: 1,
          },
        ],
  );
  await store.atomically(moveStatuses(store.db, moves));
  const heard = ['new', 'well', 'stale', 'both', 'silent', 'theirs'].map((name) => ({
    endpoint: keyOf(name),
    vantage: 'other.example',
    status: 'dead' as const,
    reason: 'tcp.refused',
    since: time(4),
    checkedAt: time(5),
    staleAt: time(100),
    heardAt: time(6),
  }));
  await store.atomically([
    ...putHeard(store.db, heard),
    ...putSignIns(store.db, new Map([[keyOf('well'), { at: time(8), level: 'L4' as const }]])),
    ...putQuarantine(store.db, { name: 'gone.example' as Domain, at: time(7), why: 'Gone.', by: 'Ada' }),
  ]);
  for (const now of [time(1), time(10), time(200)]) {
    assert.deepEqual(readKnowledgeFile(file, now), await readKnowledge(store.db, now));
  }
  const { statuses } = readKnowledgeFile(file, time(10));
  assert.deepEqual(
    [...statuses]
      .filter(([, { vantage }]) => vantage !== undefined)
      .map(([key]) => key)
      .toSorted(),
    ['new', 'silent', 'stale', 'theirs'].map(keyOf),
  );
  store.close();
});

test('A file that is not there, or knows nothing yet, says nothing', () => {
  assert.equal(readKnowledgeFile(join(folder, 'none.db'), time(0)), nothingKnown);
  const file = join(folder, 'old.db');
  writeFileSync(file, '');
  assert.equal(readKnowledgeFile(file, time(0)), nothingKnown);
});

test('A file that cannot be read is told: what is under quarantine would be given', () => {
  const file = join(folder, 'broken.db');
  writeFileSync(file, 'x'.repeat(5000));
  assert.throws(() => readKnowledgeFile(file, time(0)), { name: 'StoreError', message: /cannot be read/ });
});
