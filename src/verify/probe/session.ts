/** One connection while it is being probed: every line goes through here and leaves its trace in the attempt. */
import { type TlsSession, type Wire, WireFault } from '../../net/wire.ts';
import type { Attempt, Phase, TranscriptLine } from '../evidence.ts';

/** Milliseconds for one wait. */
export interface Patience {
  readonly connect: number;
  readonly tls: number;
  readonly greeting: number;
  readonly answer: number;
  readonly quit: number;
}

/** Postscreen keeps greetings back for 6 s, 15 s were seen at laposte.net. */
export const usualPatience: Patience = { connect: 10_000, tls: 10_000, greeting: 30_000, answer: 10_000, quit: 2000 };

/** What is kept of a conversation; what is beyond it was read and judged, but nobody wants to read it. */
const mostLines = 120;
const longestLine = 2048;
const mostCharacters = 32 * 1024;
/** What is kept of a list of capabilities. */
const mostWords = 200;
const longestWord = 64;
const mostMalformed = 5;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export class Session {
  readonly attempt: Mutable<Omit<Attempt, 'transcript' | 'ms'>> & {
    transcript: TranscriptLine[];
    ms: Partial<Record<Phase, number>>;
  };
  /** The step that is being taken; a fault belongs to it. */
  phase: Phase = 'connect';
  readonly patience: Patience;
  readonly #begun = performance.now();
  readonly #peer: string;
  #wire: Wire | undefined;
  /** Characters of the transcript. */
  #kept = 0;
  #isFull = false;

  constructor(address: string, patience: Patience) {
    this.patience = patience;
    this.#peer = address;
    this.attempt = { address, ms: {}, transcript: [] };
  }

  /** Takes a step: its fault ends the attempt, its end is timed. Returns false after a fault. */
  async step(phase: Phase, act: () => Promise<void>): Promise<boolean> {
    this.phase = phase;
    try {
      await act();
      this.attempt.ms[phase] = Math.round((performance.now() - this.#begun) * 10) / 10;
      return true;
    } catch (error) {
      const { kind, detail } = error instanceof WireFault ? error : new WireFault('other', String(error));
      this.attempt.fault = { phase: this.phase, kind, ...(detail !== undefined && { detail: this.mask(detail) }) };
      this.note(detail === undefined ? kind : `${kind}: ${detail}`);
      return false;
    }
  }

  connected(wire: Wire): void {
    this.#wire = wire;
  }

  get wire(): Wire {
    if (!this.#wire) throw new Error('a session talks before it is connected');
    return this.#wire;
  }

  /** The server's next line. @throws {WireFault} */
  async line(milliseconds: number = this.patience.answer): Promise<string> {
    // A NUL says nothing and breaks every viewer.
    const line = (await this.wire.line(milliseconds)).replaceAll('\0', '');
    this.#keep('S', line);
    return line;
  }

  /** @throws {WireFault} */
  async send(line: string): Promise<void> {
    this.#keep('C', line);
    await this.wire.send(line);
  }

  /** TLS on the connection. @throws {WireFault} */
  async startTls(serverName: string, legacy: boolean): Promise<TlsSession> {
    const tls = await this.wire.startTls({ serverName, legacy, milliseconds: this.patience.tls });
    this.note(`${tls.version} ${tls.cipher}`);
    return tls;
  }

  /** What happened beside the conversation. */
  note(text: string): void {
    this.#keep('--', text);
  }

  end(): void {
    this.#wire?.end();
  }

  /**
   * A server's words as they are kept: cut, because nobody reads more and judging them must not take long. Servers greet us
   * by our own address (Gmail, iCloud), and nobody's address is kept: every one but the server's own is masked.
   */
  mask(text: string): string {
    return maskAddresses(text.slice(0, longestLine), this.#peer);
  }

  /** Lines that the protocol does not allow where they stood, the first of them. */
  malformed(lines: readonly string[]): { malformed?: readonly string[] } {
    return lines.length > 0 ? { malformed: lines.slice(0, mostMalformed).map((line) => this.mask(line)) } : {};
  }

  #keep(from: TranscriptLine['from'], line: string): void {
    if (this.#isFull) return;
    const { transcript } = this.attempt;
    this.#isFull = transcript.length === mostLines || this.#kept > mostCharacters;
    const text = this.#isFull ? '… and more' : this.mask(line);
    this.#kept += text.length;
    transcript.push({ from: this.#isFull ? '--' : from, text });
  }
}

/** Words of a server as they are kept: each once. */
export function wordList(words: readonly string[]): string[] {
  return [...new Set(words.map((word) => word.slice(0, longestWord)))].slice(0, mostWords);
}

/** A text without anybody's address. @param except the one that may be told */
export function maskAddresses(text: string, except: string): string {
  const hide = (found: string) => (found === except ? found : '(address)');
  // What is no IPv6 address may still have an IPv4 one at its end.
  return text.replaceAll(addressLike, (found) => (isAddress(found) ? hide(found) : found.replace(address4, hide)));
}

const address4 = /\d{1,3}(?:\.\d{1,3}){3}$/;

/**
 * What may be an IPv4 or IPv6 address, `IPv6:` before it or not (RFC 5321 section 4.1.3). Every repetition has an end: lines
 * are hostile.
 */
const addressLike =
  /(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])|(?<=^|[^\w:]|\bIPv6:)(?:[0-9a-f]{0,4}:){2,7}(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]{0,4})(?![\w:])/gi;

/** A time (`12:30:45`) is none. */
function isAddress(text: string): boolean {
  return !text.includes(':') || URL.canParse(`http://[${text}]/`);
}

/** A dialogue in one protocol: what `probe.ts` asks of it, in its order. */
export interface Dialogue {
  greeting(session: Session): Promise<NonNullable<Attempt['greeting']>>;
  /** @param secure within TLS */
  capabilities(session: Session, secure: boolean): Promise<NonNullable<Attempt['capabilities']>>;
  starttls(session: Session): Promise<NonNullable<Attempt['starttls']>>;
  /** Takes leave. @throws {WireFault} where the server does not */
  quit(session: Session): Promise<void>;
}
