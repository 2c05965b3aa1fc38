/** The app over hand-made records, with a resolver that knows only what a test tells it. */

import type { Hono } from 'hono';
import { compileAtlas } from '../../src/atlas/atlas.ts';
import { type HostedDomains, withHosted } from '../../src/atlas/hosted.ts';
import { fromAtlas } from '../../src/discover/clients/from-atlas.ts';
import { simulate } from '../../src/discover/clients/simulate.ts';
import type { PublishedAnswer } from '../../src/lookup/ladder.ts';
import type { Domain } from '../../src/name/domain.ts';
import type { MxAnswer } from '../../src/net/dns/resolver.ts';
import { type Curated, type Knowledge, nothingKnown } from '../../src/provider/model.ts';
import type { Vitals } from '../../src/store/seen/vitals.ts';
import { createApp } from '../../src/web/app.ts';
import { type Deps, type Served, served } from '../../src/web/served/served.ts';
import { imap, smtp } from '../records.ts';
import { twinOf } from '../worker/twin.ts';
import { curated as world } from './records.ts';

export interface TestApp {
  readonly app: Hono;
  /** Sends a request; without a Host unless `headers` has one. */
  readonly get: (path: string, headers?: Record<string, string>) => Promise<Response>;
  readonly send: (
    method: string,
    path: string,
    headers?: Record<string, string>,
    body?: string | Uint8Array<ArrayBuffer>,
  ) => Promise<Response>;
  /** The names that DNS was asked for, and on whose behalf. */
  readonly asked: { domain: string; asker: string | undefined }[];
  /** The domains that were asked themselves, and on whose behalf. */
  readonly askedThemselves: { domain: string; asker: string | undefined }[];
  /** What was asked for in vain, and from where. */
  readonly missed: { domain: string; asker: string | undefined }[];
  /** What would stand in the log. */
  readonly defects: { error: unknown; route: string }[];
  /** What the app answers from now. */
  readonly served: () => Served | undefined;
  /** Gives the app its first atlas, or the next one. */
  readonly swap: (curated: Curated) => void;
  /** From now on this is known. */
  readonly learn: (knowledge: Knowledge) => void;
}

export interface TestAppOptions {
  /** `empty`: no atlas has been loaded yet. */
  readonly curated?: Curated | 'empty';
  /** What DNS says; whatever is not here has no MX. */
  readonly mx?: Readonly<Record<string, MxAnswer>>;
  /** What domains publish; whatever is not here publishes nothing. */
  readonly published?: Readonly<Record<string, PublishedAnswer>>;
  /** What is known at first; {@link TestApp.learn} says what is known later. */
  readonly knowledge?: Knowledge;
  readonly revisions?: Deps['revisions'];
  readonly changes?: Deps['changes'];
  readonly bundle?: Deps['bundle'];
  readonly contact?: string;
  readonly history?: Partial<Deps['history']>;
  readonly news?: Deps['news'];
  readonly mayMeasure?: boolean;
  readonly isNear?: boolean;
  /** The operator's list of domains. */
  readonly hosted?: HostedDomains;
  readonly vitals?: Vitals;
  /** What else the operator has set up. */
  readonly setUp?: Pick<
    Deps,
    | 'url'
    | 'mxService'
    | 'signer'
    | 'hosting'
    | 'about'
    | 'gzip'
    | 'messages'
    | 'simulated'
    | 'submissions'
    | 'authenticate'
    | 'agents'
    | 'discovered'
    | 'gzipParts'
    | 'requests'
  >;
}

const loadedOnce: Deps['revisions'] = (id, limit) =>
  Promise.resolve(
    id === 'post.example'
      ? [
          { n: 7, at: '2026-11-20T10:00:00.000Z', oldDigest: 'aa', newDigest: 'bb', cause: 'load' },
          { n: 3, at: '2026-11-01T10:00:00.000Z', oldDigest: null, newDigest: 'aa', cause: 'load' },
        ].slice(0, limit)
      : [],
  );

const changedTwice: Deps['changes'] = (since, limit) =>
  Promise.resolve(
    [
      { n: 3, at: '2026-11-01T10:00:00.000Z', id: 'post.example', oldDigest: null, newDigest: 'aa', cause: 'load' },
      { n: 7, at: '2026-11-20T10:00:00.000Z', id: 'post.example', oldDigest: 'aa', newDigest: 'bb', cause: 'load' },
    ]
      .filter(({ n }) => n > since)
      .slice(0, limit),
  );
const nothingSeen: Deps['history'] = {
  checks: () => Promise.resolve([]),
  evidence: () => Promise.resolve(new Map()),
  due: () => Promise.resolve(new Map()),
  days: () => Promise.resolve([]),
  comparisons: () => Promise.resolve([]),
  compared: () => Promise.resolve([]),
  asked: () => Promise.resolve(new Map()),
};

const nothingNew: Deps['news'] = {
  revisions: () => Promise.resolve([]),
  transitions: () => Promise.resolve([]),
  quarantine: () => Promise.resolve([]),
};

export function testApp(options: TestAppOptions = {}): TestApp {
  const {
    curated = world,
    mx = {},
    published = {},
    knowledge = nothingKnown,
    revisions = loadedOnce,
    changes = changedTwice,
    bundle,
    setUp = {},
  } = options;
  const asked: TestApp['asked'] = [];
  const askedThemselves: TestApp['askedThemselves'] = [];
  const missed: TestApp['missed'] = [];
  const defects: TestApp['defects'] = [];
  let current: Served | undefined;
  let known = knowledge;
  const swap = (next: Curated) => {
    current = served(withHosted(compileAtlas(next), options.hosted ?? new Map()), known, 7);
  };
  const learn = (next: Knowledge) => {
    known = next;
    if (current) current = served(current.atlas, known, 7);
  };
  if (curated !== 'empty') swap(curated);

  const deps: Deps = {
    served: () => current,
    resolver: {
      mx(domain, asker) {
        asked.push({ domain, asker });
        return Promise.resolve(mx[domain] ?? { kind: 'none', exists: false });
      },
    },
    published(domain, asker) {
      askedThemselves.push({ domain, asker });
      return Promise.resolve(published[domain] ?? { kind: 'nothing' });
    },
    asker: () => '192.0.2.0/24',
    missed: ({ domain }, asker) => missed.push({ domain, asker }),
    revisions,
    changes,
    ...(bundle && { bundle }),
    isNear: () => options.isNear ?? true,
    mayMeasure: () => options.mayMeasure ?? true,
    vitals: () =>
      Promise.resolve(options.vitals ?? { quarantined: 0, certificates: [], compared: {}, submissions: {} }),
    process: () => ({
      started: 1_800_000_000,
      cpuSeconds: 1.5,
      residentBytes: 80_000_000,
      heapBytes: 40_000_000,
      openFiles: 21,
      lag: { p99: 0.002, max: 0.01 },
    }),
    dnsAnswers: () =>
      new Map([
        ['hosts', 3],
        ['budget', 1],
      ]),
    databaseBytes: () => ({ file: 4096, log: 0 }),
    history: { ...nothingSeen, ...options.history },
    news: options.news ?? nothingNew,
    version: '1.2.3',
    contact: options.contact,
    ...setUp,
    defect: (error, route) => defects.push({ error, route }),
  };
  const app = createApp(deps);
  const twin = twinOf(deps, options.hosted ?? new Map());
  // As on Node, the Host is a header and part of the URL.
  const send: TestApp['send'] = async (method, path, headers = {}, body) => {
    const url = `http://${headers['Host'] ?? 'localhost'}${path}`;
    if (twin) return twin(method, url, headers, body);
    return app.request(url, { method, headers, ...(body !== undefined && { body }) });
  };
  const get: TestApp['get'] = (path, headers) => send('GET', path, headers);
  return { app, served: () => current, send, get, asked, askedThemselves, missed, defects, swap, learn };
}

/** The MX hosts of a domain, the most preferred first. */
export function mxHosts(...hosts: string[]): MxAnswer {
  return { kind: 'hosts', hosts: hosts.map((host, i) => ({ preference: 10 * (i + 1), host: host as Domain })) };
}

/** Several hosts that are equally preferred. */
export function equalMxHosts(...hosts: string[]): MxAnswer {
  return { kind: 'hosts', hosts: hosts.map((host) => ({ preference: 10, host: host as Domain })) };
}

/** What DNS says in these tests: one domain for every way the MX step can end. */
export const scriptedMx: Readonly<Record<string, MxAnswer>> = {
  'firm.zz': mxHosts('firm-zz.protection.office.example', 'backup.filter.example'),
  'shop.zz': mxHosts('w0123.mx.hoster.example'),
  'strangers.zz': mxHosts('mx.strangers.zz'),
  'filtered.zz': mxHosts('in1.filter.example', 'in2.filter.example'),
  'forwarded.zz': mxHosts('mx.forward.example'),
  'newsletter.zz': mxHosts('mx.bulk.example'),
  'torn.zz': equalMxHosts('a.protection.office.example', 'b.mx.hoster.example'),
  'silent.zz': { kind: 'null' },
  'nomail.zz': { kind: 'none', exists: true },
  'slow.zz': { kind: 'failed', why: 'timeout' },
  'eager.zz': { kind: 'failed', why: 'budget' },
};

/** What domains publish in these tests. */
export const scriptedPublications: Readonly<Record<string, PublishedAnswer>> = {
  'self.zz': {
    kind: 'found',
    provider: {
      id: 'self.zz',
      name: 'Self-made Mail',
      short: 'Self-made Mail',
      access: 'open',
      domains: ['self.zz'],
      incoming: [imap({ host: 'imap.self.zz', sources: ['import'] })],
      outgoing: [smtp({ host: 'smtp.self.zz', sources: ['import'] })],
      sources: { import: { autoconfig: 'https://autoconfig.self.zz/mail/config-v1.1.xml', seen: '2026-11-20' } },
    },
    publication: {
      mechanism: 'autoconfig',
      where: 'https://autoconfig.self.zz/mail/config-v1.1.xml',
      trust: 'tls',
      certified: [{ host: 'autoconfig.self.zz', issuer: 'Test Root' }],
    },
  },
  'eager-self.zz': { kind: 'failed', why: 'budget' },
  'slow-self.zz': { kind: 'failed', why: 'unanswered' },
};

/** Simulations of the records of these tests in a world where no host is there; of `busy.zz` one too many. */
export const offlineSimulations: NonNullable<Deps['simulated']> = (domain) => {
  if (domain === 'busy.zz') return Promise.resolve(undefined);
  const nothing = { kind: 'none', exists: false } as const;
  const none = () => Promise.resolve(nothing);
  return simulate(
    domain,
    {
      ...fromAtlas({ index: compileAtlas(world), knowledgeOf: () => nothingKnown }),
      resolver: { mx: none, addresses: none, srv: none, txt: none, isAlias: () => Promise.resolve(undefined) },
      fetch: ({ url }) => Promise.resolve({ kind: 'failed', why: 'no-address', hops: [{ url }] }),
    },
    { timeout: 5000 },
  );
};
