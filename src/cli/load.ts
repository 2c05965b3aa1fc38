import { parseArgs } from 'node:util';
import { readDataDir } from '../catalog/files.ts';
import { curatedOrProblems } from '../catalog/curate.ts';
import { load } from '../catalog/load.ts';
import { sayProblem } from '../catalog/problem.ts';
import { openSqlite } from '../store/sqlite.ts';
import type { Command } from './main.ts';
import { dataDir, dataOption, dbFile, dbOption, jsonOption } from './options.ts';
import { complain, exit, note, out, outJson } from './say.ts';

const usage = `usage: mailatlas load [--db FILE] [--data DIR] [--json]

Brings the curated files into the database: only what differs, all of it or nothing. Data with errors are not loaded.
A running server on the same database serves the new data within a second.

  --db FILE   the database (default: the environment's MAILATLAS_DB, else mailatlas.db)
  --data DIR  the data directory (default: the shipped data)
  --json      the report as JSON

Exit code 0: loaded, or nothing to do. 1: the data have errors.

example:
  mailatlas load --db /var/lib/mailatlas/mailatlas.db
`;

export const command: Command = {
  usage,
  async run(args) {
    const { values } = parseArgs({ args, options: { ...dataOption, ...dbOption, ...jsonOption } });
    const files = readDataDir(dataDir(values.data));
    const now = new Date().toISOString();
    const result = curatedOrProblems(files, now.slice(0, 10));
    if ('problems' in result) {
      for (const problem of result.problems) note(sayProblem(problem));
      complain({ message: 'the data have errors and were not loaded', tip: 'mend them; the database is as it was' });
      return exit.no;
    }
    const store = openSqlite(dbFile(values.db));
    try {
      const report = await load(store, result.curated, files.digest, now);
      const { added, changed, removed, unchanged, retired, conflicts, refused } = report;
      if (values.json) outJson(report);
      else {
        for (const id of added) out(`+ ${id}`);
        for (const id of changed) out(`~ ${id}`);
        for (const id of removed) out(`- ${id}`);
        out(`${added.length} added, ${changed.length} changed, ${removed.length} removed, ${unchanged} unchanged`);
        for (const { id } of retired) note(`${id}: the data have what was published here`);
        for (const { id } of conflicts)
          note(`${id}: the data have changed since a change was published here, which is still served`);
        for (const { id } of refused)
          note(`${id}: what was published here claims a domain of another record and is not served`);
      }
      return exit.yes;
    } finally {
      store.close();
    }
  },
};
