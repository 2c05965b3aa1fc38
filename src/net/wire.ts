/**
 * The port through which a mail server is talked to: lines, and TLS on the same connection. Hand: wire-node.ts.
 *
 * Everything that comes in is bounded: a line by {@link maxLine}, everything together by {@link maxBytes}, each wait by its
 * own milliseconds and all of them by the deadline of the connection.
 */

/** Octets of one line, more than any command reply of the three protocols (RFC 5321 section 4.5.3.1.5 has 512). */
export const maxLine = 8 * 1024;
/** Octets of one connection. */
export const maxBytes = 256 * 1024;

/** What can happen to a connection; the closed list on which verdicts rest. */
export const faultKinds = [
  'refused',
  'unreachable',
  /** Nothing came in time: of this wait. */
  'timeout',
  /** The time for the whole connection is over. */
  'deadline',
  'reset',
  /** The other side ended the connection in an orderly way. */
  'closed',
  /** A line, or everything together, was longer than anybody needs. */
  'too-long',
  /** The TLS handshake failed; `detail` is the reason as OpenSSL names it, in lower case with underscores. */
  'tls',
  'other',
] as const;
export type FaultKind = (typeof faultKinds)[number];

export class WireFault extends Error {
  override readonly name = 'WireFault';
  readonly kind: FaultKind;
  readonly detail: string | undefined;
  constructor(kind: FaultKind, detail?: string) {
    super(detail === undefined ? kind : `${kind}: ${detail}`);
    this.kind = kind;
    this.detail = detail;
  }
}

/** One certificate as it was shown. Instants are ISO 8601, digests lower-case hex of SHA-256. */
export interface Certificate {
  /** Distinguished name on one line, `CN=mail.example, O=Example`. */
  readonly subject: string;
  readonly issuer: string;
  readonly commonName?: string;
  /** dNSName entries of the subject alternative name; empty: the certificate names no host (RFC 9525 section 6.3). */
  readonly names: readonly string[];
  /** iPAddress entries. */
  readonly addresses: readonly string[];
  readonly notBefore: string;
  readonly notAfter: string;
  readonly serial: string;
  readonly fingerprint: string;
  /** Digest of the public key: stays when a certificate is renewed with its key. */
  readonly keyDigest: string;
  /** `RSA 2048`, `EC prime256v1`, `Ed25519`. */
  readonly key: string;
  /** `sha256WithRSAEncryption` */
  readonly signature: string;
}

/** What a TLS handshake showed. */
export interface TlsSession {
  /** `TLSv1.3` */
  readonly version: string;
  /** OpenSSL's name */
  readonly cipher: string;
  /**
   * What OpenSSL says of the chain, `DEPTH_ZERO_SELF_SIGNED_CERT` or Node's other codes; absent where the chain leads to a
   * trusted root. Says nothing of the host name.
   */
  readonly chainError?: string;
  /** The server's own certificate first, then those that certify it, as far as they are known. */
  readonly chain: readonly Certificate[];
}

export interface TlsOptions {
  /** For SNI (RFC 6066 section 3). */
  readonly serverName: string;
  /** Take TLS 1.0 and weak algorithms too, only to learn what a server speaks. */
  readonly legacy?: boolean;
  readonly milliseconds: number;
}

export interface Wire {
  /**
   * The next line, without CRLF, its bytes as latin1 (servers send what they like).
   * @throws {WireFault}
   */
  line(milliseconds: number): Promise<string>;
  /** Sends one line; CRLF is added. @throws {WireFault} */
  send(line: string): Promise<void>;
  /** What has arrived and was not asked for: anything here before TLS begins was sent by somebody in between. */
  unread(): string;
  /** TLS on this connection. A bad certificate is reported, never a fault. @throws {WireFault} kind `tls` and others */
  startTls(options: TlsOptions): Promise<TlsSession>;
  /** Ends the connection at once; may be called twice. */
  end(): void;
}

export interface DialOptions {
  /** An address, already checked: no name is resolved here. */
  readonly address: string;
  readonly port: number;
  readonly milliseconds: number;
  /** The end of everything on this connection, on the clock of `performance.now()`. */
  readonly deadline: number;
}

export interface Dialer {
  /** Opens a connection to exactly this address. @throws {WireFault} */
  dial(options: DialOptions): Promise<Wire>;
}
