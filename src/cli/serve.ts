import { constants } from 'node:os';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { sayError } from '../net/log.ts';
import { NetworkError, type Networks, networksOf } from '../net/networks.ts';
import { parseEndpoint } from '../verify/endpoint.ts';
import { readAbout } from './about.ts';
import { hostingOptions, hostingUsage, readHosting } from './hosting-options.ts';
import { logOption, openLog } from './log.ts';
import type { Command } from './main.ts';
import { readMailer, readNotifiers, webhookOption } from './notifiers.ts';
import { dataDir, dataOption, dbFile, dbOption, language, ownDbFile, ownUrl } from './options.ts';
import { concurrencyOf, proberOptions, readProberOptions } from './prober-options.ts';
import { Complaint, exit, misuse, out } from './say.ts';
import { readSigning, signingOptions } from './signing.ts';
import { readSubmissionOptions, submissionOptions } from './submission-options.ts';
import { version } from './version.ts';

const usage = `usage: mailatlas serve [--host ADDRESS] [--port PORT] [--db FILE] [--data DIR | --only DIR]
                       [--domains FILE | --domains-sql SELECT --domains-db FILE]
                       [--logins FILE | --logins-sql SELECT --logins-db FILE]
                       [--trusted-proxy ADDRESS|NETWORK]… [--resolver HOST:PORT] [--url URL] [--bundle-key FILE]
                       [--mx-service] [--no-lane]
                       [--sign-cert FILE --sign-key FILE] [--about DIR]
                       [--verify --contact TEXT [--webhook URL]] [--compare --contact TEXT]
                       [--submissions | --no-submissions] [--publish-proved] [--hold-hours N]
                       [--proof-resolver HOST:PORT]… [--log-level LEVEL]

Answers mail clients and people over HTTP. Loads the data into the database first, where they differ; sees at once when
another process loads or publishes. SIGHUP reads data, lists, certificate and texts again, SIGINT and SIGTERM stop.

  --host ADDRESS        the address to listen on (default: 127.0.0.1)
  --port PORT           the port (default: the environment's PORT, else 8143; 0: any free one)
  --db FILE             the database (default: the environment's MAILATLAS_DB, else mailatlas.db)
  --data DIR            the data directory (default: the shipped data)
${hostingUsage}  --resolver HOST:PORT  the DNS server for the MX step and for --verify (default: the system's)
  --trusted-proxy ADDRESS|NETWORK
                        a reverse proxy, or a network of them (10.0.0.0/8), that is believed when it says for whom it
                        asks: X-Forwarded-For, and Forwarded where there is none. Repeatable (default: nobody is)
  --mx-service          tell everybody the MX hosts of any domain at /dns/mx/<domain>, one a line (default: it does not)
  --no-lane             answer every request by the app: without it, known domains are answered before (docs/lane.md)
  --bundle-key FILE     sign bundles with this key (mailatlas build --new-key), at /api/v1/bundle
  --url URL             where people reach this server: for links that lead back to it (Autodiscover's JSON, QR codes),
                        and the one name under which it shows pages (default: loopback and its IP address)
  --sign-cert FILE      sign configuration profiles for Apple's devices: the certificate and what links it to an
                        authority (PEM), such as those of this server's own TLS
  --sign-key FILE       with --sign-cert: its private key (PEM, RSA or EC)
  --about DIR           who runs this server: about.en.md and about.de.md (or one of them), shown on the page /about
  --verify              talk to the servers of the records, each once a day, and serve how they are
  --compare             ask each domain of the records once a week what it publishes itself, and keep how that compares
  --contact TEXT        where people reach you: on the page /about/probing, with --verify in IMAP's ID, with --compare in
                        the User-Agent
  --control URL, --concurrency N, --timeout SECONDS, --ca FILE, --allow-private, --source-address IP, --name NAME
                        with --verify and --submissions: as for mailatlas verify
  --metrics             answer /metrics (Prometheus) to everybody; without it only to programs on this machine that no
                        proxy speaks for
  --webhook URL         POST what --verify and agents have found as JSON (servers that fail or are back, domains under
                        quarantine), one message a run, and what waits for reviewers or was decided. By mail, too, where
                        the environment has MAILATLAS_SMTP_URL, MAILATLAS_MAIL_FROM and MAILATLAS_MAIL_TO; then those who
                        submit get notices as well, if they gave an address

  --log-level LEVEL     error, warn, info or debug, which has every request by the pattern of its route (default: the
                        environment's MAILATLAS_LOG_LEVEL, else info). On stderr, as sentences at a terminal, else as
                        lines of JSON. No address, domain, query or program's name is ever in it

  --submissions         let strangers submit records, and reviewers with a token (mailatlas token) decide about them; the
                        default where --url and --contact are given. --no-submissions: nobody can
  --publish-proved      publish without a reviewer what is proved and passes every check; never what changes MX patterns
                        or sends people of a domain elsewhere (default: a reviewer has to accept it)
  --hold-hours N        how long what sends people of a domain elsewhere is held after two reviewers have accepted it
                        (default: 72)
  --proof-resolver HOST:PORT
                        a DNS server that has to see the proof of control, beside the domain's own. Repeatable (default:
                        --resolver, else the system's)

example:
  mailatlas serve --port 8143
  curl http://127.0.0.1:8143/v1.1/t-online.de
`;

export const command: Command = {
  usage,
  async run(args) {
    const options = {
      ...dataOption,
      ...dbOption,
      ...proberOptions,
      host: { type: 'string' },
      port: { type: 'string' },
      'bundle-key': { type: 'string' },
      verify: { type: 'boolean' },
      compare: { type: 'boolean' },
      control: { type: 'string', multiple: true },
      concurrency: { type: 'string' },
      ...webhookOption,
      metrics: { type: 'boolean' },
      ...hostingOptions,
      'trusted-proxy': { type: 'string', multiple: true },
      url: { type: 'string' },
      'mx-service': { type: 'boolean' },
      'no-lane': { type: 'boolean' },
      ...submissionOptions,
      ...signingOptions,
      about: { type: 'string' },
      ...logOption,
    } as const;
    const { values } = parseArgs({ args, options });
    if (values.verify && !values.contact?.trim()) {
      throw misuse('--verify needs --contact: who is called every day must be able to learn by whom', 'serve');
    }
    if (values.compare && !values.contact?.trim())
      throw misuse('--compare needs --contact: who is asked every week must be able to learn by whom', 'serve');
    if (values.only !== undefined && values.data !== undefined) throw misuse('--only is the data directory', 'serve');
    const concurrency = concurrencyOf(values.concurrency, 'serve');
    const verify = values.verify && {
      prober: readProberOptions(values, 'serve'),
      controls: (values.control ?? []).map(parseEndpoint),
      ...(concurrency !== undefined && { concurrency }),
    };
    const submissions = readSubmissionOptions(values);
    const mailer = readMailer();
    const host = values.host ?? '127.0.0.1';
    const port = portOf(values.port ?? process.env.PORT ?? '8143');
    const bundleKey = values['bundle-key'];
    const bundleSigner =
      bundleKey === undefined ? undefined : (await import('./build-bundle.ts')).readSigner(bundleKey);
    const url = values.url === undefined ? undefined : ownUrl(values.url, 'serve');
    const hosting = readHosting(values);
    const signing = await readSigning(values);
    let about = values.about === undefined ? undefined : readAbout(values.about);
    const { log, flush } = await openLog(values['log-level'], 'serve');
    const { startServer } = await import('../node.ts');
    const server = await startServer({
      host,
      port,
      db: values.only === undefined ? dbFile(values.db) : ownDbFile(values.db),
      data: dataDir(values.only ?? values.data),
      ...(hosting && { hosting }),
      ...(values['trusted-proxy'] && { trustedProxies: proxies(values['trusted-proxy']) }),
      version,
      log,
      ...(bundleSigner && { bundleSigner }),
      ...(values.resolver !== undefined && { resolver: values.resolver }),
      ...(values.contact && { contact: values.contact }),
      ...(values.metrics && { metrics: true }),
      ...(url !== undefined && { url }),
      ...(values['mx-service'] && { mxService: true }),
      ...(values['no-lane'] && { lane: false }),
      ...(signing && { signer: () => signing.signer() }),
      ...(about && { about: () => about ?? {} }),
      ...(verify && { verify }),
      notifiers: readNotifiers(values.webhook, 'serve'),
      language: language(),
      ...(values.compare && { compare: true }),
      ...(submissions && { submissions, ...(mailer && { mailer }) }),
    }).catch((error: unknown) => {
      throw explainListen(error, host, port);
    });
    const tell = (error: unknown) => log.warn(sayError(error));
    process.on('SIGHUP', () => {
      log.info('data, lists, certificate and texts are read again');
      server.reload().catch(tell);
      try {
        signing?.readAgain();
      } catch (error) {
        tell(error);
        log.warn('profiles are signed as before');
      }
      try {
        if (values.about !== undefined) about = readAbout(values.about);
      } catch (error) {
        tell(error);
        log.warn('the page about this server stays as it was');
      }
    });
    const asked = stopSignal(flush);
    out(`mailatlas ${version} serves ${server.providers} providers on ${server.url}`);
    const signal = await asked;
    log.info(`${signal}: no new requests, those under way are answered; a second signal ends at once`);
    await server.close();
    log.info('stopped');
    // Probes and questions under way would keep the process for as long as each may take.
    if (values.verify || values.compare || submissions) setImmediate(() => end(flush, exit.yes));
    flush();
    return exit.yes;
  },
};

/** The first SIGINT or SIGTERM; any further one ends the process at once. */
function stopSignal(flush: () => void): Promise<string> {
  return new Promise((resolve) => {
    let asked = false;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (asked) end(flush, 128 + constants.signals[signal]);
        asked = true;
        resolve(signal);
      });
    }
  });
}

function end(flush: () => void, code: number): never {
  flush();
  process.exit(code);
}

function portOf(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65535) throw misuse(`“${text}” is not a port (0 to 65535)`, 'serve');
  return port;
}

function proxies(texts: readonly string[]): Networks {
  try {
    return networksOf(texts);
  } catch (error) {
    throw error instanceof NetworkError ? misuse(error.message, 'serve') : error;
  }
}

function explainListen(error: unknown, host: string, port: number): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE')
    return new Complaint(`port ${port} on ${host} is in use`, {
      tip: 'stop the other program, or take another port with --port',
    });
  if (code === 'EACCES')
    return new Complaint(`port ${port} may not be used by this user`, { tip: 'take one above 1023 with --port' });
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return new Complaint(`${host} is no address of this machine`, { tip: 'see --host' });
  return error;
}
