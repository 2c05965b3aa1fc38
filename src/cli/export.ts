import { rmSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { curatedOf, parseCatalog } from '../catalog/catalog.ts';
import { curatedOrProblems } from '../catalog/curate.ts';
import { type ExportPlan, type Outgoing, planExport } from '../catalog/export.ts';
import { type DataFiles, readDataDir, removeLeftovers, writeText } from '../catalog/files.ts';
import { loadFiles } from '../catalog/load.ts';
import type { Provider } from '../provider/model.ts';
import type { Store } from '../store/db.ts';
import { dropOverlay, readOverlays } from '../store/overlays.ts';
import { openSqlite } from '../store/sqlite.ts';
import { noteExported, readPublished } from '../submit/exported.ts';
import type { Command } from './main.ts';
import { dataDir, dataOption, dbFile, dbOption, jsonOption } from './options.ts';
import { Complaint, complain, exit, misuse, note, out, outJson, visible } from './say.ts';

const usage = `usage: mailatlas export [--dry-run] [--db FILE] [--data DIR] [--json]
       mailatlas export --discard ID [--db FILE] [--data DIR]

Writes what was published by submissions into the curated files, ready for a commit: changed records with their comments
and their order, new ones, and what was removed goes. A record goes out whole or not at all: nothing is written that lint
would refuse, nor over a file that has changed since. Run it as often as you like.

  --dry-run     say what would be written, and write nothing
  --discard ID  for a file that has changed since: you have brought into it what is right. What was published goes, and
                the file is served again
  --db FILE     the database (default: the environment's MAILATLAS_DB, else mailatlas.db)
  --data DIR    the data directory (default: the shipped data)
  --json        the report as JSON

Exit code 0: everything is in the files. 1: something is held back, or the data have errors; --discard: nothing was
published for ID.

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
    } as const;
    const { values } = parseArgs({ args, options });
    if (values.discard !== undefined && (values['dry-run'] || values.json)) {
      throw misuse('--discard stands alone', 'export');
    }
    const files = readDataDir(dataDir(values.data));
    const store = openSqlite(dbFile(values.db), note);
    try {
      if (values.discard !== undefined) return await discard(store, files, values.discard);
      return await write(store, files, { dry: values['dry-run'] === true, json: values.json === true });
    } finally {
      store.close();
    }
  },
};

async function write(store: Store, files: DataFiles, { dry, json }: { dry: boolean; json: boolean }): Promise<number> {
  const plan = planExport(files, await readOverlays(store.db), new Date().toISOString().slice(0, 10));
  if (!plan) throw brokenData();
  const numbers = new Map<string, number[]>();
  for (const { id, number } of await readPublished({ store })) numbers.set(id, [...(numbers.get(id) ?? []), number]);
  if (!dry) {
    removeLeftovers(join(files.dir, 'providers'));
    for (const { path, text } of plan.writes) {
      const file = join(files.dir, ...path.split('/'));
      if (text === null) rmSync(file, { force: true });
      else writeText(file, text);
    }
    await done(store, readDataDir(files.dir), 'It is in the data.');
  }
  if (json) {
    const submissions = (id: string) => numbers.get(id) ?? [];
    outJson({
      ...plan,
      outgoing: plan.outgoing.map((one) => ({ ...one, submissions: submissions(one.id) })),
      written: !dry,
    });
  } else say(plan, files, numbers, dry);
  return plan.heldBack.length > 0 ? exit.no : exit.yes;
}

/** Submissions whose records the files have now have come to their end. */
async function done(store: Store, files: DataFiles, why: string, id?: string): Promise<void> {
  const records = curatedOf(parseCatalog(files)).providers;
  const inData = new Map(records.map((record): [string, Provider] => [record.id, record]));
  const by = { actor: 'operator', who: userInfo().username } as const;
  await noteExported({ store, now: () => new Date() }, by, inData, why, (one) => id === undefined || one === id);
}

const letters: Record<Outgoing['change'], string> = { added: 'A', changed: 'M', removed: 'D' };

function say(plan: ExportPlan, files: DataFiles, numbers: ReadonlyMap<string, number[]>, dry: boolean): void {
  const { outgoing, heldBack, writes } = plan;
  for (const { id, path, change, says } of outgoing) {
    const from = (numbers.get(id) ?? []).join(', ');
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

async function discard(store: Store, files: DataFiles, id: string): Promise<number> {
  const overlay = (await readOverlays(store.db)).find((one) => one.id === id);
  if (!overlay) {
    throw new Complaint(`nothing was published for ${visible(id)} that the data do not have`, { code: exit.no });
  }
  const now = new Date().toISOString();
  if ('problems' in curatedOrProblems(files, now.slice(0, 10))) throw brokenData();
  await store.atomically([dropOverlay(store.db, overlay.number)]);
  const result = await loadFiles(store, files, now);
  if ('problems' in result) throw brokenData();
  await done(store, files, 'The data have it in their own words.', id);
  out(`${id} is served as its file says`);
  return exit.yes;
}

function brokenData(): Complaint {
  return new Complaint('the data have errors', { tip: 'mend them first: mailatlas lint says where', code: exit.no });
}
