/** A store that a real verify run over loopback servers has filled, and the app over it. */
import type { TestContext } from 'node:test';
import { load } from '../../../src/catalog/load.ts';
import type { Provider } from '../../../src/provider/model.ts';
import type { Store } from '../../../src/store/db.ts';
import { readKnowledge } from '../../../src/store/seen/knowledge.ts';
import { listEndpoints } from '../../../src/store/seen/statuses.ts';
import { readVitals } from '../../../src/store/seen/vitals.ts';
import { openSqlite } from '../../../src/store/sqlite.ts';
import { endpoints } from '../../../src/verify/endpoint.ts';
import { judge } from '../../../src/verify/judge.ts';
import { Pace } from '../../../src/verify/pace.ts';
import { probe } from '../../../src/verify/probe/probe.ts';
import { verify } from '../../../src/verify/run.ts';
import { fromStore } from '../../../src/web/served/from-store.ts';
import { curated, imap, record, smtp } from '../../records.ts';
import { startMailServer } from '../../verify/mail-server.ts';
import { host, probeOptions } from '../../verify/prober.ts';
import * as behaved from '../../verify/well-behaved.ts';
import { type TestApp, type TestAppOptions, testApp } from '../app.ts';

export interface Verified extends TestApp {
  readonly store: Store;
  readonly record: Provider;
  /** What stands in the record: a good server, one whose certificate has ended, one that is closed. */
  readonly ports: { readonly good: number; readonly expired: number; readonly closed: number };
}

/** @param more other records, whose servers are not looked at */
export async function verified(
  t: TestContext,
  more: readonly Provider[] = [],
  options: TestAppOptions = {},
): Promise<Verified> {
  await using good = await startMailServer(behaved.imap({ security: 'tls' }));
  await using expired = await startMailServer(behaved.smtp({ security: 'starttls', certificate: 'expired' }));
  const gone = await startMailServer(behaved.pop3({ security: 'tls' }));
  await gone.stop();
  const ports = { good: good.port, expired: expired.port, closed: gone.port };
  const tested = record({
    id: 'example.test',
    name: 'Tested & <Mail>',
    incoming: [
      imap({ host, port: ports.good, auth: ['password-cleartext', 'OAuth2'] }),
      { ...imap({ host, port: ports.closed }), protocol: 'pop3' },
    ],
    outgoing: [smtp({ host, port: ports.expired, security: 'starttls' })],
  });
  const store = openSqlite(':memory:');
  t.after(() => store.close());
  const all = curated({ providers: [tested, ...more] });
  const now = new Date().toISOString();
  await load(store, all, 'digest', now);
  const keys = endpoints({ ...all, providers: [tested] }).map(({ key }) => key);
  await listEndpoints(store, keys, now);
  await verify({
    store,
    probe: (endpoint) => probe(endpoint, probeOptions),
    judge: (evidence, at) => judge(evidence, at),
    which: keys,
    pace: new Pace(0),
  });
  const app = testApp({
    ...options,
    curated: all,
    ...memoryOf(store),
    knowledge: await readKnowledge(store.db, now),
    vitals: await readVitals(store.db, now),
  });
  return { ...app, store, record: tested, ports };
}

/** What a store remembers, for the app. */
export function memoryOf(store: Store): Pick<TestAppOptions, 'history' | 'news'> {
  const { history, news } = fromStore(store);
  return { history, news };
}
