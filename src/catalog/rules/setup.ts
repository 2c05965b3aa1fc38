import type { Rule } from '../lint.ts';

/** A set-up step must fit the servers beside it. */
export const setup: Rule = {
  name: 'setup',
  level: 'error',
  why: 'People follow these steps to the letter.',
  *check(record) {
    const steps = record.setup ?? [];
    const servers = [...record.incoming, ...record.outgoing];
    const all = [...servers, ...(record.services ?? []), ...(record.local ?? [])];
    const protocols = new Set<string>(all.map((server) => server.protocol));
    const password = all.some(({ auth }) => auth.includes('password-cleartext') || auth.includes('password-encrypted'));
    for (const [i, step] of steps.entries()) {
      const path = ['setup', i];
      if (step.kind === 'app-password' && record.access === 'open' && !password) {
        yield { path, says: 'asks for an app password, but no server takes a password' };
      }
      if (step.kind === 'note' && !step.text) yield { path, says: 'a note needs “text”' };
      if (step.kind === 'bridge' && !record.local) yield { path, says: 'a bridge needs its servers under “local”' };
      for (const [k, protocol] of (step.protocols ?? []).entries()) {
        if (!protocols.has(protocol)) yield { path: [...path, 'protocols', k], says: `there is no ${protocol} server` };
      }
    }
    if (record.local && !steps.some(({ kind }) => kind === 'bridge')) {
      yield { path: ['local'], says: 'needs a set-up step “bridge”' };
    }
  },
};
