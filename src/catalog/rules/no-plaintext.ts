import type { Rule } from '../judge.ts';

/** A password without TLS can be read by everybody on the way. */
export const noPlaintext: Rule = {
  name: 'no-plaintext',
  level: 'error',
  why: 'RFC 8314 section 3: cleartext is obsolete, and most “plaintext” entries of old lists speak TLS today.',
  *check(record) {
    for (const list of ['incoming', 'outgoing', 'services'] as const) {
      for (const [i, server] of (record[list] ?? []).entries()) {
        if (server.security !== 'none') continue;
        const tip = 'leave it out; where the provider truly has no TLS, excuse it with evidence';
        yield {
          path: [list, i, 'security'],
          says: `${server.host}:${server.port} would get the password in the clear`,
          tip,
        };
      }
    }
  },
};
