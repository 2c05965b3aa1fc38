import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { curatedOf, parseCatalog } from '../catalog/catalog.ts';
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
    const before = existsSync(from) ? stateOf(from) : stateAt(from, dir);
    const after = stateOf(dir);
    // A record that cannot be read on one side is compared on neither: it is not gone.
    const unread = new Set([...before.unread, ...after.unread]);
    const readable = ({ id }: Provider) => !unread.has(id);
    const changes = diffRecords(before.records.filter(readable), after.records.filter(readable));
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

interface State {
  readonly records: readonly Provider[];
  /** Ids of records whose files have errors. */
  readonly unread: readonly string[];
}

function stateOf(dir: string): State {
  const catalog = parseCatalog(readDataDir(dir));
  const unread = catalog.records.filter(({ value }) => !value).map(({ file }) => file);
  for (const file of unread) note(`${file} has errors and is not compared; mailatlas lint says which`);
  return { records: curatedOf(catalog).providers, unread: unread.map((file) => basename(file, '.yml')) };
}

/** The data directory as it was at a revision, unpacked into a temporary folder. */
function stateAt(revision: string, dir: string): State {
  const folder = mkdtempSync(join(tmpdir(), 'mailatlas-diff-'));
  try {
    const archive = execFileSync('git', ['-C', dir, 'archive', '--end-of-options', revision, '.'], {
      maxBuffer: 1 << 30,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    execFileSync('tar', ['-x', '-C', folder], { input: archive });
    return stateOf(folder);
  } catch (error) {
    if (error instanceof Error && error.name === 'DataError') throw error;
    throw new Complaint(`“${revision}” is neither a directory nor a git revision of ${dir}`, {
      tip: 'see: mailatlas diff --help',
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
