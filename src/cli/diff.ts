import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { curatedOf, parseCatalog, problemsOf } from '../catalog/catalog.ts';
import { diffRecords, type RecordChange } from '../catalog/diff.ts';
import { readDataDir } from '../catalog/files.ts';
import type { Provider } from '../provider/model.ts';
import type { Command } from './main.ts';
import { dataDir, dataOption, jsonOption } from './options.ts';
import { Complaint, exit, misuse, note, out, outJson, paint } from './say.ts';

const usage = `usage: mailatlas diff REV|DIR [--data DIR] [--json]

Says in words what changed between an earlier state of the data and the data as they are: records added and removed,
servers, domains, sign-in. The earlier state is a git revision of the data directory, or another directory.

  --data DIR  the data directory (default: the shipped data)
  --json      the changes as JSON

Exit code 0: nothing changed. 1: something did.

example:
  mailatlas diff HEAD~10
`;

export const command: Command = {
  usage,
  run(args) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { ...dataOption, ...jsonOption },
    });
    const [from, ...extra] = positionals;
    if (from === undefined || extra.length > 0) throw misuse('diff takes one revision or directory', 'diff');
    const dir = dataDir(values.data);
    const changes = diffRecords(existsSync(from) ? recordsOf(from) : recordsAt(from, dir), recordsOf(dir));
    if (values.json) outJson(changes);
    else for (const change of changes) say(change);
    const count = (kind: RecordChange['kind']) => changes.filter((change) => change.kind === kind).length;
    if (!values.json) note(`${count('added')} added, ${count('changed')} changed, ${count('removed')} removed`);
    return changes.length > 0 ? exit.no : exit.yes;
  },
};

function say({ id, kind, says }: RecordChange): void {
  out(`${{ added: '+', removed: '-', changed: '~' }[kind]} ${paint('bold', id)}`);
  for (const clause of says) out(`  ${clause}`);
}

function recordsOf(dir: string): readonly Provider[] {
  const catalog = parseCatalog(readDataDir(dir));
  for (const { file } of problemsOf(catalog)) note(`${file} has errors and is not compared; mailatlas lint says which`);
  return curatedOf(catalog).providers;
}

/** The data directory as it was at a revision, unpacked into a temporary folder. */
function recordsAt(revision: string, dir: string): readonly Provider[] {
  const folder = mkdtempSync(join(tmpdir(), 'mailatlas-diff-'));
  try {
    const archive = execFileSync('git', ['-C', dir, 'archive', '--end-of-options', revision, '.'], {
      maxBuffer: 1 << 30,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    execFileSync('tar', ['-x', '-C', folder], { input: archive });
    return recordsOf(folder);
  } catch (error) {
    if (error instanceof Error && error.name === 'DataError') throw error;
    throw new Complaint(`“${revision}” is neither a directory nor a git revision of ${dir}`, {
      tip: 'see: mailatlas diff --help',
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
