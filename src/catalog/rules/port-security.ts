import { mailPorts } from '../../provider/ports.ts';
import type { Rule } from '../judge.ts';

/** POP3 on 993 and implicit TLS on 587 are typing errors that lists have carried for years. */
export const portSecurity: Rule = {
  name: 'port-security',
  level: 'error',
  why: 'A port says what it speaks; a server that differs must be excused with evidence.',
  *check(record) {
    for (const list of ['incoming', 'outgoing'] as const) {
      for (const [i, { protocol, port, security }] of record[list].entries()) {
        const at = mailPorts.get(port);
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
