/**
 * Every setting of a server and its commands: the one table of them. `mailatlas settings` prints it, README shows it, and
 * test/cli/settings.test.ts holds it against what the commands take.
 */
export interface Setting {
  readonly what: string;
  /** How it is typed; `of serve`: that command alone. */
  readonly flag: string;
  /** Names of environment variables. */
  readonly environment: readonly string[];
  /** What holds without it, with its unit. */
  readonly otherwise: string;
}

/** In Markdown; the flag wins over the environment. */
export const settings: readonly Setting[] = [
  {
    what: 'how much is logged, on stderr (`debug` has requests, by route pattern)',
    flag: '`--log-level error|warn|info|debug` of `serve`, `agent`',
    environment: ['MAILATLAS_LOG_LEVEL'],
    otherwise: 'info',
  },
  { what: 'address and port', flag: '`--host`, `--port`', environment: ['PORT'], otherwise: '127.0.0.1, 8143' },
  {
    what: "contact, on `/about/probing` and in IMAP's ID",
    flag: '`--contact TEXT`',
    environment: [],
    otherwise: 'none: `serve --verify` wants one',
  },
  {
    what: "ask the records' domains weekly what they publish",
    flag: '`--compare --contact TEXT` of `serve`',
    environment: [],
    otherwise: 'nobody is asked',
  },
  {
    what: 'verify each server once a day, and serve how they are',
    flag: '`--verify --contact TEXT` of `serve`',
    environment: [],
    otherwise: 'it does not',
  },
  {
    what: '`/metrics` for everybody',
    flag: '`--metrics` of `serve`',
    environment: [],
    otherwise: 'programs on this machine',
  },
  {
    what: 'key that signs bundles',
    flag: '`--bundle-key FILE` of `serve`',
    environment: [],
    otherwise: 'there are no bundles',
  },
  {
    what: 'DNS servers that have to see a proof of control',
    flag: '`--proof-resolver HOST:PORT` of `serve`, repeatable',
    environment: [],
    otherwise: "`--resolver`, else the system's",
  },
  {
    what: 'probes: seconds for each, how many at once',
    flag: '`--timeout SECONDS`, `--concurrency N`',
    environment: [],
    otherwise: '60, 64',
  },
  {
    what: 'probes: authorities, own address and name, private networks',
    flag: '`--ca FILE`, `--source-address IP`, `--name NAME`, `--allow-private`',
    environment: [],
    otherwise: "the system's; none are private",
  },
  {
    what: 'servers that always answer, to tell them from our network',
    flag: '`--control URL` of `serve`, `verify`, `agent`, repeatable',
    environment: [],
    otherwise: 'none',
  },
  {
    what: 'where people reach the server',
    flag: '`--url URL` of `serve`',
    environment: [],
    otherwise: 'none: nothing links back to it, and pages are shown under its IP address alone',
  },
  {
    what: 'answer known domains before the app ([docs/lane.md](docs/lane.md))',
    flag: '`--no-lane` of `serve`',
    environment: [],
    otherwise: 'it does',
  },
  {
    what: 'MX hosts of any domain, at `/dns/mx/`',
    flag: '`--mx-service` of `serve`',
    environment: [],
    otherwise: 'not told',
  },
  {
    what: 'reverse proxies that are believed',
    flag: '`--trusted-proxy ADDRESS|NETWORK` of `serve`, repeatable',
    environment: [],
    otherwise: 'nobody',
  },
  {
    what: 'who runs the server, on `/about`',
    flag: '`--about DIR` of `serve`: `about.en.md`, `about.de.md` (headings `# `, lists `- `, paragraphs)',
    environment: [],
    otherwise: 'the contact',
  },
  {
    what: 'certificate that signs profiles',
    flag: '`--sign-cert FILE`, `--sign-key FILE` of `serve`',
    environment: [],
    otherwise: 'none: they are not signed',
  },
  {
    what: 'who can submit records',
    flag: '`--submissions`, `--no-submissions` of `serve`',
    environment: [],
    otherwise: 'strangers, where `--url` and `--contact` are given; else nobody',
  },
  {
    what: 'what is published without a reviewer',
    flag: '`--publish-proved` of `serve`',
    environment: [],
    otherwise: 'nothing',
  },
  {
    what: 'hold of what sends people elsewhere',
    flag: '`--hold-hours N` of `serve`',
    environment: [],
    otherwise: '72',
  },
  {
    what: 'who hears of news: webhook',
    flag: '`--webhook URL` of `serve`, `verify`',
    environment: [],
    otherwise: 'nobody',
  },
  {
    what: 'who hears of news and of submissions: mail',
    flag: '',
    environment: ['MAILATLAS_SMTP_URL', 'MAILATLAS_MAIL_FROM', 'MAILATLAS_MAIL_TO'],
    otherwise: 'nobody',
  },
  {
    what: 'server of `submit`, `review`, `agent` (`export`: `--from URL`)',
    flag: '`--server URL`',
    environment: ['MAILATLAS_SERVER'],
    otherwise: 'none',
  },
  {
    what: 'token of `review`, `agent` and `export --from`, receipt of `submit`',
    flag: '`--token-file FILE`, `--receipt FILE`',
    environment: ['MAILATLAS_TOKEN', 'MAILATLAS_RECEIPT'],
    otherwise: 'none',
  },
  {
    what: 'proxy before the server of an agent',
    flag: '',
    environment: ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY'],
    otherwise: 'none',
  },
  { what: 'database', flag: '`--db FILE`', environment: ['MAILATLAS_DB'], otherwise: '`mailatlas.db`' },
  { what: 'data directory', flag: '`--data DIR`', environment: [], otherwise: 'the shipped `data/`' },
  {
    what: 'domains beside those of the records',
    flag: '`--domains FILE` of `serve`, or `--domains-sql`, `--domains-db`',
    environment: [],
    otherwise: 'none',
  },
  {
    what: 'logins that are not as the record says',
    flag: '`--logins FILE` of `serve`, or `--logins-sql`, `--logins-db`',
    environment: [],
    otherwise: 'none',
  },
  {
    what: "records of one's own, and nothing else",
    flag: '`--only DIR` of `serve`, `lint`',
    environment: [],
    otherwise: 'none: the data are served',
  },
  {
    what: 'DNS server for the MX step and for probes',
    flag: '`--resolver HOST:PORT`',
    environment: [],
    otherwise: "the system's",
  },
  { what: 'cache of `lookup`', flag: '', environment: ['XDG_CACHE_HOME'], otherwise: '`~/.cache/mailatlas`' },
  {
    what: 'language of `lookup`',
    flag: '',
    environment: ['LC_ALL', 'LC_MESSAGES', 'LANG'],
    otherwise: 'English; German for `de…`',
  },
];

/** As README shows it. */
export function settingsTable(): string {
  const cell = (text: string): string => (text === '' ? '' : ` ${text.replaceAll('|', '\\|')}`);
  const rows = settings.map(({ what, flag, environment, otherwise }) => {
    const names = environment.map((name) => `\`${name}\``).join(', ');
    return `|${[what, flag, names, otherwise].map((text) => `${cell(text)} |`).join('')}`;
  });
  return ['| setting | flag | environment | default |', '|---|---|---|---|', ...rows, ''].join('\n');
}
