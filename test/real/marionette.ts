/**
 * A minimal client for Marionette, the remote-control protocol built into Gecko programs (Thunderbird, Firefox).
 *
 * Wire format (Gecko, remote/marionette/packets.sys.mjs and message.sys.mjs): every packet is `<bytes>:<JSON>`.
 * The server greets first; after that a command is `[0, id, name, parameters]` and its answer `[1, id, error, result]`.
 */
import { connect, type Socket } from 'node:net';

/** An error that Gecko itself answered with (as opposed to a lost connection or a passed deadline). */
export class MarionetteError extends Error {
  override name = 'MarionetteError';
}

interface Pending {
  resolve(value: unknown): void;
  reject(reason: Error): void;
}

/** Rejects with `what` in the message when `promise` has not settled after `milliseconds`. */
export async function withDeadline<T>(promise: Promise<T>, milliseconds: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: no answer within ${milliseconds} ms`)), milliseconds);
  });
  try {
    return await Promise.race([promise, expired]);
  } finally {
    clearTimeout(timer);
  }
}

export class Marionette {
  readonly #socket: Socket;
  readonly #pending = new Map<number, Pending>();
  #received: Buffer = Buffer.alloc(0);
  #lastId = 0;
  #closed: Error | undefined;
  readonly #greeting = Promise.withResolvers<void>();

  private constructor(port: number) {
    // If the connection is lost while nobody waits for the greeting, that must not end the process.
    this.#greeting.promise.catch(() => undefined);
    this.#socket = connect({ host: '127.0.0.1', port });
    this.#socket.on('data', (chunk) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#takePackets();
    });
    this.#socket.on('error', (error) => this.#fail(error));
    this.#socket.on('close', () => this.#fail(new Error('Marionette closed the connection')));
  }

  /** Connects to 127.0.0.1:`port` and waits for the greeting. */
  static async connect(port: number, timeout = 10_000): Promise<Marionette> {
    const client = new Marionette(port);
    try {
      await withDeadline(client.#greeting.promise, timeout, 'Marionette greeting');
    } catch (error) {
      client.close();
      throw error;
    }
    return client;
  }

  /** Sends one command (`WebDriver:…` or `Marionette:…`) and gives its result. */
  async send(name: string, parameters: Record<string, unknown> = {}, timeout = 30_000): Promise<unknown> {
    if (this.#closed) throw this.#closed;
    this.#lastId += 1;
    const id = this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#pending.set(id, { resolve, reject });
    const json = JSON.stringify([0, id, name, parameters]);
    this.#socket.write(`${Buffer.byteLength(json)}:${json}`);
    try {
      return await withDeadline(promise, timeout, name);
    } finally {
      this.#pending.delete(id);
    }
  }

  close(): void {
    this.#fail(new Error('The Marionette connection has been closed'));
    this.#socket.destroy();
  }

  #takePackets(): void {
    for (;;) {
      const colon = this.#received.indexOf(':');
      if (colon === -1) return;
      const end = colon + 1 + Number(this.#received.toString('latin1', 0, colon));
      if (Number.isNaN(end)) {
        this.#socket.destroy(new Error('Marionette sent a packet without a length'));
        return;
      }
      if (this.#received.length < end) return;
      const packet: unknown = JSON.parse(this.#received.toString('utf8', colon + 1, end));
      this.#received = this.#received.subarray(end);
      this.#take(packet);
    }
  }

  #take(packet: unknown): void {
    if (!Array.isArray(packet)) {
      // The greeting is the only packet that is an object: {applicationType, marionetteProtocol}.
      this.#greeting.resolve();
      return;
    }
    const [, id, error, result] = packet as [1, number, { error: string; message: string } | null, unknown];
    const waiting = this.#pending.get(id);
    if (error) waiting?.reject(new MarionetteError(`${error.error}: ${error.message}`));
    else waiting?.resolve(result);
  }

  /** From now on every waiting and every later command ends with `error`; only the first one counts. */
  #fail(error: Error): void {
    this.#closed ??= error;
    this.#greeting.reject(this.#closed);
    for (const waiting of this.#pending.values()) waiting.reject(this.#closed);
  }
}
