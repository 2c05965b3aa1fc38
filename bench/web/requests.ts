/** Requests a second: our server, nginx with the same answers as files, and servers that only say hello, in turn. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { curatedOf, parseCatalog } from '../../src/catalog/catalog.ts';
import { readDataDir } from '../../src/catalog/files.ts';
import { literalDomains } from '../../src/provider/hosts.ts';
import { startDns } from '../../test/dns-server.ts';
import { isInstalled, median } from '../machine.ts';
import { listening, main, type Running, serve } from '../serving.ts';
import { startNginx } from './nginx.ts';
import { type Question, type Run, wrk } from './wrk.ts';

export interface Row extends Run {
  readonly contestant: string;
}

/** What is asked, and how each contestant did. */
export interface Table {
  readonly title: string;
  readonly rows: readonly Row[];
}

interface Case {
  readonly title: string;
  readonly asked: 'known' | 'unknown';
  /** @param site whether the answers are files */
  path(domain: string, site: boolean): string;
  /** Everybody has the answer already. */
  readonly kept?: boolean;
  readonly status: 200 | 304 | 404;
  readonly contestants: readonly Contestant[];
  /** On all processors; else servers have one of their own, and wrk another. */
  readonly everywhere?: boolean;
}

const names = {
  ours: 'mailatlas',
  cached: 'nginx, static files, `open_file_cache`',
  nginx: 'nginx, static files',
  node: 'bare node:http, “hello”',
  hono: 'bare hono, “hello”',
  oursWide: 'mailatlas, which is one process',
  cachedWide: 'nginx, `open_file_cache`, a worker for each',
  nginxWide: 'nginx, a worker for each',
} as const;
type Contestant = keyof typeof names;

const sites: readonly Contestant[] = ['ours', 'cached', 'nginx'];
const byPath = (domain: string) => `/v1.1/${domain}`;
const cases: readonly Case[] = [
  {
    title: 'known domain, autoconfig XML',
    asked: 'known',
    path: byPath,
    status: 200,
    contestants: [...sites, 'node', 'hono'],
  },
  { title: 'the same, not modified (304)', asked: 'known', path: byPath, kept: true, status: 304, contestants: sites },
  {
    title: 'known domain, JSON',
    asked: 'known',
    path: (domain, site) => (site ? `/api/v1/lookup/${domain}.json` : `/api/v1/lookup?domain=${domain}&mx=0`),
    status: 200,
    contestants: sites,
  },
  { title: 'unknown domain (404)', asked: 'unknown', path: byPath, status: 404, contestants: sites },
  {
    title: 'unknown domain with the MX step (404)',
    asked: 'unknown',
    path: (domain) => `/mx/v1.1/${domain}`,
    status: 404,
    contestants: ['ours'],
  },
  {
    title: 'known domain, autoconfig XML, all cores for servers and wrk',
    asked: 'known',
    path: byPath,
    status: 200,
    contestants: ['oursWide', 'cachedWide', 'nginxWide'],
    everywhere: true,
  },
];

/** So many names are asked in turn. Those that nobody knows are few enough for DNS's budget, and remembered. */
const [knownNames, unknownNames] = [500, 200];
const warmUp = 1;

export interface Order {
  readonly folder: string;
  readonly rounds: number;
  /** Of each run. */
  readonly seconds: number;
}

export async function requests({ folder, rounds, seconds }: Order): Promise<Table[]> {
  const site = join(folder, 'site');
  execFileSync(process.execPath, [main, 'build', '--static', site], { stdio: 'ignore' });
  const domains = { known: knownDomains(site), unknown: unknownDomains() };
  const dns = await startDns({});
  const running = await startAll(folder, site, dns.address);
  try {
    const runs: { table: Case; name: Contestant; all: Run[] }[] = [];
    for (const table of cases) {
      for (const name of table.contestants) if (running.has(name)) runs.push({ table, name, all: [] });
    }
    for (const { table, name } of runs) await agree(table, domains[table.asked], running, name);
    for (let round = -1; round < rounds; round++) {
      process.stderr.write(`bench: ${round < 0 ? 'warming up' : `round ${round + 1} of ${rounds}`}\n`);
      for (const { table, name, all } of runs) {
        const server = running.get(name) as Running;
        const questions = await questionsOf(table, domains[table.asked], name, server);
        const run = await wrk(server, {
          folder,
          questions,
          seconds: round < 0 ? warmUp : seconds,
          refused: table.status === 404,
          everywhere: table.everywhere ?? false,
        });
        if (round >= 0) all.push(run);
      }
    }
    return cases.map((table) => ({
      title: table.title,
      rows: runs
        .filter((one) => one.table === table)
        .map(({ name, all }) => ({ contestant: names[name], ...middle(all) })),
    }));
  } finally {
    await Promise.all([...running.values()].map((server) => server.stop()));
    await dns.stop();
  }
}

async function startAll(folder: string, site: string, dns: string): Promise<Map<Contestant, Running>> {
  const bare = fileURLToPath(new URL('bare.ts', import.meta.url));
  const all = new Map<Contestant, Running>();
  const ours = ['--db', join(folder, 'atlas.db'), '--resolver', dns];
  all.set('ours', await serve(ours));
  all.set('oursWide', await serve(ours, 'any'));
  all.set('node', await listening([process.execPath, bare, 'node']));
  all.set('hono', await listening([process.execPath, bare, 'hono']));
  if (isInstalled('nginx')) {
    all.set('cached', await startNginx(folder, site, true));
    all.set('nginx', await startNginx(folder, site, false));
    all.set('cachedWide', await startNginx(folder, site, true, 'any'));
    all.set('nginxWide', await startNginx(folder, site, false, 'any'));
  } else process.stderr.write('bench: nginx is not installed and left out (Debian: apt-get install nginx)\n');
  return all;
}

/** Domains of records that are files, too, spread over all of them. */
function knownDomains(site: string): string[] {
  const files = readDataDir(fileURLToPath(new URL('../../data', import.meta.url)));
  const { providers } = curatedOf(parseCatalog(files));
  const all = providers.flatMap(literalDomains).filter((domain) => existsSync(join(site, 'v1.1', domain)));
  const step = Math.max(1, all.length / knownNames);
  return Array.from({ length: Math.min(knownNames, all.length) }, (_, i) => all[Math.floor(i * step)] ?? '');
}

function unknownDomains(): string[] {
  return Array.from({ length: unknownNames }, (_, i) => `nobody-${i}.zz`);
}

async function questionsOf(
  table: Case,
  domains: readonly string[],
  name: Contestant,
  server: Running,
): Promise<Question[]> {
  const questions: Question[] = domains.map((domain) => ({ path: pathOf(table, domain, name) }));
  // Who asks DNS has asked it before, and knows.
  if (table.path === byPath && !table.kept) return questions;
  const asked: Question[] = [];
  for (const question of questions) {
    const response = await fetch(`${server.url}${question.path}`);
    await response.arrayBuffer();
    const etag = response.headers.get('etag');
    asked.push(table.kept && etag !== null ? { ...question, etag } : question);
  }
  return asked;
}

function pathOf(table: Case, domain: string, name: Contestant): string {
  return table.path(domain, name === 'nginx' || name === 'cached');
}

/** Measured is only what is right: the status, and of files the octets that we answer. */
async function agree(table: Case, domains: readonly string[], running: Map<Contestant, Running>, name: Contestant) {
  if (name === 'node' || name === 'hono') return;
  const ask = async (who: Contestant, domain: string) => {
    const url = `${running.get(who)?.url}${pathOf(table, domain, who)}`;
    const first = await fetch(url);
    const text = await first.text();
    if (!table.kept) return { status: first.status, text };
    const again = await fetch(url, { headers: { 'If-None-Match': first.headers.get('etag') ?? '' } });
    return { status: again.status, text: await again.text() };
  };
  for (const domain of domains.slice(0, 20)) {
    const [ours, theirs] = [await ask('ours', domain), await ask(name, domain)];
    const same = table.status === 404 || ours.text === theirs.text;
    if (!same || ours.status !== table.status || theirs.status !== table.status)
      throw new Error(`${name} answers ${theirs.status} for ${domain} (${table.title}), mailatlas ${ours.status}`);
  }
}

/** Each number for itself: the median of all rounds. */
function middle(all: readonly Run[]): Run {
  const of = (pick: (one: Run) => number) => median(all.map(pick));
  return {
    perSecond: of(({ perSecond }) => perSecond),
    p50: of(({ p50 }) => p50),
    p99: of(({ p99 }) => p99),
    cpu: of(({ cpu }) => cpu),
    busy: of(({ busy }) => busy),
    memory: of(({ memory }) => memory),
  };
}
