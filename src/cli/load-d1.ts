/** `mailatlas load --d1 FILE`: a load as SQL, for a D1 database that wrangler has at hand. */
import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { readDataDir, readText } from '../catalog/files.ts';
import { type LoadReport, loadFiles } from '../catalog/load.ts';
import type { Problem } from '../catalog/problem.ts';
import { putState, toldAsSql } from '../store/script.ts';
import { openSqlite } from '../store/sqlite.ts';
import { Complaint } from './say.ts';

export interface ScriptReport extends LoadReport {
  readonly file: string;
  readonly statements: number;
}

/**
 * Writes the file, which changes nothing where the database has everything already.
 * @param state a file with the answer to the state query; without it the database is a new one
 */
export async function writeD1Script(
  file: string,
  { data, state }: { readonly data: string; readonly state: string | undefined },
): Promise<ScriptReport | { readonly problems: readonly Problem[] }> {
  const files = readDataDir(data);
  const store = openSqlite(':memory:');
  const temporary = `${file}.${process.pid}.tmp`;
  const handle = create(temporary);
  let statements = 0;
  try {
    if (state !== undefined) await putState(store, readText(state).text);
    const told = toldAsSql(store, (sql) => {
      statements += 1;
      writeSync(handle, `${sql}\n`);
    });
    const result = await loadFiles(told, files, new Date().toISOString());
    if ('problems' in result) return result;
    // Wrangler takes no empty file.
    if (statements === 0) writeSync(handle, `SELECT 'nothing is to be done';\n`);
    renameSync(temporary, file);
    return { ...result, file, statements };
  } finally {
    closeSync(handle);
    rmSync(temporary, { force: true });
    store.close();
  }
}

function create(file: string): number {
  try {
    return openSync(file, 'w');
  } catch (error) {
    throw new Complaint(`${file} cannot be written (${(error as NodeJS.ErrnoException).code})`, {
      tip: 'check the folder and its permissions',
    });
  }
}
