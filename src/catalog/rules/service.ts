import type { Rule } from '../judge.ts';

/** A service has either an address on the web or a host with a port. */
export const service: Rule = {
  name: 'service',
  level: 'error',
  why: 'A client must know where to connect, one way.',
  *check(record) {
    for (const [i, { protocol, url, host, port, security }] of (record.services ?? []).entries()) {
      const path = ['services', i];
      const parts = [host, port, security].filter((part) => part !== undefined).length;
      if (protocol === 'managesieve' && (parts < 3 || url !== undefined)) {
        yield { path, says: 'managesieve needs host, port and security, and no url' };
      }
      if (protocol !== 'managesieve' && (parts > 0 || url === undefined)) {
        yield { path, says: `${protocol} needs a url, and no host, port or security` };
      }
    }
  },
};
