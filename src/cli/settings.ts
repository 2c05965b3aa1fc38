import process from 'node:process';
import { parseArgs } from 'node:util';
import type { Command } from './main.ts';
import { jsonOption } from './options.ts';
import { exit, out, outJson, paint } from './say.ts';
import { settings } from './settings-table.ts';

const usage = `usage: mailatlas settings [--json]

Lists every setting: its flag, its environment variable, and what holds without it; and which variables are set now. What
they hold is not shown: some are secrets.

  --json  the list as JSON

example:
  mailatlas settings
`;

export const command: Command = {
  usage,
  run(args) {
    const { values } = parseArgs({ args, options: jsonOption });
    const listed = settings.map(({ what, flag, environment, otherwise }) => ({
      what: plain(what),
      flag: plain(flag),
      environment: environment.map((name) => ({ name, isSet: (process.env[name] ?? '') !== '' })),
      otherwise: plain(otherwise),
    }));
    if (values.json) {
      outJson(listed);
      return exit.yes;
    }
    for (const { what, flag, environment, otherwise } of listed) {
      out(paint('bold', what));
      if (flag !== '') out(`  ${flag}`);
      for (const { name, isSet } of environment) out(`  ${name}${isSet ? ' (set)' : ''}`);
      out(`  otherwise: ${otherwise}`);
    }
    return exit.yes;
  },
};

/** Markdown as people read it. */
function plain(text: string): string {
  return text.replaceAll('`', '').replaceAll(/\[([^\][]*)\]\(([^()]*)\)/g, '$1');
}
