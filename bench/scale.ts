/**
 * An atlas of a million domains: how long it takes to load and to look up, how much memory and how many rows, on SQLite in
 * Node and on D1 in workerd. Everything is generated and stays on this machine.
 *
 *   npm run bench:scale              1,000,000 domains of 20,000 providers
 *   npm run bench:scale -- 50000     as many domains, with providers in proportion
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { D1Database, D1PreparedStatement } from '@cloudflare/workers-types';
import { compileAtlas } from '../src/atlas/atlas.ts';
import type { AtlasIndex } from '../src/atlas/tables.ts';
import { load } from '../src/catalog/load.ts';
import { lookup } from '../src/lookup/ladder.ts';
import type { Domain } from '../src/name/domain.ts';
import type { Curated, Provider } from '../src/provider/model.ts';
import { openD1 } from '../src/store/d1.ts';
import { indexByKey } from '../src/store/index-by-key.ts';
import { readCurated } from '../src/store/providers.ts';
import { toldAsSql } from '../src/store/script.ts';
import { openSqlite } from '../src/store/sqlite.ts';
import { KeeperByKey } from '../src/web/served/keeper-by-key.ts';
import type { Source } from '../src/web/served/served.ts';
import type { Env } from '../src/worker.ts';
import { startDoh } from '../test/doh-server.ts';
import { createTestHarness } from '../test/worker/harness.ts';
import { generated } from './generated.ts';

const domains = Number(process.argv[2] ?? 1_000_000);
const folder = mkdtempSync(join(tmpdir(), 'mailatlas-scale-'));
const at = new Date().toISOString();

const samples = 2000;
/** The kernel counts hundredths of a second: some four hundred requests are worth a number. */
const cpuSamples = 450;
/** The records, each with a wildcard beside its own domains. */
function withWildcards({ providers, ...rest }: Curated): Curated {
  return {
    ...rest,
    providers: providers.map((one) => ({ ...one, domains: [...one.domains, `*.w.${one.id}`].sort() })),
  };
}

/** Every so many-th domain, and as many that nobody has. */
function asked(curated: Curated): { known: Domain[]; unknown: Domain[] } {
  const all = curated.providers.flatMap((one) => one.domains.filter((name) => !name.startsWith('*')));
  const step = Math.max(1, Math.floor(all.length / samples));
  const known = all.filter((_, i) => i % step === 0).slice(0, samples) as Domain[];
  return { known, unknown: known.map((_, i) => `nobody-${i}.nowhere.zz` as Domain) };
}

const seconds = (from: number) => (performance.now() - from) / 1000;
const megabytes = (octets: number) => `${(octets / 1e6).toFixed(0)} MB`;
const say = (what: string, value: string) => process.stdout.write(`${what.padEnd(64)}${value}\n`);
const memory = () => {
  globalThis.gc?.();
  return process.memoryUsage();
};

async function measured(what: string, names: readonly Domain[], ask: (name: Domain) => Promise<unknown>) {
  for (const name of names.slice(0, 200)) await ask(name);
  const started = performance.now();
  for (const name of names) await ask(name);
  say(what, `${(1e6 * (seconds(started) / names.length)).toFixed(0)} µs`);
}

async function both(where: string, { known, unknown }: ReturnType<typeof asked>, index: AtlasIndex) {
  await measured(`${where}: a domain that is known`, known, (name) => lookup(index, name));
  await measured(`${where}: one that is not`, unknown, (name) => lookup(index, name));
}

async function onNode(curated: Curated): Promise<readonly string[]> {
  const file = join(folder, 'scale.db');
  const script: string[] = [];
  const names = asked(curated);
  const store = openSqlite(file);
  let started = performance.now();
  await load(store, curated, 'digest', at);
  say(
    'SQLite: loading everything',
    `${seconds(started).toFixed(1)} s, at most ${megabytes(process.resourceUsage().maxRSS * 1024)}`,
  );
  const first = curated.providers[0] as Provider;
  const changed = { ...curated, providers: [{ ...first, name: 'Changed' }, ...curated.providers.slice(1)] };
  started = performance.now();
  await load(store, changed, 'other', at);
  say('SQLite: loading one changed record', `${seconds(started).toFixed(1)} s`);
  await both('SQLite by key', names, indexByKey(store.db));
  store.close();
  say('SQLite: the file', megabytes(statSync(file).size));

  const again = openSqlite(file);
  const before = memory();
  started = performance.now();
  const atlas = compileAtlas(await readCurated(again.db));
  say(
    'Node in memory: reading and indexing',
    `${seconds(started).toFixed(1)} s, ${megabytes(memory().heapUsed - before.heapUsed)} of heap`,
  );
  await both('Node in memory', names, atlas);
  again.close();

  const empty = openSqlite(':memory:');
  started = performance.now();
  await load(
    toldAsSql(empty, (sql) => script.push(sql)),
    curated,
    'digest',
    at,
  );
  empty.close();
  const octets = script.reduce((sum, sql) => sum + sql.length + 1, 0);
  say('load --d1: the SQL', `${seconds(started).toFixed(1)} s, ${script.length} statements, ${megabytes(octets)}`);
  say(
    'load --d1: the longest statement',
    `${(script.reduce((most, sql) => Math.max(most, sql.length), 0) / 1000).toFixed(0)} kB`,
  );
  return script;
}

/** The Worker with its D1 in workerd on this machine. */
async function withWorker(
  script: readonly string[],
  use: (running: { readonly DB: D1Database; readonly get: (path: string) => Promise<ArrayBuffer> }) => Promise<void>,
): Promise<void> {
  const doh = await startDoh({});
  const root = fileURLToPath(new URL('..', import.meta.url));
  const server = createTestHarness({ workers: [{ configPath: join(root, 'wrangler.toml'), vars: { DOH: doh.url } }] });
  await server.listen();
  try {
    const worker = server.getWorker<Env>();
    await worker.applyD1Migrations('DB');
    const { DB } = await worker.getEnv();
    const started = performance.now();
    for (const text of texts(script)) await DB.exec(text);
    say('D1: executing it', `${seconds(started).toFixed(1)} s`);
    await use({ DB, get: async (path) => (await server.fetch(path)).arrayBuffer() });
    say('workerd: memory', megabytes(memoryOfWorkerd()));
  } finally {
    await server.close();
    await doh.stop();
  }
}

async function onWorkers(curated: Curated, script: readonly string[]): Promise<void> {
  const names = asked(curated);
  await withWorker(script, async ({ DB, get }) => {
    say('D1: the database', megabytes((await DB.prepare('SELECT 1').run()).meta.size_after));
    await rowsOn(DB, names, curated);
    await costs(get, names);
    const started = performance.now();
    const lines = await get('/api/v1/atlas.ndjson');
    say('workerd: all of it as lines', `${seconds(started).toFixed(1)} s, ${megabytes(lines.byteLength)}`);
    const listed = performance.now();
    await get('/api/v1/providers?q=provider-0199&country=DE');
    say('workerd: a list of the records that match a text', `${(1000 * seconds(listed)).toFixed(0)} ms`);
  });
}

/** Queries and rows of everything that one lookup reads, of each kind, with what is known of the record's servers. */
async function rowsOn(DB: D1Database, names: ReturnType<typeof asked>, { providers }: Curated): Promise<void> {
  const reads = { queries: 0, rows: 0 };
  const keeper = new KeeperByKey(openD1(counting(DB, reads)));
  const looked = async (what: string, ask: (source: Source, i: number) => ReturnType<typeof lookup>) => {
    await keeper.look();
    Object.assign(reads, { queries: 0, rows: 0 });
    for (let i = 0; i < 100; i++) {
      const { source } = keeper;
      if (!source) throw new Error('there is no atlas');
      const found = await ask(source, i);
      if ('answer' in found) await source.around(found.answer.provider);
    }
    say(`D1: a lookup of ${what}`, `${reads.queries / 100} queries, ${reads.rows / 100} rows`);
  };
  const idOf = (i: number) => providers.at(-1 - i)?.id ?? '';
  await looked('a domain that is known', ({ index }, i) => lookup(index, names.known[i] as Domain));
  await looked('one below a wildcard', ({ index }, i) => lookup(index, `a.w.${idOf(i)}` as Domain));
  await looked('one by its MX', ({ index }, i) => {
    const hosts = [{ preference: 10, host: `a.mx.${idOf(100 + i)}` as Domain }];
    return lookup(index, names.unknown[i] as Domain, { mx: () => Promise.resolve({ kind: 'hosts', hosts }) });
  });
  await looked('one that nobody has', ({ index }, i) => lookup(index, names.unknown[100 + i] as Domain));
}

/** CPU of workerd for a request, beyond one that reads nothing. */
async function costs(get: (path: string) => Promise<ArrayBuffer>, names: ReturnType<typeof asked>): Promise<void> {
  const started = performance.now();
  await get('/v1.1/nobody.example');
  say('workerd: the first answer of an isolate', `${(1000 * seconds(started)).toFixed(0)} ms`);
  const bare = await cpuOf(() => get('/healthz'));
  say('workerd on this machine: a request that reads nothing', `CPU ${bare.toFixed(2)} ms, with wrangler’s own`);
  const hot = names.known[0] as Domain;
  await get(`/v1.1/${hot}`);
  const more = async (what: string, ask: (i: number) => Promise<unknown>) =>
    say(`workerd, beyond that: ${what}`, `CPU ${((await cpuOf(ask)) - bare).toFixed(2)} ms`);
  const lookUp = (name: Domain | undefined) => get(`/api/v1/lookup?domain=${name}&mx=0`);
  await more('JSON of a domain that is known', (i) => lookUp(names.known[i]));
  await more('JSON of one that nobody has', (i) => lookUp(names.unknown[i]));
  await more('JSON of a domain that was asked for just now', () => lookUp(hot));
  await more('XML by path, not yet in the cache', (i) => get(`/v1.1/${names.known.at(-1 - i)}`));
  await more('XML by path, from the cache', () => get(`/v1.1/${hot}`));
}

/** An atlas that an isolate holds in memory. */
async function inMemory(): Promise<void> {
  const curated = withWildcards(generated(19_000));
  const script: string[] = [];
  const empty = openSqlite(':memory:');
  await load(
    toldAsSql(empty, (sql) => script.push(sql)),
    curated,
    'digest',
    at,
  );
  empty.close();
  say('19,000 domains, in the memory of an isolate', '');
  await withWorker(script, ({ get }) => costs(get, asked(curated)));
}

/** The statements in texts of about a megabyte, a statement a line. */
function* texts(script: readonly string[]): Generator<string> {
  let lines: string[] = [];
  let octets = 0;
  for (const sql of script) {
    lines.push(sql);
    octets += sql.length;
    if (octets < 1_000_000) continue;
    yield lines.join('\n');
    [lines, octets] = [[], 0];
  }
  if (lines.length > 0) yield lines.join('\n');
}

/** The database with an eye on what drizzle reads. */
function counting(DB: Env['DB'], reads: { queries: number; rows: number }): D1Database {
  const bind = (statement: D1PreparedStatement) => ({
    raw: async () => {
      const { results, meta } = await statement.all();
      reads.queries += 1;
      reads.rows += meta.rows_read;
      return results.map((row) => Object.values(row));
    },
  });
  return {
    prepare: (sql: string) => ({ bind: (...values: unknown[]) => bind(DB.prepare(sql).bind(...values)) }),
  } as unknown as D1Database;
}

/** What the kernel says of the workerd that this process has started. */
function workerd(): { readonly pid: string; readonly stat: string[] }[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const [, name = '', rest = ''] = /\((.*)\) (.*)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
        return [{ pid, name, stat: rest.split(' ') }];
      } catch {
        return [];
      }
    });
  const ours = new Set([String(process.pid)]);
  for (const { pid, stat } of all) if (ours.has(stat[1] ?? '')) ours.add(pid);
  return all.filter(({ pid, name }) => ours.has(pid) && name === 'workerd');
}

/** Milliseconds of CPU for each of many requests. */
async function cpuOf(ask: (i: number) => Promise<unknown>): Promise<number> {
  for (let i = 0; i < 50; i++) await ask(i);
  const before = cpuOfWorkerd();
  for (let i = 50; i < cpuSamples; i++) await ask(i);
  return (1000 * (cpuOfWorkerd() - before)) / (cpuSamples - 50);
}

/** Seconds; the kernel counts hundredths. */
function cpuOfWorkerd(): number {
  return workerd().reduce((sum, { stat }) => sum + (Number(stat[11]) + Number(stat[12])) / 100, 0);
}

function memoryOfWorkerd(): number {
  return workerd().reduce((sum, { stat }) => sum + Number(stat[21]) * 4096, 0);
}

process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const started = performance.now();
const curated = withWildcards(generated(domains));
say(`${domains} domains, ${curated.providers.length} providers: made`, `${seconds(started).toFixed(1)} s`);
const script = await onNode(curated);
await onWorkers(curated, script);
await inMemory();
