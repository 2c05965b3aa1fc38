import process from 'node:process';
import { parseArgs } from 'node:util';
import { type Atlas, compileAtlas } from '../atlas/atlas.ts';
import { type Comparison, compare, type Level, type Row } from '../discover/compare.ts';
import { stateSentences, verdictSentences } from '../discover/compare-sentences.ts';
import { nodeDiscoverer } from '../discover/discover-node.ts';
import { mechanismNames } from '../discover/sentences.ts';
import { lookup } from '../lookup/ladder.ts';
import { sayMiss } from '../lookup/miss.ts';
import { parseAddress } from '../name/address.ts';
import { type Domain, parseDomain } from '../name/domain.ts';
import { literalDomains, withHosts } from '../provider/hosts.ts';
import type { Answer } from '../provider/model.ts';
import type { Language } from '../provider/phrases.ts';
import { localCurated } from './local-atlas.ts';
import type { Command } from './main.ts';
import { dataDir, dataOption, dbFile, dbOption, jsonOption, language } from './options.ts';
import { progressBar } from './progress.ts';
import { Complaint, clause, exit, misuse, note, out, outJson, paint, table } from './say.ts';
import { readWebOptions, webOptions, webUsage } from './web-options.ts';

const defaultConcurrency = 8;

const usage = `usage: mailatlas compare DOMAIN… [options]
       mailatlas compare --all [options]

Asks domains for their mail settings (see: mailatlas discover) and holds them against our records: what matches, what
differs, what only one of both has. A difference says that one is wrong, not which.

  --all                   every record, by its main domain; shows what does not match
  --concurrency N         domains at once (default: ${defaultConcurrency})
${webUsage('one domain')}  --db FILE               keep the results in the database of a server, which shows them
  --kept                  with --db: what was kept last; nobody is asked
  --data DIR              the data directory (default: the shipped data)
  --json                  everything for programs

Exit code 0: nothing differs. 1: something does, or we have no such record. 3: no domain could be asked.

example:
  mailatlas compare fastmail.com
`;

export const command: Command = {
  usage,
  async run(args) {
    const options = {
      ...webOptions,
      ...dataOption,
      ...dbOption,
      ...jsonOption,
      all: { type: 'boolean' },
      kept: { type: 'boolean' },
      concurrency: { type: 'string' },
    } as const;
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
    if ((values.all === true) === positionals.length > 0) throw misuse('name domains, or say --all', 'compare');
    if (values.kept && values.db === undefined) throw misuse('--kept needs --db FILE: where they are kept', 'compare');
    const concurrency = Number(values.concurrency ?? defaultConcurrency);
    if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > 100)
      throw misuse('--concurrency takes a number from 1 to 100', 'compare');
    const discoverer = nodeDiscoverer(readWebOptions(values, 'compare'));
    const atlas = compileAtlas(await localCurated(dataDir(values.data)));
    const tasks = values.all ? mainDomains(atlas) : await Promise.all(positionals.map((name) => taskOf(atlas, name)));

    const store = values.db === undefined ? undefined : (await import('./compare-kept.ts')).openKept(dbFile(values.db));

    const stop = new AbortController();
    const interrupt = () => stop.abort();
    process.once('SIGINT', interrupt);
    const bar = progressBar();
    const done: Comparison[] = [];
    const ask = async (answer: Answer) => {
      const discovery = await discoverer.discover(answer.domain);
      done.push(compare(withHosts(answer), discovery));
      const record = atlas.records.get(answer.provider.id);
      // What a wildcard covers is no domain of the record's own.
      if (store && record && answer.matchedBy === 'domain') await store.keep(record, discovery);
      bar.show(done.length, tasks.length, answer.domain);
    };
    try {
      if (store && values.kept)
        done.push(...(await store.newest(values.all ? undefined : tasks.map(({ domain }) => domain))));
      else await eachOf(tasks, concurrency, stop.signal, ask);
    } finally {
      bar.clear();
      process.off('SIGINT', interrupt);
      store?.close();
    }

    const comparisons = done.sort((a, b) => (a.domain < b.domain ? -1 : 1));
    if (values.json) outJson(comparisons);
    else say(comparisons, values.all === true, language());
    if (values.kept && comparisons.length === 0) note('nothing was kept');
    if (stop.signal.aborted) {
      note(`stopped after ${done.length} of ${tasks.length}`);
      setImmediate(() => process.exit());
    }
    if (comparisons.some(({ verdict }) => verdict === 'differs') || stop.signal.aborted) return exit.no;
    return comparisons.length > 0 && comparisons.every(({ verdict }) => verdict === 'unknown') ? exit.fault : exit.yes;
  },
};

async function taskOf(atlas: Atlas, name: string): Promise<Answer> {
  const { domain } = parseAddress(name);
  const found = await lookup(atlas, domain);
  if ('miss' in found) throw new Complaint(clause(sayMiss(found.miss, language())), { code: exit.no });
  return found.answer;
}

/** One domain a record: its id where that is one, else its first. Records without domains of their own cannot be asked. */
function mainDomains(atlas: Atlas): Answer[] {
  return [...atlas.records.values()].flatMap((provider): Answer[] => {
    const domains = literalDomains(provider);
    const name = domains.includes(provider.id) ? provider.id : domains[0];
    return name === undefined ? [] : [{ domain: domainOf(name), provider, matchedBy: 'domain', trust: 'curated' }];
  });
}

function domainOf(name: string): Domain {
  return parseDomain(name);
}

async function eachOf<T>(
  items: readonly T[],
  concurrency: number,
  signal: AbortSignal,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = [...items];
  const worker = async () => {
    for (let item = queue.shift(); item !== undefined && !signal.aborted; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}

const colours: Readonly<Record<Level, Parameters<typeof paint>[0]>> = {
  same: 'green',
  note: 'yellow',
  differs: 'red',
  unknown: 'yellow',
};

function say(comparisons: readonly Comparison[], brief: boolean, lang: Language): void {
  for (const comparison of comparisons) {
    const rows = brief ? comparison.rows.filter(({ level }) => level !== 'same') : comparison.rows;
    // What publishes nothing, or nothing else than we have, is only counted.
    if (brief && (comparison.verdict !== 'differs' || rows.length === 0)) continue;
    const { domain, record, verdict, sources } = comparison;
    const name = domain === record ? domain : `${domain} (${record})`;
    out(`${paint('bold', name)} ${verdictSentences[verdict][lang]}`);
    for (const { mechanism, where, trust } of sources) out(`  ${mechanismNames[mechanism]}  ${where}  ${trust}`);
    if (rows.length > 0) out(table(rows.map((row) => cells(row, lang))));
  }
  if (!brief) return;
  const counts = new Map<string, number>();
  for (const { verdict } of comparisons) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  for (const [verdict, count] of [...counts].sort(([a], [b]) => (a < b ? -1 : 1)))
    note(`${verdictSentences[verdict as Comparison['verdict']].en}: ${count}`);
}

function cells({ mechanism, service, state, level, ours, theirs }: Row, lang: Language): string[] {
  const values =
    ours === theirs || theirs === undefined ? (ours ?? '') : ours === undefined ? theirs : `${ours} | ${theirs}`;
  return [
    `  ${paint(colours[level], state)}`,
    mechanism === 'all' ? '' : mechanismNames[mechanism],
    service,
    values,
    `(${stateSentences[state][lang]})`,
  ];
}
