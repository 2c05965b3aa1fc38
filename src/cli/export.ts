import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { curatedOrProblems } from '../catalog/curate.ts';
import { type ExportPlan, type Outgoing, planExport } from '../catalog/export.ts';
import { type DataFiles, readDataDir, removeLeftovers, writeText } from '../catalog/files.ts';
import { serverUrl } from './atlas-server.ts';
import type { Command } from './main.ts';
import { dataDir, dataOption, dbFile, dbOption, jsonOption } from './options.ts';
import { readSecret, tokenPlace } from './private-file.ts';
import { type Published, publishedAt, publishedHere } from './published.ts';
import { Complaint, complain, exit, misuse, note, out, outJson, visible } from './say.ts';

const usage = `usage: mailatlas export [--dry-run] [--db FILE | --from URL] [--data DIR] [--json]
       mailatlas export --discard ID [--db FILE | --from URL] [--data DIR]

Writes what was published by submissions into the curated files, ready for a commit: changed records with their comments
and their order, new ones, and what was removed goes. A record goes out whole or not at all: nothing is written that lint
would refuse, nor over a file that has changed since. Run it as often as you like.

  --dry-run     say what would be written, and write nothing
  --discard ID  for a file that has changed since: you have brought into it what is right. What was published goes, and
                the file is served again
  --db FILE     the database (default: the environment's MAILATLAS_DB, else mailatlas.db)
  --from URL    a mailatlas server in place of a database, on Workers, too, with the token of an admin (of a reviewer for
                --dry-run)
  --token-file FILE  a file with the token that nobody else can read (default: the environment's MAILATLAS_TOKEN)
  --data DIR    the data directory (default: the shipped data)
  --json        the report as JSON

Exit code 0: everything is in the files. 1: something is held back, or the data have errors; --discard: nothing was
published for ID. 3: the server does not answer.

example:
  mailatlas export && git add data && git commit -m 'What was submitted' && mailatlas load
`;

export const command: Command = {
  usage,
  async run(args) {
    const options = {
      ...dataOption,
      ...dbOption,
      ...jsonOption,
      'dry-run': { type: 'boolean' },
      discard: { type: 'string' },
      from: { type: 'string' },
      'token-file': { type: 'string' },
    } as const;
    const { values } = parseArgs({ args, options });
    if (values.discard !== undefined && (values['dry-run'] || values.json)) {
      throw misuse('--discard stands alone', 'export');
    }
    if (values.from !== undefined && values.db !== undefined) throw misuse('--db is not for --from', 'export');
    if (values.from === undefined && values['token-file'] !== undefined) {
      throw misuse('--token-file is for --from', 'export');
    }
    const files = readDataDir(dataDir(values.data));
    const published =
      values.from === undefined
        ? publishedHere(dbFile(values.db))
        : publishedAt(
            serverUrl(values.from, 'export', '--from'),
            readSecret(values['token-file'], tokenPlace, 'export'),
          );
    try {
      if (values.discard !== undefined) return await discard(published, files, values.discard);
      return await write(published, files, { dry: values['dry-run'] === true, json: values.json === true });
    } finally {
      published.close();
    }
  },
};

interface Wanted {
  readonly dry: boolean;
  readonly json: boolean;
}

async function write(published: Published, files: DataFiles, { dry, json }: Wanted): Promise<number> {
  const plan = planExport(files, await published.overlays(), new Date().toISOString().slice(0, 10));
  if (!plan) throw brokenData();
  const numbers = Map.groupBy(await published.submissions(), ({ id }) => id);
  const from = (id: string) => (numbers.get(id) ?? []).map(({ number }) => number);
  if (!dry) {
    removeLeftovers(join(files.dir, 'providers'));
    for (const { path, text } of plan.writes) {
      const file = join(files.dir, ...path.split('/'));
      if (text === null) rmSync(file, { force: true });
      else writeText(file, text);
    }
    await published.written(readDataDir(files.dir));
  }
  if (json) {
    const outgoing = plan.outgoing.map((one) => ({ ...one, submissions: from(one.id) }));
    outJson({ ...plan, outgoing, written: !dry });
  } else say(plan, files, from, dry);
  return plan.heldBack.length > 0 ? exit.no : exit.yes;
}

const letters: Record<Outgoing['change'], string> = { added: 'A', changed: 'M', removed: 'D' };

function say(plan: ExportPlan, files: DataFiles, numbers: (id: string) => readonly number[], dry: boolean): void {
  const { outgoing, heldBack, writes } = plan;
  for (const { id, path, change, says } of outgoing) {
    const from = numbers(id).join(', ');
    out(`${letters[change]} ${path}${from === '' ? '' : `  (submission ${from})`}`);
    for (const line of says) out(`    ${visible(line)}`);
  }
  for (const { path } of writes) if (!path.startsWith('providers/')) out(`M ${path}`);
  const count = outgoing.length === 1 ? '1 record' : `${outgoing.length} records`;
  out(dry ? `${count} to write` : `${count} written`);
  for (const { id, why, says } of heldBack) {
    note(
      why === 'moved-on'
        ? `${id}: the file has changed since this was published, and is left as it is`
        : `${id}: lint would refuse it, and nothing is written`,
    );
    for (const line of says) note(`  ${visible(line)}`);
  }
  if (heldBack.some(({ why }) => why === 'moved-on')) {
    complain({
      message: 'what was published is served until the files have it',
      tip: 'bring into the file what is right of both, then: mailatlas export --discard ID',
    });
  }
  if (!dry && writes.length > 0) note(`commit it: git -C ${files.dir} add . && git -C ${files.dir} commit`);
}

async function discard(published: Published, files: DataFiles, id: string): Promise<number> {
  const overlay = (await published.overlays()).find((one) => one.id === id);
  if (!overlay) {
    throw new Complaint(`nothing was published for ${visible(id)} that the data do not have`, { code: exit.no });
  }
  if ('problems' in curatedOrProblems(files, new Date().toISOString().slice(0, 10))) throw brokenData();
  const when = await published.discard(overlay, files);
  out(
    when === 'served'
      ? `${id} is served as its file says`
      : `${id} is served as its file says when the data are loaded there`,
  );
  return exit.yes;
}

function brokenData(): Complaint {
  return new Complaint('the data have errors', { tip: 'mend them first: mailatlas lint says where', code: exit.no });
}
