import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { backUp, type Contents } from '../store/file/backup-node.ts';
import type { Command } from './main.ts';
import { dbFile, dbOption, jsonOption } from './options.ts';
import { exit, misuse, out, outJson } from './say.ts';

const usage = `usage: mailatlas backup FILE|DIR [--db FILE] [--json]

Copies the database as it is at this moment into a file of its own, while servers go on with it. The copy is whole, read
back and checked, or not there at all; nobody else may read it. Nothing is deleted, and no file replaced.

  FILE       a file that is not there yet
  DIR        a folder: the file is named by the time (mailatlas-20261130T103100Z.db)
  --db FILE  the database (default: the environment's MAILATLAS_DB, else mailatlas.db)
  --json     what was copied, as JSON

Exit code 3: it could not be copied; nothing was left behind.

example:
  mailatlas backup /var/backups --db /var/lib/mailatlas/mailatlas.db
`;

export const command: Command = {
  usage,
  run(args) {
    const options = { ...dbOption, ...jsonOption } as const;
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
    const [target, ...extra] = positionals;
    if (target === undefined || extra.length > 0) throw misuse('backup takes one file or folder', 'backup');
    const copy = backUp(dbFile(values.db), resolve(target), new Date());
    if (values.json) outJson(copy);
    else out(`${copy.file}: ${sayContents(copy)}`);
    return exit.yes;
  },
};

/** `revision 128, 40,210 checks, 3 submissions, 12.4 MB` */
export function sayContents({ revision, checks, submissions, bytes }: Contents): string {
  const counted = (count: number, one: string): string =>
    `${count.toLocaleString('en')} ${count === 1 ? one : `${one}s`}`;
  const size = `${(bytes / 1e6).toFixed(1)} MB`;
  return `revision ${revision}, ${counted(checks, 'check')}, ${counted(submissions, 'submission')}, ${size}`;
}
