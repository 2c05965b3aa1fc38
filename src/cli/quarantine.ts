import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import { type Domain, isAtOrBelow, parseDomain, withParents } from '../name/domain.ts';
import { isPublicSuffix } from '../name/suffix.ts';
import { hostsOf } from '../provider/hosts.ts';
import type { Store } from '../store/db.ts';
import { readCurated } from '../store/providers.ts';
import { liftQuarantine, putQuarantine, readQuarantine, readQuarantineHistory } from '../store/seen/quarantine.ts';
import { openSqlite } from '../store/sqlite.ts';
import type { Command } from './main.ts';
import { dbFile, dbOption, jsonOption } from './options.ts';
import { Complaint, exit, misuse, note, out, outJson, paint } from './say.ts';

const usage = `usage: mailatlas quarantine HOST [--why TEXT] [--db FILE]
       mailatlas quarantine HOST --lift [--db FILE]
       mailatlas quarantine --list [--db FILE] [--json]

Puts a host, or a domain with everything below it, under quarantine: nobody is sent there any more, in any format, until
a person lifts it. The verifier does so by itself when a domain is gone, or when all its name servers have changed. A
running server on the same database heeds it within a second.

  HOST         imap.mail.example, or mail.example with all hosts below it
  --why TEXT   a sentence for those who ask; it is published
  --lift       give it again: you have looked who owns the name now
  --list       what is under quarantine, and what was; who did it, when and why
  --db FILE    the database (default: the environment's MAILATLAS_DB, else mailatlas.db)
  --json       the list for programs

Exit code 0: done. 1: --lift of what is not under quarantine.

example:
  mailatlas quarantine imap.mail.example --why 'The domain was sold.'
`;

const defaultWhy = 'A person put it under quarantine.';
const shown = 1000;

export const command: Command = {
  usage,
  async run(args) {
    const options = {
      ...dbOption,
      ...jsonOption,
      why: { type: 'string' },
      lift: { type: 'boolean' },
      list: { type: 'boolean' },
    } as const;
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
    const [typed, ...extra] = positionals;
    if (values.list ? typed !== undefined || values.lift : typed === undefined || extra.length > 0) {
      throw misuse('quarantine takes one host, or --list', 'quarantine');
    }
    const why = whyOf(values.why);
    const name = typed === undefined ? undefined : parseDomain(typed);
    const store = openSqlite(dbFile(values.db), note);
    try {
      if (name === undefined) return await list(store, values.json === true);
      return values.lift ? await lift(store, name) : await put(store, name, why);
    } finally {
      store.close();
    }
  },
};

function whyOf(typed: string | undefined): string {
  const why = (typed ?? defaultWhy).trim();
  if (why === '' || why.length > 300 || /\p{Cc}/u.test(why)) {
    throw misuse('--why takes a sentence of one line, at most 300 characters', 'quarantine');
  }
  return why;
}

async function put(store: Store, name: Domain, why: string): Promise<number> {
  if (isPublicSuffix(name)) {
    throw new Complaint(`${name} is a public suffix: half the world is below it`, {
      tip: 'name the host or the domain',
      code: exit.usage,
    });
  }
  const before = await readQuarantine(store.db);
  const already = before.find((one) => one.name === name);
  if (already) {
    note(`${name} is under quarantine since ${already.at}: ${already.why}`);
    return exit.yes;
  }
  await store.atomically(putQuarantine(store.db, { name, at: new Date().toISOString(), why, by: userInfo().username }));
  out(`${name} is under quarantine`);
  const { providers } = await readCurated(store.db);
  const hit = providers.filter((record) => hostsOf(record).some(({ host }) => isAtOrBelow(host as Domain, name)));
  note(hit.length === 0 ? 'no record has a server there' : `it concerns ${hit.map(({ id }) => id).join(', ')}`);
  return exit.yes;
}

async function lift(store: Store, name: Domain): Promise<number> {
  const before = await readQuarantine(store.db);
  if (!before.some((one) => one.name === name)) {
    const above = before.find((one) => withParents(name).includes(one.name));
    throw new Complaint(`${name} is not under quarantine`, {
      tip: above ? `${above.name} is, with everything below it` : 'mailatlas quarantine --list says what is',
      code: exit.no,
    });
  }
  await store.atomically(liftQuarantine(store.db, name, { at: new Date().toISOString(), by: userInfo().username }));
  out(`${name} is given again`);
  return exit.yes;
}

async function list(store: Store, json: boolean): Promise<number> {
  const history = await readQuarantineHistory(store.db, shown);
  if (json) {
    outJson(history);
    return exit.yes;
  }
  const open = history.filter(({ liftedAt }) => liftedAt === null);
  const past = history.filter(({ liftedAt }) => liftedAt !== null);
  if (open.length === 0) out('Nothing is under quarantine.');
  for (const { name, at, by, why } of open) out(`${paint('bold', name)}  since ${at}, by ${by}\n  ${why}`);
  for (const { name, at, by, why, liftedAt, liftedBy } of past) {
    out(`${paint('dim', `${name}  ${at} by ${by}, lifted ${liftedAt} by ${liftedBy}`)}\n  ${why}`);
  }
  return exit.yes;
}
