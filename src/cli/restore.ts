import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { restore } from '../store/file/backup-node.ts';
import { sayContents } from './backup.ts';
import type { Command } from './main.ts';
import { dbFile, dbOption, jsonOption } from './options.ts';
import { exit, misuse, note, out, outJson } from './say.ts';

const usage = `usage: mailatlas restore FILE [--db FILE] [--json]

Puts a backup (mailatlas backup, or what an upgrade left) in the place of the database. The backup is checked first and
stays as it is; the former database stays beside the new one. Stop the server before: nothing is done while any process has
the database open.

  FILE       a backup, of this version of mailatlas or an older one
  --db FILE  the database (default: the environment's MAILATLAS_DB, else mailatlas.db)
  --json     what was restored, as JSON

Exit code 3: it could not be restored, and nothing was changed.

example:
  mailatlas restore /var/backups/mailatlas-20261130T103100Z.db --db /var/lib/mailatlas/mailatlas.db
`;

export const command: Command = {
  usage,
  run(args) {
    const options = { ...dbOption, ...jsonOption } as const;
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
    const [backup, ...extra] = positionals;
    if (backup === undefined || extra.length > 0) throw misuse('restore takes one backup', 'restore');
    const done = restore(resolve(backup), dbFile(values.db), new Date());
    if (values.json) {
      outJson(done);
      return exit.yes;
    }
    out(`${done.file}: ${sayContents(done)}`);
    if (done.before !== undefined) note(`the former database is ${done.before}`);
    if (done.pending.length > 0)
      note(`the backup is of an older version: the next start brings it up to date, ${done.pending.length} migrations`);
    return exit.yes;
  },
};
