import { parseArgs } from 'node:util';
import { curatedOf, parseCatalog } from '../catalog/catalog.ts';
import { readDataDir } from '../catalog/files.ts';
import { worklist } from '../catalog/todo.ts';
import type { Command } from './main.ts';
import { dataDir, dataOption, jsonOption } from './options.ts';
import { exit, misuse, note, out, outJson, paint } from './say.ts';

const usage = `usage: mailatlas todo [--most N] [--data DIR] [--json]

The curator's worklist: which records most deserve an hour, and what for. A record weighs more the weaker its sources are,
the longer ago they were read, and the more domains it concerns.

  --most N    how many records (default: 20)
  --data DIR  the data directory (default: the shipped data)
  --json      the whole list as JSON

example:
  mailatlas todo --most 5
`;

export const command: Command = {
  usage,
  run(args) {
    const { values } = parseArgs({ args, options: { ...dataOption, ...jsonOption, most: { type: 'string' } } });
    const most = Number(values.most ?? 20);
    if (!Number.isInteger(most) || most < 1) throw misuse('--most takes a number from 1', 'todo');
    const catalog = parseCatalog(readDataDir(dataDir(values.data)));
    const { providers, leftOut } = curatedOf(catalog);
    const exceptions = catalog.exceptions.value?.exceptions ?? [];
    const excused = new Map<string, string>();
    for (const { id, until } of exceptions) {
      const known = excused.get(id);
      if (known === undefined || until < known) excused.set(id, until);
    }
    const tasks = worklist(providers, excused, new Date().toISOString().slice(0, 10));
    if (values.json) outJson(tasks);
    else {
      for (const { id, weight, says } of tasks.slice(0, most)) {
        out(`${String(weight).padStart(4)}  ${paint('bold', id)}`);
        for (const clause of says) out(`      ${clause}`);
      }
      const unsure = leftOut.filter(({ reason }) => reason === 'unsure').length;
      note(
        `${tasks.length} ${tasks.length === 1 ? 'record' : 'records'} with something to do; ${unsure} ${unsure === 1 ? 'domain is' : 'domains are'} left out as unsure`,
      );
    }
    return exit.yes;
  },
};
