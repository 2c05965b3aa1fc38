import type { Server } from '../../provider/model.ts';
import { serverRank } from '../../provider/rank.ts';
import type { Rule } from '../judge.ts';

/** Clients take the first server they can use; Geary and others want IMAP first. */
export const serverOrder: Rule = {
  name: 'server-order',
  level: 'error',
  why: 'IMAP before POP3, implicit TLS before STARTTLS (RFC 8314 section 3.3).',
  *check(record) {
    for (const list of ['incoming', 'outgoing'] as const) {
      const servers: readonly Server[] = record[list];
      for (const [i, server] of servers.entries()) {
        const before = servers[i - 1];
        if (before && serverRank(server) < serverRank(before)) {
          const says = `${server.protocol} ${server.security} stands behind ${before.protocol} ${before.security}`;
          yield { path: [list, i], says, tip: 'IMAP first, then POP3; tls before starttls' };
        }
        const same = servers.findIndex(
          ({ host, port, protocol }) => host === server.host && port === server.port && protocol === server.protocol,
        );
        if (same < i) yield { path: [list, i], says: `${server.host}:${server.port} stands here twice` };
      }
    }
  },
};
