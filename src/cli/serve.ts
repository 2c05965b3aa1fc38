import process from 'node:process';
import { parseArgs } from 'node:util';
import type { Command } from './main.ts';
import { dataDir, dataOption, dbFile, dbOption, resolverOption } from './options.ts';
import { Complaint, exit, misuse, note, out } from './say.ts';
import { version } from './version.ts';

const usage = `usage: mailatlas serve [--host ADDRESS] [--port PORT] [--db FILE] [--data DIR] [--resolver HOST:PORT]
                       [--bundle-key FILE] [--verify --contact TEXT]

Answers mail clients and people over HTTP. Loads the data into the database first, where they differ; sees at once when
another process loads or publishes. SIGHUP reads the data directory again, SIGINT and SIGTERM stop.

  --host ADDRESS        the address to listen on (default: 127.0.0.1)
  --port PORT           the port (default: the environment's PORT, else 8143; 0: any free one)
  --db FILE             the database (default: the environment's MAILATLAS_DB, else mailatlas.db)
  --data DIR            the data directory (default: the shipped data)
  --resolver HOST:PORT  the DNS server for the MX step and for --verify (default: the system's)
  --bundle-key FILE     sign bundles with this key (mailatlas build --new-key), at /api/v1/bundle
  --verify              talk to the servers of the records, each once a day, and serve how they are
  --contact TEXT        with --verify: where people learn who probes and why; said in IMAP's ID

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
      ...resolverOption,
      host: { type: 'string' },
      port: { type: 'string' },
      'bundle-key': { type: 'string' },
      verify: { type: 'boolean' },
      contact: { type: 'string' },
    } as const;
    const { values } = parseArgs({ args, options });
    if (values.verify && !values.contact?.trim()) {
      throw misuse('--verify needs --contact: who is called every day must be able to learn by whom', 'serve');
    }
    const host = values.host ?? '127.0.0.1';
    const port = portOf(values.port ?? process.env.PORT ?? '8143');
    const bundleKey = values['bundle-key'];
    const signer = bundleKey === undefined ? undefined : (await import('./build-bundle.ts')).readSigner(bundleKey);
    const { startServer } = await import('../node.ts');
    const server = await startServer({
      host,
      port,
      db: dbFile(values.db),
      data: dataDir(values.data),
      version,
      note,
      ...(signer && { signer }),
      ...(values.resolver !== undefined && { resolver: values.resolver }),
      ...(values.verify && values.contact && { verify: { contact: values.contact } }),
    }).catch((error: unknown) => {
      throw explainListen(error, host, port);
    });
    process.on('SIGHUP', () => {
      server.reload().catch((error: unknown) => note(error instanceof Error ? error.message : String(error)));
    });
    const asked = new Promise<void>((resolve) => {
      process.once('SIGINT', () => resolve());
      process.once('SIGTERM', () => resolve());
    });
    out(`mailatlas ${version} serves ${server.providers} providers on ${server.url}`);
    await asked;
    await server.close();
    // Probes under way would keep the process for as long as each may take.
    if (values.verify) setImmediate(() => process.exit());
    return exit.yes;
  },
};

function portOf(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65535) throw misuse(`“${text}” is not a port (0 to 65535)`, 'serve');
  return port;
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
