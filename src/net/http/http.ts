/**
 * The port through which the web is asked: one request to one address that was checked before, nothing resolved, no
 * redirect followed. Everything that comes in is bounded in octets and time. Hand: http-node.ts. What decides where a
 * request may go is fetch.ts.
 */

/** Octets of a reply, unpacked as well: the largest autoconfig file in any public collection has 20 kB. */
export const maxReply = 256 * 1024;
/** Octets of all header lines of a reply. */
export const maxHead = 16 * 1024;

/** What can happen to a request; a closed list. */
export const httpFaultKinds = [
  'refused',
  'unreachable',
  'timeout',
  'reset',
  /** The other side ended the connection before the reply was whole. */
  'closed',
  'too-large',
  /** The handshake failed, or the certificate is not good for the host; `detail` is the code of Node or OpenSSL. */
  'tls',
  /** Not HTTP, or a coding of the content that cannot be undone. */
  'malformed',
  'other',
] as const;
export type HttpFaultKind = (typeof httpFaultKinds)[number];

export class HttpFault extends Error {
  override readonly name = 'HttpFault';
  readonly kind: HttpFaultKind;
  readonly detail: string | undefined;
  constructor(kind: HttpFaultKind, detail?: string) {
    super(detail === undefined ? kind : `${kind}: ${detail}`);
    this.kind = kind;
    this.detail = detail;
  }
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  /** Names the host for `Host`, SNI and the certificate; it is not resolved. */
  readonly url: URL;
  /** An address, already checked. */
  readonly address: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The end of everything, on the clock of `performance.now()`. */
  readonly deadline: number;
}

/** Who says that the host is the host: the authority that issued its certificate. */
export interface HttpCertificate {
  /** The organisation, or else the common name, of the issuer. */
  readonly issuer: string;
  /** ISO 8601 */
  readonly notAfter: string;
}

export interface HttpReply {
  readonly status: number;
  /** The first line of each name, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The content, its coding undone. */
  readonly body: Uint8Array;
  /** Absent over plain HTTP. */
  readonly certificate?: HttpCertificate;
}

/** Where a URL leads: its host without the brackets of an IPv6 address, its port or the usual one. */
export function placeOf(url: URL): { readonly host: string; readonly port: number; readonly isSecure: boolean } {
  const isSecure = url.protocol === 'https:';
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port) || (isSecure ? 443 : 80), isSecure };
}

export interface HttpSender {
  /** @throws {HttpFault} */
  send(request: HttpRequest): Promise<HttpReply>;
}
