/** The whole way once, over real sockets and a file: probe, judge, check, status. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { endpointKey } from '../../src/provider/model.ts';
import { readChecks } from '../../src/store/seen/checks.ts';
import { listEndpoints, readStatuses } from '../../src/store/seen/statuses.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import type { Evidence } from '../../src/verify/evidence.ts';
import { judge } from '../../src/verify/judge.ts';
import { Pace } from '../../src/verify/pace.ts';
import { probe } from '../../src/verify/probe/probe.ts';
import { verify } from '../../src/verify/run.ts';
import { startMailServer } from './mail-server.ts';
import { host, probeOptions } from './prober.ts';
import * as behaved from './well-behaved.ts';

const folder = mkdtempSync(join(tmpdir(), 'mailatlas-verify-'));
after(() => rmSync(folder, { recursive: true }));

test('a good server, one whose certificate ended and one that is closed', async () => {
  await using good = await startMailServer(behaved.imap({ security: 'tls' }));
  await using expired = await startMailServer(behaved.smtp({ security: 'starttls', certificate: 'expired' }));
  const closed = await startMailServer(behaved.pop3({ security: 'tls' }));
  await closed.stop();
  const [works, ended, refuses] = [
    endpointKey({ protocol: 'imap', host, port: good.port, security: 'tls' }),
    endpointKey({ protocol: 'smtp', host, port: expired.port, security: 'starttls' }),
    endpointKey({ protocol: 'pop3', host, port: closed.port, security: 'tls' }),
  ];
  const keys = [works, ended, refuses];

  const store = openSqlite(join(folder, 'atlas.db'));
  await listEndpoints(store, keys, new Date().toISOString());
  const report = await verify({
    store,
    probe: (endpoint) => probe(endpoint, probeOptions),
    judge: (evidence, now) => judge(evidence, now),
    which: keys,
    pace: new Pace(0),
  });
  assert.deepEqual([report.verdict, report.done], ['sound', 3]);

  const checks = new Map((await readChecks(store.db, keys, 10)).map((check) => [check.endpoint, check]));
  assert.deepEqual(
    keys.map((key) => checks.get(key)?.code),
    ['ok', 'tls.expired', 'tcp.refused'],
  );
  assert.ok((checks.get(works)?.certDays ?? 0) > 300);
  assert.ok((checks.get(ended)?.certDays ?? 0) < 0);
  assert.equal(checks.get(refuses)?.certDays, null);
  const evidence = checks.get(works)?.evidence as Evidence | undefined;
  assert.ok(evidence?.attempts[0]?.tls?.chain[0]?.names.includes(host), 'all that was seen is kept');

  const statuses = await readStatuses(store.db, new Date().toISOString());
  assert.deepEqual(
    keys.map((key) => statuses.get(key)?.status),
    ['verified', 'unverified', 'unverified'],
  );
  store.close();
});
