/**
 * A scripted mail server for tests: TCP and TLS on loopback, doing exactly what its script says, the worst included.
 * `well-behaved.ts` has scripts of servers as they should be.
 *
 *     await using server = await startMailServer(async (client) => {
 *       await client.say('220 mail.example.test ESMTP');
 *       await client.hear(/^EHLO \S+$/);
 *       await client.reset();
 *     });
 */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSecureContext, type SecureContextOptions, TLSSocket, type TLSSocketOptions } from 'node:tls';
import { type CertificateKind, type Leaf, pki } from '../pki.ts';

/** What the server does with one connection. When it returns, the connection is closed; when the client leaves, it ends. */
export type Script = (client: Client) => Promise<void>;

/** What was seen on one connection. */
export interface Seen {
  /** What the client said, without line ends, its bytes as latin1; within TLS, too. */
  readonly lines: string[];
  /** Octets that we managed to send before the client left, TLS's own not counted. */
  sent: number;
  /** From the client's TLS hello. */
  serverName?: string;
  tlsVersion?: string;
  /** Why a handshake failed, as OpenSSL on our side puts it. */
  tlsError?: string;
}

export interface MailServer extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** In the order in which they came. */
  readonly connections: readonly Seen[];
  /** Every line of every connection. */
  readonly received: readonly string[];
  /** Ends everything. @throws {Error} the first thing that went otherwise than a script expected */
  stop(): Promise<void>;
}

/**
 * @param scripts of the first connection, the second …; the last one is for all that follow
 */
export async function startMailServer(
  scripts: Script | readonly [Script, ...Script[]],
  { host = '127.0.0.1' }: { host?: string } = {},
): Promise<MailServer> {
  const inOrder: readonly Script[] = typeof scripts === 'function' ? [scripts] : scripts;
  const connections: Seen[] = [];
  const open = new Set<Client>();
  const running = new Set<Promise<void>>();
  const problems: unknown[] = [];

  const run = async (socket: Socket): Promise<void> => {
    const script = inOrder[Math.min(connections.length, inOrder.length - 1)];
    const seen: Seen = { lines: [], sent: 0 };
    connections.push(seen);
    const client = new Client(socket, seen);
    open.add(client);
    try {
      await script?.(client);
      await client.close();
    } catch (error) {
      if (!(error instanceof Gone)) problems.push(error);
    }
    client.destroy();
    open.delete(client);
  };
  const server = createServer({ noDelay: true }, (socket) => {
    const work = run(socket).finally(() => running.delete(work));
    running.add(work);
  });
  server.listen(0, host);
  await once(server, 'listening');

  const stop = async (): Promise<void> => {
    for (const client of open) client.destroy();
    await Promise.all(running);
    if (server.listening) await new Promise((resolve) => server.close(resolve));
    if (problems.length > 0) throw problems[0];
  };
  return {
    host,
    port: (server.address() as AddressInfo).port,
    connections,
    get received() {
      return connections.flatMap(({ lines }) => lines);
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** The client has left, or the server stops: what ends a script in the middle. */
class Gone extends Error {
  override readonly name = 'Gone';
}

/** Options of Node's TLS server that tests need; TLS versions and ciphers are all allowed unless they say otherwise. */
export type ServerTlsOptions = Pick<SecureContextOptions, 'minVersion' | 'maxVersion' | 'ciphers'> &
  Pick<TLSSocketOptions, 'requestCert' | 'rejectUnauthorized' | 'ALPNProtocols'>;

/** The other side of one connection. Every method waits until it is done, and ends the script when the client leaves. */
export class Client {
  readonly #seen: Seen;
  /** The TCP connection, which stays the same under TLS. */
  readonly #tcp: Socket;
  #socket: Socket;
  #unread = Buffer.alloc(0);
  readonly #left = new AbortController();

  constructor(socket: Socket, seen: Seen) {
    this.#tcp = socket;
    this.#seen = seen;
    this.#socket = this.#watch(socket);
  }

  /** Sends lines; CRLF is added to each. */
  async say(...lines: readonly string[]): Promise<void> {
    await this.send(lines.map((line) => `${line}\r\n`).join(''));
  }

  /** Sends bytes as they are; a string is latin1. Waits until the system has taken them: back pressure. */
  async send(bytes: string | Uint8Array): Promise<void> {
    const data = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes;
    if (this.#left.signal.aborted) throw new Gone();
    await new Promise<void>((resolve, reject) => {
      this.#socket.write(data, (error) => (error ? reject(new Gone()) : resolve()));
    });
    this.#seen.sent += data.length;
  }

  /** Sends the text an octet at a time, with this many milliseconds between two. */
  async drip(text: string, milliseconds: number): Promise<void> {
    for (const octet of text) {
      await this.send(octet);
      await this.wait(milliseconds);
    }
  }

  /** Sends the text again and again, until so many octets are sent or the client has left. */
  async flood(text: string, octets = Number.POSITIVE_INFINITY): Promise<void> {
    const chunk = text.repeat(Math.ceil((64 * 1024) / text.length));
    for (const end = this.#seen.sent + octets; this.#seen.sent < end; ) await this.send(chunk);
  }

  /** The client's next line, which must be this one, or look like this. @returns the line */
  async hear(expected: string | RegExp): Promise<string> {
    const line = await this.line();
    const fits = typeof expected === 'string' ? line.toUpperCase() === expected.toUpperCase() : expected.test(line);
    if (!fits) throw new Error(`the server expected ${String(expected)} and heard “${line}”`);
    return line;
  }

  /** The client's next line, whatever it is. */
  async line(): Promise<string> {
    while (!this.#unread.includes('\n')) await this.#more();
    const line = this.#take(this.#unread.indexOf('\n') + 1)
      .toString('latin1')
      .replace(/\r?\n$/, '');
    this.#seen.lines.push(line);
    return line;
  }

  /** The client's next octets, so many: to stop in the middle of a line or a handshake. */
  async octets(count: number): Promise<Buffer> {
    while (this.#unread.length < count) await this.#more();
    return this.#take(count);
  }

  /** So long the client must not say anything, such as before the whole greeting has come. */
  async quiet(milliseconds: number): Promise<void> {
    await this.wait(milliseconds);
    const early = this.#unread.toString('latin1') + String(this.#socket.read()?.toString('latin1') ?? '');
    if (early !== '') throw new Error(`the client spoke before its turn: “${early.trimEnd()}”`);
  }

  async wait(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: this.#left.signal }).catch(() => {
      throw new Gone();
    });
  }

  /** Never does anything again; listens until the client leaves. */
  async hang(): Promise<never> {
    for (;;) {
      this.#unread = Buffer.alloc(0);
      await this.#more();
    }
  }

  /** The server's side of a TLS handshake, at once or after STARTTLS. */
  async tls(certificate: CertificateKind | Leaf = 'good', options: ServerTlsOptions = {}): Promise<void> {
    const { ca, leaf } = await pki();
    const shown = typeof certificate === 'string' ? await leaf(certificate) : certificate;
    const { minVersion = 'TLSv1', maxVersion = 'TLSv1.3', ciphers = 'DEFAULT@SECLEVEL=0', ...rest } = options;
    const secureContext = createSecureContext({ ...shown, ca, minVersion, maxVersion, ciphers });
    // On a connection that has ended meanwhile, a handshake would wait for ever.
    if (this.#left.signal.aborted) throw new Gone();
    // What the client sent in the same segment as its last command belongs to the handshake.
    if (this.#unread.length > 0) this.#socket.unshift(this.#take(this.#unread.length));
    const secured = new TLSSocket(this.#socket, { isServer: true, secureContext, ...rest });
    this.#socket = this.#watch(secured);
    secured.once('error', (error: NodeJS.ErrnoException) => {
      this.#seen.tlsError ??= error.code ?? error.message;
    });
    await new Promise<void>((resolve, reject) => {
      secured.once('secure', resolve);
      secured.once('close', () => reject(new Gone()));
    });
    if (typeof secured.servername === 'string') this.#seen.serverName = secured.servername;
    this.#seen.tlsVersion = secured.getProtocol() ?? '';
  }

  /** Answers the client's TLS hello with a fatal alert (RFC 8446 section 6.2): 40 handshake_failure, 70, 80, 112, 116 … */
  async alert(description: number): Promise<void> {
    await this.octets(6); // a record that begins a handshake
    await this.send(Uint8Array.of(21, 3, 3, 0, 2, 2, description));
  }

  /** Ends the connection in an orderly way: TLS's goodbye, then FIN. */
  async close(): Promise<never> {
    // Octets that nobody reads would turn the FIN into a reset.
    this.#socket.removeAllListeners('readable');
    this.#socket.resume();
    this.#socket.end();
    await sleep(500, undefined, { signal: this.#left.signal }).catch(() => undefined);
    this.destroy();
    throw new Gone();
  }

  /** Ends the connection with a reset. */
  async reset(): Promise<never> {
    this.#tcp.resetAndDestroy();
    await Promise.resolve();
    throw new Gone();
  }

  destroy(): void {
    this.#socket.destroy();
    this.#tcp.destroy();
  }

  #watch<S extends Socket>(socket: S): S {
    // A connection that breaks ends the script; which error it was does not matter.
    socket.on('error', () => undefined);
    socket.once('close', () => this.#left.abort());
    return socket;
  }

  #take(count: number): Buffer {
    const taken = this.#unread.subarray(0, count);
    this.#unread = this.#unread.subarray(count);
    return taken;
  }

  /** Waits for more octets. Nothing is read ahead, so that a handshake finds its own octets in the socket. */
  async #more(): Promise<void> {
    for (;;) {
      const chunk = this.#socket.read() as Buffer | null;
      if (chunk !== null) {
        this.#unread = Buffer.concat([this.#unread, chunk]);
        return;
      }
      if (this.#left.signal.aborted || this.#socket.readableEnded) throw new Gone();
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          for (const event of ['readable', 'end', 'close']) this.#socket.off(event, wake);
          resolve();
        };
        for (const event of ['readable', 'end', 'close']) this.#socket.on(event, wake);
      });
    }
  }
}
