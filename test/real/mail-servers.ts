/**
 * Real mail servers on loopback: Debian's Dovecot 2.3 (IMAP, POP3) and Postfix 3.7 (submission, MX, postscreen), in a
 * temporary folder, on free ports. Any number of them may run side by side, and nothing of them outlives the test.
 *
 *     await using servers = await startMailServers({ certificate: 'expired' });
 *
 * Dovecot counts a connection between one and the same address as secured, and shows then what it shows within TLS. Who
 * wants to be a stranger connects to `strangersHost`: Linux gives such a connection the source address 127.0.0.1.
 */
import { existsSync, readFileSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '../free-ports.ts';
import { type CertificateKind, pki } from '../pki.ts';
import { dovecotConf } from './dovecot.ts';
import { mainCf, masterCf, opensslCnf } from './postfix.ts';
import { type Supervised, supervise } from './supervise.ts';

export interface MailServers extends AsyncDisposable {
  /** `port` for STARTTLS and for no TLS at all, `tlsPort` for TLS from the first octet. */
  readonly imap: { readonly host: string; readonly port: number; readonly tlsPort: number };
  readonly pop3: { readonly host: string; readonly port: number; readonly tlsPort: number };
  readonly submission: { readonly host: string; readonly port: number; readonly tlsPort: number };
  readonly mx: { readonly host: string; readonly port: number };
  readonly postscreen: { readonly host: string; readonly port: number };
  /** The same servers (without postscreen) where they take a client of this machine for a stranger. */
  readonly strangersHost: string;
  /** File with the root that issued the certificates, PEM. */
  readonly ca: string;
  readonly accounts: readonly { readonly address: string; readonly password: string }[];
  /** What both have logged so far. */
  log(): string;
  stop(): Promise<void>;
}

const host = '127.0.0.1';
const strangersHost = '127.0.0.2';
/** Containers often have none. */
export const hasIpv6 = Object.values(networkInterfaces()).some((found) =>
  found?.some(({ address }) => address === '::1'),
);
const accounts = [
  { address: 'test@example.test', password: 'secret' },
  { address: 'probe@example.test', password: 'secret2' },
];
const needed = ['/usr/sbin/dovecot', '/usr/sbin/postfix'];
const startMilliseconds = 20_000;

/** Why no mail servers can be started here, or false: for the `skip` option of a test. */
export function noMailServers(): string | false {
  const missing = needed.filter((program) => !existsSync(program));
  if (missing.length > 0) return `${missing.join(' and ')} not installed: test/real/install.sh`;
  return process.getuid?.() === 0 ? false : 'Postfix must be started by root';
}

export interface MailServerOptions {
  readonly certificate?: CertificateKind;
  /** Lines for the end of main.cf, where they win, and for the end of dovecot.conf. */
  readonly postfix?: string;
  readonly dovecot?: string;
}

export async function startMailServers(options: MailServerOptions = {}): Promise<MailServers> {
  return await start(options, 3);
}

async function start(options: { certificate?: CertificateKind }, tries: number): Promise<MailServers> {
  const folder = await mkdtemp(join(tmpdir(), 'mailatlas-mail-'));
  const names = [
    'imap',
    'imaps',
    'pop3',
    'pop3s',
    'lmtp',
    'sasl',
    'submission',
    'submissions',
    'mx',
    'postscreen',
  ] as const;
  const ports = await freePorts(names);
  await writeConfiguration(folder, ports, options);

  const programs = supervise({
    folder,
    start: `
      dovecot -F -c "$folder/dovecot.conf" & dovecot=$!
      postfix -c "$folder/postfix" start && kill -0 $dovecot`,
    end: `
      kill $dovecot
      postfix -c "$folder/postfix" stop`,
  });
  const stop = (): Promise<void> => programs.stop();
  try {
    for (const name of names) await answers(name, ports[name], programs);
  } catch (error) {
    await stop();
    // Between finding a port and using it, somebody else may have taken it.
    if (programs.output.includes('Address already in use') && tries > 1) return start(options, tries - 1);
    throw new Error(`the mail servers do not start; what they said:\n${programs.output}`, { cause: error });
  }
  return {
    imap: { host, port: ports.imap, tlsPort: ports.imaps },
    pop3: { host, port: ports.pop3, tlsPort: ports.pop3s },
    submission: { host, port: ports.submission, tlsPort: ports.submissions },
    mx: { host, port: ports.mx },
    postscreen: { host, port: ports.postscreen },
    strangersHost,
    ca: join(folder, 'ca.pem'),
    accounts,
    log: () =>
      ['dovecot.log', 'postfix.log']
        .map((name) => join(folder, name))
        .map((file) => (existsSync(file) ? readFileSync(file, 'utf8') : ''))
        .join('\n'),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

type Ports = Readonly<Record<'imap' | 'imaps' | 'pop3' | 'pop3s' | 'lmtp' | 'sasl', number>> &
  Readonly<Record<'submission' | 'submissions' | 'mx' | 'postscreen', number>>;

async function writeConfiguration(folder: string, ports: Ports, options: MailServerOptions): Promise<void> {
  const { ca, leaf } = await pki();
  const { cert, key } = await leaf(options.certificate ?? 'good');
  const listen = [host, strangersHost, ...(hasIpv6 ? ['::1'] : [])];
  const postfix = { folder, listen, ports, addresses: accounts.map(({ address }) => address) };

  // The processes that are not root must get to their own folders.
  await chmod(folder, 0o755);
  for (const name of ['run', 'state', 'mail', 'postfix', 'queue', 'data']) await mkdir(join(folder, name));
  await chown(join(folder, 'data'), userId('postfix'), 0);
  await chown(join(folder, 'mail'), userId('mail'), 0);
  const files: Record<string, string> = {
    'ca.pem': ca,
    'cert.pem': cert,
    passwd: accounts.map(({ address, password }) => `${address}:{PLAIN}${password}:::::\n`).join(''),
    'dovecot.conf': dovecotConf({ folder, listen, ports }) + (options.dovecot ?? ''),
    'postfix/main.cf': mainCf(postfix) + (options.postfix ?? ''),
    'postfix/master.cf': masterCf(postfix),
    'openssl.cnf': opensslCnf,
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  await writeFile(join(folder, 'key.pem'), key, { mode: 0o600 });
}

function userId(user: string): number {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${user}:`));
  return Number(line?.split(':')[2]);
}

/** Resolves when the server greets; those for TLS cannot, and need only accept the connection. */
async function answers(name: string, port: number, programs: Supervised): Promise<void> {
  for (const end = Date.now() + startMilliseconds; Date.now() < end && programs.running; await sleep(50)) {
    const socket = connect(port, host);
    const answered = await new Promise<boolean>((resolve) => {
      socket.once(tlsOnly.has(name) ? 'connect' : 'data', () => resolve(true));
      socket.once('error', () => resolve(false)).once('close', () => resolve(false));
      socket.setTimeout(startMilliseconds, () => socket.destroy());
    });
    socket.destroy();
    if (answered) return;
  }
  throw new Error(`${name} did not answer at port ${port}`);
}

const tlsOnly: ReadonlySet<string> = new Set(['imaps', 'pop3s', 'submissions']);
