/** The terminal face: finds the command, runs it, and turns whatever happens into words and an exit code. */
import process from 'node:process';
import { loadDrizzleQuickly } from './quick-drizzle.ts';
import { clause, complain, exit, misuse, out } from './say.ts';

/** A command: its usage text, and what it does with the arguments behind its name. Returns the exit code. */
export interface Command {
  readonly usage: string;
  run(args: string[]): Promise<number> | number;
}

/** Imported only when asked for: `lookup` must not pay for what `serve` needs. */
const commands: Record<string, () => Promise<{ command: Command }>> = {
  lookup: () => import('./lookup.ts'),
  serve: () => import('./serve.ts'),
  lint: () => import('./lint.ts'),
  fmt: () => import('./fmt.ts'),
  load: () => import('./load.ts'),
  export: () => import('./export.ts'),
  build: () => import('./build.ts'),
  stats: () => import('./stats.ts'),
  todo: () => import('./todo.ts'),
  import: () => import('./import.ts'),
  reconcile: () => import('./reconcile.ts'),
  diff: () => import('./diff.ts'),
  probe: () => import('./probe.ts'),
  verify: () => import('./verify.ts'),
  agent: () => import('./agent.ts'),
  discover: () => import('./discover.ts'),
  compare: () => import('./compare.ts'),
  simulate: () => import('./simulate.ts'),
  quarantine: () => import('./quarantine.ts'),
  submit: () => import('./submit.ts'),
  review: () => import('./review.ts'),
  token: () => import('./token.ts'),
  backup: () => import('./backup.ts'),
  restore: () => import('./restore.ts'),
  doctor: () => import('./doctor.ts'),
  settings: () => import('./settings.ts'),
};

const usage = `mailatlas: which servers, ports, security modes and sign-in method the mail of a domain uses

usage: mailatlas <command> [options]

  lookup ADDRESS|DOMAIN   the settings for an address or a domain, from the local data
  serve                   answer mail clients and people over HTTP
  lint [FILE…]            judge the curated files
  fmt [FILE…]             put the curated files into canonical form
  load                    bring the curated files into the database
  export                  write what was published into the curated files
  build                   make what others can serve or read: a signed bundle, files, lists
  stats                   count what the atlas holds
  todo                    what a curator should do next
  import FILE|DIR         make drafts of other people's files
  reconcile FILE|DIR      hold other people's files against the atlas
  diff REV|DIR            what changed in the data, in words
  probe URL               talk to one server and say what it does
  verify [PROVIDER…]      talk to the servers of the records, and remember how they are
  agent                   verify for a server elsewhere, from this network
  discover DOMAIN         ask a domain itself for its mail settings, in every way there is
  compare DOMAIN          hold what a domain publishes against our record
  simulate DOMAIN         replay what mail clients would do with a domain
  quarantine HOST         send nobody there until a person has looked
  submit FILE             submit a record to a server, follow it, withdraw it
  review                  decide about what was submitted to a server
  token                   who may review and report
  backup FILE|DIR         copy the database, while servers go on with it
  restore FILE            put a backup in its place
  doctor                  what is wrong on this machine, and what to do
  settings                every flag and environment variable, with what holds without it

  mailatlas <command> --help says more; mailatlas --version

example:
  mailatlas lookup someone@t-online.de
`;

export async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  try {
    if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
      out(usage);
      return name === undefined ? exit.usage : exit.yes;
    }
    if (name === '--version' || name === '-V') {
      const { version } = await import('./version.ts');
      out(version);
      return exit.yes;
    }
    const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (!load) throw misuse(`there is no command “${name}”`);
    loadDrizzleQuickly();
    const { command } = await load();
    if (rest.includes('--help') || rest.includes('-h')) {
      out(command.usage);
      return exit.yes;
    }
    return await command.run(rest);
  } catch (error) {
    return explain(error, name);
  }
}

/** Known mistakes become a sentence and a hint; anything else is a defect of ours and says so. */
function explain(error: unknown, command: string | undefined): number {
  if (!(error instanceof Error)) throw error;
  const { code, tip } = error as Error & { code?: unknown; tip?: string };
  if (error.name === 'Complaint') {
    complain({ message: error.message, tip });
    return code as number;
  }
  if (error.name === 'DataError' || error.name === 'StoreError') {
    complain({ message: error.message, tip });
    return exit.fault;
  }
  if (error.name === 'NameError') {
    complain({ message: clause(error.message) });
    return exit.usage;
  }
  if (error.name === 'EndpointError') {
    complain(misuse(clause(error.message), command));
    return exit.usage;
  }
  if (code === 'ERR_INVALID_IP_ADDRESS' || code === 'ERR_SOCKET_BAD_PORT') {
    complain(misuse('--resolver takes the IP address of a DNS server, such as 9.9.9.9:53', command));
    return exit.usage;
  }
  if (error.name === 'SqliteError') {
    complain({
      message: `the database cannot be used (${String(code)}: ${error.message})`,
      tip: 'put a backup back with mailatlas restore, or move it away with its -wal: the data are loaded anew',
    });
    return exit.fault;
  }
  // node:util parseArgs explains itself in sentences; only the first is for people.
  if (typeof code === 'string' && code.startsWith('ERR_PARSE_ARGS')) {
    complain(misuse(clause(error.message.split('. ')[0] ?? ''), command));
    return exit.usage;
  }
  complain({
    message: `a defect of mailatlas: ${error.stack ?? error.message}`,
    tip: 'please report it with the command you typed',
  });
  return exit.fault;
}

// `mailatlas … | head`: the reader has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : exit.fault));

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
