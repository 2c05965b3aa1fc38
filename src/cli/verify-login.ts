/** `verify --accounts FILE`: signs in, sends and fetches with the operator's own test accounts. */
import { existsSync } from 'node:fs';
import process from 'node:process';
import { compileAtlas } from '../atlas/atlas.ts';
import { lookup } from '../lookup/ladder.ts';
import { withHosts } from '../provider/hosts.ts';
import type { MessageEntry } from '../provider/lists.ts';
import { fillUsername } from '../provider/login.ts';
import type { Language } from '../provider/phrases.ts';
import type { Account } from '../verify/login/accounts.ts';
import type { LoginHands } from '../verify/login/hands.ts';
import { type AccountReport, signInsOf } from '../verify/login/login.ts';
import { checkLogin } from '../verify/login/run.ts';
import { readAccounts } from './accounts-file.ts';
import { localCurated } from './local-atlas.ts';
import { dataDir, type dataOption, dbFile, type dbOption, type jsonOption, language } from './options.ts';
import { type proberOptions, readProberOptions } from './prober-options.ts';
import { exit, misuse, note, outJson } from './say.ts';
import type { loginOptions } from './verify-login-options.ts';
import { loginJson, sayAccount } from './verify-login-say.ts';

/** What `parseArgs` makes of the options of `verify`; those of others may stand in it, too. */
export type LoginValues = Given<
  typeof proberOptions & typeof loginOptions & typeof dataOption & typeof dbOption & typeof jsonOption
>;
type Given<O extends Readonly<Record<string, { readonly type: 'string' | 'boolean' }>>> = {
  readonly [K in keyof O]?: O[K]['type'] extends 'string' ? string : boolean;
};

/**
 * Checks every account in turn, and says what it found.
 * @returns 0 where all work, 1 where one does not
 * @throws {Complaint} where the file, an option or the data are wrong; before anything is sent
 */
export async function verifyLogins(values: LoginValues): Promise<number> {
  const { accounts: file } = values;
  if (file === undefined) throw misuse('--accounts takes a file', 'verify');
  const patience = waitOf(values.wait);
  const lang = languageOf(values.lang);
  const accounts = readAccounts(file);
  const [hands, messages, curated] = await Promise.all([
    handsFor(values, lang),
    readMessages(values.data),
    localCurated(dataDir(values.data)),
  ]);
  const atlas = compileAtlas(curated);
  const resolver = values.mx ? (await import('../net/dns/resolver-node.ts')).nodeResolver(values.resolver) : undefined;

  const reports: AccountReport[] = [];
  for (const account of accounts) {
    if (process.stderr.isTTY) note(`${account.local}@${account.domain} …`);
    const report = await checkAccount(account, hands);
    reports.push(report);
    if (!values.json) sayAccount(report, lang);
  }
  await keepSignIns(reports, values.db);
  if (values.json) outJson(reports.map((report) => loginJson(report, lang)));
  return reports.every(({ outcome }) => outcome === 'works') ? exit.yes : exit.no;

  async function checkAccount({ local, domain, password, username }: Account, on: LoginHands): Promise<AccountReport> {
    const address = `${local}@${domain}`;
    const found = await lookup(atlas, domain, resolver);
    if ('miss' in found) {
      const skipped = found.miss.reason.startsWith('dns-') ? 'dns' : 'unknown';
      const nothing = { visits: [], deliveries: [], findings: [] };
      return { address, at: new Date().toISOString(), outcome: 'inconclusive', ...nothing, skipped };
    }
    const account = {
      address,
      password,
      username: (server: { username: string }) => username ?? fillUsername(server.username, { local, domain }),
    };
    return checkLogin(account, withHosts(found.answer), on, { messages, patience });
  }
}

/** Nodemailer, imapflow and the prober, imported only now. */
async function handsFor(values: LoginValues, lang: Language): Promise<LoginHands> {
  const { nodeProber } = await import('../verify/probe/prober-node.ts');
  const { nodeLoginHands } = await import('../verify/login/login-node.ts');
  const options = readProberOptions(values, 'verify');
  const { ca, contact, name, sourceAddress } = options;
  return nodeLoginHands({
    // Who tests servers of their own has them on ports where they like.
    prober: nodeProber({ ...options, ...(options.allowPrivate && { anyPort: true }) }),
    ...(ca !== undefined && { ca }),
    ...(contact !== undefined && { contact }),
    ...(name !== undefined && { name }),
    ...(sourceAddress !== undefined && { sourceAddress }),
    language: lang,
  });
}

/** What signed in is told by a server of this database; of the account nothing is kept. Where there is none, none is made. */
async function keepSignIns(reports: readonly AccountReport[], db: string | undefined): Promise<void> {
  const file = dbFile(db);
  const worked = signInsOf(reports);
  if (worked.size === 0 || (db === undefined && !existsSync(file))) return;
  const { openSqlite } = await import('../store/sqlite.ts');
  const { putSignIns } = await import('../store/sign-ins.ts');
  const store = openSqlite(file, note);
  try {
    await store.atomically(putSignIns(store.db, worked));
  } finally {
    store.close();
  }
}

/** A list that is broken explains nothing, and stops nobody. */
async function readMessages(data: string | undefined): Promise<readonly MessageEntry[]> {
  const { parseCatalog } = await import('../catalog/catalog.ts');
  const { readDataDir } = await import('../catalog/files.ts');
  const { lists } = readDataDir(dataDir(data));
  return parseCatalog({ providers: [], lists }).messages.value?.messages ?? [];
}

/** Milliseconds; two minutes unless the person says otherwise. */
function waitOf(text = '120'): number {
  const seconds = Number(text);
  if (!(seconds > 0 && seconds <= 3600)) throw misuse('--wait takes seconds, more than 0 and at most 3600', 'verify');
  return seconds * 1000;
}

function languageOf(given: string | undefined): Language {
  if (given === undefined) return language();
  if (given !== 'de' && given !== 'en') throw misuse('--lang takes de or en', 'verify');
  return given;
}
