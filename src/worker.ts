/**
 * Where everything is put together on Cloudflare Workers: D1, DNS over HTTPS, the cache of the data centre, Cron Triggers.
 * The same app as on Node (node.ts). An atlas that is small enough is held in memory, a large one is asked by key.
 *
 * What Node does besides and a Worker cannot: verify servers (docs/workers.md). Agents do it for it (docs/agents.md).
 * Submissions are taken in where the atlas is in memory (web/submissions/desk-edge.ts).
 */
import { connect } from 'cloudflare:sockets';
import { waitUntil } from 'cloudflare:workers';
import type { D1Database } from '@cloudflare/workers-types';
import { signerOf } from './atlas/keys.ts';
import type { DiscoverPorts } from './discover/asking.ts';
import { fromAtlas } from './discover/clients/from-atlas.ts';
import { simulate } from './discover/clients/simulate.ts';
import { simulatedStep } from './discover/clients/simulated.ts';
import { discover } from './discover/discover.ts';
import { discoveries } from './discover/discovered.ts';
import { publishedStep } from './discover/published.ts';
import type { ProfileSigner } from './formats/mobileconfig/sign.ts';
import { Demand } from './lookup/demand.ts';
import { addressBlock } from './net/block.ts';
import type { Resolver } from './net/dns/resolver.ts';
import { cachedResolver } from './net/dns/resolver-cached.ts';
import { dohResolver } from './net/dns/resolver-doh.ts';
import { specialGuard } from './net/guard.ts';
import { guardedFetch, userAgentOf } from './net/http/fetch.ts';
import { workersSender } from './net/http/http-workers.ts';
import { webhook } from './net/webhook.ts';
import type { AnsweredProvider } from './provider/model.ts';
import { openD1 } from './store/d1.ts';
import type { Store } from './store/db.ts';
import { addDemand } from './store/demand.ts';
import { readMeta } from './store/meta.ts';
import { authenticate } from './store/tokens.ts';
import { agency } from './verify/agents/agency.ts';
import { judge } from './verify/judge.ts';
import { lister } from './verify/listing.ts';
import { createApp } from './web/app.ts';
import { bundler } from './web/bulk/bundler.ts';
import { cachedAtEdge, type EdgeCache } from './web/http/edge-cache.ts';
import { notReady } from './web/http/respond.ts';
import { fromStore } from './web/served/from-store.ts';
import { Keeper } from './web/served/keeper.ts';
import { KeeperByKey } from './web/served/keeper-by-key.ts';
import { edgeDesk } from './web/submissions/desk-edge.ts';
import { hourly } from './web/verifying-edge.ts';

/** What wrangler.toml and secrets set. */
export interface Env {
  readonly DB: D1Database;
  readonly VERSION: string;
  /** The URL of a DoH server. */
  readonly DOH: string;
  /** Where people reach this server, without a slash at its end. */
  readonly URL?: string;
  readonly CONTACT?: string;
  /** What the operator says of themselves on the page about the server. */
  readonly ABOUT_EN?: string;
  readonly ABOUT_DE?: string;
  /** The URL of an instance that verifies. */
  readonly EVIDENCE?: string;
  /** `yes`: /metrics is for everybody. */
  readonly METRICS?: string;
  /** The URLs of DoH servers, with spaces between them: all of them have to see a proof. */
  readonly PROOF_DOH?: string;
  /** `yes` or `no`; without it there are submissions where URL and CONTACT are given. */
  readonly SUBMISSIONS?: string;
  /** Secret: a URL that hears what waits for reviewers, and what they have done. */
  readonly WEBHOOK?: string;
  /** How long what needs two reviewers is held. */
  readonly HOLD_HOURS?: string;
  /** So many names are held in memory; an atlas with more is asked by key. */
  readonly IN_MEMORY?: string;
  /** Secrets, PEM: what signs bundles, and configuration profiles. */
  readonly BUNDLE_KEY?: string;
  readonly SIGN_CERT?: string;
  readonly SIGN_KEY?: string;
}

declare const caches: { readonly default: EdgeCache };

/** Domains of an atlas that is held in memory: one with 20,000 takes 40 of an isolate's 128 MB. */
const mostInMemory = 20_000;
/** Milliseconds between two looks whether somebody has written: two rows each. */
const lookInterval = 10_000;
/** Milliseconds that a domain has to say what it publishes: somebody waits for it. */
const publishedTimeout = 8000;
/** The same for a submission, where nobody waits: what goes on behind an answer is ended after 30 seconds. */
const patientTimeout = 15_000;
/** How often what many ask for in vain is written down. */
const demandInterval = 600_000;

/** The cron that looks after submissions; the other one does what is done each hour. */
const oftenCron = '*/5 * * * *';

/** What one isolate holds from request to request. */
interface Isolate {
  readonly app: ReturnType<typeof createApp>;
  look(): Promise<void>;
  keepDemand(): Promise<void>;
}

let isolate: Promise<Isolate> | undefined;
let [lookedAt, keptAt] = [0, 0];

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    isolate ??= outliving(setUp(env));
    try {
      const { app, ...work } = await isolate;
      if (isTime(lookedAt, lookInterval)) {
        lookedAt = Date.now();
        behind('the database cannot be read, the atlas stays as it is', work.look());
      }
      if (isTime(keptAt, demandInterval)) {
        keptAt = Date.now();
        behind('what is asked for in vain could not be kept', work.keepDemand());
      }
      return await cachedAtEdge(request, async (asked) => app.fetch(asked), {
        cache: caches.default,
        later: (putting) => behind('the cache did not keep an answer', putting),
      });
    } catch (error) {
      // The next request tries again.
      isolate = undefined;
      note('the server cannot be set up', error);
      return notReady('The atlas cannot be read just now; try again in a moment.');
    }
  },

  async scheduled({ cron }: { readonly cron: string }, env: Env): Promise<void> {
    const store = openD1(env.DB);
    if (cron !== oftenCron) return hourly(store, { evidence: env.EVIDENCE, doh: env.DOH });
    // An atlas is read only where something is due.
    if (takesSubmissions(env)) await deskOver(store, new Keeper(store), env).lookAfter();
  },
};

/** Others may wait for it after the request that began it is gone: without this, it would end with that one. */
function outliving<T>(work: Promise<T>): Promise<T> {
  waitUntil(work.catch(() => undefined));
  return work;
}

/** Work that nobody waits for. */
function behind(trouble: string, work: Promise<unknown>): void {
  waitUntil(work.catch((error: unknown) => note(trouble, error)));
}

function isTime(last: number, interval: number): boolean {
  return Date.now() - last >= interval;
}

/** Ends with the first look: what is served is there. */
async function setUp(env: Env): Promise<Isolate> {
  // Reads go to the nearest replica, where there are any, and never behind what this isolate has written.
  const store = openD1(env.DB.withSession() as unknown as D1Database);
  const { db } = store;
  const signer = await profileSignerOf(env);
  const most = Number(env.IN_MEMORY ?? mostInMemory);
  const isSmall = Number((await readMeta(db, 'names')) ?? 0) <= most;
  // Leases, tokens and submissions are read where they are written: a replica may not know yet what another isolate has done.
  const primary = openD1(env.DB);
  // So is an atlas as a whole, because decisions rest on it.
  const whole = isSmall ? new Keeper(primary) : undefined;
  const byKey = isSmall ? undefined : new KeeperByKey(store);
  const demand = new Demand();
  const list = lister(primary);
  const agents = agency({
    store: primary,
    judge: (evidence, now) => judge(evidence, now),
    // A large atlas is listed each hour.
    list: async () => list(whole?.served?.atlas.curated),
  });
  const doh = dohResolver(env.DOH);
  const asking = portsOf(env, doh);
  const timeout = publishedTimeout;
  const discovered = discoveries((domain, tell) => outliving(discover(domain, asking, { timeout, tell })));
  const app = createApp({
    served: () => whole?.served,
    ...(byKey && { source: () => byKey.source }),
    resolver: cachedResolver(shared(doh)),
    published: publishedStep(discovered),
    discovered,
    simulated: simulatedStep((domain) => {
      const source = whole?.served ?? byKey?.source;
      if (!source) throw new Error('a domain is replayed before there is an atlas');
      const knowledgeOf = async (record: AnsweredProvider) => (await source.around(record)).knowledge;
      return outliving(
        simulate(domain, { ...asking, ...fromAtlas({ index: source.index, knowledgeOf }) }, { timeout }),
      );
    }),
    asker: (c) => addressBlock(c.req.header('CF-Connecting-IP') ?? ''),
    missed: (miss, from) => demand.note(miss, from),
    ...fromStore(store),
    authenticate: (secret, role) => authenticate(primary, secret, role, new Date().toISOString()),
    agents,
    ...(whole && takesSubmissions(env) && { submissions: deskOver(primary, whole, env) }),
    ...(env.BUNDLE_KEY && { bundle: bundler(signerOf(env.BUNDLE_KEY)) }),
    mayMeasure: () => env.METRICS === 'yes',
    isNear: () => false,
    version: env.VERSION,
    contact: env.CONTACT,
    messages: () => (whole ?? byKey)?.messages ?? [],
    about: () => ({
      ...(env.ABOUT_EN !== undefined && { en: env.ABOUT_EN }),
      ...(env.ABOUT_DE !== undefined && { de: env.ABOUT_DE }),
    }),
    ...(env.URL !== undefined && { url: env.URL }),
    ...(signer && { signer: () => signer }),
    defect: (error, route) => note(`a defect at ${route}`, error),
  });
  const look = async () => (whole ?? byKey)?.look();
  await look();
  lookedAt = Date.now();
  return {
    app,
    look,
    async keepDemand() {
      const wanted = demand.take();
      for (let start = 0; start < wanted.length; start += store.batchSize - 1)
        await store.atomically(
          addDemand(db, wanted.slice(start, start + store.batchSize - 1), new Date().toISOString()),
        );
    },
  };
}

function takesSubmissions({ SUBMISSIONS: wanted, URL: url, CONTACT: contact }: Env): boolean {
  return wanted === 'yes' || (wanted !== 'no' && Boolean(url) && Boolean(contact));
}

function deskOver(store: Store, keeper: Keeper, env: Env) {
  const { DOH, PROOF_DOH, HOLD_HOURS, WEBHOOK, URL: url = '' } = env;
  const hours = Number(HOLD_HOURS);
  const doh = dohResolver(DOH);
  const asking = portsOf(env, doh);
  return edgeDesk({
    store,
    atlas: () => keeper.curated(),
    changed: () => keeper.refresh(),
    behind,
    note,
    mx: doh,
    discover: (domain) => discover(domain, asking, { timeout: patientTimeout }),
    resolvers: (PROOF_DOH ?? DOH).trim().split(/\s+/).map(dohResolver),
    ...(WEBHOOK && { bulletin: { reviewers: webhook(WEBHOOK), url, language: 'en' } }),
    ...(Number.isInteger(hours) && hours >= 1 && { policy: { holdHours: hours } }),
  });
}

/** A question under way is shared by all who ask the same, and must not end with the request of the first. */
function shared(resolver: Resolver): Resolver {
  return { mx: (domain) => outliving(resolver.mx(domain)) };
}

/** How domains are asked what they publish: with the guard of addresses, as on Node. */
function portsOf({ CONTACT: contact }: Env, resolver: ReturnType<typeof dohResolver>): DiscoverPorts {
  const sender = workersSender(connect);
  return { resolver, fetch: guardedFetch({ resolver, guard: specialGuard, sender, userAgent: userAgentOf(contact) }) };
}

async function profileSignerOf({ SIGN_CERT: cert, SIGN_KEY: key }: Env): Promise<ProfileSigner | undefined> {
  if (!cert || !key) return undefined;
  const { profileSigner } = await import('./formats/mobileconfig/sign.ts');
  return profileSigner({ cert, key });
}

function note(what: string, error: unknown): void {
  console.error(`${what}: ${error instanceof Error ? error.stack : String(error)}`);
}
