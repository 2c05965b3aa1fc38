import { parseArgs } from 'node:util';
import { readDataDir } from '../catalog/files.ts';
import { type LoadReport, loadFiles, sayLoad, sayOverlays } from '../catalog/load.ts';
import { sayProblem } from '../catalog/problem.ts';
import { openSqlite } from '../store/sqlite.ts';
import { type EvidenceReport, evidenceUrl, loadEvidence, sayEvidence } from './load-evidence.ts';
import type { Command } from './main.ts';
import { dataDir, dataOption, dbFile, dbOption, jsonOption } from './options.ts';
import { complain, exit, note, out, outJson } from './say.ts';

const usage = `usage: mailatlas load [--db FILE] [--data DIR] [--evidence URL] [--json]

Brings the curated files into the database: only what differs, all of it or nothing. Data with errors are not loaded.
A running server on the same database serves the new data within a second.

  --db FILE       the database (default: the environment's MAILATLAS_DB, else mailatlas.db)
  --data DIR      the data directory (default: the shipped data)
  --evidence URL  another instance, such as https://mailatlas.example: what it has seen of servers is told, with its name,
                  where our own verifier has nothing to say
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
      options: { ...dataOption, ...dbOption, ...jsonOption, evidence: { type: 'string' } },
    });
    const url = values.evidence === undefined ? undefined : evidenceUrl(values.evidence);
    const files = readDataDir(dataDir(values.data));
    const store = openSqlite(dbFile(values.db));
    try {
      const result = await loadFiles(store, files, new Date().toISOString());
      if ('problems' in result) {
        if (values.json) outJson(result);
        for (const problem of result.problems) note(sayProblem(problem));
        complain({ message: 'the data have errors and were not loaded', tip: 'mend them; the database is as it was' });
        return exit.no;
      }
      const evidence = url && (await loadEvidence(store, url));
      if (values.json) outJson({ ...result, ...(evidence && { evidence }) });
      else sayReport(result, evidence);
      return exit.yes;
    } finally {
      store.close();
    }
  },
};

function sayReport(report: LoadReport, evidence: EvidenceReport | undefined): void {
  const { added, changed, removed } = report;
  for (const id of added) out(`+ ${id}`);
  for (const id of changed) out(`~ ${id}`);
  for (const id of removed) out(`- ${id}`);
  out(sayLoad(report));
  for (const line of sayOverlays(report)) note(line);
  if (evidence) out(sayEvidence(evidence));
}
