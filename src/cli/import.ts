import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DataError, readImportable, writeText } from '../catalog/files.ts';
import { draftText } from '../catalog/format.ts';
import { type Imported, importFile } from '../catalog/import.ts';
import type { Command } from './main.ts';
import { jsonOption } from './options.ts';
import { Complaint, exit, misuse, note, out, outJson } from './say.ts';

const usage = `usage: mailatlas import FILE|DIR… [--out DIR] [--url URL | --list OWNER/NAME --revision REV] [--json]

Makes drafts of other people's files: autoconfig XML, a checkout with ISPDB files or provider-db, an automx2 seed. A draft
is a canonical record with what the file says; everything in the file that did not end in it is named. Drafts lack what no
such file says (country, kind, website …): mailatlas lint tells.

  --out DIR        where drafts go (default: drafts); an existing draft is never overwritten
  --url URL        the page the file is from, for “sources”
  --list, --revision
                   the public list it is from, as owner/name of its repository, and the revision
  --json           drafts and remarks as JSON on stdout; nothing is written

Exit code 0: every file became a draft. 1: some did not.

example:
  mailatlas import autoconfig/ispdb --list thunderbird/autoconfig --revision c6ad796
`;

export const command: Command = {
  usage,
  run(args) {
    const options = {
      ...jsonOption,
      out: { type: 'string' },
      url: { type: 'string' },
      list: { type: 'string' },
      revision: { type: 'string' },
    } as const;
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
    if (positionals.length === 0) throw misuse('import takes files or folders', 'import');
    if ((values.list === undefined) !== (values.revision === undefined))
      throw misuse('--list and --revision go together', 'import');
    const { url, list, revision } = values;
    const source =
      list === undefined || revision === undefined ? (url === undefined ? {} : { url }) : { list, revision };
    const files = positionals.flatMap((path) => readImportable(path));
    if (files.length === 0) throw new Complaint('there is no .xml, .md or .json file to import', { code: exit.no });
    const imported = files.map((file) => importFile(file, source));
    if (values.json) outJson(imported);
    const done = values.json
      ? imported.map((one) => 'draft' in one)
      : imported.map((one) => say(one, values.out ?? 'drafts'));
    return done.every(Boolean) ? exit.yes : exit.no;
  },
};

/** Writes a draft and says what became of the file; false where it became none. */
function say(one: Imported, folder: string): boolean {
  if ('problem' in one) {
    note(`${one.file}: ${one.problem}`);
    return false;
  }
  const { record, remarks } = one.draft;
  const path = join(folder, `${record.id}.yml`);
  const exists = existsSync(path);
  try {
    if (!exists) writeText(path, draftText(one.draft));
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    note(`${one.file}: ${error.message}`);
    return false;
  }
  out(`${one.file} -> ${exists ? `${path} exists and was left as it is` : path}`);
  for (const { where, says } of remarks) out(`  ${where}: ${says}`);
  return true;
}
