import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { parseCatalog } from '../catalog/catalog.ts';
import { listNames, readDataDir, readText, type TextFile } from '../catalog/files.ts';
import { fixAll } from '../catalog/fix.ts';
import { type Audience, lint } from '../catalog/lint.ts';
import { type Problem, sayProblem } from '../catalog/problem.ts';
import type { Command } from './main.ts';
import { dataDir, dataOption, jsonOption } from './options.ts';
import { exit, misuse, note, out, outJson } from './say.ts';

const usage = `usage: mailatlas lint [FILE…] [--data DIR | --only DIR] [--fix] [--rules] [--json]

Judges the curated files: syntax, shape, every rule, canonical form. With FILEs, says only what concerns them; they are
judged beside the other records of the data directory (and instead of the file of the same name there).

  --data DIR  the data directory (default: the shipped data)
  --only DIR  a folder of one's own domains, as serve --only takes it: rules about sources, and about servers under
              other people's names, do not apply
  --fix       first mend what needs no decision: host names in capitals, numbers that are texts, broken user name
              placeholders, domains twice, the order of servers, and the canonical form
  --rules     list the rules and why they are there
  --json      problems as JSON

Exit code 0: no error (warnings may be). 1: errors. 3: a file cannot be read.

example:
  mailatlas lint data/providers/gmx.net.yml
`;

export const command: Command = {
  usage,
  async run(args) {
    const options = {
      ...dataOption,
      ...jsonOption,
      only: { type: 'string' },
      fix: { type: 'boolean' },
      rules: { type: 'boolean' },
    } as const;
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
    if (values.rules) return listRules();
    if (values.only !== undefined && values.data !== undefined) throw misuse('--only is the data directory', 'lint');
    const dir = dataDir(values.only ?? values.data);
    if (values.fix) for (const file of fixAll(positionals, dir, { facts: true }).changed) note(`mended ${file}`);
    const problems = judge(positionals, dir, values.only === undefined ? 'everybody' : 'own');
    const errors = problems.filter(({ level }) => level === 'error').length;
    if (values.json) outJson(problems);
    else for (const problem of problems) out(sayProblem(problem));
    if (!values.json) note(summary(errors, problems.length - errors));
    return errors > 0 ? exit.no : exit.yes;
  },
};

function judge(paths: readonly string[], dir: string, audience: Audience): Problem[] {
  const files = readDataDir(dir);
  const given = paths.map((path) => readText(path));
  const names = new Set(given.map(({ file }) => basename(file)));
  const others = files.providers.filter(({ file }) => !names.has(basename(file)));
  const [lists, records] = [given.filter(isList), given.filter((one) => !isList(one))];
  const catalog = parseCatalog({
    providers: [...others, ...records],
    lists: { ...files.lists, ...Object.fromEntries(lists.map((one) => [basename(one.file), one])) },
  });
  const problems = lint(catalog, new Date().toISOString().slice(0, 10), audience);
  if (given.length === 0) return problems;
  return problems.filter(({ file }) => given.some((one) => one.file === file));
}

function isList({ file }: TextFile): boolean {
  return (listNames as readonly string[]).includes(basename(file));
}

function summary(errors: number, warnings: number): string {
  if (errors + warnings === 0) return 'nothing to mend';
  return `${errors} ${errors === 1 ? 'error' : 'errors'}, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`;
}

async function listRules(): Promise<number> {
  const { rules } = await import('../catalog/rules/index.ts');
  for (const { name, level, why } of rules) out(`${name} (${level}): ${why}`);
  return exit.yes;
}
