import { parseArgs } from 'node:util';
import { stats } from '../catalog/stats.ts';
import { localCurated } from './local-atlas.ts';
import type { Command } from './main.ts';
import { dataDir, dataOption, jsonOption } from './options.ts';
import { exit, out, outJson, paint, table } from './say.ts';

const usage = `usage: mailatlas stats [--data DIR] [--json]

Counts what the data hold: providers, domains, servers by protocol, port and security, sign-in methods, and what the
servers rest on.

  --data DIR  the data directory (default: the shipped data)
  --json      the numbers as JSON

example:
  mailatlas stats
`;

export const command: Command = {
  usage,
  async run(args) {
    const { values } = parseArgs({ args, options: { ...dataOption, ...jsonOption } });
    const result = stats(await localCurated(dataDir(values.data)));
    if (values.json) outJson(result);
    else {
      const single = Object.entries(result).filter(([, value]) => typeof value !== 'object' || value === null);
      out(table(single.map(([name, value]) => [String(value ?? '-').padStart(6), words(name)])));
      for (const [name, value] of Object.entries(result)) {
        if (typeof value !== 'object' || value === null) continue;
        out(`\n${paint('bold', words(name))}`);
        out(table(Object.entries(value).map(([key, n]) => [String(n).padStart(6), backings[key] ?? key])));
      }
    }
    return exit.yes;
  },
};

/** What a server rests on, in words. */
const backings: Partial<Record<string, string>> = {
  read: 'a page, file or DNS that was read',
  'several-lists': 'several lists',
  'one-list': 'one list',
  'page-not-read': 'a page that was not read',
};

/** `mxPatterns` -> `mx patterns` */
function words(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
