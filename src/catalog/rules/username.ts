import type { Rule } from '../judge.ts';

/** `ask` is no answer without words about what to enter. */
export const username: Rule = {
  name: 'username',
  level: 'error',
  why: 'A person who is asked for a user name must be told which.',
  *check(record) {
    for (const list of ['incoming', 'outgoing', 'services', 'local'] as const) {
      for (const [i, server] of (record[list] ?? []).entries()) {
        if (server.username === 'ask' && !server.hint)
          yield { path: [list, i, 'username'], says: 'is “ask” without a “hint”' };
        if (server.username !== 'ask' && server.hint)
          yield { path: [list, i, 'hint'], says: 'is only for “username: ask”' };
      }
    }
  },
};
