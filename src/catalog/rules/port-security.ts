import type { Server } from '../../provider/model.ts';
import type { Rule } from '../judge.ts';

/** What each port speaks: RFC 8314 sections 3 and 7, RFC 9051, RFC 1939, RFC 6409. */
const usual: Record<number, { protocol: Server['protocol']; security: Server['security'] }> = {
  993: { protocol: 'imap', security: 'tls' },
  143: { protocol: 'imap', security: 'starttls' },
  995: { protocol: 'pop3', security: 'tls' },
  110: { protocol: 'pop3', security: 'starttls' },
  465: { protocol: 'smtp', security: 'tls' },
  587: { protocol: 'smtp', security: 'starttls' },
};

/** POP3 on 993 and implicit TLS on 587 are typing errors that lists have carried for years. */
export const portSecurity: Rule = {
  name: 'port-security',
  level: 'error',
  why: 'A port says what it speaks; a server that differs must be excused with evidence.',
  *check(record) {
    for (const list of ['incoming', 'outgoing'] as const) {
      for (const [i, { protocol, port, security }] of record[list].entries()) {
        const at = usual[port];
        if (port === 25)
          yield { path: [list, i, 'port'], says: '25 is for mail between servers', tip: 'use 465 or 587' };
        else if (at && at.protocol !== protocol) {
          yield { path: [list, i, 'port'], says: `${port} is the port of ${at.protocol}, not of ${protocol}` };
        } else if (at && security !== 'none' && at.security !== security) {
          yield { path: [list, i, 'security'], says: `is ${security}, but ${port} speaks ${at.security}` };
        }
      }
    }
  },
};
