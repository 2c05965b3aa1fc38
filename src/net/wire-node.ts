/** Sockets for the wire on Node: one TCP connection to one address, TLS at once or later, everything bounded. */
import { connect, isIP, type Socket } from 'node:net';
import { createSecureContext, type SecureContext, type TLSSocket, connect as upgrade } from 'node:tls';
import { readChain } from './certificate-node.ts';
import { rootsWith } from './roots-node.ts';
import { socketFaults } from './socket-faults.ts';
import {
  type Dialer,
  type DialOptions,
  maxBytes,
  maxLine,
  type TlsOptions,
  type TlsSession,
  type Wire,
  WireFault,
} from './wire.ts';

export interface DialerOptions {
  /** PEM certificates that are trusted beside the system's roots. */
  readonly ca?: string;
  /** The local address to call from. */
  readonly sourceAddress?: string;
}

/**
 * The contexts are made once and shared: one a connection would cost 13 ms and megabytes each.
 * @throws Node's error where `ca` is no PEM
 */
export function nodeDialer({ ca, sourceAddress }: DialerOptions = {}): Dialer {
  const roots = rootsWith(ca);
  const modern = createSecureContext({ ...roots, minVersion: 'TLSv1.2' });
  let legacy: SecureContext | undefined;
  const contextFor = (old: boolean | undefined) => {
    if (!old) return modern;
    legacy ??= createSecureContext({ ...roots, minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' });
    return legacy;
  };
  return { dial: (options) => dial(options, sourceAddress, contextFor) };
}

function dial(
  { address, port, milliseconds, deadline }: DialOptions,
  localAddress: string | undefined,
  contextFor: (legacy: boolean | undefined) => SecureContext,
): Promise<Wire> {
  return new Promise((resolve, reject) => {
    // A local address of the other family would be refused by the kernel as an invalid argument.
    const from = localAddress !== undefined && isIP(localAddress) === isIP(address) ? { localAddress } : {};
    const socket = connect({ host: address, port, ...from, autoSelectFamily: false, noDelay: true });
    const fail = (fault: WireFault) => {
      clearTimeout(timer);
      socket.destroy();
      reject(fault);
    };
    const { wait, late } = patience(milliseconds, deadline);
    const timer = setTimeout(() => fail(late()), wait);
    socket.once('error', (error) => fail(faultOf(error)));
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.removeAllListeners('error');
      resolve(new NodeWire(socket, deadline, contextFor));
    });
  });
}

class NodeWire implements Wire {
  #socket: Socket;
  readonly #deadline: number;
  readonly #contextFor: (legacy: boolean | undefined) => SecureContext;
  /** Chunks that were not read as lines yet; joined only when a line is looked for. */
  #buffer: Buffer = Buffer.alloc(0);
  #received = 0;
  #fault: WireFault | undefined;
  /** Called when something changes: data, end or error. */
  #wake: (() => void) | undefined;

  constructor(socket: Socket, deadline: number, contextFor: (legacy: boolean | undefined) => SecureContext) {
    this.#socket = socket;
    this.#deadline = deadline;
    this.#contextFor = contextFor;
    this.#listen();
  }

  #listen(): void {
    this.#socket.on('data', this.#onData);
    this.#socket.on('end', this.#onEnd);
    this.#socket.on('close', this.#onEnd);
    this.#socket.on('error', this.#onError);
  }

  #onData = (chunk: Buffer) => {
    this.#received += chunk.length;
    this.#buffer = this.#buffer.length === 0 ? chunk : Buffer.concat([this.#buffer, chunk]);
    const unfinished = this.#buffer.length > maxLine && !this.#buffer.subarray(0, maxLine + 2).includes(0x0a);
    if (unfinished || this.#received > maxBytes) this.#break(new WireFault('too-long'));
    this.#wake?.();
  };

  #onEnd = () => this.#break(this.#fault ?? new WireFault('closed'));
  #onError = (error: Error) => this.#break(faultOf(error));

  /** The first fault is the true one; what follows it is its echo. What arrived before can still be read. */
  #break(fault: WireFault): void {
    this.#fault ??= fault;
    this.#socket.destroy();
    this.#wake?.();
  }

  async line(milliseconds: number): Promise<string> {
    const { wait, late } = patience(milliseconds, this.#deadline);
    let tooLate = false;
    const timer = setTimeout(() => {
      tooLate = true;
      this.#wake?.();
    }, wait);
    try {
      for (;;) {
        const end = this.#buffer.indexOf(0x0a);
        if (end > maxLine) throw new WireFault('too-long');
        if (end >= 0) {
          const line = this.#buffer.subarray(0, end).toString('latin1');
          this.#buffer = this.#buffer.subarray(end + 1);
          return line.endsWith('\r') ? line.slice(0, -1) : line;
        }
        if (this.#buffer.length > maxLine) throw new WireFault('too-long');
        if (this.#fault) throw this.#fault;
        if (tooLate) throw late();
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      clearTimeout(timer);
      this.#wake = undefined;
    }
  }

  send(line: string): Promise<void> {
    if (this.#fault) return Promise.reject(this.#fault);
    // A server that does not read must not hold us: the answer is what is waited for, not this.
    this.#socket.write(`${line}\r\n`, 'latin1');
    return Promise.resolve();
  }

  unread(): string {
    // What the kernel has handed over but the stream has not is part of it.
    for (let chunk = this.#socket.read() as Buffer | null; chunk !== null; chunk = this.#socket.read() as Buffer | null)
      this.#buffer = Buffer.concat([this.#buffer, chunk]);
    return this.#buffer.toString('latin1');
  }

  async startTls({ serverName, legacy, milliseconds }: TlsOptions): Promise<TlsSession> {
    if (this.#fault) throw this.#fault;
    const plain = this.#socket;
    plain.off('data', this.#onData);
    plain.off('end', this.#onEnd);
    plain.off('close', this.#onEnd);
    plain.off('error', this.#onError);
    const secured = await new Promise<TLSSocket>((resolve, reject) => {
      const secure = upgrade({
        socket: plain,
        secureContext: this.#contextFor(legacy),
        // A literal address is no server name (RFC 6066 section 3).
        ...(isIP(serverName) === 0 && { servername: serverName }),
        // Reported, never a fault; and the name is judged by our own stricter rule (verify/certificate.ts).
        rejectUnauthorized: false,
        checkServerIdentity: () => undefined,
      });
      // Node reads the whole chain for the check above, which looks at nothing: a sixth of all the work of a probe.
      secure.getPeerCertificate = () => ({}) as never;
      this.#socket = secure;
      const { wait, late } = patience(milliseconds, this.#deadline);
      const fail = (fault: WireFault) => {
        clearTimeout(timer);
        this.#fault ??= fault;
        secure.destroy();
        plain.destroy();
        reject(fault);
      };
      const timer = setTimeout(() => fail(late()), wait);
      const onError = (error: Error) => fail(faultOf(error));
      // An end before the handshake is told by this event alone.
      const onClose = () => fail(new WireFault('closed'));
      secure.on('error', onError);
      secure.on('close', onClose);
      secure.once('secureConnect', () => {
        clearTimeout(timer);
        this.#listen();
        secure.off('error', onError);
        secure.off('close', onClose);
        resolve(secure);
      });
    });
    // Not within the event: what is thrown there ends the program.
    return sessionOf(secured);
  }

  end(): void {
    this.#fault ??= new WireFault('closed');
    this.#socket.destroy();
    this.#wake?.();
  }
}

function sessionOf(socket: TLSSocket): TlsSession {
  // The type says Error; it is the code of OpenSSL's verification, as a text.
  const error = socket.authorizationError as Error | string | undefined;
  const chainError = error === undefined || error === null ? undefined : chainErrorOf(error);
  return {
    version: socket.getProtocol() ?? 'unknown',
    cipher: socket.getCipher().name,
    ...(chainError !== undefined && { chainError }),
    chain: readChain(socket),
  };
}

function chainErrorOf(error: Error | string): string {
  if (typeof error === 'string') return error;
  const { code } = error as NodeJS.ErrnoException;
  return code !== undefined && code !== 'UNSPECIFIED' ? code : error.message;
}

/** The shorter of a wait and what is left until the deadline, and which of the two it was. */
function patience(milliseconds: number, deadline: number): { wait: number; late: () => WireFault } {
  const left = Math.max(0, deadline - performance.now());
  return {
    wait: Math.min(milliseconds, left),
    late: () => new WireFault(left < milliseconds ? 'deadline' : 'timeout'),
  };
}

function faultOf(error: Error): WireFault {
  const { code = '', reason } = error as NodeJS.ErrnoException & { reason?: string };
  // Node folds an orderly end during the handshake into ECONNRESET; only its text tells them apart.
  if (code === 'ECONNRESET' && /before secure TLS/.test(error.message)) return new WireFault('closed');
  const kind = socketFaults[code];
  if (kind !== undefined) return new WireFault(kind, kind === 'unreachable' ? code : undefined);
  if (code.startsWith('ERR_SSL_') || code === 'EPROTO')
    return new WireFault('tls', (reason ?? code.slice(8)).toLowerCase().replaceAll(/[^a-z0-9]+/g, '_'));
  return new WireFault('other', code === '' ? error.message : code);
}
