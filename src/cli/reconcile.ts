import { parseArgs } from 'node:util';
import { compileAtlas } from '../atlas/atlas.ts';
import { readImportable } from '../catalog/files.ts';
import { importFile } from '../catalog/import.ts';
import { type Row, reconcile } from '../catalog/reconcile.ts';
import { localCurated } from './local-atlas.ts';
import type { Command } from './main.ts';
import { dataDir, dataOption, jsonOption } from './options.ts';
import { exit, misuse, note, out, outJson, paint } from './say.ts';

const usage = `usage: mailatlas reconcile FILE|DIR… [--all] [--data DIR] [--json]

Holds other people's files (see: mailatlas import --help) against the atlas: where they agree with our records, where they
differ, which domains are new. A record may have more servers than a file; what counts is what the file has and we do not.

  --all       also list what agrees
  --data DIR  the data directory (default: the shipped data)
  --json      the rows as JSON

Exit code 0: everything agrees. 1: something differs or is new.

example:
  mailatlas reconcile autoconfig/ispdb
`;

export const command: Command = {
  usage,
  async run(args) {
    const options = { ...dataOption, ...jsonOption, all: { type: 'boolean' } } as const;
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
    if (positionals.length === 0) throw misuse('reconcile takes files or folders', 'reconcile');
    const atlas = compileAtlas(await localCurated(dataDir(values.data)));
    const imported = positionals.flatMap((path) => readImportable(path)).map((file) => importFile(file, {}));
    for (const one of imported) if ('problem' in one) note(`${one.file}: ${one.problem}`);
    const rows = reconcile(
      atlas,
      imported.flatMap((one) => ('draft' in one ? [one.draft.record] : [])),
    );
    const open = rows.filter(({ outcome }) => outcome === 'differs' || outcome === 'new');
    if (values.json) outJson(rows);
    else {
      for (const row of values.all ? rows : open) say(row);
      note(summary(rows));
    }
    return open.length > 0 ? exit.no : exit.yes;
  },
};

function say({ draft, record, outcome, says }: Row): void {
  out(`${paint('bold', draft)}${record === undefined || record === draft ? '' : ` (${record})`}: ${outcome}`);
  for (const clause of says) out(`  ${clause}`);
}

function summary(rows: readonly Row[]): string {
  const count = (outcome: Row['outcome']) => `${rows.filter((row) => row.outcome === outcome).length} ${outcome}`;
  return (['agrees', 'differs', 'new', 'left-out'] as const).map(count).join(', ');
}
