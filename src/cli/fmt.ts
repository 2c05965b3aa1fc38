import { parseArgs } from 'node:util';
import { fixAll } from '../catalog/fix.ts';
import { sayProblem } from '../catalog/problem.ts';
import type { Command } from './main.ts';
import { dataDir, dataOption } from './options.ts';
import { exit, note, out } from './say.ts';

const usage = `usage: mailatlas fmt [FILE…] [--data DIR] [--check]

Puts curated files into canonical form: keys in the order of the schema, prose in double quotes, sets sorted. Comments
stay with what they stand beside. A file that is not plain YAML is left alone and named.

  --data DIR  the data directory whose files are formatted where no FILE is named (default: the shipped data)
  --check     write nothing; name the files that would change

Exit code 0: done, or nothing to do. 1: --check found something, or a file is not plain YAML.

example:
  mailatlas fmt data/providers/gmx.net.yml
`;

export const command: Command = {
  usage,
  run(args) {
    const options = { ...dataOption, check: { type: 'boolean' } } as const;
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
    const { changed, problems } = fixAll(positionals, dataDir(values.data), { check: values.check });
    for (const file of changed) out(file);
    for (const problem of problems) out(sayProblem(problem));
    if (values.check && changed.length > 0) note(`${changed.length} to format`);
    return problems.length > 0 || (values.check && changed.length > 0) ? exit.no : exit.yes;
  },
};
