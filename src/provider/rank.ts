/**
 * The order that mail clients need: IMAP before POP3 (Geary takes the first), of each TLS from the first byte before
 * STARTTLS before plaintext (RFC 8314 section 3.3). The smaller, the sooner.
 */
export function serverRank({ protocol, security }: { protocol: string; security: string }): number {
  return (protocol === 'pop3' ? 10 : 0) + ['tls', 'starttls', 'none'].indexOf(security);
}
