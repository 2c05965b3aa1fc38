/**
 * The closed list of what can be wrong with an endpoint, and how much each counts. Codes are stable: they stand in the
 * database, in JSON and in metrics.
 */

/**
 * How a finding counts (`status.ts`):
 *  - `transient` may pass by itself
 *  - `permanent` does not change until somebody changes something
 *  - `inconclusive` lies with us or with a limit, and says nothing about the setting
 */
export type Weight = 'transient' | 'permanent' | 'inconclusive';

/** Code -> weight, in the order of the conversation. */
export const findings = {
  'dns.nxdomain': 'permanent',
  'dns.nodata': 'permanent',
  'dns.servfail': 'transient',
  'dns.timeout': 'transient',
  'policy.blocked-address': 'inconclusive',
  'policy.port': 'inconclusive',
  'tcp.refused': 'transient',
  'tcp.timeout': 'transient',
  'tcp.unreachable': 'transient',
  'tcp.no-ipv6': 'inconclusive',
  'tcp.reset': 'transient',
  'tcp.failed': 'inconclusive',
  'tls.plaintext-on-tls-port': 'permanent',
  'tls.version': 'permanent',
  'tls.closed': 'transient',
  'tls.timeout': 'transient',
  'tls.handshake': 'permanent',
  'tls.internal-error': 'transient',
  'tls.client-cert-required': 'permanent',
  'tls.no-alpn': 'permanent',
  'tls.sni-rejected': 'permanent',
  'tls.weak-key': 'permanent',
  'tls.expired': 'permanent',
  'tls.not-yet-valid': 'permanent',
  'tls.hostname': 'permanent',
  'tls.self-signed': 'permanent',
  'tls.incomplete-chain': 'permanent',
  'tls.untrusted': 'permanent',
  'tls.tls-on-plaintext-port': 'permanent',
  'greeting.timeout': 'transient',
  'greeting.closed': 'transient',
  'greeting.too-long': 'permanent',
  'greeting.wrong-protocol': 'permanent',
  'greeting.garbage': 'permanent',
  'greeting.preauth': 'permanent',
  'limit.connections': 'inconclusive',
  'limit.rate': 'inconclusive',
  'limit.blocked': 'inconclusive',
  'limit.greylist': 'inconclusive',
  'greeting.tempfail': 'transient',
  'greeting.rejected': 'permanent',
  'caps.timeout': 'transient',
  'caps.closed': 'transient',
  'caps.too-long': 'permanent',
  'caps.rejected': 'permanent',
  'ehlo.rejected': 'permanent',
  'starttls.missing': 'permanent',
  'starttls.tempfail': 'transient',
  'starttls.refused': 'permanent',
  'starttls.injected': 'permanent',
  'starttls.broken': 'permanent',
} as const satisfies Record<string, Weight>;
export type FindingCode = keyof typeof findings;

/** What works but ought to be looked at. */
export const warningCodes = [
  'address.some-fail',
  'cert.expires',
  'caps.malformed',
  'caps.unknown',
  'starttls.offered-again',
  'auth.plaintext-offered',
  'security.none',
  'quit.impolite',
] as const;
export type WarningCode = (typeof warningCodes)[number];

export interface Said<Code extends string> {
  readonly code: Code;
  /** One sentence that names the host, what was expected, what was seen and what to do. */
  readonly says: string;
}

/** Evidence, judged. `also` is what else is wrong, in the order of the conversation. */
export interface Verdict {
  readonly code: 'ok' | FindingCode;
  readonly ok: boolean;
  readonly outcome: 'works' | 'fails' | 'inconclusive';
  readonly says: string;
  readonly also: readonly Said<FindingCode>[];
  readonly warnings: readonly Said<WarningCode>[];
}
