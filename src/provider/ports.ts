/** What the ports of mail for people are for. */
import type { Security, Server } from './model.ts';

/** RFC 8314 section 7.3 for TLS from the first byte; RFC 2595, 3207 and 6409 for STARTTLS. Not 25: it is for mail between servers. */
export const mailPorts: ReadonlyMap<number, { readonly protocol: Server['protocol']; readonly security: Security }> =
  new Map([
    [465, { protocol: 'smtp', security: 'tls' }],
    [587, { protocol: 'smtp', security: 'starttls' }],
    [143, { protocol: 'imap', security: 'starttls' }],
    [993, { protocol: 'imap', security: 'tls' }],
    [110, { protocol: 'pop3', security: 'starttls' }],
    [995, { protocol: 'pop3', security: 'tls' }],
  ]);
