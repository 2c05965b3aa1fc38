import process from 'node:process';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { type Atlas, compileAtlas } from '../atlas/atlas.ts';
import { readDataDir } from '../catalog/files.ts';
import { isLoaded, loadFiles } from '../catalog/load.ts';
import { lookup } from '../lookup/ladder.ts';
import { sayMiss } from '../lookup/miss.ts';
import { parseAddress } from '../name/address.ts';
import { nodeResolver } from '../net/dns/resolver-node.ts';
import type { Curated, EndpointKey } from '../provider/model.ts';
import type { Store } from '../store/db.ts';
import { readCurated } from '../store/providers.ts';
import { listEndpoints, readStatuses } from '../store/seen/statuses.ts';
import { readDue } from '../store/seen/watches.ts';
import { openSqlite } from '../store/sqlite.ts';
import { afterRun } from '../verify/after-run.ts';
import { endpoints, type ListedEndpoint, parseEndpoint } from '../verify/endpoint.ts';
import { judge } from '../verify/judge.ts';
import { nodeProber } from '../verify/probe/prober-node.ts';
import { type Summary, sayResult, Tally } from '../verify/report.ts';
import { defaultConcurrency, type Result, type RunReport, verify } from '../verify/run.ts';
import type { Command } from './main.ts';
import { readNotifiers, webhookOption } from './notifiers.ts';
import { dataDir, dataOption, dbFile, dbOption, jsonOption, language } from './options.ts';
import { concurrencyOf, proberOptions, proberUsage, readProberOptions } from './prober-options.ts';
import { progressBar } from './progress.ts';
import { Complaint, clause, complain, exit, misuse, note, out, outJson, paint, table } from './say.ts';
import { loginOptions, loginUsage } from './verify-login-options.ts';

const usage = `usage: mailatlas verify [PROVIDER|DOMAIN…] [--all|--due] [options]

Talks to the servers that the records name, each once, and remembers what it saw; never signs in, unless --accounts says
so. Without a name: those that are due, which is each once a day, and soon again what has failed. No status is moved by one
failure, and none by a run in which most servers cannot be reached: that is this machine's own network.

  PROVIDER|DOMAIN…        the servers of these records, due or not
  --all                   all servers
  --due                   those that are due (the default)
  --control URL           a server that always answers; may be given twice. When none of them does, the run counts for nothing
  --concurrency N         connections at once (default: ${defaultConcurrency}); one owner is never called twice at a time
${proberUsage('one server')}  --webhook URL           POST what has changed as JSON: servers that fail or are back, domains under quarantine. By
                          mail, too, where the environment has MAILATLAS_SMTP_URL, MAILATLAS_MAIL_FROM and
                          MAILATLAS_MAIL_TO
  --db FILE               the database (default: the environment's MAILATLAS_DB, else mailatlas.db)
  --data DIR              the data directory (default: the shipped data)
  --json                  everything for programs

${loginUsage}

Exit code 0: all of them work. 1: something fails, or nobody can tell from here.

example:
  mailatlas verify gmx.net --contact https://mail.example/probes
`;

/** What the user asked for, with words for it. */
interface Task {
  readonly which: readonly EndpointKey[] | { readonly most: number };
  readonly listed: ReadonlyMap<EndpointKey, ListedEndpoint>;
  /** Whose domains are watched on the occasion. */
  readonly curated: Pick<Curated, 'providers' | 'noProbe'>;
}

export const command: Command = {
  usage,
  async run(args) {
    const options = {
      ...proberOptions,
      ...dataOption,
      ...dbOption,
      ...jsonOption,
      all: { type: 'boolean' },
      due: { type: 'boolean' },
      concurrency: { type: 'string' },
      control: { type: 'string', multiple: true },
      ...webhookOption,
      ...loginOptions,
    } as const;
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
    if ([values.all, values.due, positionals.length > 0].filter(Boolean).length > 1) {
      throw misuse('name providers, or say --all or --due', 'verify');
    }
    if (values.accounts !== undefined) {
      if (values.all || values.due || positionals.length > 0)
        throw misuse('--accounts names all that is checked', 'verify');
      return (await import('./verify-login.ts')).verifyLogins(values);
    }
    // A probe leaves much that nobody needs again: swept often, a run over 10,000 servers takes 212 MB, else 314 (npm run bench:probe).
    setFlagsFromString('--semi-space-growth-factor=1');
    const concurrency = concurrencyOf(values.concurrency, 'verify');
    const controls = (values.control ?? []).map(parseEndpoint);
    const notifiers = readNotifiers(values.webhook, 'verify');
    const prober = nodeProber(readProberOptions(values, 'verify'));
    const store = openSqlite(dbFile(values.db), note);
    const stop = new AbortController();
    const interrupt = () => stop.abort();
    process.once('SIGINT', interrupt);
    try {
      await loadData(store, dataDir(values.data));
      const task = await taskOf(store, positionals, values.all === true);
      const tally = new Tally();
      const all: Result[] = [];
      const bar = progressBar();
      const report = await verify({
        store,
        probe: (endpoint) => prober.probe(endpoint),
        judge: (evidence, now) => judge(evidence, now),
        which: task.which,
        ...(concurrency !== undefined && { concurrency }),
        controls,
        signal: stop.signal,
        onResult: (result, { done, planned }) => {
          tally.add(result);
          if (values.json) all.push(result);
          bar.show(done, planned, result.endpoint);
        },
      }).finally(() => bar.clear());
      await afterRun(report, {
        store,
        resolver: nodeResolver(values.resolver),
        curated: task.curated,
        notifiers,
        language: language(),
        signal: stop.signal,
        note,
      });
      const summary = tally.summary();
      if (values.json) outJson(await reportJson(store, report, summary, all, task));
      else await sayReport(store, report, summary, task);
      if (stop.signal.aborted) note(`stopped${report.verdict === 'sound' ? '; what was seen until then counts' : ''}`);
      const works = report.verdict === 'sound' && summary.fails.length + summary.unclear.length === 0;
      return works && !stop.signal.aborted ? exit.yes : exit.no;
    } finally {
      process.off('SIGINT', interrupt);
      store.close();
      // Connections under way would keep the process for as long as a probe may take.
      if (stop.signal.aborted) setImmediate(() => process.exit());
    }
  },
};

/** What the files say is verified; where they have errors, what was loaded before. */
async function loadData(store: Store, dir: string): Promise<void> {
  const files = readDataDir(dir);
  if (await isLoaded(store, files.digest)) return;
  const result = await loadFiles(store, files, new Date().toISOString());
  if ('problems' in result) {
    note('the data have errors and were not loaded, what was loaded before is verified; mailatlas lint says more');
  }
}

async function taskOf(store: Store, names: readonly string[], all: boolean): Promise<Task> {
  const atlas = compileAtlas(await readCurated(store.db));
  const list = endpoints(atlas.curated);
  if (list.length === 0) {
    throw new Complaint('there is nothing to verify', {
      tip: 'mend the data, or name a folder of data with --data DIR',
    });
  }
  await listEndpoints(
    store,
    list.map(({ key }) => key),
    new Date().toISOString(),
  );
  const listed = new Map(list.map((one) => [one.key, one]));
  const { curated } = atlas;
  if (all) return { which: [...listed.keys()], listed, curated };
  if (names.length === 0) return { which: { most: Number.POSITIVE_INFINITY }, listed, curated };
  const ids = new Set<string>();
  for (const name of names) ids.add(await recordOf(atlas, name));
  const which = list.filter((one) => one.records.some((id) => ids.has(id))).map(({ key }) => key);
  return { which, listed, curated: { ...curated, providers: curated.providers.filter(({ id }) => ids.has(id)) } };
}

/** The record that a person means: by its id, or by a domain of its people. */
async function recordOf(atlas: Atlas, name: string): Promise<string> {
  if (atlas.records.has(name)) return name;
  const found = await lookup(atlas, parseAddress(name).domain);
  if ('miss' in found) throw new Complaint(clause(sayMiss(found.miss, 'en')), { code: exit.no });
  return found.answer.provider.id;
}

async function sayReport(store: Store, report: RunReport, summary: Summary, task: Task): Promise<void> {
  if (report.run === undefined) {
    out('Nothing is to be verified now.');
    const { next } = await readDue(store.db, 'local', new Date().toISOString());
    if (next !== undefined && 'most' in task.which) note(`the next server is due at ${next}`);
    return;
  }
  const colour = (code: string) => {
    if (code === 'ok') return 'green';
    return summary.fails.some(({ verdict }) => verdict.code === code) ? 'red' : 'yellow';
  };
  const width = String(summary.checked).length;
  out(table(Object.entries(summary.counts).map(([code, n]) => [String(n).padStart(width), paint(colour(code), code)])));
  sayList('Fails:', summary.fails, task);
  sayList('Cannot be told from here:', summary.unclear, task);
  sayList('Works, but ought to be looked at:', summary.warned, task);
  if (report.elsewhere > 0) note(`${report.elsewhere} more are being looked at by another process`);
  if (report.verdict === 'inconclusive') {
    complain({ message: clause(report.reason ?? ''), tip: 'no status was moved' });
  }
}

function sayList(title: string, results: readonly Result[], { listed }: Task): void {
  if (results.length === 0) return;
  out(`\n${paint('bold', title)}`);
  for (const result of results) out(sayResult(result, listed.get(result.endpoint)?.records ?? []).join('\n'));
}

async function reportJson(
  store: Store,
  { run, verdict, reason, elsewhere }: RunReport,
  { checked, counts }: Summary,
  results: readonly Result[],
  { listed }: Task,
) {
  const statuses = await readStatuses(store.db, new Date().toISOString());
  return {
    run: run ?? null,
    verdict,
    reason,
    checked,
    elsewhere,
    counts,
    results: results
      .toSorted((a, b) => (a.endpoint < b.endpoint ? -1 : 1))
      .map(({ endpoint, verdict: found }) => ({
        endpoint,
        records: listed.get(endpoint)?.records ?? [],
        status: statuses.get(endpoint)?.status ?? 'unverified',
        verdict: found,
      })),
  };
}
