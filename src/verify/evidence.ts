/**
 * Evidence: what one probe of one endpoint saw, from one vantage. Plain values; survives any fault half-way, because
 * every step writes what it saw before the next one begins. Nothing here says whether it is good: that is judge.ts.
 */
import type { FaultKind, TlsSession } from '../net/wire.ts';
import type { EndpointKey } from '../provider/model.ts';

/** The steps of a probe, in order. A fault belongs to the step in which it happened. */
export const phases = ['connect', 'tls', 'greeting', 'capabilities', 'starttls', 'quit'] as const;
export type Phase = (typeof phases)[number];

/** What went wrong, and where. Nothing after this step was seen on this connection. */
export interface Fault {
  readonly phase: Phase;
  readonly kind: FaultKind;
  readonly detail?: string;
}

/** One line of the conversation: the server's, ours, or what happened beside it (`TLSv1.3, …`). */
export interface TranscriptLine {
  readonly from: 'S' | 'C' | '--';
  readonly text: string;
}

/** How a server greets: `ready`, refuses for now or for good, is signed in already (IMAP PREAUTH), or speaks otherwise. */
export const greetingKinds = ['ready', 'temporary', 'permanent', 'preauth', 'garbage', 'wrong-protocol'] as const;
export interface Greeting {
  readonly kind: (typeof greetingKinds)[number];
  /** All lines of it, joined by a space; addresses of machines masked. */
  readonly text: string;
  /** Which protocol it is, where it is another's. */
  readonly protocol?: 'smtp' | 'imap' | 'pop3' | 'http' | 'ssh' | 'ftp';
  /** POP3: the greeting has a timestamp for APOP (RFC 1939 section 7). */
  readonly apop?: boolean;
}

/** What a server says it can do, at one moment. */
export interface Capabilities {
  /** Keywords in upper case, as the server orders them. */
  readonly names: readonly string[];
  /** SASL mechanisms in upper case. */
  readonly mechanisms: readonly string[];
  readonly starttls: boolean;
  /**
   * Whether the protocol's own password command may be used: IMAP LOGIN (no LOGINDISABLED), POP3 USER (listed). Undefined
   * where the protocol has none (SMTP) or the server does not tell (POP3 without CAPA).
   */
  readonly login?: boolean;
  /** The server refused the question (`-ERR`, `BAD`, 5xx), in its own words. */
  readonly refused?: string;
  /** Lines that the protocol does not allow here. */
  readonly malformed?: readonly string[];
}

/** What a server said to STARTTLS or STLS. */
export interface StartTlsAnswer {
  readonly kind: 'ready' | 'temporary' | 'permanent' | 'garbage';
  readonly text: string;
  /** What came behind the answer and before TLS: somebody in between may speak (USENIX Security 2021, “NO STARTTLS”). */
  readonly behind?: string;
}

/** What a second connection showed that was made only to explain the first. */
export type Explanation =
  /** On a port for TLS: a plain connection is greeted. */
  | { readonly kind: 'plain-greeting'; readonly greeting: Greeting }
  /** On a port for plaintext: TLS succeeds at once. */
  | { readonly kind: 'tls-at-once'; readonly version: string }
  /** TLS succeeds when everything old is allowed. */
  | { readonly kind: 'legacy-tls'; readonly version: string; readonly cipher: string };

/** One connection to one address of the host. */
export interface Attempt {
  readonly address: string;
  /** Milliseconds from the start of the attempt to the end of each step that was finished. */
  readonly ms: Readonly<Partial<Record<Phase, number>>>;
  readonly greeting?: Greeting;
  /** STARTTLS and plaintext endpoints: before TLS. */
  readonly before?: Capabilities;
  readonly starttls?: StartTlsAnswer;
  readonly tls?: TlsSession;
  /** Of the endpoint as it is used: within TLS, or on a plaintext endpoint the same as `before`. */
  readonly capabilities?: Capabilities;
  readonly fault?: Fault;
  readonly explained?: Explanation;
  readonly transcript: readonly TranscriptLine[];
}

/** What DNS and our own guard said before anything was dialled. */
export interface Resolution {
  readonly ms: number;
  /** All addresses of the host, in DNS's order, IPv6 after IPv4. */
  readonly addresses: readonly string[];
  readonly fault?: 'nxdomain' | 'nodata' | 'servfail' | 'timeout';
  /** Addresses or a port that must not be dialled; nothing was dialled then. */
  readonly blocked?: { readonly what: 'address' | 'port'; readonly which: string; readonly because: string };
}

export interface Evidence {
  readonly endpoint: EndpointKey;
  /** When the probe began, ISO 8601. */
  readonly at: string;
  /** Who looked, from where: `local`, or an agent's name. */
  readonly vantage: string;
  readonly dns: Resolution;
  readonly attempts: readonly Attempt[];
  /** Addresses that were not dialled because the time was over or there are very many. */
  readonly skipped?: readonly string[];
}
