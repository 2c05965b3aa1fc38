import { parseArgs } from 'node:util';
import { recordDigest } from '../atlas/digest.ts';
import { curatedOf, parseCatalog } from '../catalog/catalog.ts';
import { readDataDir } from '../catalog/files.ts';
import { worklist } from '../catalog/todo.ts';
import type { Provider, Statuses } from '../provider/model.ts';
import type { Demanded } from '../store/demand.ts';
import type { PastComparison } from '../store/seen/comparisons.ts';
import type { Command } from './main.ts';
import { dataDir, dataOption, dbFile, dbOption, jsonOption } from './options.ts';
import { exit, misuse, note, out, outJson, paint } from './say.ts';

const usage = `usage: mailatlas todo [--most N] [--db FILE] [--data DIR] [--json]

The curator's worklist: which records most deserve an hour, and what for. A record weighs more the weaker its sources are,
the longer ago they were read, and the more domains it concerns. With the database of a server, servers that fail weigh
most, and domains that publish something else themselves; the names follow that many people ask for in vain.

  --most N    how many records, and how many names (default: 20)
  --db FILE   the database of a server
  --data DIR  the data directory (default: the shipped data)
  --json      the whole list as JSON

example:
  mailatlas todo --most 5
`;

export const command: Command = {
  usage,
  async run(args) {
    const options = { ...dataOption, ...dbOption, ...jsonOption, most: { type: 'string' } } as const;
    const { values } = parseArgs({ args, options });
    const most = Number(values.most ?? 20);
    if (!Number.isInteger(most) || most < 1) throw misuse('--most takes a number from 1', 'todo');
    const catalog = parseCatalog(readDataDir(dataDir(values.data)));
    const { providers, leftOut } = curatedOf(catalog);
    const exceptions = catalog.exceptions.value?.exceptions ?? [];
    const excused = new Map<string, string>();
    for (const { id, until } of exceptions) {
      const known = excused.get(id);
      if (known === undefined || until < known) excused.set(id, until);
    }
    const now = new Date().toISOString();
    const { statuses, demand, comparisons } =
      values.db === undefined ? nothingSeen : await readSeen(values.db, now, most);
    const tasks = worklist(
      providers,
      { statuses, differing: differing(providers, comparisons) },
      excused,
      now.slice(0, 10),
    );
    if (values.json) outJson({ tasks, demand });
    else {
      for (const { id, weight, says } of tasks.slice(0, most)) {
        out(`${String(weight).padStart(4)}  ${paint('bold', id)}`);
        for (const clause of says) out(`      ${clause}`);
      }
      for (const { name, asDomain, asMx, since } of demand) {
        const what = [
          ...(asDomain > 0 ? [`asked for ${asDomain} times`] : []),
          ...(asMx > 0 ? [`receives mail for ${asMx} questions`] : []),
        ];
        out(
          `  new  ${paint('bold', name)}\n      ${what.join(', ')} since ${since.slice(0, 10)}, and is not in the atlas`,
        );
      }
      const unsure = leftOut.filter(({ reason }) => reason === 'unsure').length;
      note(
        `${tasks.length} ${tasks.length === 1 ? 'record' : 'records'} with something to do; ${unsure} ${unsure === 1 ? 'domain is' : 'domains are'} left out as unsure`,
      );
    }
    return exit.yes;
  },
};

interface Seen {
  readonly statuses: Statuses;
  readonly demand: readonly Demanded[];
  /** The newest of each domain. */
  readonly comparisons: readonly PastComparison[];
}

const nothingSeen: Seen = { statuses: new Map(), demand: [], comparisons: [] };

/** @throws {StoreError} where the file cannot be used */
async function readSeen(file: string, now: string, most: number): Promise<Seen> {
  const { openSqlite } = await import('../store/sqlite.ts');
  const { readStatuses } = await import('../store/seen/statuses.ts');
  const { readDemand } = await import('../store/demand.ts');
  const { readNewestComparisons } = await import('../store/seen/comparisons.ts');
  const store = openSqlite(dbFile(file), note);
  try {
    return {
      statuses: await readStatuses(store.db, now),
      demand: await readDemand(store.db, most),
      comparisons: await readNewestComparisons(store.db),
    };
  } finally {
    store.close();
  }
}

/** Domains that publish something else than the record says, by its id; as far as it still says what was compared. */
function differing(
  providers: readonly Provider[],
  comparisons: readonly PastComparison[],
): ReadonlyMap<string, readonly string[]> {
  const digests = new Map(providers.map((record) => [record.id, recordDigest(record)]));
  const bad = comparisons.filter(
    ({ record, digest, verdict }) => verdict === 'differs' && digests.get(record) === digest,
  );
  return new Map([...Map.groupBy(bad, ({ record }) => record)].map(([id, of]) => [id, of.map(({ domain }) => domain)]));
}
