import { parseArgs } from 'node:util';
import { readDataDir } from '../catalog/files.ts';
import { type LoadReport, loadFiles, sayLoad, sayOverlays } from '../catalog/load.ts';
import { type Problem, sayProblem } from '../catalog/problem.ts';
import { stateQuery } from '../store/script.ts';
import { openSqlite } from '../store/sqlite.ts';
import { writeD1Script } from './load-d1.ts';
import { type EvidenceReport, evidenceUrl, loadEvidence, sayEvidence } from './load-evidence.ts';
import type { Command } from './main.ts';
import { dataDir, dataOption, dbFile, dbOption, jsonOption } from './options.ts';
import { complain, type ExitCode, exit, misuse, note, out, outJson } from './say.ts';

const usage = `usage: mailatlas load [--db FILE] [--data DIR] [--evidence URL] [--json]
       mailatlas load --d1 FILE [--state FILE] [--data DIR] [--json]
       mailatlas load --d1-query

Brings the curated files into the database: only what differs, all of it or nothing. Data with errors are not loaded.
A running server on the same database serves the new data within a second.

  --db FILE       the database (default: the environment's MAILATLAS_DB, else mailatlas.db)
  --data DIR      the data directory (default: the shipped data)
  --evidence URL  another instance, such as https://mailatlas.example: what it has seen of servers is told, with its name,
                  where our own verifier has nothing to say
  --d1 FILE       instead of loading, writes what a D1 database is to be told, for wrangler d1 execute --file
  --state FILE    what that database holds now, so that only what differs is written; without it the database is new
  --d1-query      prints the question whose answer --state wants (docs/workers.md)
  --json          the report as JSON

Exit code 0: loaded, or nothing to do. 1: the data have errors. 3: the other instance says nothing usable.

example:
  mailatlas load --db /var/lib/mailatlas/mailatlas.db
`;

export const command: Command = {
  usage,
  async run(args) {
    const { values } = parseArgs({
      args,
      options: {
        ...dataOption,
        ...dbOption,
        ...jsonOption,
        evidence: { type: 'string' },
        d1: { type: 'string' },
        state: { type: 'string' },
        'd1-query': { type: 'boolean' },
      },
    });
    if (values['d1-query']) {
      out(stateQuery);
      return exit.yes;
    }
    if (values.d1 !== undefined) {
      if (values.db !== undefined || values.evidence !== undefined)
        throw misuse('--d1 writes a file and loads nothing: it goes with --state and --data alone', 'load');
      const result = await writeD1Script(values.d1, { data: dataDir(values.data), state: values.state });
      if ('problems' in result) return refuse(result, values.json);
      if (values.json) outJson(result);
      else {
        sayReport(result, undefined);
        out(`${result.statements} statements in ${result.file}`);
      }
      return exit.yes;
    }
    if (values.state !== undefined) throw misuse('--state belongs to --d1', 'load');
    const url = values.evidence === undefined ? undefined : evidenceUrl(values.evidence);
    const files = readDataDir(dataDir(values.data));
    const store = openSqlite(dbFile(values.db), note);
    try {
      const result = await loadFiles(store, files, new Date().toISOString());
      if ('problems' in result) return refuse(result, values.json);
      const evidence = url && (await loadEvidence(store, url));
      if (values.json) outJson({ ...result, ...(evidence && { evidence }) });
      else sayReport(result, evidence);
      return exit.yes;
    } finally {
      store.close();
    }
  },
};

function refuse(result: { readonly problems: readonly Problem[] }, asJson: boolean | undefined): ExitCode {
  if (asJson) outJson(result);
  for (const problem of result.problems) note(sayProblem(problem));
  complain({ message: 'the data have errors and were not loaded', tip: 'mend them; the database is as it was' });
  return exit.no;
}

function sayReport(report: LoadReport, evidence: EvidenceReport | undefined): void {
  const { added, changed, removed } = report;
  for (const id of added) out(`+ ${id}`);
  for (const id of changed) out(`~ ${id}`);
  for (const id of removed) out(`- ${id}`);
  out(sayLoad(report));
  const { done, open } = sayOverlays(report);
  for (const line of [...done, ...open]) note(line);
  if (evidence) out(sayEvidence(evidence));
}
