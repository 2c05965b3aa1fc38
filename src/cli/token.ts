import { parseArgs } from 'node:util';
import { writeText } from '../catalog/files.ts';
import type { Store } from '../store/db.ts';
import { asText } from '../store/script.ts';
import { openSqlite } from '../store/sqlite.ts';
import { createToken, type Role, readTokens, revokeToken, roles, tokenStatement } from '../store/tokens.ts';
import type { Command } from './main.ts';
import { dbFile, dbOption, jsonOption } from './options.ts';
import { Complaint, exit, misuse, note, out, outJson, table } from './say.ts';

const usage = `usage: mailatlas token create --role ROLE --name NAME [--db FILE | --sql FILE] [--json]
       mailatlas token list [--db FILE] [--json]
       mailatlas token revoke NAME [--db FILE]

Tokens are what reviewers and agents sign in with. A token is shown once, when it is made; the database keeps its digest.
A running server on the same database knows of it at once.

  --role ROLE  reviewer: decides about submissions
               admin: also takes back what was published
               agent: reports what it has seen of servers, and nothing else
  --name NAME  whose it is, as the history of every decision will say; one token a person
  --db FILE    the database (default: the environment's MAILATLAS_DB, else mailatlas.db)
  --sql FILE   instead of the database, writes what a D1 database is to be told (docs/workers.md)
  --json       for programs: create prints {"token": …}

Exit code 0: done. 1: the name has a token already; revoke of a name that has none.

example:
  mailatlas token create --role reviewer --name anna
`;

export const command: Command = {
  usage,
  async run(args) {
    const text = { type: 'string' } as const;
    const options = { ...dbOption, ...jsonOption, role: text, name: text, sql: text };
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
    const [act, name, ...extra] = positionals;
    const wanted = act === 'revoke' ? 2 : 1;
    if (!['create', 'list', 'revoke'].includes(act ?? '') || positionals.length !== wanted || extra.length > 0) {
      throw misuse('token takes create, list, or revoke and a name', 'token');
    }
    if (act !== 'create' && (values.role !== undefined || values.name !== undefined)) {
      throw misuse(`--role and --name are for create, not for ${act}`, 'token');
    }
    const made = act === 'create' ? { role: roleOf(values.role), name: nameOf(values.name) } : undefined;
    if (made?.role === 'agent' && made.name === 'local') {
      throw misuse('an agent cannot be called local: that is this machine itself', 'token');
    }
    if (values.sql !== undefined) {
      if (!made || values.db !== undefined) throw misuse('--sql is for create, in the place of --db', 'token');
      return writeSql(values.sql, made, values.json === true);
    }
    const store = openSqlite(dbFile(values.db), note);
    try {
      if (made) return await create(store, made, values.json === true);
      return act === 'list' ? await list(store, values.json === true) : await revoke(store, name ?? '');
    } finally {
      store.close();
    }
  },
};

function roleOf(typed: string | undefined): Role {
  const role = roles.find((one) => one === typed);
  if (!role) throw misuse(`--role takes one of: ${roles.join(', ')}`, 'token');
  return role;
}

/** In lower case: two spellings of one name would be two reviewers. */
function nameOf(typed: string | undefined): string {
  if (typed !== undefined && /^[a-z0-9]([a-z0-9._-]{0,38}[a-z0-9])?$/.test(typed)) return typed;
  throw misuse('--name takes up to 40 small letters, digits, full stops and hyphens, such as anna', 'token');
}

async function create(store: Store, { name, role }: { name: string; role: Role }, json: boolean): Promise<number> {
  const secret = await createToken(store, name, role, new Date().toISOString());
  if (secret === undefined) {
    throw new Complaint(`${name} has a token already`, {
      tip: `mailatlas token revoke ${name} ends it`,
      code: exit.no,
    });
  }
  return show(secret, name, json);
}

function writeSql(file: string, { name, role }: { name: string; role: Role }, json: boolean): number {
  const store = openSqlite(':memory:');
  const { secret, statement } = tokenStatement(store.db, name, role, new Date().toISOString());
  writeText(file, `${asText(statement)}\n`);
  store.close();
  return show(secret, name, json);
}

function show(secret: string, name: string, json: boolean): number {
  if (json) outJson({ token: secret });
  else out(secret);
  note(`this is the only time that the token of ${name} is shown`);
  return exit.yes;
}

async function list(store: Store, json: boolean): Promise<number> {
  const tokens = await readTokens(store.db);
  if (json) outJson(tokens);
  else if (tokens.length === 0) out('There are no tokens.');
  else {
    const rows = tokens.map(({ name, role, created, lastUsed, revoked }) => [
      name,
      role,
      `made ${created.slice(0, 10)}`,
      revoked === null ? `used ${lastUsed ?? 'never'}` : `revoked ${revoked.slice(0, 10)}`,
    ]);
    out(table(rows));
  }
  return exit.yes;
}

async function revoke(store: Store, name: string): Promise<number> {
  const living = (await readTokens(store.db)).some((one) => one.name === name && one.revoked === null);
  if (!living) {
    throw new Complaint(`${name} has no token`, { tip: 'mailatlas token list says who has', code: exit.no });
  }
  await store.atomically([revokeToken(store.db, name, new Date().toISOString())]);
  out(`the token of ${name} is good for nothing any more`);
  return exit.yes;
}
