import { parseArgs } from 'node:util';
import type { Command } from './main.ts';
import { dataOption, dbOption, jsonOption } from './options.ts';
import { misuse } from './say.ts';
import { takeSnapshot } from './snapshot.ts';

const usage = `usage: mailatlas build --bundle FILE --key FILE [--days N] [--data DIR] [--db FILE] [--json]
       mailatlas build --static DIR [--key FILE] [--data DIR] [--db FILE] [--json]
       mailatlas build --as ispdb|provider-db|nodemailer DIR [--data DIR] [--db FILE] [--json]
       mailatlas build --new-key FILE

Builds what others can serve or read without this program. Where there is a database, it is what a server on it would
serve: published changes, statuses and quarantine included; otherwise the facts of the data folder.

  --bundle FILE   the whole atlas in one signed file (docs/bundle.md); compressed where the name ends in .gz
  --static DIR    the atlas as files that any web server can serve, as this one would (docs/static.md); with --key the
                  bundle, too. What an earlier build put there and this one does not is removed
  --as FORM DIR   files for programs that keep a list of their own: ispdb (autoconfig XML), provider-db (Delta Chat),
                  nodemailer (services.json); says what a form cannot say
  --key FILE      the private key to sign with
  --days N        how many days the bundle holds (default: 30)
  --new-key FILE  makes a key pair: the private key in FILE, the public one in FILE.pub
  --data DIR      facts from this folder instead of the database's
  --db FILE       the database (default: the environment's MAILATLAS_DB, else mailatlas.db, where there is one)
  --json          what was built as JSON

example:
  mailatlas build --new-key atlas.key && mailatlas build --bundle atlas.bundle.gz --key atlas.key
`;

const targets = ['new-key', 'bundle', 'static', 'as'] as const;

export const command: Command = {
  usage,
  async run(args) {
    const options = {
      ...dataOption,
      ...dbOption,
      ...jsonOption,
      bundle: { type: 'string' },
      static: { type: 'string' },
      as: { type: 'string' },
      key: { type: 'string' },
      days: { type: 'string' },
      'new-key': { type: 'string' },
    } as const;
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
    const [target, ...more] = targets.filter((name) => values[name] !== undefined);
    if (target === undefined || more.length > 0)
      throw misuse(`build takes one of ${targets.map((name) => `--${name}`).join(', ')}`, 'build');
    const json = values.json === true;
    const out = values[target] ?? '';
    const [dir, ...rest] = positionals;
    if (target === 'as') {
      const { buildAs, forms, isForm } = await import('./build-as.ts');
      if (!isForm(out)) throw misuse(`there is no form “${out}”, only ${Object.keys(forms).join(', ')}`, 'build');
      if (dir === undefined || rest.length > 0) throw misuse('--as takes a form and one folder', 'build');
      return buildAs(await takeSnapshot(values), out, dir, json);
    }
    if (dir !== undefined) throw misuse(`unexpected argument '${dir}'`, 'build');
    if (target === 'static') {
      const { buildStatic } = await import('./build-static.ts');
      return buildStatic(await takeSnapshot(values), { dir: out, keyFile: values.key, json });
    }
    const { buildBundle, makeKey } = await import('./build-bundle.ts');
    if (target === 'new-key') return makeKey(out, json);
    if (values.key === undefined) throw misuse('--bundle needs the --key to sign with', 'build');
    const days = daysOf(values.days);
    return buildBundle(await takeSnapshot(values), { file: out, keyFile: values.key, json, ...(days && { days }) });
  },
};

function daysOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const days = Number(text);
  if (!/^\d+$/.test(text) || days < 1 || days > 3650)
    throw misuse(`“${text}” is no number of days (1 to 3650)`, 'build');
  return days;
}
