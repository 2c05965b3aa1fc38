/**
 * Where everything is put together on Node: data directory, SQLite, atlas, DNS and HTTP.
 *
 *  1. open the store; where it was not loaded from these very files, load them (a broken file leaves the old atlas)
 *  2. build the atlas from the store and serve it
 *  3. every half second: has another process changed the store? Then serve what it says now (web/served/keeper.ts)
 *  4. where the operator wants it, verify what is due (verify/schedule.ts)
 *  5. where the operator wants it, take submissions in (web/submissions/desk-node.ts)
 */
import type { Signer } from './atlas/bundle-write.ts';
import { readDataDir } from './catalog/files.ts';
import { isLoaded, loadFiles, sayLoad, sayOverlays } from './catalog/load.ts';
import { type Problem, sayProblem } from './catalog/problem.ts';
import { nodeSimulator } from './discover/clients/simulate-node.ts';
import { simulatedStep } from './discover/clients/simulated.ts';
import { type DiscovererOptions, nodeDiscoverer } from './discover/discover-node.ts';
import { discoveries } from './discover/discovered.ts';
import { defaultDiscoverTimeout } from './discover/model.ts';
import { publishedStep } from './discover/published.ts';
import type { ProfileSigner } from './formats/mobileconfig/sign.ts';
import { Demand } from './lookup/demand.ts';
import { cachedResolver } from './net/dns/resolver-cached.ts';
import { countedResolver } from './net/dns/resolver-counted.ts';
import { nodeResolver } from './net/dns/resolver-node.ts';
import { Lasting } from './net/lasting.ts';
import { type Log, sayError } from './net/log.ts';
import { type Networks, noNetworks } from './net/networks.ts';
import type { Mailer } from './net/notify-node.ts';
import type { Language } from './provider/phrases.ts';
import type { Store } from './store/db.ts';
import { StoreError } from './store/db.ts';
import { addDemand } from './store/demand.ts';
import { databaseBytes } from './store/file/health-node.ts';
import { newestRevision } from './store/revisions.ts';
import { openSqlite } from './store/sqlite.ts';
import { propose } from './submit/follow.ts';
import { startComparing } from './verify/comparing.ts';
import { createApp } from './web/app.ts';
import { bundler } from './web/bulk/bundler.ts';
import { type HostingOptions, startHosting } from './web/hosting-node.ts';
import { askers } from './web/http/asker-node.ts';
import { gzip, gzipParts } from './web/http/gzip-node.ts';
import { listen } from './web/http/listen-node.ts';
import { Requests } from './web/http/metrics.ts';
import { watchProcess } from './web/http/process-node.ts';
import { requestLog } from './web/http/request-log-node.ts';
import type { LaneAnswer } from './web/lane-node.ts';
import { fromStore } from './web/served/from-store.ts';
import { Keeper } from './web/served/keeper.ts';
import { type DeskOptions, startDesk } from './web/submissions/desk-node.ts';
import { startVerifying, type VerifyingOptions } from './web/verifying-node.ts';

export interface ServerOptions extends VerifyingOptions {
  /** The SQLite file, or `:memory:`. */
  readonly db: string;
  /** The data directory. */
  readonly data: string;
  /** Domains of one's own: records that are the operator's, lists of domains and logins. */
  readonly hosting?: HostingOptions;
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Where people reach whoever runs this. */
  readonly contact?: string;
  /** Reverse proxies that are believed when they say for whom they ask; without it none is. */
  readonly trustedProxies?: Networks;
  /** Answer /metrics to everybody, not only to programs on this machine. */
  readonly metrics?: boolean;
  /** Answer /dns/mx/ for any domain. */
  readonly mxService?: boolean;
  /** Whether what is asked most is answered before the app (web/lane-node.ts); it is unless this is false. */
  readonly lane?: boolean;
  /** Where people reach this server, without a slash at its end. */
  readonly url?: string;
  /** What the operator says of themselves on the page about the server, by language; another text after SIGHUP. */
  readonly about?: () => Partial<Record<Language, string>>;
  /** What signs configuration profiles now; another one after the certificate was renewed. */
  readonly signer?: () => ProfileSigner;
  /** Ask the records' domains once a week what they publish; it wants a {@link contact}. */
  readonly compare?: boolean;
  /** Takes submissions in, checks them, and serves what reviewers have accepted. */
  readonly submissions?: DeskOptions;
  /** Writes to those who submit, where they want that. */
  readonly mailer?: Mailer;
  /** Signs bundles; without it there are none. */
  readonly bundleSigner?: Signer;
  /** How domains are asked what they publish; tests have web servers of their own. */
  readonly discover?: DiscovererOptions;
  readonly version: string;
}

export interface RunningServer {
  /** Where it listens. */
  readonly url: string;
  readonly providers: number;
  /** Reads the data directory and the lists again; problems are noted and leave the atlas as it is. */
  reload(): Promise<void>;
  /** Stops listening, lets requests under way finish, closes the store. */
  close(): Promise<void>;
}

/** How often the store is asked whether somebody else has written. Costs about a microsecond. */
const pollInterval = 500;
/** Seconds that a domain has to say what it publishes: somebody waits for it. */
const publishedTimeout = 8;
/** How often what many ask for in vain is written down. */
const demandInterval = 600_000;

/**
 * Starts a server.
 * @throws {DataError} without a data directory, {StoreError} without a usable database or with nothing to serve, and Node's
 * own error where the port cannot be had
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const store = openSqlite(options.db, (message) => options.log.info(message));
  try {
    return await serveFrom(store, options);
  } catch (error) {
    store.close();
    throw error;
  }
}

async function serveFrom(store: Store, options: ServerOptions): Promise<RunningServer> {
  const { log } = options;
  const { asker, isOwn, isNear } = askers(options.trustedProxies ?? noNetworks);
  const keeper = new Keeper(store);
  const trouble = new Lasting((message) => log.warn(message));

  const reload = async () => {
    const files = readDataDir(options.data);
    // Files that are loaded already need not even be parsed.
    if (!(await isLoaded(store, files.digest))) {
      const result = await loadFiles(
        store,
        files,
        new Date().toISOString(),
        options.hosting?.only ? 'own' : 'everybody',
      );
      if ('problems' in result) {
        sayProblems(result.problems, log);
        if (keeper.served !== undefined || (await newestRevision(store.db)) > 0)
          log.warn('what was loaded before is served');
      } else {
        const { added, changed, removed, unchanged } = result;
        // The first load of a new database needs no word.
        const wasNew = changed.length + removed.length + unchanged === 0;
        if (!wasNew && added.length + changed.length + removed.length > 0)
          log.info(`the data were loaded: ${sayLoad(result)}`);
        const { done, open } = sayOverlays(result);
        for (const line of done) log.info(line);
        for (const line of open) log.warn(line);
      }
    }
    await keeper.refresh();
  };

  await reload();
  const first = keeper.served;
  if (!first || first.atlas.records.size === 0) {
    throw new StoreError('there is nothing to serve', 'mend the data, or name a folder of data with --data DIR');
  }

  const hosting = options.hosting && startHosting(options.hosting, keeper, log);
  const resolver = countedResolver(cachedResolver(nodeResolver(options.resolver)));
  const asking = {
    timeout: publishedTimeout,
    ...(options.resolver !== undefined && { resolver: options.resolver }),
    ...(options.contact !== undefined && { contact: options.contact }),
    ...options.discover,
  };
  const discoverer = nodeDiscoverer(asking);
  const discovered = discoveries((domain, tell) => discoverer.discover(domain, undefined, tell));
  const simulator = nodeSimulator(asking);
  const demand = new Demand();
  const keepDemand = async () => {
    try {
      const statements = addDemand(store.db, demand.take(), new Date().toISOString());
      if (statements.length > 0) await store.atomically(statements);
    } catch (error) {
      // Curators can do without; the server goes on.
      log.warn(`what is asked for in vain could not be kept: ${sayError(error)}`);
    }
  };
  const verifying = startVerifying(store, keeper, options);
  const desk =
    options.submissions &&
    (await startDesk(options.submissions, {
      store,
      atlas: () => keeper.curated(),
      changed: () => keeper.refresh(),
      log,
      url: options.url,
      notices: { mailer: options.mailer, reviewers: options.notifiers, language: options.language },
    }));
  const requested = log.request && requestLog(log.request);
  const requests = new Requests();
  const process = watchProcess();
  const app = createApp({
    served: () => keeper.served,
    requests,
    resolver,
    published: publishedStep(discovered),
    discovered,
    simulated: simulatedStep((domain) => {
      const { atlas: index, knowledge } = keeper.served ?? first;
      return simulator.simulate(domain, { index, knowledgeOf: () => knowledge });
    }),
    asker,
    missed: (miss, from) => demand.note(miss, from),
    ...fromStore(store),
    ...(options.bundleSigner && { bundle: bundler(options.bundleSigner) }),
    mayMeasure: (c) => options.metrics === true || isOwn(c),
    isNear,
    process: process.read,
    dnsAnswers: () => resolver.counts,
    ...(options.db !== ':memory:' && { databaseBytes: () => databaseBytes(options.db) }),
    agents: verifying.agents,
    ...(desk && { submissions: desk }),
    version: options.version,
    contact: options.contact,
    ...(options.url !== undefined && { url: options.url }),
    ...(options.mxService && { mxService: true }),
    hosting: hosting?.hosting,
    messages: () => keeper.messages,
    ...(options.about && { about: options.about }),
    gzip,
    gzipParts,
    ...(options.signer && { signer: options.signer }),
    ...(requested && { answered: (c, route) => requested.answered(c, route) }),
    defect: (error, route) => {
      if (error instanceof StoreError) trouble.tell(sayError(error));
      else log.error(`a defect at ${route}: ${error instanceof Error ? error.stack : String(error)}`);
    },
  });
  const lane = {
    served: () => keeper.served,
    answered: ({ route, status, ...more }: LaneAnswer) => {
      requests.count(route, status);
      log.request?.({ route, status, milliseconds: 0, ...more });
    },
  };
  const listening = await listen(app, options, {
    ...(options.lane !== false && { lane }),
    ...(requested && { log: requested }),
  });

  const poll = setInterval(() => {
    keeper.look().catch((error: unknown) => {
      trouble.tell(`the database cannot be read, the atlas stays as it is: ${sayError(error)}`);
    });
  }, pollInterval);

  const keeping = setInterval(() => void keepDemand(), demandInterval);

  const patient = nodeDiscoverer({ ...asking, timeout: options.discover?.timeout ?? defaultDiscoverTimeout });
  const comparing =
    options.compare &&
    startComparing({
      store,
      // Nobody waits: a domain has all the time that it usually gets.
      discover: (domain) => patient.discover(domain),
      curated: () => keeper.served?.atlas.curated,
      onFollowed: async (record, seen) => {
        if (!desk) return;
        const number = await propose(desk.desk, record.id, seen.kind === 'differs' ? seen : undefined);
        if (number !== undefined) log.info(`${record.id}: its own file says something else, see submission ${number}`);
      },
      note: (message) => log.warn(message),
    });

  return {
    url: listening.url,
    providers: first.atlas.records.size,
    reload: async () => {
      await reload();
      // Behind the data: a list may name a record that is new.
      hosting?.again();
    },
    close: async () => {
      hosting?.stop();
      process.stop();
      clearInterval(poll);
      clearInterval(keeping);
      await Promise.all([verifying.stop(), comparing && comparing.stop(), desk?.stop(), listening.close()]);
      await keepDemand();
      store.close();
    },
  };
}

const shownProblems = 5;

function sayProblems(problems: readonly Problem[], log: Log): void {
  log.warn(`the data have ${problems.length === 1 ? '1 error' : `${problems.length} errors`} and were not loaded`);
  for (const problem of problems.slice(0, shownProblems)) log.warn(sayProblem(problem));
  if (problems.length > shownProblems) log.warn('mailatlas lint says the rest');
}
