/**
 * Runs the real core of Delta Chat (npm's @deltachat/stdio-rpc-server, a program of its own that speaks JSON-RPC), inside a
 * network of its own (network.ts): it sets an account up from an address and a password, and says what it asked and what it
 * ended with.
 *
 * It trusts nothing but the roots that are built into it, and the keys of servers that it has met before, whose certificates
 * may have expired since. The test writes the keys of its own servers into that list of acquaintances: names are checked all
 * the same. Names are asked of a DNS server of the test's, which a file names that stands in the place of /etc/resolv.conf
 * for this program alone.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttp, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { getRPCServerPath } from '@deltachat/stdio-rpc-server';
import { startDns } from '../dns-server.ts';
import { pki } from '../pki.ts';
import { inOwnNetwork } from './network.ts';

/** What the core ended with, and how it got there. */
export interface SetUp {
  /** The URLs that it asked for, in order. */
  readonly asked: readonly string[];
  /** Servers as it keeps them, in the order in which it tries them: `imap mail.example.test:993 tls test@example.test`. */
  readonly servers: readonly string[];
  /** Servers that it tried, in order: `mail.example.test:993:tls`. */
  readonly tried: readonly string[];
  /** Why there is no account. */
  readonly error?: string;
}

export interface DeltaChat extends AsyncDisposable {
  /** `v2.57.0` */
  readonly version: string;
  /** Makes an account. */
  setUp(address: string, password: string): Promise<SetUp>;
}

/** Why it cannot be run here, or false: for the `skip` option of a test. */
export function noDeltaChat(): string | false {
  try {
    getRPCServerPath({ disableEnvPath: true });
  } catch {
    return 'there is no core of Delta Chat for this platform';
  }
  const { status, stderr } = spawnSync(
    'unshare',
    ['--net', '--mount', 'mount', '--bind', '/etc/resolv.conf', '/etc/resolv.conf'],
    {
      encoding: 'utf8',
    },
  );
  return status === 0 ? false : `no mount of its own for a program: ${stderr ?? 'no unshare'}`;
}

interface Event {
  readonly contextId: number;
  readonly event: { readonly kind: string; readonly msg?: string; readonly progress?: number };
}

/**
 * A new one for each account: it remembers names of hosts for as long as it runs.
 * @param certificates of the servers that it shall have met before, by host; PEM
 * @param hosts names that are there, all on this machine
 */
export async function startDeltaChat(
  certificates: ReadonlyMap<string, string>,
  hosts: readonly string[],
): Promise<DeltaChat> {
  if (!inOwnNetwork) throw new Error('outside of a network of its own, it might ask the world');
  const folder = mkdtempSync(join(tmpdir(), 'mailatlas-delta-chat-'));
  const resolvConf = join(folder, 'resolv.conf');
  writeFileSync(resolvConf, 'nameserver 127.0.0.1\n');
  const dns = await startDns(Object.fromEntries(hosts.map((name) => [name, { A: ['127.0.0.1'] }])), 53);
  const child = spawn(
    'unshare',
    [
      '--mount',
      'sh',
      '-c',
      'mount --bind "$1" /etc/resolv.conf && exec "$2"',
      'sh',
      resolvConf,
      getRPCServerPath({ disableEnvPath: true }),
    ],
    { env: { PATH: process.env.PATH, DC_ACCOUNTS_PATH: join(folder, 'accounts') }, stdio: ['pipe', 'pipe', 'ignore'] },
  );
  const closed = once(child, 'close');

  const waiting = new Map<number, { done: (value: unknown) => void; failed: (error: Error) => void }>();
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (said + text).split('\n');
    said = lines.pop() ?? '';
    for (const line of lines) {
      const { id, result, error } = JSON.parse(line) as { id: number; result?: unknown; error?: { message: string } };
      const call = waiting.get(id);
      waiting.delete(id);
      if (error) call?.failed(new Error(error.message));
      else call?.done(result);
    }
  });
  child.once('close', () => {
    for (const { failed } of waiting.values()) failed(new Error('the core has ended'));
  });
  let calls = 0;
  const call = <T>(method: string, ...params: unknown[]): Promise<T> =>
    new Promise<T>((done, failed) => {
      calls += 1;
      waiting.set(calls, { done: done as (value: unknown) => void, failed });
      child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: calls, method, params })}\n`);
    });

  const { deltachat_core_version: version = '' } = await call<Record<string, string>>('get_system_info');
  const log: Event[] = [];
  // Of the events, which come one by one, the last one of a set-up: 0 where it failed, 1000 where it did not.
  const ended = Promise.withResolvers<void>();
  const listen = async (): Promise<void> => {
    for (;;) {
      const next = await call<Event>('get_next_event');
      log.push(next);
      if (next.event.progress === 0 || next.event.progress === 1000) ended.resolve();
    }
  };
  listen().catch(() => undefined);

  return {
    version,
    async setUp(addr, password) {
      const account = await call<number>('add_account');
      const [own = ''] = accountsIn(folder);
      const database = join(folder, 'accounts', own, 'dc.db');
      introduce(database, certificates);
      const error = await call('add_or_update_transport', account, { addr, password }).then(
        () => undefined,
        (reason: Error) => reason.message,
      );
      await ended.promise;
      const messages = log.filter(({ contextId }) => contextId === account).map(({ event }) => event.msg ?? '');
      const every = (expression: RegExp) => messages.flatMap((line) => expression.exec(line)?.[1] ?? []);
      return {
        asked: every(/Not found "([^"]+)" in cache, fetching/),
        tried: every(/trying to connect to (\S+?)\.?$/),
        servers: error === undefined ? serversIn(database) : [],
        ...(error !== undefined && { error }),
      };
    },
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      child.kill();
      await Promise.all([closed, dns.stop()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function accountsIn(folder: string): string[] {
  return readdirSync(join(folder, 'accounts')).filter((name) => /^[0-9a-f-]{36}$/.test(name));
}

/** As if it had met these servers before. */
function introduce(file: string, certificates: ReadonlyMap<string, string>): void {
  const database = new DatabaseSync(file);
  database.exec('PRAGMA busy_timeout = 5000');
  const insert = database.prepare('INSERT OR REPLACE INTO tls_spki (host, spki_hash, timestamp) VALUES (?, ?, ?)');
  for (const [host, pem] of certificates) {
    const spki = new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'der' });
    insert.run(host, createHash('sha256').update(spki).digest('base64'), Math.floor(Date.now() / 1000));
  }
  database.close();
}

interface Candidate {
  readonly connection: { readonly host: string; readonly port: number; readonly security: string };
  readonly user: string;
}

/** What it has written down as its servers. */
function serversIn(file: string): string[] {
  const database = new DatabaseSync(file, { readOnly: true });
  const [row] = database.prepare('SELECT configured_param FROM transports').all();
  database.close();
  const { imap, smtp } = JSON.parse(String(row?.['configured_param'])) as { imap: Candidate[]; smtp: Candidate[] };
  const say = (protocol: string) => (one: Candidate) =>
    `${protocol} ${one.connection.host}:${one.connection.port} ${one.connection.security.toLowerCase()} ${one.user}`;
  return [...imap.map(say('imap')), ...smtp.map(say('smtp'))];
}

export interface Front extends AsyncDisposable {
  /** `GET https://autoconfig.example.test/mail/… 200`, in order. */
  readonly log: string[];
  /** The certificate that it shows for all of its names, PEM. */
  readonly certificate: string;
}

/** The usual ports of the web, on loopback; both lead to a server of ours, with the Host as it was asked for. */
export async function startFront(server: string, hosts: readonly string[]): Promise<Front> {
  const { cert, key } = await (await pki()).leafFor(hosts, 30);
  const { hostname, port } = new URL(server);
  const log: string[] = [];
  const pass = (scheme: string) => (incoming: IncomingMessage, response: ServerResponse) => {
    const { method = '', url = '', headers } = incoming;
    const onward = request({ hostname, port, method, path: url, headers }, (answer) => {
      // Delta Chat sends its requests in absolute form (RFC 9112 section 3.2.2).
      const whole = url.startsWith('/') ? `${scheme}://${headers.host ?? ''}${url}` : url;
      log.push(`${method} ${whole} ${answer.statusCode}`);
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    incoming.pipe(onward);
  };
  const secure = createHttps({ cert, key }, pass('https')).listen(443, '127.0.0.1');
  const plain = createHttp(pass('http')).listen(80, '127.0.0.1');
  await Promise.all([once(secure, 'listening'), once(plain, 'listening')]);
  return {
    log,
    certificate: cert,
    async [Symbol.asyncDispose]() {
      for (const one of [secure, plain]) {
        one.closeAllConnections();
        one.close();
      }
      await Promise.all([once(secure, 'close'), once(plain, 'close')]);
    },
  };
}
